// The measures as a table: names, units, power bands.
#pragma once
#include <span>
#include <string_view>

#include "problem.hpp"

namespace neurosweep {

enum class MeasureUnit { signal, hertz, density, power, millisecond, none };  // the signal's, Hz, signal^2/Hz, signal^2

struct MeasureRow {
  Measure measure;
  std::string_view name;
  MeasureUnit unit;
  std::string_view description;
  double lower = 0, upper = 0;  // Hz, of a power band: lower <= f < upper; 0, 0 elsewhere

  constexpr bool band() const { return upper > 0; }
  constexpr bool spectral() const {                             // needs a power spectrum
    return band() || measure == Measure::peak_frequency || measure == Measure::peak_power;
  }
};

// Row i is Measure(i).
std::span<const MeasureRow> measure_table();

// The rows that the model can have: one that does not spike lacks the last ones.
std::span<const MeasureRow> measures_of(const ModelInfo& model);

}  // namespace neurosweep
