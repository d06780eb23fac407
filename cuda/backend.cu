// The CUDA backend: which devices there are, and one host thread for each that works off tiles.
#include "backend.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "summary.hpp"
#include "network/sweep.cuh"
#include "node_sweep.cuh"
#include "tile_runner.cuh"

namespace neurosweep {
namespace {

// ---- devices --------------------------------------------------------------------------------------------------------

std::string version(int v) { return std::to_string(v / 1000) + "." + std::to_string(v % 1000 / 10); }

// Why no device can be used, given the first call's answer.
std::string why_none(cudaError_t error) {
  (void)cudaGetLastError();
  if (error == cudaErrorNoDevice) return "no CUDA device found";
  if (error != cudaErrorInsufficientDriver)
    return std::string("the CUDA runtime answers ") + cudaGetErrorName(error) + " (" + cudaGetErrorString(error) + ")";
  int driver = 0, runtime = 0;
  (void)cudaDriverGetVersion(&driver), (void)cudaRuntimeGetVersion(&runtime);
  if (driver == 0) return "no NVIDIA driver found";
  return "the NVIDIA driver is too old: it supports CUDA " + version(driver) + ", this program needs " +
         version(runtime);
}

cudaDeviceProp properties(int device) {
  cudaDeviceProp p{};
  NS_CHECK(cudaGetDeviceProperties(&p, device));
  return p;
}

std::string capability(const cudaDeviceProp& p) { return std::to_string(p.major) + "." + std::to_string(p.minor); }

DeviceInfo describe(int index) {
  const cudaDeviceProp p = properties(index);
  int kilohertz = 0, driver = 0, runtime = 0;
  NS_CHECK(cudaDeviceGetAttribute(&kilohertz, cudaDevAttrClockRate, index));
  NS_CHECK(cudaDriverGetVersion(&driver));
  NS_CHECK(cudaRuntimeGetVersion(&runtime));
  return {index, p.name,
          std::to_string(p.totalGlobalMem >> 20) + " MiB, " + std::to_string(p.multiProcessorCount) +
              " multiprocessors, compute capability " + capability(p),
          p.multiProcessorCount, 1e3 * kilohertz, "runtime " + version(runtime) + ", the driver supports " + version(driver)};
}

// The device is too old, or too new, for the code that this program holds.
struct NoCode : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A device that the backend may use: chosen, and able to run this program's code.
struct Device {
  int index;
  std::string name;
  std::int64_t multiprocessors;
  std::int64_t double_costs;  // times as much as float
  std::int64_t cache;         // bytes, of the second level
  std::size_t block_memory;   // bytes of shared memory that a block may use

  explicit Device(int i) : index(i) {
    const cudaDeviceProp p = properties(i);
    name = "cuda:" + std::to_string(i) + " " + p.name;
    NS_CHECK(cudaSetDevice(i));
    cudaFuncAttributes attributes{};
    const auto kernel = kernels_of<float>(0).find(Method::exp_euler, Path::constant, Engine::none, 0).kernel;
    if (const cudaError_t e = cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(kernel));
        e != cudaSuccess) {
      if (e == cudaErrorNoKernelImageForDevice || e == cudaErrorInvalidDeviceFunction)
        throw NoCode(name + ": this program holds no code for compute capability " + capability(p) +
                     "; build it with CMAKE_CUDA_ARCHITECTURES=native");
      NS_CHECK(e);
    }
    int ratio = 0;
    NS_CHECK(cudaDeviceGetAttribute(&ratio, cudaDevAttrSingleToDoublePrecisionPerfRatio, i));
    multiprocessors = p.multiProcessorCount, cache = p.l2CacheSize, block_memory = p.sharedMemPerBlockOptin;
    double_costs = std::max(ratio, 2);
  }

