// From what the blocks leave behind to measures: a thread for each measure of each realisation.
#include <algorithm>
#include <cmath>
#include <device.cuh>

#include "check.cuh"
#include "kernels.cuh"
#include "measures/measures.hpp"
#include "network/blocks.cuh"

namespace neurosweep {
namespace {

template <class T>
struct Realisation {
  const BlockArguments<T>& a;
  const int number;

  template <class U>
  __device__ const U* array(int at) const {
    return reinterpret_cast<const U*>(reinterpret_cast<const std::byte*>(a.kept) + std::int64_t(number) * std::int64_t(a.shape.bytes) + at);
  }
  __device__ std::int64_t observed() const { return a.setup.steps - a.setup.transient; }
  // Bit 0: some state was NaN or infinite; bit 1: one left its domain.
  __device__ int found() const {
    int bits = 0;
    for (int w = 0; w < most_block_threads / warp_size; ++w) bits |= array<int>(a.shape.at.found)[w];
    return bits;
  }
  __device__ const Moments<T>& moments(int lane) const { return array<BlockSignal<T>>(a.shape.at.signals)[lane].moments; }

  __device__ T measure_signal(const NetworkColumn& column) const {
    const Moments<T>& m = moments(column.lane);
    const Statistics<T> stat{m.minimum, m.maximum, m.mean_value(), sqrt(m.variance(observed()))};
    Setup one = a.setup;
    one.n_measure_out = 1, one.measure[0] = std::uint8_t(column.measure);
    SpectralMeasures<T> spectral;
    for (int k = 0; k < one.kept.count; ++k)
      spectral.add(one, one.kept.first + k,
                   psd_of(one, one.kept.first + k, a.power[k * a.stride + std::int64_t(column.lane) * a.realisations() + number]));
    T out[1];
    write_measures<T>(one, stat, spectral, SpikeStatistics(), T(0), T(0), out, 1);
    return out[0];
  }
  __device__ double measure_cells(const NetworkColumn& column) const {
    const NetworkPopulation& p = a.plan.populations[column.population];
    const double nan = std::numeric_limits<double>::quiet_NaN();
    if (column.measure == Measure::synchrony) return synchrony(column);
    double spikes = 0, active = 0, intervals = 0, variation = 0, several = 0;
    for (int i = p.first; i < p.first + p.size; ++i) {
      const SpikeStatistics train(a.trains[std::int64_t(number) * a.shape.slots + i]);
      spikes += train.spikes, active += train.spikes > 0;
      if (train.spikes >= 3) ++several, intervals += train.isi_mean, variation += train.isi_cv;
    }
    switch (column.measure) {
      case Measure::spike_count: return spikes;
      case Measure::rate: return spikes / (p.size * (double(observed()) * a.setup.dt_seconds));
      case Measure::isi_mean: return several > 0 ? intervals / several * a.setup.dt : nan;      // ms
      case Measure::isi_cv: return several > 0 ? variation / several : nan;
      case Measure::active: return active / p.size;
      default: return nan;
    }
  }
  // Golomb's chi: the SD of the mean v over the root of the mean of the cells' variances.
  __device__ double synchrony(const NetworkColumn& column) const {
    const NetworkPopulation& p = a.plan.populations[column.population];
    const double nan = std::numeric_limits<double>::quiet_NaN();
    if (p.model < 0) return nan;
    double sum = 0;
    for (int i = p.first; i < p.first + p.size; ++i) sum += double(array<Moments<T>>(a.shape.at.spread)[i].variance(observed()));
    if (!(sum > 0)) return nan;
    if (p.size == 1) return 1;
    return std::sqrt(double(moments(column.lane).variance(observed())) / (sum / p.size));
  }
};

template <class T>
__global__ void __launch_bounds__(block_size) measure_networks_kernel(const __grid_constant__ BlockArguments<T> a) {
  const int n = a.realisations(), j = int(blockIdx.x * blockDim.x + threadIdx.x);
  if (j >= n) return;
  const Realisation<T> realisation{a, j};
  const int found = realisation.found();
  const bool diverged = found & 1;
  if (blockIdx.y == 0) a.status[j] = diverged ? status_diverged : found & 2 ? status_out_of_domain : status_ok;
  for (int c = int(blockIdx.y); c < a.plan.n_column; c += int(gridDim.y)) {
    const NetworkColumn& column = a.plan.columns[c];
    a.out[std::int64_t(c) * n + j] = diverged ? std::numeric_limits<T>::quiet_NaN()
                                     : is_of_spikes(column.measure) ? T(realisation.measure_cells(column)) : realisation.measure_signal(column);
  }
}

}  // namespace

template <class T>
void measure_networks(const BlockArguments<T>& a, cudaStream_t stream) {
  NS_CHECK(launch(measure_networks_kernel<T>, blocks_for(a.realisations(), a.plan.n_column), dim3(block_size), 0, stream, a));
}
template void measure_networks(const BlockArguments<float>&, cudaStream_t);
template void measure_networks(const BlockArguments<double>&, cudaStream_t);

}  // namespace neurosweep
