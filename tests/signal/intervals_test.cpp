// Intervals between spikes and their histogram.
#include "host/signal/intervals.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace neurosweep::test {
namespace {

using Steps = std::vector<std::int64_t>;
using Counts = std::vector<std::uint64_t>;

TEST(Intervals, BetweenSpikes) {
  EXPECT_EQ(spike_intervals(std::vector<std::uint8_t>{}), Steps{});
  EXPECT_EQ(spike_intervals(std::vector<std::uint8_t>{0, 1, 0}), Steps{});
  EXPECT_EQ(spike_intervals(std::vector<std::uint8_t>{1, 1, 0, 0, 1, 0}), (Steps{1, 3}));
}

TEST(Intervals, BoxesOfWholeSteps) {
  const Histogram few = histogram(Steps{1, 3, 3}, 40);               // a box for each number of steps
  EXPECT_EQ(few.width, 1);
  EXPECT_EQ(few.count, (Counts{0, 1, 0, 2}));
  const Histogram many = histogram(Steps{0, 9, 10, 99, 100, 399}, 40);
  EXPECT_EQ(many.width, 10);
  EXPECT_EQ(many.count.size(), 40u);
  EXPECT_EQ(many.count[0], 2u);
  EXPECT_EQ(many.count[1], 1u);
  EXPECT_EQ(many.count[9], 1u);
  EXPECT_EQ(many.count[39], 1u);
}

TEST(Intervals, HistogramHoldsEachOnce) {
  for (std::int64_t longest = 1; longest < 200; ++longest) {
    Steps all(std::size_t(longest) + 1);
    std::iota(all.begin(), all.end(), 0);
    const Histogram h = histogram(all, 40);
    EXPECT_LE(h.count.size(), 40u);
    EXPECT_EQ(std::accumulate(h.count.begin(), h.count.end(), std::uint64_t(0)), all.size());
    for (std::size_t k = 0; k + 1 < h.count.size(); ++k) EXPECT_EQ(h.count[k], std::uint64_t(h.width)) << longest;   // no comb
  }
  EXPECT_TRUE(histogram(Steps{}, 40).count.empty());
}

}  // namespace
}  // namespace neurosweep::test
