#include "host/spec/spectrum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "host/spec/axes.hpp"
#include "sweep_text.hpp"

namespace neurosweep {
namespace {

using test::expect_range;

TEST(Bins, OfTheSeedExperiment) {  // bins every 1 / (512 * 0.5 ms) = 3.90625 Hz
  expect_range(bins_inside(3, 40, 0.0005, 512), 1, 10);
  expect_range(bins_from(1, 4, 0.0005, 512), 1, 1);     // 3.9
  expect_range(bins_from(4, 8, 0.0005, 512), 2, 1);     // 7.8
  expect_range(bins_from(8, 13, 0.0005, 512), 3, 1);    // 11.7
  expect_range(bins_from(13, 30, 0.0005, 512), 4, 4);   // 15.6, 19.5, 23.4, 27.3
  expect_range(bins_from(30, 80, 0.0005, 512), 8, 13);  // 31.25 ... 78.1
}

TEST(Bins, OnTheEdge) {
  expect_range(bins_inside(3.90625, 39.0625, 0.0005, 512), 2, 8);  // both edges are bins: outside the open interval
  expect_range(bins_from(3.90625, 39.0625, 0.0005, 512), 1, 9);    // the lower is in, the upper is not
  expect_range(bins_inside(3.90625, 7.8125, 0.0005, 512), 0, 0);
  expect_range(bins_inside(10, 20, 0.001, 1000), 11, 9);  // bins every 1 Hz
  expect_range(bins_from(10, 20, 0.001, 1000), 10, 10);
}

// Steps such as 0.1 ms are no doubles: whole numbers of bins have to survive the rounding.
TEST(Bins, OnTheEdgeDespiteRounding) {
  for (const double dt : {1e-4, 2e-4, 3e-4, 7e-4, 1e-3, 1e-5}) {
    for (const int segment : {100, 1000, 3000, 7000, 10000}) {
      for (int k = 1; k + 2 < std::min(segment / 2, 200); ++k) {
        const double lower = k / (segment * dt), upper = (k + 2) / (segment * dt);
        expect_range(bins_inside(lower, upper, dt, segment), k + 1, 1);
        expect_range(bins_from(lower, upper, dt, segment), k, 2);
      }
    }
  }
}

TEST(Bins, NeverZeroAndNeverAboveNyquist) {
  expect_range(bins_inside(0, 1000, 0.0005, 512), 1, 255);  // 1000 Hz is the Nyquist frequency itself
  expect_range(bins_inside(0, 5000, 0.0005, 512), 1, 256);
  expect_range(bins_from(0, 5000, 0.0005, 512), 1, 256);
  expect_range(bins_from(0, 5000, 0.0005, 255), 1, 127);  // odd: no bin at the Nyquist frequency
  expect_range(bins_from(0, 1e300, 0.0005, 2), 1, 1);
  expect_range(bins_inside(4, 4.5, 0.0005, 512), 0, 0);
  expect_range(bins_inside(40, 3, 0.0005, 512), 0, 0);
}

TEST(Bins, Cover) {
  expect_range(cover({3, 2}, {10, 1}), 3, 8);
  expect_range(cover({10, 1}, {3, 2}), 3, 8);
  expect_range(cover({3, 5}, {4, 1}), 3, 5);
  expect_range(cover({}, {4, 1}), 4, 1);
  expect_range(cover({4, 1}, {}), 4, 1);
  expect_range(cover({}, {}), 0, 0);
}

TEST(DefaultSegment, IsAQuarterOfWhatIsObserved) {
  EXPECT_EQ(default_segment(3000, 0.0005), 512);  // 750
  EXPECT_EQ(default_segment(4096, 0.0005), 1024);
  EXPECT_EQ(default_segment(4095, 0.0005), 512);
  EXPECT_EQ(default_segment(64, 0.0005), 16);
  EXPECT_EQ(default_segment(63, 0.0005), 0);
  EXPECT_EQ(default_segment(1, 0.0005), 0);
}

TEST(DefaultSegment, IsAtMostFourSeconds) {
  EXPECT_EQ(default_segment(1000000, 0.0005), 4096);  // 8000 samples are 4 s
  EXPECT_EQ(default_segment(std::int64_t(1) << 34, 0.001), 2048);
  EXPECT_EQ(default_segment(std::int64_t(1) << 34, 1e-12), 1 << 23);
  EXPECT_EQ(default_segment(1000, 1), 0);
}

TEST(Spacing, Linear) {
  const auto v = spaced_values(2, 5, 8, false);
  ASSERT_EQ(v.size(), 8u);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(v[i], i == 7 ? 5.0 : 2 + 3.0 * i / 7);
  EXPECT_EQ(spaced_values(5, -5, 3, false), (std::vector<double>{5, 0, -5}));
  EXPECT_EQ(spaced_values(0.1, 0.3, 2, false), (std::vector<double>{0.1, 0.3}));
}

TEST(Spacing, Logarithmic) {
  EXPECT_EQ(spaced_values(1, 1000, 4, true), (std::vector<double>{1, 10, 100, 1000}));
  EXPECT_EQ(spaced_values(-1000, -1, 4, true), (std::vector<double>{-1000, -100, -10, -1}));
  const auto v = spaced_values(0.3, 7, 5, true);
  EXPECT_EQ(v.front(), 0.3);
  EXPECT_EQ(v.back(), 7);
  for (int i = 1; i < 5; ++i) EXPECT_NEAR(v[i] / v[i - 1], std::pow(7 / 0.3, 0.25), 1e-13);
}

}  // namespace
}  // namespace neurosweep
