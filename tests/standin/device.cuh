// The tests' cuda/device.cuh: the same names for a plain C++ compiler, so that the .cu files run on the CPU
// (standin.hpp).
#pragma once
#include <cuda_runtime.h>
#include <thrust/system/cpp/execution_policy.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <tuple>
#include <utility>

#include "block.hpp"

#undef __launch_bounds__
#define __launch_bounds__(...)
#undef __grid_constant__
#define __grid_constant__

inline thread_local uint3 threadIdx, blockIdx;
inline thread_local dim3 blockDim, gridDim;

namespace standin {

cudaError_t enqueue_grid(const void* kernel, dim3 grid, dim3 block, std::size_t shared, cudaStream_t stream, std::function<void()> thread);

// Device memory is open as long as it lives. No other thread's task runs meanwhile: it would close the memory when it is done.
class OpenMemory {
 public:
  explicit OpenMemory(cudaStream_t stream);  // waits for the stream
  OpenMemory(const OpenMemory&) = delete;
  ~OpenMemory();

 private:
  const std::unique_lock<std::recursive_mutex> lock_;
  const int device_;
};

// Thrust runs at once, on the CPU.
struct DevicePolicy : thrust::cpp::execution_policy<DevicePolicy> {
  explicit DevicePolicy(cudaStream_t stream) : open(stream) {}
  OpenMemory open;
};

}  // namespace standin

namespace neurosweep {

template <class... P, class... A>
cudaError_t launch(void (*kernel)(P...), dim3 grid, dim3 block, std::size_t shared, cudaStream_t stream, A&&... a) {
  return standin::enqueue_grid(
      reinterpret_cast<const void*>(kernel), grid, block, shared, stream,
      [kernel, arguments = std::tuple<P...>(std::forward<A>(a)...)] { std::apply(kernel, arguments); });
}

template <class T>
T* shared_memory() {
  return static_cast<T*>(standin::shared_memory());
}
inline void block_barrier() { standin::wait_for_block(); }
inline void atomic_or(std::uint32_t& word, std::uint32_t bits) { std::atomic_ref(word).fetch_or(bits); }
inline std::uint32_t ballot(bool b) {
  std::uint64_t all[32];
  standin::exchange(b, all);
  std::uint32_t bits = 0;
  for (int i = 0; i < 32; ++i) bits |= std::uint32_t(all[i] != 0) << i;
  return bits;
}
// By the same tree as on a GPU.
template <class T>
T warp_sum(T x) {
  std::uint64_t all[32];
  standin::exchange(std::bit_cast<std::uint64_t>(double(x)), all);
  T sum[32], next[32];
  for (int i = 0; i < 32; ++i) sum[i] = T(std::bit_cast<double>(all[i]));
  for (int apart = 16; apart > 0; apart /= 2) {
    for (int i = 0; i < 32; ++i) next[i] = sum[i] + sum[i ^ apart];
    std::copy_n(next, 32, sum);
  }
  return sum[threadIdx.x % 32];
}

// The allocator is used once, as Thrust on a GPU would.
template <class Allocator>
standin::DevicePolicy device_policy(cudaStream_t stream, Allocator& allocator) {
  allocator.deallocate(allocator.allocate(256), 256);
  return standin::DevicePolicy(stream);
}

}  // namespace neurosweep
