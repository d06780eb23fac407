// A map as text. Numbers are the shortest that read back to the same value: as floats if the map was computed in float,
// else as doubles; axis values always as doubles. NaN is `nan`, infinities are `inf` and `-inf`. Points of an axis that
// have names are written as these, in quotes where RFC 4180 wants them.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "host/api/neurosweep.hpp"
#include "host/output/output_file.hpp"

namespace neurosweep {

// One row per set in grid order: `Ae [mV],Ai [mV],amplitude [mV],status`, with `n_failed` before status when there are
// replicates. "-" is standard output. Written whole or not at all; throws std::runtime_error naming path and reason.
void write_csv_table(const Map& map, const std::string& path);

// The same of a map that need not be in memory: `next` gives its sets in grid order, block by block, each with all labels;
// then null.
using MapBlocks = std::function<const Map*()>;
void write_csv_table(const MapBlocks& next, const std::string& path);

// One file per column of a map with two axes: corner `Ae [mV]\Ai [mV]`, the second axis's values along the first row,
// the first axis's values down the first column. Files are named as csv_grid_paths() says; no file gets its name before
// all are written. Throws std::runtime_error as above, and if there are not two axes.
void write_csv_grid(const Map& map, const std::string& path);

// The files of write_csv_grid: `path` itself for one column, else map.csv -> map.amplitude.csv, map.peak_frequency.csv.
// Throws std::runtime_error if several columns would go to standard output.
std::vector<std::string> csv_grid_paths(const std::string& path, const std::vector<std::string>& columns);

// Columns of equal length side by side under `name [unit]`, such as a trace; numbers of `single` ones as floats. Where there are
// names, the numbers are theirs.
struct CsvColumn {
  MapColumn data;
  bool single = false;
  std::vector<std::string> names = {};
};
void write_csv_columns(const std::vector<CsvColumn>& columns, const std::string& path);

}  // namespace neurosweep
