#include "bench_kernels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include "bench_networks.hpp"
#include "budgets.hpp"               // written by CMake: cpu_budget, sass_budget
#include "commands.hpp"
#include "host/spec/sweep_spec.hpp"
#include "models/models.hpp"
#include "setup.hpp"

namespace neurosweep {
namespace {

constexpr int segment = 512, peak_bins = 10;

// Of inputs and spectrum: which time loop it is.
std::string loop_of(const Problem& p) {
  Path path = Path::general;
  with_model(p.model, [&]<class M>(std::type_identity<M>) { path = path_of<M>(p, make_setup(p)); });
  std::string engine(engine_names[std::size_t(p.spectrum.engine)]);
  if (p.spectrum.engine == Engine::direct) engine += "12";                       // the GPU's kernel for up to 12 bins
  return fmt::format("{} {}", std::array{"constant", "noise", "general"}[std::size_t(path)], engine);
}

// The model as `init` shows it; the measures of the gain map, or those that need no spectrum; spikes where there are any.
SweepSpec spec_of(const ModelInfo& m, Engine engine) {
  const std::string text = sweep_template(m), spikes = m.spiking ? ",spike_count" : "";
  if (engine == Engine::none) return load_sweep_text("bench", text, {{"observe.measures=amplitude,mean,std" + spikes}, {}});
  const double bin = 1 / (segment * load_sweep_text("bench", text, {}).problem.dt);             // Hz
  return load_sweep_text("bench", text,
                         {{"observe.measures=amplitude,peak_frequency,peak_power" + spikes, fmt::format("spectrum.segment={}", segment),
                           fmt::format("spectrum.overlap={}", segment / 2), fmt::format("spectrum.band={}:{}", 0.5 * bin, (peak_bins + 0.5) * bin)},
                          {}});
}

Kernel kernel_of(const ModelInfo& m, bool noise, Engine engine, Precision precision = Precision::single_) {
  Problem p = spec_of(m, engine).problem;
  p.precision = precision, p.steps = bench_steps, p.transient = 0, p.spectrum.engine = engine;
  with_model(p.model, [&]<class Model>(std::type_identity<Model>) {
    p.method = Model::main_method;
    const auto quantity = [&](Drive d) -> double& { return p.base[std::size_t(layout_of<Model>().drive(Model::main_port, d))]; };
    const double mean = std::fabs(quantity(drive_mean));
    quantity(drive_noise) = !noise ? 0 : mean > 0 ? 0.02 * mean : 1e-3;
  });
  return {std::string(m.name), std::string(precision_names[std::size_t(p.precision)]), std::string(method_names[std::size_t(p.method)]), loop_of(p), p};
}

Kernel network_kernel(const BenchNetwork& network) {
  Problem p = load_sweep_text("bench", std::string(network.text), {}).problem;
  p.steps = bench_steps, p.transient = 0;
  return {std::string(network_name), std::string(precision_names[std::size_t(p.precision)]), std::string(method_names[std::size_t(p.method)]), std::string(network.name), p, network.synapses};
}

// A map of the same kind that has so many sets.
Problem with_sets(Problem p, std::uint64_t sets) {
  std::vector<double>& values = p.axes.front().values;
  const double low = values.front(), high = values.back();
  values.resize(sets);
  for (std::uint64_t i = 0; i < sets; ++i) values[i] = low + (high - low) * double(i) / double(sets - 1);
  return p;
}

// Hands out all sets, as often as it is told to, and drops what comes back but for its sum.
class Dropped final : public Work {
 public:
  Dropped(std::uint64_t sets, std::uint64_t tile, std::uint64_t times) : sets_(sets), tile_(tile), tiles_((sets + tile - 1) / tile), times_(times) {}
  bool next(Tile& tile) override {
    const std::uint64_t number = next_++;
    if (number >= tiles_ * times_) return false;
    const std::uint64_t first = number % tiles_ * tile_;
    tile = {first, std::min(tile_, sets_ - first)};
    return true;
  }
  void done(TileResult r) override {
    const std::lock_guard lock(mutex_);
    for (const double value : r.values) sum += value;
  }
  void advance(std::uint64_t) override {}
  bool abort() const override { return false; }
  void say(const std::string& message) override { neurosweep::say("note: " + message); }

  double sum = 0;                                            // of all measures of all sets: of a network, spikes

 private:
  const std::uint64_t sets_, tile_, tiles_, times_;
  std::mutex mutex_;
  std::atomic<std::uint64_t> next_ = 0;
};

// A map that is computed several times.
struct Measured {
  Problem problem;
  std::uint64_t times = 1;

