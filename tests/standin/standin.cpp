#include "standin.hpp"

#include <cufft.h>

#include <cmath>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <device.cuh>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#endif

// What the runtime's handles point to.
struct CUevent_st {
  CUstream_st* stream = nullptr;  // of the last record
  int pending = 0;                // records that have not run
};

struct CUstream_st {
  struct Task {
    std::function<void()> run;
    CUevent_st* record = nullptr;
  };
  int device = 0;
  std::deque<Task> queue;
};

namespace standin {
namespace {

[[noreturn]] void die(const char* why) {
  std::fprintf(stderr, "stand-in: %s\n", why);
  std::abort();
}

struct Block {
  std::size_t bytes;
  int device;  // -1: pinned host memory
};

struct FftPlan {
  int rows, row_stride, bin_stride, batch;
  cufftType type;
  CUstream_st* stream = nullptr;
};

// Everything that the runtime knows, behind one lock: several threads may drive several devices.
struct Runtime {
  std::recursive_mutex mutex;
  Config config;
  std::map<std::uintptr_t, Block> blocks;
  std::set<CUstream_st*> streams;
  std::set<CUevent_st*> events;
  std::map<cufftHandle, FftPlan> plans;
  std::map<std::pair<int, const void*>, std::size_t> shared;      // that a kernel may use on a device
  cufftHandle last_plan = 0;
  std::mt19937 random;
  int countdown = 0, calls = 0;
  std::size_t most_queued = 0;
};
Runtime runtime;
thread_local int current_device = 0;

constexpr std::size_t usual_shared = 48 * 1024, max_shared = 227 * 1024;   // of a block; the latter of compute capability 9.0, if asked for

using Lock = std::lock_guard<std::recursive_mutex>;

std::uintptr_t address(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

// ---- memory ---------------------------------------------------------------------------------------------------------

void open_memory(int device, bool open) {
  for (const auto& [at, block] : runtime.blocks)
    if (block.device == device) {
      void* const p = reinterpret_cast<void*>(at);
      if (open)
        ASAN_UNPOISON_MEMORY_REGION(p, block.bytes);
      else
        ASAN_POISON_MEMORY_REGION(p, block.bytes);
    }
}

std::size_t used(int device) {
  std::size_t bytes = 0;
  for (const auto& [at, block] : runtime.blocks)
    if (block.device == device) bytes += block.bytes;
  return bytes;
}

// Filled with bytes that make NaNs and absurd integers.
void* make_block(std::size_t bytes, int device) {
  void* const p = std::malloc(bytes);
  std::memset(p, 0xFF, bytes);
  runtime.blocks[address(p)] = {bytes, device};
  if (device >= 0) ASAN_POISON_MEMORY_REGION(p, bytes);
  return p;
}

void free_block(void* p, bool device) {
  if (p == nullptr) return;
  const auto at = runtime.blocks.find(address(p));
  if (at == runtime.blocks.end() || (at->second.device >= 0) != device)
    die("free of a pointer that was never allocated");
  ASAN_UNPOISON_MEMORY_REGION(p, at->second.bytes);
  runtime.blocks.erase(at);
  std::free(p);
}

// The block that holds p, or null for memory that the runtime did not hand out; p + bytes must lie in it too.
const Block* block_of(const void* p, std::size_t bytes) {
  auto at = runtime.blocks.upper_bound(address(p));
  if (at == runtime.blocks.begin()) return nullptr;
  --at;
  if (address(p) >= at->first + at->second.bytes) return nullptr;
  if (address(p) + bytes > at->first + at->second.bytes) die("a copy or transform runs past the end of a buffer");
  return &at->second;
}

bool on_device(const void* p, std::size_t bytes, int device) {
  const Block* const block = block_of(p, bytes);
  return block != nullptr && block->device == device;
}
bool on_host(const void* p, std::size_t bytes) {
  const Block* const block = block_of(p, bytes);
  return block == nullptr || block->device < 0;
}

// ---- streams --------------------------------------------------------------------------------------------------------

CUstream_st& stream_of(cudaStream_t s) {
  if (!runtime.streams.count(s)) die("a stream that does not exist (the default stream is not allowed)");
  return *s;
}

void run_one(CUstream_st& s) {
  const CUstream_st::Task task = std::move(s.queue.front());
  s.queue.pop_front();
  if (task.record) --task.record->pending;
  if (!task.run) return;
  open_memory(s.device, true);
  task.run();
  open_memory(s.device, false);
}

void drain(CUstream_st& s) {
  while (!s.queue.empty()) run_one(s);
}

// Runs one task of a random stream. False: nothing was queued.
bool run_any() {
  std::vector<CUstream_st*> ready;
  for (CUstream_st* s : runtime.streams)
    if (!s->queue.empty()) ready.push_back(s);
  if (ready.empty()) return false;
  run_one(*ready[runtime.random() % ready.size()]);
  return true;
}

void enqueue(CUstream_st& s, CUstream_st::Task task) {
  if (task.record) ++task.record->pending, task.record->stream = &s;
  s.queue.push_back(std::move(task));
  runtime.most_queued = std::max(runtime.most_queued, s.queue.size());
  if (runtime.config.order == Order::eager) drain(s);
  if (runtime.config.order == Order::random)
    while (runtime.random() % 3 != 0 && run_any()) {}
}

// ---- calls that fail ------------------------------------------------------------------------------------------------

// Every entry point that may fail asks here first.
bool must_fail() {
  ++runtime.calls;
  return runtime.countdown > 0 && --runtime.countdown == 0;
}

#define STANDIN_CALL(error)       \
  const Lock lock(runtime.mutex); \
  if (must_fail()) return error

// ---- kernels --------------------------------------------------------------------------------------------------------

// Blocks one after the other, and the threads of a block too, first to last or last to first. Barriers are for kernels with
// shared memory.
void run_grid(dim3 grid, dim3 block, std::size_t shared, bool backwards, const std::function<void()>& thread) {
  gridDim = grid, blockDim = block;
  for (unsigned y = 0; y < grid.y; ++y)
    for (unsigned x = 0; x < grid.x; ++x) {
      blockIdx = {x, y, 0};
      if (shared > 0) {
        run_block(block.x, backwards, shared, thread);
        continue;
      }
      for (unsigned t = 0; t < block.x; ++t) {
        threadIdx = {backwards ? block.x - 1 - t : t, 0, 0};
        thread();
      }
    }
}

// ---- cuFFT ----------------------------------------------------------------------------------------------------------

// The DFT by its definition, in double.
template <class Real, class Complex>
void transform(const FftPlan& plan, const Real* in, Complex* out) {
  std::vector<std::complex<double>> root(std::size_t(plan.rows));
  for (int j = 0; j < plan.rows; ++j) root[std::size_t(j)] = std::polar(1.0, -2 * M_PI * j / plan.rows);
  std::vector<double> column(std::size_t(plan.rows));
  for (int b = 0; b < plan.batch; ++b) {
    for (int j = 0; j < plan.rows; ++j) column[std::size_t(j)] = double(in[std::int64_t(j) * plan.row_stride + b]);
    for (int k = 0; k <= plan.rows / 2; ++k) {
      double re = 0, im = 0;
      for (int j = 0, at = 0; j < plan.rows; ++j, at = at + k < plan.rows ? at + k : at + k - plan.rows) {
        re += column[std::size_t(j)] * root[std::size_t(at)].real();
        im += column[std::size_t(j)] * root[std::size_t(at)].imag();
      }
      out[std::int64_t(k) * plan.bin_stride + b] = {Real(re), Real(im)};
    }
  }
}

template <class Real, class Complex>
cufftResult execute(cufftHandle handle, cufftType type, const Real* in, Complex* out) {
  STANDIN_CALL(CUFFT_EXEC_FAILED);
  const auto found = runtime.plans.find(handle);
  if (found == runtime.plans.end() || found->second.type != type) return CUFFT_INVALID_PLAN;
  const FftPlan plan = found->second;
  if (plan.stream == nullptr) die("a transform on the default stream");
  CUstream_st& stream = stream_of(plan.stream);
  const std::size_t read =
      (std::size_t(plan.rows - 1) * std::size_t(plan.row_stride) + std::size_t(plan.batch)) * sizeof(Real);
  const std::size_t written =
      (std::size_t(plan.rows / 2) * std::size_t(plan.bin_stride) + std::size_t(plan.batch)) * sizeof(Complex);
  if (!on_device(in, read, stream.device) || !on_device(out, written, stream.device)) return CUFFT_INVALID_VALUE;
  if (address(in) % sizeof(Complex) != 0 || address(out) % sizeof(Complex) != 0) die("a transform of unaligned memory");
  enqueue(stream, {[=] { transform(plan, in, out); }});
  return CUFFT_SUCCESS;
}

}  // namespace

// ---- what tests see -------------------------------------------------------------------------------------------------

void reset(const Config& config) {
  const Lock lock(runtime.mutex);
  if (live() != 0) die("reset while something is alive");
  runtime.config = config;
  runtime.random.seed(config.seed);
  runtime.countdown = runtime.calls = 0;
  runtime.most_queued = 0;
  runtime.shared.clear();
}

void fail_call(int n) {
  const Lock lock(runtime.mutex);
  runtime.countdown = n, runtime.calls = 0;
}

int calls() { return runtime.calls; }

std::size_t live() {
  const Lock lock(runtime.mutex);
  return runtime.blocks.size() + runtime.streams.size() + runtime.events.size() + runtime.plans.size();
}

int most_queued() { return int(runtime.most_queued); }

cudaError_t enqueue_grid(const void* kernel, dim3 grid, dim3 block, std::size_t shared, cudaStream_t s, std::function<void()> thread) {
  STANDIN_CALL(cudaErrorLaunchOutOfResources);
  if (grid.x == 0 || grid.y == 0 || grid.z != 1 || grid.y > 65535 || block.x == 0 || block.x > 1024 || block.y != 1 ||
      block.z != 1)
    return cudaErrorInvalidConfiguration;
  const auto allowed = runtime.shared.find({current_device, kernel});
  if (shared > (allowed == runtime.shared.end() ? usual_shared : allowed->second)) return cudaErrorInvalidValue;
  CUstream_st& stream = stream_of(s);
  if (stream.device != current_device) die("a launch on another device's stream");
  const Threads order = runtime.config.threads;
  const bool backwards = order == Threads::backwards || (order == Threads::any && runtime.random() % 2 == 0);
  enqueue(stream, {[=] { run_grid(grid, block, shared, backwards, thread); }});
  return cudaSuccess;
}

OpenMemory::OpenMemory(cudaStream_t s) : lock_(runtime.mutex), device_(current_device) {
  drain(stream_of(s));
  open_memory(device_, true);
}

OpenMemory::~OpenMemory() { open_memory(device_, false); }

}  // namespace standin

// ---- the runtime's and cuFFT's entry points, as far as the backend calls them ---------------------------------------

using namespace standin;  // NOLINT: this is the end of the file

extern "C" {

const char* cudaGetErrorName(cudaError_t e) {
  switch (e) {
    case cudaSuccess: return "cudaSuccess";
    case cudaErrorMemoryAllocation: return "cudaErrorMemoryAllocation";
    case cudaErrorInvalidConfiguration: return "cudaErrorInvalidConfiguration";
    default: return "cudaError";
  }
}
const char* cudaGetErrorString(cudaError_t) { return "the stand-in made it so"; }
cudaError_t cudaGetLastError() { return cudaSuccess; }

cudaError_t cudaGetDeviceCount(int* count) {
  STANDIN_CALL(cudaErrorInitializationError);
  if (runtime.config.first_answer != cudaSuccess) return runtime.config.first_answer;
  *count = runtime.config.devices;
  return cudaSuccess;
}
cudaError_t cudaDriverGetVersion(int* v) {
  *v = 0;
  return cudaSuccess;
}
cudaError_t cudaRuntimeGetVersion(int* v) {
  *v = CUDART_VERSION;
  return cudaSuccess;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int device) {
  STANDIN_CALL(cudaErrorInvalidDevice);
  if (device < 0 || device >= runtime.config.devices) return cudaErrorInvalidDevice;
  *p = {};
  std::strcpy(p->name, "stand-in");
  p->major = 9, p->multiProcessorCount = 4, p->totalGlobalMem = runtime.config.memory, p->l2CacheSize = runtime.config.cache;
  p->sharedMemPerBlockOptin = max_shared;
  return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr, int) {
  STANDIN_CALL(cudaErrorInvalidValue);
  *value = 2;
  return cudaSuccess;
}
cudaError_t cudaSetDevice(int device) {
  STANDIN_CALL(cudaErrorInvalidDevice);
  if (device < 0 || device >= runtime.config.devices) return cudaErrorInvalidDevice;
  current_device = device;
  return cudaSuccess;
}
cudaError_t cudaMemGetInfo(std::size_t* free, std::size_t* total) {
  STANDIN_CALL(cudaErrorInvalidValue);
  *total = runtime.config.memory, *free = runtime.config.memory - used(current_device);
  return cudaSuccess;
}
cudaError_t cudaFuncGetAttributes(cudaFuncAttributes*, const void*) {
  STANDIN_CALL(cudaErrorInvalidValue);
  return runtime.config.too_old >> current_device & 1 ? runtime.config.code_answer : cudaSuccess;
}
cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute attribute, int value) {
  STANDIN_CALL(cudaErrorInvalidValue);
  if (attribute != cudaFuncAttributeMaxDynamicSharedMemorySize || std::size_t(value) > max_shared) return cudaErrorInvalidValue;
  runtime.shared[{current_device, kernel}] = std::size_t(value);
  return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* s, unsigned) {
  STANDIN_CALL(cudaErrorInvalidValue);
  *s = new CUstream_st;
  (*s)->device = current_device;
  runtime.streams.insert(*s);
  return cudaSuccess;
}
// A GPU would let queued work finish unseen; here whoever destroys a stream must have waited for it.
cudaError_t cudaStreamDestroy(cudaStream_t s) {
  const Lock lock(runtime.mutex);
  if (!stream_of(s).queue.empty()) die("a stream is destroyed with work in it");
  for (CUevent_st* e : runtime.events)
    if (e->stream == s) e->stream = nullptr;
  runtime.streams.erase(s);
  delete s;
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t s) {
  const Lock lock(runtime.mutex);
  const bool fail = must_fail();
  drain(stream_of(s));
  return fail ? cudaErrorIllegalAddress : cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) {
  STANDIN_CALL(cudaErrorInvalidValue);
  *e = new CUevent_st;
  runtime.events.insert(*e);
  return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t e) {
  const Lock lock(runtime.mutex);
  if (e->pending > 0) die("an event is destroyed that somebody may wait for");
  runtime.events.erase(e);
  delete e;
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s) {
  STANDIN_CALL(cudaErrorInvalidValue);
  enqueue(stream_of(s), {{}, e});
  return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t e) {
  STANDIN_CALL(cudaErrorIllegalAddress);
  while (e->pending > 0) run_one(*e->stream);
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** p, std::size_t bytes) {
  STANDIN_CALL(cudaErrorMemoryAllocation);
  if (bytes > runtime.config.memory - used(current_device)) return cudaErrorMemoryAllocation;
  *p = make_block(bytes, current_device);
  return cudaSuccess;
}
cudaError_t cudaFree(void* p) {  // does not wait, unlike a GPU's, which is no promise either
  const Lock lock(runtime.mutex);
  free_block(p, true);
  return cudaSuccess;
}
cudaError_t cudaHostAlloc(void** p, std::size_t bytes, unsigned) {
  STANDIN_CALL(cudaErrorMemoryAllocation);
  *p = make_block(bytes, -1);
  return cudaSuccess;
}
cudaError_t cudaFreeHost(void* p) {
  const Lock lock(runtime.mutex);
  free_block(p, false);
  return cudaSuccess;
}

// A pageable source is read now, a pinned one when the copy runs. A destination that is not pinned makes the call wait.
cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind, cudaStream_t s) {
  STANDIN_CALL(cudaErrorInvalidValue);
  CUstream_st& stream = stream_of(s);
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  if (!(to_device ? on_device(to, bytes, stream.device) : on_host(to, bytes))) return cudaErrorInvalidValue;
  if (!(from_device ? on_device(from, bytes, stream.device) : on_host(from, bytes))) return cudaErrorInvalidValue;
  if (from_device && to_device && address(to) < address(from) + bytes && address(from) < address(to) + bytes)
    die("a copy onto itself");
  if (!from_device && block_of(from, bytes) == nullptr) {
    const char* const begin = static_cast<const char*>(from);
    enqueue(stream,
            {[to, bytes, staged = std::vector<char>(begin, begin + bytes)] { std::memcpy(to, staged.data(), bytes); }});
  } else {
    enqueue(stream, {[=] { std::memcpy(to, from, bytes); }});
  }
  if (!to_device && block_of(to, bytes) == nullptr) drain(stream);
  return cudaSuccess;
}
cudaError_t cudaMemcpyToSymbolAsync(const void* symbol, const void* from, std::size_t bytes, std::size_t offset,
                                    cudaMemcpyKind, cudaStream_t s) {
  STANDIN_CALL(cudaErrorInvalidSymbol);
  char* const to = static_cast<char*>(const_cast<void*>(symbol)) + offset;
  const char* const begin = static_cast<const char*>(from);
  enqueue(stream_of(s),
          {[to, bytes, staged = std::vector<char>(begin, begin + bytes)] { std::memcpy(to, staged.data(), bytes); }});
  return cudaSuccess;
}

