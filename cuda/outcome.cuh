// From what the simulation leaves behind to a tile's map: kernels that know no model. Each function queues its kernel.
#pragma once
#include <cufft.h>

#include "kernels.cuh"

namespace neurosweep {

// swept[c * sets + i] = value of axis c for set first_set + i; axis c's values begin at values[axes[c].first].
void fill_swept(const GridAxis* axes, int n_axes, const double* values, std::uint64_t first_set, int sets,
                double* swept, cudaStream_t stream);

// power[k * stride + j] gets |X_k|^2 of the Hann window over one segment of column j, k counting from kept.first: by
// three taps on the plain DFT spectrum[k * columns + j], with X_0 = 0 for the constant detrend (measures/welch.hpp).
// The first segment sets, the others add.
template <class Complex, class T>
void add_segment(const Complex* spectrum, int columns, int used, const Setup& s, bool first, T* power,
                 std::int64_t stride, cudaStream_t stream);

// out[c * n + j], status[j] for realisations j = 0 ... n - 1; outcome: Outcome<T>, or SpikingOutcome<T>,
// word by word.
template <class T>
void make_measures(const Setup& s, const T* outcome, const T* power, std::int64_t stride, int n, T* out,
                   std::uint8_t* status, cudaStream_t stream);

// Means, then SDs, over the replicates of each set: out[c * sets + i]. status: the largest; failed: how many diverged.
template <class T>
void over_replicates(const Setup& s, int sets, const T* each, const std::uint8_t* each_status, T* out,
                     std::uint8_t* status, std::uint32_t* failed, cudaStream_t stream);

}  // namespace neurosweep
