#include "host/output/trace_panels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "host/output/text.hpp"
#include "host/signal/decimate.hpp"
#include "host/signal/intervals.hpp"
#include "network/network.hpp"

namespace neurosweep::output {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double long_time = 10000;            // ms: from here on in s
constexpr double decades_shown = 10;           // of a PSD: what is lower is rounding
constexpr double decibels_shown = 60;          // of a spectrogram
constexpr double alpha_low = 8, alpha_high = 13;
constexpr std::int64_t most_boxes = 40;
constexpr double small_font = 12;
constexpr double most_rate_bins = 300;

std::string line_style(Rgb colour, double width) { return fmt::format("linewidth {} linecolor rgb '{}'", width, colour_code(colour)); }

std::string line_layer(Figure& figure, const std::vector<double>& points, const std::string& style) {
  return figure.data(bytes_of(points)) + " binary format='%2double' using 1:2 with lines " + style;
}

std::string point_layer(Figure& figure, const std::vector<double>& points, double size, Rgb colour) {
  return fmt::format("{} binary format='%2double' using 1:2 with points pointtype 7 pointsize {} linecolor rgb '{}'",
                     figure.data(bytes_of(points)), figure.point_size(size), colour_code(colour));
}

// Over the panel's full height, behind everything.
void shade(Figure& figure, double from, double to, Rgb colour) {
  figure.line("set object rectangle from first {}, graph 0 to first {}, graph 1 behind fillcolor rgb '{}' fillstyle solid noborder",
              from, to, colour_code(colour));
}

void shade_transient(Figure& figure, const TraceView& trace, const TimeAxis& time) {
  if (trace.transient > 0) shade(figure, 0, trace.time[trace.transient] * time.per_ms, transient_grey);
}

void time_axis(Figure& figure, const TimeAxis& time, bool with_text) {
  figure.axis("x", time.range, false);
  figure.ticks("x", time.ticks, with_text);
  if (with_text) figure.label_x(label("time", time.unit), 0);
}

// x, y of a polyline that reaches every extreme.
std::vector<double> polyline(const TraceView& trace, const std::vector<double>& y, const TimeAxis& time, std::size_t pixels) {
  std::vector<double> points;
  for (const std::size_t i : decimated(y, pixels)) points.insert(points.end(), {trace.time[i] * time.per_ms, std::isfinite(y[i]) ? y[i] : nan});
  return points;
}

// ---- a network ------------------------------------------------------------------------------------------------------

Rgb population_colour(std::size_t population) { return named_colours[population % named_colours.size()]; }

int cells_of(const TraceView& trace) { return trace.populations.back().first + trace.populations.back().cells; }

bool says_something(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double v) { return v != 0; });
}

// "v [mV]"; without a unit where the populations' differ.
std::string signal_label(const TraceView& trace, int kind) {
  std::string name, unit;
  for (std::size_t s = 0; s < trace.series.size(); ++s) {
    if (trace.kind_of[s] != kind) continue;
    const MapColumn& series = trace.series[s];
    unit = name.empty() || unit == series.unit ? series.unit : "", name = series.name.substr(series.name.rfind('.') + 1);
  }
  return label(name, unit);
}

// Pixels, lowest row first. A cell has a row of at least one pixel, and a line between it and the next one where there is room.
std::string raster_bytes(const TraceView& trace, std::size_t columns, std::size_t rows) {
  std::vector<Rgb> pixel(columns * rows, 0xFFFFFF);
  const auto column_of = [&](std::size_t sample) { return std::min(sample * columns / trace.samples(), columns - 1); };
  for (std::size_t c = 0; trace.transient > 0 && c < column_of(trace.transient); ++c)
    for (std::size_t row = 0; row < rows; ++row) pixel[row * columns + c] = transient_grey;
  const auto cells = std::size_t(cells_of(trace));
  const std::size_t wide = trace.spikes.size() < pixel.size() / 40 ? 2 : 1;       // few are to be seen, too
  for (const TracedSpike& spike : trace.spikes) {
    const auto population = std::size_t(spike.population), cell = std::size_t(trace.populations[population].first + spike.neuron);
    const std::size_t low = cell * rows / cells, next = (cell + 1) * rows / cells, high = std::max(next > low + 3 ? next - 1 : next, low + 1);
    const std::size_t from = column_of(spike.sample), to = std::min(from + wide, columns);
    for (std::size_t row = low; row < high; ++row)
      for (std::size_t c = from; c < to; ++c) pixel[row * columns + c] = population_colour(population);
  }
  std::string bytes;
  for (const Rgb colour : pixel) append_bytes(bytes, colour);
  return bytes;
}

