// What a time loop of a network is given: the same for all sets, and of one set. Raw pointers only.
#pragma once
#include <cstddef>
#include <cstdint>

#include "network/numbers.hpp"

namespace neurosweep {

struct CpuPlan;

struct NetworkSignals {                // of one population: which somebody wants
  bool rate, v, currents;              // currents: I_exc, I_inh, lfp
  bool spread;                         // the single cells' variances, for synchrony
};

struct NetworkPopulation {
  int model, quantities;               // as Population has them
  int first, size;                     // slots
  const double* mean;                  // [size] of the main port; nullptr: the quantity's
  const TimedSpike* spikes;
  std::int64_t n_spike;
  NetworkSignals wanted;
};

struct NetworkColumn {                 // of a measure
  Measure measure;
  int population;
  int lane;                            // its signal's
};

// What is the same for all sets.
struct NetworkPlan {
  const CpuPlan* cpu;                  // setup, method, precision, spectrum
  SlotsView slots;
  const NetworkPopulation* populations;
  int n_population;
  const int* lanes;                    // [n_lane] signals whose moments and spectra are wanted, as network.hpp numbers them
  int n_lane;
  const NetworkColumn* columns;
  int n_column;
  int max_channel;
  int ring;                            // a power of two: steps that spikes are remembered
};

struct NetworkTrace {                  // for those who want to see every step
  double* signals;                     // [steps][populations][n_network_signal]
  void (*spiked)(void* context, std::int64_t step, int cell);
  void* context;
};

struct NetworkArrivals {               // Poisson input of a run of registers (Slots::runs); limits == nullptr: none
  const int* first;                    // [width]
  const void* limits;                  // [n_limit][width] words of the size of the precision
  int n_limit, n_usual;                // of them the first ones, beyond which a draw of a register's steps may well go
  const double* weight;                // [width]
};

struct NetworkSet {
  const double* quantity;              // [Problem::base]
  const Channel* channels;
  int n_channel;
  const Block *blocks, *gaps;
  int n_block, n_gap;
  const std::uint8_t* inhibits;        // [populations][n_channel]
  const NetworkArrivals* arrivals;     // [runs]
  std::uint64_t set;
  std::uint32_t replicate;
  double* out;                         // [n_column]
  std::byte* workspace;                // workspace_bytes(), 64-byte aligned
  bool (*go_on)(void* context);        // asked now and then; false: the set is given up
  void* context;
  const NetworkTrace* trace = nullptr;
};

}  // namespace neurosweep
