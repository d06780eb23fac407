// The panels of a trace's picture.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/output/figure.hpp"
#include "host/output/trace_view.hpp"

namespace neurosweep::output {

inline constexpr Rgb line_blue = 0x0072B2, observed_red = 0xD55E00;      // Okabe and Ito's, told apart by any eye
inline constexpr Rgb transient_grey = 0xE4E4E4, band_blue = 0xD6E9F5;

// How time is written along the panels: in ms, or in s where that is long.
struct TimeAxis {
  explicit TimeAxis(const TraceView& trace);
  std::string unit;
  double per_ms;
  Range range;
  std::vector<Tick> ticks;
};

// Marks along a panel that may be lower than a map's.
std::vector<Tick> upward_ticks(const Range& range, double height);

// What one panel shows over time: a state or signal, or one signal of each population of a network, but for what is 0 throughout.
struct SeriesPanel {
  std::string label;
  std::vector<std::size_t> series;
  std::vector<std::vector<double>> values;           // [series] as drawn: rates in bins
  std::vector<Rgb> colours;                          // [series]
  Range range;                                       // all values with some air
};
std::vector<SeriesPanel> series_panels(const TraceView& trace);

// A rate's bins for the eye [ms]: a few hundred in all.
double rate_bin(const TraceView& trace);
// [sample] the mean of the bin that it is in.
std::vector<double> binned(const TraceView& trace, const std::vector<double>& rate);

// A short line for each spike, above the others' panels.
void spike_panel(Figure& figure, const TraceView& trace, const TimeAxis& time, const Box& box);

// The spikes of a network: a row for each cell, the first lowest, in the colours of their populations, which are named on the right.
void raster_panel(Figure& figure, const TraceView& trace, const TimeAxis& time, const Box& box, double ticks_width);
double raster_height(const TraceView& trace);      // few cells have rows of equally many pixels
std::vector<Tick> raster_ticks(const TraceView& trace, double height);

// The lowest panel of a column names the time below it.
void series_panel(Figure& figure, const TraceView& trace, const SeriesPanel& panel, const TimeAxis& time, const Box& box, double ticks_width, bool lowest);

// With its colour bar on the right.
void spectrogram_panel(Figure& figure, const TraceView& trace, const TimeAxis& time, const Box& box, double ticks_width);

void psd_panel(Figure& figure, const TraceView& trace, const Box& box, double ticks_width);

void interval_panel(Figure& figure, const TraceView& trace, const Box& box);

// A point for each set along the input's axis; of a trace that has rates.
void rate_panel(Figure& figure, const TraceView& trace, const Box& box, double ticks_width);
std::vector<Tick> rate_ticks(const RateCurve& rates, double height);

std::string alpha_words();             // which frequencies psd_panel() shades

// Why a histogram of these intervals would say nothing: "fewer than two spikes"; empty if it does.
std::string why_no_histogram(const TraceView& trace, const std::vector<std::int64_t>& intervals);

// Whether a spectrum has anything to show; if not, why: "no power: at rest".
bool has_power(const std::vector<double>& density);
std::string why_no_power(const std::vector<double>& density);
std::string why_no_peak(const TraceView& trace);   // of a trace that has none

// Up to which frequency spectra are shown [Hz]: the band and as much again, and always a few bins.
double shown_frequency(const TraceView& trace);
// The PSD's values up to there, but for its bin at 0, which the detrending empties.
Range psd_range(const TraceView& trace);

}  // namespace neurosweep::output
