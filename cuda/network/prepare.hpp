// A network as all sets share it, and what a set has of its own: what every backend prepares on the host.
#pragma once
#include <bit>
#include <stdexcept>
#include <string>

#include "network/cell.hpp"
#include "network/plan.hpp"

namespace neurosweep {

namespace detail {

inline bool has_potential(int model) {
  bool has = true;
  if (model >= 0) with_model(model, [&]<class M>(std::type_identity<M>) { has = potential_of<M>() >= 0; });
  return has;
}

// A jump needs a state that is the membrane potential.
inline void check_jumps(const Network& n) {
  const auto refuse = [](const Population& p) {
    if (!has_potential(p.model))
      throw std::invalid_argument("population \"" + p.name + "\": spikes cannot move the potential of the model " +
                                  std::string(models()[std::size_t(p.model)].name) + ", which is not one of its states");
  };
  for (const Population& p : n.populations)
    if (p.poisson.rate >= 0) refuse(p);
  for (const Projection& projection : n.projections) {
    bool jumps = !projection.listed && n.receptors[std::size_t(projection.receptor)].transmission == Transmission::jump;
    for (const Edge& e : projection.edges) jumps = jumps || n.receptors[std::size_t(e.receptor)].transmission == Transmission::jump;
    if (jumps)
      for (const int to : projection.to) refuse(n.populations[std::size_t(to)]);
  }
}

}  // namespace detail

// Where a network's cells stand, and what is measured of them: all but its wiring.
class NetworkOutline {
 public:
  // Registers of `width` cells, with rows as lanes where `lanes_from` of a register's cells are reached. Throws std::invalid_argument
  // where a model cannot take what the network gives it.
  NetworkOutline(const Problem& p, int width, double lanes_from)
      : problem(p), setup(network_setup(p)), columns(swept_columns(p)), slots(*p.network, width, lanes_from) {
    detail::check_jumps(*p.network);
    for (const Population& population : p.network->populations)
      populations_.push_back({population.model, population.quantities, population.size > 0 ? slots.slot[std::size_t(population.first)] : 0,
                              population.size, population.mean.empty() ? nullptr : population.mean.data(), population.spikes.data(),
                              std::int64_t(population.spikes.size()), {}});
    measure();
    plan.slots = slots.view();
    plan.populations = populations_.data(), plan.n_population = int(populations_.size());
    plan.lanes = lanes_.data(), plan.n_lane = int(lanes_.size());
    plan.columns = columns_.data(), plan.n_column = int(columns_.size());
    plan.max_channel = 2 * int(p.network->receptors.size()) + 1;
    plan.ring = int(std::bit_ceil(unsigned(longest_delay(p, setup) + 1)));
  }
  NetworkOutline(const NetworkOutline&) = delete;

  const Problem& problem;
  const Setup setup;
  const std::vector<SweptColumn> columns;
  const Slots slots;
  NetworkPlan plan{};

 private:
  // Which signals are needed, each in a lane of its own.
  void measure() {
    const auto lane_of = [&](int signal) {
      NetworkSignals& wanted = populations_[std::size_t(signal / n_network_signal)].wanted;
      switch (signal % n_network_signal) {
        case signal_rate: wanted.rate = true; break;
        case signal_v: wanted.v = true; break;
        default: wanted.currents = true;
      }
      const auto found = std::find(lanes_.begin(), lanes_.end(), signal);
      if (found != lanes_.end()) return int(found - lanes_.begin());
      lanes_.push_back(signal);
      return int(lanes_.size()) - 1;
    };
    for (std::size_t c = 0; c < problem.measures.size(); ++c) {
      const Measure m = problem.measures[c];
      const int signal = problem.network->measured[c], population = signal / n_network_signal;
      int lane = -1;
      if (m == Measure::synchrony) {
        lane = lane_of(population * n_network_signal + signal_v);
        populations_[std::size_t(population)].wanted.spread = true;
      } else if (!is_of_spikes(m)) {
        lane = lane_of(signal);
      }
      columns_.push_back({m, population, lane});
    }
  }

  std::vector<NetworkPopulation> populations_;
  std::vector<int> lanes_;
  std::vector<NetworkColumn> columns_;
};

// A network as all sets share it.
struct PreparedNetwork : NetworkOutline {
  PreparedNetwork(const Problem& p, int width, double lanes_from, DrawEdges draw = draw_edges)
      : NetworkOutline(p, width, lanes_from), wirings(p, slots, draw) {}
  const Wirings wirings;                     // those that are the same for all sets
};

// The numbers of one set.
class PreparedSet {
 public:
  explicit PreparedSet(const PreparedNetwork& network) : wirings(network.wirings), network_(&network) {}

  void prepare(std::uint64_t number) {
    const Problem& p = network_->problem;
    set = number;
    quantities_of(p, network_->columns, set, quantity);
    wirings.update(quantity, set);
    numbers.prepare(p, network_->setup, wirings, quantity);
    arrivals.clear();
    for (const Population& population : p.network->populations) {
      const PoissonInput& in = population.poisson;
      const auto of = [&](int q) { return quantity[std::size_t(q)]; };
      arrivals.push_back(in.rate < 0 ? Arrivals() : arrivals_of(of(in.sources), of(in.rate) * network_->setup.dt_seconds));
      arrivals.back().weight = in.weight < 0 ? 0 : of(in.weight);
    }
  }

  std::uint64_t set = 0;
  std::vector<double> quantity;
  Wirings wirings;
  SetNumbers numbers;
  std::vector<Arrivals> arrivals;            // [populations]

 private:
  const PreparedNetwork* network_;
};

}  // namespace neurosweep
