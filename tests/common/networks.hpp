// Networks in numbers, built by hand: what a sweep file would say.
#pragma once
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "common/problems.hpp"
#include "network/network.hpp"

namespace neurosweep::test {

inline int model_named(std::string_view name) {
  for (int m = 0; m < n_model; ++m)
    if (models()[std::size_t(m)].name == name) return m;
  throw std::invalid_argument(std::string(name));
}

// A problem whose network is filled in step by step. Every number is a quantity of its own, so that an axis may change it.
struct Net {
  Problem p;
  std::shared_ptr<Network> n = std::make_shared<Network>();

  Net(double dt, std::int64_t steps, Method method = Method::euler, Precision precision = Precision::double_) {
    p.model = -1, p.network = n, p.method = method, p.precision = precision, p.dt = dt, p.steps = steps, p.seed = 7;
  }

  int quantity(double value) {
    p.base.push_back(value);
    return int(p.base.size()) - 1;
  }

  // With the model's defaults and no input.
  int population(std::string name, std::string_view model, int size) {
    Population population;
    population.name = std::move(name), population.first = n->cells(), population.size = size;
    if (!model.empty()) {
      population.model = model_named(model), population.quantities = int(p.base.size());
      const ModelInfo& m = info(population);
      const Layout layout(m);
      for (const Parameter& parameter : m.parameters) quantity(parameter.value);
      for (const State& state : m.states) quantity(state.start);
      for (int i = 0; i < layout.n_port * n_drive; ++i)
        quantity(i % n_drive == drive_pulse_period ? std::numeric_limits<double>::infinity() : 0);
    }
    n->populations.push_back(std::move(population));
    return int(n->populations.size()) - 1;
  }
  static const ModelInfo& info(const Population& population) { return models()[std::size_t(population.model)]; }

  // Numbers of quantities.
  int parameter(int population, std::string_view name) const {
    const Population& of = n->populations[std::size_t(population)];
    for (std::size_t i = 0; i < info(of).parameters.size(); ++i)
      if (info(of).parameters[i].name == name) return of.quantities + int(i);
    throw std::invalid_argument(std::string(name));
  }
  int initial(int population, int state) const {
    const Population& of = n->populations[std::size_t(population)];
    return of.quantities + Layout(info(of)).initial(state);
  }
  int drive(int population, Drive d) const {
    const Population& of = n->populations[std::size_t(population)];
    return of.quantities + Layout(info(of)).drive(0, d);
  }
  void set(int q, double value) { p.base[std::size_t(q)] = value; }

  void poisson(int population, double rate, double weight, double sources) {
    n->populations[std::size_t(population)].poisson = {quantity(rate), quantity(weight), quantity(sources)};
  }
  int receptor(Transmission transmission, double decay = 0, double reversal = 0) {
    n->receptors.push_back({"", transmission, quantity(decay), quantity(reversal)});
    return int(n->receptors.size()) - 1;
  }
  Projection& projection(std::vector<int> from, std::vector<int> to, int receptor, double weight, double delay_ms = 0, double probability = 1) {
    Projection j;
    j.from = std::move(from), j.to = std::move(to), j.receptor = receptor;
    j.weight = quantity(weight), j.delay = quantity(delay_ms), j.probability = quantity(probability);
    n->projections.push_back(std::move(j));
    return n->projections.back();
  }
  Projection& listed(std::vector<int> from, std::vector<int> to, std::vector<Edge> edges) {
    Projection j;
    j.from = std::move(from), j.to = std::move(to), j.edges = std::move(edges), j.listed = true;
    n->projections.push_back(std::move(j));
    return n->projections.back();
  }
  void gap(int a, int b, double conductance, double probability = 1) {
    n->gap_junctions.push_back({"", {a, b}, quantity(conductance), quantity(probability)});
  }
  void measure(Measure m, int population, NetworkSignal signal = signal_rate) {
    p.measures.push_back(m), n->measured.push_back(population * n_network_signal + signal);
  }
};

// Sparse excitation and inhibition by conductances, LIF cells with Poisson input: the reference's `balanced` network, a fifth of whose
// cells inhibit; without its synapses.
inline Net balanced_cells(int size, Precision precision, std::int64_t steps = 25000) {
  Net net(0.1e-3, steps, Method::euler, precision);
  for (const char* name : {"E", "I"}) {
    const int population = net.population(name, "lif", name[0] == 'E' ? size * 4 / 5 : size / 5);
    for (const auto& [parameter, value] : {std::pair{"g_L", 10.0}, {"tau", 10.0}, {"E_L", -75.0}, {"V_th", -55.0}, {"V_reset", -75.0}, {"t_ref", 2.0}})
      net.set(net.parameter(population, parameter), value);
    net.poisson(population, 40, 0.5, 100);
  }
  net.receptor(Transmission::conductance, 2, 0), net.receptor(Transmission::conductance, 5, -80);
  net.p.transient = steps / 5;
  return net;
}
// The same with synapses: each cell receives as much as 20 of the reference's 200 give on average.
inline Net balanced(int size, Precision precision, std::int64_t steps = 25000) {
  Net net = balanced_cells(size, precision, steps);
  const double probability = 20.0 / size;
  net.projection({0}, {0, 1}, 0, 0.6, 0, probability), net.projection({1}, {0, 1}, 1, 4, 0, probability);
  return net;
}

// jaxfne's E-I-G network of n Izhikevich cells with its noise.
inline Net eig_network(int n, Precision precision, std::int64_t steps) {
  Net net(0.5e-3, steps, Method::euler, precision);
  const struct {
    const char* name;
    double share, a, b, c, d, drive;
  } kinds[] = {{"E", 0.8, 0.02, 0.2, -65, 8, 5}, {"PV", 0.1, 0.1, 0.2, -65, 2, 3}, {"SST", 0.07, 0.05, 0.25, -65, 2, 3.5}, {"VIP", 0.03, 0.02, -0.1, -55, 6, 3}};
  const int instant = net.receptor(Transmission::instant);
  std::vector<int> all;
  for (const auto& kind : kinds) {
    const int rest = n - net.n->cells();
    const int population = net.population(kind.name, "izhikevich", all.size() == 3 ? rest : int(std::lrint(kind.share * n)));
    for (const auto& [name, value] : {std::pair{"a", kind.a}, {"b", kind.b}, {"c", kind.c}, {"d", kind.d}}) net.set(net.parameter(population, name), value);
    net.set(net.drive(population, drive_mean), kind.drive), net.set(net.drive(population, drive_noise), 0.5 * std::sqrt(0.5e-3));
    all.push_back(population);
  }
  for (const int from : all) net.projection({from}, all, instant, from == 0 ? 0.5 : -0.5).scale = 1 / std::sqrt(double(n));
  return net;
}

// Signals of one realisation.
struct Steps {
  NetworkSteps steps;
  std::size_t populations;
  Steps(const Net& net, const std::string& isa = "", std::uint64_t set = 0, std::uint32_t replicate = 0)
      : steps(trace_network(net.p, set, replicate, isa)), populations(net.n->populations.size()) {}
  double signal(std::int64_t t, int population, NetworkSignal which) const {
    return steps.signals[(std::size_t(t) * populations + std::size_t(population)) * n_network_signal + which];
  }
  // Cells that spiked in that step.
  std::vector<int> spikes(std::int64_t t) const {
    std::vector<int> cells;
    for (const TimedSpike& s : steps.spikes)
      if (s.step == t) cells.push_back(s.cell);
    std::sort(cells.begin(), cells.end());
    return cells;
  }
};

}  // namespace neurosweep::test
