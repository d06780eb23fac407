// Every CUDA and cuFFT call stands in NS_CHECK: a failure throws with the place, the call and the reason.
#pragma once
#include <cuda_runtime.h>
#include <cufft.h>

#include <stdexcept>
#include <string>

namespace neurosweep {

struct CudaError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct OutOfDeviceMemory : CudaError {  // the backend answers with smaller tiles
  using CudaError::CudaError;
};

namespace detail {

// "/path/to/cuda/x.cu", 12, "f()", "why" -> "x.cu:12: f(): why"
inline std::string failure(const char* file, int line, const char* call, const std::string& why) {
  const std::string path(file);
  return path.substr(path.find_last_of('/') + 1) + ":" + std::to_string(line) + ": " + call + ": " + why;
}

inline void check(cudaError_t error, const char* file, int line, const char* call) {
  if (error == cudaSuccess) return;
  (void)cudaGetLastError();  // so that a failed allocation is not reported again by the next launch
  const std::string message =
      failure(file, line, call, std::string(cudaGetErrorName(error)) + " (" + cudaGetErrorString(error) + ")");
  if (error == cudaErrorMemoryAllocation) throw OutOfDeviceMemory(message);
  throw CudaError(message);
}

inline void check(cufftResult error, const char* file, int line, const char* call) {
  if (error == CUFFT_SUCCESS) return;
  const std::string message = failure(file, line, call, "cuFFT error " + std::to_string(int(error)));
  if (error == CUFFT_ALLOC_FAILED) throw OutOfDeviceMemory(message);
  throw CudaError(message);
}

}  // namespace detail

#define NS_CHECK(call) ::neurosweep::detail::check((call), __FILE__, __LINE__, #call)

}  // namespace neurosweep
