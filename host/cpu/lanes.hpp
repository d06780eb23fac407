// Lanes<E, W>: W numbers of type E in one register, one parameter set per lane, over GCC's and Clang's vector extension,
// so that the same text runs on SSE2, AVX2, AVX-512 and NEON. Arithmetic, masks, integers; functions are in
// lanes_maths.hpp.
//
// Everything here lives in a namespace named after the instruction set (NS_ISA, given by the build): the same template in
// two objects compiled with different flags would otherwise be one weak symbol, and the linker would keep either.
#pragma once
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "numerics/maths.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace neurosweep::NS_ISA {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX2__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
inline constexpr int vector_registers = 32;
#else
inline constexpr int vector_registers = 16;
#endif
inline constexpr int float_width = register_bytes / 4, double_width = register_bytes / 8;

// The vector types behind Lanes<E>: V values, B signed integers of the same size (masks: 0 or -1), Wide one 64-bit integer
// for each set. Spelled out: g++ 12 drops a vector_size that depends on a template parameter.
template <class E> struct Vectors;
template <> struct Vectors<float> {
  typedef float V __attribute__((vector_size(register_bytes)));
  typedef std::int32_t B __attribute__((vector_size(register_bytes)));
  typedef std::uint32_t Word __attribute__((vector_size(register_bytes)));
  typedef std::uint64_t Wide __attribute__((vector_size(2 * register_bytes)));
};
template <> struct Vectors<double> {
  typedef double V __attribute__((vector_size(register_bytes)));
  typedef std::int64_t B __attribute__((vector_size(register_bytes)));
  typedef std::uint64_t Word __attribute__((vector_size(register_bytes)));
  typedef std::uint64_t Wide __attribute__((vector_size(register_bytes)));
};

// Which lanes: a mask register's bits where there are such, else 0 or -1 in each lane.
#if defined(__AVX512DQ__)
template <class E> using MaskBits = std::conditional_t<sizeof(E) == 4, __mmask16, __mmask8>;
#else
template <class E> using MaskBits = typename Vectors<E>::B;
#endif
template <class E>
struct Mask {
  MaskBits<E> b;
  friend NS_HD Mask operator&(Mask x, Mask y) { return {MaskBits<E>(x.b & y.b)}; }
  friend NS_HD Mask operator|(Mask x, Mask y) { return {MaskBits<E>(x.b | y.b)}; }
};

template <class E>
struct Lanes {
  using element = E;
  using V = typename Vectors<E>::V;
  using B = typename Vectors<E>::B;
  static constexpr int width = register_bytes / int(sizeof(E));
  V v;

  Lanes() = default;
  NS_HD Lanes(V x) : v(x) {}
  NS_HD Lanes(E x) : v(x - V{}) {}
  template <class S>
    requires(std::is_arithmetic_v<S> && !std::is_same_v<S, E>)
  NS_HD explicit Lanes(S x) : Lanes(static_cast<E>(x)) {}

  NS_HD static Lanes from_bits(B b) { return Lanes((V)b); }
  NS_HD B bits() const { return (B)v; }
  NS_HD static Lanes load(const E* p) { V x; std::memcpy(&x, p, sizeof x); return x; }
  NS_HD void store(E* p) const { std::memcpy(p, &v, sizeof v); }

  friend NS_HD Lanes operator+(Lanes a, Lanes b) { return a.v + b.v; }
  friend NS_HD Lanes operator-(Lanes a, Lanes b) { return a.v - b.v; }
  friend NS_HD Lanes operator*(Lanes a, Lanes b) { return a.v * b.v; }
  friend NS_HD Lanes operator/(Lanes a, Lanes b) { return a.v / b.v; }
  friend NS_HD Lanes operator-(Lanes a) { return -a.v; }
#if defined(__AVX512DQ__)
  friend NS_HD Mask<E> operator<(Lanes a, Lanes b) { return {compare<_CMP_LT_OQ>(a, b)}; }
  friend NS_HD Mask<E> operator<=(Lanes a, Lanes b) { return {compare<_CMP_LE_OQ>(a, b)}; }
  friend NS_HD Mask<E> operator==(Lanes a, Lanes b) { return {compare<_CMP_EQ_OQ>(a, b)}; }
  friend NS_HD Lanes select(Mask<E> m, Lanes a, Lanes b) {
    if constexpr (sizeof(E) == 4) return _mm512_mask_blend_ps(m.b, b.v, a.v);
    else return _mm512_mask_blend_pd(m.b, b.v, a.v);
  }
  friend NS_HD Lanes add_where(Mask<E> m, Lanes a, Lanes b) {
    if constexpr (sizeof(E) == 4) return _mm512_mask_add_ps(a.v, m.b, a.v, b.v);
    else return _mm512_mask_add_pd(a.v, m.b, a.v, b.v);
  }
  template <int relation>
  NS_HD static MaskBits<E> compare(Lanes a, Lanes b) {
    if constexpr (sizeof(E) == 4) return _mm512_cmp_ps_mask(a.v, b.v, relation);
    else return _mm512_cmp_pd_mask(a.v, b.v, relation);
  }
#else
  friend NS_HD Mask<E> operator<(Lanes a, Lanes b) { return {(B)(a.v < b.v)}; }
  friend NS_HD Mask<E> operator<=(Lanes a, Lanes b) { return {(B)(a.v <= b.v)}; }
  friend NS_HD Mask<E> operator==(Lanes a, Lanes b) { return {(B)(a.v == b.v)}; }
  friend NS_HD Lanes select(Mask<E> m, Lanes a, Lanes b) { return m.b ? a.v : b.v; }
  friend NS_HD Lanes add_where(Mask<E> m, Lanes a, Lanes b) { return a.v + (V)(m.b & b.bits()); }
#endif
};

