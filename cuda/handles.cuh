// Owners of what CUDA and cuFFT hand out. Destructors never throw, and never wait: whoever queues work on a buffer sees
// to it that the work is done before the buffer goes (Quiet below).
#pragma once
#include <utility>

#include "check.cuh"

namespace neurosweep {

template <class H, auto destroy>
class Handle {
 public:
  Handle() = default;
  explicit Handle(H h) : h_(h) {}
  Handle(Handle&& other) noexcept : h_(std::exchange(other.h_, H{})) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(h_, other.h_);
    return *this;
  }
  ~Handle() {
    if (h_ != H{}) (void)destroy(h_);
  }
  H get() const { return h_; }

 private:
  H h_{};
};

using Stream = Handle<cudaStream_t, cudaStreamDestroy>;
using Event = Handle<cudaEvent_t, cudaEventDestroy>;

inline Stream make_stream() {
  cudaStream_t s = nullptr;
  NS_CHECK(cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking));
  return Stream(s);
}

inline Event make_event() {
  cudaEvent_t e = nullptr;
  NS_CHECK(cudaEventCreateWithFlags(&e, cudaEventDisableTiming));
  return Event(e);
}

// n values of uninitialised memory; none for n = 0.
template <class T, auto allocate, auto release>
class Buffer {
 public:
  Buffer() = default;
  explicit Buffer(std::size_t n) : memory_(allocate(n * sizeof(T))), size_(n) {}
  T* data() const { return static_cast<T*>(memory_.get()); }
  std::size_t size() const { return size_; }

 private:
  Handle<void*, release> memory_;
  std::size_t size_ = 0;
};

inline void* allocate_device(std::size_t bytes) {
  void* p = nullptr;
  if (bytes > 0) NS_CHECK(cudaMalloc(&p, bytes));
  return p;
}
inline void* allocate_pinned(std::size_t bytes) {
  void* p = nullptr;
  if (bytes > 0) NS_CHECK(cudaHostAlloc(&p, bytes, cudaHostAllocDefault));
  return p;
}
// The runtime's functions have overloads, or take other arguments.
inline cudaError_t release_device(void* p) { return cudaFree(p); }
inline cudaError_t release_pinned(void* p) { return cudaFreeHost(p); }

template <class T>
using DeviceBuffer = Buffer<T, allocate_device, release_device>;
template <class T>
using PinnedBuffer = Buffer<T, allocate_pinned, release_pinned>;  // host memory that copies reach without a detour

// Declare it after the buffers that `stream` works on: it goes first, and waits.
class Quiet {
 public:
  explicit Quiet(const Stream& stream) : stream_(stream) {}
  Quiet(const Quiet&) = delete;
  ~Quiet() { (void)cudaStreamSynchronize(stream_.get()); }

 private:
  const Stream& stream_;
};

}  // namespace neurosweep
