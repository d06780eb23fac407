// A trace in a terminal: what fits a screen.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/output/ink.hpp"
#include "host/output/preview.hpp"
#include "host/output/text.hpp"
#include "host/output/trace_panels.hpp"
#include "host/output/trace_view.hpp"
#include "host/signal/decimate.hpp"
#include "host/signal/intervals.hpp"
#include "network/network.hpp"

namespace neurosweep {

using namespace output;

namespace {

constexpr std::size_t chart_lines = 6;         // of the spectrum and of the intervals
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::string repeated(std::string_view text, std::size_t n) {
  std::string all;
  while (n-- > 0) all += text;
  return all;
}

// Characters that a chart may be wide.
std::size_t room(const PreviewOptions& options) { return std::size_t(std::clamp(options.width - 1, 8, 400)); }

// How many of them a column takes, where a chart has few.
std::size_t characters_each(std::size_t columns, const PreviewOptions& options) { return std::clamp<std::size_t>(room(options) / columns, 1, 4); }

// `low    high` under something `width` wide.
std::string ends(const std::string& low, const std::string& high, std::size_t width) {
  const std::size_t used = text_width(low) + text_width(high);
  return low + std::string(width > used ? width - used : 1, ' ') + high + "\n";
}

std::string range_words(const std::optional<Range>& range) {
  return range ? fmt::format(": {} to {}", short_number(range->low), short_number(range->high)) : ": no finite value";
}

constexpr std::size_t raster_lines = 4;                // of a population

// A curve of dots on a grid of characters, each two dots high with half blocks.
class Sparkline {
 public:
  Sparkline(const TraceView& trace, const PreviewOptions& options)
      : trace_(trace), utf8_(options.utf8), width_(std::min(room(options), trace.samples())), dots_(utf8_ ? 6 : 4) {}

  std::string panel(const MapColumn& series) const {
    const auto range = finite_range(series.values);
    std::string text = one_line(label(series.name, series.unit)) + range_words(range) + "\n";
    const std::vector<Reach> reached = reach(series.values, range.value_or(Range{0, 1}));
    for (int top = dots_; top > 0; top -= utf8_ ? 2 : 1) {
      for (const Reach& r : reached) text += utf8_ ? half_block(r.has(top - 1), r.has(top - 2)) : r.has(top - 1) ? "#" : " ";
      text += "\n";
    }
    return text;
  }

  // A mark for each column that has a spike.
  std::string spikes() const {
    std::string text;
    for (std::size_t c = 0; c < width_; ++c) {
      const auto begin = trace_.spiked.begin() + std::ptrdiff_t(edge(c)), end = trace_.spiked.begin() + std::ptrdiff_t(edge(c + 1));
      text += std::find(begin, end, 1) == end ? " " : "|";
    }
    return fmt::format("{}: {}\n{}\n", "spikes", std::count(trace_.spiked.begin(), trace_.spiked.end(), 1), text);
  }

  // A population's cells in a few lines, the first lowest; a column is darker the more of a line's cells spike in it.
  std::string raster(std::size_t population) const {
    const TracedPopulation& p = trace_.populations[population];
    const auto cells = std::size_t(p.cells), lines = std::min(cells, raster_lines);
    std::vector<std::vector<int>> spikes(lines, std::vector<int>(width_));
    std::uint64_t all = 0;
    for (const TracedSpike& spike : trace_.spikes)
      if (spike.population == int(population)) ++all, ++spikes[std::size_t(spike.neuron) * lines / cells][column(spike.sample)];
    std::string text = one_line(fmt::format("{}: {}, {}", p.name, how_many("cell", cells), how_many("spike", all))) + "\n";
    for (std::size_t line = all > 0 ? lines : 0; line-- > 0;) {
      for (const int count : spikes[line]) text += shade(double(count) * double(lines) / double(cells));
      text += "\n";
    }
    return text;
  }

  // Time below it all; the transient is a thinner line.
  std::string ruler() const {
    const TimeAxis time(trace_);
    std::size_t hidden = 0;
    while (hidden < width_ && edge(hidden + 1) <= trace_.transient) ++hidden;
    std::string text = repeated(utf8_ ? "╌" : ".", hidden) + repeated(utf8_ ? "━" : "=", width_ - hidden) + "\n";
    text += ends("0", fmt::format("{} {}", short_number(time.range.high), time.unit), width_);
    if (trace_.transient > 0)
      text += fmt::format("{} transient, to {} {}\n", repeated(utf8_ ? "╌" : ".", 3), short_number(trace_.time[trace_.transient] * time.per_ms), time.unit);
    return text;
  }

