// The CPU's time loops of one model for one instruction set. Compiled once for every pair of them (host/CMakeLists.txt),
// with NS_ISA the name of the set's namespace.
#pragma once
#include "kernels.hpp"
#include "lanes_noise.hpp"
#include "measures/measures.hpp"
#include "spectrum.hpp"

namespace neurosweep::NS_ISA {
namespace {

constexpr int span = 64;               // steps: noise is drawn that far ahead, samples wait that long for the spectrum

// Registers of sets that advance side by side, so that one's latencies hide behind the other's: measured best on every path
// and instruction set, although coefficients then spill where registers are few. More where a step is fewer operations.
template <class Model, Method method>
constexpr int interleaved = Model::n_state <= 2                                                      ? 4
                            : Model::n_state > 3                                                     ? 2
                            : !Spiking<Model> && method == Method::euler && vector_registers == 16 ? 2
                                                                                                     : 3;

// The numbers of a register's sets, gathered first: what asks for them one by one then stays small.
template <class E>
struct LaneSource {
  static constexpr int width = Lanes<E>::width;
  double values[max_quantity][width];

  LaneSource(const CpuPlan& plan, const CpuBatch& batch, int lanes, int first) {
    const Setup& s = plan.setup;
    for (int q = 0; q < max_quantity; ++q)
      for (int lane = 0; lane < width; ++lane) values[q][lane] = s.base[q];
    for (int c = 0; c < s.n_swept; ++c)
      for (int lane = 0; lane < width; ++lane) values[s.swept[c]][lane] = batch.swept[c * lanes + first + lane];
  }
  NS_HD double operator()(int quantity, int lane) const { return values[quantity][lane]; }
};

// Measures and status of one register's sets.
template <class Model, class E, int K>
void write_register(const Setup& s, const CpuBatch& batch, int k, const Carried<Model, Lanes<E>>& carried,
                    [[maybe_unused]] const SpikeTrains<Model, Lanes<E>>& spikes, const CpuSpectrum<E, K>& spectrum) {
  using T = Lanes<E>;
  constexpr int width = T::width, lanes = width * K;
  E low[width], high[width], mean[width], variance[width], poison[width], outside[width];
  const auto& m = carried.moments;
  m.minimum.store(low), m.maximum.store(high), m.mean_value().store(mean);
  m.variance(s.steps - s.transient).store(variance);
  carried.poison.store(poison), carried.outside.store(outside);
  SpectralMeasures<E> spectral[width];
  for (int bin = s.kept.first; bin < s.kept.first + s.kept.count; ++bin) {
    E power[width];
    spectrum.power(k, bin).store(power);
    for (int i = 0; i < width; ++i) spectral[i].add(s, bin, psd_of<E>(s, bin, power[i]));
  }
  for (int i = 0; i < width; ++i) {
    const Statistics<E> stat{low[i], high[i], mean[i], std::sqrt(variance[i])};
    SpikeStatistics train;
    if constexpr (Spiking<Model>) train = SpikeStatistics(spikes.train[i]);
    E out[n_node_measure];
    batch.status[k * width + i] = write_measures<E>(s, stat, spectral[i], train, poison[i], outside[i], out, 1);
    for (int c = 0; c < s.n_measure_out; ++c) batch.out[c * lanes + k * width + i] = double(out[c]);
  }
}

template <class Model, Method method, class E, Path path, int K>
void run_registers(const CpuPlan& plan, const CpuBatch& batch) {
  using T = Lanes<E>;
  constexpr int width = T::width;
  const Setup& s = plan.setup;
  Node<Model, method, T, path> node[K];
  for (int k = 0; k < K; ++k) {
    const LaneSource<E> source(plan, batch, width * K, k * width);
    typename Arithmetic<T>::Wide set;
    typename Arithmetic<T>::Word replicate;
    for (int i = 0; i < width; ++i) set[i] = batch.set[k * width + i], replicate[i] = batch.replicate[k * width + i];
    node[k].prepare(source, s, set, replicate);
  }
  CpuSpectrum<E, K> spectrum(plan, batch);
  Simulation<Model, method, T, path, K, span, CpuSpectrum<E, K>> simulation(s, node, spectrum);
  simulation.run(0, s.steps);
  for (int k = 0; k < K; ++k) write_register<Model, E, K>(s, batch, k, node[k].carried, node[k].spikes, spectrum);
}

// Where most sweeps go, a batch with few sets has a loop for fewer registers, which computes the same bytes in 0.5 to 0.6 of
// the time (bench/results/2026-11-23-sizes-and-memory.md). One would leave the core waiting where a step is little but latencies.
template <class Model, Method method, class E, Path path>
constexpr int least_interleaved = path == Path::general || sizeof(E) != 4                       ? interleaved<Model, method>
                                  : path == Path::constant && interleaved<Model, method> == 4 ? 2
                                                                                                : 1;

template <class Model, Method method, class E, Path path>
void run_batch(const CpuPlan& plan, const CpuBatch& batch) {
  constexpr int least = least_interleaved<Model, method, E, path>, most = interleaved<Model, method>;
  if constexpr (least < most)
    if (batch.lanes == least * Lanes<E>::width) return run_registers<Model, method, E, path, least>(plan, batch);
  run_registers<Model, method, E, path, most>(plan, batch);
}

// Run-time choices to template arguments: f(method, path, element) with the plan's as constants and its float or double.
template <class F>
auto with_loop(const CpuPlan& plan, F f) {
  const auto with_element = [&](auto method, auto path) { return plan.precision == Precision::single_ ? f(method, path, float()) : f(method, path, double()); };
  const auto with_path = [&](auto method) {
    switch (plan.path) {
      case Path::constant: return with_element(method, std::integral_constant<Path, Path::constant>());
      case Path::noise: return with_element(method, std::integral_constant<Path, Path::noise>());
      case Path::general: break;
    }
    return with_element(method, std::integral_constant<Path, Path::general>());
  };
  switch (plan.method) {
    case Method::euler: return with_path(std::integral_constant<Method, Method::euler>());
    case Method::exp_euler: return with_path(std::integral_constant<Method, Method::exp_euler>());
    case Method::heun: return with_path(std::integral_constant<Method, Method::heun>());
    case Method::rk4: break;
  }
  return with_path(std::integral_constant<Method, Method::rk4>());
}

template <class Model>
void run(const CpuPlan& plan, const CpuBatch& batch) {
  with_loop(plan, [&]<Method method, Path path>(std::integral_constant<Method, method>, std::integral_constant<Path, path>, auto e) {
    if constexpr (path == Path::general || has_own_loops<Model>(method)) run_batch<Model, method, decltype(e), path>(plan, batch);
  });
}

template <class Model>
int lanes(const CpuPlan& plan) {
  return with_loop(plan, [](auto method, auto, auto e) { return interleaved<Model, method()> * Lanes<decltype(e)>::width; });
}

template <class Model>
int least_lanes(const CpuPlan& plan) {
  return with_loop(plan, [](auto method, auto path, auto e) { return least_interleaved<Model, method(), decltype(e), path()> * Lanes<decltype(e)>::width; });
}

template <class Model>
std::size_t workspace_bytes(const CpuPlan& plan) {
  if (plan.engine != Engine::fft) return 0;
  return with_loop(plan, [&](auto method, auto, auto e) { return fft_bytes<decltype(e)>(plan.setup, interleaved<Model, method()>); });
}

}  // namespace
}  // namespace neurosweep::NS_ISA

// Defines the kernels of one model of the list; at namespace scope, once in a file.
#define NS_CPU_KERNELS(Model)                                                                                \
  namespace neurosweep::NS_ISA {                                                                             \
  template <>                                                                                                \
  const CpuKernels& kernels<Model>() {                                                                       \
    static constexpr CpuKernels found{lanes<Model>, least_lanes<Model>, workspace_bytes<Model>, run<Model>}; \
    return found;                                                                                            \
  }                                                                                                          \
  }
