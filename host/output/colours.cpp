#include "host/output/colours.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace neurosweep::output {
namespace {

// Every eighth of the 256 colours of viridis, by S. van der Walt, N. Smith and E. Firing for matplotlib 2.0 (released
// under CC0, https://bids.github.io/colormap). Perceptually uniform, in grey as well, and readable with any colour
// vision. Straight lines between these points stay within 2/255 of the full table.
constexpr std::array<Rgb, 33> points{
    0x440154, 0x470D60, 0x48186A, 0x482374, 0x472D7B, 0x453781, 0x424086, 0x3E4989, 0x3B528B, 0x375B8D, 0x33638D,
    0x2F6B8E, 0x2C728E, 0x297A8E, 0x26828E, 0x23898E, 0x21918C, 0x1F978B, 0x1F9F88, 0x21A685, 0x27AD81, 0x31B57B,
    0x3DBC74, 0x4CC26C, 0x5CC863, 0x6ECE58, 0x81D34D, 0x95D840, 0xAADC32, 0xC0DF25, 0xD5E21A, 0xEAE51A, 0xFDE725};

}  // namespace

Rgb viridis(double t) {
  const double position = std::clamp(t, 0.0, 1.0) * double(points.size() - 1);
  const auto i = std::min(static_cast<std::size_t>(position), points.size() - 2);
  const double rest = position - double(i);
  Rgb colour = 0;
  for (int shift : {16, 8, 0}) {
    const double from = double((points[i] >> shift) & 0xFF), to = double((points[i + 1] >> shift) & 0xFF);
    colour |= static_cast<Rgb>(std::lround(from + rest * (to - from))) << shift;
  }
  return colour;
}

Rgb cell_colour(Cell cell, double value, const Range& range) {
  switch (cell) {
    case Cell::diverged: return diverged_colour;
    case Cell::outside: return outside_colour;
    case Cell::no_value: return no_value_colour;
    case Cell::missing: return missing_colour;
    case Cell::value: break;
  }
  return viridis(share(value, range));
}

}  // namespace neurosweep::output
