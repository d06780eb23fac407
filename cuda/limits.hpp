// How much the CUDA backend takes at once. Tests make these small; nobody else changes them.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "backend.hpp"

namespace neurosweep {

struct CudaLimits {
  // Of a tile. 2^18 threads are twice what the largest GPU holds at a time, and their map is a few megabytes.
  std::int64_t realisations = 1 << 18;
  // Of a tile too, if the sweep is large enough for several: what keeps a large GPU busy when two tiles are in flight.
  std::int64_t busy = 1 << 15;
  // Of the memory that is free at the start, for the two tiles in flight together.
  double memory_share = 0.5;
  // Of one launch; 0: as many as even a slow GPU of that size does in a quarter of a second, fewer if its threads are
  // few, so that the display's watchdog, the progress line and Ctrl-C are content.
  std::int64_t node_steps = 0;
  // Transformed at a time, at most: fewer where a GPU's second-level cache holds no more of their spectra. Whole warps.
  int fft_columns = 1 << 14;
  // Of a network's block, at most: whole warps.
  int network_threads = 256;
};

std::unique_ptr<Backend> make_cuda_backend(std::vector<int> devices, const CudaLimits& limits);

}  // namespace neurosweep
