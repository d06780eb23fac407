// docs/adding-a-model.md: its header and its sweep file, as they stand on the page. Compiled with a list of models to which
// CMake has added WilsonCowan as the page says; every_model_test.cpp runs over that list, too.
#include <gtest/gtest.h>

#include <cmath>

#include "backend.hpp"
#include "common/maps.hpp"
#include "host/spec/sweep_spec.hpp"
#include "models/models.hpp"

namespace neurosweep::test {
namespace {

// Wilson & Cowan's equations 11 and 12 with the numbers of figure 11, by small steps of the classical Runge-Kutta method.
struct Paper {
  double E = 0, I = 0, P = 0;
  static double S(double a, double theta, double x) { return 1 / (1 + std::exp(-a * (x - theta))) - 1 / (1 + std::exp(a * theta)); }
  std::pair<double, double> slope(double e, double i) const {
    return {(-e + (1 - e) * S(1.3, 4, 16 * e - 12 * i + P)) / 8, (-i + (1 - i) * S(2, 3.7, 15 * e - 3 * i)) / 8};
  }
  void step(double dt) {
    const auto [e1, i1] = slope(E, I);
    const auto [e2, i2] = slope(E + dt / 2 * e1, I + dt / 2 * i1);
    const auto [e3, i3] = slope(E + dt / 2 * e2, I + dt / 2 * i2);
    const auto [e4, i4] = slope(E + dt * e3, I + dt * i3);
    E += dt / 6 * (e1 + 2 * e2 + 2 * e3 + e4), I += dt / 6 * (i1 + 2 * i2 + 2 * i3 + i4);
  }
};

TEST(AddingAModel, ThePagesSweepIsThePapers) {
  SweepSpec sweep = load_sweep(NEUROSWEEP_PAGE_SWEEP, {});
  Problem& p = sweep.problem;
  EXPECT_EQ(models()[std::size_t(p.model)].name, "wilson-cowan");
  p.spectrum.engine = Engine::direct;
  const auto backend = make_cpu_backend(1);
  if (!backend->direct_refusal(p).empty()) p.spectrum.engine = Engine::fft;
  const Map map = run(*backend, p);
  const std::size_t sets = std::size_t(p.sets());
  ASSERT_EQ(sets, 41u);
  int oscillating = 0;
  for (std::size_t i = 0; i < sets; ++i) {
    Paper node;
    node.P = p.axes[0].values[i];
    double low = 1, high = -1;
    for (int t = 0; t < 20000; ++t) {
      node.step(0.1);
      if (t >= 5000) low = std::min(low, node.E), high = std::max(high, node.E);
    }
    // The same method and step, in float against double; at the cycle's border the last transients die slowly.
    const double amplitude = map.values[i];
    EXPECT_EQ(map.status[i], status_ok);
    EXPECT_NEAR(amplitude, high - low, 1e-4) << "P = " << node.P;
    oscillating += amplitude > 0.1;
  }
  EXPECT_GT(oscillating, 5);
  EXPECT_LT(oscillating, 36);
}

}  // namespace
}  // namespace neurosweep::test
