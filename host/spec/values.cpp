#include "host/spec/values.hpp"

#include <charconv>
#include <cmath>

#include "host/spec/suggest.hpp"
#include "host/spec/units.hpp"

namespace neurosweep::spec {
namespace {

using Kind = Node::Kind;

double number(const Node& node, std::string_view unit) {
  if (node.kind == Kind::integer) return double(node.integer);
  if (node.kind == Kind::real) return node.real;
  return parse_quantity(node.text, unit);
}

std::string_view demand(Domain domain) { return domain == Domain::positive ? "greater than 0" : "0 or more"; }

bool in_domain(double value, Domain domain) {
  return domain == Domain::any || (domain == Domain::positive ? value > 0 : value >= 0);
}

struct Whole {
  bool valid = false, negative = false;
  std::uint64_t magnitude = 0;
};

Whole parse_whole(const Node& node) {
  if (node.kind == Kind::real) return {};
  if (node.kind == Kind::integer) return {true, node.integer < 0, node.integer < 0 ? 0 : std::uint64_t(node.integer)};
  std::string_view text = node.text;
  Whole whole;
  if (text.starts_with('-'))
    whole.negative = true, text.remove_prefix(1);
  else if (text.starts_with('+'))
    text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole.magnitude);
  whole.valid = error == std::errc() && end == text.data() + text.size();
  return whole;
}

}  // namespace

std::optional<Node> lookup(const Node& table, std::string_view key, std::string_view prefix) {
  if (const Node* given = table.find(key)) {
    if (given->kind == Kind::unusable) return std::nullopt;
    return *given;
  }
  const Key& row = file_key(std::string(prefix).append(key));
  if (row.fallback.empty()) return std::nullopt;
  return word(std::string(row.fallback), table.place);
}

std::optional<double> read_quantity(const Node& node, std::string_view name, std::string_view unit, Domain domain,
                                    Report& report) {
  try {
    const double value = number(node, unit);
    if (!std::isfinite(value))
      report.error(node.place, "{}: {} is not a finite number", name, value);
    else if (!in_domain(value, domain))
      report.error(node.place, "{}: found {} where a value {} is wanted", name, node.described(), demand(domain));
    else
      return value;
  } catch (const UnitError& e) { report.error(node.place, "{}: {}", name, e.what()); }
  return std::nullopt;
}

std::optional<std::uint64_t> read_whole(const Node& node, std::string_view name, std::uint64_t low, std::uint64_t high,
                                        Report& report) {
  const Whole whole = parse_whole(node);
  if (whole.valid && !whole.negative && whole.magnitude >= low && whole.magnitude <= high) return whole.magnitude;
  const bool real = node.kind == Kind::real || node.text.find_first_of(".eE") != std::string::npos;
  report.error(node.place, "{}: found {} where a whole number from {} to {} is wanted{}", name, node.described(), low, high,
               real ? ", without a point or exponent" : "");
  return std::nullopt;
}

std::optional<std::size_t> read_choice(const Node& node, std::string_view noun, std::span<const std::string> names,
                                       Report& report) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == node.text) return i;
  if (node.kind != Kind::string && node.kind != Kind::word)
    report.error(node.place, "{}: found {} where a string is wanted ({}s: {})", noun, node.described(), noun, listed(names));
  else
    report.error(node.place, "unknown {} {}{} ({}s: {})", noun, quote(node.text), did_you_mean(node.text, names), noun,
                 listed(names));
  return std::nullopt;
}

std::vector<Node> read_list(const Node& node) {
  if (node.kind == Kind::array) return node.items;
  std::vector<Node> items;
  std::string_view text = node.text;
  while (true) {
    const std::size_t end = text.find_first_of(",:");
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    items.push_back(word(std::string(part), node.place));
    if (end == std::string_view::npos) return items;
    text.remove_prefix(end + 1);
  }
}

}  // namespace neurosweep::spec
