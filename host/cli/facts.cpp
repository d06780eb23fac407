#include "facts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "host/output/text.hpp"

namespace neurosweep {
namespace {

std::string axis_text(const MapAxis& axis) {
  const std::string name = output::label(axis.name, axis.unit);
  if (!axis.names.empty()) return fmt::format("{}: {}", name, fmt::join(axis.names, ", "));
  const auto [low, high] = std::minmax_element(axis.values.begin(), axis.values.end());
  return fmt::format("{}: {}, {} to {}{}", name, output::how_many("value", axis.values.size()), *low, *high, axis.log ? ", logarithmic" : "");
}

// What the sweep file chose: axes and model stand elsewhere.
std::vector<std::string> sweep_lines(const StoreMetadata& m) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : without_defaults(m.identity))
    if (name != "model" && name != "numbers_version" && !name.starts_with("axis ")) lines.push_back(fmt::format("{} = {}", name, value));
  return lines;
}

std::vector<Fact> without_empty_facts(std::vector<Fact> facts) {
  std::erase_if(facts, [](const Fact& fact) { return fact.lines.empty() || fact.lines == std::vector<std::string>{""}; });
  return facts;
}

}  // namespace

std::vector<Fact> sweep_facts(const StoreMetadata& m) {
  std::vector<std::string> axes;
  for (const MapAxis& axis : m.axes) axes.push_back(axis_text(axis));
  return without_empty_facts({{"title", {m.title}}, {"model", {m.model}}, {"sweep", sweep_lines(m)}, {"axes", axes}});
}

std::vector<Fact> run_facts(const StoreMetadata& m) {
  const std::string time = m.compute_seconds < 10 ? fmt::format("{:.1f} s", m.compute_seconds) : output::human_duration(m.compute_seconds);
  const std::string commit = m.commit.empty() ? "" : fmt::format(" (commit {})", m.commit);
  return without_empty_facts({{"computed on", {m.device}}, {"compute time", {time}}, {"created", {m.created}}, {"updated", {m.updated}},
                        {"by", {fmt::format("neurosweep {}{}", m.version, commit)}}});
}

}  // namespace neurosweep
