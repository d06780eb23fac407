// The functions of numerics/maths.hpp for Lanes: branch-free, no library call in a time loop.
// Errors, measured against double over the whole range (tests/cpu/lanes_test.cpp holds them): exp2 by table 8 ulp,
// by polynomial 2 ulp in float and in double, expm1 3 ulp, where multiply-adds are fused.
#pragma once
#include <bit>

#include "lanes.hpp"

namespace neurosweep::NS_ISA {

// 2^r for |r| <= 1/2, near-minimax: relative error 2e-7 in float, 1e-16 in double before rounding.
NS_HD FloatLanes exp2_fraction(FloatLanes r) {
  return horner(r, 1.f, 0.69314697759899158f, 0.24022242085261711f, 0.055507337434983775f, 0.0096715126448493408f,
                0.0013264727123171148f);
}
// By fours, a chain half as long as Horner's: few registers leave it waiting.
NS_HD DoubleLanes exp2_fraction(DoubleLanes r) {
  using L = DoubleLanes;
  const L r2 = r * r, r4 = r2 * r2;
  const auto four = [&](double a, double b, double c, double d) { return fma(r2, fma(r, L(d), L(c)), fma(r, L(b), L(a))); };
  return fma(r4, fma(r4, four(1.3215621438920106e-06, 1.018702961037362e-07, 7.0450326631934497e-09, 3.2083473049353338e-10),
                     four(0.0096181291079766307, 0.0013333558174005555, 0.00015403530035794182, 1.5252710177780697e-05)),
             four(1., 0.69314718055994728, 0.2402265069590904, 0.055504108664687545));
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

// Whether a register holds one number of a table for each lane, which an index' low bits choose.
template <class E>
inline constexpr bool has_tables = Arithmetic<Lanes<E>>::table_size > 1;

#if defined(__AVX2__)
template <class E>
NS_HD Lanes<E> look_up(const E* table, typename Lanes<E>::B index) {
#if defined(__AVX512F__)
  if constexpr (sizeof(E) == 4) return (typename Lanes<E>::V)_mm512_permutexvar_ps((__m512i)index, _mm512_load_ps(table));
  else return (typename Lanes<E>::V)_mm512_permutexvar_pd((__m512i)index, _mm512_load_pd(table));
#else
  return (typename Lanes<E>::V)_mm256_permutevar8x32_ps(_mm256_load_ps(table), (__m256i)index);
#endif
}
#endif

// 2^(j / n), n = width, whose bits are less by j << (mantissa_bits - log2 n): adding the whole k << (mantissa_bits - log2 n) to
// entry k mod n gives 2^(k / n).
template <class E>
struct Exp2Table {
  static constexpr int n = Lanes<E>::width, shift = mantissa_bits<E> - std::countr_zero(unsigned(n));
  alignas(64) E entry[n];
  constexpr Exp2Table() : entry() {
    using Bits = std::conditional_t<sizeof(E) == 4, std::uint32_t, std::uint64_t>;
    // 2^(1/n) by repeated square roots is not constexpr; these are 2^(j/16) to double precision.
    constexpr double power[16] = {1, 1.0442737824274138, 1.0905077326652577, 1.1387886347566916, 1.1892071150027211,
                                  1.241857812073484, 1.2968395546510096, 1.3542555469368927, 1.4142135623730951,
                                  1.4768261459394993, 1.5422108254079407, 1.6104903319492543, 1.681792830507429,
                                  1.7562521603732995, 1.8340080864093424, 1.9152065613971474};
    for (int j = 0; j < n; ++j) entry[j] = std::bit_cast<E>(std::bit_cast<Bits>(E(power[j * 16 / n])) - (Bits(j) << shift));
  }
};
template <class E> inline constexpr Exp2Table<E> exp2_table;

// (2^(r / n) - 1) / r for |r| <= 1/2, near-minimax: relative error of 2^(r / n) 4e-9 for n = 16, 1e-9 and 2e-17 for n = 8.
template <class E>
NS_HD Lanes<E> exp2_table_slope(Lanes<E> r) {
  if constexpr (sizeof(E) == 8)
    return horner(r, 0.08664339756999323, 0.0037535391712364028, 0.00010840646223497658, 2.3481760436764018e-06,
                  4.0690796263508712e-08, 5.8764227579582163e-10, 7.2617891797350741e-12);
  else if constexpr (Lanes<E>::width == 16) return horner(r, 0.04332423255047383f, 0.00093838449583076957f);
  else return horner(r, 0.086643401782537197f, 0.0037540254654243469f, 0.00010839105817353923f);
}

// 1 + 2^(t / n), t within +-exp2_limit n.
template <class E>
NS_HD Lanes<E> one_plus_exp2_by_table(Lanes<E> t) {
  const Lanes<E> one(E(1)), magic(round_magic<E>), k = t + magic, r = t - (k - magic);
  const Lanes<E> power = Lanes<E>::from_bits(look_up(exp2_table<E>.entry, k.bits()).bits() + (k.bits() << Exp2Table<E>::shift));
  return fma(power, fma(r, exp2_table_slope(r), one), one);
}

// 1 + 2^(t / logistic_units).
template <class E>
NS_HD Lanes<E> one_plus_exp2(Lanes<E> t) {
  if constexpr (has_tables<E>) return one_plus_exp2_by_table(clamp(t, exp2_limit<E> * Lanes<E>::width));
  else return Lanes<E>(E(1)) + exp2(t);
}

// A true division: exact, safe, and on the cores measured as fast as a reciprocal with a Newton step.
template <class E>
NS_HD Lanes<E> logistic2(Lanes<E> t) { return Lanes<E>(E(1)) / one_plus_exp2(t); }

// One after the other: side by side they would take registers from the rest of a step. Where there are 32, a is divided, which leaves
// an addition: multiply-adds are short of ports.
template <class E, int n>
NS_HD Pack<Lanes<E>, n> fma_logistics2(const Pack<Lanes<E>, n>& a, const Pack<Lanes<E>, n>& t, const Pack<Lanes<E>, n>& c) {
  Pack<Lanes<E>, n> y;
  NS_UNROLL for (int i = 0; i < n; ++i) {
    if constexpr (vector_registers == 32) y[i] = a[i] / one_plus_exp2(t[i]) + c[i];
    else y[i] = fma(a[i], logistic2(t[i]), c[i]);
  }
  return y;
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

// v 2^-31 = m 2^e with m in [0.75, 1.5), for normal v > 0.
NS_HD void split_exponent(FloatLanes v, FloatLanes& m, FloatLanes& e) {
  const FloatLanes::B bits = v.bits() - (31 << 23), q = bits - 0x3f400000;
  m = FloatLanes::from_bits(bits - (q & std::int32_t(0xff800000u)));
  e = FloatLanes(__builtin_convertvector(q >> 23, FloatLanes::V));
}
NS_HD void split_exponent(DoubleLanes v, DoubleLanes& m, DoubleLanes& e) {
  const DoubleLanes::B bits = v.bits() - (31ll << 52), q = bits - 0x3fe8000000000000;
  m = DoubleLanes::from_bits(bits - (q & std::int64_t(0xfff0000000000000u)));
  // The exponent in the low bits of 2^52 + 2^51, which is then taken off: AVX2 converts no 64-bit integers.
  const DoubleLanes magic(round_magic<double>);
  e = DoubleLanes::from_bits((q >> 52) + magic.bits()) - magic;
}

NS_HD FloatLanes change_sign(FloatLanes a, Vectors<float>::Word w) {
  return FloatLanes::from_bits(a.bits() ^ (FloatLanes::B)(w & 0x80000000u));
}
NS_HD DoubleLanes change_sign(DoubleLanes a, Vectors<double>::Word w) {
  return DoubleLanes::from_bits(a.bits() ^ (DoubleLanes::B)((w & 0x80000000u) << 32));
}

#if defined(__AVX2__)
// For m in [0.75, 1.5): a number close to 1 / m (128ths, 1 next below 1) and -2 ln(m) where it is exactly that, by m's first digits.
struct LogTable {
  alignas(64) float inverse[float_width], value[float_width];
  constexpr LogTable() : inverse(), value() {
    for (int j = 0; j < float_width; ++j) {
      const double middle = (j < float_width / 2 ? 1 : 0.5) * (1 + (j + 0.5) / float_width);
      const double i = j == float_width - 1 ? 1 : int(128 / middle + 0.5) / 128., t = (i - 1) / (i + 1);
      double artanh = 0, power = t;
      for (int k = 1; k < 40; k += 2, power *= t * t) artanh += power / k;
      inverse[j] = float(i * 0x1p-31), value[j] = float(4 * artanh);
    }
  }
};
inline constexpr LogTable log_table;

// -2 ln(v 2^-31) for v in [0.5, 2^31], v = m 2^(e + 31): the fit's relative error is 3e-8 with 16 entries and 4e-7 with 8.
NS_HD FloatLanes minus_two_log(FloatLanes v) {
  const FloatLanes::B exponent = (v.bits() - (0x3f400000 + (31 << 23))) & std::int32_t(0xff800000u);
  const FloatLanes e(__builtin_convertvector(exponent, FloatLanes::V)), m = FloatLanes::from_bits(v.bits() - exponent);   // e 2^23, m 2^31
  const FloatLanes::B place = v.bits() >> Exp2Table<float>::shift;
  const FloatLanes r = fma(m, look_up(log_table.inverse, place), FloatLanes(-1.f));
  const FloatLanes rest = fma(e, FloatLanes(float(-2 * ln_2 * 0x1p-23)), look_up(log_table.value, place));
  if constexpr (float_width == 16) return fma(r, horner(r, -1.9999999519817975f, 0.99999995036948597f, -0.6670587446805275f, 0.50031368655527264f), rest);
  else return fma(r, horner(r, -1.9999993143551036f, 0.99999377428395264f, -0.66814691402023263f, 0.50416951890072137f), rest);
}
#endif

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