// Where the spikes' lines stand: one for each pixel that has a spike.
std::vector<double> spike_places(const TraceView& trace, const TimeAxis& time, double pixels) {
  std::vector<double> places;
  double last = -1;
  for (std::size_t i = 0; i < trace.spiked.size(); ++i) {
    if (!trace.spiked[i]) continue;
    const double at = trace.time[i] * time.per_ms, pixel = std::floor(at / time.range.high * pixels);
    if (pixel > last) places.push_back(at), last = pixel;
  }
  return places;
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

// All values with some air; 0 to 1 if there is none.
Range airy_range(const std::vector<std::vector<double>>& values) {
  std::optional<Range> range;
  for (const std::vector<double>& one : values)
    if (const auto found = finite_range(one)) range = range ? Range{std::min(range->low, found->low), std::max(range->high, found->high)} : *found;
  if (!range) return {0, 1};
  const double size = std::max(std::abs(range->low), std::abs(range->high));
  const double air = range->high - range->low > 1e-6 * size ? 0.06 * (range->high - range->low) : size > 0 ? 0.05 * size : 1;
  constexpr double most = 1e307;               // what diverges may be larger than gnuplot can reckon with
  return {std::max(range->low - air, -most), std::min(range->high + air, most)};
}

// No rate is negative: one that is 0 throughout lies at the bottom.
Range rates_shown(const std::vector<std::vector<double>>& rates) {
  return airy_range(std::any_of(rates.begin(), rates.end(), says_something) ? rates : std::vector<std::vector<double>>{{0, 1}});
}

// From 0 up: a rate is never negative.
Range rate_range(const RateCurve& rates) {
  const auto range = finite_range(rates.rate.values);
  return {0, range && range->high > 0 ? 1.08 * range->high : 1};
}

double decibels(double density) { return density > 0 ? 10 * std::log10(density) : nan; }

// The spectrogram as pixels, lowest row first: each shows the mean of the segments whose middles are in it, or the nearest.
class Picture {
 public:
  Picture(const TraceView& trace, double seconds, double highest, std::size_t columns, std::size_t rows)
      : s_(trace.spectrogram), columns_(columns), rows_(rows), pixel_(columns * rows) {
    const double hop = s_.time.size() > 1 ? s_.time[1] - s_.time[0] : 2 * s_.time[0];
    for (std::size_t column = 0; column < columns; ++column) {
      const double from = seconds * double(column) / double(columns), to = seconds * double(column + 1) / double(columns);
      fill_column(column, std::lround((from - s_.time[0]) / hop), std::lround((to - s_.time[0]) / hop), highest);
    }
  }

  // A colour scale that ends at the highest value and leaves out what is too faint; none where there is no power at all.
  std::optional<Range> range() const {
    const auto all = finite_range(pixel_);
    if (!all) return std::nullopt;
    const double low = std::max(all->low, all->high - decibels_shown);
    return all->high > low ? Range{low, all->high} : Range{low - 1, low + 1};
  }

  std::string bytes(const Range& range) const {
    std::string bytes;
    for (const double value : pixel_) {
      const bool zero = value == -std::numeric_limits<double>::infinity();
      append_bytes(bytes, std::isnan(value) ? Rgb(0xFFFFFF) : viridis(zero ? 0 : share(value, range)));
    }
    return bytes;
  }

 private:
  // Of the segments first ... last - 1, or first alone; outside the segments there is nothing.
  void fill_column(std::size_t column, long first, long last, double highest) {
    const long count = long(s_.time.size());
    first = std::clamp(first, -1L, count), last = std::clamp(std::max(last, first + 1), 0L, count);
    for (std::size_t row = 0; row < rows_; ++row) {
      const std::size_t bin = std::min(std::size_t(std::lround(highest * (double(row) + 0.5) / double(rows_) / s_.frequency[1])), s_.frequency.size() - 1);
      double sum = 0;
      for (long i = std::max(first, 0L); i < last; ++i) sum += s_.density[std::size_t(i) * s_.frequency.size() + bin];
      const bool outside = first < 0 || first >= last;
      const double mean = sum / double(last - first);
      pixel_[row * columns_ + column] = outside || !std::isfinite(mean) ? nan : mean > 0 ? decibels(mean) : -std::numeric_limits<double>::infinity();
    }
  }

  const Spectrogram& s_;
  std::size_t columns_, rows_;
  std::vector<double> pixel_;                  // dB
};

// Bin k of the PSD up to the shown frequency.
std::vector<double> psd_points(const TraceView& trace) {
  std::vector<double> points;
  for (std::size_t k = 1; k < trace.psd.frequency.size() && trace.psd.frequency[k] <= shown_frequency(trace) * (1 + 1e-9); ++k)
    points.insert(points.end(), {trace.psd.frequency[k], trace.psd.density[k]});
  return points;
}

// Text beside the peak, on the side that has room.
void name_peak(Figure& figure, const TraceView& trace, double highest) {
  const bool right = trace.peak->frequency < 0.6 * highest;
  const std::string words = quantity(trace.peak->frequency, "Hz") + (trace.peak->at_edge ? " (edge)" : "");
  figure.line("set label {} at first {}, first {} {} offset character {},0.5 front noenhanced",
              gnuplot_string(words), trace.peak->frequency, trace.peak->density, right ? "left" : "right", right ? 1 : -1);
}

void heading(Figure& figure, const Box& box, std::string_view words) {
  figure.text(box.left, box.bottom + box.height + 0.75 * font_size, words, "left", font_size);
}

// In a white box, since lines may cross there.
void words_inside(Figure& figure, const Box& box, std::string_view words) {
  figure.line("set style textbox opaque noborder fillcolor rgb '#FFFFFF'");
  figure.text(box.left + box.width / 2, box.bottom + box.height / 2, words, "center boxed", font_size);
}

// Draws axes alone.
std::string nothing() { return "1/0 with lines"; }

void no_histogram(Figure& figure, const Box& box, std::string_view why) {
  heading(figure, box, "intervals between spikes");
  words_inside(figure, box, why);
  for (const char* axis : {"x", "y"}) figure.axis(axis, {0, 1}, false), figure.ticks(axis, {}, false);
  figure.plot({nothing()});
}

void no_spectrogram(Figure& figure, const TraceView& trace, const TimeAxis& time, const Box& box) {
  shade_transient(figure, trace, time);
  words_inside(figure, box, why_no_power(trace.spectrogram.density));
  figure.plot({nothing()});
}

// A histogram whose boxes are `width` wide.
std::string box_layer(Figure& figure, const Histogram& h, double width) {
  std::vector<double> boxes;
  for (std::size_t k = 0; k < h.count.size(); ++k) {
    const double x = double(k) * width, count = double(h.count[k]);
    if (count > 0) boxes.insert(boxes.end(), {x + width / 2, count / 2, x, x + width, 0, count});
  }
  return fmt::format("{} binary format='%6double' using 1:2:3:4:5:6 with boxxyerror fillstyle solid noborder fillcolor rgb '{}'",
                     figure.data(bytes_of(boxes)), colour_code(line_blue));
}

}  // namespace

