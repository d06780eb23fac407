// How an FFT of any length is cut into passes.
#pragma once

namespace neurosweep {

inline constexpr int max_factors = 32;

struct FftPlan {                       // the same for both precisions and all lanes
  int length, n_factor;
  int factor[max_factors];             // product = length
};

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

}  // namespace neurosweep

