// The functions of numerics/maths.hpp for Lanes: branch-free, no library call in a time loop.
// Errors, measured against double over the whole range (tests/cpu/lanes_test.cpp holds them): exp2 by table 8 ulp,
// by polynomial 2 ulp in float and in double, expm1 3 ulp, where multiply-adds are fused.
#pragma once
#include <array>

#include "lanes.hpp"

namespace neurosweep::NS_ISA {

// 2^r for |r| <= 1/2, near-minimax: relative error 2e-7 in float, 1e-16 in double before rounding.
NS_HD FloatLanes exp2_fraction(FloatLanes r) {
  return horner(r, 1.f, 0.69314697759899158f, 0.24022242085261711f, 0.055507337434983775f, 0.0096715126448493408f,
                0.0013264727123171148f);
}
NS_HD DoubleLanes exp2_fraction(DoubleLanes r) {
  return horner(r, 1., 0.69314718055994728, 0.2402265069590904, 0.055504108664687545, 0.0096181291079766307,
                0.0013333558174005555, 0.00015403530035794182, 1.5252710177780697e-05, 1.3215621438920106e-06,
                1.018702961037362e-07, 7.0450326631934497e-09, 3.2083473049353338e-10);
}

template <class E> inline constexpr E exp2_limit = sizeof(E) == 4 ? E(125) : E(1020);   // beyond it the exponent would wrap

// |t| at most `limit`, the sign kept.
template <class E>
NS_HD Lanes<E> clamp(Lanes<E> t, E limit) {
#if defined(__AVX512DQ__)
  if constexpr (sizeof(E) == 4) return Lanes<E>((typename Lanes<E>::V)_mm512_range_ps((__m512)t.v, (__m512)Lanes<E>(limit).v, 2));
  else return Lanes<E>((typename Lanes<E>::V)_mm512_range_pd((__m512d)t.v, (__m512d)Lanes<E>(limit).v, 2));
#else
  return min(max(t, Lanes<E>(-limit)), Lanes<E>(limit));
#endif
}

template <class E>
NS_HD Lanes<E> exp2(Lanes<E> t) {
  using L = Lanes<E>;
  const L magic(round_magic<E>), x = clamp(t, exp2_limit<E>), k = x + magic;
  return L::from_bits(exp2_fraction(x - (k - magic)).bits() + (k.bits() << mantissa_bits<E>));
}

template <class E> NS_HD Lanes<E> quotient(Lanes<E> a, Lanes<E> b) { return a / b; }

template <class E>
NS_HD Lanes<E> power_of_two(Lanes<E> sum) {
  return Lanes<E>::from_bits(Lanes<E>(E(1)).bits() + (sum.bits() << mantissa_bits<E>));
}

// e^z - 1; beyond exp2_limit it stays where it is there, and NaN counts as beyond.
template <class E>
NS_HD Lanes<E> expm1(Lanes<E> z) { return expm1_within(clamp(z, exp2_limit<E> * E(ln_2))); }

#if defined(__AVX2__)
// The bits of 2^(j / n) less j << (23 - log2 n): adding the whole k << (23 - log2 n) to entry k mod n gives 2^(k / n).
template <int n>
constexpr std::array<std::uint32_t, n> exp2_table() {
  // 2^(1/n) by repeated square roots is not constexpr; these are 2^(j/16) to double precision.
  constexpr double power[16] = {1, 1.0442737824274138, 1.0905077326652577, 1.1387886347566916, 1.1892071150027211,
                                1.241857812073484, 1.2968395546510096, 1.3542555469368927, 1.4142135623730951,
                                1.4768261459394993, 1.5422108254079407, 1.6104903319492543, 1.681792830507429,
                                1.7562521603732995, 1.8340080864093424, 1.9152065613971474};
  std::array<std::uint32_t, n> t{};
  for (int j = 0; j < n; ++j)
    t[std::size_t(j)] = std::bit_cast<std::uint32_t>(float(power[j * 16 / n])) - (std::uint32_t(j) << (n == 16 ? 19 : 20));
  return t;
}
alignas(64) inline constexpr auto exp2_entries = exp2_table<float_width>();

// 1 + 2^(t / n), n = float_width, t within +-125 n: table and a short polynomial.
NS_HD FloatLanes one_plus_exp2_by_table(FloatLanes t) {
  constexpr int shift = float_width == 16 ? 19 : 20;
  const FloatLanes magic(round_magic<float>), k = t + magic, r = t - (k - magic);
#if defined(__AVX512F__)
  const FloatLanes entry((FloatLanes::V)_mm512_permutexvar_ps((__m512i)k.v, _mm512_load_ps(exp2_entries.data())));
  const FloatLanes slope = fma(r, FloatLanes(0.00093838449583076957f), FloatLanes(0.04332423255047383f));
#else
  const FloatLanes entry((FloatLanes::V)_mm256_permutevar8x32_ps(_mm256_load_ps(reinterpret_cast<const float*>(exp2_entries.data())), (__m256i)k.v));
  const FloatLanes slope = fma(r, fma(r, FloatLanes(0.00010839105817353923f), FloatLanes(0.0037540254654243469f)),
                               FloatLanes(0.086643401782537197f));
#endif
  const FloatLanes s = FloatLanes::from_bits(entry.bits() + (k.bits() << shift));
  return fma(r * s, slope, s + FloatLanes(1.f));
}
#endif

// 1 / (1 + 2^(t / logistic_units)). A true division: exact, safe, and on the cores measured as fast as a reciprocal with
// a Newton step.
template <class E>
NS_HD Lanes<E> logistic2(Lanes<E> t) {
  const Lanes<E> one(E(1));
#if defined(__AVX2__)
  if constexpr (sizeof(E) == 4) return one / one_plus_exp2_by_table(clamp(t, exp2_limit<E> * float_width));
#endif
  return one / (one + exp2(t));
}

// Once per set only: lane by lane with the C library.
template <class E, class F>
NS_HD Lanes<E> each_lane(Lanes<E> a, F f) {
  E x[Lanes<E>::width];
  a.store(x);
  for (E& e : x) e = f(e);
  return Lanes<E>::load(x);
}
template <class E> NS_HD Lanes<E> exp(Lanes<E> a) { return each_lane(a, [](E x) { return std::exp(x); }); }
template <class E> NS_HD Lanes<E> abs(Lanes<E> a) { return max(a, -a); }

// u = m 2^e with m in [0.75, 1.5), for normal u > 0.
NS_HD void split_exponent(FloatLanes u, FloatLanes& m, FloatLanes& e) {
  const FloatLanes::B q = u.bits() - 0x3f400000;
  m = FloatLanes::from_bits(u.bits() - (q & std::int32_t(0xff800000u)));
  e = FloatLanes(__builtin_convertvector(q >> 23, FloatLanes::V));
}
NS_HD void split_exponent(DoubleLanes u, DoubleLanes& m, DoubleLanes& e) {
  const DoubleLanes::B q = u.bits() - 0x3fe8000000000000;
  m = DoubleLanes::from_bits(u.bits() - (q & std::int64_t(0xfff0000000000000u)));
  // The exponent in the low bits of 2^52 + 2^51, which is then taken off: AVX2 converts no 64-bit integers.
  const DoubleLanes magic(round_magic<double>);
  e = DoubleLanes::from_bits((q >> 52) + magic.bits()) - magic;
}

}  // namespace neurosweep::NS_ISA

