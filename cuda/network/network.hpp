// A network in numbers: populations of cells, and what a spike of one does to another. It is the same for every set of a sweep;
// what a set has of its own are its quantities (Problem::base and axes), which the structures below name by their number.
//
// Cells are numbered through the populations in the order of the list. All times are in ms: every spiking model's time unit.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "problem.hpp"

namespace neurosweep {

enum class Transmission {                    // what an arriving spike of weight w does
  current,                                   // s += w, which decays: I += s
  conductance,                               // s += w, which decays: I += s (E_rev - v)
  instant,                                   // I += w in the next step alone
  jump                                       // v += w now
};

// What edges add to. Edges of the same receptor share one decaying number in each cell.
struct Receptor {
  std::string name;
  Transmission transmission = Transmission::current;
  int decay = -1;                            // quantity [ms]; of current and conductance
  int reversal = -1;                         // quantity [mV]; of conductance
};

struct TimedSpike {
  std::int64_t step;
  int cell;                                  // of the population
};

struct PoissonInput {                        // `sources` independent trains for each cell, which jump: v += weight
  int rate = -1, weight = -1, sources = -1;  // quantities: Hz, unit of v, a whole number; -1: the population has none
};

struct Population {
  std::string name;
  int model = -1;                            // index into models(); -1: its cells do nothing but spike at given times
  int first = 0, size = 0;                   // cells
  int quantities = -1;                       // the first of its model's, which lie as Layout says
  std::vector<double> mean;                  // [size] of the main port's input, in place of drive_mean; empty: the same for all
  PoissonInput poisson;
  std::vector<TimedSpike> spikes;            // in the order of their steps
  bool spikes_only() const { return model < 0; }
};

struct Edge {
  int pre, post;                             // through `from` and `to` laid end to end
  double weight;
  int receptor;
  int delay;                                 // steps
};

struct Projection {
  std::string name;
  std::vector<int> from, to;                 // populations
  // Every pair of cells, each with `probability`:
  int receptor = -1;
  int weight = -1, delay = -1, probability = -1;   // quantities: the receptor's unit; ms, a whole number of steps; 0 ... 1
  double scale = 1;                          // of the weight
  bool self = false;                         // whether a cell reaches itself
  // or, where any are listed, these:
  std::vector<Edge> edges;
  bool listed = false;
};

struct GapJunction {                         // I_i += g (v_j - v_i), and the same for j
  std::string name;
  int between[2];                            // populations
  int conductance = -1, probability = -1;    // quantities
};

// What is observed of a population; its signals are numbered population * n_network_signal + this.
enum NetworkSignal { signal_rate, signal_v, signal_exc, signal_inh, signal_lfp, n_network_signal };

struct Network {
  std::vector<Population> populations;
  std::vector<Receptor> receptors;
  std::vector<Projection> projections;
  std::vector<GapJunction> gap_junctions;
  bool wired_per_set = false;                // connectivity is drawn anew for every set
  std::vector<int> measured;                 // [Problem::measures] the signal; of a measure of cells, any of its population's

  int cells() const { return populations.empty() ? 0 : populations.back().first + populations.back().size; }
};

// What a set consists of: progress and speeds are counted in steps of one node.
inline std::uint64_t nodes_in(const Problem& p) { return p.network ? std::uint64_t(p.network->cells()) : 1; }

// Noise, Poisson arrivals and connectivity of a network are Philox words (numerics/noise.hpp) under the counter
//   {block, stream + 64 replicate, cell + 2^24 (set >> 32), low half of set},   block = step / 4,
// where `stream` is the port, or one of these. Connectivity has {post / 4, stream + 64 projection, pre + 2^24 (n >> 32), low half
// of n}, whose word post % 4 decides on the edge, n being 0, or set + 1 where every set is wired anew; gap junctions are numbered
// after the projections.
inline constexpr std::uint32_t poisson_stream = 62, wiring_stream = 63;
inline constexpr int max_cells = 1 << 24;

inline constexpr std::string_view network_name = "network";   // as a sweep file and a store call it, where others have a model

}  // namespace neurosweep
