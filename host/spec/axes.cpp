#include "host/spec/axes.hpp"

#include <algorithm>
#include <cmath>

#include "host/spec/reader.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/units.hpp"
#include "host/spec/values.hpp"

namespace neurosweep {
namespace spec {
namespace {

constexpr std::string_view prefix = "axis.";
constexpr std::uint64_t longest_axis = std::uint64_t(1) << 24;  // its values are kept in memory and in every store
const std::vector<std::string> scales{"linear", "log"};

struct AxisValues {
  std::vector<double> values;
  bool log = false;
};

void report_unknown(Context& c, const Node& name) {
  const std::vector<std::string> known = names_of(c.quantities);
  if (c.network)
    return c.report.error(name.place, "unknown quantity {} of the network{} (an axis names what a population, projection, gap junction "
                          "or receptor has, such as {})", quote(name.text), did_you_mean(name.text, known), network_examples(c));
  const auto first_state = c.model.states.empty() ? "STATE" : c.model.states[0].name;
  const auto first_port = c.model.ports.empty() ? "PORT" : c.model.ports[0].name;
  c.report.error(name.place,
                 "unknown quantity {} of {}{} (an axis names a parameter: {}; an input such as input.{}.mean; "
                 "or an initial value such as initial.{})",
                 quote(name.text), c.model.name, did_you_mean(name.text, known), listed(names_of(c.model.parameters)),
                 first_port, first_state);
}

// Whether an axis that was read before sweeps the quantity (reported).
bool swept_twice(Context& c, int quantity, const Place& place) {
  if (!is_swept(c.problem(), quantity)) return false;
  c.report.error(place, "{} is swept twice: there is an axis that sweeps it at {}", quote(c.quantities[std::size_t(quantity)].name),
                 c.report.where(*c.given[std::size_t(quantity)]));
  return true;
}

// The quantity that the axis names; -1 (reported) if there is none, or it cannot be swept twice or be set as well.
int read_name(Context& c, const Node& axis) {
  const std::optional<Node> name = lookup(axis, "name", prefix);
  if (!name) return -1;
  const int q = find_quantity(c.quantities, name->text);
  if (q < 0) return report_unknown(c, *name), -1;
  const std::string& swept = c.quantities[q].name;
  if (swept_twice(c, q, name->place)) return -1;
  const Node* set = c.nodes[std::size_t(q)];
  if (set && !set->place.flag.empty()) {
    c.report.error(set->place, "{0} is swept by the axis at {1}; --axis {0}=FROM:TO:COUNT changes the axis", swept,
                   c.report.where(name->place));
  }
  return q;
}

std::optional<std::uint64_t> read_count(Context& c, const Node& node, const std::string& name) {
  const bool few =
      node.kind == Node::Kind::integer ? node.integer == 0 || node.integer == 1 : node.text == "0" || node.text == "1";
  if (!few) return read_whole(node, name, 2, longest_axis, c.report);
  c.report.error(node.place,
                 "{}: found {}, but an axis has at least 2 values; set a single value with [parameters], "
                 "[initial] or [input], or write values = [...]",
                 name, node.described());
  return std::nullopt;
}

std::optional<bool> read_scale(Context& c, const Node& axis) {
  const std::optional<Node> node = lookup(axis, "scale", prefix);
  if (!node) return std::nullopt;
  const auto choice = read_choice(*node, "scale", scales, c.report);
  if (!choice) return std::nullopt;
  return *choice == 1;
}

bool reaches(Context& c, const Node& axis, const std::string& title, double from, double to, bool log) {
  const Place& place = axis.entry("to")->place;
  if (from == to)
    c.report.error(place, "{}: from and to are both {}; an axis goes from one value to another", title, from);
  else if (log && (from == 0 || to == 0))
    c.report.error(place, "{}: a log axis cannot start or end at 0 (from {} to {})", title, from, to);
  else if (log && (from < 0) != (to < 0))
    c.report.error(place, "{}: a log axis cannot cross 0 (from {} to {})", title, from, to);
  else
    return true;
  return false;
}

// from, to, count and scale.
std::optional<AxisValues> read_range(Context& c, const Node& axis, const Quantity& q, const std::string& title) {
  for (const char* key : {"from", "to", "count"}) {
    if (axis.entry(key)) continue;
    c.report.error(axis.place, "{} has no {}; it needs from, to and count, or values", title, key);
    return std::nullopt;
  }
  const auto value = [&](const char* key) {
    const std::optional<Node> node = lookup(axis, key, prefix);
    return node ? read_value(c, *node, q, fmt::format("{}: {}", title, key)) : std::nullopt;
  };
  const std::optional<double> from = value("from"), to = value("to");
  const std::optional<Node> count_node = lookup(axis, "count", prefix);
  const auto count = count_node ? read_count(c, *count_node, title + ": count") : std::nullopt;
  const std::optional<bool> log = read_scale(c, axis);
  if (!from || !to || !count || !log || !reaches(c, axis, title, *from, *to, *log)) return std::nullopt;
  return AxisValues{spaced_values(*from, *to, *count, *log), *log};
}

// values = [...]
std::optional<AxisValues> read_values(Context& c, const Node& axis, const Quantity& q, const std::string& title) {
  for (const char* key : {"from", "to", "count", "scale"}) {
    if (const Node* other = axis.entry(key)) {
      c.report.error(other->key_place, "{} has both values and {}; write either values, or from, to, count and scale",
                     title, key);
      return std::nullopt;
    }
  }
  const std::optional<Node> node = lookup(axis, "values", prefix);
  if (!node) return std::nullopt;
  const std::vector<Node> items = read_list(*node);
  if (items.empty() || items.size() > longest_axis) {
    c.report.error(node->place, "{}: found {} values where 1 to {} are wanted", title, items.size(), longest_axis);
    return std::nullopt;
  }
  AxisValues result;
  for (const Node& item : items) {
    if (const auto v = read_value(c, item, q, title + ": values")) result.values.push_back(*v);
  }
  if (result.values.size() != items.size()) return std::nullopt;
  return result;
}

// Every value labels a row of the map: they have to be numbers, and different ones.
bool distinct(Context& c, const Node& axis, std::vector<double> values, const std::string& title) {
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); })) {
    c.report.error(axis.place, "{}: from and to are too far apart for double precision", title);
    return false;
  }
  std::sort(values.begin(), values.end());
  const auto twice = std::adjacent_find(values.begin(), values.end());
  if (twice == values.end()) return true;
  c.report.error(axis.place, "{}: the value {} stands there twice", title, *twice);
  return false;
}

