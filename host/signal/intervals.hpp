// A spike train's intervals, and how they are spread.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace neurosweep {

// Steps between each spike and the next. spiked[i]: whether there is one in step i.
std::vector<std::int64_t> spike_intervals(std::span<const std::uint8_t> spiked);

// Box k counts the intervals from k * width to (k + 1) * width - 1 steps.
struct Histogram {
  std::int64_t width = 1;
  std::vector<std::uint64_t> count;
};

// From 0 to the longest, in at most `most` boxes. Boxes are whole steps wide: others would hold now one and now two of the
// possible intervals, and show a comb that is not there.
Histogram histogram(std::span<const std::int64_t> intervals, std::int64_t most);

}  // namespace neurosweep
