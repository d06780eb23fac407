#include "host/spec/keys.hpp"

#include <algorithm>
#include <cassert>

#include "host/spec/suggest.hpp"

namespace neurosweep::spec {
namespace {

using Kind = Node::Kind;
constexpr bool required = true, optional = false;

// clang-format off
constexpr Key keys[] = {
    {"title",       Type::text,     optional, "",          "default: the model's title"},
    {"model",       Type::choice,   required, "",          "a name that `neurosweep models` lists"},
    {"preset",      Type::choice,   optional, "",          "values that the model names; [parameters] override them"},
    {"method",      Type::choice,   optional, "exp-euler", "euler, exp-euler, heun or rk4"},
    {"precision",   Type::choice,   optional, "float",     "float or double"},
    {"dt",          Type::quantity, required, "",          "time step, such as \"0.5 ms\"", "s", Domain::positive},
    {"duration",    Type::quantity, required, "",          "integrated, such as \"2 s\"",    "s", Domain::positive},
    {"transient",   Type::quantity, optional, "0 s",       "integrated, not observed", "s", Domain::not_negative},
    {"seed",        Type::whole,    optional, "42",        "of the noise"},
    {"replicates",  Type::whole,    optional, "1",         "noise realisations per set"},

    {"parameters",  Type::table,    optional, "",          "default: the model's"},
    {"initial",     Type::table,    optional, "",          "initial values of states; default: the model's"},
    {"input",       Type::table,    optional, "",          "a table for each port; default: zero"},

    {"axis",        Type::tables,   optional, "",          "what is swept; the first axis is the slowest"},
    {"axis.name",   Type::text,     required, "",          "a parameter, input.PORT.KEY, initial.STATE, or preset"},
    {"axis.from",   Type::quantity, optional, "",          "first value"},
    {"axis.to",     Type::quantity, optional, "",          "last value, included"},
    {"axis.count",  Type::whole,    optional, "",          "number of values, 2 or more"},
    {"axis.scale",  Type::choice,   optional, "linear",    "linear or log"},
    {"axis.values", Type::amounts,  optional, "",          "instead of from, to, count and scale; of preset: names"},

    {"observe",          Type::table,  optional, "", "what is measured"},
    {"observe.signal",   Type::choice, optional, "", "default: the model's first"},
    {"observe.measures", Type::texts,  optional, "", "default: amplitude, and peak_frequency if the band holds a bin; "
     "of models that spike: rate and isi_cv"},

    {"spectrum",               Type::table,    optional, "",     "Welch's estimate"},
    {"spectrum.segment",       Type::whole,    optional, "",     "samples; default: the largest power of 2 that is "
     "at most a quarter of those observed, and 4 s"},
    {"spectrum.overlap",       Type::whole,    optional, "",     "samples; default: half a segment"},
    {"spectrum.band",          Type::amounts,  optional, "",     "of the peak; default: 1 Hz to 80 Hz or Nyquist's",
     "Hz", Domain::not_negative},
    {"spectrum.engine",        Type::choice,   optional, "auto", "auto, fft or direct"},
    {"spectrum.min_amplitude", Type::quantity, optional, "",     "smaller ones have no peak; default: 1e-5 of the "
     "largest value",
     "",   Domain::not_negative},
};
// clang-format on

std::string joined(std::string_view table, std::string_view key) {
  return table.empty() ? std::string(key) : std::string(table).append(".").append(key);
}

// The part of `name` below `table` up to the next dot; "" if it is not below it.
std::string_view child(std::string_view name, std::string_view table) {
  if (!table.empty()) {
    if (!name.starts_with(table) || name.size() <= table.size() || name[table.size()] != '.') return "";
    name.remove_prefix(table.size() + 1);
  }
  return name.substr(0, name.find('.'));
}

std::string_view wanted(Type type) {
  switch (type) {
    case Type::text:
    case Type::choice: return "a string";
    case Type::whole: return "a whole number";
    case Type::quantity: return "a number, or a string with a unit such as \"2.5 mV\"";
    case Type::texts: return "an array of strings such as [\"amplitude\", \"mean\"]";
    case Type::amounts: return "an array of numbers, or of strings with a unit such as [\"2 mV\", \"3 mV\"]";
    case Type::table: return "a table";
    case Type::tables: return "an array of tables, each headed [[axis]]";
  }
  return "";
}

// What an array of that type holds.
std::optional<Type> element(Type type) {
  if (type == Type::texts) return Type::choice;
  if (type == Type::amounts) return Type::quantity;
  if (type == Type::tables) return Type::table;
  return std::nullopt;
}

bool fits(Type type, Kind kind) {
  const bool is_word = kind == Kind::word;
  switch (type) {
    case Type::text: return kind == Kind::string || is_word;
    case Type::choice: return kind != Kind::array && kind != Kind::table;  // read_choice() says which names there are
    case Type::whole: return kind == Kind::integer || kind == Kind::real || is_word;  // and read_whole() how many
    case Type::quantity: return kind == Kind::string || kind == Kind::integer || kind == Kind::real || is_word;
    case Type::texts:
    case Type::amounts: return kind == Kind::array || is_word;
    case Type::table: return kind == Kind::table;
    case Type::tables: return kind == Kind::array;
  }
  return false;
}

// These tables' keys are the model's names: what a name below them stands for.
std::string_view noun_of(std::string_view table) {
  if (table == "parameters") return "parameter";
  if (table == "initial") return "state";
  if (table == "input") return "input port";
  return "key";
}

void reject(Node& value, std::string_view name, Type expected, Report& report) {
  report.error(value.place, "{}: found {} where {} is wanted", name, value.described(), wanted(expected));
  value.kind = Kind::unusable;
}

void check_required(const Node& table, std::string_view name, Report& report) {
  for (const Key& key : keys) {
    const std::string_view last = child(key.name, name);
    const bool inside = !last.empty() && joined(name, last) == key.name;
    if (inside && key.required && !table.entry(last))
      report.error(table.place, "{} is missing ({})", key.name, key.help);
  }
}

bool stands_on_model(std::string_view table) { return noun_of(table) != "key"; }

}  // namespace

std::span<const Key> file_keys() { return keys; }

const Key& file_key(std::string_view name) {
  const auto found = std::find_if(std::begin(keys), std::end(keys), [&](const Key& key) { return key.name == name; });
  assert(found != std::end(keys));
  return *found;
}

Keys::Keys(const ModelInfo* model) : model_(model) {
  if (!model) return;
  for (const Quantity& q : quantities(*model)) quantity_keys_.push_back(q.key);
}

std::optional<Type> Keys::type(std::string_view dotted) const {
  for (const Key& key : keys)
    if (key.name == dotted) return key.type;
  for (const std::string& key : quantity_keys_) {
    if (key == dotted) return Type::quantity;
    if (!child(key, dotted).empty()) return Type::table;
  }
  return std::nullopt;
}

std::vector<std::string> Keys::children(std::string_view table) const {
  std::vector<std::string> names;
  const auto add = [&](std::string_view name) {
    const std::string_view found = child(name, table);
    if (!found.empty() && std::find(names.begin(), names.end(), found) == names.end()) names.emplace_back(found);
  };
  for (const Key& key : keys) add(key.name);
  for (const std::string& key : quantity_keys_) add(key);
  return names;
}

std::string Keys::unknown(const std::string& table, const std::string& key) const {
  const std::vector<std::string> known = children(table);
  const std::string_view noun = noun_of(table);
  const bool of_model = stands_on_model(table);
  const std::string owner = of_model ? std::string(model_->name) : table.empty() ? "a sweep file" : "[" + table + "]";
  return fmt::format("unknown {} {} of {}{} ({}s: {})", noun, quote(key), owner, did_you_mean(key, known),
                     of_model ? noun : "allowed key", listed(known));
}

void Keys::check(Node& root, Report& report) const { check_table(root, "", report); }

void Keys::check_table(Node& table, const std::string& name, Report& report) const {
  if (!model_ && stands_on_model(name)) return;
  check_required(table, name, report);
  for (Node& item : table.items) {
    const bool exists = !item.key.empty() && item.key.find('.') == std::string::npos && type(joined(name, item.key));
    if (exists) {
      check_value(item, joined(name, item.key), report);
    } else {
      report.error(item.key_place, "{}", unknown(name, item.key));
    }
  }
}

void Keys::check_value(Node& value, const std::string& name, Report& report) const {
  const Type expected = *type(name);
  if (value.kind == Kind::unusable) return;  // has been reported
  if (!fits(expected, value.kind)) return reject(value, name, expected, report);
  if (value.kind == Kind::table) check_table(value, name, report);
  if (value.kind == Kind::array) check_items(value, name, *element(expected), report);
}

// An array with a wrong element is unusable; one with a wrong table lacks that table.
void Keys::check_items(Node& array, const std::string& name, Type expected, Report& report) const {
  bool usable = true;
  for (Node& item : array.items) {
    if (!fits(expected, item.kind)) {
      reject(item, name, expected, report);
      usable = expected == Type::table;
    } else if (item.kind == Kind::table) {
      check_table(item, name, report);
    }
  }
  if (!usable) array.kind = Kind::unusable;
}

}  // namespace neurosweep::spec
