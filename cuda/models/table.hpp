// What a model states about itself, as tables. `neurosweep models`, the checks of a sweep file, CSV headers and the docs
// are all generated from these rows: what is not a row cannot be swept.
#pragma once
#include <span>
#include <string_view>

namespace neurosweep {

struct Parameter {
  std::string_view name, unit;       // unit "" = dimensionless; the unit of `value`, `low` and `high`
  double value;                      // default
  double low, high;                  // the literature's range: for help texts and warnings, never a limit
  std::string_view description, source;
};

struct State {
  std::string_view name, unit;
  double start;                      // where the model starts unless [initial] says otherwise
  double low, high;                  // domain: a set whose state leaves it gets status 2; infinite = no bound
  std::string_view description;
};

struct Port {                        // an input of the model
  std::string_view name, unit, description;
};

struct Signal {                      // what can be observed; the first is the default
  std::string_view name, unit, description;
};

struct Preset {                      // named parameter values
  struct Value {
    std::string_view parameter;
    double value;                    // in the parameter's unit
  };
  std::string_view name;
  std::span<const Value> values;
};

// One model's tables without its type: what host code reads.
struct ModelInfo {
  std::string_view name, title, citation, equations;
  std::string_view time_unit;        // "s" or "ms": the unit in which the model receives dt
  std::span<const Parameter> parameters;
  std::span<const State> states;
  std::span<const Port> ports;
  std::span<const Signal> signals;
  std::span<const Preset> presets;

  // dt [model time unit] = dt [s] * this
  constexpr double time_units_per_second() const { return time_unit == "ms" ? 1000.0 : 1.0; }
};

template <class Model>
constexpr ModelInfo info_of() {
  ModelInfo info{Model::name,       Model::title,  Model::citation, Model::equations, Model::time_unit,
                 Model::parameters, Model::states, Model::ports,    Model::signals,   {}};
  if constexpr (requires { Model::presets; }) info.presets = Model::presets;
  return info;
}

}  // namespace neurosweep
