// A Problem as plain numbers that are the same for every set: what a kernel receives by value.
#pragma once
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "models/models.hpp"
#include "problem.hpp"

namespace neurosweep {

// Which time loop runs. The first two are the fast ones, which some methods have (has_own_loops): observing the model's first signal,
// with all inputs constant, or with noise on the model's main port. `general` does everything.
enum class Path { constant, noise, general };

struct Setup {
  double base[max_quantity];               // quantities, where no axis sweeps them
  std::uint8_t swept[max_quantity];        // quantity of each swept column
  int n_swept;
  double dt, per_dt, dt_seconds;           // model time units, 1 / dt, seconds
  std::int64_t steps, transient;
  std::uint64_t seed;
  std::uint32_t replicates;
  int signal;
  bool spiking;
  std::uint32_t noisy, sine, pulse;        // bit p: port p has noise, a sine, a pulse in some set

  int segment, hop;                        // samples; 0 without a spectrum
  std::int64_t segments;                   // averaged
  BinRange kept, peak, band[n_power_band];
  double bin_width;                        // Hz
  double power_scale;                      // PSD = this * sum over segments of |DFT of the windowed segment|^2
  double min_amplitude;

  int n_measure_out;
  std::uint8_t measure[n_node_measure];    // Measure of each output column
  bool of_signal, of_spikes, of_intervals; // whether one of them is of the signal, of spikes, of the intervals between these

  NS_HD int n_column() const { return replicates > 1 ? 2 * n_measure_out : n_measure_out; }
};

namespace detail {

// Bit p: drive number d of port p is not zero in every set.
inline std::uint32_t ports_with(const Problem& p, const Layout& layout, Drive d) {
  std::uint32_t ports = 0;
  for (int port = 0; port < layout.n_port; ++port) {
    const int q = layout.drive(port, d);
    if (p.base[q] != 0 || is_swept(p, q)) ports |= 1u << port;
  }
  return ports;
}

inline void add_spectrum(Setup& s, const Problem& p) {
  const SpectrumPlan& w = p.spectrum;
  if (w.engine == Engine::none) return;
  s.segment = w.segment, s.hop = w.hop();
  s.segments = (p.observed() - w.overlap) / w.hop();
  s.kept = w.kept, s.peak = w.peak;
  for (int b = 0; b < n_power_band; ++b) s.band[b] = w.band[b];
  s.bin_width = 1 / (w.segment * p.dt);
  // One-sided density: 2 |X|^2 / (fs sum w^2), sum w^2 = 3 L / 8 for the periodic Hann window (L >= 3).
  s.power_scale = 2 * p.dt / (0.375 * w.segment) / double(s.segments);
}

}  // namespace detail

inline Setup make_setup(const Problem& p) {
  const ModelInfo& model = models()[p.model];
  const Layout layout(model);
  if (layout.size() > max_quantity || int(p.base.size()) != layout.size())
    throw std::logic_error("make_setup: " + std::to_string(p.base.size()) + " quantities for " + std::string(model.name));
  Setup s{};
  for (int q = 0; q < layout.size(); ++q) s.base[q] = p.base[q];
  for (const SweptColumn& c : swept_columns(p)) s.swept[s.n_swept++] = std::uint8_t(c.quantity);
  s.dt = p.dt * model.time_units_per_second(), s.per_dt = 1 / s.dt, s.dt_seconds = p.dt;
  s.steps = p.steps, s.transient = p.transient, s.seed = p.seed, s.replicates = p.replicates, s.signal = p.signal;
  s.spiking = model.spiking;
  s.noisy = detail::ports_with(p, layout, drive_noise);
  s.sine = detail::ports_with(p, layout, drive_sine_amplitude);
  s.pulse = detail::ports_with(p, layout, drive_pulse_amplitude);
  s.min_amplitude = p.spectrum.min_amplitude;
  detail::add_spectrum(s, p);
  for (Measure m : p.measures) {
    s.measure[s.n_measure_out++] = std::uint8_t(m);
    (is_of_spikes(m) ? s.of_spikes : s.of_signal) = true;
    if (is_of_intervals(m)) s.of_intervals = true;
  }
  return s;
}

template <class Model>
Path path_of(const Problem& p, const Setup& s) {
  if (!has_own_loops<Model>(p.method) || s.signal != 0 || s.sine || s.pulse) return Path::general;
  return s.noisy == 0 ? Path::constant : s.noisy == 1u << Model::main_port ? Path::noise : Path::general;
}

}  // namespace neurosweep
