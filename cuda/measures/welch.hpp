// Welch's power spectrum while integrating, for narrow bands: the `direct` engine, and what both engines share.
//
// scipy.signal.welch's defaults: periodic Hann window, constant detrend, one-sided density, mean over the whole segments
// (Welch 1967, IEEE Trans. Audio Electroacoust. 15:70). With X_k the plain DFT of a segment (k = 0 ... L - 1):
// - the Hann window is three taps, X_k / 2 - (X_{k-1} + X_{k+1}) / 4;
// - taking off the segment's mean sets X_0 = 0 and changes no other bin;
// - with 50 % overlap a segment is two hops and X_k = D_k(first) + (-1)^k D_k(second), D the DFT of one hop.
//
// Samples come in groups of eight that lie on multiples of eight steps since the start, wherever hops begin. Within a group
// even and odd sums about its middle serve all bins: 3 + 4 multiply-adds a bin, then one rotation to the group's place in
// its hop. Measured in float this is both the cheapest and the most accurate of the ways tried (docs/numerics.md).
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <type_traits>
#include <vector>

#include "numerics/maths.hpp"
#include "problem.hpp"
#include "setup.hpp"

namespace neurosweep {

inline constexpr int group = 8;                          // samples
inline constexpr int group_weights = group - 1;          // of a bin
inline constexpr int max_direct_bins = 32;               // accumulated bins: the kept ones and a neighbour on either side

// |X_k / 2 - (X_{k-1} + X_{k+1}) / 4|^2
template <class T>
NS_HD T hann_power(T re, T im, T re_below, T im_below, T re_above, T im_above) {
  const T half(0.5f), quarter(0.25f);
  const T hr = fnma(quarter, re_below + re_above, half * re), hi = fnma(quarter, im_below + im_above, half * im);
  return fma(hr, hr, hi * hi);
}

// Where the groups stand in the hops, and which bins are accumulated: the same for all sets.
struct DirectPlan {
  int segment, hop;
  int first_bin, bins;                                   // accumulated: first_bin ... first_bin + bins - 1, never bin 0
  int unit_log2, first_place, rows;                      // a group's first sample stands at first_place + 2^unit_log2 row
                                                         // of its hop
  NS_HD int row(int place) const { return (place - first_place) >> unit_log2; }
};

inline bool direct_possible(const SpectrumPlan& w) { return w.overlap == 0 || 2 * w.overlap == w.segment; }

inline DirectPlan direct_plan(const Setup& s) {
  DirectPlan d{};
  d.segment = s.segment, d.hop = s.hop;
  d.first_bin = s.kept.first > 1 ? s.kept.first - 1 : 1;
  d.bins = s.kept.first + s.kept.count + 1 - d.first_bin;
  const int unit = std::gcd(s.hop, group);
  d.unit_log2 = std::countr_zero(unsigned(unit));
  const int shift = int((group - s.transient % group) % group);          // place of a hop's first whole group, modulo unit
  d.first_place = -(group - 1) + (shift + group - 1) % unit;
  d.rows = d.row(s.hop - 1) + 1;
  return d;
}

// Values of direct_table().
inline std::size_t direct_table_size(const DirectPlan& d, int capacity) {
  return (group_weights + 2 * std::size_t(d.rows)) * std::size_t(capacity);
}

// The plan's cosines and sines, `capacity` >= bins columns, with c_j, s_j of (j + 1/2) w_k:
//   weight[bin][c_1/c_0, c_2/c_0, c_3/c_0, s_0/c_0, ... s_3/c_0], then rotation[row][bin][cos, sin] of the group's middle,
// times c_0: a multiplication less in each group. (c_0 is tiny where w_k is close to pi, but never 0.)
template <class E>
std::vector<E> direct_table(const DirectPlan& d, int capacity) {
  const std::size_t columns = std::size_t(capacity);
  std::vector<E> t(direct_table_size(d, capacity));
  for (int k = 0; k < capacity; ++k) {
    const double w = 2 * pi * (d.first_bin + k) / d.segment;
    const double c0 = std::cos(0.5 * w);
    E* const weight = &t[std::size_t(k * group_weights)];
    for (int j = 0; j < group / 2; ++j) {
      if (j > 0) weight[j - 1] = E(std::cos((j + 0.5) * w) / c0);
      weight[group / 2 - 1 + j] = E(std::sin((j + 0.5) * w) / c0);
    }
    for (int row = 0; row < d.rows; ++row) {
      const double angle = w * (d.first_place + (row << d.unit_log2) + (group - 1) / 2.0);
      const std::size_t at = columns * group_weights + (std::size_t(row) * columns + std::size_t(k)) * 2;
      t[at] = E(c0 * std::cos(angle)), t[at + 1] = E(c0 * std::sin(angle));
    }
  }
  return t;
}

// A number that is not worth a register: it stays in memory, which costs the time loop nothing where only a hop's end needs it.
template <class T>
struct InMemory {
  volatile T value;
  NS_HD operator T() const { return value; }
  NS_HD T operator=(T v) { return value = v, v; }
};

// Accumulators of one set (or register of sets). On a GPU the running hop's `capacity` bins live in registers and every loop
// is unrolled (count == capacity); on a CPU they lie in the first-level cache and `count` of them are used.
template <class T, int capacity, bool unrolled>
struct DirectBins {
  using E = typename Arithmetic<T>::element;
  using Rare = std::conditional_t<unrolled, InMemory<T>, T>;
  T re[capacity], im[capacity];                          // of the running hop
  Rare last_re[capacity], last_im[capacity];             // of the hop before
  Rare power[capacity];                                  // sums over segments; [k]: bin first_bin + k

