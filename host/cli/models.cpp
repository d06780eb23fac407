// `neurosweep models`: the tables of the model headers, for people and as JSON.
#include "models/models.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "host/output/terminal.hpp"
#include "host/output/text.hpp"
#include "host/spec/keys.hpp"
#include "host/spec/measures.hpp"
#include "host/spec/network_labels.hpp"
#include "host/spec/report.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"
#include "host/spec/units.hpp"

namespace neurosweep {
namespace {

using Json = nlohmann::ordered_json;
using Strings = std::vector<std::string>;

std::string text(std::string_view s) { return std::string(s); }

// ---- as JSON --------------------------------------------------------------------------------------------------------

Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }     // JSON knows no infinity: no bound
Json start_of(const State& s) { return std::isnan(s.start) ? Json(text(s.rule)) : Json(s.start); }

Json to_json(const ModelInfo& m) {
  Json j{{"name", text(m.name)}, {"title", text(m.title)}, {"citation", text(m.citation)}, {"equations", text(m.equations)},
         {"time_unit", text(m.time_unit)}, {"spiking", m.spiking}};
  j["parameters"] = j["states"] = j["ports"] = j["signals"] = j["presets"] = Json::array();
  for (const Parameter& p : m.parameters)
    j["parameters"].push_back({{"name", text(p.name)}, {"unit", text(p.unit)}, {"default", p.value}, {"low", number(p.low)},
                               {"high", number(p.high)}, {"description", text(p.description)}, {"source", text(p.source)}});
  for (const State& s : m.states)
    j["states"].push_back({{"name", text(s.name)}, {"unit", text(s.unit)}, {"start", start_of(s)}, {"low", number(s.low)},
                           {"high", number(s.high)}, {"description", text(s.description)}});
  for (const Port& p : m.ports)
    j["ports"].push_back({{"name", text(p.name)}, {"unit", text(p.unit)}, {"description", text(p.description)}});
  for (const Signal& s : m.signals)
    j["signals"].push_back({{"name", text(s.name)}, {"unit", text(s.unit)}, {"description", text(s.description)}});
  for (const Preset& p : m.presets) {
    Json values = Json::object();
    for (const auto& v : p.values) values[text(v.parameter)] = v.value;
    j["presets"].push_back({{"name", text(p.name)}, {"parameters", values}});
  }
  return j;
}

// ---- for people -----------------------------------------------------------------------------------------------------

// Columns of a terminal; wider lines are hard to read, and narrower ones hold no table.
std::size_t page_width() { return std::size_t(std::clamp(detect_terminal(STDOUT_FILENO).width, 80, 100)); }

struct Row {
  Strings cells;
  Strings notes = {};                // each in lines of its own, side by side with the cells
};

// The rows under one another, each column as wide as it needs to be and column `right` to the right; notes fill the rest
// of the page.
void print_rows(const std::vector<Row>& rows, std::size_t right = ~std::size_t(0)) {
  std::vector<std::size_t> widths(rows[0].cells.size());
  for (const Row& row : rows)
    for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], row.cells[i].size());
  std::size_t indent = 0;
  for (const std::size_t width : widths) indent += width + 2;
  for (const Row& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i)
      line += i == right ? fmt::format("{:>{}}  ", row.cells[i], widths[i])
                         : fmt::format("{:<{}}  ", row.cells[i], widths[i]);
    for (const std::string& note : row.notes) {
      for (const std::string& part : output::wrap(note, std::max<std::size_t>(page_width() - indent, 30))) {
        fmt::print("{}{}\n", line, part);
        line.assign(indent, ' ');
      }
    }
    if (row.notes.empty()) fmt::print("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
  }
}

// A line of equations that the page has no room for: broken where equations stand side by side, three spaces apart, and
// then at any space.
void print_broken(std::string_view line) {
  while (!line.empty()) {
    const std::string_view equation = line.substr(0, line.find("   ", line.find_first_not_of(' ')));
    line.remove_prefix(std::min(line.find_first_not_of(' ', equation.size()), line.size()));
    int indent = 2;
    for (const std::string& part : output::wrap(equation, page_width() - 6)) {
      fmt::print("{:{}}{}\n", "", indent, part);
      indent = 6;
    }
  }
}

