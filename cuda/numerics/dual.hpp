// Dual numbers v + d eps, eps^2 = 0: a drift evaluated on them gives its own derivative, exact to rounding.
// Wengert 1964, Commun. ACM 7:463; only what drifts use. The other operand of an operation may be a plain T.
#pragma once
#include <concepts>

#include "numerics/maths.hpp"

namespace neurosweep {

template <class T>
struct Dual {
  T v, d;
  Dual() = default;
  NS_HD Dual(T value, T derivative) : v(value), d(derivative) {}
  NS_HD Dual(T value) : v(value), d(T(0)) {}                        // a constant
  template <class S>
    requires(std::is_arithmetic_v<S> && !std::same_as<S, T>)
  NS_HD explicit Dual(S value) : v(T(value)), d(T(0)) {}

  friend NS_HD Dual operator+(Dual a, Dual b) { return {a.v + b.v, a.d + b.d}; }
  friend NS_HD Dual operator-(Dual a, Dual b) { return {a.v - b.v, a.d - b.d}; }
  friend NS_HD Dual operator*(Dual a, Dual b) { return {a.v * b.v, a.d * b.v + a.v * b.d}; }
  friend NS_HD Dual operator/(Dual a, Dual b) {
    const T q = a.v / b.v;
    return {q, (a.d - q * b.d) / b.v};
  }
  friend NS_HD Dual operator-(Dual a) { return {-a.v, -a.d}; }

  friend NS_HD Dual fma(Dual a, Dual b, Dual c) { return a * b + c; }
  friend NS_HD Dual exp(Dual a) {
    const T e = exp(a.v);
    return {e, a.d * e};
  }
  friend NS_HD Dual exp2(Dual a) {
    const T e = exp2(a.v);
    return {e, a.d * (T(ln_2) * e)};
  }
  friend NS_HD Dual min(Dual a, Dual b) {
    return {select(a.v < b.v, a.v, b.v), select(a.v < b.v, a.d, b.d)};
  }
  friend NS_HD Dual quotient(Dual a, Dual b) { return a / b; }
  // B' = B (1 - B - x) / x; near 0, where that cancels, -1/2 + x/6 - x^3/180 + x^5/5040 - x^7/151200.
  friend NS_HD Dual bernoulli(Dual a) {
    const T x = a.v, b = bernoulli(x), square = x * x, tenth(0.1);
    const T series = fma(x, horner(square, 1.0 / 6, -1.0 / 180, 1.0 / 5040, -1.0 / 151200), T(-0.5));
    const T slope = select((-tenth < x) & (x < tenth), series, b * (T(1) - b - x) / x);
    return {b, a.d * slope};
  }
  // d/dt 1/(1 + 2^(t/u)) = -(ln 2 / u) s (1 - s)
  friend NS_HD Dual logistic2(Dual a) {
    const T s = logistic2(a.v);
    return {s, a.d * (T(-ln_2 / neurosweep::logistic_units<T>) * s * (T(1) - s))};
  }
};

template <class T>
struct Arithmetic<Dual<T>> : Arithmetic<T> {};

}  // namespace neurosweep