 private:
  struct Reach {                               // dots low ... high of a column, from below; none if high < low
    long low = 0, high = -1;
    bool has(long dot) const { return low <= dot && dot <= high; }
  };

  std::size_t edge(std::size_t column) const { return column * trace_.samples() / width_; }   // as low_high() cuts it

  std::size_t column(std::size_t sample) const {
    std::size_t c = std::min(sample * width_ / trace_.samples(), width_ - 1);
    while (c + 1 < width_ && edge(c + 1) <= sample) ++c;
    return c;
  }

  std::string shade(double spikes_per_cell) const {
    const int level = spikes_per_cell <= 0 ? 0 : spikes_per_cell < 0.25 ? 1 : spikes_per_cell < 0.5 ? 2 : spikes_per_cell < 1 ? 3 : 4;
    const char* const dark[] = {" ", "░", "▒", "▓", "█"};
    return utf8_ ? dark[level] : std::string(1, " .:+#"[level]);
  }

  long dot(double value, const Range& range) const { return std::lround(share(value, range) * double(dots_ - 1)); }

  // From a column's lowest to its highest value, and on to where the next column begins.
  std::vector<Reach> reach(const std::vector<double>& y, const Range& range) const {
    std::vector<Reach> all;
    for (const LowHigh& part : low_high(y, width_)) all.push_back(part.finite ? Reach{dot(y[part.low], range), dot(y[part.high], range)} : Reach{});
    for (std::size_t c = 1; c < all.size(); ++c) {
      Reach &left = all[c - 1], &right = all[c];
      if (left.high < left.low || right.high < right.low) continue;
      if (right.low > left.high) left.high = right.low - 1;
      if (right.high < left.low) left.low = right.high + 1;
    }
    return all;
  }

  static std::string half_block(bool upper, bool lower) { return upper ? lower ? "█" : "▀" : lower ? "▄" : " "; }

