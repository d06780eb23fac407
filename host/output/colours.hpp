// The colours of every map: viridis for values, and others that are not in it.
#pragma once
#include <cstdint>

#include "host/output/shape.hpp"

namespace neurosweep::output {

using Rgb = std::uint32_t;  // 0xRRGGBB

inline constexpr Rgb no_value_colour = 0xBDBDBD;
inline constexpr Rgb diverged_colour = 0xC8102E;
// What is not computed is striped, so that it is told apart without any colour.
inline constexpr Rgb missing_colour = 0xF0F0F0, missing_stripe_colour = 0x707070;
// What left its domain is striped, too: the other way, and black and white.
inline constexpr Rgb outside_colour = 0x000000, outside_stripe_colour = 0xFFFFFF;

// viridis at t in [0, 1].
Rgb viridis(double t);

// The colour of one set on a scale from range.low to range.high.
Rgb cell_colour(Cell cell, double value, const Range& range);

}  // namespace neurosweep::output
