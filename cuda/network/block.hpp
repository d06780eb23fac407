// What the kernels of networks are given, and how a block's memory is laid out.
#pragma once
#include <stdexcept>
#include <string>
#include <tuple>

#include "measures/measures.hpp"
#include "network/prepare.hpp"
#include "numerics/input.hpp"

namespace neurosweep {

inline constexpr int block_width = 16;       // lanes of LaneBits: a warp is two registers
inline constexpr int warp_size = 32;
inline constexpr int most_block_threads = 256;
// A row as lanes costs a thread a load for each of its slots, one as a list a barrier: a few edges in a hundred pay for lanes.
inline constexpr double block_lanes_from = 0.25;

// ---- a set, in memory of the device ---------------------------------------------------------------------------------------

struct BlockArrivals {                       // of a population; numbers.hpp says how a word becomes a number of arrivals
  int first, n_limit;
  const std::uint32_t* limits;
  double weight;
};

struct BlockSet {
  const double* quantity;                    // [Problem::base]
  const Channel* channels;
  const Block *blocks, *gaps;
  const std::uint8_t* inhibits;              // [populations][n_channel]
  const BlockArrivals* arrivals;             // [populations]
  std::uint64_t set;
  int n_channel, n_block, n_gap;
};

// ---- a block's memory -----------------------------------------------------------------------------------------------------

template <class T>
struct BlockPopulation {
  const double* own_mean;                    // [size] of the input, in place of `mean`; nullptr: none
  Sine<T> sine;
  Pulse<T> pulse;
  const std::uint32_t* limits;               // of Poisson arrivals
  int first_arrival, n_limit;
  T mean, noise, jump;                       // noise: SD of a step; jump: of an arrival
  int model, first, size;
  bool spread;
};

template <class T>
struct BlockChannel {
  ChannelLanes<T> lanes;
  bool jump;
};

template <class T>
struct BlockRows {                           // Block with its rows
  RowsView rows;
  int channel, delay;
  T weight;
};

template <class T>
struct BlockSignal {
  int population;
  NetworkSignal which;
  T scale;                                   // of the sum over cells
  Moments<T> moments;
};

// How large the arrays of a block are, and where they begin (bytes). All that is read or written in a step is there; what a few spikes
// change (SpikeTrain) is in the device's memory.
struct BlockShape {
  int slots, warps;                          // warps: as many as slots would fill
  int states;                                // besides the membrane potential, of the model with the most
  int channels, populations, signals, blocks, gaps;
  int ring, busy;                            // steps that spikes are remembered, a power of two; words that say which warps' spiked
  int dynamics;                              // bytes of the largest model's
  bool noisy, arrive, holds, spreads;        // whether anyone has noise, Poisson arrivals, refractory times; whether single cells' variances are wanted
  bool looks_at_others;                      // whether populations are sampled or gap junctions act
  struct {
    int populations, dynamics, channels, rows, signals, spread, x, v, hold, s, normals, arrivals, ring, busy, valid, found, of, open;
  } at;
  std::size_t bytes;
};

// Realisation j is replicate j / n_set of set number j % n_set; all pointers are of the device.
template <class T>
struct BlockArguments {
  Setup setup;
  NetworkPlan plan;                          // registers of block_width slots
  BlockShape shape;
  const BlockSet* sets;                      // [n_set]
  int n_set;
  std::int64_t begin, end;                   // steps of this launch: multiples of flush_every, or the last
  std::uint64_t* kept;                       // [realisations][shape.bytes / 8] a block's memory between launches
  SpikeTrain<T>* trains;                     // [realisations][slots]
  T* signal;                                 // signal[observed sample - first_row][lane * realisations + j], rows `stride` apart: nullptr without spectra
  std::int64_t stride, first_row;
  const T* power;                            // power[bin - kept.first][lane * realisations + j]
  T* out;                                    // [columns][realisations]
  std::uint8_t* status;                      // [realisations]