void print_equations(const ModelInfo& m) {
  std::string_view rest = m.equations;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (2 + line.size() <= page_width()) fmt::print("  {}\n", line);
    else print_broken(line);
  }
}

void print_parameters(const ModelInfo& m) {
  std::vector<Row> rows{{{"Parameter", "unit", "default", "range"}, {"(the literature's: no limit)"}}};
  for (const Parameter& p : m.parameters)
    rows.push_back({{text(p.name), text(p.unit), fmt::format("{}", p.value), fmt::format("{} to {}", p.low, p.high)},
                    {text(p.description), text(p.source)}});
  print_rows(rows, 2);
}

void print_states(const ModelInfo& m) {
  std::vector<Row> rows{{{"State", "unit"}, {"(initial.NAME starts it elsewhere)"}}};
  for (const State& s : m.states) {
    Row row{{text(s.name), text(s.unit)}, {text(s.description)}};
    row.notes.push_back("starts at " + (std::isnan(s.start) ? text(s.rule) : with_unit(s.start, s.unit)));
    if (std::isfinite(s.low) || std::isfinite(s.high)) row.notes.push_back("domain: " + interval(s.low, s.high, s.unit));
    rows.push_back(row);
  }
  print_rows(rows);
}

template <class Table>
void print_names(const std::string& heading, const std::string& note, const Table& table) {
  std::vector<Row> rows{{{heading, "unit"}, {note}}};
  for (const auto& row : table) rows.push_back({{text(row.name), text(row.unit)}, {text(row.description)}});
  print_rows(rows);
}

std::string_view unit_of(const ModelInfo& m, std::string_view parameter) {
  const auto found = std::find_if(m.parameters.begin(), m.parameters.end(), [&](auto& p) { return p.name == parameter; });
  return found->unit;
}

void print_presets(const ModelInfo& m) {
  std::vector<Row> rows{{{"Preset"}, {"(preset = \"NAME\"; [parameters] override it)"}}};
  for (const Preset& p : m.presets) {
    std::string values;
    for (const Preset::Value& v : p.values) {
      const std::string value = with_unit(v.value, unit_of(m, v.parameter));
      values += fmt::format("{}{} = {}", values.empty() ? "" : ", ", v.parameter, value);
    }
    rows.push_back({{text(p.name)}, {values}});
  }
  print_rows(rows);
}

void print_model(const ModelInfo& m) {
  for (const std::string& words : {fmt::format("{}: {}", m.name, m.title), text(m.citation)})
    for (const std::string& line : output::wrap(words, page_width())) fmt::print("{}\n", line);
  fmt::print("\n");
  print_equations(m);
  fmt::print("\nTime unit: {}\nSpikes: {}\n\n", m.time_unit,
             m.spiking ? "as the equations say (measures spike_count, rate, isi_mean, isi_cv)" : "none");
  print_parameters(m);
  fmt::print("\n");
  print_states(m);
  fmt::print("\n");
  print_names("Port", "(input.NAME.mean, .noise, .sine, .pulse)", m.ports);
  fmt::print("\n");
  print_names("Signal", "(observe.signal; the first is the default)", m.signals);
  if (m.presets.empty()) return;
  fmt::print("\n");
  print_presets(m);
}

// A line for each, however long: lists are searched and counted.
void print_list() {
  std::vector<Row> rows;
  for (const ModelInfo& m : models()) rows.push_back({{text(m.name), m.spiking ? "spikes" : "-", text(m.title)}});
  rows.push_back({{text(network_name), "spikes", text(network_model().title)}});
  print_rows(rows);
}

// ---- networks -------------------------------------------------------------------------------------------------------

