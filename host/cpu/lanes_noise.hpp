// Philox4x32-10 for one set per lane: the counter layout and the words of numerics/noise.hpp.
//
// The state sits in 64-bit slots, so that a product needs no packing: vpmuludq and its kin read the low halves only. Float
// lanes take two registers of slots, even sets and odd sets. A call's block number is the same for all lanes and the sets'
// numbers are the same for all calls, so rounds 1 and 2 are scalar or done once.
#pragma once
#include <numeric>

#include "lanes_maths.hpp"
#include "numerics/noise.hpp"

namespace neurosweep::NS_ISA {

using Slot = Vectors<double>::Wide;                      // register_bytes / 8 numbers

template <class E>
struct PhiloxLanes {
  using Word = typename Vectors<E>::Word;
  using Wide = typename Vectors<E>::Wide;
  static constexpr int halves = sizeof(E) == 4 ? 2 : 1;

  static constexpr int rounds = 10;
  static constexpr int side_by_side = vector_registers == 32 ? 4 : 2;   // blocks that wait for ports alone and have registers
  std::uint64_t key[rounds][2];                          // in memory: a load spreads one over a register for nothing
  std::uint32_t c3;
  Slot product1[halves];                                 // round 1: m1 * lo set
  Slot x0[halves];                                       // after round 1, and its product with m0
  Slot product0[halves];

  NS_HD static Slot all(std::uint64_t x) { return x - Slot{}; }

  // All sets of a register share the high 32 bits of their number.
  NS_HD void init(std::uint64_t seed, Wide set, Word replicate, std::uint32_t port) {
    std::uint32_t ka = std::uint32_t(seed), kb = std::uint32_t(seed >> 32);
    for (int round = 0; round < rounds; ++round, ka += philox_w0, kb += philox_w1) key[round][0] = ka, key[round][1] = kb;
    std::uint64_t number[Lanes<E>::width], stream[Lanes<E>::width];
    for (int i = 0; i < Lanes<E>::width; ++i) number[i] = set[i], stream[i] = port + max_ports * std::uint64_t(replicate[i]);
    c3 = std::uint32_t(number[0] >> 32);
    for (int h = 0; h < halves; ++h) {
      Slot c1{}, c2{};
      for (int i = 0; i < Lanes<E>::width / halves; ++i)
        c2[i] = number[i * halves + h] & 0xffffffffu, c1[i] = stream[i * halves + h];
      product1[h] = mul_low(c2, all(philox_m1));
      x0[h] = (product1[h] >> 32) ^ c1 ^ all(key[0][0]);
      product0[h] = mul_low(x0[h], all(philox_m0));
    }
  }

  // The words of n successive blocks for every lane, four each. Their rounds are interleaved: they wait for nothing but themselves.
  template <int n>
  NS_HD void draw(std::uint32_t block, Word (&w)[4 * n]) const {
    Slot s0[n][halves], s1[n][halves], s2[n][halves], s3[n][halves];
    NS_UNROLL for (int i = 0; i < n; ++i) {
      const std::uint64_t a = std::uint64_t(philox_m0) * (block + std::uint32_t(i));     // round 1
      const std::uint32_t c2 = std::uint32_t(a >> 32) ^ c3 ^ std::uint32_t(key[0][1]);
      const std::uint64_t b = std::uint64_t(philox_m1) * c2;                             // round 2
      NS_UNROLL for (int h = 0; h < halves; ++h) {
        s0[i][h] = product1[h] ^ all((b >> 32) ^ key[1][0]), s1[i][h] = all(std::uint32_t(b));
        s2[i][h] = (product0[h] >> 32) ^ all(std::uint32_t(a) ^ key[1][1]), s3[i][h] = product0[h];
      }
    }
    NS_UNROLL for (int round = 2; round < rounds; ++round) {
      NS_UNROLL for (int i = 0; i < n; ++i) {
        NS_UNROLL for (int h = 0; h < halves; ++h) {
          const Slot p = mul_low(s0[i][h], all(philox_m0)), q = mul_low(s2[i][h], all(philox_m1));
          s0[i][h] = (q >> 32) ^ s1[i][h] ^ all(key[round][0]), s1[i][h] = q;
          s2[i][h] = (p >> 32) ^ s3[i][h] ^ all(key[round][1]), s3[i][h] = p;
        }
      }
    }
    NS_UNROLL for (int i = 0; i < n; ++i)
      w[4 * i] = pack(s0[i]), w[4 * i + 1] = pack(s1[i]), w[4 * i + 2] = pack(s2[i]), w[4 * i + 3] = pack(s3[i]);
  }

 private:
  // The low halves of the slots, in the lanes' order.
  NS_HD static Word pack(const Slot* s) {
    if constexpr (halves == 1) return (Word)(s[0] & 0xffffffffu);
#if defined(__AVX512F__)
    else return (Word)_mm512_mask_moveldup_ps((__m512)s[0], 0xAAAA, (__m512)s[1]);
#elif defined(__AVX2__)
    else return (Word)_mm256_blend_ps((__m256)s[0], _mm256_moveldup_ps((__m256)s[1]), 0xAA);
#else
    else return (Word)((s[0] & 0xffffffffu) | (s[1] << 32));
#endif
  }
};

}  // namespace neurosweep::NS_ISA

namespace neurosweep {

template <class E>
struct Normals<NS_ISA::Lanes<E>> : NS_ISA::PhiloxLanes<E> {
  using T = NS_ISA::Lanes<E>;
  using Philox = NS_ISA::PhiloxLanes<E>;
  // As Normals<float>::draw. All words first, then all normals: two short loops.
  template <int n>
  NS_HD void draw(std::uint32_t block, T* z) const {
    constexpr int blocks = std::gcd(n / 4, Philox::side_by_side), together = 4 * blocks, pairs = std::gcd(n / 2, 4);
    typename Philox::Word w[n];
    for (int q = 0; q < n; q += together) {
      typename Philox::Word part[together];
      Philox::template draw<blocks>(block + std::uint32_t(q / 4), part);
      NS_UNROLL for (int i = 0; i < together; ++i) w[q + i] = part[i];
    }
    for (int q = 0; q < n; q += 2 * pairs) box_muller<T, pairs>(w + q, z + q);
  }
};

}  // namespace neurosweep
