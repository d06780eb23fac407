// A tile's summary (summary.hpp), by Thrust on the device.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>
#include <vector>

#include "handles.cuh"
#include "problem.hpp"

namespace neurosweep {

// Device memory for Thrust's own use, kept from call to call: cudaMalloc and cudaFree would stop the other stream.
class TemporaryMemory {
 public:
  using value_type = char;
  char* allocate(std::ptrdiff_t bytes);
  void deallocate(char* p, std::size_t bytes);

 private:
  struct Block {
    DeviceBuffer<char> memory;
    bool taken;
  };
  std::vector<Block> blocks_;
};

// values[c * sets + i], status[i] in device memory, written on `stream`; first_set: number of set 0. Waits for the
// stream.
template <class T>
Summary reduce_tile(const T* values, const std::uint8_t* status, int n_measures, std::uint64_t first_set, int sets,
                    TemporaryMemory& memory, cudaStream_t stream);

}  // namespace neurosweep
