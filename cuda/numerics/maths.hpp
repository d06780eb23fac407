// The few functions that models and integrators use, for float and double. Lanes and Dual numbers bring their own
// overloads, found by argument-dependent lookup; select() lives beside each arithmetic type.
//
// On the GPU in float, exp2 and the reciprocal are the hardware's approximations: on the Jansen-Rit gain map their effect
// on the amplitude is below that of float rounding (4e-5 against 9e-5 mV; docs/numerics.md).
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>
#include <type_traits>

#include "config.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

inline constexpr double pi = 3.14159265358979323846;
inline constexpr double log2_e = 1.44269504088896340736;
inline constexpr double log2_e_rest = 2.0355273740931033e-17;   // what a double cannot hold of it
inline constexpr double ln_2 = 0.69314718055994530942;

template <class T>
concept Scalar = std::is_floating_point_v<T>;

// An arithmetic type's own facts. `element`: float or double; `Word`, `Wide`: its 32- and 64-bit unsigned integers, one
// for each set; `width`: sets in a register, `registers`: how many of those a core names; `logistic_units`: in which unit
// logistic2 wants its argument (folded into a model's coefficients).
template <class T>
struct Arithmetic;

template <Scalar T>
struct Arithmetic<T> {
  using element = T;
  using Word = std::uint32_t;
  using Wide = std::uint64_t;
  static constexpr double logistic_units = 1;
  static constexpr int width = 1, registers = 1;
};

template <class T>
inline constexpr double logistic_units = Arithmetic<T>::logistic_units;

template <Scalar T> NS_HD T fma(T a, T b, T c) { return std::fma(a, b, c); }
template <Scalar T> NS_HD T fnma(T a, T b, T c) { return std::fma(-a, b, c); }   // c - a b
template <Scalar T> NS_HD T min(T a, T b) { return std::fmin(a, b); }
template <Scalar T> NS_HD T max(T a, T b) { return std::fmax(a, b); }
template <Scalar T> NS_HD T sqrt(T a) { return std::sqrt(a); }
template <Scalar T> NS_HD T exp(T a) { return std::exp(a); }
template <Scalar T> NS_HD T abs(T a) { return std::fabs(a); }
template <Scalar T> NS_HD T select(bool m, T a, T b) { return m ? a : b; }
template <Scalar T> NS_HD T add_where(bool m, T a, T b) { return m ? a + b : a; }            // a + b where m, else a

// Words (32-bit integers) as real numbers.
template <Scalar T> NS_HD T to_real(std::uint32_t w) { return T(w); }                        // w < 2^31
template <Scalar T> NS_HD T signed_to_real(std::uint32_t w) { return T(std::int32_t(w)); }

// The 64-bit product. On the GPU by name: the compiler may else multiply 64-bit numbers, where the words come from such.
NS_HD std::uint64_t product(std::uint32_t a, std::uint32_t b) {
#if defined(__CUDA_ARCH__)
  std::uint64_t y;
  asm("mul.wide.u32 %0, %1, %2;" : "=l"(y) : "r"(a), "r"(b));
  return y;
#else
  return std::uint64_t(a) * b;
#endif
}

// v 2^-31 = m 2^e with m in [0.75, 1.5), for normal v > 0.
NS_HD void split_exponent(float v, float& m, float& e) {
  const std::uint32_t bits = std::bit_cast<std::uint32_t>(v) - (31u << 23), q = bits - 0x3f400000u;
  m = std::bit_cast<float>(bits - (q & 0xff800000u));
  e = float(std::int32_t(q) >> 23);
}
NS_HD void split_exponent(double v, double& m, double& e) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(v) - (31ull << 52), q = bits - 0x3fe8000000000000u;
  m = std::bit_cast<double>(bits - (q & 0xfff0000000000000u));
  e = double(std::int64_t(q) >> 52);
}

// `a` with its sign changed where bit 31 of w is set.
NS_HD float change_sign(float a, std::uint32_t w) { return std::bit_cast<float>(std::bit_cast<std::uint32_t>(a) ^ (w & 0x80000000u)); }
NS_HD double change_sign(double a, std::uint32_t w) {
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(a) ^ std::uint64_t(w & 0x80000000u) << 32);
}

