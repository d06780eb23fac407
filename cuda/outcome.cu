#include "outcome.cuh"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <device.cuh>

#include "check.cuh"
#include "measures/measures.hpp"

namespace neurosweep {
namespace {

__device__ int thread_index() { return int(blockIdx.x * blockDim.x + threadIdx.x); }

__global__ void __launch_bounds__(block_size) fill_swept_kernel(const GridAxis* axes, int n_axes, const double* values,
                                                                std::uint64_t first_set, int sets, double* swept) {
  const int i = thread_index();
  if (i >= sets) return;
  for (int c = 0; c < n_axes; ++c) {
    const GridAxis axis = axes[c];
    swept[std::int64_t(c) * sets + i] = values[axis.first + axis.index(first_set + std::uint64_t(i))];
  }
}

// X_k of the detrended segment from the DFT's first half.
template <class Complex>
__device__ Complex bin_of(const Complex* spectrum, int columns, int segment, int k) {
  if (k == 0) return Complex{0, 0};
  const bool mirrored = 2 * k > segment;
  Complex x = spectrum[std::int64_t(mirrored ? segment - k : k) * columns];
  if (mirrored) x.y = -x.y;
  return x;
}

template <class Complex, class T>
__global__ void __launch_bounds__(block_size)
    add_segment_kernel(const Complex* spectrum, int columns, int used, int segment, BinRange kept, bool first, T* power,
                       std::int64_t stride) {
  const int j = thread_index();
  if (j >= used) return;
  for (int k = int(blockIdx.y); k < kept.count; k += int(gridDim.y)) {
    const int bin = kept.first + k;
    const Complex below = bin_of(spectrum + j, columns, segment, bin - 1),
                  at = bin_of(spectrum + j, columns, segment, bin),
                  above = bin_of(spectrum + j, columns, segment, bin + 1);
    T& sum = power[k * stride + j];
    sum = (first ? T(0) : sum) + hann_power(at.x, at.y, below.x, below.y, above.x, above.y);
  }
}

template <class T>
__device__ Statistics<T> statistics(const Moments<T>& m, std::int64_t observed) {
  return {m.minimum, m.maximum, m.mean_value(), sqrt(m.variance(observed))};
}

template <class Struct, class T>
__device__ Struct load(const T* words, std::int64_t stride) {
  std::array<T, words_of<T, Struct>> w;
  NS_UNROLL for (std::size_t i = 0; i < w.size(); ++i) w[i] = words[std::int64_t(i) * stride];
  return std::bit_cast<Struct>(w);
}

template <class T>
__global__ void __launch_bounds__(block_size)
    measures_kernel(const __grid_constant__ Setup s, const T* outcome, const T* power, std::int64_t stride, int n,
                    T* out, std::uint8_t* status) {
  const int j = thread_index();
  if (j >= n) return;
  const auto end = load<Outcome<T>>(outcome + j, stride);
  SpikeStatistics spikes;
  if (s.spiking) spikes = SpikeStatistics(load<SpikeTrain<T>>(outcome + words_of<T, Outcome<T>> * stride + j, stride));
  SpectralMeasures<T> spectral;
  for (int k = 0; k < s.kept.count; ++k) {
    const int bin = s.kept.first + k;
    spectral.add(s, bin, psd_of(s, bin, power[k * stride + j]));
  }
  const Statistics<T> stat = statistics(end.moments, s.steps - s.transient);
  status[j] = write_measures(s, stat, spectral, spikes, end.poison, end.outside, out + j, n);
}

template <class T>
__global__ void __launch_bounds__(block_size)
    replicates_kernel(int n_measures, std::uint32_t replicates, int sets, const T* each,
                      const std::uint8_t* each_status, T* out, std::uint8_t* status, std::uint32_t* failed) {
  const int i = thread_index();
  if (i >= sets) return;
  for (std::int64_t c = 0; c < n_measures; ++c)
    mean_over_replicates(each + c * replicates * sets + i, replicates, sets, out[c * sets + i],
                         out[(n_measures + c) * sets + i]);
  std::uint8_t worst = status_ok;
  std::uint32_t diverged = 0;
  for (std::uint32_t r = 0; r < replicates; ++r) {
    const std::uint8_t one = each_status[std::int64_t(r) * sets + i];
    worst = one > worst ? one : worst;
    diverged += one == status_diverged;
  }
  status[i] = worst, failed[i] = diverged;
}

}  // namespace

void fill_swept(const GridAxis* axes, int n_axes, const double* values, std::uint64_t first_set, int sets,
                double* swept, cudaStream_t stream) {
  if (n_axes == 0) return;
  NS_CHECK(launch(fill_swept_kernel, blocks_for(sets), dim3(block_size), 0, stream, axes, n_axes, values, first_set,
                  sets, swept));
}

template <class Complex, class T>
void add_segment(const Complex* spectrum, int columns, int used, const Setup& s, bool first, T* power,
                 std::int64_t stride, cudaStream_t stream) {
  NS_CHECK(launch(add_segment_kernel<Complex, T>, blocks_for(used, s.kept.count), dim3(block_size), 0, stream, spectrum,
                  columns, used, s.segment, s.kept, first, power, stride));
}

template <class T>
void make_measures(const Setup& s, const T* outcome, const T* power, std::int64_t stride, int n, T* out,
                   std::uint8_t* status, cudaStream_t stream) {
  NS_CHECK(launch(measures_kernel<T>, blocks_for(n), dim3(block_size), 0, stream, s, outcome, power, stride, n, out,
                  status));
}

template <class T>
void over_replicates(const Setup& s, int sets, const T* each, const std::uint8_t* each_status, T* out,
                     std::uint8_t* status, std::uint32_t* failed, cudaStream_t stream) {
  NS_CHECK(launch(replicates_kernel<T>, blocks_for(sets), dim3(block_size), 0, stream, s.n_measure_out, s.replicates,
                  sets, each, each_status, out, status, failed));
}

#define NS_OUTCOME(T, Complex)                                                                                       \
  template void add_segment(const Complex*, int, int, const Setup&, bool, T*, std::int64_t, cudaStream_t);           \
  template void make_measures(const Setup&, const T*, const T*, std::int64_t, int, T*, std::uint8_t*, cudaStream_t); \
  template void over_replicates(const Setup&, int, const T*, const std::uint8_t*, T*, std::uint8_t*, std::uint32_t*, \
                                cudaStream_t);
NS_OUTCOME(float, cufftComplex)
NS_OUTCOME(double, cufftDoubleComplex)
#undef NS_OUTCOME

}  // namespace neurosweep
