// Extrema, mean and standard deviation of a signal in one pass.
//
// Between two flushes (at most `flush_every` samples) y - y0 and its square are summed in T, y0 being the signal where
// the observation begins; a flush merges them into running mean and sum of squared deviations (Chan, Golub & LeVeque 1983,
// Am. Stat. 37:242, eq. 1.5) held in two T each (Knuth's two-sum). So errors do not grow with the number of samples: the
// mean is good to about eps |mean - y0|, the variance to about eps (variance + (mean - y0)^2) times a few.
#pragma once
#include <limits>

#include "numerics/maths.hpp"

namespace neurosweep {

inline constexpr int flush_every = 128;     // steps

template <class E>
struct Statistics {                         // of one set; E: float or double
  E minimum, maximum, mean, std;
};

template <class T>
struct TwoSum {                             // a sum in two T
  T high, low;
  NS_HD void add(T x) {
    const T s = high + x, b = s - high;
    const T error = low + ((high - (s - b)) + (x - b));
    high = s + error, low = error - (high - s);         // so that `low` stays small, however many are added
  }
  NS_HD T value() const { return high + low; }
};

template <class T>
struct Moments {
  using E = typename Arithmetic<T>::element;
  T y0, minimum, maximum;
  T s1, s2;                                 // sums of y - y0 and of its square since the last flush
  TwoSum<T> mean, m2;                       // of y - y0: mean, and sum of squared deviations from it

  NS_HD void begin(T y) {
    y0 = y, minimum = T(std::numeric_limits<E>::infinity()), maximum = T(-std::numeric_limits<E>::infinity());
    s1 = s2 = mean.high = mean.low = m2.high = m2.low = T(E(0));
  }
  // Returns y - y0.
  NS_HD T add(T y) {
    minimum = min(minimum, y), maximum = max(maximum, y);
    const T d = y - y0;
    s1 = s1 + d, s2 = fma(d, d, s2);
    return d;
  }
  // `added` samples since the last flush, `before` before that.
  NS_HD void flush(int added, std::int64_t before) {
    const E n = E(added), total = E(before) + n, share = n / total;
    const T m = s1 * T(E(1) / n);
    const T delta = (m - mean.high) - mean.low;
    mean.add(delta * T(share));
    m2.add(fnma(s1, m, s2));
    m2.add(delta * delta * T(E(before) * share));
    s1 = s2 = T(E(0));
  }
  NS_HD T mean_value() const { return y0 + mean.value(); }
  // Population variance of `observed` samples, all flushed. Not below 0, which a NaN stays.
  NS_HD T variance(std::int64_t observed) const {
    const T v = m2.value() * T(E(1) / E(observed));
    return select(v < T(E(0)), T(E(0)), v);
  }
};

}  // namespace neurosweep
