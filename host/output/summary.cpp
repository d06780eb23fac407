#include "host/output/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/output/text.hpp"

namespace neurosweep {

using namespace output;

namespace {

std::string extremes_line(const Extremes& extremes, const MapColumn& column, const std::vector<MapAxis>& axes) {
  const std::string name = label(column.name, column.unit);
  if (!(extremes.minimum <= extremes.maximum)) return name + ": no set has a value";
  if (extremes.minimum == extremes.maximum) return fmt::format("{}: {}", name, short_number(extremes.minimum));
  const std::string range = fmt::format("{} to {}", short_number(extremes.minimum), short_number(extremes.maximum));
  if (axes.empty()) return fmt::format("{}: {}", name, range);
  return fmt::format("{}: {}, largest at {}", name, range, place(axes, axes.size(), extremes.where));
}

}  // namespace

std::vector<std::string> summary_lines(const Summary& summary, const Map& labels) {
  std::string first = fmt::format("{} set{}", summary.sets, summary.sets == 1 ? "" : "s");
  if (summary.diverged > 0) first += fmt::format(", {} diverged", summary.diverged);
  if (summary.out_of_domain > 0) first += fmt::format(", {} out of domain", summary.out_of_domain);
  std::vector<std::string> lines{first};
  // Columns are the measures, or measure and SD in turn; the summary knows the measures alone.
  const std::size_t measures = summary.extremes.size();
  const std::size_t stride = measures > 0 ? std::max<std::size_t>(labels.columns.size() / measures, 1) : 1;
  for (std::size_t m = 0; m < measures && m * stride < labels.columns.size(); ++m) {
    lines.push_back(extremes_line(summary.extremes[m], labels.columns[m * stride], labels.axes));
  }
  return lines;
}

}  // namespace neurosweep
