// Orders of convergence with noise: strong (path by path, the same Brownian motion) and weak (of the distribution). All
// noise here is additive, so Ito's and Stratonovich's equations are the same (Kloeden & Platen 1992, chapters 9 and 10).
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "numerics/steppers.hpp"

namespace neurosweep::test {
namespace {

// x' = -x + curve (x - x^3) + in: linear for curve = 0, with a second well for curve > 0.
struct Well {
  enum { curve, n_par };
  enum { x, n_state };
  enum { in, n_port };
  template <class T> struct Coef { T curve; };
  template <class T> static Coef<T> prepare(const Pack<T, n_par>& p) { return {p[curve]}; }
  template <class X, class T>
  static void drift(const Pack<X, n_state>& s, const Pack<T, n_port>& u, const Coef<T>& c, Pack<X, n_state>& dx) {
    dx[x] = X(c.curve) * (s[x] - s[x] * s[x] * s[x]) - s[x] + X(u[in]);
  }
};

// A step of length h from x with Brownian increment dW and noise of SD sigma per root time.
template <Method method>
double step(double x, double h, double sigma, double dW, double curve) {
  Stepper<Well, method, double> stepper;
  stepper.prepare({{curve}}, {{0}}, {{sigma}}, h);
  Pack<double, 1> state{{x}};
  stepper.template step<1>(state, {{dW / h}});
  return state[0];
}

double slope(const std::vector<double>& error) {      // log2 of the error's growth for a doubled step, on average
  return std::log2(error.back() / error.front()) / double(error.size() - 1);
}

// x(1) of the double well from 0.5, on the path with increments dW.
template <Method method>
double end(const std::vector<double>& dW, int steps) {
  double x = 0.5;
  for (int i = 0, share = int(dW.size()) / steps; i < steps; ++i) {
    double w = 0;
    for (int j = 0; j < share; ++j) w += dW[std::size_t(i * share + j)];
    x = step<method>(x, 1.0 / steps, 0.5, w, 2);
  }
  return x;
}

// Mean |x(1) - x_fine(1)| over 2000 paths of the double well, for h = 2^-7 ... 2^-4, against heun at h = 2^-12 on the same
// paths.
template <Method method>
double strong_order() {
  const int fine = 4096;
  std::vector<double> error(4, 0);
  std::mt19937_64 random(11);
  std::normal_distribution<double> normal;
  for (int path = 0; path < 2000; ++path) {
    std::vector<double> dW(fine);
    for (double& w : dW) w = normal(random) / std::sqrt(double(fine));
    const double exact = end<Method::heun>(dW, fine);
    for (int k = 0; k < 4; ++k) error[std::size_t(k)] += std::fabs(end<method>(dW, 128 >> k) - exact) / 2000;
  }
  return slope(error);
}

// The variance at t = 1 of x' = -x + noise from x = 0, which the method makes exactly (a step is linear: x -> a x + b dW, read
// off the stepper), against (1 - e^-2) / 2, for h = 2^-7 ... 2^-4. No sampling, so no statistical error.
template <Method method>
double weak_order() {
  std::vector<double> error;
  for (int steps = 128; steps >= 16; steps /= 2) {
    const double h = 1.0 / steps, a = step<method>(1, h, 1, 0, 0), b = step<method>(0, h, 1, 1, 0);
    double variance = 0;
    for (int i = 0; i < steps; ++i) variance = a * a * variance + b * b * h;
    error.push_back(std::fabs(variance - (1 - std::exp(-2.0)) / 2));
  }
  return slope(error);
}

// The tolerance: of 2000 paths' mean error, and of terms of higher order at h = 2^-4.
TEST(NoiseOrder, Strong) {
  EXPECT_NEAR(strong_order<Method::euler>(), 1, 0.15);
  EXPECT_NEAR(strong_order<Method::exp_euler>(), 1, 0.15);
  EXPECT_NEAR(strong_order<Method::heun>(), 1, 0.15);
  EXPECT_NEAR(strong_order<Method::rk4>(), 1, 0.15);
}

TEST(NoiseOrder, Weak) {
  EXPECT_NEAR(weak_order<Method::euler>(), 1, 0.1);
  EXPECT_NEAR(weak_order<Method::exp_euler>(), 2, 0.1);
  EXPECT_NEAR(weak_order<Method::heun>(), 2, 0.1);
  EXPECT_NEAR(weak_order<Method::rk4>(), 2, 0.1);
}

}  // namespace
}  // namespace neurosweep::test
