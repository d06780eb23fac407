// Lanes as bits, and what a network's objects of one instruction set say to each other.
#pragma once
#include "lanes_noise.hpp"
#include "models/models.hpp"
#include "network/cell.hpp"
#include "network_kernels.hpp"

namespace neurosweep::NS_ISA {

// g++ knows that a comparison gives 0 or -1, and makes a blend of two or three operations where `and` is one: not where it cannot see
// the comparison. Nodes gain nothing by it; they lose a copy of the mask.
template <class B>
NS_HD B plain(B bits) {
#if defined(__AVX2__) && !defined(__AVX512DQ__)
  asm("" : "+x"(bits));
#endif
  return bits;
}

template <class E>
NS_HD Mask<E> and_not(Mask<E> a, Mask<E> b) { return {plain(MaskBits<E>(a.b & ~plain(b.b)))}; }

#if !defined(__AVX512DQ__)
template <class E>
struct LaneNumbers {                         // 1, 2, 4, ...: the bit of each lane
  typename Vectors<E>::B bit;
  NS_HD LaneNumbers() : bit() {
    for (int i = 0; i < Lanes<E>::width; ++i) bit[i] = 1 << i;
  }
};
#endif
// Lane i: bit i.
template <class E>
NS_HD Mask<E> mask_of_bits(std::uint32_t bits) {
#if defined(__AVX512DQ__)
  return {MaskBits<E>(bits)};
#else
  const typename Vectors<E>::B bit = LaneNumbers<E>().bit;
  return mask_of<E>(plain((typename Vectors<E>::B)(((bits - typename Vectors<E>::B{}) & bit) == bit)));
#endif
}

template <class E>
NS_HD E sum_of_lanes(Lanes<E> x) {
  E lane[Lanes<E>::width];
  x.store(lane);
  for (int n = Lanes<E>::width / 2; n > 0; n /= 2)
    for (int i = 0; i < n; ++i) lane[i] += lane[i + n];
  return lane[0];
}

// Words of 32 bits as signed numbers in the same order: before AVX-512 no others are compared.
NS_HD Vectors<float>::B ranked(Vectors<float>::Word w) { return (Vectors<float>::B)(w ^ 0x80000000u); }
NS_HD Vectors<double>::B ranked(Vectors<double>::Word w) { return (Vectors<double>::B)w; }          // of 64, whose upper half is 0
template <class B> NS_HD B larger(B a, B b) { return a > b ? a : b; }
// a > b, and n + 1 where that is so.
#if defined(__AVX512DQ__)
NS_HD Mask<float> beyond(Vectors<float>::B a, Vectors<float>::B b) { return {_mm512_cmpgt_epi32_mask((__m512i)a, (__m512i)b)}; }
NS_HD Mask<double> beyond(Vectors<double>::B a, Vectors<double>::B b) { return {_mm512_cmpgt_epi64_mask((__m512i)a, (__m512i)b)}; }
NS_HD Vectors<float>::Word count_beyond(Vectors<float>::Word n, Vectors<float>::B a, Vectors<float>::B b) {
  return (Vectors<float>::Word)_mm512_mask_add_epi32((__m512i)n, beyond(a, b).b, (__m512i)n, _mm512_set1_epi32(1));
}
NS_HD Vectors<double>::Word count_beyond(Vectors<double>::Word n, Vectors<double>::B a, Vectors<double>::B b) {
  return (Vectors<double>::Word)_mm512_mask_add_epi64((__m512i)n, beyond(a, b).b, (__m512i)n, _mm512_set1_epi64(1));
}
#else
NS_HD Mask<float> beyond(Vectors<float>::B a, Vectors<float>::B b) { return {(Vectors<float>::B)(a > b)}; }
NS_HD Mask<double> beyond(Vectors<double>::B a, Vectors<double>::B b) { return {(Vectors<double>::B)(a > b)}; }
template <class Word, class B> NS_HD Word count_beyond(Word n, B a, B b) { return n - (Word)(a > b); }
#endif

// From now on what decays below the normal numbers is 0: arithmetic on it is slow, and by itself it never gets there. Returns what
// restore_denormals() wants.
#if defined(__x86_64__)
using FloatMode = unsigned;
NS_HD FloatMode flush_denormals() {
  const FloatMode before = _mm_getcsr();
  _mm_setcsr(before | 0x8040);
  return before;
}
NS_HD void restore_denormals(FloatMode before) { _mm_setcsr(before); }
#elif defined(__aarch64__)
using FloatMode = std::uint64_t;
NS_HD FloatMode flush_denormals() {
  FloatMode before;
  asm volatile("mrs %0, fpcr" : "=r"(before));
  asm volatile("msr fpcr, %0" : : "r"(before | 1u << 24));
  return before;
}
NS_HD void restore_denormals(FloatMode before) { asm volatile("msr fpcr, %0" : : "r"(before)); }
#else
using FloatMode = int;
NS_HD FloatMode flush_denormals() { return 0; }
NS_HD void restore_denormals(FloatMode) {}
#endif

inline constexpr int max_cell_state = 8, max_cell_port = 4;

// The cells of one model in one set. Arrays of E have a register's lanes for each register, other arrays one entry.
template <class E>
struct CellGroup {
  int first, registers;                      // of the network's
  int first_run, end_run;
  std::byte* dynamics;                       // [runs] of the model's Dynamics
  E* x[max_cell_state];
  E* hold;
  E* v;                                      // membrane potential; one of the x where it is one
  LaneBits* open;                            // whom a jump of the last step moves
  E* input[max_cell_port];                   // [cell_steps][registers], or of one step for all where nothing varies
  bool varies;
  E* arrivals;                               // [cell_steps][registers] Poisson jumps; nullptr: none
  const ChannelLanes<Lanes<E>>* channels;    // those that bring current
  E* const* s;                               // [channels]
  int n_channel;
};

template <class E>
struct CellKernels {
  int n_par, n_state, n_port, main_port, potential;
  bool refractory;
  struct OfMethod {
    std::size_t dynamics_bytes;
    // Writes a run's Dynamics and the state of its cells at the start.
    void (*prepare)(const NetworkPlan& plan, const NetworkSet& set, const CellGroup<E>& g, int run);
    // A step, with the inputs of place q; writes spikes[registers]; returns whether there are any.
    bool (*advance)(const SlotsView& slots, const CellGroup<E>& g, int q, LaneBits* spikes);
  } method[4];
  // Whether a state of a cell is NaN or infinite (bit 0), or has left its domain (bit 1).
  int (*inspect)(const SlotsView& slots, const CellGroup<E>& g);
};

// Defined for every model that spikes in objects of their own: host/cpu/cell_kernels.hpp.
template <class Model> const CellKernels<float>& float_cells();
template <class Model> const CellKernels<double>& double_cells();

}  // namespace neurosweep::NS_ISA
