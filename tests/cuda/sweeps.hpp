// Small sweeps for the CUDA backend.
#pragma once
#include <cstdint>
#include <string>

#include "common/maps.hpp"

namespace neurosweep::test {

// ---- problems -------------------------------------------------------------------------------------------------------

inline constexpr Layout layout = layout_of<JansenRit>();

// Ae times Ai in float, no spectrum.
inline Problem gain_plane(int n_Ae, int n_Ai, std::int64_t steps, std::int64_t transient) {
  Problem p = jansen_rit();
  p.precision = Precision::single_, p.steps = steps, p.transient = transient;
  add_axis(p, JansenRit::Ae, 2, 5, n_Ae), add_axis(p, JansenRit::Ai, 15, 30, n_Ai);
  p.measures = {Measure::amplitude, Measure::minimum, Measure::maximum, Measure::mean, Measure::std};
  return p;
}

// Peak, its power, and the alpha band.
inline void ask_for_spectrum(Problem& p, Engine engine, int segment, int overlap) {
  add_spectrum(p, engine, segment);
  p.spectrum.overlap = overlap;
  for (int k = p.spectrum.kept.first; k < p.spectrum.kept.first + p.spectrum.kept.count; ++k)
    if (const double f = k / (segment * p.dt); f >= 8 && f < 13) {
      BinRange& alpha = p.spectrum.band[2];
      if (alpha.count++ == 0) alpha.first = k;
    }
  p.measures.insert(p.measures.end(), {Measure::peak_frequency, Measure::peak_power, Measure::power_alpha});
}

inline void add_noise(Problem& p, double sd = 20) { drive_of(p, JansenRit::in_E, drive_noise) = sd; }
inline void add_everything(Problem& p) {  // every kind of input: the time loop's general path
  add_noise(p);
  drive_of(p, JansenRit::in_M, drive_sine_amplitude) = 0.5, drive_of(p, JansenRit::in_M, drive_sine_frequency) = 11;
  drive_of(p, JansenRit::in_E, drive_pulse_amplitude) = 60, drive_of(p, JansenRit::in_E, drive_pulse_start) = 0.02;
  drive_of(p, JansenRit::in_E, drive_pulse_width) = 0.01, drive_of(p, JansenRit::in_E, drive_pulse_period) = 0.05;
}

// ---- the device -----------------------------------------------------------------------------------------------------

// Defined by each test program: makes the device ready, or returns why there is none.
std::string prepare_device();

}  // namespace neurosweep::test
