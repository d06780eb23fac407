// What a sweep of nodes and one of networks have in common on a device: how much memory and time a tile takes.
#pragma once
#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "handles.cuh"
#include "limits.hpp"
#include "measures/moments.hpp"
#include "setup.hpp"

namespace neurosweep {

// How much one launch may do.
struct LaunchBound {
  std::int64_t node_steps;  // over all threads
  std::int64_t steps;       // of each thread: few threads do not fill the device, and take as long for a step as many
};

// What a sweep's kernels are told of a tile and of the time. Column j of `signal` and `power`: signal j / n of realisation j % n.
template <class T>
struct TileLaunch {
  std::uint64_t first_set;
  int sets;
  std::int64_t begin, end;  // steps; Simulation::run says where they may lie
  std::int64_t stride, first_row;
  T *power, *signal;
};

// A realisation integrates `nodes` nodes and has `signals` signals.
template <class T>
class DeviceSweep {
 public:
  using Real = T;
  DeviceSweep(const DeviceSweep&) = delete;

  // Steps of a launch over n realisations: a multiple of flush_every.
  std::int64_t slice(std::int64_t n) const {
    const std::int64_t fit = std::min(launch_.node_steps / (n * nodes), launch_.steps) / flush_every * flush_every;
    return std::max<std::int64_t>(fit, flush_every);
  }

  // Columns that are transformed at a time, of n: about equal shares.
  int fft_columns(std::int64_t n) const {
    const std::int64_t shares = (n + limits_.fft_columns - 1) / limits_.fft_columns;
    return int(whole_warps((n + shares - 1) / shares));
  }
  // Distance between the words of n columns: whole warps, and whole batches of columns.
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

  const Setup setup;
  const Engine engine;
  const std::int64_t nodes, signals;

 protected:
  // Throws if not even the replicates of one set can be transformed.
  DeviceSweep(const Setup& s, Engine e, std::int64_t n_node, std::int64_t n_signal, const CudaLimits& limits, const LaunchBound& launch)
      : setup(s), engine(e), nodes(n_node), signals(n_signal), limits_(limits), launch_(launch) {
    if (engine == Engine::fft && std::int64_t(setup.replicates) * signals > most_columns()) throw std::runtime_error(too_many());
  }

  // Sets of a tile for which there is memory: two such tiles are in flight. As TileMemory allocates it (tile_runner.cuh), with `own`
  // bytes of a realisation beside; what there is for each set is counted for every realisation.
  std::int64_t sets_for(std::size_t free_memory, std::size_t own) const {
    std::size_t words = std::size_t(signals) * std::size_t(setup.kept.count) + 3 * std::size_t(setup.n_measure_out);
    if (engine == Engine::fft) words += std::size_t(signals) * std::size_t(signal_rows() + 4 * (setup.segment / 2 + 1));  // spectra, cuFFT's own
    const std::size_t bytes = words * sizeof(T) + 2 * sizeof(std::uint8_t) + sizeof(std::uint32_t) + own;
    const double budget = double(free_memory) * limits_.memory_share / 2;
    double n = std::min(budget / double(bytes), double(limits_.realisations) / double(nodes));
    if (engine == Engine::fft) n = std::min(n, double(most_columns() / signals));
    return std::max<std::int64_t>(std::int64_t(n) / setup.replicates, 1);
  }

  template <class V>
  static void copy(const std::vector<V>& from, const DeviceBuffer<V>& to, const Stream& stream) {
    if (from.empty()) return;
    NS_CHECK(cudaMemcpyAsync(to.data(), from.data(), from.size() * sizeof(V), cudaMemcpyHostToDevice, stream.get()));
  }

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
    const std::string most = std::to_string(most_columns() / signals);
    return "engine fft: " + std::to_string(setup.replicates) + " replicates with segments of " +
           std::to_string(setup.segment) + " samples are more numbers than cuFFT can count; choose a shorter segment" +
           (most == "0" ? "" : ", or at most " + most + " replicates");
  }

  const CudaLimits limits_;
  const LaunchBound launch_;
};

}  // namespace neurosweep
