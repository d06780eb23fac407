// The loops of peak.hpp, once for each instruction set.
#include "lanes.hpp"
#include "peak.hpp"

namespace neurosweep::NS_ISA {
namespace {

// x, of which the compiler knows nothing any more. By value: an array whose elements such a statement changes stays in memory.
template <class E>
NS_HD Lanes<E> unknown(Lanes<E> x) {
  typename Lanes<E>::V v = x.v;
#if defined(__x86_64__)
  asm volatile("" : "+x"(v));
#else
  asm volatile("" : "+w"(v));
#endif
  return v;
}

// Chains of multiplications (which go where multiply-adds go, and take less time), of additions and, for the rest, of logic.
template <int products, int sums>
void mixture(std::int64_t rounds) {
  const FloatLanes one = unknown(FloatLanes(1.f));
  FloatLanes x[peak_chains];
  for (FloatLanes& each : x) each = one;
  for (; rounds > 0; --rounds)
    NS_UNROLL for (int i = 0; i < peak_chains; ++i) {
      if (i < products) x[i] = unknown(x[i] * one);
      else if (i < products + sums) x[i] = unknown(x[i] + one);
      else x[i] = unknown(FloatLanes::from_bits(x[i].bits() ^ one.bits()));
    }
}

template <class E>
void divide(std::int64_t rounds) {
  const Lanes<E> number = unknown(Lanes<E>(E(1.0001)));
  Lanes<E> x[peak_chains];
  for (Lanes<E>& each : x) each = number;
  for (; rounds > 0; --rounds)
    NS_UNROLL for (Lanes<E>& each : x) each = unknown(number / each);
}

}  // namespace

const PeakLoops& peak_loops() {
  static constexpr PeakLoops loops{{mixture<12, 0>, mixture<6, 6>, mixture<6, 0>, mixture<4, 4>}, {divide<float>, divide<double>},
                                   {float_width, double_width}};
  return loops;
}

}  // namespace neurosweep::NS_ISA