using FloatLanes = Lanes<float>;
using DoubleLanes = Lanes<double>;

// From 0 or -1 in each lane.
template <class E>
NS_HD Mask<E> mask_of(typename Vectors<E>::B b) {
#if defined(__AVX512DQ__)
  if constexpr (sizeof(E) == 4) return {_mm512_movepi32_mask((__m512i)b)};
  else return {_mm512_movepi64_mask((__m512i)b)};
#else
  return {b};
#endif
}

// Bit i: lane i's.
template <class E>
NS_HD std::uint32_t bits_of(Mask<E> m) {
#if defined(__AVX512DQ__)
  return m.b;
#elif defined(__AVX2__)
  if constexpr (sizeof(E) == 4) return std::uint32_t(_mm256_movemask_ps((__m256)m.b));
  else return std::uint32_t(_mm256_movemask_pd((__m256d)m.b));
#elif defined(__x86_64__)
  if constexpr (sizeof(E) == 4) return std::uint32_t(_mm_movemask_ps((__m128)m.b));
  else return std::uint32_t(_mm_movemask_pd((__m128d)m.b));
#else
  std::uint32_t bits = 0;
  for (int i = 0; i < Lanes<E>::width; ++i) bits |= std::uint32_t(m.b[i] & 1) << i;
  return bits;
#endif
}

// One instruction each where the set has it. Without a fused multiply-add (SSE2) the product is rounded: results between
// instruction sets agree to rounding, not to the bit.
#if defined(__AVX512F__)
#define NS_X86(f) _mm512_##f
#elif defined(__AVX2__)
#define NS_X86(f) _mm256_##f
#elif defined(__x86_64__)
#define NS_X86(f) _mm_##f
#endif

#if defined(NS_X86)
NS_HD FloatLanes min(FloatLanes a, FloatLanes b) { return NS_X86(min_ps)(a.v, b.v); }
NS_HD FloatLanes max(FloatLanes a, FloatLanes b) { return NS_X86(max_ps)(a.v, b.v); }
NS_HD FloatLanes sqrt(FloatLanes a) { return NS_X86(sqrt_ps)(a.v); }
NS_HD DoubleLanes min(DoubleLanes a, DoubleLanes b) { return NS_X86(min_pd)(a.v, b.v); }
NS_HD DoubleLanes max(DoubleLanes a, DoubleLanes b) { return NS_X86(max_pd)(a.v, b.v); }
NS_HD DoubleLanes sqrt(DoubleLanes a) { return NS_X86(sqrt_pd)(a.v); }
#elif defined(__aarch64__)
NS_HD FloatLanes min(FloatLanes a, FloatLanes b) { return (FloatLanes::V)vminnmq_f32((float32x4_t)a.v, (float32x4_t)b.v); }
NS_HD FloatLanes max(FloatLanes a, FloatLanes b) { return (FloatLanes::V)vmaxnmq_f32((float32x4_t)a.v, (float32x4_t)b.v); }
NS_HD FloatLanes sqrt(FloatLanes a) { return (FloatLanes::V)vsqrtq_f32((float32x4_t)a.v); }
NS_HD DoubleLanes min(DoubleLanes a, DoubleLanes b) { return (DoubleLanes::V)vminnmq_f64((float64x2_t)a.v, (float64x2_t)b.v); }
NS_HD DoubleLanes max(DoubleLanes a, DoubleLanes b) { return (DoubleLanes::V)vmaxnmq_f64((float64x2_t)a.v, (float64x2_t)b.v); }
NS_HD DoubleLanes sqrt(DoubleLanes a) { return (DoubleLanes::V)vsqrtq_f64((float64x2_t)a.v); }
#else
template <class E> NS_HD Lanes<E> min(Lanes<E> a, Lanes<E> b) { return select(a < b, a, b); }
template <class E> NS_HD Lanes<E> max(Lanes<E> a, Lanes<E> b) { return select(b < a, a, b); }
template <class E> NS_HD Lanes<E> sqrt(Lanes<E> a) {
  for (int i = 0; i < a.width; ++i) a.v[i] = std::sqrt(a.v[i]);
  return a;
}
#endif

