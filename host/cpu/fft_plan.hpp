// How an FFT of any length is cut into passes.
#pragma once
#include <initializer_list>

namespace neurosweep {

inline constexpr int max_factors = 32;

struct FftPlan {                       // the same for both precisions and all lanes
  int length, n_factor;
  int factor[max_factors];             // product = length
};

inline constexpr int largest_factor = 1024;   // beyond it the r operations a point are no longer a price to pay unasked

inline FftPlan fft_plan(int length) {
  FftPlan p{length, 0, {}};
  int rest = length;
  auto take = [&](int r) {
    while (rest % r == 0) p.factor[p.n_factor++] = r, rest /= r;
  };
  take(4), take(2), take(3), take(5);
  for (int r = 7; rest > 1; r += 2)
    if (r * r > rest) take(rest);
    else take(r);
  return p;
}

// The largest prime factor that is not written out (or 1).
inline int odd_factor(const FftPlan& p) { return p.n_factor > 0 && p.factor[p.n_factor - 1] > 5 ? p.factor[p.n_factor - 1] : 1; }

// The nearest length that is a product of 2, 3 and 5.
inline int nearest_smooth(int length) {
  for (int d = 0;; ++d)
    for (int near : {length - d, length + d})
      if (near > 0 && odd_factor(fft_plan(near)) == 1) return near;
}

}  // namespace neurosweep