// 64-bit integers, for phases. real_of and wide_of build a T or a Wide from one number for each lane; W is Wide.
template <class T, class F>
NS_HD T real_of(F f) {
  if constexpr (Scalar<T>) {
    return T(f(0));
  } else {
    typename Arithmetic<T>::element a[Arithmetic<T>::width];
    for (int lane = 0; lane < Arithmetic<T>::width; ++lane) a[lane] = static_cast<typename Arithmetic<T>::element>(f(lane));
    return T::load(a);
  }
}
template <class T, class F>
NS_HD typename Arithmetic<T>::Wide wide_of(F f) {
  if constexpr (Scalar<T>) {
    return f(0);
  } else {
    std::uint64_t a[Arithmetic<T>::width];
    for (int lane = 0; lane < Arithmetic<T>::width; ++lane) a[lane] = f(lane);
    return Arithmetic<T>::load_wide(a);
  }
}
template <class T>
NS_HD typename Arithmetic<T>::Wide wide(std::uint64_t x) {
  if constexpr (Scalar<T>) return x;
  else return x - typename Arithmetic<T>::Wide{};
}
template <Scalar T> NS_HD bool less_wide(std::uint64_t a, std::uint64_t b) { return a < b; }
// A phase in 2^-64 turns as half turns in [-1, 1).
template <Scalar T>
NS_HD T half_turns(std::uint64_t phase) {
  if constexpr (sizeof(T) == 4) return T(std::int32_t(phase >> 32)) * T(0x1p-31);
  else return T(std::int64_t(phase)) * T(0x1p-63);
}

// a + x (b + x (c + ...)), by fused multiply-adds.
template <class T, class C0>
NS_HD T horner(T, C0 c0) { return T(c0); }
template <class T, class C0, class... C>
NS_HD T horner(T x, C0 c0, C... c) { return fma(x, horner(x, c...), T(c0)); }

// (2^r - 1) / r for |r| <= 1/2, near-minimax: relative error 1.1e-8 in float, 3e-19 in double, before rounding.
template <class T>
NS_HD T exp2_slope(T r) {
  if constexpr (sizeof(typename Arithmetic<T>::element) == 4)
    return horner(r, 0.69314718802622878f, 0.24022650760568127f, 0.055503571142190778f, 0.0096180825572778515f,
                  0.0013390863364671234f, 0.0001545316294512069f);
  else
    return horner(r, 0.69314718055994531, 0.24022650695910071, 0.055504108664821627, 0.0096181291076284795,
                  0.0013333558146406471, 0.00015403530393370733, 1.5252733841556773e-5, 1.3215486808705563e-6,
                  1.0178057087733941e-7, 7.0548973041554993e-9, 4.4558179083360645e-10, 2.5729324177362304e-11);
}

