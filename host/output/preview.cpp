#include "host/output/preview.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/output/ink.hpp"
#include "host/output/shape.hpp"
#include "host/output/text.hpp"

namespace neurosweep {

using namespace output;

namespace {

constexpr std::size_t table_rows = 20;  // one axis with more values than this is drawn
constexpr std::size_t chart_lines = 8;  // height of a drawn line
constexpr int other_lines = 7;          // that a heat map has beside its picture, and the prompt below
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::string spaces(std::size_t n) { return std::string(n, ' '); }
std::string right(const std::string& text, std::size_t width) {
  return spaces(width - std::min(width, text_width(text))) + text;
}
std::size_t divided_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

// `low    label    high` under something `width` wide; at least one space between them.
std::string scale_line(const std::string& low, const std::string& name, const std::string& high, std::size_t width) {
  const std::size_t used = text_width(low) + text_width(name) + text_width(high);
  const std::size_t free = std::max<std::size_t>(width > used ? width - used : 0, 2);
  return low + spaces(free / 2) + name + spaces(free - free / 2) + high;
}

// "Ai [mV]", and that steps along it are not steps in value where that is so.
std::string axis_words(const AxisView& axis) {
  return axis.label + (!axis.even ? " (not to scale)" : axis.log ? " (log)" : "");
}

// A value that stands for several sets: the mean of those that have one.
class Mean {
 public:
  void add(double value, Cell cell) {
    if (cell == Cell::value) {
      sum_ += value;
      ++count_;
    }
    diverged_ = diverged_ || cell == Cell::diverged;
    outside_ = outside_ || cell == Cell::outside;
    missing_ = missing_ || cell == Cell::missing;
  }
  Pixel pixel() const {
    if (count_ > 0) return {Cell::value, sum_ / double(count_)};
    return {diverged_ ? Cell::diverged : outside_ ? Cell::outside : missing_ ? Cell::missing : Cell::no_value, nan};
  }

 private:
  double sum_ = 0;
  std::size_t count_ = 0;
  bool diverged_ = false, outside_ = false, missing_ = false;
};

// A slice cut into pixels: each stands for `rows` x `cols` sets and is drawn `width` x `height` pixels large.
struct Reduction {
  std::size_t rows, cols, height, width;
};

// Fits ny x nx cells into `room_y` x `room_x` pixels: reduced if too large, else enlarged to look about square.
Reduction fit(std::size_t ny, std::size_t nx, std::size_t room_y, std::size_t room_x, std::size_t pixel_aspect) {
  Reduction r{divided_up(ny, room_y), divided_up(nx, room_x), 1, 1};
  r.height = std::clamp<std::size_t>(room_y / divided_up(ny, r.rows), 1, 4 / pixel_aspect);
  r.width = std::clamp<std::size_t>(room_x / divided_up(nx, r.cols), 1, 2 * r.height * pixel_aspect);
  return r;
}

// The pixels of one line of blocks, `row` counted from the bottom.
std::vector<Pixel> block_row(const Slice& slice, const AxisView& y, const AxisView& x, const Reduction& r,
                             std::size_t row) {
  std::vector<Pixel> pixels;
  for (std::size_t col = 0; col < x.size(); col += r.cols) {
    Mean mean;
    for (std::size_t i = row * r.rows; i < std::min((row + 1) * r.rows, y.size()); ++i) {
      for (std::size_t j = col; j < std::min(col + r.cols, x.size()); ++j) {
        mean.add(slice.value(y.order[i], x.order[j]), slice.cell(y.order[i], x.order[j]));
      }
    }
    pixels.insert(pixels.end(), r.width, mean.pixel());
  }
  return pixels;
}

// Everything in a heat map but the title: the raster, top line first.
Raster rasterise(const Slice& slice, const AxisView& y, const AxisView& x, const Reduction& r) {
  Raster raster;
  for (std::size_t row = divided_up(y.size(), r.rows); row-- > 0;) {
    raster.insert(raster.end(), r.height, block_row(slice, y, x, r, row));
  }
  return raster;
}

bool any(const Raster& raster, Cell cell) {
  return std::any_of(raster.begin(), raster.end(), [&](const auto& row) {
    return std::any_of(row.begin(), row.end(), [&](const Pixel& p) { return p.cell == cell; });
  });
}

// Columns that a text takes: its colours, from an escape to an m, take none.
std::size_t columns_of(const std::string& text) {
  std::string plain;
  bool colour = false;
  for (const char c : text) {
    colour = colour || c == '\x1b';
    if (!colour) plain += c;
    colour = colour && c != 'm';
  }
  return text_width(plain);
}

// The scale and the marks that occur, side by side as far as the terminal is wide.
std::string legend(const Raster& raster, const std::optional<Range>& range, const std::string& unit, const Ink& ink, std::size_t width) {
  std::vector<std::string> entries;
  if (range && range->low == range->high) {
    entries.push_back(fmt::format("all values are {}", one_line(quantity(range->low, unit))));
  } else if (range) {
    entries.push_back(fmt::format("{} {} {}", short_number(range->low), ink.strip(), one_line(quantity(range->high, unit))));
  }
  for (Cell cell : without_value)
    if (any(raster, cell)) entries.push_back(fmt::format("{} {}", ink.swatch(cell), cell_name(cell)));
  std::string text, line;
  for (const std::string& entry : entries) {
    if (!line.empty() && columns_of(line) + 3 + columns_of(entry) > width) text += line + "\n", line.clear();
    line += (line.empty() ? "" : "   ") + entry;
  }
  return text + line + "\n";
}

// What stands left of a picture: the words, top first, and a bar all along. Two words stand at its first and its last line, and
// so do the outer ones of more than there are lines; otherwise each stands in the middle of its share of the lines.
class Margin {
 public:
  Margin(std::vector<std::string> words, const Ink& ink) : words_(std::move(words)), bar_(ink.bar()) {
    for (const std::string& word : words_) width_ = std::max(width_, text_width(word));
  }