Json network_json() {
  Json j{{"name", text(network_name)}, {"title", text(network_model().title)}};
  j["receptors"] = j["signals"] = j["measures"] = j["keys"] = Json::array();
  for (const KnownReceptor& r : known_receptors) j["receptors"].push_back({{"name", text(r.name)}, {"decay", r.decay}, {"E_rev", r.reversal}});
  for (const NetworkSignalRow& s : network_signals) j["signals"].push_back({{"name", text(s.name)}, {"description", text(s.description)}});
  for (const MeasureRow& m : measure_table()) j["measures"].push_back({{"name", text(m.name)}, {"description", text(m.description)}});
  for (const spec::Key& k : spec::network_keys())
    j["keys"].push_back({{"name", text(k.name)}, {"default", text(k.fallback)}, {"required", k.required}, {"description", text(k.help)}});
  return j;
}

void print_network() {
  fmt::print("{}: {}\n\n", network_name, network_model().title);
  std::vector<Row> keys{{{"Key"}, {"(neurosweep init network shows them at work)"}}};
  for (const spec::Key& k : spec::network_keys()) {
    std::string note = text(k.help);
    if (!k.fallback.empty()) note += fmt::format("{}default: {}", note.empty() ? "" : "; ", k.fallback);
    keys.push_back({{text(k.name)}, {note}});
  }
  print_rows(keys);
  std::vector<Row> receptors{{{"Receptor", "decay", "E_rev"}, {"([receptor.NAME] changes one or makes one)"}}};
  for (const KnownReceptor& r : known_receptors) receptors.push_back({{text(r.name), with_unit(r.decay, "ms"), with_unit(r.reversal, "mV")}, {}});
  fmt::print("\n");
  print_rows(receptors);
  std::vector<Row> signals{{{"Signal"}, {"(POPULATION.NAME; observe.signal is the first population's rate unless given)"}}};
  for (const NetworkSignalRow& s : network_signals) signals.push_back({{text(s.name)}, {text(s.description)}});
  fmt::print("\n");
  print_rows(signals);
  std::vector<Row> measures{{{"Measure"}, {"(of cells: for every population, or POPULATION.NAME; of a signal: of observe.signal, or "
                                           "POPULATION.SIGNAL.NAME)"}}};
  for (const MeasureRow& m : measure_table()) measures.push_back({{text(m.name)}, {(is_of_spikes(m.measure) ? "of cells: " : "of a signal: ") + text(m.description)}});
  fmt::print("\n");
  print_rows(measures);
}

int run(const std::string& name, bool json) {
  if (name == network_name) {
    if (json) fmt::print("{}\n", network_json().dump(2));
    else print_network();
  } else if (!name.empty()) {
    const ModelInfo& m = model_named(name);
    if (json) fmt::print("{}\n", to_json(m).dump(2));
    else print_model(m);
  } else if (json) {
    Json all = Json::array();
    for (const ModelInfo& m : models()) all.push_back(to_json(m));
    all.push_back(network_json());
    fmt::print("{}\n", all.dump(2));
  } else {
    print_list();
  }
  return exit_done;
}

}  // namespace

const ModelInfo& model_named(const std::string& name) {
  for (const ModelInfo& m : models())
    if (m.name == name) return m;
  auto known = names_of(models());
  known.emplace_back(network_name);
  throw SpecError(fmt::format("neurosweep: unknown model {}{} (models: {})", spec::quote(name), did_you_mean(name, known),
                              listed(known)));
}

void add_models(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("models", "list the models, or one model's equations, parameters and signals");
  auto name = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  command->add_option("NAME", *name, "a model's name; without it all are listed");
  command->add_flag("--json", *json, "as JSON");
  command->footer("Examples:\n"
                  "  neurosweep models\n"
                  "  neurosweep models jansen-rit\n"
                  "  neurosweep models network\n"
                  "  neurosweep models jansen-rit --json | jq .parameters");
  command->callback([=, &action] { action = [=] { return run(*name, *json); }; });
}

}  // namespace neurosweep
