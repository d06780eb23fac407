#include "host/spec/sections.hpp"

#include <algorithm>
#include <map>

namespace neurosweep::spec {
namespace {

using Kind = Node::Kind;

bool is_text(const Node& node) { return node.kind == Kind::string || node.kind == Kind::word; }

// "E", or "E+I" of a list; "" of anything else.
std::string joined(const Node* node) {
  if (!node) return "";
  if (is_text(*node)) return node->text;
  std::string all;
  for (const Node& item : node->items) all += (all.empty() ? "" : "+") + item.text;
  return all;
}

// What the table joins.
std::string ends(const Node& table, std::string_view section) {
  if (section == "projection") {
    const std::string from = joined(table.entry("from")), to = joined(table.entry("to"));
    return from.empty() || to.empty() ? "" : from + "-" + to;
  }
  const Node* between = table.entry("between");
  if (section != "gap_junction" || !between || between->items.size() != 2) return "";
  return between->items[0].text + "-" + between->items[1].text;
}

}  // namespace

bool is_named_section(std::string_view s) { return s == "population" || s == "projection" || s == "gap_junction"; }

std::vector<std::string> section_names(const Node& root, std::string_view section) {
  std::vector<std::string> names;
  const Node* all = root.entry(section);
  if (!all || all->kind != Kind::array) return names;
  std::map<std::string, int> unnamed, numbered;
  for (const Node& table : all->items)
    if (!table.entry("name")) ++unnamed[ends(table, section)];
  for (const Node& table : all->items) {
    const Node* name = table.entry("name");
    const std::string own = name ? (is_text(*name) ? name->text : "") : ends(table, section);
    const bool several = !name && !own.empty() && unnamed[own] > 1;
    names.push_back(several ? own + "#" + std::to_string(++numbered[own]) : own);
  }
  return names;
}

}  // namespace neurosweep::spec
