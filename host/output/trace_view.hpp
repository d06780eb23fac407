// One parameter set over time, of a model or of a network: what the CSV files, the picture and the terminal show of it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "host/api/neurosweep.hpp"
#include "host/output/shape.hpp"
#include "host/signal/spectra.hpp"

namespace neurosweep {

struct SpectralPeak {
  double frequency, density;
  bool at_edge = false;                    // of the band, and the spectrum is higher beyond the band
};

struct RateCurve {                         // f-I: of sets that differ in the input alone
  MapColumn input, rate;                   // [set]
  std::size_t here = 0;                    // the traced one
  bool log = false;                        // spaced logarithmically
};

struct TracedPopulation {                  // of a network, or the one cell of a model that spikes
  std::string name;
  int cells = 1, first = 0;                // of the network's cells, one after the other
};

struct TracedSpike {
  std::size_t sample;
  int population, neuron;                  // from 0 on
};

struct TraceView {
  std::string title, where, method;        // `where`: "Ae = 3.25 mV, Ai = 22 mV (set 12 of 64)", empty of a single set; `method`: model, dt, ...
  bool single = true;                      // computed in float
  double dt = 0;                           // s
  std::size_t transient = 0;               // samples before the observed ones
  std::vector<double> time;                // [sample] ms
  std::vector<MapColumn> series;           // [sample] states, then the signals that are none; of a network each population's signals
  std::size_t signal = 0;                  // which series is observed
  bool spiking = false;                    // a single cell that does
  std::vector<std::uint8_t> spiked;        // [sample] a spike in that step
  bool network = false;
  std::vector<TracedPopulation> populations;   // who spikes
  std::vector<TracedSpike> spikes;         // in the order of time
  std::vector<std::size_t> population_of;  // [series] of a network
  std::vector<int> kind_of;                // [series] NetworkSignal
  std::optional<RateCurve> rates;          // where the sweep goes over the input of a spiking model
  std::vector<MapColumn> measures;         // one value each
  std::uint8_t status = 0;                 // see Status in problem.hpp

  std::string no_spectrum;                 // why there is none; empty if there is
  std::string density_unit;                // "mV^2/Hz"
  Psd psd;                                 // of the observed samples
  output::Range band{0, 0};                // Hz: where the peak is looked for
  bool band_without_bin = false;           // it lies between the PSD's bins, or beyond them
  std::optional<SpectralPeak> peak;        // none at rest, or there
  Spectrogram spectrogram;                 // of all samples, on the clock of `time`, but in s

  std::size_t samples() const { return time.size(); }
  const MapColumn& observed() const { return series[signal]; }
  double end() const { return time.back() + dt * 1e3; }        // ms, of the last step
  std::span<const double> observed_part() const { return std::span(observed().values).subspan(transient); }
  std::span<const std::uint8_t> observed_spikes() const { return std::span(spiked).subspan(transient); }
};

// A picture of it all: .png, .svg or .pdf, whole or not at all. std::runtime_error as write_plot() throws it.
void write_trace_plot(const TraceView& trace, const std::string& path);

// Throws what write_trace_plot() would throw, before anything is computed.
void check_trace_plot_possible(const std::string& path);

struct PreviewOptions;
// Lines of text: a small chart of each state and signal, the spectrum, of a cell that spikes the intervals and the rate over the input, and
// the measures.
std::string trace_preview(const TraceView& trace, const PreviewOptions& options);

}  // namespace neurosweep
