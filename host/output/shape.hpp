// A map as numbers on a plane: what the picture and the terminal preview have in common.
#pragma once
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/api/neurosweep.hpp"

namespace neurosweep::output {

// Throws std::logic_error unless every column has one value per set, the axes multiply to the number of sets, and an
// axis that has names has one for each value.
void check_shape(const Map& map);

struct Range {
  double low, high;
};

// One axis in increasing order, whatever order the sweep has its values in, with the borders of the cells around them:
// midpoints (of the logarithms on a log axis), mirrored at the ends.
struct AxisView {
  std::string label;  // "Ae [mV]"
  bool log = false;
  bool even = true;                // all cells are equally wide, on a log axis in the logarithm
  std::vector<std::size_t> order;  // order[i] = where the i-th smallest value stands in the map's axis
  std::vector<double> centre;      // [n] values, increasing
  std::vector<double> border;      // [n + 1] cell i lies between border[i] and border[i + 1]
  std::vector<std::string> names;  // [n] of the cells; empty where they have values

  std::size_t size() const { return centre.size(); }
  // Where a value stands in a picture, and back.
  double along(double value) const { return log ? std::log(value) : value; }
  double value_at(double along) const { return log ? std::exp(along) : along; }
  Range ends() const { return {border.front(), border.back()}; }
};

// Throws std::runtime_error if a value is not finite. A log axis with a value <= 0 is shown as a linear one.
AxisView view_axis(const MapAxis& axis);

// Smallest and largest finite value; none if there is no finite value.
std::optional<Range> finite_range(std::span<const double> values);
// The same over the sets that show a value, as scales need it: a set that left its domain would take all of a scale.
std::optional<Range> shown_range(const Map& map, const MapColumn& column);
// What the colours of a column mean: that, widened where all values are equal, or nearly, so that rounding does not look like a
// pattern.
std::optional<Range> colour_range(const Map& map, const MapColumn& column);

// Up to `most` of 0 ... n - 1, evenly spread, both ends among them if there is more than one.
std::vector<std::size_t> spread(std::size_t n, std::size_t most);

// Where `value` lies in `range`, 0 to 1; the middle if the range is a point.
double share(double value, const Range& range);

// What a set shows. With replicates a set counts as diverged where none of them is left to give a value, and as outside
// where one of them left the model's domain: it has measures, but of a run that means nothing.
enum class Cell { value, no_value, diverged, outside, missing };
inline constexpr std::array without_value{Cell::no_value, Cell::diverged, Cell::outside, Cell::missing};  // as keys list them
Cell cell_of(const Map& map, const MapColumn& column, std::size_t set);
std::string_view cell_name(Cell cell);  // as keys and legends say it

// What to say about sets whose values are means over the replicates that did not diverge; empty if there are none.
std::string replicates_note(const Map& map);

// Two axes' worth of a column: the last two axes of the map, with the leading ones held. One axis is a single row.
struct Slice {
  const Map* map;
  const MapColumn* column;
  std::size_t first;  // number of the slice's first set

  std::size_t rows() const { return map->axes.size() < 2 ? 1 : map->axes[map->axes.size() - 2].values.size(); }
  std::size_t columns() const { return map->axes.back().values.size(); }
  std::size_t set(std::size_t row, std::size_t col) const { return first + row * columns() + col; }
  double value(std::size_t row, std::size_t col) const { return column->values[set(row, col)]; }
  Cell cell(std::size_t row, std::size_t col) const { return cell_of(*map, *column, set(row, col)); }
};

}  // namespace neurosweep::output
