// A network on a GPU: a block integrates one realisation of one set, a thread for each slot (several, where there are more slots than
// threads). State is in shared memory; who spiked is passed as ballots. Whatever a thread writes it writes alone and in one order, so
// that no result depends on timing. The order of a step is that of cell.hpp.
//
// `List`: a tuple of the models whose cells the network may have. Loops are not unrolled: most are gone through once or never, and what a step
// executes should stay near.
#pragma once
#include <device.cuh>

#include <algorithm>
#include <cmath>

#include "network/blocks.cuh"
#include "simulate.hpp"

#if defined(__CUDACC__)
#define NS_ROLLED _Pragma("unroll 1")
#else
#define NS_ROLLED
#endif

namespace neurosweep {
namespace {

__device__ inline int count_ones(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __popc(bits);
#else
  return __builtin_popcount(bits);
#endif
}

template <class List, class F, std::size_t number = 0>
__device__ __forceinline__ void with_listed(int model, F f) {
  if constexpr (number < std::tuple_size_v<List>) {
    using Model = std::tuple_element_t<number, List>;
    if constexpr (Spiking<Model>)
      if (std::tuple_size_v<List> == 1 || model == model_number<Model>) return f(std::type_identity<Model>{});
    with_listed<List, F, number + 1>(model, f);
  }
}

template <class List, Method method, class T>
class NetworkBlock {
 public:
  // `memory`: the block's.
  __device__ NetworkBlock(const BlockArguments<T>& a, std::byte* memory, int realisation)
      : a_(a), memory_(memory), set_(a.sets[realisation % a.n_set]), trains_(a.trains + std::int64_t(realisation) * a.shape.slots),
        n_channel_(set_.n_channel), n_block_(set_.n_block), n_gap_(set_.n_gap), realisation_(realisation) {}

  // ---- the start -----------------------------------------------------------------------------------------------------

  // Writes all of the block's memory. No thread waits for another.
  __device__ void begin() {
    const BlockShape& shape = a_.shape;
    each_of(shape.ring * shape.warps, [&](int i) { array<std::uint32_t>(shape.at.ring)[i] = 0; });
    each_of(shape.ring * shape.busy, [&](int i) { array<std::uint32_t>(shape.at.busy)[i] = 0; });
    each_of(most_block_threads / warp_size, [&](int i) { found(i) = 0; });
    each_of(shape.warps, [&](int i) { array<std::uint32_t>(shape.at.valid)[i] = word_of(a_.plan.slots.valid, i); });
    each_of(shape.populations, [&](int p) { begin_population(p); });
    each_of(n_channel_, [&](int c) { begin_channel(c); });
    each_of(n_block_ + n_gap_, [&](int b) { begin_rows(b, b < n_block_ ? set_.blocks[b] : set_.gaps[b - n_block_]); });
    each_of(shape.signals, [&](int i) { begin_signal(i); });
    each_slot([&](int slot) {
      v(slot) = T(0), open(slot) = 0, trains_[slot].begin();
      array<std::uint16_t>(shape.at.of)[slot] = std::uint16_t(a_.plan.slots.population[slot]);
      NS_ROLLED for (int c = 0; c < n_channel_; ++c) synapse(c, slot) = T(0);
      const int model = a_.plan.populations[a_.plan.slots.population[slot]].model;
      if (model >= 0) with_listed<List>(model, [&]<class Model>(std::type_identity<Model>) { begin_cell<Model>(slot); });
    });
  }

  // ---- steps a_.begin ... a_.end - 1 ---------------------------------------------------------------------------------

  __device__ void run() {
    if (a_.begin == 0) connect_gaps();
    block_barrier();
    for (std::int64_t t = a_.begin; t < a_.end;) {
      const std::int64_t next = t + flush_every < a_.end ? t + flush_every : a_.end;
      for (; t < next; ++t) step(t);
      flush(t);
    }
  }