  // A quarter of a second by a careful guess: of a full device's speed, a tenth of what the machine code's bounds
  // allow; of a thread's, its share of a multiprocessor that is just full. Fewer threads leave the device idle and are
  // hardly faster each: a step takes a warp a hundred cycles or more, however alone it is.
  LaunchBound launch_bound(const Problem& p, const CudaLimits& limits) const {
    if (limits.node_steps > 0) return {limits.node_steps, p.steps};
    constexpr std::int64_t per_multiprocessor = 200'000'000 / 4;
    constexpr std::int64_t threads_that_fill = 512;  // four warps for each of its schedulers
    const std::int64_t drifts = p.method == Method::rk4 ? 4 : p.method == Method::heun ? 2 : 1;
    const std::int64_t waits = p.network ? 4 : 1;    // at barriers, for rows of spikes, and for a thread's other cells
    const std::int64_t costs = drifts * waits * (p.precision == Precision::single_ ? 1 : double_costs);
    return {multiprocessors * per_multiprocessor / costs, per_multiprocessor / threads_that_fill / costs};
  }

  // Fewer columns of engine fft at a time where their spectra would take more than half of the second-level cache: what
  // stays there is neither written to memory nor read from it. But enough to keep the device busy.
  CudaLimits fitting(const Problem& p, CudaLimits limits) const {
    constexpr std::int64_t fewest = 1 << 10;
    const std::int64_t bytes = (p.spectrum.segment / 2 + 1) * (p.precision == Precision::single_ ? 8 : 16);
    const std::int64_t columns = std::max(cache / 2 / bytes / 32 * 32, fewest);
    limits.fft_columns = int(std::min<std::int64_t>(limits.fft_columns, columns));
    return limits;
  }
};

// Adds the place to what goes wrong in f.
template <class F>
void with_place(const std::string& place, F f) {
  try {
    f();
  } catch (const std::exception& e) { throw std::runtime_error(place + ": " + e.what()); }
}

// ---- tiles ----------------------------------------------------------------------------------------------------------

// Work as one device's thread sees it when several may fail: the first error stops all.
class SharedWork {
 public:
  explicit SharedWork(Work& work) : work_(work) {}
  bool next(Tile& tile) { return !failed_ && work_.next(tile); }
  bool abort() const { return failed_ || work_.abort(); }
  Work& work() { return work_; }

  void fail(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = error;
    failed_ = true;
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  Work& work_;
  std::atomic<bool> failed_ = false;
  std::mutex mutex_;
  std::exception_ptr error_;
};

// A tile whose parts are being worked off; delivered when none is missing.
struct OpenTile {
  TileResult result;
  std::uint64_t missing;

  OpenTile(const Problem& p, const Setup& s, const Tile& tile) : missing(tile.count) {
    result.tile = tile;
    result.values.resize(std::size_t(s.n_column()) * tile.count), result.status.resize(tile.count);
    if (s.replicates > 1) result.failed.resize(tile.count);
    result.summary = empty_summary(p);
  }

  template <class T>
  void add(std::uint64_t first, std::uint64_t sets, const Setup& s, const HostMap<T>& map) {
    const std::uint64_t at = first - result.tile.first;
    for (std::uint64_t c = 0; c < std::uint64_t(s.n_column()); ++c)
      std::copy_n(map.values.data() + c * sets, sets,
                  result.values.begin() + std::ptrdiff_t(c * result.tile.count + at));
    std::copy_n(map.status.data(), sets, result.status.begin() + std::ptrdiff_t(at));
    if (s.replicates > 1) std::copy_n(map.failed.data(), sets, result.failed.begin() + std::ptrdiff_t(at));
    merge(result.summary, map.summary);
    missing -= sets;
  }
};

struct Part {  // sets of an open tile that one runner takes
  std::shared_ptr<OpenTile> tile;
  std::uint64_t first = 0, sets = 0;

