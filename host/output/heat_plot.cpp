// Heat maps: which panels there are, and what stands around their cells.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/output/heat_layers.hpp"
#include "host/output/missing.hpp"
#include "host/output/plot_kinds.hpp"
#include "host/output/text.hpp"

namespace neurosweep::output {
namespace {

constexpr double most_pixels = 12000;    // of all panels side by side; graphics libraries take 32767 with the texts
constexpr std::size_t most_slices = 25;  // panels of one picture
constexpr double small_font = 12;

struct Panel {
  Slice slice;
  std::string title;
  std::optional<Range> range;  // of the colours; none if no set has a value
};

// One picture of panels in rows, the first one top left.
struct Sheet {
  std::vector<Panel> panels;
  std::size_t across = 1;
  bool shared = false;  // one colour bar for all, and texts at the outer axes alone
  double side = 440;    // of a panel without texts, about
  Plane plane;

  std::size_t down() const { return (panels.size() + across - 1) / across; }
};

bool occurs(const Sheet& sheet, Cell cell) {
  return std::any_of(sheet.panels.begin(), sheet.panels.end(), [&](const Panel& panel) {
    for (std::size_t row = 0; row < panel.slice.rows(); ++row) {
      for (std::size_t col = 0; col < panel.slice.columns(); ++col) {
        if (panel.slice.cell(row, col) == cell) return true;
      }
    }
    return false;
  });
}

// Pixels along a panel in which each of more cells than `side` has one at least.
double pixel_length(const AxisView& axis, double side, double most) {
  return std::clamp(double(cells_of_pixels(axis).size()), side, std::max(side, most));
}

// Length of a panel: about `side`, the same whole number for every cell or, with zoom, of pixels for every cell. It grows
// with the names that it has to make room for. Zoom 0 is a picture that has no pixels.
double panel_length(const AxisView& axis, double side, double most, int zoom) {
  const auto cells = double(axis.size());
  if (cells > side) return zoom > 0 ? pixel_length(axis, side, most) / zoom : side;
  const double name = axis.names.empty() ? 0 : std::min(name_room, std::floor(most / cells));
  return axis.even ? cells * std::max(std::ceil(side / cells), name) : side;
}

constexpr double bar_width = 16, bar_gap = 14;
constexpr double margin = 8;  // beyond all texts

// Room for the panels and around them, in pixels.
struct Grid {
  Grid(const Sheet& sheet, const PictureFormat& format)
      : across(sheet.across),
        down(sheet.down()),
        zoom(format.pixels ? zoom_of(sheet) : 0),
        width(panel_length(sheet.plane.x, sheet.side, most_pixels / double(across), zoom)),
        height(panel_length(sheet.plane.y, sheet.side, most_pixels / double(down), zoom)),
        bar_length(sheet.shared ? double(down) * height : height) {
    double bar_text = 0;
    for (const Panel& panel : sheet.panels) {
      if (panel.range) bar_text = std::max(bar_text, ticks_width(scale_ticks(*panel.range, bar_length)));
    }
    left = margin + label_beside + ticks_width(ticks_upwards(sheet.plane.y, height));
    right = bar_gap + bar_width + bar_text + label_beside + margin;
    const auto x_ticks = ticks_across(sheet.plane.x, width);
    bottom = label_below + ticks_height(x_ticks) + margin;
    top = 14;
    if (sheet.shared) move_outside(overhang(x_ticks, sheet.plane.x, width));
  }

  // Panels are counted in rows, the first one top left.
  Box box(std::size_t k) const {
    const double col = double(k % across), row = double(down - 1 - k / across);
    return {outer_left + col * (left + width + right) + left, outer_bottom + row * (bottom + height + top) + bottom,
            width, height};
  }
  double total_width() const { return outer_left + double(across) * (left + width + right) + outer_right; }
  double total_height() const { return outer_bottom + double(down) * (bottom + height + top); }

  std::size_t across, down;
  int zoom;                         // 0 = a picture without pixels
  double width, height;             // of a panel without texts
  double bar_length;                // about
  double left, right, bottom, top;  // around each panel
  double outer_left = 0, outer_right = 0, outer_bottom = 0;

 private:
  // So that the texts of a map of many pixels are read at the size at which its panels are looked at.
  static int zoom_of(const Sheet& sheet) {
    double longest = 0;
    for (const auto& [axis, panels] : {std::pair{&sheet.plane.x, sheet.across}, {&sheet.plane.y, sheet.down()}})
      if (double(axis->size()) > sheet.side) longest = std::max(longest, pixel_length(*axis, sheet.side, most_pixels / double(panels)));
    return std::max(1, int(longest / sheet.side));
  }

