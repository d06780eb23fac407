// The CPU backend: threads take tiles, a tile is worked off in batches of one set per SIMD lane.
#include "backend.hpp"

#include <sched.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <fstream>
#include <mutex>
#include <new>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "kernels.hpp"
#include "measures/measures.hpp"
#include "network.hpp"
#include "peak.hpp"
#include "summary.hpp"

namespace neurosweep {
namespace {

// ---- instruction sets --------------------------------------------------------------------------------------------------

struct InstructionSet {
  const char* name;
  const CpuKernels& (*kernels)(int model);
  const NetworkKernels& networks;
  const PeakLoops& peak;
};

// The instruction sets that this program holds and this CPU runs, best first.
std::vector<InstructionSet> runnable_sets() {
  std::vector<InstructionSet> found;
#define NS_SET(isa)                                                                                           \
  found.push_back({#isa, [](int model) -> const CpuKernels& {                                                 \
    const CpuKernels* kernels = nullptr;                                                                      \
    with_model(model, [&]<class M>(std::type_identity<M>) { kernels = &isa::kernels<M>(); });                 \
    return *kernels;                                                                                          \
  }, isa::network_kernels(), isa::peak_loops()})
#if defined(__x86_64__) && !defined(NS_BASELINE_ONLY)
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  if (v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd"))
    NS_SET(avx512);
  if (v3) NS_SET(avx2);
#endif
  NS_SET(baseline);
#undef NS_SET
  return found;
}

InstructionSet set_named(const std::string& isa) {
  const auto found = runnable_sets();
  if (isa.empty()) return found.front();
  for (const InstructionSet& set : found)
    if (isa == set.name) return set;
  std::string known;
  for (const InstructionSet& set : found) known += (known.empty() ? "" : ", ") + std::string(set.name);
  throw std::runtime_error("this CPU or this program has no instruction set \"" + isa + "\"; it has " + known);
}

// ---- one problem's tables ----------------------------------------------------------------------------------------------

Setup setup_of(const Problem& p) { return p.network ? network_setup(p) : make_setup(p); }

template <class E>
std::vector<E> roots_of_unity(int n) {            // cos, sin of 2 pi j / n
  std::vector<E> w(2 * std::size_t(n));
  for (int j = 0; j < n; ++j) {
    const double angle = 2 * pi * j / n;
    w[2 * std::size_t(j)] = E(std::cos(angle)), w[2 * std::size_t(j) + 1] = E(std::sin(angle));
  }
  return w;
}

class PreparedPlan {
 public:
  explicit PreparedPlan(const Problem& p) {
    plan.setup = setup_of(p);
    plan.model = p.model, plan.method = p.method, plan.precision = p.precision, plan.engine = p.spectrum.engine;
    plan.path = path_of_model(p);
    if (plan.engine == Engine::direct) plan.direct = direct_plan(plan.setup);
    if (plan.engine == Engine::fft) plan.fft = fft_plan(plan.setup.segment);
    plan.table = p.precision == Precision::single_ ? fill(single_) : fill(double_);
  }
  PreparedPlan(const PreparedPlan&) = delete;
  CpuPlan plan{};