 private:
  template <class U>
  __device__ U* array(int at) const { return reinterpret_cast<U*>(memory_ + at); }
  template <class F>
  static __device__ void each_of(int n, F f) {
    NS_ROLLED for (int i = int(threadIdx.x); i < n; i += int(blockDim.x)) f(i);      // once, mostly
  }
  // Calls f(slot) for the slots of this thread.
  template <class F>
  __device__ void each_slot(F f) const { each_of(a_.shape.slots, f); }
  static __device__ int warp() { return int(threadIdx.x) / warp_size; }
  static __device__ int lane() { return int(threadIdx.x) % warp_size; }
  static __device__ int warps() { return int(blockDim.x) / warp_size; }

  __device__ int population(int slot) const { return array<std::uint16_t>(a_.shape.at.of)[slot]; }
  __device__ BlockPopulation<T>& of_population(int p) const { return array<BlockPopulation<T>>(a_.shape.at.populations)[p]; }
  __device__ BlockChannel<T>& channel(int c) const { return array<BlockChannel<T>>(a_.shape.at.channels)[c]; }
  __device__ BlockRows<T>& rows(int b) const { return array<BlockRows<T>>(a_.shape.at.rows)[b]; }
  __device__ BlockSignal<T>& signal(int i) const { return array<BlockSignal<T>>(a_.shape.at.signals)[i]; }
  __device__ Moments<T>& spread(int slot) const { return array<Moments<T>>(a_.shape.at.spread)[slot]; }
  __device__ T& v(int slot) const { return array<T>(a_.shape.at.v)[slot]; }
  __device__ T& hold(int slot) const { return array<T>(a_.shape.at.hold)[slot]; }
  __device__ T& synapse(int c, int slot) const { return array<T>(a_.shape.at.s)[c * a_.shape.slots + slot]; }
  __device__ T& normal(int q, int slot) const { return array<T>(a_.shape.at.normals)[q * a_.shape.slots + slot]; }
  __device__ T& arrival(int q, int slot) const { return array<T>(a_.shape.at.arrivals)[q * a_.shape.slots + slot]; }
  __device__ std::uint8_t& open(int slot) const { return array<std::uint8_t>(a_.shape.at.open)[slot]; }
  __device__ int& found(int warp) const { return array<int>(a_.shape.at.found)[warp]; }
  // Who spiked in step t, a word for each warp of slots; and which of these words are not 0. Before the first step nobody did.
  __device__ std::uint32_t* spikes(std::int64_t t) const {
    return array<std::uint32_t>(a_.shape.at.ring) + (int(t) & (a_.shape.ring - 1)) * a_.shape.warps;
  }
  __device__ std::uint32_t* busy(std::int64_t t) const {
    return array<std::uint32_t>(a_.shape.at.busy) + (int(t) & (a_.shape.ring - 1)) * a_.shape.busy;
  }
  static __device__ bool has(const std::uint32_t* words, int slot) { return words[slot / warp_size] >> slot % warp_size & 1; }
  static __device__ bool has(const LaneBits* bits, int slot) { return bits[slot / block_width] >> slot % block_width & 1; }
  // The two registers of a warp; there may be one only.
  __device__ std::uint32_t word_of(const LaneBits* bits, int w) const {
    const std::uint32_t high = 2 * w + 1 < a_.plan.slots.registers ? bits[2 * w + 1] : 0;
    return bits[2 * w] | high << block_width;
  }

  template <class Model>                      // a constant: the tables are not in a GPU's memory
  static constexpr int potential = potential_of<Model>();
  template <class Model>
  __device__ T& state(int i, int slot) const {
    if (i == potential<Model>) return v(slot);
    const int number = potential<Model> >= 0 && i > potential<Model> ? i - 1 : i;
    return array<T>(a_.shape.at.x)[number * a_.shape.slots + slot];
  }
  template <class Model>
  __device__ Dynamics<Model, method, T>& dynamics(int p) const {
    return *reinterpret_cast<Dynamics<Model, method, T>*>(memory_ + a_.shape.at.dynamics + p * a_.shape.dynamics);
  }