#if defined(__FMA__)
NS_HD FloatLanes fma(FloatLanes a, FloatLanes b, FloatLanes c) { return NS_X86(fmadd_ps)(a.v, b.v, c.v); }
NS_HD FloatLanes fnma(FloatLanes a, FloatLanes b, FloatLanes c) { return NS_X86(fnmadd_ps)(a.v, b.v, c.v); }
NS_HD DoubleLanes fma(DoubleLanes a, DoubleLanes b, DoubleLanes c) { return NS_X86(fmadd_pd)(a.v, b.v, c.v); }
NS_HD DoubleLanes fnma(DoubleLanes a, DoubleLanes b, DoubleLanes c) { return NS_X86(fnmadd_pd)(a.v, b.v, c.v); }
#elif defined(__aarch64__)
NS_HD FloatLanes fma(FloatLanes a, FloatLanes b, FloatLanes c) {
  return (FloatLanes::V)vfmaq_f32((float32x4_t)c.v, (float32x4_t)a.v, (float32x4_t)b.v);
}
NS_HD FloatLanes fnma(FloatLanes a, FloatLanes b, FloatLanes c) {
  return (FloatLanes::V)vfmsq_f32((float32x4_t)c.v, (float32x4_t)a.v, (float32x4_t)b.v);
}
NS_HD DoubleLanes fma(DoubleLanes a, DoubleLanes b, DoubleLanes c) {
  return (DoubleLanes::V)vfmaq_f64((float64x2_t)c.v, (float64x2_t)a.v, (float64x2_t)b.v);
}
NS_HD DoubleLanes fnma(DoubleLanes a, DoubleLanes b, DoubleLanes c) {
  return (DoubleLanes::V)vfmsq_f64((float64x2_t)c.v, (float64x2_t)a.v, (float64x2_t)b.v);
}
#else
template <class E> NS_HD Lanes<E> fma(Lanes<E> a, Lanes<E> b, Lanes<E> c) { return a * b + c; }
template <class E> NS_HD Lanes<E> fnma(Lanes<E> a, Lanes<E> b, Lanes<E> c) { return c - a * b; }
#endif

// Bit q: word[q] is not 0.
template <class E>
NS_HD std::uint64_t nonzero_words(std::type_identity<Lanes<E>>, const std::uint16_t (&word)[64]) {
  std::uint64_t found = 0;
#if defined(__AVX512BW__)
  for (int q = 0; q < 64; q += 32) {
    const __m512i w = _mm512_loadu_si512(word + q);
    found |= std::uint64_t(_mm512_test_epi16_mask(w, w)) << q;
  }
#elif defined(__SSE2__)
  const auto are_zero = [&](int q) { return _mm_cmpeq_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(word + q)), _mm_setzero_si128()); };
  for (int q = 0; q < 64; q += 16)
    found |= std::uint64_t(0xffff & ~_mm_movemask_epi8(_mm_packs_epi16(are_zero(q), are_zero(q + 8)))) << q;
#else
  for (int q = 0; q < 64; ++q) found |= std::uint64_t(word[q] != 0) << q;
#endif
  return found;
}

// Products of the low halves of 64-bit slots: the multiplication that Philox consists of.
#if defined(NS_X86)
#if defined(__AVX512F__)
using Slots = __m512i;
#elif defined(__AVX2__)
using Slots = __m256i;
#else
using Slots = __m128i;
#endif
NS_HD Vectors<double>::Wide mul_low(Vectors<double>::Wide a, Vectors<double>::Wide b) {
  return (Vectors<double>::Wide)NS_X86(mul_epu32)((Slots)a, (Slots)b);
}
#elif defined(__aarch64__)
NS_HD Vectors<double>::Wide mul_low(Vectors<double>::Wide a, Vectors<double>::Wide b) {
  return (Vectors<double>::Wide)vmull_u32(vmovn_u64((uint64x2_t)a), vmovn_u64((uint64x2_t)b));
}
#else
NS_HD Vectors<double>::Wide mul_low(Vectors<double>::Wide a, Vectors<double>::Wide b) {
  return (a & 0xffffffffu) * (b & 0xffffffffu);
}
#endif

}  // namespace neurosweep::NS_ISA

namespace neurosweep {

template <class E>
struct Arithmetic<NS_ISA::Lanes<E>> {
  using element = E;
  using Word = typename NS_ISA::Vectors<E>::Word;
  using Wide = typename NS_ISA::Vectors<E>::Wide;
  static constexpr int width = NS_ISA::Lanes<E>::width, registers = NS_ISA::vector_registers;
  // Where a register holds a table of 2^(j / n), logistic2 wants its argument in n-ths (lanes_maths.hpp).
  static constexpr int table_size = NS_ISA::register_bytes >= (sizeof(E) == 4 ? 32 : 64) ? width : 1;
  static constexpr double logistic_units = table_size;
  NS_HD static Wide load_wide(const std::uint64_t* p) { Wide x; std::memcpy(&x, p, sizeof x); return x; }
};

}  // namespace neurosweep
