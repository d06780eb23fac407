// Noise as a pure function of (seed, set, replicate, port, step): Philox4x32-10 and Box-Muller.
//
// Philox4x32-10: Salmon, Moraes, Dror & Shaw 2011, SC'11, doi 10.1145/2063384.2063405. The counter is laid out as cuRAND's
// curand_init(seed, subsequence, offset) does: key = {lo seed, hi seed}, counter = {lo b, hi b, lo s, hi s} with
//   s = subsequence = set,   b = offset / 4 = block + 2^32 (port + 64 replicate),   block = step / 4,
// so the four words of a block serve four successive steps of one port. A result depends on neither tile nor device.
#pragma once
#include <cstdint>

#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

inline constexpr std::uint32_t philox_m0 = 0xD2511F53u, philox_m1 = 0xCD9E8D57u;   // Salmon et al. 2011, table 2
inline constexpr std::uint32_t philox_w0 = 0x9E3779B9u, philox_w1 = 0xBB67AE85u;   // golden ratio, sqrt(3) - 1

inline constexpr std::uint32_t max_ports = 64;

// One block of four words. Counter c0..c3, key k0, k1.
NS_HD Pack<std::uint32_t, 4> philox4x32(std::uint32_t c0, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3,
                                        std::uint32_t k0, std::uint32_t k1) {
  NS_UNROLL for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = product(philox_m0, c0), b = product(philox_m1, c2);
    c0 = std::uint32_t(b >> 32) ^ c1 ^ k0, c1 = std::uint32_t(b);
    c2 = std::uint32_t(a >> 32) ^ c3 ^ k1, c3 = std::uint32_t(a);
    k0 += philox_w0, k1 += philox_w1;
  }
  return {{c0, c1, c2, c3}};
}

// sin(h) and cos(h), h = pi x / 2, |x| <= 1, as polynomials of x^2. Near-minimax: float 3e-9 and 5e-8, double 3e-19 and 1e-17.
template <class T>
NS_HD void sin_cos_of_half(T x, T& s, T& c) {
  const T xx = x * x;
  if constexpr (sizeof(typename Arithmetic<T>::element) == 4) {
    s = horner(xx, 1.5707962900224495f, -0.64596335986671227f, 0.079688480542949872f, -0.0046722279264656205f,
               0.00015082056589768719f);
    c = horner(xx, 0.99999995349310511f, -1.2336982150222895f, 0.25365074591010089f, -0.020810629221019561f,
               0.00085819137640706937f);
  } else {
    s = horner(xx, 1.57079632679489662, -0.645964097506246201, 0.0796926262461656401, -0.00468175413530425532,
               0.000160441184713091592, -3.59884302046725752e-6, 5.69213642809862524e-8, -6.68441683185608435e-10,
               5.87297574479995014e-12);
    c = horner(xx, 1., -1.23370055013616982, 0.253669507901047972, -0.0208634807633524217, 0.000919260274835920144,
               -2.52020423599605853e-5, 4.71087448078559379e-7, -6.38656109755601012e-9, 6.56238500520707548e-11,
               -5.12514367920611666e-13);
  }
  s = s * x;
}

// sin(pi x) for x in [-1, 1): no quadrant, no branch.
template <class T>
NS_HD T sin_half_turns(T x) {
  T s, c;
  sin_cos_of_half(x, s, c);
  return (s + s) * c;
}