  __device__ void begin_population(int p) {
    const NetworkPopulation& from = a_.plan.populations[p];
    BlockPopulation<T>& to = of_population(p);
    to.own_mean = from.mean, to.model = from.model, to.first = from.first, to.size = from.size, to.spread = from.wanted.spread;
    const BlockArrivals& arrivals = set_.arrivals[p];
    to.limits = arrivals.limits, to.first_arrival = arrivals.first, to.n_limit = arrivals.n_limit, to.jump = T(arrivals.weight);
    if (from.model < 0) return;
    with_listed<List>(from.model, [&]<class Model>(std::type_identity<Model>) {
      static_assert(Model::n_port == 1);
      constexpr Layout layout = layout_of<Model>();
      const auto source = [&](int quantity, int) { return set_.quantity[from.quantities + quantity]; };
      Pack<T, Model::n_par> par;
      NS_UNROLL for (int i = 0; i < Model::n_par; ++i) par[i] = T(source(i, 0));
      dynamics<Model>(p).prepare(source, par, Pack<T, 1>{{T(0)}}, Pack<T, 1>{{T(1)}}, a_.setup.dt);
      to.mean = T(source(layout.drive(0, drive_mean), 0));
      to.noise = T(source(layout.drive(0, drive_noise), 0) / std::sqrt(a_.setup.dt_seconds));
      to.sine.prepare(source, a_.setup, layout.drive(0, drive_mean)), to.pulse.prepare(source, a_.setup, layout.drive(0, drive_mean));
    });
  }
  __device__ void begin_channel(int c) {
    const Channel& from = set_.channels[c];
    channel(c) = {{T(from.factor), T(from.offset), T(from.slope)}, from.jump};
  }
  __device__ void begin_rows(int b, const Block& from) { rows(b) = {*from.rows, from.channel, from.delay, T(from.weight)}; }
  __device__ void begin_signal(int i) {
    BlockSignal<T>& to = signal(i);
    to.population = a_.plan.lanes[i] / n_network_signal, to.which = NetworkSignal(a_.plan.lanes[i] % n_network_signal);
    const double cells = a_.plan.populations[to.population].size;
    to.scale = T(1 / (to.which == signal_rate ? cells * a_.setup.dt_seconds : cells));
  }
  template <class Model>
  __device__ void begin_cell(int slot) {
    constexpr Layout layout = layout_of<Model>();
    const double* const quantity = set_.quantity + a_.plan.populations[a_.plan.slots.population[slot]].quantities;
    Pack<T, Model::n_par> par;
    Pack<T, Model::n_state> x;
    NS_UNROLL for (int i = 0; i < Model::n_par; ++i) par[i] = T(quantity[i]);
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) x[i] = T(quantity[layout.initial(i)]);
    if constexpr (requires { Model::start(x, par); }) Model::start(x, par);
    x = Dynamics<Model, method, T>::enter(x, a_.setup.dt);
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) state<Model>(i, slot) = x[i];
    if constexpr (Refractory<Model>) hold(slot) = T(0);
  }

  // ---- a step --------------------------------------------------------------------------------------------------------