  std::string name() const { return "sets " + std::to_string(first) + " to " + std::to_string(first + sets - 1); }
};

// One device's thread: two runners, a part of a tile each.
template <class Sweep>
class DeviceWorker {
  using T = typename Sweep::Real;

 public:
  DeviceWorker(const Problem& p, const Sweep& sweep, const Device& device, std::int64_t sets_that_fit,
               SharedWork& work)
      : p_(p),
        sweep_(sweep),
        device_(device),
        capacity_(std::uint64_t(sets_that_fit)),
        work_(work),
        slots_{Slot(sweep), Slot(sweep)} {}

  void run() {
    for (Slot& slot : slots_) start_next(slot);
    while (!work_.abort() && (slots_[0].part.tile || slots_[1].part.tile))
      for (Slot& slot : slots_)
        if (slot.part.tile) turn(slot);
  }

 private:
  struct Slot {
    explicit Slot(const Sweep& sweep) : runner(sweep) {}
    TileRunner<Sweep> runner;
    Part part;  // no tile: idle
  };

  // Waits for the slot's launch; queues its next one, or delivers the part and begins another.
  void turn(Slot& slot) {
    std::unique_ptr<HostMap<T>> map;
    with_place(place(slot.part), [&] {
      work_.work().advance(slot.runner.wait());
      if (work_.abort()) return;
      if (slot.runner.more())
        slot.runner.launch_next();
      else
        map = slot.runner.take();
    });
    if (!map) return;
    const Part done = std::exchange(slot.part, {});
    start_next(slot);  // first, so that the device is busy while the map is copied
    done.tile->add(done.first, done.sets, sweep_.setup, *map);
    slot.runner.give_back(std::move(map));
    if (done.tile->missing == 0) work_.work().done(std::move(done.tile->result));
  }

  // Gives the slot its next part. If the memory does not suffice, either the other slot has it, and this one rests from
  // now on, or the parts get smaller.
  void start_next(Slot& slot) {
    Part part;
    while (next_part(part)) {
      try {
        slot.runner.start(part.first, int(part.sets));
        slot.part = part;
        return;
      } catch (const OutOfDeviceMemory& e) {
        parts_.push_front(part);
        if (slots_[0].part.tile || slots_[1].part.tile) {
          say_out_of_memory("one tile at a time");
          return;
        }
        if (part.sets == 1) throw std::runtime_error(place(part) + ": not even one set fits: " + e.what());
        capacity_ = (part.sets + 1) / 2;
        say_out_of_memory("tiles of " + std::to_string(capacity_) + " sets");
      } catch (const std::exception& e) { throw std::runtime_error(place(part) + ": " + e.what()); }
    }
  }

  void say_out_of_memory(const std::string& remedy) {
    work_.work().say(device_.name + ": out of memory; going on with " + remedy);
  }

  // The next sets to compute, no more than fit. False: there are none.
  bool next_part(Part& part) {
    if (parts_.empty()) {
      Tile tile;
      if (!work_.next(tile)) return false;
      parts_.push_back({std::make_shared<OpenTile>(p_, sweep_.setup, tile), tile.first, tile.count});
    }
    Part& front = parts_.front();
    part = front;
    part.sets = std::min(front.sets, capacity_);
    front.first += part.sets, front.sets -= part.sets;
    if (front.sets == 0) parts_.pop_front();
    return true;
  }

  // Names what else is in flight: a kernel's failure shows at whichever call comes next.
  std::string place(const Part& part) const {
    std::string text = device_.name + ", " + part.name();
    for (const Slot& slot : slots_)
      if (slot.part.tile && slot.part.first != part.first) text += " (in flight too: " + slot.part.name() + ")";
    return text;
  }

