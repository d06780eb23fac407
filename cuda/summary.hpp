// The summary of a tile or a map: how many sets failed, and each measure's extremes.
#pragma once
#include "problem.hpp"

namespace neurosweep {

inline Summary empty_summary(const Problem& p) {
  Summary s;
  s.extremes.resize(p.measures.size());
  return s;
}

// From a tile's values and status, on the host. A NaN takes no part; of equal maxima the first set counts.
inline Summary summarise(const Problem& p, const TileResult& r) {
  Summary s = empty_summary(p);
  s.sets = r.tile.count;
  for (std::uint8_t status : r.status) s.diverged += status == status_diverged, s.out_of_domain += status == status_out_of_domain;
  for (std::size_t m = 0; m < p.measures.size(); ++m)
    for (std::uint64_t i = 0; i < r.tile.count; ++i) {
      const double v = r.values[m * r.tile.count + i];
      Extremes& e = s.extremes[m];
      if (v < e.minimum) e.minimum = v;
      if (v > e.maximum) e.maximum = v, e.where = r.tile.first + i;
    }
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
