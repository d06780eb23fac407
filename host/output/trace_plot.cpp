// A trace's picture: the spikes, below them states and signals above one another over the time that they share, the spectrogram below them, then
// spectrum and intervals side by side, and at the bottom the rate over the input.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/output/gnuplot.hpp"
#include "host/output/output_file.hpp"
#include "host/output/text.hpp"
#include "host/output/trace_panels.hpp"

namespace neurosweep {

using namespace output;

namespace {

constexpr double panel_width = 760, margin = 8, gap = 16;      // marks at the ends of panels above one another do not meet
constexpr double spikes_height = 18, names_width = 120, spectrogram_height = 170, lower_height = 220, rates_height = 150;
constexpr double heading_height = 26;          // above the lower panels
constexpr double bar_gap = 14, bar_width = 16;

double series_height(std::size_t n) { return n <= 3 ? 120 : n <= 5 ? 96 : 78; }

bool with_spectra(const TraceView& trace) { return trace.no_spectrum.empty(); }

std::string value_words(const MapColumn& measure) {
  return std::isnan(measure.values[0]) ? "none" : quantity(measure.values[0], measure.unit);
}

std::vector<std::string> notes_of(const TraceView& trace) {
  std::string found = trace.method;
  for (const MapColumn& m : trace.measures) found += fmt::format(", {} = {}", m.name, value_words(m));
  if (trace.status != 0) found += fmt::format(", status: {}", status_name(trace.status));
  std::vector<std::string> notes{trace.where, found};
  std::vector<std::string> key;
  if (trace.network) key.push_back(fmt::format("rates in bins of {}", quantity(rate_bin(trace), "ms")));
  if (trace.transient > 0) key.push_back("grey: the transient, integrated but not observed");
  if (with_spectra(trace)) key.push_back(fmt::format("blue: {}", alpha_words())), key.push_back("dashed: the band of the peak");
  else key.push_back("no spectrum: " + trace.no_spectrum);
  notes.push_back(fmt::format("{}", fmt::join(key, "; ")));
  return notes;
}

// Where everything stands, in pixels from below.
class Sheet {
 public:
  explicit Sheet(const TraceView& trace) : trace_(trace), time_(trace), panels_(series_panels(trace)) {
    const std::size_t n = panels_.size();
    for (const SeriesPanel& panel : panels_) ticks_ = std::max(ticks_, ticks_width(upward_ticks(panel.range, series_height(n))));
    if (trace.network) ticks_ = std::max(ticks_, ticks_width(raster_ticks(trace, raster_height(trace))));
    if (with_spectra(trace)) ticks_ = std::max(ticks_, ticks_width(log_ticks(psd_range(trace).low, psd_range(trace).high, 6)));
    if (trace.rates) ticks_ = std::max(ticks_, ticks_width(rate_ticks(*trace.rates, rates_height)));
    left_ = margin + label_beside + ticks_;
    const double bar_text = 4 * font_size;
    right_ = with_spectra(trace) ? bar_gap + bar_width + bar_text + label_beside : 24;
    if (trace.network) right_ = std::max(right_, names_width);
    lower_ = trace.rates ? margin + label_below + rates_height + heading_height : 0;
    spectrogram_ = lower_ + (with_spectra(trace) || trace.spiking ? margin + label_below + lower_height + heading_height : 0) + margin + label_below;
    series_ = spectrogram_ + (with_spectra(trace) ? spectrogram_height + gap : 0);
    spikes_ = series_ + double(n) * (series_height(n) + gap);
  }

  double width() const { return left_ + panel_width + right_; }
  double height() const { return spikes_ + (trace_.network ? raster_height(trace_) : trace_.spiking ? spikes_height : 0); }

  void draw(Figure& figure) const {
    const std::size_t n = panels_.size();
    const double each = series_height(n);
    if (trace_.network) raster_panel(figure, trace_, time_, {left_, spikes_, panel_width, raster_height(trace_)}, ticks_);
    if (trace_.spiking) spike_panel(figure, trace_, time_, {left_, spikes_ - gap / 2, panel_width, spikes_height});
    for (std::size_t k = 0; k < n; ++k)
      series_panel(figure, trace_, panels_[k], time_, {left_, series_ + double(n - 1 - k) * (each + gap), panel_width, each}, ticks_, !with_spectra(trace_) && k + 1 == n);
    if (with_spectra(trace_)) spectrogram_panel(figure, trace_, time_, {left_, spectrogram_, panel_width, spectrogram_height}, ticks_);
    draw_lower(figure);
    if (trace_.rates) rate_panel(figure, trace_, {left_, margin + label_below, panel_width, rates_height}, ticks_);
  }

 private:
  // The spectrum and the intervals share the width if both are there.
  void draw_lower(Figure& figure) const {
    const double between = 90, bottom = lower_ + margin + label_below;
    const double half = (panel_width - between) / 2, psd = trace_.spiking ? half : panel_width;
    if (with_spectra(trace_)) psd_panel(figure, trace_, {left_, bottom, psd, lower_height}, ticks_);
    if (trace_.spiking) interval_panel(figure, trace_, {with_spectra(trace_) ? left_ + half + between : left_, bottom, half, lower_height});
  }

  const TraceView& trace_;
  TimeAxis time_;
  std::vector<SeriesPanel> panels_;
  double left_ = 0, right_ = 0, ticks_ = 0;
  double lower_ = 0, spectrogram_ = 0, series_ = 0, spikes_ = 0;   // where they begin
};

}  // namespace

void write_trace_plot(const TraceView& trace, const std::string& path) {
  const Sheet sheet(trace);
  Figure figure(picture_format(path), sheet.width(), sheet.height(), {trace.title, notes_of(trace)});
  sheet.draw(figure);
  figure.save(path);
}

void check_trace_plot_possible(const std::string& path) {
  check_writable(path);
  require_gnuplot(picture_format(path).terminal);
}

}  // namespace neurosweep