  const TraceView& trace_;
  bool utf8_;
  std::size_t width_;
  int dots_;
};

// The spectrum's logarithm, one column for a bin or several.
std::string spectrum_chart(const TraceView& trace, const PreviewOptions& options) {
  const double highest = shown_frequency(trace);
  std::vector<double> density;
  for (std::size_t k = 1; k < trace.psd.frequency.size() && trace.psd.frequency[k] <= highest * (1 + 1e-9); ++k) density.push_back(trace.psd.density[k]);
  const Range range = psd_range(trace), logarithms{std::log10(range.low), std::log10(range.high)};
  const std::size_t columns = std::min(room(options), density.size()), each = characters_each(columns, options);
  std::vector<Pixel> pixels;
  for (const LowHigh& part : low_high(density, columns)) {
    const double value = part.finite && density[part.high] > 0 ? std::max(std::log10(density[part.high]), logarithms.low) : part.finite ? logarithms.low : nan;
    pixels.insert(pixels.end(), each, {std::isnan(value) ? Cell::no_value : Cell::value, value});
  }
  const Ink ink(options);
  std::string text = wrapped(fmt::format("power of {}{}, logarithmic", label(trace.observed().name, trace.density_unit), range_words(finite_range(density))),
                             options.text_columns());
  for (std::size_t line = chart_lines; line-- > 0;) text += ink.chart_line(pixels, line, chart_lines, logarithms) + "\n";
  return text + ends(short_number(trace.psd.frequency[1]), quantity(highest, "Hz"), pixels.size());
}

std::string peak_text(const TraceView& trace) {
  const std::string band = fmt::format("{} to {} Hz", short_number(trace.band.low), short_number(trace.band.high));
  if (!trace.peak) return fmt::format("no peak within {}{}", band, trace.band_without_bin ? ": no bin of the spectrum is there" : "");
  return fmt::format("peak within {}: {} at {}{}", band, quantity(trace.peak->density, trace.density_unit), quantity(trace.peak->frequency, "Hz"),
                     trace.peak->at_edge ? ", the edge of the band: the spectrum is higher beyond" : "");
}

std::string spectrum_text(const TraceView& trace, const PreviewOptions& options) {
  if (!trace.no_spectrum.empty()) return wrapped("no spectrum: " + trace.no_spectrum, options.text_columns());
  if (!has_power(trace.psd.density)) return wrapped(fmt::format("spectrum of {}: {}", trace.observed().name, why_no_power(trace.psd.density)), options.text_columns());
  return spectrum_chart(trace, options) + wrapped(peak_text(trace), options.text_columns());
}

// How often which interval is there, from 0 to the longest one.
std::string interval_chart(const TraceView& trace, const std::vector<std::int64_t>& intervals, const PreviewOptions& options) {
  const double step = trace.dt * 1e3;
  const auto [shortest, longest] = std::minmax_element(intervals.begin(), intervals.end());
  const Histogram h = histogram(intervals, std::int64_t(room(options)));
  const double width = double(h.width) * step;
  std::vector<std::uint64_t> columns;
  for (const std::uint64_t count : h.count) columns.insert(columns.end(), characters_each(h.count.size(), options), count);
  const Range range{double(*shortest) * step, double(*longest) * step};
  std::string text = wrapped(fmt::format("{} intervals between spikes [ms]{}, up to {} in {}", intervals.size(), range_words(range),
                                         *std::max_element(columns.begin(), columns.end()), quantity(width, "ms")), options.text_columns());
  const Ink ink(options);
  for (std::size_t line = chart_lines; line-- > 0;) text += ink.count_line(columns, line, chart_lines) + "\n";
  return text + ends("0", quantity(width * double(h.count.size()), "ms"), columns.size());
}

std::string interval_text(const TraceView& trace, const PreviewOptions& options) {
  const std::vector<std::int64_t> intervals = spike_intervals(trace.observed_spikes());
  const std::string why = why_no_histogram(trace, intervals);
  return why.empty() ? interval_chart(trace, intervals, options) : wrapped("intervals between spikes: " + why, options.text_columns());
}

// f-I, as a sweep of it alone shows it.
std::string rates_text(const TraceView& trace, const PreviewOptions& options) {
  const RateCurve& rates = *trace.rates;
  Map map;
  map.axes = {{rates.input.name, rates.input.unit, rates.log, rates.input.values}};
  map.columns = {rates.rate}, map.status.assign(rates.rate.values.size(), status_ok);
  return wrapped(one_line(fmt::format("firing rate over {}, all else as above", rates.input.name)), options.text_columns()) + preview(map, options);
}

std::string measures_text(const TraceView& trace, const PreviewOptions& options) {
  Map map;
  map.columns = trace.measures, map.status = {trace.status};
  return preview(map, options);
}

// Who spikes and how often, and what is observed; the other signals are many.
std::string network_text(const TraceView& trace, const Sparkline& sparkline) {
  std::string text;
  for (std::size_t p = 0; p < trace.populations.size(); ++p) text += sparkline.raster(p);
  for (std::size_t s = 0; s < trace.series.size(); ++s) {
    const MapColumn& series = trace.series[s];
    if (trace.kind_of[s] == signal_rate)
      text += sparkline.panel({series.name, fmt::format("{}, in bins of {}", series.unit, quantity(rate_bin(trace), "ms")), binned(trace, series.values)});
    else if (s == trace.signal) text += sparkline.panel(series);
  }
  return text;
}

}  // namespace

std::string trace_preview(const TraceView& trace, const PreviewOptions& options) {
  const Sparkline sparkline(trace, options);
  const std::size_t columns = options.text_columns();
  std::string text = wrapped(one_line(trace.title), columns) + wrapped(trace.where, columns) + "\n";
  if (trace.spiking) text += sparkline.spikes();
  if (trace.network) text += network_text(trace, sparkline);
  else for (const MapColumn& series : trace.series) text += sparkline.panel(series);
  text += sparkline.ruler() + "\n";
  text += spectrum_text(trace, options) + "\n";
  if (trace.spiking) text += interval_text(trace, options) + "\n";
  if (trace.rates) text += rates_text(trace, options) + "\n";
  text += measures_text(trace, options);
  return options.utf8 ? text : ascii_only(text);
}

}  // namespace neurosweep
