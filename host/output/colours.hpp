// The colours of every map: viridis for values, and others that are not in it.
#pragma once
#include <array>
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

// What has a name, not a value: Paul Tol's muted scheme and black, told apart by any eye.
inline constexpr std::array<Rgb, 10> named_colours{0x332288, 0xCC6677, 0x117733, 0x88CCEE, 0x882255,
                                                   0xDDCC77, 0x44AA99, 0xAA4499, 0x999933, 0x000000};

// viridis at t in [0, 1].
Rgb viridis(double t);

// The colour of one set on a scale from range.low to range.high.
Rgb cell_colour(Cell cell, double value, const Range& range);

}  // namespace neurosweep::output
