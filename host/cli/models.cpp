// `neurosweep models`: the tables of the model headers, for people and as JSON.
#include "models/models.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {
namespace {

using Json = nlohmann::ordered_json;

std::string text(std::string_view s) { return std::string(s); }
Json number(double x) { return std::isfinite(x) ? Json(x) : Json(nullptr); }     // JSON knows no infinity: no bound

Json to_json(const ModelInfo& m) {
  Json j{{"name", text(m.name)}, {"title", text(m.title)}, {"citation", text(m.citation)}, {"equations", text(m.equations)},
         {"time_unit", text(m.time_unit)}};
  j["parameters"] = j["states"] = j["ports"] = j["signals"] = j["presets"] = Json::array();
  for (const Parameter& p : m.parameters)
    j["parameters"].push_back({{"name", text(p.name)}, {"unit", text(p.unit)}, {"default", p.value}, {"low", number(p.low)},
                               {"high", number(p.high)}, {"description", text(p.description)}, {"source", text(p.source)}});
  for (const State& s : m.states)
    j["states"].push_back({{"name", text(s.name)}, {"unit", text(s.unit)}, {"start", number(s.start)}, {"low", number(s.low)},
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

void print_model(const ModelInfo& m) {
  fmt::print("{}: {}\n{}\n\n{}\n\nTime unit: {}\n", m.name, m.title, m.citation, m.equations, m.time_unit);
  fmt::print("\n{:<9} {:<6} {:>9}  range in the\n{:<26}  literature\n", "Parameter", "unit", "default", "");
  for (const Parameter& p : m.parameters) {
    fmt::print("{:<9} {:<6} {:>9}  {:<16} {}\n", p.name, p.unit, p.value, fmt::format("{} to {}", p.low, p.high), p.description);
    fmt::print("{:<44} {}\n", "", p.source);
  }
  fmt::print("\n{:<9} {:<6} {:>9}\n", "State", "unit", "start");
  for (const State& s : m.states) fmt::print("{:<9} {:<6} {:>9}  {}\n", s.name, s.unit, s.start, s.description);
  fmt::print("\n{:<9} {:<6}   (input.NAME.mean, .noise, .sine, .pulse)\n", "Port", "unit");
  for (const Port& p : m.ports) fmt::print("{:<9} {:<6}   {}\n", p.name, p.unit, p.description);
  fmt::print("\n{:<9} {:<6}   (observe.signal; the first is the default)\n", "Signal", "unit");
  for (const Signal& s : m.signals) fmt::print("{:<9} {:<6}   {}\n", s.name, s.unit, s.description);
  if (!m.presets.empty()) fmt::print("\nPresets\n");
  for (const Preset& p : m.presets) {
    fmt::print("  {:<24}", p.name);
    for (const auto& v : p.values) fmt::print(" {} = {}", v.parameter, v.value);
    fmt::print("\n");
  }
}

const ModelInfo& model_named(const std::string& name) {
  for (const ModelInfo& m : models())
    if (m.name == name) return m;
  const auto known = names_of(models());
  throw SpecError(
      fmt::format("neurosweep: unknown model \"{}\"{} (models: {})", name, did_you_mean(name, known), listed(known)));
}

int run(const std::string& name, bool json) {
  if (!name.empty()) {
    const ModelInfo& m = model_named(name);
    if (json) fmt::print("{}\n", to_json(m).dump(2));
    else print_model(m);
  } else if (json) {
    Json all = Json::array();
    for (const ModelInfo& m : models()) all.push_back(to_json(m));
    fmt::print("{}\n", all.dump(2));
  } else {
    for (const ModelInfo& m : models()) fmt::print("{:<20} {}\n", m.name, m.title);
  }
  return exit_done;
}

}  // namespace

void add_models(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("models", "list the models, or one model's parameters, states, ports and signals");
  auto name = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  command->add_option("NAME", *name, "a model's name");
  command->add_flag("--json", *json, "as JSON");
  command->callback([=, &action] { action = [=] { return run(*name, *json); }; });
}

}  // namespace neurosweep
