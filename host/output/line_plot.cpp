#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/output/missing.hpp"
#include "host/output/plot_kinds.hpp"
#include "host/output/text.hpp"

namespace neurosweep::output {
namespace {

constexpr double panel_width = 700, one_panel = 400, few_panels = 240, many_panels = 170;
constexpr double gap = 18, margin = 8, right_margin = 24;
constexpr std::size_t most_points = 100;  // more values than this are a line without points
constexpr Rgb line_colour = 0x31688E, spread_colour = 0xA9C3D3;

struct Panel {
  const MapColumn* column;
  const MapColumn* sd = nullptr;  // drawn as error bars
};

// Each column is a panel; the SD that follows its measure goes into the measure's.
std::vector<Panel> panels_of(const Map& map) {
  std::vector<Panel> panels;
  for (const MapColumn& column : map.columns) {
    if (!panels.empty() && column.name == panels.back().column->name + "_sd") {
      panels.back().sd = &column;
    } else {
      panels.push_back({&column});
    }
  }
  return panels;
}

double half_bar(const Panel& panel, std::size_t set) {
  const double sd = panel.sd ? panel.sd->values[set] : 0;
  return std::isfinite(sd) ? sd : 0;
}

// All values and error bars with some air; 0 to 1 if there is nothing.
Range vertical_range(const Map& map, const Panel& panel) {
  std::vector<double> reached;
  for (std::size_t set = 0; set < panel.column->values.size(); ++set) {
    if (cell_of(map, *panel.column, set) != Cell::value) continue;
    const double value = panel.column->values[set];
    reached.insert(reached.end(), {value - half_bar(panel, set), value + half_bar(panel, set)});
  }
  const auto range = finite_range(reached);
  if (!range) return {0, 1};
  const double size = std::max(std::abs(range->low), std::abs(range->high));
  const double air = std::max(0.06 * (range->high - range->low), size > 0 ? 1e-6 * size : 1);
  return {range->low - air, range->high + air};
}

// Bands over the full height where sets are of that kind, on the second y axis from 0 to 1; neighbours are one band.
std::vector<double> bands_of(Cell cell, const Map& map, const Panel& panel, const AxisView& x) {
  std::vector<double> bands;
  const auto is_one = [&](std::size_t i) { return cell_of(map, *panel.column, x.order[i]) == cell; };
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!is_one(i)) continue;
    const std::size_t first = i;
    while (i + 1 < x.size() && is_one(i + 1)) ++i;
    bands.insert(bands.end(), {x.centre[first], 0.5, x.border[first], x.border[i + 1], 0, 1});
  }
  return bands;
}

std::string value_data(Figure& figure, const Map& map, const Panel& panel, const AxisView& x) {
  std::vector<double> rows;  // x, value, SD
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool has_value = cell_of(map, *panel.column, x.order[i]) == Cell::value;
    const double shown = has_value ? panel.column->values[x.order[i]] : std::numeric_limits<double>::quiet_NaN();  // a gap in the line
    rows.insert(rows.end(), {x.centre[i], shown, half_bar(panel, x.order[i])});
  }
  return figure.data(bytes_of(rows)) + " binary format='%3double'";
}

std::string_view style(const AxisView& x) {
  if (!x.names.empty()) return "points pointtype 7 pointsize 1";  // nothing lies between two names
  return x.size() <= most_points ? "linespoints pointtype 7 pointsize 0.6" : "lines";
}

std::vector<std::string> layers_of(Figure& figure, const Map& map, const Panel& panel, const AxisView& x) {
  std::vector<std::string> layers;
  const auto add_bands = [&](Cell cell, const std::string& fill) {
    if (const auto bands = bands_of(cell, map, panel, x); !bands.empty())
      layers.push_back(fmt::format("{} binary format='%6double' using 1:2:3:4:5:6 axes x1y2 with boxxyerror {}",
                                   figure.data(bytes_of(bands)), fill));
  };
  for (const Cell cell : {Cell::diverged, Cell::outside})
    add_bands(cell, fmt::format("fillcolor rgb '{}' fillstyle solid noborder", colour_code(cell_colour(cell, 0, {0, 0}))));
  for (const Cell cell : striped_cells) add_bands(cell, stripes(cell));
  const std::string data = value_data(figure, map, panel, x);
  if (panel.sd) {
    layers.push_back(fmt::format("{} using 1:2:3 with yerrorbars pointtype 0 linewidth 2 linecolor rgb '{}'", data,
                                 colour_code(spread_colour)));
  }
  layers.push_back(
      fmt::format("{} using 1:2 with {} linewidth 1.5 linecolor rgb '{}'", data, style(x), colour_code(line_colour)));
  return layers;
}

}  // namespace

Figure line_figure(const Map& map, const PictureFormat& format) {
  const AxisView x = view_axis(map.axes[0]);
  const std::vector<Panel> panels = panels_of(map);
  const auto n = double(panels.size());
  const double height = n < 2 ? one_panel : n < 4 ? few_panels : many_panels;
  double widest = 0;
  Caption caption{map.title, {}};
  for (const Panel& panel : panels) {
    widest = std::max(widest, ticks_width(scale_ticks(vertical_range(map, panel), height)));
    if (panel.sd) caption.notes = {"error bars: one standard deviation over the replicates"};
  }
  for (const Cell cell : {Cell::diverged, Cell::outside, Cell::missing})      // what has no value is a gap in the line
    if (std::any_of(panels.begin(), panels.end(), [&](const Panel& p) { return !bands_of(cell, map, p, x).empty(); })) caption.key.push_back(cell);
  for (std::string& note : missing_notes(map)) caption.notes.push_back(std::move(note));
  caption.notes.push_back(replicates_note(map));
  const auto x_ticks = ticks_across(x, panel_width);
  const double left = margin + label_beside + widest, bottom = margin + label_below + ticks_height(x_ticks);
  Figure figure(format, left + panel_width + right_margin, bottom + n * (height + gap), caption);
  for (std::size_t k = 0; k < panels.size(); ++k) {
    const bool lowest = k + 1 == panels.size();
    const Range y = vertical_range(map, panels[k]);
    figure.panel({left, bottom + (n - 1 - double(k)) * (height + gap), panel_width, height});
    figure.axis("x", x.ends(), x.log);
    figure.ticks("x", x_ticks, lowest);
    if (lowest) figure.label_x(x.label, ticks_height(x_ticks));
    figure.axis("y", y, false);
    figure.axis("y2", {0, 1}, false);
    figure.ticks("y", scale_ticks(y, height), true);
    figure.label_y(label(panels[k].column->name, panels[k].column->unit), widest);
    figure.plot(layers_of(figure, map, panels[k], x));
  }
  return figure;
}

}  // namespace neurosweep::output
