// A CUDA runtime and a cuFFT that run on the CPU, for tests on a machine without a GPU: NVIDIA's headers, our
// functions.
//
// It is stricter than a GPU. Streams are queues that run as late as possible, or in a random order; device memory
// begins as NaN and can be touched only while queued work runs; copies check bounds, direction and device; any call can
// be made to fail; and whatever is not given back is counted. What it cannot see: rounding on the device, races inside
// a kernel, time.
#pragma once
#include <cuda_runtime.h>

#include <cstddef>

namespace standin {

enum class Order {
  eager,  // queued work runs at once
  lazy,   // nothing runs until somebody waits for it
  random  // anything may run at any time; Config::seed picks
};

enum class Threads { any, forwards, backwards };      // of a block: the order in which they run

struct Config {
  Order order = Order::lazy;
  unsigned seed = 1;
  int devices = 1;
  std::size_t memory = std::size_t(1) << 30;  // bytes of each device
  int cache = 1 << 26;                        // bytes of its second level
  cudaError_t first_answer = cudaSuccess;     // of cudaGetDeviceCount: what a machine without a driver says
  cudaError_t code_answer = cudaSuccess;      // of cudaFuncGetAttributes: what a device too old says
  unsigned too_old = ~0u;                     // bit i: device i says it
  Threads threads = Threads::any;
};

void reset(const Config& config);  // nothing may be alive
void fail_call(int n);             // the n-th call from now returns an error; 0: none does
int calls();                       // calls since fail_call() or reset()
std::size_t live();                // buffers, streams, events and plans not given back
int most_queued();                 // the longest that a stream's queue has been since reset()

}  // namespace standin
