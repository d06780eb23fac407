// A network on a GPU: a block integrates one realisation of one set, a thread for each slot (several, where there are more slots than
// threads). State is in shared memory; who spiked is passed as ballots. Whatever a thread writes it writes alone and in one order, so
// that no result depends on timing. The order of a step is that of cell.hpp.
#pragma once
#include <device.cuh>

#include <algorithm>
#include <cmath>

#include "network/block.hpp"
#include "simulate.hpp"

namespace neurosweep {
namespace {

// Calls f(std::type_identity<Model>{}) for the spiking model of that number.
template <class F, int number = 0>
__device__ void with_spiking_model(int model, F f) {
  if constexpr (number < n_model) {
    using Model = std::tuple_element_t<number, Models>;
    if constexpr (Spiking<Model>)
      if (model == number) return f(std::type_identity<Model>{});
    with_spiking_model<F, number + 1>(model, f);
  }
}

__device__ inline int ones(std::uint32_t bits) {
#if defined(__CUDA_ARCH__)
  return __popc(bits);
#else
  return __builtin_popcount(bits);
#endif
}

template <Method method, class T>
class NetworkBlock {
 public:
  __device__ NetworkBlock(const BlockArguments<T>& a, std::byte* shared)
      : a_(a), plan_(a.plan), s_(a.setup), set_(a.sets[blockIdx.x % unsigned(a.n_set)]), replicate_(blockIdx.x / unsigned(a.n_set)),
        m_(BlockMemory<T>::at(shared, a.shape)), slots_(a.plan.slots.registers * block_width) {}

  __device__ void run() {
    if (a_.begin == 0) begin();
    block_barrier();
    if (a_.begin == 0) {
      connect_gaps();
      block_barrier();
    }
    for (std::int64_t t = a_.begin; t < a_.end; ++t) {
      step(t);
      if ((t + 1) % flush_every == 0 || t + 1 == s_.steps) flush(t + 1);
    }
    block_barrier();
    if (a_.end == s_.steps) finish();
  }

 private:
  // Calls f(slot) for the slots of this thread.
  template <class F>
  __device__ void each_slot(F f) const {
    for (int slot = int(threadIdx.x); slot < slots_; slot += int(blockDim.x)) f(slot);
  }
  __device__ int warp() const { return int(threadIdx.x) / 32; }
  __device__ int lane() const { return int(threadIdx.x) % 32; }
  __device__ const NetworkPopulation& population(int slot) const { return plan_.populations[plan_.slots.population[slot]]; }
  __device__ bool valid(int slot) const { return plan_.slots.valid[slot / block_width] >> slot % block_width & 1; }
  static __device__ bool has(const LaneBits* bits, int slot) { return bits[slot / block_width] >> slot % block_width & 1; }
  template <class Model>                      // a constant: the tables are not in a GPU's memory
  static constexpr int potential = potential_of<Model>();
  template <class Model>
  __device__ T& state(int i, int slot) const {
    return i == potential<Model> ? m_.v[slot] : m_.x[std::int64_t(i) * slots_ + slot];
  }
  __device__ T& synapse(int channel, int slot) const { return m_.s[std::int64_t(channel) * slots_ + slot]; }
  __device__ LaneBits* row(std::int64_t t) const { return m_.ring + (t & (a_.shape.ring - 1)) * a_.shape.row; }
  template <class Model>
  using Dynamic = Dynamics<Model, method, T>;
  template <class Model>
  __device__ Dynamic<Model>& dynamics(int population) const {
    return *reinterpret_cast<Dynamic<Model>*>(m_.dynamics + std::int64_t(population) * a_.shape.dynamics);
  }

  // ---- the start -----------------------------------------------------------------------------------------------------