void warn_range(Context& c, const Place& place, const Quantity& q, const std::vector<double>& values) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*low >= q.low && *high <= q.high) return;
  c.report.warn(place, "axis {}: {} leaves {}, {}", q.name, interval(*low, *high, q.unit), q.range,
                interval(q.low, q.high, q.unit));
}

bool too_many(Context& c, const Node& axis, const std::string& title, std::size_t count) {
  if (count <= max_sets / c.problem().sets()) return false;
  c.report.error(axis.place, "{}: with these {} values the axes make more than {} sets", title, count, max_sets);
  return true;
}

// The presets that a preset axis goes through: `values`, or all that the model has.
std::vector<std::size_t> read_presets(Context& c, const Node& axis) {
  std::vector<std::size_t> chosen;
  for (const char* key : {"from", "to", "count", "scale"})
    if (const Node* other = axis.entry(key))
      return c.report.error(other->key_place, "axis preset has names, not numbers: write values = [\"{}\", ...] instead of {}",
                            c.model.presets[0].name, key), chosen;
  const std::vector<std::string> known = names_of(c.model.presets);
  const std::optional<Node> node = lookup(axis, "values", prefix);
  if (!node) {
    for (std::size_t i = 0; i < known.size(); ++i) chosen.push_back(i);
    return chosen;
  }
  for (const Node& item : read_list(*node)) {
    const auto index = read_choice(item, "preset", known, c.report);
    if (index && std::find(chosen.begin(), chosen.end(), *index) != chosen.end())
      c.report.error(item.place, "axis preset: {} stands there twice", quote(item.text));
    if (index) chosen.push_back(*index);
  }
  if (read_list(*node).empty()) c.report.error(node->place, "axis preset: values is empty (presets: {})", listed(known));
  return chosen;
}

