// What a model states about itself, as tables. `neurosweep models`, the checks of a sweep file, CSV headers and the docs
// are all generated from these rows: what is not a row cannot be swept.
//
// Beside its tables a model gives prepare(), drift() and signal(), and where they apply start(), spiked(), jump(),
// `refractory` and `held` (docs/adding-a-model.md; jansen_rit.hpp and lif.hpp are good to read).
#pragma once
#include <limits>
#include <span>
#include <string_view>

#include "numerics/pack.hpp"

namespace neurosweep {

inline constexpr double unbounded = std::numeric_limits<double>::infinity();
inline constexpr double by_rule = std::numeric_limits<double>::quiet_NaN();   // a start that depends on parameters

enum class Method { euler, exp_euler, heun, rk4 };   // of integration; a model's main_method has the fastest time loops (has_own_loops)

struct Parameter {
  std::string_view name, unit;       // unit "" = dimensionless; the unit of `value`, `low` and `high`
  double value;                      // default
  double low, high;                  // the literature's range: for help texts and warnings, never a limit
  std::string_view description, source;
};

struct State {
  std::string_view name, unit;
  double start;                      // where the model starts unless [initial] says otherwise; by_rule: see `rule`
  double low, high;                  // domain: a set whose state leaves it gets status 2; infinite = no bound
  std::string_view description;
  std::string_view rule = "";        // what the model's start() computes, for people: "E_L"
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
  bool spiking = false;
  int refractory = -1;               // the parameter that is the refractory time, in time_unit; -1: there is none

  // dt [model time unit] = dt [s] * this
  constexpr double time_units_per_second() const { return time_unit == "ms" ? 1000.0 : 1.0; }
};

// spiked(before, after, coef): which sets spiked in the step from `before` to `after`. jump(x, spiked, coef), if there is
// one, then changes the state of those that did.
template <class Model>
concept Spiking = requires(const Pack<double, Model::n_state>& x, const typename Model::template Coef<double>& c) {
  Model::spiked(x, x, c);
};

// `refractory`: the parameter that is the refractory time, in the model's time unit. In the round(t_ref / dt) steps after a
// spike's no spike counts, and the state `held`, if the model names one, stays where it is.
template <class Model>
concept Refractory = Spiking<Model> && requires { Model::refractory; };
template <class Model>
concept Held = Refractory<Model> && requires { Model::held; };

// A model may bring its own folded exponential or forward Euler; tests hold them to the generic ones (numerics/steppers.hpp).
template <class Model, class T>
concept HasOwnExpEuler = requires { typename Model::template ExpEuler<T>; };
template <class Model, class T>
concept HasOwnEuler = requires { typename Model::template Euler<T>; };

// Whether a method has time loops for inputs that are constant, or white noise on the main port: the model's main method,
// and those that it brings itself. The others take every sweep through the loop for any input.
template <class Model>
constexpr bool has_own_loops(Method method) {
  return method == Model::main_method || (method == Method::euler && HasOwnEuler<Model, double>) ||
         (method == Method::exp_euler && HasOwnExpEuler<Model, double>);
}

template <class Model>
constexpr ModelInfo info_of() {
  ModelInfo info{Model::name,       Model::title,  Model::citation, Model::equations, Model::time_unit,
                 Model::parameters, Model::states, Model::ports,    Model::signals,   {}, Spiking<Model>};
  if constexpr (requires { Model::presets; }) info.presets = Model::presets;
  if constexpr (Refractory<Model>) info.refractory = Model::refractory;
  return info;
}

}  // namespace neurosweep
