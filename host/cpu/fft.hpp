// A complex FFT of any length for every lane at once: Stockham's self-sorting passes, mixed radix. Radix 4, 3, 2 and 5 are
// written out; any other prime factor r costs r operations a point. Twiddles are the same for all lanes.
// Stockham 1966, AFIPS 28:229; Van Loan 1992, Computational Frameworks for the FFT, section 1.7.
#pragma once
#include "fft_plan.hpp"
#include "lanes_maths.hpp"

namespace neurosweep::NS_ISA {

template <class E>
struct Complex {
  Lanes<E> re, im;
  friend NS_HD Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
  friend NS_HD Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
  NS_HD Complex times_minus_i() const { return {im, -re}; }
  NS_HD Complex scaled(E s) const { return {re * Lanes<E>(s), im * Lanes<E>(s)}; }
  // times cos - i sin, both the same for all lanes
  NS_HD Complex rotated(const E* w) const {
    const Lanes<E> c(w[0]), s(w[1]);
    return {fma(re, c, im * s), fnma(re, s, im * c)};
  }
};

// In place: a[t] = sum_j a[j] e^(-2 pi i j t / r).
template <int r, class E>
NS_HD void small_dft(Complex<E>* a) {
  if constexpr (r == 2) {
    const Complex<E> x = a[0], y = a[1];
    a[0] = x + y, a[1] = x - y;
  } else if constexpr (r == 3) {
    const Complex<E> sum = a[1] + a[2], diff = (a[1] - a[2]).times_minus_i().scaled(E(0.86602540378443865));
    const Complex<E> mid = a[0] - sum.scaled(E(0.5));
    a[0] = a[0] + sum, a[1] = mid + diff, a[2] = mid - diff;
  } else if constexpr (r == 4) {
    const Complex<E> s02 = a[0] + a[2], d02 = a[0] - a[2], s13 = a[1] + a[3], d13 = (a[1] - a[3]).times_minus_i();
    a[0] = s02 + s13, a[2] = s02 - s13, a[1] = d02 + d13, a[3] = d02 - d13;
  } else {
    static_assert(r == 5);
    constexpr double c1 = 0.30901699437494742, c2 = -0.80901699437494742, s1 = 0.95105651629515357, s2 = 0.58778525229247313;
    const Complex<E> p14 = a[1] + a[4], m14 = (a[1] - a[4]).times_minus_i();
    const Complex<E> p23 = a[2] + a[3], m23 = (a[2] - a[3]).times_minus_i();
    const Complex<E> u = a[0] + p14.scaled(E(c1)) + p23.scaled(E(c2)), v = a[0] + p14.scaled(E(c2)) + p23.scaled(E(c1));
    const Complex<E> x = m14.scaled(E(s1)) + m23.scaled(E(s2)), y = m14.scaled(E(s2)) - m23.scaled(E(s1));
    a[0] = a[0] + p14 + p23, a[1] = u + x, a[4] = u - x, a[2] = v + y, a[3] = v - y;
  }
}

// One pass: n points still to do in each of the `stride` interleaved transforms of length n; root[j] = e^(-2 pi i j / length).
template <int r, class E>
[[gnu::noinline]] void fft_pass(int n, int stride, const Complex<E>* x, Complex<E>* y, const E* root) {
  const int m = n / r;
  for (int p = 0; p < m; ++p)
    for (int q = 0; q < stride; ++q) {
      Complex<E> a[r];
      NS_UNROLL for (int j = 0; j < r; ++j) a[j] = x[q + stride * (p + j * m)];
      small_dft<r>(a);
      y[q + stride * r * p] = a[0];
      NS_UNROLL for (int t = 1; t < r; ++t) y[q + stride * (r * p + t)] = a[t].rotated(root + 2 * std::ptrdiff_t(p) * t * stride);
    }
}

// The same for any r, by its definition.
template <class E>
[[gnu::noinline]] void fft_pass_any(int r, int n, int stride, int length, const Complex<E>* x, Complex<E>* y, const E* root) {
  const int m = n / r;
  for (int p = 0; p < m; ++p)
    for (int q = 0; q < stride; ++q)
      for (int t = 0; t < r; ++t) {
        Complex<E> sum = x[q + stride * p];
        for (int j = 1, turn = t; j < r; ++j, turn = turn + t < r ? turn + t : turn + t - r)    // turn = j t mod r
          sum = sum + x[q + stride * (p + j * m)].rotated(root + 2 * std::ptrdiff_t(turn) * (length / r));
        y[q + stride * (r * p + t)] = sum.rotated(root + 2 * std::ptrdiff_t(p) * t * stride);
      }
}

// x: length points, overwritten; y: as much room. Returns where the transform is (x or y), in natural order.
template <class E>
Complex<E>* fft(const FftPlan& plan, Complex<E>* x, Complex<E>* y, const E* root) {
  int n = plan.length, stride = 1;
  for (int i = 0; i < plan.n_factor; ++i) {
    const int r = plan.factor[i];
    switch (r) {
      case 2: fft_pass<2>(n, stride, x, y, root); break;
      case 3: fft_pass<3>(n, stride, x, y, root); break;
      case 4: fft_pass<4>(n, stride, x, y, root); break;
      case 5: fft_pass<5>(n, stride, x, y, root); break;
      default: fft_pass_any(r, n, stride, plan.length, x, y, root);
    }
    n /= r, stride *= r;
    Complex<E>* other = x;
    x = y, y = other;
  }
  return x;
}

}  // namespace neurosweep::NS_ISA
