// The cells of one model in a network, for one instruction set: a register of cells at a time. Compiled for every model that spikes,
// as model_kernels.hpp is.
#pragma once
#include <new>

#include "network_lanes.hpp"
#include "simulate.hpp"

namespace neurosweep::NS_ISA {
namespace {

template <class Model, class E>
NS_HD CellState<Model, Lanes<E>> load_cells(const CellGroup<E>& g, int r) {
  using T = Lanes<E>;
  CellState<Model, T> cells;
  NS_UNROLL for (int i = 0; i < Model::n_state; ++i) cells.x[i] = T::load(g.x[i] + r * T::width);
  if constexpr (Refractory<Model>) cells.hold.steps = T::load(g.hold + r * T::width);
  return cells;
}
template <class Model, class E>
NS_HD void store_cells(const CellState<Model, Lanes<E>>& cells, const CellGroup<E>& g, int r) {
  constexpr int width = Lanes<E>::width;
  NS_UNROLL for (int i = 0; i < Model::n_state; ++i) cells.x[i].store(g.x[i] + r * width);
  if constexpr (Refractory<Model>) cells.hold.steps.store(g.hold + r * width);
  if constexpr (potential_of<Model>() < 0) Model::signal(cells.x, 0).store(g.v + r * width);
}

template <class Model, Method method, class E>
void prepare_cells(const NetworkPlan& plan, const NetworkSet& set, const CellGroup<E>& g, int run) {
  using T = Lanes<E>;
  constexpr Layout layout = layout_of<Model>();
  const RegisterRun& where = plan.slots.runs[run];
  const int* population = plan.slots.population + std::ptrdiff_t(where.first) * T::width;
  const auto source = [&](int quantity, int lane) { return set.quantity[plan.populations[population[lane]].quantities + quantity]; };
  Pack<T, Model::n_par> p;
  Pack<T, Model::n_port> none, one;
  NS_UNROLL for (int i = 0; i < Model::n_par; ++i) p[i] = real_of<T>([&](int lane) { return source(layout.parameter(i), lane); });
  NS_UNROLL for (int i = 0; i < Model::n_port; ++i) none[i] = T(E(0)), one[i] = T(E(1));
  Dynamics<Model, method, T> dynamics;
  dynamics.prepare(source, p, none, one, plan.cpu->setup.dt);
  new (g.dynamics + std::size_t(run - g.first_run) * sizeof dynamics) Dynamics<Model, method, T>(dynamics);
  CellState<Model, T> cells;
  NS_UNROLL for (int i = 0; i < Model::n_state; ++i) cells.x[i] = real_of<T>([&](int lane) { return source(layout.initial(i), lane); });
  if constexpr (requires { Model::start(cells.x, p); }) Model::start(cells.x, p);
  cells.x = dynamics.enter(cells.x, plan.cpu->setup.dt);
  if constexpr (Refractory<Model>) cells.hold.steps = T(E(0));
  for (int r = where.first - g.first; r < where.end - g.first; ++r) store_cells<Model, E>(cells, g, r);
}

// What the synapses bring; n channels, or as many as there are. A few are kept in registers.
template <class E, int n>
struct Synapses {
  using T = Lanes<E>;
  ChannelLanes<T> channels[n];
  E* s[n];
  explicit NS_HD Synapses(const CellGroup<E>& g) {
    NS_UNROLL for (int c = 0; c < n; ++c) channels[c] = g.channels[c], s[c] = g.s[c];
  }
  NS_HD void act(int r, T v, T& current) const {
    NS_UNROLL for (int c = 0; c < n; ++c) {
      T x = T::load(s[c] + r * T::width);
      channels[c].act(x, v, current);
      x.store(s[c] + r * T::width);
    }
  }
};
template <class E>
struct Synapses<E, 0> {
  explicit NS_HD Synapses(const CellGroup<E>&) {}
  NS_HD void act(int, Lanes<E>, Lanes<E>&) const {}
};
template <class E>
struct Synapses<E, -1> {
  using T = Lanes<E>;
  const CellGroup<E>& g;
  explicit NS_HD Synapses(const CellGroup<E>& g_) : g(g_) {}
  NS_HD void act(int r, T v, T& current) const {
    for (int c = 0; c < g.n_channel; ++c) {
      T x = T::load(g.s[c] + r * T::width);
      g.channels[c].act(x, v, current);
      x.store(g.s[c] + r * T::width);
    }
  }
};

template <class Model, Method method, class E, int n>
NS_HD bool advance_with(const SlotsView& slots, const CellGroup<E>& group, int q, LaneBits* spikes) {
  const CellGroup<E> g = group;              // a copy that nothing else can see: its pointers may live in registers
  using T = Lanes<E>;
  constexpr int width = T::width;
  const Mask<E> everywhere = T(E(0)) == T(E(0));
  const int place = g.varies ? q * g.registers * width : 0;
  const E* const arrivals = g.arrivals ? g.arrivals + q * g.registers * width : nullptr;
  const LaneBits* const valid = slots.valid + g.first;
  const Synapses<E, n> synapses(g);
  std::uint32_t any = 0;
  for (int run = g.first_run; run < g.end_run; ++run) {
    using D = Dynamics<Model, method, T>;
    const D dynamics = *reinterpret_cast<const D*>(g.dynamics + std::size_t(run - g.first_run) * sizeof(D));
    const int end = slots.runs[run].end - g.first;
    for (int r = slots.runs[run].first - g.first; r < end; ++r) {
      CellState<Model, T> cells = load_cells<Model, E>(g, r);
      Pack<T, Model::n_port> u;
      NS_UNROLL for (int i = 0; i < Model::n_port; ++i) u[i] = T::load(g.input[i] + place + r * width);
      synapses.act(r, Model::signal(cells.x, 0), u[Model::main_port]);
      Mask<E> open;
      const std::uint32_t spiked = bits_of<E>(cells.step(dynamics, u, everywhere, open)) & valid[r];
      if constexpr (potential_of<Model>() >= 0) {
        T& potential = cells.x[potential_of<Model>()];
        if (arrivals) potential = add_where(open, potential, T::load(arrivals + r * width));
      }
      spikes[r] = LaneBits(spiked), g.open[r] = LaneBits(bits_of<E>(open)), any |= spiked;
      store_cells<Model, E>(cells, g, r);
    }
  }
  return any != 0;
}
template <class Model, Method method, class E>
bool advance_cells(const SlotsView& slots, const CellGroup<E>& g, int q, LaneBits* spikes) {
  switch (g.n_channel) {
    case 0: return advance_with<Model, method, E, 0>(slots, g, q, spikes);
    case 1: return advance_with<Model, method, E, 1>(slots, g, q, spikes);
    case 2: return advance_with<Model, method, E, 2>(slots, g, q, spikes);
    default: return advance_with<Model, method, E, -1>(slots, g, q, spikes);
  }
}

template <class Model, class E>
int inspect_cells(const SlotsView& slots, const CellGroup<E>& g) {
  using T = Lanes<E>;
  int found = 0;
  for (int r = 0; r < g.registers; ++r) {
    Carried<Model, T> carried;
    carried.x = load_cells<Model, E>(g, r).x;
    carried.poison = carried.outside = T(E(0));
    carried.look_at_states();
    const std::uint32_t valid = slots.valid[g.first + r];
    if (~bits_of<E>(carried.poison == T(E(0))) & valid) found |= 1;
    if (~bits_of<E>(carried.outside == T(E(0))) & valid) found |= 2;
  }
  return found;
}

template <class Model, class E>
constexpr CellKernels<E> cells_of() {
  static_assert(Model::n_state <= max_cell_state && Model::n_port <= max_cell_port);
  CellKernels<E> k{Model::n_par, Model::n_state, Model::n_port, Model::main_port, potential_of<Model>(), Refractory<Model>, {}, inspect_cells<Model, E>};
  k.method[int(Method::euler)] = {sizeof(Dynamics<Model, Method::euler, Lanes<E>>), prepare_cells<Model, Method::euler, E>, advance_cells<Model, Method::euler, E>};
  k.method[int(Method::exp_euler)] = {sizeof(Dynamics<Model, Method::exp_euler, Lanes<E>>), prepare_cells<Model, Method::exp_euler, E>, advance_cells<Model, Method::exp_euler, E>};
  k.method[int(Method::heun)] = {sizeof(Dynamics<Model, Method::heun, Lanes<E>>), prepare_cells<Model, Method::heun, E>, advance_cells<Model, Method::heun, E>};
  k.method[int(Method::rk4)] = {sizeof(Dynamics<Model, Method::rk4, Lanes<E>>), prepare_cells<Model, Method::rk4, E>, advance_cells<Model, Method::rk4, E>};
  return k;
}

// A model that does not spike has none; nobody asks for them.
template <class Model, class E>
constexpr CellKernels<E> cells_if_spiking() {
  if constexpr (Spiking<Model>) return cells_of<Model, E>();
  else return {};
}

}  // namespace
}  // namespace neurosweep::NS_ISA

// Defines the cells of one model of the list; at namespace scope, once in a file.
#define NS_CPU_CELLS(Model)                                                          \
  namespace neurosweep::NS_ISA {                                                     \
  template <>                                                                        \
  const CellKernels<float>& float_cells<Model>() {                                   \
    static constexpr CellKernels<float> found = cells_if_spiking<Model, float>();    \
    return found;                                                                    \
  }                                                                                  \
  template <>                                                                        \
  const CellKernels<double>& double_cells<Model>() {                                 \
    static constexpr CellKernels<double> found = cells_if_spiking<Model, double>();  \
    return found;                                                                    \
  }                                                                                  \
  }