  const Problem& p_;
  const Sweep& sweep_;
  const Device& device_;
  std::uint64_t capacity_;  // sets of a part at most
  SharedWork& work_;
  std::deque<Part> parts_;  // of tiles taken from the work, not begun
  std::array<Slot, 2> slots_;
};

std::size_t free_memory(const Device& device) {
  NS_CHECK(cudaSetDevice(device.index));
  std::size_t free = 0, total = 0;
  NS_CHECK(cudaMemGetInfo(&free, &total));
  return free;
}

// Calls f(std::type_identity<the sweep's class>{}, what its constructor takes beside problem and limits...).
template <class F>
auto with_sweep(const Problem& p, const Device& device, F f) {
  const bool single = p.precision == Precision::single_;
  if (!p.network) return single ? f(std::type_identity<NodeSweep<float>>{}) : f(std::type_identity<NodeSweep<double>>{});
  return single ? f(std::type_identity<NetworkSweep<float>>{}, device.block_memory) : f(std::type_identity<NetworkSweep<double>>{}, device.block_memory);
}

void run_on(const Device& device, const Problem& p, const CudaLimits& limits, SharedWork& work) {
  with_sweep(p, device, [&]<class Sweep>(std::type_identity<Sweep>, auto... more) {
    std::optional<Sweep> sweep;
    std::optional<DeviceWorker<Sweep>> worker;
    with_place(device.name, [&] {
      const std::size_t memory = free_memory(device);
      sweep.emplace(p, device.fitting(p, limits), device.launch_bound(p, limits), more...);
      sweep->upload(p);
      worker.emplace(p, *sweep, device, sweep->sets_that_fit(memory), work);
    });
    worker->run();
  });
}

// ---- the backend ----------------------------------------------------------------------------------------------------

class CudaBackend final : public Backend {
 public:
  CudaBackend(std::vector<int> indexes, const CudaLimits& limits) : limits_(limits) {
    int count = 0;
    if (const cudaError_t e = cudaGetDeviceCount(&count); e != cudaSuccess || count == 0)
      throw std::runtime_error(why_none(e == cudaSuccess ? cudaErrorNoDevice : e));
    if (indexes.empty()) use_all(count);
    for (int i : indexes) {
      if (i < 0 || i >= count)
        throw std::runtime_error("there is no device cuda:" + std::to_string(i) + "; this machine has " +
                                 std::to_string(count) + ", numbered from 0");
      devices_.emplace_back(i);
    }
  }

  std::string device() const override {
    std::string names;
    for (const Device& d : devices_) names += (names.empty() ? "" : ", ") + d.name;
    return names;
  }

  // A bin of `direct` costs two instructions a step and no memory traffic; `fft` moves 12 bytes a step at 50 % overlap
  // in float at the least (docs/numerics.md), which is worth some 120 instructions on an H100 and more on a card with
  // slower memory. So direct, if it can.
  Engine preferred_engine(const Problem& p) const override {
    return direct_refusal(p).empty() ? Engine::direct : Engine::fft;
  }

  std::string direct_refusal(const Problem& p) const override {
    return p.precision == Precision::single_ ? direct_refusal_for<float>(p) : direct_refusal_for<double>(p);
  }

  std::string refusal(const Problem& p) const override {
    if (!p.network) return {};
    const NetworkOutline outline(p, block_width, block_lanes_from);
    const BlockShape shape = p.precision == Precision::single_ ? block_shape<float>(outline) : block_shape<double>(outline);
    for (const Device& d : devices_)
      if (const std::string why = block_refusal(*p.network, shape, d.block_memory); !why.empty()) return why;
    return {};
  }

  std::uint64_t tile_size(const Problem& p) const override {
    std::uint64_t fit = max_sets;
    for (const Device& d : devices_)
      fit = std::min(fit, with_sweep(p, d, [&]<class Sweep>(std::type_identity<Sweep>, auto... more) {
        const Sweep sweep(p, d.fitting(p, limits_), d.launch_bound(p, limits_), more...);
        return std::uint64_t(sweep.sets_that_fit(free_memory(d)));
      }));
    // A device gets four tiles or more, so that their copies hide behind each other's kernels, unless they were too
    // small to keep it busy. About equal ones, of whole warps.
    const std::uint64_t share = divide_up(p.sets(), devices_.size());
    const std::uint64_t busy = share * p.replicates * nodes_in(p) / std::uint64_t(limits_.busy);
    const std::uint64_t tiles = std::max(divide_up(share, fit), std::clamp<std::uint64_t>(busy, 1, 4));
    const std::uint64_t tile = divide_up(divide_up(share, tiles), 32) * 32;
    return std::min({tile, fit, share});
  }