  __device__ void begin() {
    for (int i = int(threadIdx.x); i < a_.shape.ring * a_.shape.row; i += int(blockDim.x)) m_.ring[i] = 0;
    if (lane() == 0) m_.found[warp()] = 0;
    for (int p = int(threadIdx.x); p < plan_.n_population; p += int(blockDim.x)) begin_population(p);
    each_slot([&](int slot) {
      m_.v[slot] = T(0), m_.open[slot] = 0, m_.trains[slot].begin();
      for (int c = 0; c < set_.n_channel; ++c) synapse(c, slot) = T(0);
      with_spiking_model(population(slot).model, [&]<class Model>(std::type_identity<Model>) { begin_cell<Model>(slot); });
    });
  }
  __device__ void begin_population(int p) {
    const int first = plan_.populations[p].quantities;
    with_spiking_model(plan_.populations[p].model, [&]<class Model>(std::type_identity<Model>) {
      static_assert(Model::n_port == 1);
      constexpr Layout layout = layout_of<Model>();
      const auto source = [&](int quantity, int) { return set_.quantity[first + quantity]; };
      Pack<T, Model::n_par> par;
      NS_UNROLL for (int i = 0; i < Model::n_par; ++i) par[i] = T(source(i, 0));
      dynamics<Model>(p).prepare(source, par, Pack<T, 1>{{T(0)}}, Pack<T, 1>{{T(1)}}, s_.dt);
      BlockDrive<T>& d = m_.drives[p];
      d.mean = T(source(layout.drive(0, drive_mean), 0));
      d.noise = T(source(layout.drive(0, drive_noise), 0) / std::sqrt(s_.dt_seconds));
      d.sine.prepare(source, s_, layout.drive(0, drive_mean)), d.pulse.prepare(source, s_, layout.drive(0, drive_mean));
    });
  }
  template <class Model>
  __device__ void begin_cell(int slot) {
    constexpr Layout layout = layout_of<Model>();
    const double* const quantity = set_.quantity + population(slot).quantities;
    Pack<T, Model::n_par> par;
    Pack<T, Model::n_state> x;
    NS_UNROLL for (int i = 0; i < Model::n_par; ++i) par[i] = T(quantity[i]);
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) x[i] = T(quantity[layout.initial(i)]);
    if constexpr (requires { Model::start(x, par); }) Model::start(x, par);
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) state<Model>(i, slot) = x[i];
    m_.hold[slot] = T(0);
  }

  // ---- a step --------------------------------------------------------------------------------------------------------

  __device__ void step(std::int64_t t) {
    NS_STEP
    LaneBits* const spikes = row(t);
    const int whole = (slots_ + 31) / 32 * 32;          // every thread of a warp takes part in its ballot
    for (int slot = int(threadIdx.x); slot < whole; slot += int(blockDim.x)) {
      bool spiked = false;
      if (slot < slots_) {
        const int model = population(slot).model;
        if (model < 0) spiked = given_spike(slot, t);
        else with_spiking_model(model, [&]<class Model>(std::type_identity<Model>) { spiked = step_cell<Model>(slot, t); });
        spiked = spiked && valid(slot);
        if (spiked && t >= s_.transient) m_.trains[slot].add(typename SpikeTrain<T>::Count(t - s_.transient));
      }
      const std::uint32_t all = ballot(spiked);
      if (lane() == 0) spikes[slot / block_width] = LaneBits(all), spikes[slot / block_width + 1] = LaneBits(all >> block_width);
    }
    block_barrier();
    for (int b = 0; b < set_.n_block; ++b) deliver(set_.blocks[b], t);
    jump();
    if (!a_.shape.looks_at_others) return;
    block_barrier();
    if (t >= s_.transient) sample(t);
    connect_gaps();
    block_barrier();
    forget_jumps();
  }

