// A sweep in numbers: what the host hands to a backend, and what comes back. Plain C++, no CUDA, no TOML.
//
// A *quantity* is one number of a parameter set that somebody may sweep. A model's quantities are numbered
//   parameters | initial value of each state | for each port: the n_drive numbers of its input
// and every quantity of a set is either the problem's `base` value or the value of the axis that sweeps it.
#pragma once
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string_view>
#include <vector>

#include "config.hpp"
#include "models/table.hpp"

namespace neurosweep {

inline constexpr std::array<std::string_view, 4> method_names{"euler", "exp-euler", "heun", "rk4"};   // enum Method

enum class Precision { single_, double_ };
inline constexpr std::array<std::string_view, 2> precision_names{"float", "double"};

enum class Engine { none, direct, fft };   // how power spectra are computed; `none`: nobody asked for one
inline constexpr std::array<std::string_view, 3> engine_names{"none", "direct", "fft"};

enum class Measure {
  amplitude, minimum, maximum, mean, std, peak_frequency, peak_power,
  power_delta, power_theta, power_alpha, power_beta, power_gamma,
  spike_count, rate, isi_mean, isi_cv,     // of models that spike
  synchrony, active                        // of populations of a network
};
inline constexpr int n_measure = 18, n_node_measure = 16;
inline constexpr int n_power_band = 5;     // delta ... gamma
constexpr bool is_power_band(Measure m) { return m >= Measure::power_delta && m <= Measure::power_gamma; }
constexpr bool is_of_spikes(Measure m) { return m >= Measure::spike_count; }
constexpr bool is_of_intervals(Measure m) { return m == Measure::isi_mean || m == Measure::isi_cv; }
constexpr bool is_of_networks(Measure m) { return m >= Measure::synchrony; }

// The numbers of one port's input, in the order of the quantities.
enum Drive {
  drive_mean,              // port's unit
  drive_noise,             // port's unit; SD per root second: each step's SD is noise / sqrt(dt in s)
  drive_sine_amplitude,    // port's unit
  drive_sine_frequency,    // Hz
  drive_sine_phase,        // rad
  drive_pulse_amplitude,   // port's unit
  drive_pulse_start,       // s
  drive_pulse_width,       // s
  drive_pulse_period,      // s; infinite = one pulse only
  n_drive
};
inline constexpr int max_quantity = 96;    // of one model; a set's quantities travel as one kernel argument

struct Layout {                            // where a model's quantities stand
  int n_par, n_state, n_port;
  constexpr Layout(int par, int state, int port) : n_par(par), n_state(state), n_port(port) {}
  explicit constexpr Layout(const ModelInfo& m)
      : n_par(int(m.parameters.size())), n_state(int(m.states.size())), n_port(int(m.ports.size())) {}
  constexpr int parameter(int i) const { return i; }
  constexpr int initial(int state) const { return n_par + state; }
  constexpr int drive(int port, Drive d) const { return n_par + n_state + port * n_drive + d; }
  constexpr int size() const { return n_par + n_state + n_port * n_drive; }
};

template <class Model>
constexpr Layout layout_of() {
  return {Model::n_par, Model::n_state, Model::n_port};
}

struct Axis {
  int quantity;
  std::vector<double> values;              // in the quantity's unit as above (parameters and states: the model's tables)
  std::vector<Axis> together = {};         // other quantities that this axis changes, too: as many values each
};

struct BinRange {
  int first = 0, count = 0;                // bins first ... first + count - 1
};

// Welch's estimate as scipy.signal.welch makes it by default: periodic Hann, constant detrend, one-sided density.
struct SpectrumPlan {
  Engine engine = Engine::none;
  int segment = 0, overlap = 0;            // samples
  BinRange kept;                           // bins whose power is computed: covers `peak` and the wanted bands; never bin 0
  BinRange peak;                           // bins strictly inside the band
  std::array<BinRange, n_power_band> band; // delta ... gamma; count 0 where not wanted
  double min_amplitude = std::numeric_limits<double>::quiet_NaN();  // signal's unit; NaN = 1e-5 of max(|minimum|, |maximum|)

