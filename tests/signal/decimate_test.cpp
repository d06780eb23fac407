// A long signal on few pixels: its extremes stay.
#include "host/signal/decimate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace neurosweep::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();

TEST(Decimate, ShortSignalsStayWhole) {
  EXPECT_TRUE(decimated({}, 10).empty());
  EXPECT_EQ(decimated(std::vector<double>{5}, 10), (std::vector<std::size_t>{0}));
  EXPECT_EQ(decimated(std::vector<double>{3, 1, 2, 2}, 2), (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST(Decimate, EverySpikeStays) {
  std::vector<double> y(1'000'003, -70.0);
  std::vector<std::size_t> spikes;
  for (std::size_t i = 17; i < y.size(); i += 4999) y[i] = 30, y[i + 1] = -90, spikes.push_back(i), spikes.push_back(i + 1);
  const auto chosen = decimated(y, 700);
  EXPECT_LE(chosen.size(), 1402u);
  EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
  EXPECT_EQ(std::adjacent_find(chosen.begin(), chosen.end()), chosen.end());
  EXPECT_EQ(chosen.front(), 0u);
  EXPECT_EQ(chosen.back(), y.size() - 1);
  for (const std::size_t spike : spikes) EXPECT_TRUE(std::binary_search(chosen.begin(), chosen.end(), spike)) << spike;
}

TEST(Decimate, LowestAndHighestOfEachPart) {
  const std::vector<double> y{1, 5, 2, 2, -3, 0, 7, 7, 6};
  const auto parts = low_high(y, 3);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0].low, 0u);
  EXPECT_EQ(parts[0].high, 1u);
  EXPECT_EQ(parts[1].low, 4u);
  EXPECT_EQ(parts[1].high, 3u);
  EXPECT_EQ(parts[2].low, 8u);
  EXPECT_EQ(parts[2].high, 6u);                                      // of equals the first
  EXPECT_EQ(low_high(y, 100).size(), y.size());
}

TEST(Decimate, WhatIsNotFiniteIsPassedOver) {
  const auto parts = low_high(std::vector<double>{nan, 2, inf, 1, nan, -inf}, 2);
  EXPECT_EQ(parts[0].low, 1u);
  EXPECT_EQ(parts[0].high, 1u);
  EXPECT_EQ(parts[1].low, 3u);
  EXPECT_TRUE(parts[1].finite);
  const auto none = low_high(std::vector<double>{nan, inf}, 1);
  EXPECT_FALSE(none[0].finite);
  EXPECT_EQ(none[0].low, 0u);
}

}  // namespace
}  // namespace neurosweep::test
