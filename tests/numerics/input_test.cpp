// Sines and pulses against their formulas, at any step and with fractions of a step.
#include "numerics/input.hpp"

#include <gtest/gtest.h>

#include "common/problems.hpp"

namespace neurosweep::test {
namespace {

template <class T>
std::vector<double> inputs(const Problem& p, std::int64_t first, int n) {
  const Setup s = make_setup(p);
  Input<JansenRit, T, Path::general> input;
  Pack<T, JansenRit::n_port> mean, scale;
  input.prepare([&](int q, int) { return s.base[q]; }, s, 0, 0, mean, scale);
  std::vector<double> out;
  for (std::int64_t t = first; t < first + n; t += 8) {
    T u[JansenRit::n_port][8];
    input.template draw<8>(s, t, u);
    for (T x : u[JansenRit::in_E]) out.push_back(double(mean[JansenRit::in_E]) + double(x));
  }
  return out;
}

TEST(Input, Sine) {
  Problem p = jansen_rit(80);
  const int E = JansenRit::in_E;
  drive_of(p, E, drive_sine_amplitude) = 70, drive_of(p, E, drive_sine_frequency) = 10, drive_of(p, E, drive_sine_phase) = 0.7;
  for (std::int64_t first : {0l, 4000l, 8000000000l}) {
    const auto u = inputs<double>(p, first, 800);
    const auto f = inputs<float>(p, first, 800);
    for (int i = 0; i < 800; ++i) {
      // 200 steps a cycle: take whole cycles off the step, so that the expectation is exact for late steps too.
      const double expected = 80 + 70 * std::sin(2 * pi * 10 * double((first + i) % 200) * p.dt + 0.7);
      ASSERT_NEAR(u[std::size_t(i)], expected, first > 1000000 ? 70 * 2 * pi * 1e-6 : 1e-9) << first + i;
      // float: the amplitude's and the sine's rounding, phases are 32-bit fractions of a turn
      ASSERT_NEAR(f[std::size_t(i)], expected, 70 * 1e-6 + (first > 1000000 ? 70 * 2 * pi * 1e-6 : 0)) << first + i;
    }
  }
}

// amplitude while start <= t < start + width, again after every period.
double pulse(double t, double start, double width, double period) {
  if (t < start) return 0;
  const double since = std::isfinite(period) ? std::fmod(t - start, period) : t - start;
  return since < width ? 10 : 0;
}

TEST(Input, Pulse) {
  struct Case { double start, width, period; };   // in steps
  const double inf = std::numeric_limits<double>::infinity();
  for (const Case& c : {Case{40, 20, inf}, {40, 20, 100}, {0, 1, 2}, {0, 1, 3}, {37, 13, 7.5 * 4}, {0, 4000, inf}, {3, 50, 50},
                        {10.25, 5.5, 33.75}, {-10, 20, 100}}) {
    Problem p = jansen_rit(0);
    const int E = JansenRit::in_E;
    drive_of(p, E, drive_pulse_amplitude) = 10, drive_of(p, E, drive_pulse_start) = c.start * p.dt;
    drive_of(p, E, drive_pulse_width) = c.width * p.dt, drive_of(p, E, drive_pulse_period) = c.period * p.dt;
    const auto u = inputs<double>(p, 0, 4000);
    for (int i = 0; i < 4000; ++i) ASSERT_EQ(u[std::size_t(i)], pulse(i, c.start, c.width, c.period)) << c.start << " " << c.width << " " << c.period << " step " << i;
  }
}

// A long way from the start the pulses still fall on their steps.
TEST(Input, PulseLate) {
  Problem p = jansen_rit(0);
  const int E = JansenRit::in_E;
  drive_of(p, E, drive_pulse_amplitude) = 10, drive_of(p, E, drive_pulse_start) = 0;
  drive_of(p, E, drive_pulse_width) = 100 * p.dt, drive_of(p, E, drive_pulse_period) = 1000 * p.dt;
  const std::int64_t first = 10'000'000'000;
  const auto u = inputs<float>(p, first, 2000);
  for (int i = 0; i < 2000; ++i) ASSERT_EQ(u[std::size_t(i)], i % 1000 < 100 ? 10 : 0) << i;
}

TEST(Input, NoiseHasItsScale) {
  Problem p = jansen_rit(120);
  drive_of(p, JansenRit::in_E, drive_noise) = 20;
  const auto u = inputs<double>(p, 0, 400000);
  double sum = 0, square = 0;
  for (double x : u) sum += x - 120, square += (x - 120) * (x - 120);
  const double n = double(u.size()), sd = 20 / std::sqrt(0.5e-3);
  EXPECT_NEAR(sum / n, 0, 4.5 * sd / std::sqrt(n));
  EXPECT_NEAR(square / n, sd * sd, 4.5 * sd * sd * std::sqrt(2 / n));
}

}  // namespace
}  // namespace neurosweep::test
