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
  // d/dt 1/(1 + 2^(t/u)) = -(ln 2 / u) s (1 - s)
  friend NS_HD Dual logistic2(Dual a) {
    const T s = logistic2(a.v);
    return {s, a.d * (T(-ln_2 / neurosweep::logistic_units<T>) * s * (T(1) - s))};
  }
};

template <class T>
struct Arithmetic<Dual<T>> : Arithmetic<T> {};

}  // namespace neurosweep