 private:
  template <class E>
  const void* fill(std::vector<E>& table) {
    if (plan.engine == Engine::direct) table = direct_table<E>(plan.direct, max_direct_bins);
    if (plan.engine == Engine::fft) table = roots_of_unity<E>(plan.setup.segment);
    return table.data();
  }
  Path path_of_model(const Problem& p) const {
    Path path = Path::general;
    with_model(p.model, [&]<class M>(std::type_identity<M>) { path = path_of<M>(p, plan.setup); });
    return path;
  }
  std::vector<float> single_;
  std::vector<double> double_;
};

// ---- a tile ------------------------------------------------------------------------------------------------------------

// What all realisations of a tile came to; realisation j is replicate j / count of set j % count. values[measure * realisations + j].
void finish_tile(const Problem& p, const Tile& tile, const std::vector<double>& values, const std::vector<std::uint8_t>& status, TileResult& r) {
  const std::uint64_t n = tile.count, columns = p.measures.size();
  r.tile = tile;
  if (p.replicates == 1) {
    r.values = values, r.status = status;
  } else {
    r.values.resize(2 * columns * n), r.status.assign(n, status_ok), r.failed.assign(n, 0);
    for (std::uint64_t i = 0; i < n; ++i) {
      for (std::uint64_t m = 0; m < columns; ++m)
        mean_over_replicates(&values[m * n * p.replicates + i], p.replicates, std::int64_t(n), r.values[m * n + i],
                             r.values[(columns + m) * n + i]);
      for (std::uint32_t k = 0; k < p.replicates; ++k) {
        const std::uint8_t s = status[k * n + i];
        r.status[i] = std::max(r.status[i], s), r.failed[i] += s == status_diverged;
      }
    }
  }
  r.summary = summarise(p, r);
}

// Works off tiles on one thread, a batch of sets at a time.
class Worker {
 public:
  Worker(const Problem& p, const CpuPlan& plan, const CpuKernels& kernels)
      : p_(p), plan_(plan), kernels_(kernels),
        most_(std::size_t(kernels.lanes(plan))), least_(std::size_t(kernels.least_lanes(plan))),
        workspace_(aligned_bytes(kernels.workspace_bytes(plan))), columns_(swept_columns(p)) {
    set_.resize(most_), replicate_.resize(most_), status_.resize(most_);
    swept_.resize(columns_.size() * most_), out_.resize(p.measures.size() * most_);
  }

  // False if the work was given up.
  bool run(const Tile& tile, Work& work, TileResult& result) {
    const std::uint64_t n = tile.count * p_.replicates;
    values_.resize(p_.measures.size() * n), tile_status_.resize(n);
    for (std::uint64_t j = 0; j < n;) {
      if (work.abort()) return false;
      const std::size_t used = fill_batch(tile, j, n);
      kernels_.run(plan_, {int(lanes_), swept_.data(), set_.data(), replicate_.data(), out_.data(), status_.data(), workspace_.get()});
      for (std::size_t i = 0; i < used; ++i) tile_status_[j + i] = status_[i];
      for (std::size_t m = 0; m < p_.measures.size(); ++m)
        std::copy_n(&out_[m * lanes_], used, &values_[m * n + j]);
      j += used;
      work.advance(used * std::uint64_t(p_.steps));
    }
    finish_tile(p_, tile, values_, tile_status_, result);
    return true;
  }

  // One realisation of one set, step by step.
  void trace(std::uint64_t set, std::uint32_t replicate, CpuTrace& steps, TileResult& result) {
    const Tile tile{set, 1};
    fill_batch(tile, replicate, std::uint64_t(replicate) + 1);
    kernels_.run(plan_, {int(lanes_), swept_.data(), set_.data(), replicate_.data(), out_.data(), status_.data(), workspace_.get(), &steps});
    result.tile = tile, result.status = {status_[0]};
    for (std::size_t m = 0; m < p_.measures.size(); ++m) result.values.push_back(out_[m * lanes_]);
  }

 private:
  // Realisations j, j + 1, ... into as few lanes as will do; spare lanes repeat the last one. Returns how many are meant. A
  // batch ends where the sets' numbers leave a block of 2^32: their high halves must agree (CpuBatch::set).
  std::size_t fill_batch(const Tile& tile, std::uint64_t j, std::uint64_t n) {
    std::size_t used = 0;
    while (used < most_ && j + used < n) {
      const std::uint64_t at = j + used, set = tile.first + at % tile.count;
      if (used > 0 && set >> 32 != set_[0] >> 32) break;
      set_[used] = set, replicate_[used] = std::uint32_t(at / tile.count);
      ++used;
    }
    lanes_ = used <= least_ ? least_ : most_;
    for (std::size_t i = used; i < lanes_; ++i) set_[i] = set_[used - 1], replicate_[i] = replicate_[used - 1];
    for (std::size_t c = 0; c < columns_.size(); ++c)
      for (std::size_t i = 0; i < lanes_; ++i) swept_[c * lanes_ + i] = (*columns_[c].values)[columns_[c].grid.index(set_[i])];
    return used;
  }

