// Long signals on few pixels: none of their spikes is lost.
#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace neurosweep {

// Where a part of a signal is lowest and highest: numbers of its samples. Samples that are not finite are passed over; a part
// without any other is its own first sample, `finite` = false.
struct LowHigh {
  std::size_t low, high;
  bool finite;
};

// `y` in `parts` parts of nearly equal length, or as many as it has samples if these are fewer.
std::vector<LowHigh> low_high(std::span<const double> y, std::size_t parts);

// Numbers of the samples to draw, increasing: all of them if they are few, else the first, the last, and each part's lowest
// and highest.
std::vector<std::size_t> decimated(std::span<const double> y, std::size_t parts);

}  // namespace neurosweep