// An axis whose points are the model's presets: it sweeps all parameters that they name, but for those that [parameters]
// sets. A parameter that a preset does not name has the model's own value there.
void read_preset_axis(Context& c, const Node& axis) {
  const Place& place = axis.entry("name")->place;
  if (c.model.presets.empty()) return c.report.error(place, "axis preset: {} has no presets", c.model.name);
  if (const Node* set = c.root.find("preset"); set && !set->place.flag.empty())
    c.report.error(set->place, "preset is swept by the axis at {}, whose values say which", c.report.where(place));
  const std::vector<std::size_t> presets = read_presets(c, axis);
  std::vector<Axis> columns;
  for (std::size_t row = 0; row < presets.size(); ++row)
    for (const Preset::Value& v : c.model.presets[presets[row]].values) {
      const int q = find_quantity(c.quantities, v.parameter);
      if (c.nodes[std::size_t(q)]) continue;
      auto column = std::find_if(columns.begin(), columns.end(), [&](const Axis& a) { return a.quantity == q; });
      if (column == columns.end())
        column = columns.insert(column, {q, std::vector<double>(presets.size(), c.quantities[std::size_t(q)].base)});
      column->values[row] = v.value;
    }
  for (const Axis& column : columns) {
    if (swept_twice(c, column.quantity, place)) return;
    c.given[std::size_t(column.quantity)] = place;
  }
  if (presets.empty() || too_many(c, axis, "axis preset", presets.size())) return;
  if (columns.empty()) return c.report.error(place, "axis preset: [parameters] sets everything that the presets name");
  AxisLabel label;
  label.name = "preset";
  for (std::size_t row = 0; row < presets.size(); ++row) {
    label.values.push_back(double(row));
    label.names.emplace_back(c.model.presets[presets[row]].name);
  }
  Axis swept = std::move(columns.front());
  swept.together.assign(std::make_move_iterator(columns.begin() + 1), std::make_move_iterator(columns.end()));
  c.problem().axes.push_back(std::move(swept));
  c.sweep.axes.push_back(std::move(label));
}

void read_axis(Context& c, const Node& axis) {
  if (const std::optional<Node> name = lookup(axis, "name", prefix); name && name->text == "preset")
    return read_preset_axis(c, axis);
  const int index = read_name(c, axis);
  if (index < 0) return;
  const Quantity& q = c.quantities[index];
  const std::string title = "axis " + q.name;
  auto read = axis.entry("values") ? read_values(c, axis, q, title) : read_range(c, axis, q, title);
  c.given[index] = axis.entry("name")->place;
  if (!read || !distinct(c, axis, read->values, title)) return;
  warn_range(c, axis.place, q, read->values);
  if (too_many(c, axis, title, read->values.size())) return;
  c.problem().axes.push_back({index, read->values});
  c.sweep.axes.push_back({q.name, q.unit, read->log, std::move(read->values)});
}

}  // namespace

void read_axes(Context& c) {
  const Node* axes = c.root.find("axis");
  if (!axes || axes->kind != Node::Kind::array) return;
  for (const Node& axis : axes->items)
    if (axis.kind == Node::Kind::table) read_axis(c, axis);
}

}  // namespace spec

std::vector<double> spaced_values(double from, double to, std::uint64_t count, bool log) {
  const double last = double(count - 1), sign = from < 0 ? -1 : 1;
  const double a = log ? std::log10(std::fabs(from)) : from, b = log ? std::log10(std::fabs(to)) : to;
  std::vector<double> values(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const double x = a + (b - a) * double(i) / last;
    values[i] = log ? sign * std::pow(10.0, x) : x;
  }
  values.front() = from, values.back() = to;
  return values;
}

}  // namespace neurosweep
