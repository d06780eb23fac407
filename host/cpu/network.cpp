#include "network.hpp"

#include <bit>
#include <cstring>
#include <stdexcept>

#include "network/cell.hpp"

namespace neurosweep {

AlignedBytes aligned_bytes(std::size_t n) { return AlignedBytes(static_cast<std::byte*>(::operator new[](n + 64, std::align_val_t(64)))); }

namespace {

bool has_potential(int model) {
  bool has = true;
  if (model >= 0) with_model(model, [&]<class M>(std::type_identity<M>) { has = potential_of<M>() >= 0; });
  return has;
}

// A jump needs a state that is the membrane potential.
void check_jumps(const Network& n) {
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

}  // namespace

PreparedNetwork::PreparedNetwork(const Problem& p, const CpuPlan& cpu, const NetworkKernels& kernels_)
    : problem(p), kernels(kernels_), slots(*p.network, kernels_.width[int(p.precision)]), wirings(p, slots, kernels_.draw[int(p.precision)]) {
  check_jumps(*p.network);
  for (const Population& population : p.network->populations)
    populations_.push_back({population.model, population.quantities, population.size > 0 ? slots.slot[std::size_t(population.first)] : 0,
                            population.size, population.mean.empty() ? nullptr : population.mean.data(), population.spikes.data(),
                            std::int64_t(population.spikes.size()), {}});
  measure();
  plan.cpu = &cpu, plan.slots = slots.view();
  plan.populations = populations_.data(), plan.n_population = int(populations_.size());
  plan.lanes = lanes_.data(), plan.n_lane = int(lanes_.size());
  plan.columns = columns_.data(), plan.n_column = int(columns_.size());
  plan.max_channel = 2 * int(p.network->receptors.size()) + 1;
  plan.ring = int(std::bit_ceil(unsigned(longest_delay(p, cpu.setup) + 1)));
}

// Which signals are needed, each in a lane of its own.
void PreparedNetwork::measure() {
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

NetworkRunner::NetworkRunner(const PreparedNetwork& network)
    : network_(network), columns_(swept_columns(network.problem)), wirings_(network.wirings),
      arrivals_(network.slots.runs.size()), arrival_views_(network.slots.runs.size()),
      workspace_(aligned_bytes(network.kernels.workspace_bytes(network.plan))) {
  set_.workspace = workspace_.get();
}

void NetworkRunner::prepare(std::uint64_t set) {
  quantities_of(network_.problem, columns_, set, quantity_);
  wirings_.update(quantity_, set);
  numbers_.prepare(network_.problem, network_.plan.cpu->setup, wirings_, quantity_);
  prepare_arrivals();
  set_.quantity = quantity_.data(), set_.set = set;
  set_.channels = numbers_.channels.data(), set_.n_channel = int(numbers_.channels.size());
  set_.blocks = numbers_.blocks.data(), set_.n_block = int(numbers_.blocks.size());
  set_.gaps = numbers_.gaps.data(), set_.n_gap = int(numbers_.gaps.size());
  set_.inhibits = numbers_.inhibits.data(), set_.arrivals = arrival_views_.data();
}

std::uint8_t NetworkRunner::run(std::uint32_t replicate, double* out, bool (*go_on)(void*), void* context, const NetworkTrace* trace) {
  set_.replicate = replicate, set_.out = out, set_.go_on = go_on, set_.context = context, set_.trace = trace;
  return network_.kernels.run(network_.plan, set_);
}

void NetworkRunner::prepare_arrivals() {
  const Network& n = *network_.problem.network;
  std::vector<Arrivals> of_population;
  for (const Population& p : n.populations) {
    const auto of = [&](int q) { return quantity_[std::size_t(q)]; };
    of_population.push_back(p.poisson.rate < 0 ? Arrivals()
                                               : arrivals_of(of(p.poisson.sources), of(p.poisson.rate) * network_.plan.cpu->setup.dt_seconds));
  }
  for (std::size_t run = 0; run < arrivals_.size(); ++run) {
    if (network_.problem.precision == Precision::single_) fill_limits<std::uint32_t>(run, of_population);
    else fill_limits<std::uint64_t>(run, of_population);
  }
}

template <class Word>
void NetworkRunner::fill_limits(std::size_t run, const std::vector<Arrivals>& of_population) {
  const std::size_t width = std::size_t(network_.slots.width), at = std::size_t(network_.slots.runs[run].first) * width;
  RunArrivals& a = arrivals_[run];
  a.first.assign(width, 0), a.weight.assign(width, 0);
  std::size_t most = 0;
  bool any = false;
  for (std::size_t lane = 0; lane < width; ++lane) {
    const std::size_t population = std::size_t(network_.slots.population[at + lane]);
    const Arrivals& of = of_population[population];
    most = std::max(most, of.limits.size()), any = any || of.first > 0 || !of.limits.empty();
    a.first[lane] = of.first;
    const int weight = network_.problem.network->populations[population].poisson.weight;
    if (weight >= 0) a.weight[lane] = quantity_[std::size_t(weight)];
  }
  std::vector<Word> limits(std::max<std::size_t>(most, 1) * width, Word(~std::uint32_t(0)));      // that no word exceeds
  for (std::size_t lane = 0; lane < width; ++lane) {
    const std::vector<std::uint32_t>& of = of_population[std::size_t(network_.slots.population[at + lane])].limits;
    for (std::size_t i = 0; i < of.size(); ++i) limits[i * width + lane] = of[i];
  }
  a.limits.resize((limits.size() * sizeof(Word) + 7) / 8);
  std::memcpy(a.limits.data(), limits.data(), limits.size() * sizeof(Word));
  arrival_views_[run] = {a.first.data(), any ? static_cast<const void*>(a.limits.data()) : nullptr, int(most), a.weight.data()};
}

}  // namespace neurosweep