  NS_HD int realisations() const { return n_set * int(setup.replicates); }
};

template <class T>
BlockShape block_shape(const NetworkOutline& outline) {
  const Problem& p = outline.problem;
  const Network& network = *p.network;
  const NetworkPlan& plan = outline.plan;
  BlockShape shape{};
  shape.slots = plan.slots.registers * block_width, shape.warps = (shape.slots + warp_size - 1) / warp_size;
  shape.channels = plan.max_channel, shape.populations = plan.n_population, shape.signals = plan.n_lane;
  for (const Projection& projection : network.projections) shape.blocks += parts_of(projection);
  shape.gaps = 2 * int(network.gap_junctions.size());      // rows both ways
  // While some threads deliver the oldest spikes, others write the next step's, and clear what says that there were any in the one after.
  shape.ring = int(std::bit_ceil(unsigned(longest_delay(p, outline.setup) + 3))), shape.busy = (shape.warps + 31) / 32;
  shape.looks_at_others = plan.n_lane > 0 || shape.gaps > 0;
  for (int i = 0; i < plan.n_population; ++i) {
    const NetworkPopulation& population = plan.populations[i];
    shape.spreads = shape.spreads || population.wanted.spread;
    shape.arrive = shape.arrive || network.populations[std::size_t(i)].poisson.rate >= 0;
    if (population.model < 0) continue;
    with_model(population.model, [&]<class Model>(std::type_identity<Model>) {
      const int noise = population.quantities + layout_of<Model>().drive(0, drive_noise);
      shape.noisy = shape.noisy || p.base[std::size_t(noise)] != 0 || is_swept(p, noise);
      if constexpr (Spiking<Model>) {
        const std::size_t bytes[] = {sizeof(Dynamics<Model, Method::euler, T>), sizeof(Dynamics<Model, Method::exp_euler, T>),
                                     sizeof(Dynamics<Model, Method::heun, T>), sizeof(Dynamics<Model, Method::rk4, T>)};
        shape.states = std::max(shape.states, int(Model::n_state) - (potential_of<Model>() >= 0));
        shape.dynamics = std::max(shape.dynamics, int(bytes[int(p.method)] + 15) / 16 * 16);
        shape.holds = shape.holds || Refractory<Model>;
      }
    });
  }
  std::size_t used = 0;
  const auto take = [&](int& at, std::size_t bytes, std::int64_t n) { at = int(std::min<std::size_t>(used, 1 << 30)), used += (bytes * std::size_t(n) + 15) / 16 * 16; };
  const std::int64_t slots = shape.slots;
  take(shape.at.populations, sizeof(BlockPopulation<T>), shape.populations), take(shape.at.dynamics, std::size_t(shape.dynamics), shape.populations);
  take(shape.at.channels, sizeof(BlockChannel<T>), shape.channels), take(shape.at.rows, sizeof(BlockRows<T>), shape.blocks + shape.gaps);
  take(shape.at.signals, sizeof(BlockSignal<T>), shape.signals), take(shape.at.spread, sizeof(Moments<T>), shape.spreads ? slots : 0);
  take(shape.at.x, sizeof(T), slots * shape.states), take(shape.at.v, sizeof(T), slots), take(shape.at.hold, sizeof(T), shape.holds ? slots : 0);
  take(shape.at.s, sizeof(T), slots * shape.channels), take(shape.at.normals, sizeof(T), shape.noisy ? 4 * slots : 0);
  take(shape.at.arrivals, sizeof(T), shape.arrive ? 4 * slots : 0);
  take(shape.at.ring, sizeof(std::uint32_t), std::int64_t(shape.ring) * shape.warps), take(shape.at.busy, sizeof(std::uint32_t), std::int64_t(shape.ring) * shape.busy);
  take(shape.at.valid, sizeof(std::uint32_t), shape.warps), take(shape.at.found, sizeof(int), most_block_threads / warp_size);
  take(shape.at.of, sizeof(std::uint16_t), slots), take(shape.at.open, 1, slots);
  shape.bytes = used;
  return shape;
}

// Why a block that may use `allowed` bytes of shared memory cannot hold the network; empty if it can.
inline std::string block_refusal(const Network& network, const BlockShape& shape, std::size_t allowed) {
  if (network.populations.size() > 65535) return "a network of " + std::to_string(network.populations.size()) + " populations; a GPU takes 65535";
  if (shape.bytes <= allowed) return {};
  return "a network of " + std::to_string(network.cells()) + " cells needs " + std::to_string(shape.bytes) +
         " bytes of a GPU's shared memory, and a block may use " + std::to_string(allowed);
}

}  // namespace neurosweep
