// The summary of a tile or a map: how many sets failed, and each measure's extremes.
#pragma once
#include "problem.hpp"

namespace neurosweep {

inline Summary empty_summary(const Problem& p) {
  Summary s;
  s.extremes.resize(p.measures.size());
  return s;
}

inline void count_failed(Summary& s, const std::vector<std::uint8_t>& status) {
  for (const std::uint8_t x : status) s.diverged += x == status_diverged, s.out_of_domain += x == status_out_of_domain;
}

// Of the values of sets `first`, `first` + 1, ...: a NaN takes no part; of equal maxima the first set counts.
template <class T>
Extremes extremes_of(const T* values, std::uint64_t n, std::uint64_t first) {
  Extremes e;
  for (std::uint64_t i = 0; i < n; ++i) {
    const double v = values[i];
    if (v < e.minimum) e.minimum = v;
    if (v > e.maximum) e.maximum = v, e.where = first + i;
  }
  return e;
}

// From a tile's values and status, on the host.
inline Summary summarise(const Problem& p, const TileResult& r) {
  Summary s = empty_summary(p);
  s.sets = r.tile.count;
  count_failed(s, r.status);
  for (std::size_t m = 0; m < p.measures.size(); ++m)
    s.extremes[m] = extremes_of(r.values.data() + m * r.tile.count, r.tile.count, r.tile.first);
  return s;
}

// The order of merging does not matter.
inline void merge(Summary& into, const Summary& s) {
  into.sets += s.sets, into.diverged += s.diverged, into.out_of_domain += s.out_of_domain;
  for (std::size_t m = 0; m < into.extremes.size(); ++m) {
    Extremes& e = into.extremes[m];
    const Extremes& f = s.extremes[m];
    if (f.minimum < e.minimum) e.minimum = f.minimum;
    if (f.maximum > e.maximum || (f.maximum == e.maximum && f.where < e.where)) e.maximum = f.maximum, e.where = f.where;
  }
}

}  // namespace neurosweep