  void run(const Problem& p, Work& work) override {
    if (p.spectrum.engine == Engine::direct)
      if (const std::string refusal = direct_refusal(p); !refusal.empty())
        throw std::runtime_error("engine direct on " + device() + ": " + refusal);
    static std::mutex one_sweep_at_a_time;  // a device's constant memory holds one table
    const std::lock_guard lock(one_sweep_at_a_time);
    for (const std::string& why : std::exchange(left_out_, {})) work.say("going on without " + why);
    SharedWork shared(work);
    {
      std::vector<std::jthread> threads;
      for (const Device& d : devices_) threads.emplace_back([&] { run_device(d, p, shared); });
    }
    shared.rethrow();
  }

 private:
  // All but those that cannot run this program, such as an old card that only drives a display.
  void use_all(int count) {
    for (int i = 0; i < count; ++i) {
      try {
        devices_.emplace_back(i);
      } catch (const NoCode& e) { left_out_.push_back(e.what()); }
    }
    if (!devices_.empty()) return;
    std::string all;
    for (const std::string& why : left_out_) all += (all.empty() ? "" : "\n") + why;
    throw std::runtime_error(all);
  }

  static std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

  void run_device(const Device& d, const Problem& p, SharedWork& work) const {
    try {
      run_on(d, p, limits_, work);
    } catch (...) { work.fail(std::current_exception()); }
  }

  template <class T>
  static std::string direct_refusal_for(const Problem& p) {
    if (p.network) return "a GPU's networks have their spectra by \"fft\"";
    if (!direct_possible(p.spectrum)) return "it needs an overlap of 0 or half a segment";
    const Setup s = make_setup(p);
    const DirectPlan plan = direct_plan(s);
    const KernelTable<T>& kernels = kernels_of<T>(p.model);
    const Instance<T> instance = kernels.find(p.method, kernels.path(p, s), Engine::direct, plan.bins);
    if (instance.kernel == nullptr)
      return "the GPU has no kernel for " + std::to_string(plan.bins) + " bins in " +
             std::string(precision_names[std::size_t(p.precision)]);
    const std::size_t bytes = direct_table_size(plan, instance.capacity) * sizeof(T);
    if (bytes > constant_table_bytes)
      return "its table takes " + std::to_string(bytes) + " bytes, and the GPU has room for " +
             std::to_string(constant_table_bytes) +
             "; a segment and a transient that are multiples of 16 samples make it smaller";
    return {};
  }

  const CudaLimits limits_;
  std::vector<Device> devices_;
  std::vector<std::string> left_out_;  // devices, and why; until it has been said
};

}  // namespace

std::unique_ptr<Backend> make_cuda_backend(std::vector<int> devices, const CudaLimits& limits) {
  return std::make_unique<CudaBackend>(std::move(devices), limits);
}

std::unique_ptr<Backend> make_cuda_backend(std::vector<int> devices) {
  return make_cuda_backend(std::move(devices), CudaLimits{});
}

std::vector<DeviceInfo> cuda_devices(std::string& why) {
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  std::vector<DeviceInfo> found;
  if (error != cudaSuccess || count == 0) {
    why = why_none(error == cudaSuccess ? cudaErrorNoDevice : error);
    return found;
  }
  for (int i = 0; i < count; ++i) found.push_back(describe(i));
  return found;
}

}  // namespace neurosweep
