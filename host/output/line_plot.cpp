// Lines over one axis: a panel for each measure, a line for each value of the other axes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "host/output/missing.hpp"
#include "host/output/plot_kinds.hpp"
#include "host/output/text.hpp"

namespace neurosweep::output {
namespace {

constexpr double panel_width = 700, one_panel = 400, few_panels = 240, many_panels = 170;
constexpr double gap = 18, margin = 8, right_margin = 24;
constexpr std::size_t most_points = 100;  // more values than this are a line without points
constexpr std::size_t most_lines = named_colours.size();
constexpr double strip_height = 6;        // of what has no value, for each of several lines
constexpr double sample_width = 28;
constexpr Rgb line_colour = 0x31688E;
constexpr std::array<int, most_lines> point_shapes{7, 5, 9, 13, 11, 6, 4, 8, 12, 10};    // gnuplot's numbers

struct Line {
  std::string name;             // of the values that the other axes have
  Rgb colour;
  std::size_t first, stride;    // its sets along the axis

  std::size_t set(const AxisView& x, std::size_t i) const { return first + x.order[i] * stride; }
};

// What all panels have in common.
struct Lines {
  AxisView x;
  std::vector<Line> lines;
  std::string heading;          // of their names
  std::size_t all = 1;          // lines that there are, shown or not

  bool several() const { return lines.size() > 1; }
  bool joined() const { return x.names.empty(); }                              // nothing lies between two names
  bool with_points() const { return !joined() || x.size() <= most_points; }
};

// Values in their order have the colours of a scale, but for its palest; names and combinations have none in common.
Rgb colour_of(std::size_t k, std::size_t lines, bool ordered) {
  return ordered ? viridis(0.85 * double(k) / double(std::max<std::size_t>(lines - 1, 1))) : named_colours[k];
}

Lines lines_over(const Map& map, std::size_t over) {
  Lines l{view_axis(map.axes[over]), {}, ""};
  std::vector<MapAxis> others = map.axes;
  others.erase(others.begin() + std::ptrdiff_t(over));
  if (others.empty()) {
    l.lines.push_back({"", line_colour, 0, 1});
    return l;
  }
  std::size_t stride = 1;
  for (std::size_t a = over + 1; a < map.axes.size(); ++a) stride *= map.axes[a].values.size();
  l.all = map.sets() / l.x.size();
  std::vector<std::size_t> order(l.all);
  std::iota(order.begin(), order.end(), std::size_t(0));
  const bool one = others.size() == 1;
  if (one) order = view_axis(others[0]).order, l.heading = one_line(label(others[0].name, others[0].unit));
  const std::vector<std::size_t> shown = spread(l.all, most_lines);
  for (std::size_t k = 0; k < shown.size(); ++k) {
    const std::size_t other = order[shown[k]];
    const std::string name = one ? point(others[0], other, Digits::few) : place(others, others.size(), other);
    l.lines.push_back({one_line(name), colour_of(k, shown.size(), one && others[0].names.empty()),
                       other / stride * stride * l.x.size() + other % stride, stride});
  }
  return l;
}

struct Panel {
  const Map* map;
  const MapColumn* column;
  const MapColumn* sd = nullptr;  // drawn as error bars

