// The few words that only nvcc understands. The tests have a second file of this name (tests/standin/device.cuh), found
// first on their include path, which runs the same kernels on the CPU; so no .cu file writes <<<>>> or names a
// CUDA-only Thrust policy.
#pragma once
#include <cuda_runtime.h>
#include <thrust/system/cuda/execution_policy.h>

#include <cstddef>
#include <utility>

namespace neurosweep {

// Queues `kernel` on `stream`.
template <class... P, class... A>
cudaError_t launch(void (*kernel)(P...), dim3 grid, dim3 block, std::size_t shared, cudaStream_t stream, A&&... a) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid, config.blockDim = block, config.dynamicSmemBytes = shared, config.stream = stream;
  return cudaLaunchKernelEx(&config, kernel, P(std::forward<A>(a))...);
}

// Where Thrust runs: on `stream`, its temporary memory from `allocator`.
template <class Allocator>
auto device_policy(cudaStream_t stream, Allocator& allocator) {
  return thrust::cuda::par_nosync(allocator).on(stream);
}

}  // namespace neurosweep