  template <class F>
  NS_HD static void each(int count, F f) {
    if constexpr (unrolled) {
      NS_UNROLL for (int k = 0; k < capacity; ++k) f(k);
    } else {
      for (int k = 0; k < count; ++k) f(k);
    }
  }

  NS_HD void init(int count) {
    each(count, [&](int k) { re[k] = im[k] = last_re[k] = last_im[k] = power[k] = T(E(0)); });
  }

  // Eight samples of one hop; `rotation` is the table's row for their place.
  NS_HD void add(int count, const T* y, const E* weight, const E* rotation) {
    T even[group / 2], odd[group / 2];
    NS_UNROLL for (int j = 0; j < group / 2; ++j) {
      const T above = y[group / 2 + j], below = y[group / 2 - 1 - j];
      even[j] = above + below, odd[j] = above - below;
    }
    each(count, [&](int k) {
      const E* w = weight + k * group_weights;
      T a = even[0], b = odd[0] * T(w[3]);
      NS_UNROLL for (int j = 1; j < group / 2; ++j) a = fma(even[j], T(w[j - 1]), a), b = fma(odd[j], T(w[3 + j]), b);
      const T c(rotation[2 * k]), s(rotation[2 * k + 1]);
      re[k] = fma(a, c, fnma(b, s, re[k])), im[k] = fma(a, s, fma(b, c, im[k]));
    });
  }

  // The hop is complete; `paired`: a segment is this hop and the one before (50 % overlap), else this hop alone.
  NS_HD void end_hop(int count, int first_bin, bool paired, bool first_hop) {
    T below_re(E(0)), below_im(E(0)), at_re(E(0)), at_im(E(0));   // the segment's X_{k-2}, X_{k-1}; X_0 = 0 below bin 1
    each(count, [&](int k) {
      const T sign((first_bin + k) & 1 ? E(-1) : E(1));
      const T xr = paired ? fma(sign, re[k], T(last_re[k])) : re[k], xi = paired ? fma(sign, im[k], T(last_im[k])) : im[k];
      last_re[k] = re[k], last_im[k] = im[k], re[k] = im[k] = T(E(0));
      if (k > 0 && !(paired && first_hop))
        power[k - 1] = power[k - 1] + hann_power(at_re, at_im, below_re, below_im, xr, xi);
      below_re = at_re, below_im = at_im, at_re = xr, at_im = xi;
    });
  }
};

}  // namespace neurosweep