  constexpr int hop() const { return segment - overlap; }
};

struct Network;                            // network/network.hpp

struct Problem {
  int model = 0;                           // index into models(); -1: `network`
  std::shared_ptr<const Network> network;
  Method method = Method::exp_euler;
  Precision precision = Precision::single_;
  double dt = 0;                           // s
  std::int64_t steps = 0;                  // integrated
  std::int64_t transient = 0;              // of them not observed
  std::uint64_t seed = 0;
  std::uint32_t replicates = 1;
  std::vector<double> base;                // [Layout::size()]
  std::vector<Axis> axes;                  // first axis = slowest; none = a single set
  int signal = 0;
  std::vector<Measure> measures;           // in the order of the output columns
  SpectrumPlan spectrum;

  std::uint64_t sets() const {
    std::uint64_t n = 1;
    for (const Axis& a : axes) n *= a.values.size();
    return n;
  }
  std::int64_t observed() const { return steps - transient; }
};

inline constexpr std::uint64_t max_sets = std::uint64_t(1) << 40;        // a set's number has 40 bits in the noise counter,
inline constexpr std::uint32_t max_replicates = std::uint32_t(1) << 24;  // a replicate's 24,
inline constexpr std::int64_t max_steps = std::int64_t(1) << 34;         // and a step's 34
inline constexpr std::int64_t max_refractory = std::int64_t(1) << 24;    // steps: a float counts them down

// Where an axis stands in the grid: set number `set` has its value number index(set).
struct GridAxis {
  std::uint64_t stride, size;              // sets between two values of this axis; values
  std::uint64_t first;                     // where a column's values begin if all columns' lie in one array
  NS_HD std::uint64_t index(std::uint64_t set) const { return set / stride % size; }
};

// A quantity that the grid changes.
struct SweptColumn {
  int quantity;
  GridAxis grid;
  const std::vector<double>* values;       // the problem's own
};

// One for each axis, and one for each quantity that goes together with it.
inline std::vector<SweptColumn> swept_columns(const Problem& p) {
  std::vector<SweptColumn> columns;
  std::uint64_t stride = p.sets(), first = 0;
  for (const Axis& axis : p.axes) {
    const std::uint64_t size = axis.values.size();
    stride /= size;
    columns.push_back({axis.quantity, {stride, size, first}, &axis.values});
    first += size;
    for (const Axis& other : axis.together) columns.push_back({other.quantity, {stride, size, first}, &other.values}), first += size;
  }
  return columns;
}

// Whether the grid changes that quantity.
inline bool is_swept(const Problem& p, int quantity) {
  for (const SweptColumn& c : swept_columns(p))
    if (c.quantity == quantity) return true;
  return false;
}

enum Status : std::uint8_t { status_ok = 0, status_diverged = 1, status_out_of_domain = 2 };

struct Tile {
  std::uint64_t first = 0, count = 0;      // sets first ... first + count - 1 in grid order
};

struct Extremes {                          // of one measure over the sets where it is a number
  double minimum = std::numeric_limits<double>::infinity();
  double maximum = -std::numeric_limits<double>::infinity();
  std::uint64_t where = 0;                 // the first set that has the maximum
};

struct Summary {                           // of a tile, or of a whole map
  std::uint64_t sets = 0, diverged = 0, out_of_domain = 0;
  std::vector<Extremes> extremes;          // [measures]
};

struct TileResult {
  Tile tile;
  std::vector<double> values;              // values[c * count + i]; c = measures, then (replicates > 1) their SDs
  std::vector<std::uint8_t> status;        // [count]
  std::vector<std::uint32_t> failed;       // [count] diverged realisations; empty unless replicates > 1
  Summary summary;
};

}  // namespace neurosweep
