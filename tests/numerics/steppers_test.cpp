// The integrators: against brainmass, against each other, and their orders of convergence.
#include "numerics/steppers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/csv_table.hpp"
#include "common/problems.hpp"
#include "models/jansen_rit.hpp"

namespace neurosweep::test {
namespace {

using JR = JansenRit;
using State = Pack<double, JR::n_state>;
using Ports = Pack<double, JR::n_port>;
using Pars = Pack<double, JR::n_par>;

Pars defaults() {
  Pars p;
  for (int i = 0; i < JR::n_par; ++i) p[i] = JR::parameters[i].value;
  return p;
}

// The signals M, E, I, eeg after every step; in_E = mean + amplitude sin(2 pi f t).
struct Drive_ {
  Ports mean{{0, 120, 0}};
  double amplitude = 0, frequency = 0;
};

template <Method method, bool generic = false>
std::vector<State> trajectory(const Pars& p, State x, const Drive_& in, double dt, int steps) {
  Stepper<JR, method, double, generic> stepper;
  stepper.prepare(p, in.mean, Ports{{1, 1, 1}}, dt);
  x = rescaled<decltype(stepper)>(x, dt);
  std::vector<State> out;
  for (int i = 0; i < steps; ++i) {
    const Ports u{{0, in.amplitude * std::sin(2 * pi * in.frequency * i * dt), 0}};
    stepper.template step<1u << JR::in_E>(x, u);
    out.push_back(rescaled<decltype(stepper)>(x, 1 / dt));
  }
  return out;
}

struct Reference {
  Pars p;
  State start;
  Drive_ in;
};

Reference reference_set(const CsvTable& sets, std::size_t row) {
  auto get = [&](const char* name) { return sets.number(row, name); };
  Reference r{{{get("Ae"), get("Ai"), get("be"), get("bi"), get("C"), get("a1"), get("a2"), get("a3"), get("a4"), get("s_max"),
                get("v0"), get("r")}},
              {{get("M_0"), get("E_0"), get("I_0"), get("Mv_0"), get("Ev_0"), get("Iv_0")}},
              {}};
  r.in.mean = {{get("in_M"), get("E_mean"), get("in_I")}};
  r.in.amplitude = get("E_sine_amplitude"), r.in.frequency = get("E_sine_frequency");
  return r;
}

// Largest difference over the first `steps` rows, relative to the largest |value| of the column.
double difference(const std::vector<State>& ours, const CsvTable& theirs, std::size_t steps) {
  double worst = 0;
  const std::pair<const char*, int> columns[] = {{"M", JR::M}, {"E", JR::E}, {"I", JR::I}};
  for (const auto& [name, state] : columns) {
    double scale = 0, error = 0;
    for (std::size_t i = 0; i < steps; ++i) {
      scale = std::max(scale, std::fabs(theirs.number(i, name)));
      error = std::max(error, std::fabs(ours[i][state] - theirs.number(i, name)));
    }
    worst = std::max(worst, error / scale);
  }
  return worst;
}

// Rounding is amplified where a trajectory crosses the cycles' fast flank: brainmass's own library and a by-hand numpy
// version differ by up to 5.5e-13 mV over these 2000 steps (the data's README). 1e-9 relative sees any other update order.
TEST(Steppers, ExpEulerFollowsBrainmass) {
  const CsvTable sets = read_csv("jansen-rit/sets.csv");
  ASSERT_EQ(sets.rows.size(), 7u);
  for (std::size_t row = 0; row < sets.rows.size(); ++row) {
    const Reference r = reference_set(sets, row);
    const CsvTable t = read_csv("jansen-rit/trajectory_" + sets.text(row, "set") + ".csv");
    ASSERT_EQ(t.rows.size(), 2000u);
    EXPECT_LT(difference(trajectory<Method::exp_euler>(r.p, r.start, r.in, 0.5e-3, 2000), t, 2000), 1e-9) << sets.text(row, "set");
    EXPECT_LT(difference(trajectory<Method::exp_euler, true>(r.p, r.start, r.in, 0.5e-3, 2000), t, 2000), 1e-9)
        << sets.text(row, "set") << ", generic";
  }
}

TEST(Steppers, OtherMethodsFollowBrainmass) {
  const State zero{};
  const Drive_ in;
  EXPECT_LT(difference(trajectory<Method::euler>(defaults(), zero, in, 0.5e-3, 500), read_csv("jansen-rit/method_euler.csv"), 500), 1e-9);
  EXPECT_LT(difference(trajectory<Method::heun>(defaults(), zero, in, 0.5e-3, 500), read_csv("jansen-rit/method_heun.csv"), 500), 1e-9);
  EXPECT_LT(difference(trajectory<Method::rk4>(defaults(), zero, in, 0.5e-3, 500), read_csv("jansen-rit/method_rk4.csv"), 500), 1e-9);
}

// The folded exponential Euler is the generic one over drift() and dual numbers, for parameters far from the defaults too.
TEST(Steppers, FoldedExpEulerIsTheGenericOne) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> factor(0.5, 1.5);
  for (int trial = 0; trial < 50; ++trial) {
    Pars p = defaults();
    for (int i = 0; i < JR::n_par; ++i) p[i] *= factor(random);
    const Ports mean{{factor(random), 100 * factor(random), factor(random)}}, scale{{0.1, 30, 0.2}};
    Stepper<JR, Method::exp_euler, double> folded;
    Stepper<JR, Method::exp_euler, double, true> generic;
    folded.prepare(p, mean, scale, 0.5e-3), generic.prepare(p, mean, scale, 0.5e-3);
    State y{{0.1, 10, 5, 1, 100, -50}}, x = rescaled<decltype(folded)>(y, 0.5e-3);
    for (int i = 0; i < 100; ++i) {
      const Ports u{{std::sin(i), std::cos(i), std::sin(2 * i)}};
      folded.step<7>(x, u), generic.step<7>(y, u);
      const State ours = rescaled<decltype(folded)>(x, 1 / 0.5e-3);
      for (int k = 0; k < JR::n_state; ++k) ASSERT_NEAR(ours[k], y[k], 1e-9 * (1 + std::fabs(y[k]))) << "state " << k << ", step " << i;
    }
  }
}

// A rate constant of 0 is no division by 0.
TEST(Steppers, ZeroRateConstant) {
  Pars p = defaults();
  p[JR::be] = 0;
  const auto t = trajectory<Method::exp_euler>(p, State{{0, 1, 0, 0, 2, 0}}, {}, 0.5e-3, 10);
  EXPECT_NEAR(t.back()[JR::E], 1 + 2 * 10 * 0.5e-3, 1e-12);
}

// Error at 20 ms against rk4 with a step 64 times smaller than the smallest tried, then the slope of log error over log dt.
template <Method method, bool generic = false>
double order() {
  const State start{{0.05, 12, 7, -1.5, 200, -80}};
  const Drive_ in;
  const double T = 0.02;
  auto end = [&](int n) { return trajectory<method, generic>(defaults(), start, in, T / n, n).back()[JR::E]; };
  const double exact = trajectory<Method::rk4>(defaults(), start, in, T / 5120, 5120).back()[JR::E];
  return std::log2(std::fabs(end(40) - exact) / std::fabs(end(80) - exact));
}

TEST(Steppers, OrdersOfConvergence) {
  EXPECT_NEAR(order<Method::euler>(), 1, 0.15);
  EXPECT_NEAR(order<Method::exp_euler>(), 1, 0.15);
  EXPECT_NEAR((order<Method::exp_euler, true>()), 1, 0.15);
  EXPECT_NEAR(order<Method::heun>(), 2, 0.2);
  EXPECT_NEAR(order<Method::rk4>(), 4, 0.3);
}

// ---- derivatives -------------------------------------------------------------------------------------------------------

TEST(Dual, DriftsDerivativeIsTheNumericalOne) {
  const auto coef = JR::prepare(defaults());
  const State at{{0.1, 10, 5, 1, 100, -50}};
  const Ports in{{0.2, 120, -0.1}};
  for (int j = 0; j < JR::n_state; ++j) {
    Pack<Dual<double>, JR::n_state> x, dx;
    for (int k = 0; k < JR::n_state; ++k) x[k] = Dual<double>(at[k], k == j ? 1 : 0);
    JR::drift(x, in, coef, dx);
    State up = at, down = at, f_up, f_down;
    const double h = 1e-5 * (1 + std::fabs(at[j]));
    up[j] += h, down[j] -= h;
    JR::drift(up, in, coef, f_up), JR::drift(down, in, coef, f_down);
    for (int k = 0; k < JR::n_state; ++k)
      EXPECT_NEAR(dx[k].d, (f_up[k] - f_down[k]) / (2 * h), 1e-6 * (1 + std::fabs(dx[k].d))) << "d f_" << k << " / d x_" << j;
  }
}

TEST(Dual, Arithmetic) {
  using D = Dual<double>;
  const D x(1.5, 1);
  auto check = [](D y, double value, double derivative) {
    EXPECT_NEAR(y.v, value, 1e-14);
    EXPECT_NEAR(y.d, derivative, 1e-14);
  };
  check(x * x + 2.0 * x - 1.0, 4.25, 5);
  check(1.0 / x, 1 / 1.5, -1 / 2.25);
  check(exp(x * 2.0), std::exp(3), 2 * std::exp(3));
  check(-x, -1.5, -1);
  check(fma(x, x, D(1)), 3.25, 3);
  const double s = 1 / (1 + std::exp2(1.5));
  check(logistic2(x), s, -ln_2 * s * (1 - s));
}

}  // namespace
}  // namespace neurosweep::test
