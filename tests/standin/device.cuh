// The tests' cuda/device.cuh: the same names for a plain C++ compiler, so that the .cu files run on the CPU
// (standin.hpp).
#pragma once
#include <cuda_runtime.h>
#include <thrust/system/cpp/execution_policy.h>

#include <cstddef>
#include <functional>
#include <tuple>
#include <utility>

#undef __launch_bounds__
#define __launch_bounds__(...)
#undef __grid_constant__
#define __grid_constant__

inline thread_local uint3 threadIdx, blockIdx;
inline thread_local dim3 blockDim, gridDim;

namespace standin {

cudaError_t enqueue_grid(dim3 grid, dim3 block, std::size_t shared, cudaStream_t stream, std::function<void()> thread);

// Device memory is open as long as it lives.
class OpenMemory {
 public:
  explicit OpenMemory(cudaStream_t stream);  // waits for the stream
  OpenMemory(const OpenMemory&) = delete;
  ~OpenMemory();

 private:
  int device_;
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
      grid, block, shared, stream,
      [kernel, arguments = std::tuple<P...>(std::forward<A>(a)...)] { std::apply(kernel, arguments); });
}

// The allocator is used once, as Thrust on a GPU would.
template <class Allocator>
standin::DevicePolicy device_policy(cudaStream_t stream, Allocator& allocator) {
  allocator.deallocate(allocator.allocate(256), 256);
  return standin::DevicePolicy(stream);
}

}  // namespace neurosweep