  template <class Model>
  __device__ bool step_cell(int slot, std::int64_t t) {
    const int p = plan_.slots.population[slot];
    CellState<Model, T> cell;
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) cell.x[i] = state<Model>(i, slot);
    if constexpr (Refractory<Model>) cell.hold.steps = m_.hold[slot];
    Pack<T, 1> u{{input(slot, p, t)}};
    const T v = Model::signal(cell.x, 0);
    for (int c = 0; c < set_.n_channel; ++c) {
      const Channel& channel = set_.channels[c];
      if (!channel.jump) ChannelLanes<T>{T(channel.factor), T(channel.offset), T(channel.slope)}.act(synapse(c, slot), v, u[0]);
    }
    bool open;
    const bool spiked = cell.step(dynamics<Model>(p), u, true, open);
    if constexpr (potential<Model> >= 0)
      if (open && a_.shape.arrive) cell.x[potential<Model>] += m_.arrivals[(t % 4) * slots_ + slot];
    NS_UNROLL for (int i = 0; i < Model::n_state; ++i) state<Model>(i, slot) = cell.x[i];
    if constexpr (potential<Model> < 0) m_.v[slot] = Model::signal(cell.x, 0);
    if constexpr (Refractory<Model>) m_.hold[slot] = cell.hold.steps;
    m_.open[slot] = open;
    return spiked;
  }

  // The input of a step; noise and Poisson arrivals are drawn four steps at a time.
  __device__ T input(int slot, int p, std::int64_t t) {
    const NetworkPopulation& of = plan_.populations[p];
    const BlockDrive<T>& d = m_.drives[p];
    const int within = slot - of.first < of.size ? slot - of.first : of.size - 1;      // a copy's is beyond the last
    T u = of.mean ? T(of.mean[within]) : d.mean;
    T common[1] = {T(0)};
    if (d.sine.amplitude != T(0)) d.sine.template add<1>(t, common);
    if (d.pulse.amplitude != T(0)) d.pulse.template add<1>(t, common);
    u = u + common[0];
    const bool fourth = t % 4 == 0;
    if (d.noise != T(0)) {
      if (fourth) {
        T z[4];
        generator(slot, 0).template draw<4>(std::uint32_t(t / 4), z);
        NS_UNROLL for (int q = 0; q < 4; ++q) m_.normals[q * slots_ + slot] = z[q];
      }
      u = fma(d.noise, m_.normals[(t % 4) * slots_ + slot], u);
    }
    if (a_.shape.arrive && fourth) draw_arrivals(slot, t);
    return u;
  }
  __device__ Normals<T> generator(int slot, std::uint32_t stream) const {
    Normals<T> g;
    g.init(s_.seed, std::uint64_t(plan_.slots.cell[slot]) + (set_.set >> 32 << 24) + (set_.set << 32), replicate_, stream);
    return g;
  }
  __device__ void draw_arrivals(int slot, std::int64_t t) {
    using Word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;     // as NetworkArrivals has them
    const NetworkArrivals& from = set_.arrivals[a_.run_of[slot / block_width]];
    const int lane = slot % block_width;
    const Normals<T> g = generator(slot, poisson_stream);
    const Pack<std::uint32_t, 4> word = philox4x32(std::uint32_t(t / 4), g.c1, g.c2, g.c3, g.k0, g.k1);
    NS_UNROLL for (int q = 0; q < 4; ++q) {
      int count = from.limits ? from.first[lane] : 0;
      if (from.limits)
        for (int i = 0; i < from.n_limit && word[q] > static_cast<const Word*>(from.limits)[i * block_width + lane]; ++i) ++count;
      m_.arrivals[q * slots_ + slot] = T(count) * T(from.weight[lane]);
    }
  }

  __device__ bool given_spike(int slot, std::int64_t t) const {
    const NetworkPopulation& p = population(slot);
    std::int64_t low = 0, high = p.n_spike;
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      if (p.spikes[middle].step < t) low = middle + 1;
      else high = middle;
    }
    for (; low < p.n_spike && p.spikes[low].step == t; ++low)
      if (p.spikes[low].cell == slot - p.first) return true;
    return false;
  }

  // Calls f(slot) for every spike of the rows' cells, in their order.
  template <class F>
  static __device__ void each_spike(const RowsView& rows, const LaneBits* spikes, F f) {
    for (int r = rows.from_first; r < rows.from_end; ++r)
      for (std::uint32_t left = std::uint32_t(spikes[r] & rows.from[r]); left != 0; left &= left - 1) f(r * block_width + lowest_bit(left));
  }

  // The spikes of step t - delay arrive.
  __device__ void deliver(const Block& block, std::int64_t t) {
    if (t < block.delay) return;
    const RowsView& rows = *block.rows;
    const LaneBits* const spikes = row(t - block.delay);
    const T w = T(block.weight);
    const int first = rows.first * block_width, across = (rows.end - rows.first) * block_width;
    if (rows.kind == RowKind::slots) return deliver_rows(block, spikes);
    int count = 0;
    if (rows.kind == RowKind::all)
      for (int r = rows.from_first; r < rows.from_end; ++r) count += ones(std::uint32_t(spikes[r] & rows.from[r]));
    each_slot([&](int slot) {
      if (slot < first || slot >= first + across) return;
      T& s = synapse(block.channel, slot);
      if (rows.kind == RowKind::all) {
        const int others = count - int(!rows.self && has(spikes, slot) && has(rows.from, slot));
        if (has(rows.to, slot)) s += w * T(others);
      } else {
        T sum = s;
        each_spike(rows, spikes, [&](int from) {
          const std::int64_t at = std::int64_t(rows.row[from]) * across + slot - first;
          if (rows.kind == RowKind::weights) sum += static_cast<const T*>(rows.weight)[at];
          else if (rows.bits[at / block_width] >> at % block_width & 1) sum += w;
        });
        s = sum;
      }
    });
  }
  // Lists of slots: a thread for each that is reached, one row after the other.
  __device__ void deliver_rows(const Block& block, const LaneBits* spikes) {
    const RowsView& rows = *block.rows;
    const T* const weight = static_cast<const T*>(rows.weight);
    bool any = false;
    each_spike(rows, spikes, [&](int from) {
      block_barrier();
      any = true;
      const std::uint64_t begin = rows.begin[from], end = rows.begin[from + 1];
      for (std::uint64_t i = begin + threadIdx.x; i < end; i += blockDim.x) {
        const std::uint32_t target = rows.target[i];
        if (i > begin && rows.target[i - 1] == target) continue;      // the first of several edges brings them all
        T& s = synapse(block.channel, int(target));
        for (std::uint64_t k = i; k < end && rows.target[k] == target; ++k) s += weight ? weight[k] : T(block.weight);
      }
    });
    if (any) block_barrier();
  }

  __device__ void jump() {
    for (int c = 0; c < set_.n_channel; ++c)
      if (set_.channels[c].jump)
        each_slot([&](int slot) {
          if (m_.open[slot]) m_.v[slot] += synapse(c, slot);
        });
  }

  __device__ void forget_jumps() {
    for (int c = 0; c < set_.n_channel; ++c)
      if (set_.channels[c].jump) each_slot([&](int slot) { synapse(c, slot) = T(0); });
  }

  // ---- gap junctions -------------------------------------------------------------------------------------------------

  // I_i += g sum (v_j - v_i) for the next step. Rows go both ways: a cell's own row names those that act on it.
  __device__ void connect_gaps() {
    for (int b = 0; b < set_.n_gap; ++b) {
      const Block& block = set_.gaps[b];
      const RowsView& rows = *block.rows;
      const T g = T(block.weight);
      each_slot([&](int slot) {
        if (!has(rows.to, slot)) return;
        const T v = m_.v[slot];
        T sum = T(0);
        if (rows.kind == RowKind::slots) {
          for (std::uint64_t i = rows.begin[slot]; i < rows.begin[slot + 1]; ++i) sum += m_.v[rows.target[i]] - v;
        } else {
          const int across = rows.end - rows.first;
          const bool all = rows.kind == RowKind::all;
          const int first = all ? rows.from_first : rows.first, end = all ? rows.from_end : rows.end;
          for (int r = first; r < end; ++r)
            for (std::uint32_t left = all ? rows.from[r] : rows.bits[std::int64_t(rows.row[slot]) * across + r - first]; left != 0; left &= left - 1)
              sum += m_.v[r * block_width + lowest_bit(left)] - v;
        }
        synapse(block.channel, slot) += g * sum;
      });
    }
  }

  // ---- what is measured ----------------------------------------------------------------------------------------------

  // A warp for each population.
  __device__ void sample(std::int64_t t) {
    for (int p = warp(); p < plan_.n_population; p += int(blockDim.x) / 32) {
      const NetworkPopulation& of = plan_.populations[p];
      T signal[n_network_signal] = {};
      if (of.wanted.rate) {
        signal[signal_rate] = sum_over(of, [&](int slot) { return T(has(row(t), slot)); });
        signal[signal_rate] = T(double(signal[signal_rate]) / (of.size * s_.dt_seconds));
      }
      if (of.wanted.v) signal[signal_v] = sum_over(of, [&](int slot) { return m_.v[slot]; }) / T(of.size);
      if (of.wanted.currents)
        for (const NetworkSignal which : {signal_exc, signal_inh, signal_lfp})
          signal[which] = sum_over(of, [&](int slot) { return arriving(p, slot, which, t); }) / T(of.size);
      if (lane() != 0) continue;
      for (int i = 0; i < plan_.n_lane; ++i)
        if (plan_.lanes[i] / n_network_signal == p) {
          T y = signal[0];                       // by constants: an array in registers
          NS_UNROLL for (int k = 1; k < n_network_signal; ++k)
            if (plan_.lanes[i] % n_network_signal == k) y = signal[k];
          add(m_.moments[i], y, t);
        }
    }
    if (a_.shape.spreads)
      each_slot([&](int slot) {
        if (population(slot).wanted.spread) add(m_.spread[slot], m_.v[slot], t);
      });
  }
  __device__ void add(Moments<T>& m, T y, std::int64_t t) const {
    if (t == s_.transient) m.begin(y);
    m.add(y);
  }
  template <class F>
  __device__ T sum_over(const NetworkPopulation& p, F f) const {
    T sum = T(0);
    for (int i = lane(); i < p.size; i += 32) sum += f(p.first + i);
    return warp_sum(sum);
  }
  __device__ T arriving(int p, int slot, NetworkSignal which, std::int64_t t) const {
    T sum[2] = {T(0), T(0)};
    for (int c = 0; c < set_.n_channel; ++c) {
      const Channel& channel = set_.channels[c];
      if (channel.receptor < 0) continue;
      const T current = synapse(c, slot) * fma(T(channel.slope), m_.v[slot], T(channel.offset));
      if (set_.inhibits[std::int64_t(p) * set_.n_channel + c]) sum[1] += current;
      else sum[0] += current;
    }
    if (a_.shape.arrive && plan_.populations[p].model >= 0) {
      const T jump = m_.arrivals[(t % 4) * slots_ + slot];
      if (jump > T(0)) sum[0] += jump;
      else sum[1] += jump;
    }
    return which == signal_exc ? sum[0] : which == signal_inh ? sum[1] : abs(sum[0]) + abs(sum[1]);
  }

  // What is due at step t, all steps before it being done.
  __device__ void flush(std::int64_t t) {
    bool poison = false, outside = false;
    each_slot([&](int slot) {
      if (valid(slot))
        with_spiking_model(population(slot).model, [&]<class Model>(std::type_identity<Model>) {
          Carried<Model, T> carried;
          NS_UNROLL for (int i = 0; i < Model::n_state; ++i) carried.x[i] = state<Model>(i, slot);
          carried.poison = carried.outside = T(0);
          carried.look_at_states();
          poison = poison || !(carried.poison == T(0)), outside = outside || carried.outside != T(0);
        });
    });
    const int found = (ballot(poison) != 0 ? 1 : 0) | (ballot(outside) != 0 ? 2 : 0);
    if (lane() == 0) m_.found[warp()] |= found;
    if (t <= s_.transient) return;
    const std::int64_t last = t - 1 - (t - 1) % flush_every, from = last > s_.transient ? last : s_.transient;
    const int added = int(t - from);
    if (lane() == 0)
      for (int i = 0; i < plan_.n_lane; ++i)
        if (plan_.lanes[i] / n_network_signal % (int(blockDim.x) / 32) == warp()) m_.moments[i].flush(added, from - s_.transient);
    if (a_.shape.spreads)
      each_slot([&](int slot) {
        if (population(slot).wanted.spread) m_.spread[slot].flush(added, from - s_.transient);
      });
  }

  // ---- the end -------------------------------------------------------------------------------------------------------

  __device__ void finish() {
    int found = 0;
    for (int w = 0; w < int(blockDim.x) / 32; ++w) found |= m_.found[w];
    const bool diverged = found & 1;
    if (threadIdx.x == 0) a_.status[blockIdx.x] = diverged ? status_diverged : found & 2 ? status_out_of_domain : status_ok;
    for (int c = int(threadIdx.x); c < plan_.n_column; c += int(blockDim.x)) {
      const NetworkColumn& column = plan_.columns[c];
      a_.out[std::int64_t(c) * gridDim.x + blockIdx.x] =
          diverged ? std::numeric_limits<T>::quiet_NaN() : T(is_of_spikes(column.measure) ? measure_cells(column) : measure_signal(column));
    }
  }
  __device__ double measure_signal(const NetworkColumn& column) const {
    const Moments<T>& m = m_.moments[column.lane];
    Setup one = s_;
    one.measure[0] = std::uint8_t(column.measure);
    T out[1];
    const Statistics<T> stat{m.minimum, m.maximum, m.mean_value(), sqrt(m.variance(s_.steps - s_.transient))};
    write_measures<T>(one, stat, SpectralMeasures<T>(), SpikeStatistics(), T(0), T(0), out, 1);
    return double(out[0]);
  }
  __device__ double measure_cells(const NetworkColumn& column) const {
    const NetworkPopulation& p = plan_.populations[column.population];
    const double nan = std::numeric_limits<double>::quiet_NaN();
    if (column.measure == Measure::synchrony) return synchrony(column);
    double spikes = 0, active = 0, intervals = 0, variation = 0, several = 0;
    for (int i = p.first; i < p.first + p.size; ++i) {
      const SpikeStatistics train(m_.trains[i]);
      spikes += train.spikes, active += train.spikes > 0;
      if (train.spikes >= 3) ++several, intervals += train.isi_mean, variation += train.isi_cv;
    }
    switch (column.measure) {
      case Measure::spike_count: return spikes;
      case Measure::rate: return spikes / (p.size * (double(s_.steps - s_.transient) * s_.dt_seconds));
      case Measure::isi_mean: return several > 0 ? intervals / several * s_.dt : nan;
      case Measure::isi_cv: return several > 0 ? variation / several : nan;
      case Measure::active: return active / p.size;
      default: return nan;
    }
  }
  // Golomb's chi: the SD of the mean v over the root of the mean of the cells' variances.
  __device__ double synchrony(const NetworkColumn& column) const {
    const NetworkPopulation& p = plan_.populations[column.population];
    const double nan = std::numeric_limits<double>::quiet_NaN();
    if (p.model < 0) return nan;
    double sum = 0;
    for (int i = p.first; i < p.first + p.size; ++i) sum += double(m_.spread[i].variance(s_.steps - s_.transient));
    if (!(sum > 0)) return nan;
    if (p.size == 1) return 1;
    return std::sqrt(double(m_.moments[column.lane].variance(s_.steps - s_.transient)) / (sum / p.size));
  }

  const BlockArguments<T>& a_;
  const NetworkPlan& plan_;
  const Setup& s_;
  const NetworkSet& set_;
  const std::uint32_t replicate_;
  const BlockMemory<T> m_;
  const int slots_;
};

template <Method method, class T>
__global__ void __launch_bounds__(most_block_threads) network_block(const __grid_constant__ BlockArguments<T> a) {
  std::byte* const shared = shared_memory<std::byte>();
  // What the last launch put away.
  std::uint64_t* const words = reinterpret_cast<std::uint64_t*>(shared);
  std::uint64_t* const kept = a.kept + std::int64_t(blockIdx.x) * (a.shape.bytes / 8);
  if (a.begin > 0)
    for (int i = int(threadIdx.x); i < int(a.shape.bytes / 8); i += int(blockDim.x)) words[i] = kept[i];
  NetworkBlock<method, T>(a, shared).run();
  if (a.end < a.setup.steps)
    for (int i = int(threadIdx.x); i < int(a.shape.bytes / 8); i += int(blockDim.x)) kept[i] = words[i];
}

}  // namespace
}  // namespace neurosweep