// Two at least, which say how long a unit is.
std::vector<Tick> upward_ticks(const Range& range, double height) {
  const int most = int(height / 19);
  std::vector<Tick> ticks = linear_ticks(range.low, range.high, most);
  return ticks.size() > 1 ? ticks : linear_ticks(range.low, range.high, 2 * most);
}

TimeAxis::TimeAxis(const TraceView& trace) {
  const double end = trace.end();
  unit = end >= long_time ? "s" : "ms", per_ms = end >= long_time ? 1e-3 : 1;
  range = {0, end * per_ms};
  ticks = linear_ticks(0, range.high, 10);
}

double rate_bin(const TraceView& trace) {
  const double step = trace.dt * 1e3, least = std::max(step, trace.end() / most_rate_bins);
  for (double unit = std::pow(10, std::floor(std::log10(least)));; unit *= 10)
    for (const double times : {1, 2, 5})
      if (const double bin = std::round(times * unit / step) * step; bin >= least * (1 - 1e-9)) return bin;
}

std::vector<double> binned(const TraceView& trace, const std::vector<double>& rate) {
  const auto each = std::size_t(std::lround(rate_bin(trace) / (trace.dt * 1e3)));
  std::vector<double> means(rate.size());
  for (std::size_t from = 0; from < rate.size(); from += each) {
    const std::size_t to = std::min(from + each, rate.size());
    double sum = 0;
    for (std::size_t i = from; i < to; ++i) sum += rate[i];
    std::fill(means.begin() + std::ptrdiff_t(from), means.begin() + std::ptrdiff_t(to), sum / double(to - from));
  }
  return means;
}

