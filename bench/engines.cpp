// What the two spectral engines cost on this CPU, over bins and segment lengths: the numbers behind engine = "auto"
// (host/cpu/backend.cpp, preferred_engine). Work is declared in node-steps, so that node-steps/s come out.
//   build-release/bench/bench_engines --benchmark_counters_tabular=true
#include <benchmark/benchmark.h>

#include <cmath>
#include <limits>

#include "backend.hpp"
#include "models/models.hpp"

namespace neurosweep {
namespace {

// Jansen-Rit, exp-euler, float, noise on E, 256 sets, 8192 steps; bins 1 ... n kept.
Problem problem(Engine engine, int segment, int bins, Precision precision) {
  const ModelInfo& m = models()[0];
  const Layout layout(m);
  Problem p;
  p.precision = precision;
  p.base.assign(std::size_t(layout.size()), 0);
  for (int i = 0; i < layout.n_par; ++i) p.base[std::size_t(i)] = m.parameters[std::size_t(i)].value;
  for (int port = 0; port < layout.n_port; ++port)
    p.base[std::size_t(layout.drive(port, drive_pulse_period))] = std::numeric_limits<double>::infinity();
  p.base[std::size_t(layout.drive(JansenRit::main_port, drive_mean))] = 120;
  p.base[std::size_t(layout.drive(JansenRit::main_port, drive_noise))] = 20;
  p.dt = 0.5e-3, p.steps = 8192;
  p.measures = {Measure::amplitude, Measure::peak_frequency};
  p.axes.push_back({JansenRit::Ae, {}});
  for (int i = 0; i < 256; ++i) p.axes[0].values.push_back(2 + 3.0 * i / 255);
  p.spectrum.engine = engine, p.spectrum.segment = segment, p.spectrum.overlap = segment / 2;
  if (engine != Engine::none) p.spectrum.kept = p.spectrum.peak = {1, bins};
  return p;
}

class OneTile : public Work {
 public:
  explicit OneTile(std::uint64_t sets) : sets_(sets) {}
  bool next(Tile& t) override {
    t = {0, sets_};
    return !std::exchange(given_, true);
  }
  void done(TileResult r) override { benchmark::DoNotOptimize(r.values.data()); }
  void advance(std::uint64_t) override {}
  bool abort() const override { return false; }
  void say(const std::string&) override {}

 private:
  std::uint64_t sets_;
  bool given_ = false;
};

void engine(benchmark::State& state) {
  const Problem p = problem(Engine(state.range(0)), int(state.range(1)), int(state.range(2)), Precision(state.range(3)));
  const auto backend = make_cpu_backend(1);
  for (auto _ : state) {
    OneTile work(p.sets());
    backend->run(p, work);
  }
  const double node_steps = double(p.sets()) * double(p.steps);
  state.counters["node_steps/s"] = benchmark::Counter(node_steps * double(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["ns/node_step"] =
      benchmark::Counter(node_steps * double(state.iterations()) * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.SetLabel(std::string(engine_names[std::size_t(state.range(0))]) + ", " + backend->device());
}

void engines_and_sizes(benchmark::internal::Benchmark* b) {
  b->ArgNames({"engine", "segment", "bins", "double"});
  for (int precision : {0, 1}) {
    b->Args({int(Engine::none), 512, 1, precision});
    for (int bins : {4, 10, 20, 30}) b->Args({int(Engine::direct), 512, bins, precision});
    for (int segment : {64, 256, 512, 1000, 1024, 2002, 4096}) b->Args({int(Engine::fft), segment, 10, precision});
  }
}
BENCHMARK(engine)->Apply(engines_and_sizes)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace neurosweep

BENCHMARK_MAIN();
