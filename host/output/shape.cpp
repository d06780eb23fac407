#include "host/output/shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "host/output/text.hpp"
#include "problem.hpp"

namespace neurosweep::output {
namespace {

constexpr double even_tolerance = 0.01;  // of a cell: less than a pixel in any picture

// Cell borders around increasing coordinates, halfway between neighbours; `lone` is the half width of a single cell.
std::vector<double> borders(const std::vector<double>& t, double lone) {
  const std::size_t n = t.size();
  if (n == 1) return {t[0] - lone, t[0] + lone};
  std::vector<double> border;
  border.push_back(t[0] - (t[1] - t[0]) / 2);
  for (std::size_t i = 0; i + 1 < n; ++i) border.push_back(t[i] + (t[i + 1] - t[i]) / 2);
  border.push_back(t[n - 1] + (t[n - 1] - t[n - 2]) / 2);
  if (!(border.back() > border.front())) {  // the same value again and again
    border.front() -= lone;
    border.back() += lone;
  }
  return border;
}

bool evenly_spaced(const std::vector<double>& t) {
  if (t.size() < 3) return true;
  const double step = (t.back() - t.front()) / double(t.size() - 1);
  for (std::size_t i = 0; i < t.size(); ++i) {
    if (std::abs(t[i] - (t.front() + double(i) * step)) > even_tolerance * step) return false;
  }
  return true;
}

}  // namespace

void check_shape(const Map& map) {
  std::size_t sets = 1;
  for (const MapAxis& axis : map.axes) sets *= axis.values.size();
  bool good = sets == map.sets() && sets > 0 && (map.failed.empty() || map.failed.size() == sets);
  for (const MapAxis& axis : map.axes) good = good && (axis.names.empty() || axis.names.size() == axis.values.size());
  for (const MapColumn& column : map.columns) good = good && column.values.size() == sets;
  if (!good) throw std::logic_error("a map whose axes, columns and status do not fit together");
}

AxisView view_axis(const MapAxis& axis) {
  const auto& values = axis.values;
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); })) {
    throw std::runtime_error(
        fmt::format("axis {} has a value that is not finite: it has no place in a picture", axis.name));
  }
  AxisView view;
  view.label = one_line(label(axis.name, axis.unit));
  view.log = axis.log && std::all_of(values.begin(), values.end(), [](double v) { return v > 0; });
  view.order.resize(values.size());
  std::iota(view.order.begin(), view.order.end(), std::size_t(0));
  std::stable_sort(view.order.begin(), view.order.end(), [&](auto a, auto b) { return values[a] < values[b]; });
  std::vector<double> t;  // where cells are measured: the value, or its logarithm
  for (std::size_t i : view.order) {
    view.centre.push_back(values[i]);
    if (!axis.names.empty()) view.names.push_back(one_line(axis.names[i]));
    t.push_back(view.along(values[i]));
  }
  view.even = evenly_spaced(t);
  view.border = borders(t, view.log ? std::log(10.0) / 2 : t[0] != 0 ? std::abs(t[0]) / 2 : 0.5);
  for (double& border : view.border) border = view.value_at(border);
  return view;
}

std::optional<Range> finite_range(std::span<const double> values) {
  std::optional<Range> range;
  for (double v : values) {
    if (!std::isfinite(v)) continue;
    if (!range) range = Range{v, v};
    range->low = std::min(range->low, v);
    range->high = std::max(range->high, v);
  }
  return range;
}

std::optional<Range> shown_range(const Map& map, const MapColumn& column) {
  std::vector<double> shown;
  for (std::size_t set = 0; set < map.sets(); ++set)
    if (cell_of(map, column, set) == Cell::value) shown.push_back(column.values[set]);
  return finite_range(shown);
}

std::vector<std::size_t> spread(std::size_t n, std::size_t most) {
  std::vector<std::size_t> chosen;
  const std::size_t count = std::min(n, most);
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(count > 1 ? i * (n - 1) / (count - 1) : 0);
  return chosen;
}

double share(double value, const Range& range) {
  if (!(range.high > range.low)) return 0.5;
  // Halved, so that even the distance between the largest numbers of both signs is finite.
  return std::clamp((value / 2 - range.low / 2) / (range.high / 2 - range.low / 2), 0.0, 1.0);
}

Cell cell_of(const Map& map, const MapColumn& column, std::size_t set) {
  if (map.status[set] == not_computed || (!column.missing.empty() && column.missing[set])) return Cell::missing;
  if (map.status[set] == status_out_of_domain) return Cell::outside;
  if (std::isfinite(column.values[set])) return Cell::value;
  return map.status[set] == status_diverged ? Cell::diverged : Cell::no_value;
}

std::string replicates_note(const Map& map) {
  std::size_t sets = 0;
  for (std::size_t set = 0; set < map.failed.size() && !map.columns.empty(); ++set) {
    sets += map.failed[set] > 0 && std::isfinite(map.columns[0].values[set]);
  }
  if (sets == 0) return "";
  return fmt::format("in {} set{} some replicates diverged: the means leave them out", sets, sets == 1 ? "" : "s");
}

std::string_view cell_name(Cell cell) {
  constexpr std::array<std::string_view, 5> names{"value", "no value", "diverged", "left its domain", "not computed"};  // enum Cell
  return names[std::size_t(cell)];
}

std::optional<Range> colour_range(const Map& map, const MapColumn& column) {
  const auto values = shown_range(map, column);
  if (!values) return values;
  const double size = std::max(std::abs(values->low), std::abs(values->high));
  if (values->high - values->low > 1e-6 * size) return values;
  const double middle = values->low / 2 + values->high / 2, pad = size > 0 ? 0.05 * size : 1;
  return Range{middle - pad, middle + pad};
}

}  // namespace neurosweep::output