std::vector<SeriesPanel> series_panels(const TraceView& trace) {
  std::vector<SeriesPanel> panels;
  if (!trace.network) {
    for (std::size_t s = 0; s < trace.series.size(); ++s)
      panels.push_back({label(trace.series[s].name, trace.series[s].unit), {s}, {trace.series[s].values}, {s == trace.signal ? observed_red : line_blue},
                        airy_range({trace.series[s].values})});
    return panels;
  }
  for (int kind = 0; kind < n_network_signal; ++kind) {
    SeriesPanel panel{signal_label(trace, kind), {}, {}, {}, {}};
    for (std::size_t s = 0; s < trace.series.size(); ++s) {
      if (trace.kind_of[s] != kind) continue;
      const std::vector<double>& values = trace.series[s].values;
      panel.series.push_back(s), panel.colours.push_back(population_colour(trace.population_of[s]));
      panel.values.push_back(kind == signal_rate ? binned(trace, values) : values);
    }
    if (kind != signal_rate && std::none_of(panel.values.begin(), panel.values.end(), says_something)) continue;
    panel.range = kind == signal_rate ? rates_shown(panel.values) : airy_range(panel.values);
    panels.push_back(std::move(panel));
  }
  return panels;
}

void spike_panel(Figure& figure, const TraceView& trace, const TimeAxis& time, const Box& box) {
  figure.panel(box);
  figure.axis("x", time.range, false);
  figure.axis("y", {0, 1}, false);
  figure.line("unset border; unset xtics; unset ytics");
  figure.text(box.left - 8, box.bottom + box.height / 2, "spikes", "right", small_font);
  std::vector<double> lines;
  for (const double at : spike_places(trace, time, box.width)) lines.insert(lines.end(), {at, 0.1, 0, 0.8});
  figure.plot({lines.empty() ? nothing() : figure.data(bytes_of(lines)) + " binary format='%4double' using 1:2:3:4 with vectors nohead " + line_style(0x000000, 1)});
  figure.line("set border");
}

void raster_panel(Figure& figure, const TraceView& trace, const TimeAxis& time, const Box& box, double ticks_width) {
  const std::size_t columns = std::size_t(box.width), rows = std::size_t(box.height);
  figure.panel(box);
  time_axis(figure, time, false);
  figure.axis("y", {-0.5, double(cells_of(trace)) - 0.5}, false);        // a cell's row has its number in the middle
  figure.ticks("y", raster_ticks(trace, box.height), true);
  figure.label_y("neuron", ticks_width);
  figure.axis("x2", {-0.5, double(columns) - 0.5}, false);
  figure.axis("y2", {-0.5, double(rows) - 0.5}, false);
  double y = box.bottom + box.height - font_size;
  for (std::size_t p = 0; p < trace.populations.size(); ++p, y -= line_height * font_size) {
    figure.sample(box.left + box.width + 10, y, 12, population_colour(p), true, 0);
    figure.text(box.left + box.width + 28, y, fmt::format("{} ({})", trace.populations[p].name, trace.populations[p].cells), "left", small_font);
  }
  if (trace.spikes.empty()) words_inside(figure, box, "no spikes");
  figure.plot({figure.data(raster_bytes(trace, columns, rows)) + " " + image_layer(columns, rows) + " axes x2y2"});
}

double raster_height(const TraceView& trace) {
  constexpr double about = 220;
  const double cells = cells_of(trace);
  return cells < about ? std::round(about / cells) * cells : about;
}

// Whole numbers.
std::vector<Tick> raster_ticks(const TraceView& trace, double height) {
  const int last = cells_of(trace) - 1;
  return last == 0 ? std::vector<Tick>{{0, "0"}} : linear_ticks(0, last, std::min(last, int(height / 19)));
}

