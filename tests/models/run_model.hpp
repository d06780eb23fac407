// One set of any model, step by step: what the tests of the models compare with other programs.
#pragma once
#include <cmath>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/csv_table.hpp"
#include "numerics/spiking.hpp"
#include "problem.hpp"

namespace neurosweep::test {

// The model's numbers by name: parameters, and for each port PORT its constant input "in_PORT", for each state STATE its
// start "STATE_0". What is not named is the model's own.
using Values = std::map<std::string, double, std::less<>>;

template <class Model>
std::vector<double> quantities_of(const Values& values) {
  constexpr Layout layout = layout_of<Model>();
  std::vector<double> q(std::size_t(layout.size()), 0);
  Values left = values;
  auto take = [&](std::size_t at, const std::string& name, double own) {
    const auto found = left.find(name);
    q[at] = found == left.end() ? own : found->second;
    if (found != left.end()) left.erase(found);
  };
  for (int i = 0; i < layout.n_par; ++i)
    take(std::size_t(layout.parameter(i)), std::string(Model::parameters[i].name), Model::parameters[i].value);
  for (int i = 0; i < layout.n_state; ++i)
    take(std::size_t(layout.initial(i)), std::string(Model::states[i].name) + "_0", Model::states[i].start);
  for (int i = 0; i < layout.n_port; ++i)
    take(std::size_t(layout.drive(i, drive_mean)), "in_" + std::string(Model::ports[i].name), 0);
  if (!left.empty()) throw std::invalid_argument(std::string(Model::name) + " has no \"" + left.begin()->first + "\"");
  return q;
}

// A set on its way, in float or double; dt in the model's time unit. x: as the stepper keeps it.
template <class Model, Method method, class T>
struct Walk {
  Dynamics<Model, method, T> dynamics;
  Hold<Model, T> hold{};
  Pack<T, Model::n_state> x;
  double per_dt;

  Walk(const Values& values, double dt) : per_dt(1 / dt) {
    constexpr Layout layout = layout_of<Model>();
    const std::vector<double> q = quantities_of<Model>(values);
    Pack<T, Model::n_par> p;
    Pack<T, Model::n_port> mean;
    for (int i = 0; i < Model::n_par; ++i) p[i] = T(q[std::size_t(layout.parameter(i))]);
    for (int i = 0; i < Model::n_port; ++i) mean[i] = T(q[std::size_t(layout.drive(i, drive_mean))]);
    for (int i = 0; i < Model::n_state; ++i) x[i] = T(q[std::size_t(layout.initial(i))]);
    if constexpr (requires { Model::start(x, p); }) Model::start(x, p);
    dynamics.prepare([&](int quantity, int) { return q[std::size_t(quantity)]; }, p, mean, {}, dt);
    x = dynamics.enter(x, dt);
  }
  Pack<T, Model::n_state> states() const { return dynamics.leave(x, per_dt); }     // in the model's units
  // One step; whether the set spiked in it.
  bool step() {
    if constexpr (Spiking<Model>) return dynamics.template step<0>(x, hold, {});
    else return dynamics.template step<0>(x, hold, {}), false;
  }
  void steps(std::int64_t n) {
    while (n-- > 0) step();
  }
};

using Steps = std::vector<std::int64_t>;

template <class Model>
struct Trajectory {
  std::vector<Pack<double, Model::n_state>> x;    // after each step
  Steps spikes;                                   // the steps that spiked
};

template <class Model, Method method>
Trajectory<Model> run_model(const Values& values, double dt, std::int64_t steps) {
  Walk<Model, method, double> walk(values, dt);
  Trajectory<Model> t;
  for (std::int64_t i = 0; i < steps; ++i) {
    if (walk.step()) t.spikes.push_back(i);
    t.x.push_back(walk.states());
  }
  return t;
}

// A table with a spike in each row: label(table, row) -> the steps of its spikes.
template <class Label>
std::map<std::string, Steps> listed_spikes(const std::string& file, Label label) {
  const CsvTable t = read_csv(file);
  std::map<std::string, Steps> spikes;
  for (std::size_t row = 0; row < t.rows.size(); ++row) spikes[label(t, row)].push_back(std::llround(t.number(row, "step")));
  return spikes;
}

}  // namespace neurosweep::test