  const Problem& p_;
  const CpuPlan& plan_;
  const CpuKernels& kernels_;
  const std::size_t most_, least_;       // lanes of a batch: of a full one, and of one with few sets
  std::size_t lanes_ = 0;                // of this batch
  AlignedBytes workspace_;
  std::vector<SweptColumn> columns_;
  std::vector<std::uint64_t> set_;
  std::vector<std::uint32_t> replicate_;
  std::vector<std::uint8_t> status_, tile_status_;
  std::vector<double> swept_, out_, values_;
};

// The same for networks, a set at a time.
class NetworkWorker {
 public:
  explicit NetworkWorker(const CpuNetwork& network) : p_(network.problem), runner_(network), out_(p_.measures.size()) {}

  bool run(const Tile& tile, Work& work, TileResult& result) {
    const std::uint64_t n = tile.count * p_.replicates;
    values_.resize(p_.measures.size() * n), status_.resize(n);
    const auto go_on = [](void* context) { return !static_cast<Work*>(context)->abort(); };
    for (std::uint64_t i = 0; i < tile.count; ++i) {
      runner_.prepare(tile.first + i);
      for (std::uint32_t k = 0; k < p_.replicates; ++k) {
        const std::uint64_t j = k * tile.count + i;
        status_[j] = runner_.run(k, out_.data(), go_on, &work);
        if (work.abort()) return false;
        for (std::size_t m = 0; m < out_.size(); ++m) values_[m * n + j] = out_[m];
        work.advance(std::uint64_t(p_.steps) * nodes_in(p_));
      }
    }
    finish_tile(p_, tile, values_, status_, result);
    return true;
  }

 private:
  const Problem& p_;
  NetworkRunner runner_;
  std::vector<double> out_, values_;
  std::vector<std::uint8_t> status_;
};

// ---- the backend -------------------------------------------------------------------------------------------------------

class CpuBackend final : public Backend {
 public:
  CpuBackend(int threads, const std::string& isa)
      : set_(set_named(isa)), threads_(threads > 0 ? threads : usable_cores()) {}

  std::string device() const override {
    return cpu_name() + " (" + set_.name + ", " + std::to_string(threads_) + (threads_ == 1 ? " thread)" : " threads)");
  }

  std::string direct_refusal(const Problem& p) const override {
    if (!direct_possible(p.spectrum)) return "it needs an overlap of 0 or half a segment";
    const int bins = direct_plan(setup_of(p)).bins;
    if (bins > max_direct_bins)
      return "it takes at most " + std::to_string(max_direct_bins) + " bins, and the bands need " + std::to_string(bins);
    return {};
  }

  std::string fft_refusal(const Problem& p) const override {
    const int factor = odd_factor(fft_plan(p.spectrum.segment));
    if (factor <= largest_factor) return {};
    return "a segment of " + std::to_string(p.spectrum.segment) + " samples has the prime factor " + std::to_string(factor) +
           ", and the CPU's FFT takes up to " + std::to_string(largest_factor) + "; try " +
           std::to_string(nearest_smooth(p.spectrum.segment));
  }

  // As bench/engines measures it (docs/numerics.md): direct costs so much a bin; the fft's cost grows with log2(segment), and
  // faster where registers are wide, as what it works on then leaves the near cache. At most 8 % from the faster one.
  Engine preferred_engine(const Problem& p) const override {
    if (!direct_refusal(p).empty()) return Engine::fft;
    if (!fft_refusal(p).empty()) return Engine::direct;
    const double octaves = std::log2(p.spectrum.segment);
    const double most_bins = set_.name == std::string_view("baseline") ? 4 + octaves : 6 * octaves - 16;
    return direct_plan(setup_of(p)).bins <= most_bins ? Engine::direct : Engine::fft;
  }

  // Small enough that every thread gets several and that a tile takes at most about a second; whole batches, unless
  // replicates fill the lanes. Too few sets for a batch on every thread are shared out by as few lanes as a batch may have.
  std::uint64_t tile_size(const Problem& p) const override {
    if (p.network) return network_tile_size(p);
    const PreparedPlan prepared(p);
    const CpuKernels& kernels = set_.kernels(p.model);
    const std::uint64_t lanes = std::uint64_t(kernels.lanes(prepared.plan)), least = std::uint64_t(kernels.least_lanes(prepared.plan));
    const auto whole = [](std::uint64_t n, std::uint64_t unit) { return (n + unit - 1) / unit * unit; };
    const std::uint64_t threads = std::uint64_t(threads_), each = (p.sets() + threads - 1) / threads;
    const std::uint64_t second = 200'000'000 / (std::uint64_t(p.steps) * p.replicates) + 1;
    const std::uint64_t size = std::min({p.sets() / (threads * 4) + 1, second, std::uint64_t(16384)});
    if (p.replicates > 1) return size;
    return each < lanes ? whole(each, least) : whole(size, lanes);
  }

