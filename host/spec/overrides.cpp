#include "host/spec/overrides.hpp"

#include <algorithm>

#include "host/spec/sections.hpp"
#include "host/spec/suggest.hpp"

namespace neurosweep::spec {
namespace {

using Kind = Node::Kind;

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string_view::npos ? "" : std::string(text.substr(first, last - first + 1));
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

// Names hold no empty part and few dots: a longer one is no key, and would only make a deep tree.
bool well_formed(const std::string& name) {
  const std::vector<std::string> parts = split(name, '.');
  return parts.size() <= 4 && std::none_of(parts.begin(), parts.end(), [](const auto& p) { return p.empty(); });
}

// Whether the file's quantities stand in sections that have names, and so does a network's everything.
bool of_network(const Keys& keys) { return keys.type("population").has_value(); }

// Where the file keeps what `name` means: a bare name is a key of the file's top, or else a parameter. "" if it is
// neither.
std::string place_in_file(const std::string& name, const Keys& keys) {
  if (name.find('.') != std::string::npos || keys.type(name)) return name;
  const std::string parameter = "parameters." + name;
  return keys.type(parameter) || (!keys.model_known() && !of_network(keys)) ? parameter : "";
}

// The dotted keys below `table` whose last part is `name`; not those of an axis, which --axis sets.
std::vector<std::string> keys_ending_in(const std::string& name, const std::string& table, const Keys& keys) {
  std::vector<std::string> found;
  for (const std::string& child : keys.children(table)) {
    const std::string key = table.empty() ? child : table + "." + child;
    if (keys.type(key) == Type::tables) continue;
    const std::vector<std::string> below = keys_ending_in(name, key, keys);
    found.insert(found.end(), below.begin(), below.end());
    if (child == name && below.empty() && keys.type(key) != Type::table) found.push_back(key);
  }
  return found;
}

// "; there is spectrum.segment" for a name that lacks its table, else what it may have been a slip for.
std::string what_was_meant(const std::string& name, const std::vector<std::string>& known, const Keys& keys) {
  const std::vector<std::string> dotted = keys_ending_in(name, "", keys);
  if (dotted.empty()) return did_you_mean(name, known);
  return (dotted.size() == 1 ? "; there is " : "; there are ") + listed(dotted);
}

void report_unknown(const Flag& flag, const Keys& keys, Report& report) {
  const std::vector<std::string> parameters = keys.children("parameters"), top = keys.children("");
  std::vector<std::string> known = parameters;
  known.insert(known.end(), top.begin(), top.end());
  if (of_network(keys))
    return report.error(flag.place, "unknown key {}{} (keys: {}, and dotted ones such as population.NAME.parameters.KEY)", quote(flag.name),
                        did_you_mean(flag.name, top), listed(top));
  report.error(flag.place,
               "unknown parameter or key {}{} (parameters: {}; keys: {}, and dotted ones such as spectrum.segment)",
               quote(flag.name), what_was_meant(flag.name, known, keys), listed(parameters), listed(top));
}

bool looks_like_toml(const std::string& value) {
  return !value.empty() && std::string_view("[{\"'").find(value[0]) != std::string_view::npos;
}

// Without the quotes that a sweep file has around it ("rk4"). What only begins and ends with one ("a" or "b") stands for itself.
std::string unquoted(const std::string& text) {
  const bool quoted = text.size() > 1 && (text[0] == '"' || text[0] == '\'') && text.find(text[0], 1) == text.size() - 1;
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// population.E.input.I.mean: a key of the table that has this name. Whether there is such a key is seen when the table is read.
void override_section(Node& root, const Flag& flag, const std::string& section, Report& report) {
  const std::vector<std::string> names = section_names(root, section);
  const std::string_view rest = std::string_view(flag.name).substr(section.size() + 1);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty() || !rest.starts_with(names[i] + ".")) continue;
    const std::string key(rest.substr(names[i].size() + 1));
    if (!well_formed(key)) return report.error(flag.place, "unknown key {} of [[{}]]", quote(key), section);
    if (key == "name") return report.error(flag.place, "a name cannot be set: the flags find the {} by it", section);
    Node& table = root.find(section)->items[i];
    Node value = looks_like_toml(flag.value) ? parse_value(flag.value, flag.place, report) : word(flag.value, flag.place);
    if (!put(table, key, std::move(value))) report.error(flag.place, "{} does not stand in a table", quote(flag.name));
    return;
  }
  const std::string name(rest.substr(0, rest.find('.')));
  report.error(flag.place, "unknown {} {}{} ({}s: {}; write {}.NAME.KEY=VALUE)", section, quote(name), did_you_mean(name, names), section,
               names.empty() ? "none" : listed(names), section);
}

void override_key(Node& root, const Flag& flag, const Keys& keys, Report& report) {
  if (!flag.complete) return report.error(flag.place, "write --set KEY=VALUE, such as --set duration=3s");
  const std::string section = flag.name.substr(0, flag.name.find('.'));
  if (is_named_section(section) && keys.type(section)) {
    if (flag.name == section) return report.error(flag.place, "write --set {}.NAME.KEY=VALUE", section);
    if (flag.value.empty()) return report.error(flag.place, "there is no value after the =");
    return override_section(root, flag, section, report);
  }
  const std::string key = place_in_file(flag.name, keys);
  const std::optional<Type> type = keys.type(key);
  if (key.empty() || !well_formed(key)) return report_unknown(flag, keys, report);
  if (key == "axis" || key.starts_with("axis."))
    return report.error(flag.place, "an axis is set with --axis NAME=FROM:TO:COUNT[:log]");
  const bool is_text = type == Type::text || type == Type::choice;
  if (flag.value.empty() && !is_text) return report.error(flag.place, "there is no value after the =");
  const bool is_toml = !is_text && looks_like_toml(flag.value);
  Node value = is_toml ? parse_value(flag.value, flag.place, report) : word(is_text ? unquoted(flag.value) : flag.value, flag.place);
  if (!put(root, key, std::move(value))) report.error(flag.place, "{} does not stand in a table", quote(key));
}

// The name without the table that a parameter stands in, so that `parameters.Ae` and `Ae` are one axis.
std::string_view bare(std::string_view name) {
  constexpr std::string_view table = "parameters.";
  return name.starts_with(table) ? name.substr(table.size()) : name;
}

Node axis_table(const Flag& flag, const std::vector<std::string>& parts) {
  Node table = word("", flag.place);
  table.kind = Kind::table;
  put(table, "name", word(flag.name, flag.place));
  put(table, "from", word(trimmed(parts[0]), flag.place));
  put(table, "to", word(trimmed(parts[1]), flag.place));
  put(table, "count", word(trimmed(parts[2]), flag.place));
  if (parts.size() == 4) put(table, "scale", word(trimmed(parts[3]), flag.place));
  return table;
}

void override_axis(Node& root, const Flag& flag, Report& report) {
  const std::vector<std::string> parts = split(flag.value, ':');
  if (!flag.complete || parts.size() < 3 || parts.size() > 4)
    return report.error(flag.place,
                        "write --axis NAME=FROM:TO:COUNT or NAME=FROM:TO:COUNT:log, such as --axis Ae=2mV:5mV:64");
  if (!root.find("axis")) {
    Node none = word("", flag.place);
    none.kind = Kind::array;
    put(root, "axis", std::move(none));
  }
  Node* axes = root.find("axis");
  if (axes->kind != Kind::array) return;  // the file's mistake, reported there
  const auto same = [&](const Node& axis) {
    const Node* name = axis.entry("name");
    return name && (name->kind == Kind::string || name->kind == Kind::word) && bare(name->text) == bare(flag.name);
  };
  const auto old = std::find_if(axes->items.begin(), axes->items.end(), same);
  if (old != axes->items.end())
    *old = axis_table(flag, parts);
  else
    axes->items.push_back(axis_table(flag, parts));
}

}  // namespace

Flag parse_flag(std::string_view option, const std::string& text) {
  Flag flag;
  flag.place.flag = fmt::format("{} {}", option, visible(text));
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return flag;
  flag.name = trimmed(std::string_view(text).substr(0, equals));
  flag.value = trimmed(std::string_view(text).substr(equals + 1));
  flag.complete = !flag.name.empty();
  return flag;
}

void override_model(Node& root, const std::vector<std::string>& sets) {
  for (const std::string& text : sets) {
    const Flag flag = parse_flag("--set", text);
    if (flag.name == "model") put(root, "model", word(flag.value, flag.place));
  }
}

void override_keys(Node& root, const std::vector<std::string>& sets, const Keys& keys, Report& report) {
  for (const std::string& text : sets) override_key(root, parse_flag("--set", text), keys, report);
}

void override_axes(Node& root, const std::vector<std::string>& axes, Report& report) {
  for (const std::string& text : axes) override_axis(root, parse_flag("--axis", text), report);
}

}  // namespace neurosweep::spec