void series_panel(Figure& figure, const TraceView& trace, const SeriesPanel& panel, const TimeAxis& time, const Box& box, double ticks_width, bool lowest) {
  figure.panel(box);
  time_axis(figure, time, lowest);
  figure.axis("y", panel.range, false);
  figure.ticks("y", upward_ticks(panel.range, box.height), true);
  figure.label_y(panel.label, ticks_width);
  shade_transient(figure, trace, time);
  std::vector<std::string> layers;
  for (std::size_t k = 0; k < panel.values.size(); ++k)
    layers.push_back(line_layer(figure, polyline(trace, panel.values[k], time, std::size_t(box.width)), line_style(panel.colours[k], 1)));
  figure.plot(layers);
}

void spectrogram_panel(Figure& figure, const TraceView& trace, const TimeAxis& time, const Box& box, double ticks_width) {
  const double highest = shown_frequency(trace);
  const std::size_t columns = std::size_t(box.width), rows = std::size_t(box.height);
  const Picture picture(trace, trace.end() * 1e-3, highest, columns, rows);
  figure.panel(box);
  time_axis(figure, time, true);
  figure.axis("y", {0, highest}, false);
  figure.ticks("y", upward_ticks({0, highest}, box.height), true);
  figure.label_y("frequency [Hz]", ticks_width);
  figure.axis("x2", {-0.5, double(columns) - 0.5}, false);
  figure.axis("y2", {-0.5, double(rows) - 0.5}, false);
  const auto range = picture.range();
  if (!range) return no_spectrogram(figure, trace, time, box);
  std::vector<std::string> layers{figure.data(picture.bytes(*range)) + " " + image_layer(columns, rows) + " axes x2y2"};
  if (trace.transient > 0) {
    const double end = trace.time[trace.transient] * time.per_ms;
    layers.push_back(line_layer(figure, {end, 0, end, highest}, line_style(0xFFFFFF, 1.5) + " dashtype 2"));
  }
  figure.plot(layers);
  const std::string unit = fmt::format("dB of {}", trace.density_unit);
  figure.colour_bar({box.left + box.width + 14, box.bottom, 16, box.height}, *range, upward_ticks(*range, box.height), label("power", unit));
}

void psd_panel(Figure& figure, const TraceView& trace, const Box& box, double ticks_width) {
  const double highest = shown_frequency(trace);
  const Range y = psd_range(trace);
  figure.panel(box);
  const bool cut = trace.peak && trace.peak->at_edge;
  heading(figure, box, fmt::format("power spectrum of {}{}", trace.observed().name, cut ? ", higher beyond the band" : ""));
  figure.axis("x", {0, highest}, false);
  figure.ticks("x", linear_ticks(0, highest, int(box.width / 60)), true);
  figure.label_x("frequency [Hz]", 0);
  figure.axis("y", y, true);
  figure.ticks("y", has_power(trace.psd.density) ? log_ticks(y.low, y.high, 6) : std::vector<Tick>{}, true);
  figure.label_y(label("power", trace.density_unit), ticks_width);
  if (alpha_low < highest) shade(figure, alpha_low, std::min(alpha_high, highest), band_blue);
  std::vector<std::string> layers;
  for (const double edge : {trace.band.low, trace.band.high})
    layers.push_back(line_layer(figure, {edge, y.low, edge, y.high}, line_style(0x606060, 1) + " dashtype 2"));
  layers.push_back(line_layer(figure, psd_points(trace), line_style(observed_red, 1.5)));
  if (trace.peak) {
    name_peak(figure, trace, highest);
    layers.push_back(point_layer(figure, {trace.peak->frequency, trace.peak->density}, 0.8, 0x000000));
  }
  else words_inside(figure, box, why_no_peak(trace));
  figure.plot(layers);
  figure.line("unset logscale y");
}

