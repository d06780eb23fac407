// What networks cost on this CPU, for each instruction set and precision: neuron-steps and synaptic events a second. CPU time of one
// thread; on a busy machine several rounds in random order, the fastest of which count:
//   build-release/bench/bench_networks --benchmark_filter='avx512/float' --benchmark_repetitions=5
//       --benchmark_enable_random_interleaving=true
//
// `balanced`: sparse excitation and inhibition by conductances, LIF cells, Poisson input, no other signal than spikes. `eig`: all to all,
// Izhikevich cells with noise. A synaptic event is a spike at one of its targets.
#include <benchmark/benchmark.h>

#include "tests/common/networks.hpp"

namespace neurosweep {
namespace {

void add(const std::string& isa, const std::string& name, test::Net net, double synapses_per_cell) {
  for (int population = 0; population < int(net.n->populations.size()); ++population) net.measure(Measure::spike_count, population);
  const bool is_double = net.p.precision == Precision::double_;
  benchmark::RegisterBenchmark((isa + (is_double ? "/double/" : "/float/") + name).c_str(), [=](benchmark::State& state) {
    const auto backend = make_cpu_backend(1, isa);
    double spikes = 0;
    for (auto _ : state) {
      test::Gather work(net.p, net.p.sets());
      backend->run(net.p, work);
      for (const double count : work.values) spikes += count;
    }
    const double steps = double(net.n->cells()) * double(net.p.steps) * double(net.p.sets()) * double(state.iterations());
    const double observed = spikes * double(net.p.steps) / double(net.p.observed());
    state.counters["neuron_steps/s"] = benchmark::Counter(steps, benchmark::Counter::kIsRate);
    state.counters["events/s"] = benchmark::Counter(observed * synapses_per_cell, benchmark::Counter::kIsRate);
  })->Unit(benchmark::kMillisecond);
}

}  // namespace
}  // namespace neurosweep

int main(int argc, char** argv) {
  using namespace neurosweep;
  for (const std::string& isa : cpu_isas())
    for (const Precision precision : {Precision::single_, Precision::double_}) {
      add(isa, "balanced/200", test::balanced(200, precision), 20);
      add(isa, "balanced/10000", test::balanced(10000, precision, 5000), 20);
      for (const int n : {20, 100, 10000}) {
        test::Net net = test::eig_network(n, precision, n > 1000 ? 500 : 20000);
        add(isa, "eig/" + std::to_string(n), net, n - 1);
      }
    }
  benchmark::AddCustomContext("cpu", cpu_name());
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
