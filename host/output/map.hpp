// A finished map with its labels: what the CSV, the picture and the terminal show.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace neurosweep {

inline constexpr std::uint8_t not_computed = 255;   // a set's status before anything else is known of it

struct MapAxis {
  std::string name, unit;              // unit "" = dimensionless
  bool log = false;
  std::vector<double> values;
  std::vector<std::string> names = {};  // of the values 0, 1, 2, ...; empty where the values are numbers
};

struct MapColumn {
  std::string name, unit;
  std::vector<double> values;          // [set] in grid order (first axis slowest); NaN = no value
  std::vector<std::uint8_t> missing = {};   // [set] 1 = not computed though other columns are; empty = 0 everywhere
};

struct Map {
  std::string title, model;
  bool single = true;                  // computed in float: numbers are printed as floats
  std::vector<MapAxis> axes;           // none = a single set
  std::vector<MapColumn> columns;      // measures in the order asked for, each followed by its SD if replicates > 1
  std::vector<std::uint8_t> status;    // [set], see Status in problem.hpp, or not_computed
  std::vector<std::uint32_t> failed;   // [set]; empty unless replicates > 1

  std::size_t sets() const { return status.size(); }
};

}  // namespace neurosweep
