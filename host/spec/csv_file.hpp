// A table that a sweep file names: a line of column names, then a line for each row, commas between. Names may carry a
// unit ("time [ms]"); blanks around a field, blank lines and a UTF-8 mark at the start do not count. No quotes.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/spec/report.hpp"

namespace neurosweep::spec {

struct CsvColumn {
  enum Type { number, whole, text };   // `whole`: 0, 1, 2, ...
  std::string_view name, unit;         // of numbers, unless the file's first line names another of the same kind
  Type type = number;
  bool required = true;
};

struct CsvTable {
  std::string path;
  std::vector<std::vector<double>> numbers;       // [column as asked][row]; empty where the file has no such column
  std::vector<std::vector<std::string>> texts;    // the same of text
  std::vector<int> lines;                         // [row] of the file, from 1

  std::size_t rows() const { return lines.size(); }
  Place place(std::size_t row, int column = 1) const { return {lines[row], column, "", path}; }
};

// Reads `path`, which the sweep file names at `named`. The first mistake is reported with its line and column.
std::optional<CsvTable> read_csv(const std::string& path, const Place& named, std::span<const CsvColumn> columns, Report& report);

}  // namespace neurosweep::spec