namespace neurosweep {

// Words as real numbers; a Word of DoubleLanes holds its 32 bits in a 64-bit slot.
template <class T>
  requires std::is_same_v<T, NS_ISA::FloatLanes>
NS_HD T to_real(typename Arithmetic<T>::Word w) { return T(__builtin_convertvector((typename T::B)w, typename T::V)); }
template <class T>
  requires std::is_same_v<T, NS_ISA::FloatLanes>
NS_HD T signed_to_real(typename Arithmetic<T>::Word w) { return T(__builtin_convertvector((typename T::B)w, typename T::V)); }
template <class T>
  requires std::is_same_v<T, NS_ISA::DoubleLanes>
NS_HD T to_real(typename Arithmetic<T>::Word w) {
  const T magic(0x1p52);                       // w < 2^52 in its low bits
  return T::from_bits((typename T::B)w | magic.bits()) - magic;
}
template <class T>
  requires std::is_same_v<T, NS_ISA::DoubleLanes>
NS_HD T signed_to_real(typename Arithmetic<T>::Word w) {
  return to_real<T>((w ^ 0x80000000u) & 0xffffffffu) - T(0x1p31);
}

// 64-bit phases.
template <class T>
  requires std::is_same_v<T, NS_ISA::FloatLanes>
NS_HD NS_ISA::Mask<float> less_wide(typename Arithmetic<T>::Wide a, typename Arithmetic<T>::Wide b) {
  return NS_ISA::mask_of<float>(__builtin_convertvector(a < b, typename T::B));
}
template <class T>
  requires std::is_same_v<T, NS_ISA::DoubleLanes>
NS_HD NS_ISA::Mask<double> less_wide(typename Arithmetic<T>::Wide a, typename Arithmetic<T>::Wide b) {
  return NS_ISA::mask_of<double>((typename T::B)(a < b));
}
template <class T>
  requires std::is_same_v<T, NS_ISA::FloatLanes>
NS_HD T half_turns(typename Arithmetic<T>::Wide phase) {
  return signed_to_real<T>(__builtin_convertvector(phase >> 32, typename Arithmetic<T>::Word)) * T(0x1p-31f);
}
template <class T>
  requires std::is_same_v<T, NS_ISA::DoubleLanes>
NS_HD T half_turns(typename Arithmetic<T>::Wide phase) {
  typedef std::int64_t Signed __attribute__((vector_size(NS_ISA::register_bytes)));
  return T(__builtin_convertvector((Signed)phase, typename T::V)) * T(0x1p-63);
}

}  // namespace neurosweep