cufftResult cufftPlanMany(cufftHandle* handle, int rank, int* n, int* inembed, int istride, int idist, int* onembed,
                          int ostride, int odist, cufftType type, int batch) {
  STANDIN_CALL(CUFFT_ALLOC_FAILED);
  if (inembed == nullptr || onembed == nullptr) die("cuFFT ignores strides without inembed and onembed");
  if (rank != 1 || n[0] < 1 || batch < 1 || idist != 1 || odist != 1 || istride < batch || ostride < batch ||
      (type != CUFFT_R2C && type != CUFFT_D2Z))
    return CUFFT_INVALID_SIZE;
  if (double(n[0]) * istride >= 2147483648.0) die("cuFFT counts a plan's elements in an int");
  *handle = ++runtime.last_plan;
  runtime.plans[*handle] = {n[0], istride, ostride, batch, type};
  return CUFFT_SUCCESS;
}
cufftResult cufftSetStream(cufftHandle handle, cudaStream_t s) {
  STANDIN_CALL(CUFFT_INVALID_PLAN);
  runtime.plans.at(handle).stream = &stream_of(s);
  return CUFFT_SUCCESS;
}
cufftResult cufftDestroy(cufftHandle handle) {
  const Lock lock(runtime.mutex);
  return runtime.plans.erase(handle) == 1 ? CUFFT_SUCCESS : CUFFT_INVALID_PLAN;
}
cufftResult cufftExecR2C(cufftHandle handle, cufftReal* in, cufftComplex* out) {
  return execute(handle, CUFFT_R2C, in, out);
}
cufftResult cufftExecD2Z(cufftHandle handle, cufftDoubleReal* in, cufftDoubleComplex* out) {
  return execute(handle, CUFFT_D2Z, in, out);
}

}  // extern "C"
