// What the block kernel of networks is given, and what it keeps in shared memory.
#pragma once
#include <stdexcept>
#include <string>
#include <tuple>

#include "measures/measures.hpp"
#include "network/cell.hpp"
#include "network/plan.hpp"
#include "numerics/input.hpp"

namespace neurosweep {

inline constexpr int block_width = 16;       // lanes of LaneBits: a warp's ballot is two registers
inline constexpr int most_block_threads = 256;

// A thread for each slot, in whole warps, as far as they go.
inline int block_threads(int registers) { return std::min((registers * block_width + 31) / 32 * 32, most_block_threads); }

template <class T>
struct BlockDrive {                          // of a population
  T mean, noise;                             // noise: SD of a step
  Sine<T> sine;
  Pulse<T> pulse;
};

// How large the arrays of a block are.
struct BlockShape {
  int slots, states, channels, populations, signals;
  int ring, row;                             // steps that spikes are remembered, a power of two; registers of a step
  int dynamics;                              // bytes of the largest model's
  bool arrive, spreads;                      // whether anyone has Poisson arrivals; whether single cells' variances are wanted
  bool looks_at_others;                      // whether populations are sampled, potentials jump or gap junctions act
  std::size_t bytes;
};

template <class T>
struct BlockMemory {
  BlockDrive<T>* drives;                     // [populations]
  std::byte* dynamics;                       // [populations]
  Moments<T>* moments;                       // [signals]
  SpikeTrain<T>* trains;                     // [slots], as all below
  Moments<T>* spread;
  T *x, *v, *hold, *s, *normals, *arrivals;
  LaneBits* ring;
  std::uint8_t* open;
  int* found;                                // [warps] bit 0: a state was NaN or infinite, bit 1: outside its domain
  std::size_t bytes;

  NS_HD static BlockMemory at(std::byte* base, const BlockShape& shape) {
    BlockMemory m;
    std::size_t used = 0;
    const std::int64_t n = shape.slots;
    take(m.drives, shape.populations, base, used), take(m.dynamics, std::int64_t(shape.dynamics) * shape.populations, base, used);
    take(m.moments, shape.signals, base, used), take(m.trains, n, base, used), take(m.spread, shape.spreads ? n : 0, base, used);
    take(m.x, n * shape.states, base, used), take(m.v, n, base, used), take(m.hold, n, base, used), take(m.s, n * shape.channels, base, used);
    take(m.normals, 4 * n, base, used), take(m.arrivals, shape.arrive ? 4 * n : 0, base, used);
    take(m.ring, std::int64_t(shape.ring) * shape.row, base, used), take(m.open, n, base, used), take(m.found, most_block_threads / 32, base, used);
    m.bytes = used;
    return m;
  }

 private:
  template <class U>
  NS_HD static void take(U*& to, std::int64_t n, std::byte* base, std::size_t& used) {
    to = reinterpret_cast<U*>(base + used);
    used += (sizeof(U) * std::size_t(n) + 15) / 16 * 16;
  }
};

// Realisation j is replicate j / n_set of set number j % n_set; all pointers are of the device.
template <class T>
struct BlockArguments {
  Setup setup;
  NetworkPlan plan;                          // registers of block_width slots
  BlockShape shape;
  const NetworkSet* sets;                    // [n_set]
  int n_set;
  const int* run_of;                         // [registers] the run of Slots::runs
  std::int64_t begin, end;                   // steps of this launch: multiples of flush_every, or the last
  std::uint64_t* kept;                       // [realisations][shape.bytes / 8] between launches
  T* out;                                    // [columns][realisations]
  std::uint8_t* status;                      // [realisations]
};

// std::runtime_error where a block cannot hold the network. `allowed`: bytes of shared memory that a block may use.
template <class T, Method method>
BlockShape block_shape(const Network& network, const NetworkPlan& plan, std::size_t allowed) {
  BlockShape shape{};
  shape.slots = plan.slots.registers * block_width, shape.channels = plan.max_channel;
  shape.populations = plan.n_population, shape.signals = plan.n_lane;
  shape.ring = 2 * plan.ring, shape.row = (plan.slots.registers + 1) / 2 * 2;      // twice: steps overlap by one
  shape.looks_at_others = plan.n_lane > 0 || !network.gap_junctions.empty();
  for (const Receptor& r : network.receptors) shape.looks_at_others = shape.looks_at_others || r.transmission == Transmission::jump;
  for (int p = 0; p < plan.n_population; ++p) {
    shape.spreads = shape.spreads || plan.populations[p].wanted.spread;
    shape.arrive = shape.arrive || network.populations[std::size_t(p)].poisson.rate >= 0;
    if (plan.populations[p].model >= 0)
      with_model(plan.populations[p].model, [&]<class Model>(std::type_identity<Model>) {
        if constexpr (Spiking<Model>) {
          shape.states = std::max(shape.states, int(Model::n_state));
          shape.dynamics = std::max(shape.dynamics, int(sizeof(Dynamics<Model, method, T>) + 15) / 16 * 16);
        }
      });
  }
  shape.bytes = BlockMemory<T>::at(nullptr, shape).bytes;
  if (shape.bytes > allowed)
    throw std::runtime_error("a network of " + std::to_string(network.cells()) + " cells needs " + std::to_string(shape.bytes) +
                             " bytes of a GPU's shared memory, and a block may use " + std::to_string(allowed) +
                             "; --device cpu has no such limit");
  return shape;
}

}  // namespace neurosweep
