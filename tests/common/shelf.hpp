// Every model of the list with an input that makes it do something: for tests that run over all of them.
#pragma once
#include <cmath>
#include <map>
#include <string_view>

#include "common/problems.hpp"

namespace neurosweep::test {

struct Setting {
  double dt;                        // s
  double low, high;                 // main port's input: of a set that is quiet, or nearly, and of a busy one
};

// A model that is not in the table gets the last row.
inline Setting setting_of(std::string_view model) {
  static const std::map<std::string_view, Setting> settings{
      {"jansen-rit", {0.5e-3, 50, 200}},     {"larter-breakspear", {0.1e-3, 0, 0.1}}, {"izhikevich", {0.1e-3, 0, 12}},
      {"hodgkin-huxley", {0.02e-3, 0, 15}},  {"lif", {0.1e-3, 150, 400}},             {"perfect-if", {0.1e-3, 0, 300}},
      {"adaptive-lif", {0.1e-3, 150, 700}},  {"adex", {0.1e-3, 400, 1000}},           {"quadratic-if", {0.1e-3, 50, 300}},
      {"srm", {0.1e-3, 150, 500}},
  };
  const auto found = settings.find(model);
  return found == settings.end() ? Setting{0.1e-3, 0, 1} : found->second;
}

// `sets` values of the main port's mean between the setting's, `steps` steps of which a tenth is not observed; in double,
// by the model's main method; all measures that the model has without a spectrum.
template <class Model>
Problem shelf_problem(int sets, std::int64_t steps) {
  const ModelInfo info = info_of<Model>();
  const Layout layout(info);
  const Setting setting = setting_of(Model::name);
  Problem p;
  with_each_model([&]<class M>(std::type_identity<M>, int index) {
    if (std::is_same_v<M, Model>) p.model = index;
  });
  p.method = Model::main_method, p.precision = Precision::double_;
  p.base.assign(std::size_t(layout.size()), 0);
  for (int i = 0; i < layout.n_par; ++i) quantity(p, i) = info.parameters[std::size_t(i)].value;
  for (int i = 0; i < layout.n_state; ++i) quantity(p, layout.initial(i)) = info.states[std::size_t(i)].start;
  for (int port = 0; port < layout.n_port; ++port)
    quantity(p, layout.drive(port, drive_pulse_period)) = std::numeric_limits<double>::infinity();
  p.dt = setting.dt, p.steps = steps, p.transient = steps / 10, p.seed = 7;
  add_axis(p, layout.drive(Model::main_port, drive_mean), setting.low, setting.high, sets);
  p.measures = {Measure::amplitude, Measure::minimum, Measure::maximum, Measure::mean, Measure::std};
  if (info.spiking)
    p.measures.insert(p.measures.end(), {Measure::spike_count, Measure::rate, Measure::isi_mean, Measure::isi_cv});
  return p;
}

}  // namespace neurosweep::test
