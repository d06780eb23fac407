#include "host/signal/intervals.hpp"

#include <algorithm>

namespace neurosweep {

std::vector<std::int64_t> spike_intervals(std::span<const std::uint8_t> spiked) {
  std::vector<std::int64_t> intervals;
  std::int64_t last = -1;
  for (std::int64_t i = 0; i < std::int64_t(spiked.size()); ++i) {
    if (!spiked[std::size_t(i)]) continue;
    if (last >= 0) intervals.push_back(i - last);
    last = i;
  }
  return intervals;
}

Histogram histogram(std::span<const std::int64_t> intervals, std::int64_t most) {
  if (intervals.empty()) return {};
  const std::int64_t longest = *std::max_element(intervals.begin(), intervals.end());
  Histogram h{longest / most + 1, {}};
  h.count.assign(std::size_t(longest / h.width) + 1, 0);
  for (const std::int64_t interval : intervals) ++h.count[std::size_t(interval / h.width)];
  return h;
}

}  // namespace neurosweep