  // Texts that all panels share stand beside them all; between the panels is room for their titles, and for what the
  // marks' texts stand out at their ends.
  void move_outside(double overhang) {
    constexpr double least = 8, apart = 3;
    const double between = std::max(least, overhang + apart);
    outer_left = left - between;
    outer_right = right;
    outer_bottom = bottom - least;
    left = right = between;
    bottom = least;
    top = line_height * font_size + 6;
  }
};

void draw_axes(Figure& figure, const Sheet& sheet, const Grid& grid, std::size_t k) {
  const bool lowest = !sheet.shared || k + sheet.across >= sheet.panels.size();
  const bool leftmost = !sheet.shared || k % sheet.across == 0;
  const auto& [y, x] = sheet.plane;
  const auto y_ticks = ticks_upwards(y, grid.height), x_ticks = ticks_across(x, grid.width);
  figure.axis("x", x.ends(), x.log);
  figure.ticks("x", x_ticks, lowest);
  figure.axis("y", y.ends(), y.log);
  figure.ticks("y", y_ticks, leftmost);
  if (lowest) figure.label_x(x.label, ticks_height(x_ticks));
  if (leftmost) figure.label_y(y.label, ticks_width(y_ticks));
}

// Beside its own panel, or as high as the whole sheet.
Box bar_box(const Sheet& sheet, const Grid& grid, std::size_t k) {
  const Box box = grid.box(k), last = grid.box(sheet.panels.size() - 1);
  const double bottom = sheet.shared ? last.bottom : box.bottom;
  const double x = sheet.shared ? grid.total_width() - grid.outer_right : box.left + box.width;
  return {x + bar_gap, bottom, bar_width, box.bottom + box.height - bottom};
}

void draw_panel(Figure& figure, const Sheet& sheet, const Grid& grid, std::size_t k) {
  const Panel& panel = sheet.panels[k];
  const Box box = grid.box(k);
  figure.panel(box);
  draw_axes(figure, sheet, grid, k);
  const double above = box.bottom + box.height + font_size * line_height / 2 + 2;
  if (!panel.title.empty()) figure.text(box.left + box.width / 2, above, panel.title, "center", small_font);
  const MapColumn& column = *panel.slice.column;
  const std::string measure = label(column.name, column.unit);
  const bool named = !sheet.shared || k == 0;
  const Box bar = bar_box(sheet, grid, k);
  if (named && !panel.range) figure.label_bar(bar, 0, measure);   // no bar, but the panel says what has no value
  figure.plot(heat_layers(figure, sheet.plane, panel.slice, panel.range.value_or(Range{0, 1}), box));
  if (named && panel.range) figure.colour_bar(bar, *panel.range, scale_ticks(*panel.range, grid.bar_length), measure);
}

Figure sheet_figure(const Sheet& sheet, const PictureFormat& format, Caption caption) {
  const Grid grid(sheet, format);
  const Map& map = *sheet.panels[0].slice.map;
  for (const Cell cell : without_value)
    if (occurs(sheet, cell)) caption.key.push_back(cell);
  for (std::string& note : missing_notes(map)) caption.notes.push_back(std::move(note));
  caption.notes.push_back(replicates_note(map));
  Figure figure(format, grid.total_width(), grid.total_height(), caption, std::max(grid.zoom, 1));
  for (std::size_t k = 0; k < sheet.panels.size(); ++k) draw_panel(figure, sheet, grid, k);
  return figure;
}

std::size_t about_square(std::size_t n) { return static_cast<std::size_t>(std::ceil(std::sqrt(double(n)))); }

// How many values of each leading axis are shown at most: 25 of one, 5 x 5 of two, fewer each of more.
std::size_t slices_along(std::size_t leading) {
  std::size_t each = 1;
  while (std::pow(double(each + 1), double(leading)) <= double(most_slices)) ++each;
  return each;
}

// Numbers of the slices that are shown, in grid order.
std::vector<std::size_t> shown_slices(const std::vector<MapAxis>& axes, std::size_t leading) {
  std::vector<std::size_t> slices{0};
  for (std::size_t a = 0; a < leading; ++a) {
    const std::size_t n = axes[a].values.size();
    std::vector<std::size_t> finer;
    for (std::size_t slice : slices) {
      for (std::size_t i : spread(n, slices_along(leading))) finer.push_back(slice * n + i);
    }
    slices = std::move(finer);
  }
  return slices;
}

}  // namespace

Figure heat_figure(const Map& map, const PictureFormat& format) {
  Sheet sheet;
  sheet.plane = {view_axis(map.axes[0]), view_axis(map.axes[1])};
  for (const MapColumn& column : map.columns) sheet.panels.push_back({{&map, &column, 0}, "", colour_range(map, column)});
  const std::size_t n = sheet.panels.size();
  sheet.across = n <= 3 ? n : about_square(n);
  sheet.side = n <= 3 ? 440 : 360;
  return sheet_figure(sheet, format, {map.title, {}});
}

Figure slices_figure(const Map& map, const PictureFormat& format) {
  const std::size_t leading = map.axes.size() - 2;
  const MapColumn& column = map.columns[0];
  const auto range = colour_range(map, column);  // of all slices, shown or not
  Sheet sheet;
  sheet.shared = true;
  sheet.plane = {view_axis(map.axes[leading]), view_axis(map.axes[leading + 1])};
  const std::size_t plane = sheet.plane.y.size() * sheet.plane.x.size();
  std::size_t longest = 0;
  for (std::size_t slice : shown_slices(map.axes, leading)) {
    sheet.panels.push_back({{&map, &column, slice * plane}, place(map.axes, leading, slice), range});
    longest = std::max(longest, text_width(sheet.panels.back().title));
  }
  const std::size_t n = sheet.panels.size();
  // Two leading axes: one row for each value of the first.
  sheet.across = leading == 2 ? std::min(map.axes[1].values.size(), slices_along(leading)) : about_square(n);
  sheet.side = std::max(n <= 4 ? 300.0 : 180.0, double(longest) * small_font * 0.6);

  Caption caption{map.title, {}};
  if (map.columns.size() > 1) {
    caption.notes.push_back(fmt::format("{} alone, the first of {} columns", column.name, map.columns.size()));
  }
  if (const std::size_t all = map.sets() / plane; all > n) {
    caption.notes.push_back(fmt::format("{} of the {} slices, spread over the leading axes", n, all));
  }
  return sheet_figure(sheet, format, std::move(caption));
}

}  // namespace neurosweep::output