  __device__ void step(std::int64_t t) {
    NS_STEP
    each_of(a_.shape.warps * warp_size, [&](int slot) {       // every thread of a warp takes part in its ballot
      bool spiked = false;
      if (slot < a_.shape.slots) {
        const int p = population(slot), model = of_population(p).model;
        if (model < 0) spiked = given_spike(p, slot, t);
        else {
          const T u = input(p, slot, t);
          with_listed<List>(model, [&]<class Model>(std::type_identity<Model>) { spiked = step_cell<Model>(p, slot, t, u); });
        }
      }
      const std::uint32_t all = ballot(spiked) & array<std::uint32_t>(a_.shape.at.valid)[slot / warp_size];
      if (t >= a_.setup.transient && (all >> lane() & 1)) trains_[slot].add(typename SpikeTrain<T>::Count(t - a_.setup.transient));
      if (lane() == 0) {
        spikes(t)[slot / warp_size] = all;
        if (all != 0) atomic_or(busy(t)[slot / warp_size / 32], 1u << slot / warp_size % 32);
      }
    });
    each_of(a_.shape.busy, [&](int i) { busy(t + 1)[i] = 0; });
    block_barrier();
    NS_ROLLED for (int b = 0; b < n_block_; ++b) deliver(rows(b), t);
    jump();
    if (a_.shape.looks_at_others) {
      block_barrier();
      if (t >= a_.setup.transient) sample(t);
      connect_gaps();
      block_barrier();
    }
    if (a_.shape.spreads && t >= a_.setup.transient) add_to_spread(t);
    forget_jumps();
  }

