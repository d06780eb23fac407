// What the objects compiled for one model and one instruction set offer to the CPU backend: a batch of sets at a time, raw
// pointers only, so that nothing of the standard library is instantiated under their flags.
#pragma once
#include <cstddef>
#include <cstdint>

#include "fft_plan.hpp"
#include "measures/welch.hpp"
#include "setup.hpp"

namespace neurosweep {

// Everything about a problem that all batches share. Tables in the problem's precision.
struct CpuPlan {
  Setup setup;
  int model;
  Method method;
  Path path;
  Precision precision;
  Engine engine;
  DirectPlan direct;                   // engine direct
  FftPlan fft;                         // engine fft
  const void* table;                   // direct: direct_table(direct, max_direct_bins); fft: cos, sin of 2 pi j / segment
};

struct CpuTrace {                      // of the set in the first lane; arrays [setup.steps]
  double* rows;                        // after each step: the model's states, then its signals
  std::uint8_t* spiked;                // whether it spiked in the step
};

struct CpuBatch {                      // `lanes` realisations; arrays [...][lanes]
  int lanes;                           // lanes() or least_lanes(), of the same bytes
  const double* swept;                 // [setup.n_swept]
  const std::uint64_t* set;            // the high 32 bits are the same for all
  const std::uint32_t* replicate;
  double* out;                         // [setup.n_measure_out]
  std::uint8_t* status;
  std::byte* workspace;                // workspace_bytes(), 64-byte aligned
  CpuTrace* trace = nullptr;           // for those who want to see every step
};

struct CpuKernels {
  int (*lanes)(const CpuPlan&);
  int (*least_lanes)(const CpuPlan&);  // of a batch with few sets: fewer registers where these have a loop of their own
  std::size_t (*workspace_bytes)(const CpuPlan&);
  void (*run)(const CpuPlan&, const CpuBatch&);
};

// Defined for every model of the list, in objects of their own: host/cpu/model_kernels.hpp.
#if defined(__x86_64__) && !defined(NS_BASELINE_ONLY)
namespace avx512 { template <class Model> const CpuKernels& kernels(); }
namespace avx2 { template <class Model> const CpuKernels& kernels(); }
#endif
namespace baseline { template <class Model> const CpuKernels& kernels(); }

}  // namespace neurosweep
