// The few words that only nvcc understands. The tests have a second file of this name (tests/standin/device.cuh), found
// first on their include path, which runs the same kernels on the CPU; so no .cu file writes <<<>>> or names a
// CUDA-only Thrust policy.
#pragma once
#include <cuda_runtime.h>
#include <thrust/system/cuda/execution_policy.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace neurosweep {

// Queues `kernel` on `stream`.
template <class... P, class... A>
cudaError_t launch(void (*kernel)(P...), dim3 grid, dim3 block, std::size_t shared, cudaStream_t stream, A&&... a) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid, config.blockDim = block, config.dynamicSmemBytes = shared, config.stream = stream;
  return cudaLaunchKernelEx(&config, kernel, P(std::forward<A>(a))...);
}

// The block's dynamic shared memory.
template <class T>
__device__ T* shared_memory() {
  extern __shared__ __align__(16) unsigned char ns_shared[];
  return reinterpret_cast<T*>(ns_shared);
}
__device__ inline void block_barrier() { __syncthreads(); }
// In the block's memory.
__device__ inline void atomic_or(std::uint32_t& word, std::uint32_t bits) { atomicOr(&word, bits); }
// Of a whole warp: a bit for each thread; the sum, in one order.
__device__ inline std::uint32_t ballot(bool b) { return __ballot_sync(~0u, b); }
template <class T>
__device__ T warp_sum(T x) {
  for (int apart = 16; apart > 0; apart /= 2) x += __shfl_xor_sync(~0u, x, apart);
  return x;
}

// Where Thrust runs: on `stream`, its temporary memory from `allocator`.
template <class Allocator>
auto device_policy(cudaStream_t stream, Allocator& allocator) {
  return thrust::cuda::par_nosync(allocator).on(stream);
}

}  // namespace neurosweep
