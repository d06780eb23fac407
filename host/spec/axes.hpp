// The values along an axis.
#pragma once
#include <cstdint>
#include <vector>

namespace neurosweep {

// `count` >= 2 values from `from` to `to`, both exact; evenly spaced, or evenly in their logarithms (then the ends have
// the same sign and neither is zero).
std::vector<double> spaced_values(double from, double to, std::uint64_t count, bool log);

}  // namespace neurosweep
