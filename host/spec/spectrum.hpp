// Which bins of a spectrum a band holds. Bin k stands at k / (segment dt) Hz.
#pragma once
#include <cstdint>

#include "problem.hpp"

namespace neurosweep {

// Bins with lower < f_k < upper, and with lower <= f_k < upper; never bin 0, never above the Nyquist frequency. A bin
// that stands on an edge but for rounding stands on it.
BinRange bins_inside(double lower, double upper, double dt, int segment);
BinRange bins_from(double lower, double upper, double dt, int segment);

// The smallest range that covers both; an empty one counts for nothing.
BinRange cover(BinRange a, BinRange b);

// The segment where the sweep file names none: the largest power of two that is at most a quarter of the observed
// samples (seven half-overlapping segments to average) and at most 4 s (bins every 0.25 Hz); 0 if that is below 16.
int default_segment(std::int64_t observed, double dt);

}  // namespace neurosweep