  std::string at(std::size_t line, std::size_t lines) const { return right(word_at(line, lines), width_) + " " + bar_; }
  std::string below() const { return spaces(width_ + 2); }
  std::size_t room(const PreviewOptions& options) const {  // columns left for the picture and a bar on its right
    return std::size_t(std::max(options.width - int(width_) - 4, 8));
  }

 private:
  std::string word_at(std::size_t line, std::size_t lines) const {
    const std::size_t n = words_.size();
    if (n == 2 || n > lines) return line == 0 ? words_.front() : line + 1 == lines ? words_.back() : "";
    const std::size_t k = line * n / lines;
    return line == (2 * k + 1) * lines / (2 * n) ? words_[k] : "";
  }

  std::vector<std::string> words_;
  std::string bar_;
  std::size_t width_ = 0;
};

std::string point_words(const MapAxis& axis, std::size_t index) { return one_line(point(axis, index, Digits::few)); }

// Of the axis upwards: all names where they leave half the width to the picture, else the ends.
std::vector<std::string> words_beside(const MapAxis& axis, const AxisView& y, int width) {
  std::vector<std::string> words;
  for (std::size_t i = y.size(); i-- > 0;) words.push_back(point_words(axis, y.order[i]));
  const bool fit = std::all_of(words.begin(), words.end(), [&](const std::string& word) { return 2 * int(text_width(word)) <= width; });
  if (words.size() > 1 && (axis.names.empty() || !fit)) return {words.front(), words.back()};
  return words;
}

std::string below(const Margin& margin, const MapAxis& axis, const AxisView& x, std::size_t width) {
  const std::string low = point_words(axis, x.order.front()), high = point_words(axis, x.order.back());
  return margin.below() + scale_line(low, axis_words(x), high, width) + "\n";
}

std::string heat_map(const Slice& slice, const PreviewOptions& options) {
  const Ink ink(options);
  const auto& axes = slice.map->axes;
  const MapAxis& up = axes[axes.size() - 2];
  const AxisView y = view_axis(up), x = view_axis(axes.back());
  const Margin margin(words_beside(up, y, options.width), ink);
  const std::size_t step = ink.pixels_per_line();
  const std::size_t room_lines = std::size_t(std::max(options.height - other_lines, 6));
  const Reduction reduction = fit(y.size(), x.size(), room_lines * step, margin.room(options), 2 / step);
  const Raster raster = rasterise(slice, y, x, reduction);
  const auto range = shown_range(*slice.map, *slice.column);  // of all slices, so that they can be compared

  std::string text = fmt::format("{}\n{}\n", one_line(label(slice.column->name, slice.column->unit)), axis_words(y));
  const std::size_t lines = divided_up(raster.size(), step);
  for (std::size_t line = 0; line < lines; ++line) {
    text += margin.at(line, lines) + ink.line(raster, line * step, range.value_or(Range{0, 0})) + ink.bar() + "\n";
  }
  text += below(margin, axes.back(), x, raster[0].size()) + legend(raster, range, slice.column->unit, ink, options.text_columns());
  if (reduction.rows > 1 || reduction.cols > 1) {
    text += wrapped(fmt::format("each cell is the mean of {} x {} of the {} x {} sets", reduction.rows, reduction.cols,
                                y.size(), x.size()), options.text_columns());
  }
  return text;
}

// One axis with many values: a column up to each value.
std::string chart(const Map& map, const MapColumn& column, const PreviewOptions& options) {
  const Ink ink(options);
  AxisView y;  // a single row
  y.order = {0};
  y.centre = {0};
  const AxisView x = view_axis(map.axes[0]);
  const auto range = shown_range(map, column);
  const Margin margin({short_number(range ? range->high : nan), short_number(range ? range->low : nan)}, ink);
  const std::size_t room = margin.room(options);
  Reduction reduction{1, divided_up(x.size(), room), 1, 1};
  reduction.width = std::clamp<std::size_t>(room / divided_up(x.size(), reduction.cols), 1, 3);
  const Raster raster = rasterise({&map, &column, 0}, y, x, reduction);

  std::string text = one_line(label(column.name, column.unit)) + "\n";
  for (std::size_t line = 0; line < chart_lines; ++line) {
    text += margin.at(line, chart_lines);
    text += ink.chart_line(raster[0], chart_lines - 1 - line, chart_lines, range.value_or(Range{0, 0})) + "\n";
  }
  text += below(margin, map.axes[0], x, raster[0].size());
  for (Cell cell : without_value) {
    if (any(raster, cell)) text += fmt::format("{} {}\n", Ink::mark(cell), cell_name(cell));
  }
  if (reduction.cols > 1) {
    text += wrapped(fmt::format("each column is the mean of {} of the {} sets", reduction.cols, x.size()), options.text_columns());
  }
  return text;
}

// Columns of text side by side, as many as fit, the first one repeated in front of each group.
std::string side_by_side(const std::vector<std::vector<std::string>>& columns, std::size_t width) {
  std::vector<std::size_t> widths;
  for (const auto& column : columns) {
    std::size_t widest = 0;
    for (const auto& cell : column) widest = std::max(widest, text_width(cell));
    widths.push_back(widest);
  }
  std::string text;
  for (std::size_t begin = 1; begin < columns.size();) {
    std::size_t end = begin, used = widths[0];
    while (end < columns.size() && (end == begin || used + 2 + widths[end] <= width)) used += 2 + widths[end++];
    if (begin > 1) text += "\n";
    for (std::size_t row = 0; row < columns[0].size(); ++row) {
      text += right(columns[0][row], widths[0]);
      for (std::size_t c = begin; c < end; ++c) text += "  " + right(columns[c][row], widths[c]);
      text += "\n";
    }
    begin = end;
  }
  return text;
}

std::string table(const Map& map, const PreviewOptions& options) {
  const AxisView x = view_axis(map.axes[0]);
  std::vector<std::vector<std::string>> columns{{x.label}};
  for (std::size_t i : x.order) columns[0].push_back(point_words(map.axes[0], i));
  for (const MapColumn& column : map.columns) {
    auto& cells = columns.emplace_back();
    cells.push_back(one_line(label(column.name, column.unit)));
    for (std::size_t set : x.order) cells.push_back(short_number(column.values[set]));
  }
  if (std::any_of(map.status.begin(), map.status.end(), [](auto s) { return s != 0; })) {
    auto& cells = columns.emplace_back(1, "status");
    for (std::size_t set : x.order) cells.emplace_back(status_name(map.status[set]));
  }
  return side_by_side(columns, std::size_t(std::max(options.width, 1)));
}

std::string one_axis(const Map& map, const PreviewOptions& options) {
  // A chart could name its ends alone.
  if (map.axes[0].values.size() <= table_rows || !map.axes[0].names.empty()) return table(map, options);
  std::string text;
  for (const MapColumn& column : map.columns) text += (text.empty() ? "" : "\n") + chart(map, column, options);
  return text;
}

std::string single_set(const Map& map) {
  std::string text;
  for (const MapColumn& column : map.columns) {
    text += fmt::format("{} = {}\n", one_line(column.name), one_line(quantity(column.values[0], column.unit)));
  }
  if (map.status[0] != 0) text += fmt::format("status: {}\n", status_name(map.status[0]));
  return text;
}

std::string planes(const Map& map, const PreviewOptions& options) {
  std::string text;
  const std::size_t leading = map.axes.size() - 2;
  if (leading > 0) {
    std::size_t slices = 1;
    for (std::size_t a = 0; a < leading; ++a) slices *= map.axes[a].values.size();
    text += wrapped(fmt::format("the first of {} slices: {}", slices, one_line(place(map.axes, leading, 0))), options.text_columns());
  }
  for (std::size_t c = 0; c < map.columns.size(); ++c) {
    if (c > 0) text += "\n";
    text += heat_map({&map, &map.columns[c], 0}, options);
  }
  return text;
}

}  // namespace

std::string preview(const Map& map, const PreviewOptions& options) {
  check_shape(map);
  std::string text = wrapped(one_line(map.title), options.text_columns());
  if (map.axes.empty()) {
    text += single_set(map);
  } else {
    text += map.axes.size() == 1 ? one_axis(map, options) : planes(map, options);
  }
  text += wrapped(replicates_note(map), options.text_columns());
  return options.utf8 ? text : ascii_only(text);
}

}  // namespace neurosweep
