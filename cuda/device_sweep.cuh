// A sweep on one device: which kernel serves it, its tables in device memory, and how much memory and time a tile
// takes.
#pragma once
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "handles.cuh"
#include "kernels.cuh"
#include "limits.hpp"
#include "outcome.cuh"

namespace neurosweep {

// The kernels of a model by its number.
template <class T>
struct KernelTable {
  Instance<T> (*find)(Method, Path, Engine, int bins);
  cudaError_t (*upload_table)(const T*, std::size_t bytes, cudaStream_t);
  Path (*path)(const Problem&, const Setup&);
};
template <class T>
KernelTable<T> kernels_of(int model) {
  KernelTable<T> found{};
  with_model(model, [&]<class M>(std::type_identity<M>) {
    found = {ModelKernels<M, T>::find, ModelKernels<M, T>::upload_table, path_of<M>};
  });
  return found;
}

// How much one launch may do.
struct LaunchBound {
  std::int64_t node_steps;  // over all threads
  std::int64_t steps;       // of each thread: few threads do not fill the device, and take as long for a step as many
};

template <class T>
class DeviceSweep {
 public:
  // Calls no CUDA: upload() does. Throws if not even the replicates of one set can be transformed.
  DeviceSweep(const Problem& p, const CudaLimits& limits, const LaunchBound& launch)
      : setup(make_setup(p)),
        engine(p.spectrum.engine),
        plan(engine == Engine::direct ? direct_plan(setup) : DirectPlan{}),
        instance(kernels_of<T>(p.model).find(p.method, kernels_of<T>(p.model).path(p, setup), engine, plan.bins)),
        limits_(limits),
        launch_(launch) {
    if (engine == Engine::fft && std::int64_t(setup.replicates) > most_columns()) throw std::runtime_error(too_many());
  }
  DeviceSweep(const DeviceSweep&) = delete;

  // The axes and the table of engine direct. The current device's constant memory holds one sweep's table at a time.
  void upload(const Problem& p) {
    std::vector<T> table;
    std::vector<GridAxis> grid;
    std::vector<double> values;
    for (const SweptColumn& c : swept_columns(p)) {
      grid.push_back(c.grid);
      values.insert(values.end(), c.values->begin(), c.values->end());
    }
    axes = DeviceBuffer<GridAxis>(grid.size()), axis_values = DeviceBuffer<double>(values.size());
    const Stream stream = make_stream();
    const Quiet quiet(stream);
    copy(grid, axes, stream), copy(values, axis_values, stream);
    if (engine == Engine::direct) {
      table = direct_table<T>(plan, instance.capacity);
      NS_CHECK(kernels_of<T>(p.model).upload_table(table.data(), table.size() * sizeof(T), stream.get()));
    }
    NS_CHECK(cudaStreamSynchronize(stream.get()));
  }

  // Steps of a launch over n realisations: a multiple of flush_every.
  std::int64_t slice(std::int64_t n) const {
    const std::int64_t fit = std::min(launch_.node_steps / n, launch_.steps) / flush_every * flush_every;
    return std::max<std::int64_t>(fit, flush_every);
  }

  // Columns that are transformed at a time, of n: about equal shares.
  int fft_columns(std::int64_t n) const {
    const std::int64_t shares = (n + limits_.fft_columns - 1) / limits_.fft_columns;
    return int(whole_warps((n + shares - 1) / shares));
  }
  // Distance between the words of n realisations: whole warps, and whole batches of columns.
  std::int64_t stride(std::int64_t n) const {
    if (engine != Engine::fft) return whole_warps(n);
    const std::int64_t columns = fft_columns(n);
    return (n + columns - 1) / columns * columns;
  }

  // Rows of the signal buffer of engine fft: an unfinished segment, and what a launch adds. With room for two more
  // segments that launch is long enough, and what is kept can be moved to the top in one copy before the rows run out.
  std::int64_t signal_rows() const {
    const std::int64_t added = (2 * setup.segment / flush_every + 2) * flush_every;
    return std::min<std::int64_t>(setup.segment - 1 + added, setup.steps - setup.transient);
  }

  // Sets of a tile for which there is memory: two such tiles are in flight.
  std::int64_t sets_that_fit(std::size_t free_memory) const {
    const double budget = double(free_memory) * limits_.memory_share / 2;
    double n = std::min(budget / double(bytes_per_realisation()), double(limits_.realisations));
    if (engine == Engine::fft) n = std::min(n, double(most_columns()));
    return std::max<std::int64_t>(std::int64_t(n) / setup.replicates, 1);
  }

  const Setup setup;
  const Engine engine;
  const DirectPlan plan;
  const Instance<T> instance;
  DeviceBuffer<GridAxis> axes;
  DeviceBuffer<double> axis_values;

 private:
  static constexpr std::int64_t max_fft_elements = (std::int64_t(1) << 31) - 1;  // cuFFT counts them in an int

  static std::int64_t whole_warps(std::int64_t n) { return (n + 31) / 32 * 32; }

  // The largest n for which stride(n) * segment, and that of every smaller n, can be counted: full batches, or one more
  // of fewer warps each.
  std::int64_t most_columns() const {
    const std::int64_t widest = max_fft_elements / setup.segment;
    const std::int64_t full = widest / limits_.fft_columns, batches = full + 1;
    return std::max(full * limits_.fft_columns, widest / batches / 32 * 32 * batches);
  }

  std::string too_many() const {
    const std::string most = std::to_string(most_columns());
    return "engine fft: " + std::to_string(setup.replicates) + " replicates with segments of " +
           std::to_string(setup.segment) + " samples are more numbers than cuFFT can count; choose a shorter segment" +
           (most == "0" ? "" : ", or at most " + most + " replicates");
  }

  template <class V>
  static void copy(const std::vector<V>& from, const DeviceBuffer<V>& to, const Stream& stream) {
    if (from.empty()) return;
    NS_CHECK(cudaMemcpyAsync(to.data(), from.data(), from.size() * sizeof(V), cudaMemcpyHostToDevice, stream.get()));
  }

  // As TileMemory allocates it (tile_runner.cuh), the columns of every set counted for every realisation.
  std::size_t bytes_per_realisation() const {
    std::size_t words = std::size_t(instance.kept + setup.kept.count + 3 * setup.n_measure_out);
    if (engine == Engine::direct) words += 4 * std::size_t(instance.capacity);
    if (engine == Engine::fft)
      words += std::size_t(signal_rows() + 4 * (setup.segment / 2 + 1));  // spectra, cuFFT's own
    return words * sizeof(T) + std::size_t(setup.n_swept) * sizeof(double) + 2 * sizeof(std::uint8_t) +
           sizeof(std::uint32_t);
  }

  const CudaLimits limits_;
  const LaunchBound launch_;
};

}  // namespace neurosweep