  double node_steps() const { return double(problem.sets()) * double(problem.steps) * double(nodes_in(problem)) * double(times); }
  double seconds(Backend& backend) {
    Dropped work(problem.sets(), backend.tile_size(problem), times);
    const auto begin = std::chrono::steady_clock::now();
    backend.run(problem, work);
    const double taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    sum = work.sum;
    return taken;
  }
  double sum = 0;                                            // of the latest run
};

// Of about so many sets in all; no map so large that its axis takes memory and time.
Measured with_work(const Problem& p, double sets) {
  const double least = p.network ? 2 : 64, most = 1 << 22;   // whole registers and warps
  const auto n = std::uint64_t(std::ceil(std::clamp(sets, least, most) / least) * least);
  return {with_sets(p, n), std::max<std::uint64_t>(1, std::uint64_t(std::llround(sets / double(n))))};
}

#if defined(__x86_64__)
constexpr std::string_view counted_rows = cpu_budget;
#else
constexpr std::string_view counted_rows;    // whose `baseline` is another's
#endif

// A number of a table of comma-separated values, from the row that begins with `cells`; 0 if there is none.
double number_in(std::string_view table, const std::string& cells, int column) {
  const std::string row = "\n" + cells + ",";
  const std::size_t at = table.find(row);
  if (at == std::string_view::npos) return 0;
  std::size_t cell = at + 1;
  for (; column > 0; --column) cell = table.find(',', cell) + 1;
  return std::strtod(table.data() + cell, nullptr);
}

}  // namespace

std::vector<Kernel> bench_kernels(const std::vector<std::string>& names) {
  std::vector<const ModelInfo*> chosen;
  for (const std::string& name : names)
    if (name != network_name) chosen.push_back(&model_named(name));
  std::vector<Kernel> kernels;
  const bool networks = names.empty() || std::find(names.begin(), names.end(), network_name) != names.end();
  for (const ModelInfo& m : models()) {
    if (!names.empty() && std::find(chosen.begin(), chosen.end(), &m) == chosen.end()) continue;
    kernels.push_back(kernel_of(m, false, Engine::none));
    kernels.push_back(kernel_of(m, true, Engine::none));
    kernels.push_back(kernel_of(m, true, Engine::direct));
    if (&m != models().data()) continue;
    kernels.push_back(kernel_of(m, true, Engine::fft));
    kernels.push_back(kernel_of(m, false, Engine::none, Precision::double_));
  }
  if (networks)
    for (const BenchNetwork& network : bench_networks) kernels.push_back(network_kernel(network));
  return kernels;
}

Speed speed_of(Backend& backend, const Kernel& kernel, double seconds) {
  const double share = seconds / (bench_runs + 1);           // what precedes the runs takes about as long as one
  double sets = kernel.problem.network ? 2 : 64;
  Measured measured = with_work(kernel.problem, sets);
  for (double taken = measured.seconds(backend); taken < share / 2; taken = measured.seconds(backend)) {
    sets *= std::clamp(share / taken, 2.0, 16.0);
    measured = with_work(kernel.problem, sets);
  }
  std::array<double, bench_runs> speeds;
  for (double& speed : speeds) speed = measured.node_steps() / measured.seconds(backend);
  std::sort(speeds.begin(), speeds.end());
  const double median = speeds[bench_runs / 2];
  return {median, speeds.front(), speeds.back(), median * measured.sum / measured.node_steps() * kernel.synapses};
}

// Divisions occupy a unit of their own while others go on: whichever takes longer.
double core_limit(const Kernel& kernel, const std::string& isa, int lanes, const PeakRates& rates) {
  const std::string row = kernel.name() + "," + isa;
  const double vector = number_in(counted_rows, row, 3), divide = number_in(counted_rows, row, 4);
  return vector > 0 ? lanes / std::max(vector / rates.vector, divide / rates.divide) : 0;
}

double gpu_limit(const Kernel& kernel, const DeviceInfo& gpu) {
  const double issue = number_in(sass_budget, kernel.name(), 1);
  return issue > 0 ? gpu.multiprocessors * gpu.clock * 128 / issue : 0;
}

std::string counted_compiler() { return std::string(cpu_budget.substr(2, cpu_budget.find('\n') - 2)); }

std::string bench_compiler() {
#if defined(__clang__)
  return fmt::format("clang++ {}", __clang_major__);
#else
  return fmt::format("g++ {}", __GNUC__);
#endif
}

}  // namespace neurosweep
