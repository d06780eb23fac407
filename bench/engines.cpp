// What the two spectral engines cost on this CPU, over bins and segment lengths, for each instruction set and precision: the
// numbers behind engine = "auto" (host/cpu/backend.cpp, preferred_engine) and the figure in docs/numerics.md. Work is
// declared in node-steps. CPU time of one thread; on a busy machine several rounds in random order, the fastest of which count:
//   build-release/bench/bench_engines --benchmark_repetitions=5 --benchmark_enable_random_interleaving=true
//       --benchmark_min_time=0.02 --benchmark_out=engines.json
//   bench/plot-engines engines.json docs/images/engines.png
#include <benchmark/benchmark.h>

#include "tests/common/problems.hpp"

namespace neurosweep {
namespace {

// Jansen-Rit, exp-euler, noise on E, 128 sets, 16384 steps; bins 1 ... n kept.
Problem problem(Engine engine, int segment, int bins, Precision precision) {
  Problem p = test::jansen_rit();
  p.precision = precision, p.steps = 16384, p.transient = 0;
  test::drive_of(p, JansenRit::main_port, drive_noise) = 20;
  p.measures = {Measure::amplitude, Measure::peak_frequency};
  test::add_axis(p, JansenRit::Ae, 2, 5, 128);
  p.spectrum.engine = engine, p.spectrum.segment = segment, p.spectrum.overlap = segment / 2;
  if (engine != Engine::none) p.spectrum.kept = p.spectrum.peak = {1, bins};
  return p;
}

void add(const std::string& isa, Precision precision, Engine engine, int segment, int bins) {
  const std::string name = isa + (precision == Precision::single_ ? "/float/" : "/double/") +
                           std::string(engine_names[std::size_t(engine)]) + "/segment:" + std::to_string(segment) +
                           "/bins:" + std::to_string(bins);
  benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
    const Problem p = problem(engine, segment, bins, precision);
    const auto backend = make_cpu_backend(1, isa);
    for (auto _ : state) {
      test::Gather work(p, p.sets());
      backend->run(p, work);
      benchmark::DoNotOptimize(work.values.data());
    }
    const double node_steps = double(p.sets()) * double(p.steps) * double(state.iterations());
    state.counters["node_steps/s"] = benchmark::Counter(node_steps, benchmark::Counter::kIsRate);
    state.counters["ns/node_step"] = benchmark::Counter(node_steps * 1e-9, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  })->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace neurosweep

int main(int argc, char** argv) {
  using namespace neurosweep;
  for (const std::string& isa : cpu_isas())
    for (Precision precision : {Precision::single_, Precision::double_}) {
      add(isa, precision, Engine::none, 512, 0);
      for (int segment : {64, 128, 256, 512, 1024, 2048, 4096})
        for (int bins : {4, 12, 20, 30})
          for (Engine engine : {Engine::direct, Engine::fft}) add(isa, precision, engine, segment, bins);
      for (int segment : {1000, 2002}) add(isa, precision, Engine::fft, segment, 12);
    }
  benchmark::AddCustomContext("cpu", cpu_name());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
