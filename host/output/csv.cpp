#include "host/output/csv.hpp"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <list>
#include <stdexcept>
#include <utility>

#include "host/output/shape.hpp"
#include "host/output/text.hpp"

namespace neurosweep {

using namespace output;

namespace {

// Cells of one file, gathered into large writes.
class CsvWriter {
 public:
  explicit CsvWriter(OutputFile& file) : file_(file) {}

  void text(std::string_view cell) {
    separate();
    buffer_.append(cell);
  }
  void integer(std::uint32_t cell) {
    separate();
    fmt::format_to(fmt::appender(buffer_), "{}", cell);
  }
  void number(double cell, bool single) {
    separate();
    if (std::isnan(cell)) {  // fmt would show the sign of a NaN
      buffer_.append(std::string_view("nan"));
    } else if (single) {
      fmt::format_to(fmt::appender(buffer_), "{}", static_cast<float>(cell));
    } else {
      fmt::format_to(fmt::appender(buffer_), "{}", cell);
    }
  }
  void end_row() {
    buffer_.push_back('\n');
    fresh_row_ = true;
    if (buffer_.size() >= flush_at) flush();
  }
  void flush() {
    file_.write({buffer_.data(), buffer_.size()});
    buffer_.clear();
  }

 private:
  static constexpr std::size_t flush_at = std::size_t(1) << 18;

  void separate() {
    if (!fresh_row_) buffer_.push_back(',');
    fresh_row_ = false;
  }

  OutputFile& file_;
  fmt::memory_buffer buffer_;
  bool fresh_row_ = true;
};

// In quotes if it would otherwise be taken for more than one cell.
std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

// The points of the axes as text, formatted once and not once per row: strings[axis][index].
std::vector<std::vector<std::string>> axis_texts(const Map& map) {
  std::vector<std::vector<std::string>> texts;
  for (const MapAxis& axis : map.axes) {
    auto& column = texts.emplace_back();
    for (std::size_t i = 0; i < axis.values.size(); ++i) column.push_back(csv_cell(point(axis, i, Digits::all)));
  }
  return texts;
}

void write_header(const Map& map, CsvWriter& csv) {
  for (const MapAxis& axis : map.axes) csv.text(label(axis.name, axis.unit));
  for (const MapColumn& column : map.columns) csv.text(label(column.name, column.unit));
  if (!map.failed.empty()) csv.text("n_failed");
  csv.text("status");
  csv.end_row();
}

void write_grid(const Map& map, const MapColumn& column, CsvWriter& csv) {
  const auto axes = axis_texts(map);
  csv.text(label(map.axes[0].name, map.axes[0].unit) + "\\" + label(map.axes[1].name, map.axes[1].unit));
  for (const std::string& value : axes[1]) csv.text(value);
  csv.end_row();
  std::size_t set = 0;
  for (const std::string& value : axes[0]) {
    csv.text(value);
    for (std::size_t i = 0; i < axes[1].size(); ++i) csv.number(column.values[set++], map.single);
    csv.end_row();
  }
  csv.flush();
}

}  // namespace

void write_csv_table(const MapBlocks& next, const std::string& path) {
  OutputFile file(path);
  CsvWriter csv(file);
  const Map* block = next();
  write_header(*block, csv);
  const auto axes = axis_texts(*block);
  std::vector<std::size_t> at(axes.size(), 0);  // index on each axis
  for (; block; block = next())
    for (std::size_t set = 0; set < block->sets(); ++set) {
      for (std::size_t a = 0; a < axes.size(); ++a) csv.text(axes[a][at[a]]);
      for (const MapColumn& column : block->columns) csv.number(column.values[set], block->single);
      if (!block->failed.empty()) csv.integer(block->failed[set]);
      csv.integer(block->status[set]);
      csv.end_row();
      for (std::size_t a = axes.size(); a-- > 0;) {  // the last axis is the fastest
        if (++at[a] < axes[a].size()) break;
        at[a] = 0;
      }
    }
  csv.flush();
  file.commit();
}

void write_csv_table(const Map& map, const std::string& path) {
  check_shape(map);
  const Map* block = &map;
  write_csv_table([&] { return std::exchange(block, nullptr); }, path);
}

std::vector<std::string> csv_grid_paths(const std::string& path, const std::vector<std::string>& columns) {
  if (columns.size() == 1) return {path};
  if (path == "-") {
    throw std::runtime_error("the grid layout writes one file per measure: name a file, or choose one measure");
  }
  const std::filesystem::path base(path);
  std::vector<std::string> paths;
  for (const std::string& column : columns) {
    auto file = base.parent_path() / base.stem();
    file += "." + column;
    file += base.extension();
    paths.push_back(file.string());
  }
  return paths;
}

void write_csv_grid(const Map& map, const std::string& path) {
  check_shape(map);
  if (map.axes.size() != 2) {
    throw std::runtime_error(fmt::format("the grid layout needs two axes, this map has {}", map.axes.size()));
  }
  std::vector<std::string> names;
  for (const MapColumn& column : map.columns) names.push_back(column.name);
  const std::vector<std::string> paths = csv_grid_paths(path, names);
  std::list<OutputFile> files;  // a list: an OutputFile does not move
  for (std::size_t c = 0; c < paths.size(); ++c) {
    CsvWriter csv(files.emplace_back(paths[c]));
    write_grid(map, map.columns[c], csv);
  }
  for (OutputFile& file : files) file.commit();
}

void write_csv_columns(const std::vector<CsvColumn>& columns, const std::string& path) {
  OutputFile file(path);
  CsvWriter csv(file);
  for (const CsvColumn& column : columns) csv.text(label(column.data.name, column.data.unit));
  csv.end_row();
  const std::size_t rows = columns.empty() ? 0 : columns.front().data.values.size();
  for (std::size_t row = 0; row < rows; ++row) {
    for (const CsvColumn& column : columns) {
      const double value = column.data.values.at(row);
      if (column.names.empty()) csv.number(value, column.single);
      else csv.text(csv_cell(column.names.at(std::size_t(value))));
    }
    csv.end_row();
  }
  csv.flush();
  file.commit();
}

}  // namespace neurosweep