// -2 ln(v 2^-31) for v in [0.5, 2^31].
template <class T>
NS_HD T minus_two_log(T v) {
  T m, e;
  split_exponent(v, m, e);
  const T r = m - T(1);
  if constexpr (sizeof(typename Arithmetic<T>::element) == 4) {
    const T p = horner(r, -2 * 1.0000001267841117f, 2 * 0.5000025756941523f, -2 * 0.33330183580278711f,
                       2 * 0.24974505412813808f, -2 * 0.20092601559620962f, 2 * 0.17387140014470784f,
                       -2 * 0.14290057276358636f, 2 * 0.068266995953903994f);   // relative error 1.7e-7
    return fma(r, p, e * T(-2 * ln_2));
  } else {
    const T s = r / (m + T(1));                                                // ln m = 2 artanh(s)
    const T q = horner(s * s, -3.99999999999999995, -1.33333333333350742, -0.799999999908737025, -0.571428589630580896,
                       -0.444442665026071497, -0.363730541365038665, -0.304947058288956493, -0.307740059965449444);
    return fma(s, q, e * T(-2 * ln_2));
  }
}

// Standard normals from words, two from two, by Box & Muller 1958, Ann. Math. Stat. 29:610. The rule from word to uniform is
// the same everywhere: u = (w[0] >> 1) 2^-31 + 2^-32 for the radius, the signed w[1] 2^-31 for the angle in half turns.
// Several pairs go stage by stage, so that one's latencies hide behind the others'.
template <class T, int pairs>
NS_HD void box_muller(const typename Arithmetic<T>::Word* w, T* z) {
#if defined(__CUDA_ARCH__)
  if constexpr (std::is_same_v<T, float>) {   // the hardware's log2, sqrt, sin and cos; |angle| <= pi keeps them accurate
    NS_UNROLL for (int i = 0; i < 2 * pairs; i += 2) {
      const float u = fma(to_real<T>(w[i] >> 1), T(0x1p-31), T(0x1p-32));
      const float radius = approx::sqrt(-1.38629436f * approx::log2(u)), angle = float(pi * 0x1p-31) * signed_to_real<T>(w[i + 1]);
      z[i] = radius * approx::cos(angle), z[i + 1] = radius * approx::sin(angle);
    }
  } else
#endif
  {
    T radius[pairs], s[pairs], c[pairs];
    NS_UNROLL for (int i = 0; i < pairs; ++i) radius[i] = minus_two_log(to_real<T>(w[2 * i] >> 1) + T(0.5f));
    // v may round to 2^31, where the fit's error decides the sign. The word doubled is the angle but for half a turn, which is a
    // change of sign, where the two highest bits differ.
    NS_UNROLL for (int i = 0; i < pairs; ++i)
      radius[i] = change_sign(sqrt(max(radius[i], T(0))), w[2 * i + 1] ^ (w[2 * i + 1] << 1));
    NS_UNROLL for (int i = 0; i < pairs; ++i) sin_cos_of_half(signed_to_real<T>(w[2 * i + 1] << 1) * T(0x1p-31f), s[i], c[i]);
    NS_UNROLL for (int i = 0; i < pairs; ++i) z[2 * i] = radius[i] * c[i], z[2 * i + 1] = radius[i] * s[i];
  }
}

// The normals of one port of one set and replicate (or of one register of sets): four for each block of four steps.
template <class T>
struct Normals;

template <Scalar T>
struct Normals<T> {
  std::uint32_t k0, k1, c1, c2, c3;

  NS_HD void init(std::uint64_t seed, std::uint64_t set, std::uint32_t replicate, std::uint32_t port) {
    k0 = std::uint32_t(seed), k1 = std::uint32_t(seed >> 32);
    c1 = port + max_ports * replicate, c2 = std::uint32_t(set), c3 = std::uint32_t(set >> 32);
  }
  // z[0] ... z[n - 1] for the steps 4 block ... 4 block + n - 1; n is a multiple of 4.
  template <int n>
  NS_HD void draw(std::uint32_t block, T* z) const {
    NS_SPAN_LOOP for (int q = 0; q < n; q += 4) {
      const Pack<std::uint32_t, 4> w = philox4x32(block + std::uint32_t(q / 4), c1, c2, c3, k0, k1);
      const std::uint32_t words[4] = {w[0], w[1], w[2], w[3]};
      box_muller<T, 2>(words, z + q);
    }
  }
};

}  // namespace neurosweep