  template <class Model>
  __device__ bool step_cell(int p, int slot, std::int64_t t, T input) {
    CellState<Model, T> cell;
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) cell.x[i] = state<Model>(i, slot);
    if constexpr (Refractory<Model>) cell.hold.steps = hold(slot);
    Pack<T, 1> u{{input}};
    const T before = Model::signal(cell.x, 0);
    NS_ROLLED for (int c = 0; c < n_channel_; ++c)
      if (!channel(c).jump) channel(c).lanes.act(synapse(c, slot), before, u[0]);
    bool moves;
    const bool spiked = cell.step(dynamics<Model>(p), u, true, moves);
    if constexpr (potential<Model> >= 0)
      if (moves && a_.shape.arrive) cell.x[potential<Model>] += arrival(int(t) % 4, slot);
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) state<Model>(i, slot) = cell.x[i];
    if constexpr (potential<Model> < 0) v(slot) = Model::signal(cell.x, 0);
    if constexpr (Refractory<Model>) hold(slot) = cell.hold.steps;
    open(slot) = moves;
    return spiked;
  }

  // The input of a step; noise and Poisson arrivals are drawn four steps at a time.
  __device__ T input(int p, int slot, std::int64_t t) {
    const BlockPopulation<T>& of = of_population(p);
    const int within = slot - of.first < of.size ? slot - of.first : of.size - 1;      // a copy's is beyond the last
    T u = of.own_mean ? T(of.own_mean[within]) : of.mean;
    T common[1] = {T(0)};
    if (of.sine.amplitude != T(0)) of.sine.template add<1>(t, common);
    if (of.pulse.amplitude != T(0)) of.pulse.template add<1>(t, common);
    u = u + common[0];
    const bool fourth = t % 4 == 0;
    if (of.noise != T(0)) {
      if (fourth) {
        T z[4];
        generator(slot, 0).template draw<4>(std::uint32_t(t / 4), z);
        NS_UNROLL for (int q = 0; q < 4; ++q) normal(q, slot) = z[q];
      }
      u = fma(of.noise, normal(int(t) % 4, slot), u);
    }
    if (a_.shape.arrive && fourth) draw_arrivals(of, slot, t);
    return u;
  }
  __device__ Normals<T> generator(int slot, std::uint32_t stream) const {
    Normals<T> g;
    g.init(a_.setup.seed, std::uint64_t(a_.plan.slots.cell[slot]) + (set_.set >> 32 << 24) + (set_.set << 32),
           std::uint32_t(realisation_ / a_.n_set), stream);
    return g;
  }
  __device__ void draw_arrivals(const BlockPopulation<T>& of, int slot, std::int64_t t) {
    const Normals<T> g = generator(slot, poisson_stream);
    const Pack<std::uint32_t, 4> word = philox4x32(std::uint32_t(t / 4), g.c1, g.c2, g.c3, g.k0, g.k1);
    NS_UNROLL for (int q = 0; q < 4; ++q) {
      int count = 0;
      NS_ROLLED while (count < of.n_limit && word[q] > of.limits[count]) ++count;
      arrival(q, slot) = T(of.first_arrival + count) * of.jump;
    }
  }

  __device__ bool given_spike(int p, int slot, std::int64_t t) const {
    const NetworkPopulation& of = a_.plan.populations[p];
    std::int64_t low = 0, high = of.n_spike;
    NS_ROLLED while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      if (of.spikes[middle].step < t) low = middle + 1;
      else high = middle;
    }
    NS_ROLLED for (; low < of.n_spike && of.spikes[low].step == t; ++low)
      if (of.spikes[low].cell == slot - of.first) return true;
    return false;
  }

  // ---- spikes that arrive --------------------------------------------------------------------------------------------

  // Calls f(word, its number) for the spikes of step t in the lanes `among`, a warp of slots at a time and in their order.
  template <class F>
  __device__ void each_word(const LaneBits* among, std::int64_t t, F f) const {
    NS_ROLLED for (int i = 0; i < a_.shape.busy; ++i)
      NS_ROLLED for (std::uint32_t left = busy(t)[i]; left != 0; left &= left - 1) {
        const int w = 32 * i + lowest_bit(left);
        if (const std::uint32_t word = spikes(t)[w] & word_of(among, w)) f(word, w);
      }
  }
  // Calls f(slot) for each of these spikes.
  template <class F>
  __device__ void each_spike(const LaneBits* among, std::int64_t t, F f) const {
    each_word(among, t, [&](std::uint32_t word, int w) {
      NS_ROLLED for (; word != 0; word &= word - 1) f(w * warp_size + lowest_bit(word));
    });
  }

  // The spikes of step t - delay.
  __device__ void deliver(const BlockRows<T>& block, std::int64_t t) {
    switch (block.rows.kind) {
      case RowKind::all: return deliver_to_all(block, t - block.delay);
      case RowKind::lanes: case RowKind::weights: return deliver_lanes(block, t - block.delay);
      case RowKind::slots: return deliver_rows(block, t - block.delay);
    }
  }
  __device__ void deliver_to_all(const BlockRows<T>& block, std::int64_t t) {
    int count = 0;
    each_word(block.rows.from, t, [&](std::uint32_t word, int) { count += count_ones(word); });
    if (count == 0) return;
    each_slot([&](int slot) {
      if (!has(block.rows.to, slot)) return;
      const int others = count - int(!block.rows.self && has(spikes(t), slot) && has(block.rows.from, slot));
      synapse(block.channel, slot) += block.weight * T(others);
    });
  }
  // Every slot looks at the rows of all cells that spiked.
  __device__ void deliver_lanes(const BlockRows<T>& block, std::int64_t t) {
    const RowsView& rows = block.rows;
    const int first = rows.first * block_width, across = (rows.end - rows.first) * block_width;
    each_spike(rows.from, t, [&](int from) {
      const std::int64_t row = std::int64_t(rows.row[from]) * across - first;
      each_slot([&](int slot) {
        if (slot < first || slot >= first + across) return;
        if (rows.kind == RowKind::weights) synapse(block.channel, slot) += static_cast<const T*>(rows.weight)[row + slot];
        else if (rows.bits[(row + slot) / block_width] >> slot % block_width & 1) synapse(block.channel, slot) += block.weight;
      });
    });
  }
  // Lists of slots: a thread for each that is reached, one row after the other.
  __device__ void deliver_rows(const BlockRows<T>& block, std::int64_t t) {
    const RowsView& rows = block.rows;
    const T* const weight = static_cast<const T*>(rows.weight);
    bool any = false;
    each_spike(rows.from, t, [&](int from) {
      block_barrier();
      any = true;
      const std::uint64_t begin = rows.begin[from], end = rows.begin[from + 1];
      NS_ROLLED for (std::uint64_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
        const std::uint32_t target = rows.target[i];
        if (i > begin && rows.target[i - 1] == target) continue;      // the first of several edges brings them all
        T& s = synapse(block.channel, int(target));
        NS_ROLLED for (std::uint64_t k = i; k < end && rows.target[k] == target; ++k) s += weight ? weight[k] : block.weight;
      }
    });
    if (any) block_barrier();
  }

  __device__ void jump() {
    NS_ROLLED for (int c = 0; c < n_channel_; ++c)
      if (channel(c).jump)
        each_slot([&](int slot) {
          if (open(slot)) v(slot) += synapse(c, slot);
        });
  }
  __device__ void forget_jumps() {
    NS_ROLLED for (int c = 0; c < n_channel_; ++c)
      if (channel(c).jump) each_slot([&](int slot) { synapse(c, slot) = T(0); });
  }

  // ---- gap junctions -------------------------------------------------------------------------------------------------

  // I_i += g sum (v_j - v_i) for the next step. Rows go both ways: a cell's own row names those that act on it.
  __device__ void connect_gaps() {
    NS_ROLLED for (int b = n_block_; b < n_block_ + n_gap_; ++b) {
      const BlockRows<T>& block = rows(b);
      const RowsView& rows = block.rows;
      each_slot([&](int slot) {
        if (!has(rows.to, slot)) return;
        const T own = v(slot);
        T sum = T(0);
        if (rows.kind == RowKind::slots) {
          NS_ROLLED for (std::uint64_t i = rows.begin[slot]; i < rows.begin[slot + 1]; ++i) sum += v(int(rows.target[i])) - own;
        } else {
          const bool all = rows.kind == RowKind::all;
          const int first = all ? rows.from_first : rows.first, end = all ? rows.from_end : rows.end;
          const LaneBits* const bits = all ? rows.from : rows.bits + std::int64_t(rows.row[slot]) * (end - first) - first;
          NS_ROLLED for (int r = first; r < end; ++r)
            NS_ROLLED for (std::uint32_t left = bits[r]; left != 0; left &= left - 1) sum += v(r * block_width + lowest_bit(left)) - own;
        }
        synapse(block.channel, slot) += block.weight * sum;
      });
    }
  }

  // ---- what is measured ----------------------------------------------------------------------------------------------

  // A warp for each signal.
  __device__ void sample(std::int64_t t) {
    NS_ROLLED for (int i = warp(); i < a_.shape.signals; i += warps()) {
      BlockSignal<T>& of = signal(i);
      const BlockPopulation<T>& cells = of_population(of.population);
      T sum = T(0);
      NS_ROLLED for (int k = lane(); k < cells.size; k += warp_size) sum += of_cell(of, cells.first + k, t);
      sum = warp_sum(sum);
      if (lane() != 0) continue;
      const T y = sum * of.scale;
      if (t == a_.setup.transient) of.moments.begin(y);
      const T d = of.moments.add(y);
      if (a_.signal != nullptr)
        a_.signal[(t - a_.setup.transient - a_.first_row) * a_.stride + std::int64_t(i) * a_.realisations() + realisation_] = d;
    }
  }
  __device__ T of_cell(const BlockSignal<T>& of, int slot, std::int64_t t) const {
    if (of.which == signal_rate) return T(int(has(spikes(t), slot)));
    if (of.which == signal_v) return v(slot);
    T exc = T(0), inh = T(0);
    NS_ROLLED for (int c = 0; c < n_channel_; ++c) {
      if (set_.channels[c].receptor < 0) continue;
      const ChannelLanes<T>& lanes = channel(c).lanes;
      const T current = synapse(c, slot) * fma(lanes.slope, v(slot), lanes.offset);
      if (set_.inhibits[of.population * n_channel_ + c]) inh += current;
      else exc += current;
    }
    if (a_.shape.arrive && of_population(of.population).model >= 0) {
      const T jump = arrival(int(t) % 4, slot);
      if (jump > T(0)) exc += jump;
      else inh += jump;
    }
    return of.which == signal_exc ? exc : of.which == signal_inh ? inh : abs(exc) + abs(inh);
  }
  __device__ void add_to_spread(std::int64_t t) {
    each_slot([&](int slot) {
      if (!of_population(population(slot)).spread) return;
      if (t == a_.setup.transient) spread(slot).begin(v(slot));
      spread(slot).add(v(slot));
    });
  }

  // What is due at step t, all steps before it being done.
  __device__ void flush(std::int64_t t) {
    bool poison = false, outside = false;
    each_slot([&](int slot) {
      const int model = of_population(population(slot)).model;
      if (model < 0 || !has(array<std::uint32_t>(a_.shape.at.valid), slot)) return;
      with_listed<List>(model, [&]<class Model>(std::type_identity<Model>) {
        Carried<Model, T> carried;
        NS_UNROLL for (int i = 0; i < Model::n_state; ++i) carried.x[i] = state<Model>(i, slot);
        carried.poison = carried.outside = T(0);
        carried.look_at_states();
        poison = poison || !(carried.poison == T(0)), outside = outside || carried.outside != T(0);
      });
    });
    const int bits = (ballot(poison) != 0 ? 1 : 0) | (ballot(outside) != 0 ? 2 : 0);
    if (lane() == 0) found(warp()) |= bits;
    const std::int64_t transient = a_.setup.transient;
    if (t <= transient) return;
    const std::int64_t last = t - 1 - (t - 1) % flush_every, from = last > transient ? last : transient;
    const int added = int(t - from);
    if (lane() == 0)
      NS_ROLLED for (int i = warp(); i < a_.shape.signals; i += warps()) signal(i).moments.flush(added, from - transient);
    if (a_.shape.spreads)
      each_slot([&](int slot) {
        if (of_population(population(slot)).spread) spread(slot).flush(added, from - transient);
      });
  }

  const BlockArguments<T>& a_;
  std::byte* const memory_;
  const BlockSet& set_;
  SpikeTrain<T>* const trains_;
  const int n_channel_, n_block_, n_gap_, realisation_;
};

