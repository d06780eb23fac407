// The pieces for one instruction set: no standard library in here, as in the kernels.
#include "pieces.hpp"

#include "host/cpu/fft.hpp"
#include "host/cpu/lanes_noise.hpp"
#include "measures/moments.hpp"
#include "measures/welch.hpp"

namespace neurosweep::bench::NS_ISA {
namespace {

namespace isa = neurosweep::NS_ISA;

template <class E> const isa::Lanes<E>* in(const Workload& w) { return static_cast<const isa::Lanes<E>*>(w.in); }
template <class E> isa::Lanes<E>* out(const Workload& w) { return static_cast<isa::Lanes<E>*>(w.out); }

// ---- functions: `registers` arguments --------------------------------------------------------------------------------------

template <class E, class F>
void map(const Workload& w, F f) {
  for (int i = 0; i < registers; ++i) out<E>(w)[i] = f(in<E>(w)[i]);
}
template <class E> void copy(const Workload& w) { map<E>(w, [](auto x) { return x; }); }
template <class E> void exp2_all(const Workload& w) { map<E>(w, [](auto x) { return isa::exp2(x); }); }
template <class E> void logistic2_all(const Workload& w) { map<E>(w, [](auto x) { return logistic2(x); }); }
template <class E> void expm1_all(const Workload& w) { map<E>(w, [](auto x) { return isa::expm1(x); }); }
template <class E> void phi1_all(const Workload& w) { map<E>(w, [](auto x) { return phi1(x); }); }

// ---- noise -----------------------------------------------------------------------------------------------------------------

template <class E>
isa::PhiloxLanes<E> stream() {
  typename isa::PhiloxLanes<E>::Wide set;
  typename isa::PhiloxLanes<E>::Word replicate{};
  for (int i = 0; i < isa::Lanes<E>::width; ++i) set[i] = std::uint64_t(i);
  isa::PhiloxLanes<E> s;
  s.init(42, set, replicate, 0);
  return s;
}
template <class E>
void philox(const Workload& w) {
  const auto s = stream<E>();
  constexpr int blocks = isa::PhiloxLanes<E>::side_by_side, words = 4 * blocks;   // at a time, as in the time loop
  typename isa::PhiloxLanes<E>::Word word[words];
  for (int i = 0; i < registers; i += words) {
    s.template draw<blocks>(std::uint32_t(i / 4), word);
    for (int k = 0; k < words; ++k) out<E>(w)[i + k] = isa::Lanes<E>::from_bits((typename isa::Lanes<E>::B)word[k]);
  }
}
template <class E>
void box_muller_all(const Workload& w) {
  using T = isa::Lanes<E>;
  using Word = typename isa::PhiloxLanes<E>::Word;
  for (int i = 0; i < registers; i += 8) {                 // four pairs at a time, as in the time loop
    Word word[8];
    for (int k = 0; k < 8; ++k) word[k] = (Word)in<E>(w)[i + k].bits() & 0xffffffffu;
    box_muller<T, 4>(word, out<E>(w) + i);
  }
}
template <class E>
void normals(const Workload& w) {
  using T = isa::Lanes<E>;
  Normals<T> s;
  static_cast<isa::PhiloxLanes<E>&>(s) = stream<E>();
  s.template draw<registers>(0, out<E>(w));
}

// ---- measures: a span of samples of two registers of sets, which lie in memory ------------------------------------------------

template <class E>
void extrema(const Workload& w) {
  using T = isa::Lanes<E>;
  T low[2] = {in<E>(w)[0], in<E>(w)[1]}, high[2] = {low[0], low[1]};
  for (int i = 0; i < registers; i += 2)
    for (int k = 0; k < 2; ++k) low[k] = min(low[k], in<E>(w)[i + k]), high[k] = max(high[k], in<E>(w)[i + k]);
  for (int k = 0; k < 2; ++k) out<E>(w)[k] = low[k], out<E>(w)[2 + k] = high[k];
}
template <class E>
void moments(const Workload& w) {
  using T = isa::Lanes<E>;
  Moments<T> m[2];
  for (int k = 0; k < 2; ++k) m[k].begin(in<E>(w)[k]);
  for (int i = 0; i < registers; i += 2)
    for (int k = 0; k < 2; ++k) m[k].add(in<E>(w)[i + k]);
  for (int k = 0; k < 2; ++k) static_cast<Moments<T>*>(w.out)[k] = m[k];
}

// ---- spectra -----------------------------------------------------------------------------------------------------------------

template <class E, int bins>
void welch(const Workload& w) {
  using T = isa::Lanes<E>;
  auto& d = *static_cast<DirectBins<T, max_direct_bins, false>*>(w.out);
  const E* table = static_cast<const E*>(w.table);
  d.init(bins);
  for (int g = 0; g < registers / group; ++g)
    d.add(bins, in<E>(w) + g * group, table, table + max_direct_bins * group + g * max_direct_bins * 2);
}
template <class E>
void fft_all(const Workload& w) {
  using Point = isa::Complex<E>;
  Point* x = static_cast<Point*>(w.out);
  const isa::Lanes<E>* y = in<E>(w);
  for (int j = 0; j < w.fft.length; ++j) x[j] = {y[j % registers], y[(j + 7) % registers]};
  isa::fft(w.fft, x, x + w.fft.length, static_cast<const E*>(w.table));
}

// ---- the list --------------------------------------------------------------------------------------------------------------

template <class E> constexpr double lanes_times(int n) { return double(isa::Lanes<E>::width) * n; }

template <class E>
constexpr Piece map_piece(const char* name, const char* item, void (*run)(const Workload&)) {
  return {name, item, sizeof(E) == 8, 0, lanes_times<E>(registers), 0, 2 * sizeof(E), run};
}
template <class E>
constexpr Piece sample_piece(const char* name, double operations, void (*run)(const Workload&)) {
  return {name, "sample", sizeof(E) == 8, 0, lanes_times<E>(registers), operations, sizeof(E), run};
}
// For a bin and eight samples 2 products and 10 multiply-adds, and for all bins 8 sums.
template <class E, int bins>
constexpr Piece welch_piece() {
  return {"welch direct", "sample and bin", sizeof(E) == 8, bins, lanes_times<E>(registers * bins), (22 + 8.0 / bins) / group,
          double(sizeof(E)) / bins, welch<E, bins>};
}
// 5 n log2 n for n points, which are two segments.
template <class E>
constexpr Piece fft_piece(int length, double log2_length) {
  return {"fft", "segment", sizeof(E) == 8, length, lanes_times<E>(2), 2.5 * length * log2_length, 2.0 * sizeof(E) * length, fft_all<E>};
}

template <class E>
constexpr Piece list[] = {
    map_piece<E>("copy (the loop alone)", "number", copy<E>),
    map_piece<E>("exp2", "number", exp2_all<E>),
    map_piece<E>("logistic2 (sigmoid)", "number", logistic2_all<E>),
    map_piece<E>("expm1", "number", expm1_all<E>),
    map_piece<E>("phi1", "number", phi1_all<E>),
    map_piece<E>("philox", "word", philox<E>),
    map_piece<E>("box-muller", "normal", box_muller_all<E>),
    map_piece<E>("philox and box-muller", "normal", normals<E>),
    sample_piece<E>("extrema", 2, extrema<E>),
    sample_piece<E>("extrema and moments", 6, moments<E>),
    welch_piece<E, 4>(), welch_piece<E, 12>(), welch_piece<E, 30>(),
    fft_piece<E>(64, 6), fft_piece<E>(256, 8), fft_piece<E>(512, 9), fft_piece<E>(1000, 9.965784), fft_piece<E>(1024, 10), fft_piece<E>(4096, 12),
};

}  // namespace

Pieces pieces(bool is_double) {
  if (is_double) return {list<double>, sizeof list<double> / sizeof(Piece)};
  return {list<float>, sizeof list<float> / sizeof(Piece)};
}

}  // namespace neurosweep::bench::NS_ISA
