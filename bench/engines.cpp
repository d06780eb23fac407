// What the two spectral engines cost on this CPU, over bins and segment lengths: the numbers behind engine = "auto"
// (host/cpu/backend.cpp, preferred_engine). Work is declared in node-steps, so that node-steps/s come out.
//   build-release/bench/bench_engines --benchmark_counters_tabular=true
#include <benchmark/benchmark.h>

#include "tests/common/problems.hpp"

namespace neurosweep {
namespace {

// Jansen-Rit, exp-euler, noise on E, 256 sets, 8192 steps; bins 1 ... n kept.
Problem problem(Engine engine, int segment, int bins, Precision precision) {
  Problem p = test::jansen_rit();
  p.precision = precision, p.steps = 8192, p.transient = 0;
  test::drive_of(p, JansenRit::main_port, drive_noise) = 20;
  p.measures = {Measure::amplitude, Measure::peak_frequency};
  test::add_axis(p, JansenRit::Ae, 2, 5, 256);
  p.spectrum.engine = engine, p.spectrum.segment = segment, p.spectrum.overlap = segment / 2;
  if (engine != Engine::none) p.spectrum.kept = p.spectrum.peak = {1, bins};
  return p;
}

void engine(benchmark::State& state) {
  const Problem p = problem(Engine(state.range(0)), int(state.range(1)), int(state.range(2)), Precision(state.range(3)));
  const auto backend = make_cpu_backend(1);
  for (auto _ : state) {
    test::Gather work(p, p.sets());
    backend->run(p, work);
    benchmark::DoNotOptimize(work.values.data());
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
