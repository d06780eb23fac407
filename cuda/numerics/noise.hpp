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

// sqrt2 sin(h) / x and sqrt2 cos(h) with h = pi x / 2, |x| <= 1, as polynomials of x^2. sqrt2 makes the products of
// half_turn() come out without a further factor. Near-minimax: float 3e-9 and 5e-8, double 4e-19 and 1e-17.
template <class T>
NS_HD void half_angle(T x, T& s, T& c) {
  const T xx = x * x;
  if constexpr (sizeof(typename Arithmetic<T>::element) == 4) {
    s = horner(xx, 2.2214414170750896f, -0.9135301443195968f, 0.11269652994874421f, -0.006607528100106005f,
               0.00021329248977729434f);
    c = horner(xx, 1.4142134966024136f, -1.7447127475600008f, 0.3587163249721166f, -0.029430674085883703f,
               0.0012136658836265114f);
  } else {
    s = horner(xx, 2.22144146907918312, -0.913531187499429764, 0.112702392858457523, -0.00662100019384360016,
               0.00022689809938446102, -5.08953260839654968e-6, 8.04989653549502161e-8, -9.45319294016587094e-10,
               8.30564194978431863e-12);
    c = horner(xx, 1.41421356237309505, -1.74471604990971988, 0.358742858434171033, -0.0295054174538431687,
               0.00130003034802377705, -0.0000356410701049575027, 6.66218258136429909e-7, -9.03196132108810889e-9,
               9.28061387587768011e-11, -7.2480477002440333e-13);
  }
  s = s * x;
}

// sin(pi x) for x in [-1, 1): no quadrant, no branch.
template <class T>
NS_HD T sin_half_turns(T x) {
  T s, c;
  half_angle(x, s, c);
  return s * c;
}

// -2 ln(m 2^e) for m in [0.75, 1.5).
template <class T>
NS_HD T minus_two_log(T m, T e) {
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
    T m[pairs], e[pairs], radius[pairs], s[pairs], c[pairs];
    NS_UNROLL for (int i = 0; i < pairs; ++i) split_exponent(fma(to_real<T>(w[2 * i] >> 1), T(0x1p-31), T(0x1p-32)), m[i], e[i]);
    NS_UNROLL for (int i = 0; i < pairs; ++i)
      radius[i] = sqrt(max(minus_two_log(m[i], e[i]), T(0)));   // u may round to 1, where the fit's error decides the sign
    NS_UNROLL for (int i = 0; i < pairs; ++i) half_angle(signed_to_real<T>(w[2 * i + 1]) * T(0x1p-31), s[i], c[i]);
    NS_UNROLL for (int i = 0; i < pairs; ++i) {
      const T rs = radius[i] * s[i];
      z[2 * i] = fnma(rs, s[i], radius[i]), z[2 * i + 1] = rs * c[i];   // r cos 2h = r - 2 r sin^2 h;  r sin 2h = 2 r sin h cos h
    }
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