  void run(const Problem& p, Work& work) override {
    const PreparedPlan prepared(p);
    if (p.network) {
      const CpuNetwork network(p, prepared.plan, set_.networks);
      work_off(work, [&] { return NetworkWorker(network); });
    } else {
      work_off(work, [&] { return Worker(p, prepared.plan, set_.kernels(p.model)); });
    }
  }

 private:
  // A set is a batch. As above: several tiles for every thread, of at most about a second.
  std::uint64_t network_tile_size(const Problem& p) const {
    const std::uint64_t second = std::uint64_t(3e8 / (double(p.steps) * p.replicates * double(nodes_in(p)))) + 1;
    return std::min({p.sets() / (std::uint64_t(threads_) * 4) + 1, second, std::uint64_t(16384)});
  }

  // Every thread takes tiles for a worker of its own.
  template <class MakeWorker>
  void work_off(Work& work, MakeWorker make_worker) {
    std::exception_ptr error;
    std::mutex mutex;
    std::atomic<bool> failed = false;        // one thread's error ends the others' work, too
    auto take_tiles = [&] {
      try {
        auto worker = make_worker();
        for (Tile tile; !failed && work.next(tile);) {
          TileResult result;
          if (!worker.run(tile, work, result)) return;
          work.done(std::move(result));
        }
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failed.exchange(true)) error = std::current_exception();
      }
    };
    std::vector<std::jthread> pool;
    try {
      for (int t = 1; t < threads_; ++t) pool.emplace_back(take_tiles);
    } catch (const std::system_error&) {
      work.say("only " + std::to_string(pool.size() + 1) + " of " + std::to_string(threads_) + " threads could be started");
    }
    take_tiles();
    pool.clear();
    if (error) std::rethrow_exception(error);
  }

  const InstructionSet set_;
  const int threads_;
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(int threads, const std::string& isa) {
  return std::make_unique<CpuBackend>(threads, isa);
}

Trace trace_set(const Problem& p, std::uint64_t set, std::uint32_t replicate, const std::string& isa) {
  const PreparedPlan prepared(p);
  const ModelInfo& model = models()[std::size_t(p.model)];
  Trace trace;
  trace.rows.resize(std::size_t(p.steps) * (model.states.size() + model.signals.size()));
  trace.spiked.resize(std::size_t(p.steps));
  CpuTrace steps{trace.rows.data(), trace.spiked.data()};
  Worker(p, prepared.plan, set_named(isa).kernels(p.model)).trace(set, replicate, steps, trace.result);
  return trace;
}

NetworkSteps trace_network(const Problem& p, std::uint64_t set, std::uint32_t replicate, const std::string& isa) {
  const PreparedPlan prepared(p);
  const CpuNetwork network(p, prepared.plan, set_named(isa).networks);
  NetworkRunner runner(network);
  NetworkSteps steps;
  steps.signals.resize(std::size_t(p.steps) * p.network->populations.size() * n_network_signal);
  const NetworkTrace trace{steps.signals.data(), [](void* context, std::int64_t step, int cell) {
                             static_cast<NetworkSteps*>(context)->spikes.push_back({step, cell});
                           }, &steps};
  steps.result.values.resize(p.measures.size());
  runner.prepare(set);
  steps.result.tile = {set, 1};
  steps.result.status = {runner.run(replicate, steps.result.values.data(), [](void*) { return true; }, nullptr, &trace)};
  return steps;
}

std::vector<std::string> cpu_isas() {
  std::vector<std::string> names;
  for (const InstructionSet& set : runnable_sets()) names.emplace_back(set.name);
  return names;
}

const PeakLoops& peak_loops(const std::string& isa) { return set_named(isa).peak; }

int usable_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, int(std::thread::hardware_concurrency()));
}

std::string cpu_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name"))
      if (const auto colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "CPU";
}

}  // namespace neurosweep