  Cell cell(std::size_t set) const { return cell_of(*map, *column, set); }
  double half_bar(std::size_t set) const {
    const double half = sd ? sd->values[set] : 0;
    return std::isfinite(half) ? half : 0;
  }
};

// Each column is a panel; the SD that follows its measure goes into the measure's.
std::vector<Panel> panels_of(const Map& map) {
  std::vector<Panel> panels;
  for (const MapColumn& column : map.columns) {
    if (!panels.empty() && column.name == panels.back().column->name + "_sd") {
      panels.back().sd = &column;
    } else {
      panels.push_back({&map, &column});
    }
  }
  return panels;
}

// Where sets are of that kind, on the second y axis from 0 to 1: over the full height if there is one line, else in a
// strip for each at the bottom. Neighbours are one band.
std::vector<double> bands_of(Cell cell, const Panel& panel, const Lines& l, std::size_t line, double height) {
  const double strip = l.several() ? strip_height / height : 1, low = double(line) * strip, high = low + strip;
  std::vector<double> bands;
  const auto is_one = [&](std::size_t i) { return panel.cell(l.lines[line].set(l.x, i)) == cell; };
  for (std::size_t i = 0; i < l.x.size(); ++i) {
    if (!is_one(i)) continue;
    const std::size_t first = i;
    while (i + 1 < l.x.size() && is_one(i + 1)) ++i;
    bands.insert(bands.end(), {l.x.centre[first], (low + high) / 2, l.x.border[first], l.x.border[i + 1], low, high});
  }
  return bands;
}

constexpr std::array banded_cells{Cell::diverged, Cell::outside, Cell::missing};   // a set at rest is a gap in the line alone

bool occurs(Cell cell, const Panel& panel, const Lines& l) {
  for (std::size_t k = 0; k < l.lines.size(); ++k)
    if (!bands_of(cell, panel, l, k, 1).empty()) return true;
  return false;
}

bool has_strips(const Panel& panel, const Lines& l) {
  return l.several() && std::any_of(banded_cells.begin(), banded_cells.end(), [&](Cell cell) { return occurs(cell, panel, l); });
}

// All values and error bars with some air; 0 to 1 if there is nothing.
Range value_range(const Panel& panel, const Lines& l) {
  std::vector<double> reached;
  for (const Line& line : l.lines)
    for (std::size_t i = 0; i < l.x.size(); ++i) {
      const std::size_t set = line.set(l.x, i);
      if (panel.cell(set) != Cell::value) continue;
      const double value = panel.column->values[set], half = panel.half_bar(set);
      reached.insert(reached.end(), {value - half, value + half});
    }
  const auto range = finite_range(reached);
  if (!range) return {0, 1};
  const double size = std::max(std::abs(range->low), std::abs(range->high));
  const double air = std::max(0.06 * (range->high - range->low), size > 0 ? 1e-6 * size : 1);
  return {range->low - air, range->high + air};
}

// What a panel of that height shows upwards: its values, above the strips if there are any.
struct Scale {
  Scale(const Panel& panel, const Lines& l, double height) {
    const Range values = value_range(panel, l);
    const double strips = has_strips(panel, l) ? double(l.lines.size()) * strip_height / height : 0;
    ticks = scale_ticks(values, height * (1 - strips));
    range = {values.low - (values.high - values.low) * strips / (1 - strips), values.high};
  }
  Range range;
  std::vector<Tick> ticks;
};

std::string value_data(Figure& figure, const Panel& panel, const Lines& l, const Line& line) {
  std::vector<double> rows;  // x, value, SD
  for (std::size_t i = 0; i < l.x.size(); ++i) {
    const std::size_t set = line.set(l.x, i);
    const double shown = panel.cell(set) == Cell::value ? panel.column->values[set] : std::numeric_limits<double>::quiet_NaN();  // a gap in the line
    rows.insert(rows.end(), {l.x.centre[i], shown, panel.half_bar(set)});
  }
  return figure.data(bytes_of(rows)) + " binary format='%3double'";
}

// The colour with white in it.
Rgb pale(Rgb colour) {
  Rgb mixed = 0;
  for (int shift : {16, 8, 0}) mixed |= static_cast<Rgb>(std::lround(0.42 * double((colour >> shift) & 0xFF) + 0.58 * 255)) << shift;
  return mixed;
}

std::string style(const Figure& figure, const Lines& l, std::size_t line) {
  if (!l.with_points()) return "lines";
  return fmt::format("{} pointtype {} pointsize {}", l.joined() ? "linespoints" : "points", point_shapes[line], figure.point_size(l.joined() ? 0.6 : 1.0));
}

void add_bands(std::vector<std::string>& layers, Figure& figure, const std::vector<double>& bands, const std::string& fill) {
  if (bands.empty()) return;
  layers.push_back(fmt::format("{} binary format='%6double' using 1:2:3:4:5:6 axes x1y2 with boxxyerror {}", figure.data(bytes_of(bands)), fill));
}

std::string solid(Rgb colour) { return fmt::format("fillcolor rgb '{}' fillstyle solid noborder", colour_code(colour)); }

std::vector<std::string> layers_of(Figure& figure, const Panel& panel, const Lines& l, double height) {
  std::vector<std::string> layers;
  const bool strips = has_strips(panel, l);
  for (std::size_t k = 0; k < l.lines.size(); ++k) {
    const double low = double(k) * strip_height / height, high = low + strip_height / height;
    if (strips) add_bands(layers, figure, {l.x.centre[0], (low + high) / 2, l.x.border.front(), l.x.border.back(), low, high}, solid(pale(l.lines[k].colour)));
    for (const Cell cell : {Cell::diverged, Cell::outside}) add_bands(layers, figure, bands_of(cell, panel, l, k, height), solid(cell_colour(cell, 0, {0, 0})));
    for (const Cell cell : striped_cells) add_bands(layers, figure, bands_of(cell, panel, l, k, height), stripes(cell));
  }
  for (std::size_t k = 0; k < l.lines.size(); ++k) {
    const std::string data = value_data(figure, panel, l, l.lines[k]);
    const Rgb colour = l.lines[k].colour;
    if (panel.sd)
      layers.push_back(fmt::format("{} using 1:2:3 with yerrorbars pointtype 0 linewidth 2 linecolor rgb '{}'", data, colour_code(pale(colour))));
    layers.push_back(fmt::format("{} using 1:2 with {} linewidth 1.5 linecolor rgb '{}'", data, style(figure, l, k), colour_code(colour)));
  }
  return layers;
}

// Beside the panels, from `top` downwards: the last line first, as the strips lie.
void draw_legend(Figure& figure, const Lines& l, double left, double top) {
  const double row = font_size * line_height;
  double y = top - row / 2;
  figure.text(left, y, l.heading, "left", font_size);
  for (std::size_t k = l.lines.size(); k-- > 0;) {
    if (!l.heading.empty() || k + 1 < l.lines.size()) y -= row;
    figure.sample(left, y, sample_width, l.lines[k].colour, l.joined(), l.with_points() ? point_shapes[k] : 0);
    figure.text(left + sample_width + 8, y, l.lines[k].name, "left", font_size);
  }
}

double legend_width(const Lines& l) {
  if (!l.several()) return 0;
  double widest = text_pixels(l.heading) - sample_width;
  for (const Line& line : l.lines) widest = std::max(widest, text_pixels(line.name));
  return sample_width + 8 + widest + margin;
}

Caption caption_of(const Map& map, const std::vector<Panel>& panels, const Lines& l) {
  Caption caption{map.title, {}};
  if (l.all > l.lines.size()) caption.notes.push_back(fmt::format("{} of the {} lines, spread over all", l.lines.size(), l.all));
  if (std::any_of(panels.begin(), panels.end(), [](const Panel& p) { return p.sd != nullptr; }))
    caption.notes.push_back("error bars: one standard deviation over the replicates");
  for (const Cell cell : banded_cells)
    if (std::any_of(panels.begin(), panels.end(), [&](const Panel& p) { return occurs(cell, p, l); })) caption.key.push_back(cell);
  if (l.several() && !caption.key.empty()) caption.notes.push_back("strips at the bottom: for each line, where it has no value");
  for (std::string& note : missing_notes(map)) caption.notes.push_back(std::move(note));
  caption.notes.push_back(replicates_note(map));
  return caption;
}

}  // namespace

Figure line_figure(const Map& map, std::size_t over, const PictureFormat& format) {
  const Lines l = lines_over(map, over);
  const std::vector<Panel> panels = panels_of(map);
  const auto n = double(panels.size());
  const double height = n < 2 ? one_panel : n < 4 ? few_panels : many_panels;
  double widest = 0;
  for (const Panel& panel : panels) widest = std::max(widest, ticks_width(Scale(panel, l, height).ticks));
  const auto x_ticks = ticks_across(l.x, panel_width);
  const double left = margin + label_beside + widest, bottom = margin + label_below + ticks_height(x_ticks);
  Figure figure(format, left + panel_width + right_margin + legend_width(l), bottom + n * (height + gap), caption_of(map, panels, l));
  for (std::size_t k = 0; k < panels.size(); ++k) {
    const bool lowest = k + 1 == panels.size();
    const Scale y(panels[k], l, height);
    const Box box{left, bottom + (n - 1 - double(k)) * (height + gap), panel_width, height};
    figure.panel(box);
    figure.axis("x", l.x.ends(), l.x.log);
    figure.ticks("x", x_ticks, lowest);
    if (lowest) figure.label_x(l.x.label, ticks_height(x_ticks));
    figure.axis("y", y.range, false);
    figure.axis("y2", {0, 1}, false);
    figure.ticks("y", y.ticks, true);
    figure.label_y(label(panels[k].column->name, panels[k].column->unit), widest);
    if (k == 0 && l.several()) draw_legend(figure, l, left + panel_width + right_margin, box.bottom + box.height);
    figure.plot(layers_of(figure, panels[k], l, height));
  }
  return figure;
}

}  // namespace neurosweep::output
