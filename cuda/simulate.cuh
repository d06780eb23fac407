// The kernels of one model: one thread per realisation maps its index to Simulation (simulate.hpp). Each model has a
// source file (CMakeLists.txt) that includes this one and instantiates ModelKernels.
//
// A launch integrates some of the steps. What a realisation carries is put away at its end and taken up by the next
// launch, or by the kernels that make measures of it (outcome.cu).
#pragma once
#include <device.cuh>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "kernels.cuh"

namespace neurosweep {
namespace {  // constant memory and kernels belong to the file that includes this one

__constant__ double direct_constants[constant_table_bytes / sizeof(double)];

// ---- what records the spectrum: `Spectrum` of Simulation, as the kernel builds, resumes and puts away it ------------

template <class T>
struct NoRecorder {
  static constexpr int capacity = 0;
  NoSpectrum spectrum;
  __device__ explicit NoRecorder(const SimulateArguments<T>&, int) {}
  __device__ void load(const SimulateArguments<T>&, int) {}
  __device__ void store(const SimulateArguments<T>&, int) const {}
};

template <class T, int bins>
struct DirectRecorder {
  static constexpr int capacity = bins;
  DirectSpectrum<T, 1, bins, true> spectrum;

  __device__ explicit DirectRecorder(const SimulateArguments<T>& a, int)
      : spectrum(a.setup, a.plan, reinterpret_cast<const T*>(direct_constants), a.hop) {
    spectrum.init();
  }
  // Calls f(word, where it is kept) for all that the next launch needs.
  template <class F>
  __device__ void each_word(const SimulateArguments<T>& a, int j, F f) {
    auto& b = spectrum.bins[0];
    NS_UNROLL for (int k = 0; k < bins; ++k) {
      T* const at = a.hops + 4 * k * a.stride + j;
      f(b.re[k], at), f(b.im[k], at + a.stride), f(b.last_re[k], at + 2 * a.stride), f(b.last_im[k], at + 3 * a.stride);
    }
  }
  // Accumulated bins are a few more than the kept ones: neighbours, and up to the kernel's capacity.
  template <class F>
  __device__ void each_power(const SimulateArguments<T>& a, int j, F f) {
    const int below = a.setup.kept.first - a.plan.first_bin;
    NS_UNROLL for (int k = 0; k < bins; ++k) if (k >= below && k < below + a.setup.kept.count)
        f(spectrum.bins[0].power[k], a.power + (k - below) * a.stride + j);
  }
  __device__ void load(const SimulateArguments<T>& a, int j) {
    each_word(a, j, [](auto& word, const T* at) { word = *at; });
    each_power(a, j, [](auto& word, const T* at) { word = *at; });
  }
  __device__ void store(const SimulateArguments<T>& a, int j) {
    each_power(a, j, [](const auto& word, T* at) { *at = word; });
    if (a.end < a.setup.steps) each_word(a, j, [](const auto& word, T* at) { *at = word; });
  }
};

// Engine fft: writes the observed signal. The backend sees to it that a launch's samples have rows. A null signal stands
// for engine `none` where time does not count so much that it has kernels of its own.
template <class T>
struct SignalSpectrum {
  T* signal;
  std::int64_t stride, first_row;
  NS_HD std::int64_t next_event() const { return never; }
  NS_HD void event() {}
  NS_HD void add(int, const T* y, std::int64_t at, int a, int b) {
    if (signal == nullptr) return;
    T* const row = signal + (at + a - first_row) * stride;
    NS_UNROLL for (int q = 0; q < group; ++q) if (q >= a && q < b) row[(q - a) * stride] = y[q];
  }
};

template <class T>
struct SignalRecorder {
  static constexpr int capacity = 0;
  SignalSpectrum<T> spectrum;
  __device__ explicit SignalRecorder(const SimulateArguments<T>& a, int j)
      : spectrum{a.signal == nullptr ? nullptr : a.signal + j, a.stride, a.first_row} {}
  __device__ void load(const SimulateArguments<T>&, int) {}
  __device__ void store(const SimulateArguments<T>&, int) const {}
};

// Blocks that a multiprocessor should hold: the most with which no time loop touches local memory, for any model
// (docs/gpu.md has the table). Left alone the compiler takes as many registers as it likes.
template <class T, Path path, int capacity>
constexpr int blocks_wanted() {
  if (sizeof(T) == sizeof(double) || capacity > 16) return 2;
  if (path == Path::general) return capacity > 0 ? 2 : 3;
  return path == Path::noise && capacity > 0 ? 3 : 4;
}
template <class T, Path path, class Recorder>
inline constexpr int blocks_at_least = blocks_wanted<T, path, Recorder::capacity>();

// ---- the kernel -----------------------------------------------------------------------------------------------------

template <class Model, Method method, class T, Path path, class Recorder>
__global__ void __launch_bounds__(block_size, blocks_at_least<T, path, Recorder>)
    simulate(const __grid_constant__ SimulateArguments<T> a) {
  const int j = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (j >= a.realisations()) return;
  const Setup& s = a.setup;
  const int set = j % a.sets, replicate = j / a.sets;
  auto source = [&](int quantity, int) {
    double value = s.base[quantity];
    for (int c = 0; c < s.n_swept; ++c)
      if (s.swept[c] == quantity) value = a.swept[std::int64_t(c) * a.sets + set];
    return value;
  };
  Node<Model, method, T, path> node[1];
  node[0].prepare(source, s, a.first_set + std::uint64_t(set), std::uint32_t(replicate));
  Recorder recorder(a, j);

  using Words = std::array<T, words_of<T, Kept<Model, T>>>;
  if (a.begin > 0) {
    Words words;
    NS_UNROLL for (std::size_t w = 0; w < words.size(); ++w) words[w] = a.carried[std::int64_t(w) * a.stride + j];
    const auto kept = std::bit_cast<Kept<Model, T>>(words);
    node[0].carried = kept.carried, node[0].spikes = kept.spikes;
    recorder.load(a, j);
  }
  Simulation<Model, method, T, path, 1, group, decltype(recorder.spectrum)>(s, node, recorder.spectrum)
      .run(a.begin, a.end);
  const auto words = std::bit_cast<Words>(Kept<Model, T>{node[0].carried, node[0].spikes});
  NS_UNROLL for (std::size_t w = 0; w < words.size(); ++w) a.carried[std::int64_t(w) * a.stride + j] = words[w];
  recorder.store(a, j);
}

// ---- which instances there are --------------------------------------------------------------------------------------

template <int... bins>
struct Capacities {};

// Numbers of bins that are compiled: up to as many as fit the registers, so that no time loop touches local memory, and
// few, since every model and method pays for them at build time. In double not even eight fit: fft does it there.
template <class T, Path path>
struct DirectCapacities {
  using type = Capacities<12, 24>;
};
template <>
struct DirectCapacities<float, Path::general> {
  using type = Capacities<16>;
};
template <>
struct DirectCapacities<double, Path::general> {
  using type = Capacities<>;
};

template <class Model, class T, Method method, Path path>
struct Finder {
  template <class Recorder>
  static Instance<T> instance() {
    using Known = std::conditional_t<Spiking<Model>, SpikingOutcome<T>, Outcome<T>>;
    constexpr int kept = words_of<T, Kept<Model, T>>, outcome = kept - words_of<T, Known>;
    static_assert(outcome == Model::n_state + Refractory<Model>);
    return {simulate<Model, method, T, path, Recorder>, Recorder::capacity, kept, outcome};
  }
  template <int... capacity>
  static Instance<T> direct(int bins, Capacities<capacity...>) {
    Instance<T> found;
    (void)((bins <= capacity && (found = instance<DirectRecorder<T, capacity>>(), true)) || ...);
    return found;
  }
  static Instance<T> find(Engine engine, int bins) {
    switch (engine) {
      case Engine::none: return instance<std::conditional_t<path == Path::general, SignalRecorder<T>, NoRecorder<T>>>();
      case Engine::fft: return instance<SignalRecorder<T>>();
      case Engine::direct: return direct(bins, typename DirectCapacities<T, path>::type{});
    }
    return {};
  }
};

template <class Model, class T, Method method>
Instance<T> find_path(Path path, Engine engine, int bins) {
  if constexpr (sizeof(T) == sizeof(float) && has_own_loops<Model>(method)) {
    if (path == Path::constant) return Finder<Model, T, method, Path::constant>::find(engine, bins);
    if (path == Path::noise) return Finder<Model, T, method, Path::noise>::find(engine, bins);
  }
  return Finder<Model, T, method, Path::general>::find(engine, bins);
}

}  // namespace

template <class Model, class T>
Instance<T> ModelKernels<Model, T>::find(Method method, Path path, Engine engine, int bins) {
  switch (method) {
    case Method::euler: return find_path<Model, T, Method::euler>(path, engine, bins);
    case Method::exp_euler: return find_path<Model, T, Method::exp_euler>(path, engine, bins);
    case Method::heun: return find_path<Model, T, Method::heun>(path, engine, bins);
    case Method::rk4: return find_path<Model, T, Method::rk4>(path, engine, bins);
  }
  return {};
}

template <class Model, class T>
cudaError_t ModelKernels<Model, T>::upload_table(const T* table, std::size_t bytes, cudaStream_t stream) {
  return cudaMemcpyToSymbolAsync(direct_constants, table, bytes, 0, cudaMemcpyHostToDevice, stream);
}

}  // namespace neurosweep