template <class List, Method method, class T>
__global__ void __launch_bounds__(most_block_threads) begin_network(const __grid_constant__ BlockArguments<T> a) {
  const int j = int(blockIdx.x);
  NetworkBlock<List, method, T>(a, reinterpret_cast<std::byte*>(a.kept) + std::int64_t(j) * std::int64_t(a.shape.bytes), j).begin();
}

// Blocks that a multiprocessor should hold: with two each thread has 128 registers, which is enough for a step but of all models in double.
// Left alone, the compiler takes fewer than it needs.
template <class List, class T>
inline constexpr int networks_at_least = sizeof(T) == sizeof(double) && std::tuple_size_v<List> > 1 ? 1 : 2;

template <class List, Method method, class T>
__global__ void __launch_bounds__(most_block_threads, networks_at_least<List, T>) run_network(const __grid_constant__ BlockArguments<T> a) {
  std::byte* const memory = shared_memory<std::byte>();
  std::uint64_t* const words = reinterpret_cast<std::uint64_t*>(memory);
  const int n = int(a.shape.bytes / 8), j = int(blockIdx.x);
  std::uint64_t* const kept = a.kept + std::int64_t(j) * n;
  for (int i = int(threadIdx.x); i < n; i += int(blockDim.x)) words[i] = kept[i];
  block_barrier();
  NetworkBlock<List, method, T>(a, memory, j).run();
  block_barrier();
  for (int i = int(threadIdx.x); i < n; i += int(blockDim.x)) kept[i] = words[i];
}

}  // namespace

template <class Model, class T>
BlockKernels<T> ModelNetworks<Model, T>::find(Method method) {
  if constexpr (Spiking<Model>)
    return with_method(method, [](auto m) -> BlockKernels<T> {
      return {begin_network<std::tuple<Model>, m, T>, run_network<std::tuple<Model>, m, T>};
    });
  else return {};
}

template <Method method, class T>
BlockKernels<T> MixedNetworks<method, T>::get() {
  return {begin_network<Models, method, T>, run_network<Models, method, T>};
}

}  // namespace neurosweep
