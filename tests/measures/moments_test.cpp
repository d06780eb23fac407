// Running statistics in float, against sums in long double, also over ten million samples.
#include "measures/moments.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace neurosweep::test {
namespace {

struct Result {
  double mean, std, minimum, maximum;
};

template <class T>
Result running(const std::function<double(std::int64_t)>& signal, std::int64_t n) {
  Moments<T> m;
  m.begin(T(signal(0)));
  for (std::int64_t i = 0; i < n;) {
    const int chunk = int(std::min<std::int64_t>(flush_every, n - i));
    for (int k = 0; k < chunk; ++k) m.add(T(signal(i + k)));
    m.flush(chunk, i);
    i += chunk;
  }
  return {double(m.mean_value()), std::sqrt(double(m.variance(n))), double(m.minimum), double(m.maximum)};
}

Result exact(const std::function<double(std::int64_t)>& signal, std::int64_t n) {
  long double sum = 0, square = 0;
  double low = 1e300, high = -1e300;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<long double>(signal(i));
  const long double mean = sum / n;
  for (std::int64_t i = 0; i < n; ++i) {
    const long double d = signal(i) - mean;
    square += d * d;
    low = std::min(low, signal(i)), high = std::max(high, signal(i));
  }
  return {double(mean), double(std::sqrt(square / n)), low, high};
}

// An oscillation of 10 mV around 5 mV, as floats (what the integrator gives), 10^7 samples: mean to 2 ulp of the distance
// from the first sample, SD to 1e-6. A plain float sum loses four digits here.
TEST(Moments, TenMillionSamplesInFloat) {
  auto signal = [](std::int64_t i) { return double(float(5 + 10 * std::sin(0.031 * double(i)) + 0.3 * std::sin(1.7 * double(i)))); };
  const std::int64_t n = 10'000'000;
  const Result r = running<float>(signal, n), e = exact(signal, n);
  EXPECT_NEAR(r.mean, e.mean, 1e-6 * 10);
  EXPECT_NEAR(r.std / e.std, 1, 1e-6);
  EXPECT_EQ(r.minimum, e.minimum);
  EXPECT_EQ(r.maximum, e.maximum);
}

// A small oscillation on a large constant: the shift by the first sample keeps the digits.
TEST(Moments, SmallSignalOnALargeOffset) {
  auto signal = [](std::int64_t i) { return double(float(1000 + 0.5 * std::sin(0.05 * double(i)))); };
  const Result r = running<float>(signal, 1'000'000), e = exact(signal, 1'000'000);
  EXPECT_NEAR(r.mean, e.mean, 1e-4);              // an ulp of 1000 is 6e-5
  EXPECT_NEAR(r.std / e.std, 1, 2e-6);
}

// A first sample far from the rest: the variance's error is eps (mean - y0)^2, here 2e-5 of the variance.
TEST(Moments, FirstSampleFarAway) {
  auto signal = [](std::int64_t i) { return double(float(i == 0 ? 0 : 20 + std::sin(0.05 * double(i)))); };
  const Result r = running<float>(signal, 1'000'000), e = exact(signal, 1'000'000);
  EXPECT_NEAR(r.std / e.std, 1, 2e-4);
}

TEST(Moments, ConstantHasNoSpread) {
  const Result r = running<float>([](std::int64_t) { return 1.1; }, 100'003);
  EXPECT_EQ(r.std, 0);
  EXPECT_EQ(r.mean, double(1.1f));
}

TEST(Moments, DoubleAndOddCounts) {
  auto signal = [](std::int64_t i) { return 3 + std::cos(0.3 * double(i)); };
  for (std::int64_t n : {1, 2, 127, 128, 129, 1000}) {
    const Result r = running<double>(signal, n), e = exact(signal, n);
    EXPECT_NEAR(r.mean, e.mean, 1e-14) << n;
    EXPECT_NEAR(r.std, e.std, 1e-13) << n;
  }
}

}  // namespace
}  // namespace neurosweep::test
