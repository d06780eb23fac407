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
    {"method",      Type::choice,   optional, "exp-euler", "euler, exp-euler, heun or rk4"},
    {"precision",   Type::choice,   optional, "float",     "float or double"},
    {"dt",          Type::quantity, required, "",          "time step, such as \"0.5 ms\"", "s", Domain::positive},
    {"duration",    Type::quantity, required, "",          "integrated, such as \"2 s\"",    "s", Domain::positive},
    {"transient",   Type::quantity, optional, "0 s",       "integrated, not observed", "s", Domain::not_negative},
    {"seed",        Type::whole,    optional, "42",        "of the noise"},
    {"replicates",  Type::whole,    optional, "1",         "noise realisations per set"},

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

constexpr Key of_nodes[] = {
    {"preset",      Type::choice,   optional, "",          "values that the model names; [parameters] override them"},
    {"parameters",  Type::table,    optional, "",          "default: the model's"},
    {"initial",     Type::table,    optional, "",          "initial values of states; default: the model's"},
    {"input",       Type::table,    optional, "",          "a table for each port; default: zero"},
};

constexpr Key of_networks[] = {
    {"connectivity", Type::choice,  optional, "fixed",     "fixed: drawn once for all sets; per-set: anew for each"},

    {"population",                Type::sections, required, "",  "cells of one model"},
    {"population.name",           Type::text,     required, "",  "of letters, digits, - and _"},
    {"population.model",          Type::choice,   required, "",  "a model that spikes, or \"spikes\": cells that spike at given times"},
    {"population.size",           Type::whole,    required, "",  "cells"},
    {"population.preset",         Type::choice,   optional, "",  "values that the model names; parameters override them"},
    {"population.parameters",     Type::table,    optional, "",  "default: the model's"},
    {"population.initial",        Type::table,    optional, "",  "initial values of states; default: the model's"},
    {"population.input",          Type::table,    optional, "",  "a table for each port, its noise independent in each cell; mean = { file = \"drive.csv\" }: "
     "column mean, a row for each cell"},
    {"population.poisson",         Type::table,    optional, "",  "independent Poisson trains, whose spikes lift the membrane potential"},
    {"population.poisson.rate",    Type::quantity, required, "",  "of each train", "Hz", Domain::not_negative},
    {"population.poisson.weight",  Type::quantity, required, "",  "what a spike adds to the membrane potential"},
    {"population.poisson.target",  Type::text,     optional, "",  "the membrane potential's name (the default)"},
    {"population.poisson.sources", Type::quantity, optional, "1", "trains for each cell"},
    {"population.file",           Type::text,     optional, "",  "of model \"spikes\": a CSV file with the columns time [ms], neuron"},

    {"projection",             Type::sections, optional, "",        "what spikes of some populations do to cells of others"},
    {"projection.name",        Type::text,     optional, "",        "default: FROM-TO"},
    {"projection.from",        Type::names,    required, "",        "a population, a list of them, or \"all\""},
    {"projection.to",          Type::names,    required, "",        "a population, a list of them, or \"all\""},
    {"projection.mode",        Type::choice,   optional, "current", "current: I += s; conductance: I += s (E_rev - v); jump: v += weight"},
    {"projection.receptor",    Type::choice,   optional, "",        "says how s decays: AMPA, NMDA, GABA_A, GABA_B, one of [receptor.NAME], or instant"},
    {"projection.decay",       Type::quantity, optional, "",        "instead of a receptor: time constant of s", "ms", Domain::positive},
    {"projection.E_rev",       Type::quantity, optional, "",        "of mode conductance; default: the receptor's", "mV"},
    {"projection.weight",      Type::quantity, optional, "",        "what a spike adds; default unit: the port's"},
    {"projection.scale",       Type::choice,   optional, "1",       "of the weight: 1, or 1/sqrt(n) with n the cells of the network"},
    {"projection.probability", Type::quantity, optional, "1",       "of each pair to be connected"},
    {"projection.delay",       Type::quantity, optional, "0 ms",    "a whole number of steps", "ms", Domain::not_negative},
    {"projection.self",        Type::truth,    optional, "false",   "whether a cell may reach itself"},
    {"projection.edges",       Type::text,     optional, "",        "instead of weight and probability: a CSV file with the columns "
     "pre, post, weight and perhaps receptor, delay"},

    {"gap_junction",             Type::sections, optional, "",  "I += g (v of the other - v), both ways"},
    {"gap_junction.name",        Type::text,     optional, "",  "default: A-B"},
    {"gap_junction.between",     Type::names,    required, "",  "two populations"},
    {"gap_junction.conductance", Type::quantity, required, "",  "of each; default unit: the port's by that of v", "", Domain::not_negative},
    {"gap_junction.probability", Type::quantity, optional, "1", "of each pair to be connected"},

    {"receptor",       Type::section,  optional, "", "[receptor.NAME] changes a receptor or makes one"},
    {"receptor.decay", Type::quantity, optional, "", "time constant", "ms", Domain::positive},
    {"receptor.E_rev", Type::quantity, optional, "", "reversal potential", "mV"},
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
    case Type::names: return "a name, or an array of names";
    case Type::truth: return "true or false";
    case Type::table:
    case Type::section: return "a table";
    case Type::tables:
    case Type::sections: return "an array of tables, each headed ";
  }
  return "";
}