#if defined(__CUDA_ARCH__)
namespace approx {   // one instruction each; errors in the PTX ISA's tables
NS_HD float exp2(float x) { float y; asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
NS_HD float reciprocal(float x) { float y; asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
NS_HD float log2(float x) { float y; asm("lg2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
NS_HD float sqrt(float x) { float y; asm("sqrt.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
NS_HD float sin(float x) { float y; asm("sin.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
NS_HD float cos(float x) { float y; asm("cos.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x)); return y; }
}  // namespace approx
#endif

// 2^t.
template <Scalar T>
NS_HD T exp2(T t) {
#if defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<T, float>) return approx::exp2(t);
#endif
  return std::exp2(t);
}

// a / b, where b is of ordinary size: on the GPU in float by the reciprocal's approximation.
template <Scalar T>
NS_HD T quotient(T a, T b) {
#if defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<T, float>) return a * approx::reciprocal(b);
#endif
  return a / b;
}

// 1.5 * 2^(mantissa bits): adding it rounds to an integer and leaves that integer in the low bits.
template <class E> inline constexpr E round_magic = sizeof(E) == 4 ? E(12582912.) : E(6755399441055744.);
template <class E> inline constexpr int mantissa_bits = sizeof(E) == 4 ? 23 : 52;

// 2^k, k in the low bits of `sum`: a normal number, or 0 for the exponent just below them.
template <Scalar T>
NS_HD T power_of_two(T sum) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  return std::bit_cast<T>(std::bit_cast<Bits>(T(1)) + (std::bit_cast<Bits>(sum) << mantissa_bits<T>));
}

// e^t - 1 = 2^k (2^r - 1) + (2^k - 1), k + r = t log2(e), for t within the exponents of 2^k: all digits near 0. log2(e) is
// in two parts, so that r is good to rounding.
template <class T>
NS_HD T expm1_within(T t) {
  using E = typename Arithmetic<T>::element;
  constexpr E high = E(log2_e), low = E(log2_e - double(high) + log2_e_rest);
  const T magic(round_magic<E>), sum = fma(t, T(high), magic), k = sum - magic;
  const T r = fma(t, T(low), fma(t, T(high), -k)), power = power_of_two(sum);
  return fma(power, r * exp2_slope(r), power - T(E(1)));
}

// e^z - 1.
template <Scalar T>
NS_HD T expm1(T z) { return std::expm1(z); }

// What a GPU computes in float: e^z - 1 as it stands, and where that loses digits a near-minimax polynomial (relative error 5e-8
// before rounding) of what it is wanted for. Beyond 88 e^z stays where it is there. NaN stays, as it is a factor too.
NS_HD float gpu_expm1(float z) {
  const float t = float(log2_e) * z;
  return exp2(t < 127.0f ? t : 127.0f) - 1.0f;   // not min(): nvcc leaves a call where it is, in the time loop, until it is too late
}
NS_HD float gpu_phi1(float z) {
  const float near = horner(z, 1.0f, 0.50000046580576f, 0.16666624138759f, 0.041659889830599f, 0.0083348580479872f,
                            0.0014132666202588f, 0.00019840873431246f);
  return select(abs(z) < 0.75f, near, quotient(gpu_expm1(z), z));
}
NS_HD float gpu_bernoulli(float x) {
  const float square = x * x, even = horner(square, 0.08333330844977974f, -0.001388440356607603f, 3.1863046894928e-05f);
  return select(abs(x) < 1.0f, fma(square, even, fma(-0.5f, x, 1.0f)), quotient(x, gpu_expm1(x)));
}

// phi(z) = (e^z - 1) / z, 1 at 0: the exponential integrators' function.
template <class T>
NS_HD T phi1(T z) {
#if defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<T, float>) return gpu_phi1(z);
#endif
  return select(z == T(0), T(1), quotient(expm1(z), z));
}

// x / (e^x - 1), 1 at 0: Bernoulli's function, the shape of a voltage-dependent rate with a removable singularity.
template <class T>
NS_HD T bernoulli(T x) {
#if defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<T, float>) return gpu_bernoulli(x);
#endif
  return select(x == T(0), T(1), quotient(x, expm1(x)));
}

// 1 / (1 + 2^(t / logistic_units<T>)): a logistic whose slope and log2(e) are folded into t. 2^t may be infinite: gives 0.
template <Scalar T>
NS_HD T logistic2(T t) {
#if defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<T, float>) return approx::reciprocal(1.0f + approx::exp2(t));
#endif
  return T(1) / (T(1) + std::exp2(t));
}

// a[i] logistic2(t[i]) + c[i].
template <Scalar T, int n>
NS_HD Pack<T, n> fma_logistics2(const Pack<T, n>& a, const Pack<T, n>& t, const Pack<T, n>& c) {
  Pack<T, n> y;
  NS_UNROLL for (int i = 0; i < n; ++i) y[i] = logistic2(t[i]);
  NS_UNROLL for (int i = 0; i < n; ++i) y[i] = fma(a[i], y[i], c[i]);
  return y;
}

// `x` where it was given, `own` where it is NaN: the model's own start of a state.
template <class T>
NS_HD T given_or(T x, T own) { return select((x < T(0)) | (T(0) <= x), x, own); }

}  // namespace neurosweep
