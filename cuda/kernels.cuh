// What the backend knows about the kernels of a model: their arguments, and how to find the one for a problem. The
// kernels themselves are in simulate.cuh and are compiled once per model (CMakeLists.txt).
#pragma once
#include <cuda_runtime.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "measures/welch.hpp"
#include "setup.hpp"
#include "simulate.hpp"

namespace neurosweep {

// Threads of a block. Four warps: enough to share a multiprocessor's issue slots, few enough that many registers fit.
inline constexpr int block_size = 128;

// The grid for n threads in x; `rows` of them in y.
inline dim3 blocks_for(std::int64_t n, int rows = 1) {
  constexpr int most_rows = 65535;
  return dim3(unsigned((n + block_size - 1) / block_size), unsigned(std::min(rows, most_rows)));
}

inline constexpr std::size_t constant_table_bytes = 64 * 1024;  // all the constant memory that there is

// Everything is a structure of arrays: word w of realisation j stands at [w * stride + j]. Realisation j of a tile of
// `sets` sets is replicate j / sets of set first_set + j % sets.
template <class T>
struct SimulateArguments {
  Setup setup;
  DirectPlan plan;          // engine direct
  std::int64_t begin, end;  // steps of this launch; Simulation::run says where they may lie
  std::int64_t hop;         // engine direct: hops complete before `begin`
  std::int64_t first_row;   // engine fft: number of the observed sample in the signal's row 0
  std::uint64_t first_set;
  int sets;
  std::int64_t stride;
  const double* swept;  // swept[column * sets + set]
  T* carried;           // Kept<Model, T>, word by word
  T* hops;              // engine direct: DirectBins' sums of hops [4 * capacity], if the launch is not the last
  T* power;             // power[bin - kept.first]: written by engine direct
  T* signal;            // signal[observed sample - first_row], less the moments' y0: written by engine fft

  NS_HD int realisations() const { return sets * int(setup.replicates); }
};

// What a realisation keeps from launch to launch, besides its spectrum.
template <class Model, class T>
struct Kept {
  Carried<Model, T> carried;
  [[no_unique_address]] SpikeTrains<Model, T> spikes;
};

// What the measures need of it: all but the states, which come first.
template <class T>
struct Outcome {
  Moments<T> moments;
  T poison, outside;
};
template <class T>
struct SpikingOutcome : Outcome<T> {
  SpikeTrain<T> train;
};
template <class T, class Struct>
inline constexpr int words_of = int(sizeof(Struct) / sizeof(T));

template <class T>
using SimulateKernel = void (*)(SimulateArguments<T>);

// A kernel that can serve a problem.
template <class T>
struct Instance {
  SimulateKernel<T> kernel = nullptr;  // null: there is none
  int capacity = 0;                    // engine direct: bins that it accumulates
  int kept = 0, outcome = 0;           // words of Kept<Model, T>, and where its Outcome<T> begins
};

// Instantiated in the model's own object.
template <class Model, class T>
struct ModelKernels {
  // The smallest compiled one that does what is asked for. `bins`: engine direct's accumulated bins.
  static Instance<T> find(Method method, Path path, Engine engine, int bins);
  // Queues the upload of direct_table() to the constant memory that the kernels read.
  static cudaError_t upload_table(const T* table, std::size_t bytes, cudaStream_t stream);
};

}  // namespace neurosweep