// What an array of that type holds.
std::optional<Type> element(Type type) {
  if (type == Type::texts || type == Type::names) return Type::choice;
  if (type == Type::amounts) return Type::quantity;
  if (type == Type::tables) return Type::table;
  if (type == Type::sections) return Type::section;
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
    case Type::names: return kind == Kind::array || kind == Kind::string || is_word;
    case Type::truth: return kind == Kind::boolean || is_word;
    case Type::table:
    case Type::section: return kind == Kind::table;
    case Type::tables:
    case Type::sections: return kind == Kind::array;
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
  const bool headed = expected == Type::tables || expected == Type::sections;
  report.error(value.place, "{}: found {} where {}{} is wanted", name, value.described(), wanted(expected),
               headed ? fmt::format("[[{}]]", name) : "");
  value.kind = Kind::unusable;
}

bool stands_on_model(std::string_view table) { return noun_of(table) != "key"; }

}  // namespace

std::span<const Key> file_keys() { return keys; }
std::span<const Key> node_keys() { return of_nodes; }
std::span<const Key> network_keys() { return of_networks; }

const Key& file_key(std::string_view name) {
  const Key* found = nullptr;
  for (const std::span<const Key> table : {file_keys(), node_keys(), network_keys()})
    for (const Key& key : table)
      if (key.name == name) found = &key;
  assert(found);
  return *found;
}

Keys::Keys(const ModelInfo* model) : model_(model), rows_(std::begin(keys), std::end(keys)) {
  rows_.insert(rows_.end(), std::begin(of_nodes), std::end(of_nodes));
  if (!model) return;
  for (const Quantity& q : quantities(*model)) quantity_keys_.push_back(q.key);
}

Keys Keys::of_network() {
  Keys all;
  all.owner_ = "a network's sweep file";
  all.rows_.assign(std::begin(keys), std::end(keys));
  for (const Key& key : of_networks)
    if (key.name.find('.') == std::string_view::npos) all.rows_.push_back(key);
  return all;
}

Keys::Keys(std::string_view section, std::string title, const ModelInfo* model)
    : model_(model), owner_(std::string("[") + std::string(section) + "]"), title_(std::move(title)) {
  for (Key key : of_networks) {
    if (child(key.name, section).empty()) continue;
    key.name.remove_prefix(section.size() + 1);
    rows_.push_back(key);
  }
  if (!model) return;
  for (const Quantity& q : quantities(*model)) quantity_keys_.push_back(q.key);
}

// The whole name of a key, as messages have it.
std::string Keys::titled(std::string_view name) const { return joined(title_, name); }

std::optional<Type> Keys::type(std::string_view dotted) const {
  for (const Key& key : rows_)
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
  for (const Key& key : rows_) add(key.name);
  for (const std::string& key : quantity_keys_) add(key);
  return names;
}

std::string Keys::unknown(const std::string& table, const std::string& key) const {
  const std::vector<std::string> known = children(table);
  const std::string_view noun = noun_of(table);
  const bool of_model = stands_on_model(table);
  const std::string owner = of_model ? std::string(model_->name) : table.empty() ? owner_ : "[" + titled(table) + "]";
  return fmt::format("unknown {} {} of {}{} ({}s: {})", noun, quote(key), owner, did_you_mean(key, known),
                     of_model ? noun : "allowed key", listed(known));
}

void Keys::check(Node& root, Report& report) const { check_table(root, "", report); }

void Keys::check_table(Node& table, const std::string& name, Report& report) const {
  if (!model_ && stands_on_model(name)) return;
  for (const Key& key : rows_) {
    const std::string_view last = child(key.name, name);
    const bool inside = !last.empty() && joined(name, last) == key.name;
    if (inside && key.required && !table.entry(last))
      report.error(table.place, "{} is missing ({})", titled(key.name), key.help);
  }
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
  if (!fits(expected, value.kind)) return reject(value, titled(name), expected, report);
  if (expected == Type::table) check_table(value, name, report);
  if (value.kind == Kind::array) check_items(value, name, *element(expected), report);
}

// An array with a wrong element is unusable; one with a wrong table lacks that table.
void Keys::check_items(Node& array, const std::string& name, Type expected, Report& report) const {
  bool usable = true;
  for (Node& item : array.items) {
    if (!fits(expected, item.kind)) {
      reject(item, titled(name), expected, report);
      usable = expected == Type::table || expected == Type::section;
    } else if (expected == Type::table) {
      check_table(item, name, report);
    }
  }
  if (!usable) array.kind = Kind::unusable;
}

}  // namespace neurosweep::spec
