// A sweep file, read and checked: text -> SweepSpec. Nothing downstream sees TOML, units or user text again.
#pragma once
#include <string>
#include <vector>

#include "host/api/neurosweep.hpp"
#include "host/spec/quantities.hpp"
#include "problem.hpp"

namespace neurosweep {

enum class EngineChoice { automatic, fft, direct };

struct AxisLabel {                 // how an axis is written for people; values in `unit`
  std::string name, unit;          // "Ae", "mV"; "input.E.mean", "Hz"; unit "" = dimensionless
  bool log = false;                // spaced logarithmically
  std::vector<double> values;
  std::vector<std::string> names = {};   // of a preset axis's values 0, 1, 2, ...; empty elsewhere
};

struct ColumnLabel {               // of a measure
  std::string name, unit, description;
};

struct SweepSpec {
  std::string path;                // of the sweep file, as the user wrote it
  std::string title;
  std::string model;               // its name; "network"
  std::string signal, signal_unit; // observed, where a measure names none
  EngineChoice engine = EngineChoice::automatic;
  std::string engine_at, segment_at;   // where they are set, for a backend that refuses them: "sweeps/x.toml:27:10", or the flag
  Problem problem;                 // complete but for spectrum.engine: `fft` wherever a spectral measure is wanted, else `none`
  std::vector<Quantity> quantities;    // [problem.base]
  std::vector<ColumnLabel> columns;    // [problem.measures]
  std::string folder;              // absolute, where the paths in the sweep file begin; "" if it has none
  std::vector<AxisLabel> axes;     // same order and values as problem.axes, in the unit that `models` lists
  std::vector<std::string> warnings;   // e.g. a value outside the literature's range
  double band_low = 0, band_high = 0;  // Hz: where a peak is looked for, wanted or not
};

// Reads and checks `path`. Throws SpecError; std::runtime_error if the file cannot be read for another reason.
SweepSpec load_sweep(const std::string& path, const Overrides& overrides);

// The same of a sweep file's text, such as a store keeps it; messages call it `path`. Paths in it begin at `folder`; ""
// is that of `path`.
SweepSpec load_sweep_text(const std::string& path, const std::string& text, const Overrides& overrides,
                          const std::string& folder = "");

// Names and units of the output columns. `signal_unit` is the unit of the observed signal.
std::string measure_name(Measure m);
std::string measure_unit(Measure m, const std::string& signal_unit);

}  // namespace neurosweep