void interval_panel(Figure& figure, const TraceView& trace, const Box& box) {
  const std::vector<std::int64_t> intervals = spike_intervals(trace.observed_spikes());
  figure.panel(box);
  figure.label_x("interval [ms]", 0);
  if (const std::string why = why_no_histogram(trace, intervals); !why.empty()) return no_histogram(figure, box, why);
  heading(figure, box, fmt::format("{} intervals between spikes", intervals.size()));
  const Histogram h = histogram(intervals, most_boxes);
  const double width = double(h.width) * trace.dt * 1e3, end = 1.05 * width * double(h.count.size());
  const double most = double(*std::max_element(h.count.begin(), h.count.end()));
  const std::vector<Tick> counts = linear_ticks(0, most, int(std::min(most, 5.0)));
  figure.axis("x", {0, end}, false);
  figure.ticks("x", linear_ticks(0, end, int(box.width / 70)), true);
  figure.axis("y", {0, 1.06 * most}, false);
  figure.ticks("y", counts, true);
  figure.label_y("count", ticks_width(counts));
  figure.plot({box_layer(figure, h, width)});
}

void rate_panel(Figure& figure, const TraceView& trace, const Box& box, double ticks_width) {
  const RateCurve& rates = *trace.rates;
  const Range x = finite_range(rates.input.values).value_or(Range{0, 1}), y = rate_range(rates);
  figure.panel(box);
  heading(figure, box, fmt::format("firing rate over {}, all else as above; black: this set", rates.input.name));
  figure.axis("x", x, rates.log);
  figure.ticks("x", rates.log ? log_ticks(x.low, x.high, int(box.width / 70)) : linear_ticks(x.low, x.high, int(box.width / 70)), true);
  figure.label_x(label(rates.input.name, rates.input.unit), 0);
  figure.axis("y", y, false);
  figure.ticks("y", rate_ticks(rates, box.height), true);
  figure.label_y(label(rates.rate.name, rates.rate.unit), ticks_width);
  std::vector<double> points;
  for (std::size_t i = 0; i < rates.input.values.size(); ++i) points.insert(points.end(), {rates.input.values[i], rates.rate.values[i]});
  const double here = rates.input.values[rates.here];
  std::vector<std::string> layers{line_layer(figure, {here, y.low, here, y.high}, line_style(0x606060, 1) + " dashtype 2"),
                                  line_layer(figure, points, line_style(line_blue, 1)),
                                  point_layer(figure, points, 0.5, line_blue)};
  if (std::isfinite(rates.rate.values[rates.here])) layers.push_back(point_layer(figure, {here, rates.rate.values[rates.here]}, 0.8, 0x000000));
  figure.plot(layers);
  if (rates.log) figure.line("unset logscale x");
}

std::vector<Tick> rate_ticks(const RateCurve& rates, double height) { return upward_ticks(rate_range(rates), height); }

std::string why_no_histogram(const TraceView& trace, const std::vector<std::int64_t>& intervals) {
  if (intervals.empty()) return "fewer than two spikes";
  return intervals.size() > 1 ? "" : fmt::format("a single interval, {}", quantity(double(intervals[0]) * trace.dt * 1e3, "ms"));
}

bool has_power(const std::vector<double>& density) {
  return all_finite(density) && std::any_of(density.begin(), density.end(), [](double d) { return d > 0; });
}

std::string why_no_power(const std::vector<double>& density) {
  return all_finite(density) ? "no power: at rest" : "no power: diverged";
}

std::string why_no_peak(const TraceView& trace) {
  if (!has_power(trace.psd.density)) return why_no_power(trace.psd.density);
  return trace.band_without_bin ? "no peak: no bin in the band" : "no peak: at rest";
}

std::string alpha_words() { return fmt::format("alpha, {} to {} Hz", alpha_low, alpha_high); }

double shown_frequency(const TraceView& trace) {
  const std::vector<double>& f = trace.psd.frequency;
  const std::size_t few = std::min<std::size_t>(8, f.size() - 1);
  return std::min(std::max(2 * trace.band.high, f[few]), f.back());
}

Range psd_range(const TraceView& trace) {
  std::vector<double> shown;
  const std::vector<double> points = psd_points(trace);
  for (std::size_t i = 1; i < points.size(); i += 2)
    if (points[i] > 0) shown.push_back(points[i]);
  const auto range = finite_range(shown);
  if (!range) return {0.1, 10};
  const double low = std::max(range->low, range->high * std::pow(10, -decades_shown));
  const double air = std::pow(std::max(range->high / low, 10.0), 0.1);       // above is room for the peak's name
  return {low / std::sqrt(air), range->high * air * std::sqrt(air)};
}

}  // namespace neurosweep::output
