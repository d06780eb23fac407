// Columns of a map, and where a tile's result has them.
#pragma once
#include <cstdint>

#include "problem.hpp"

namespace neurosweep {

// A map's columns are its measures, each followed by its SD if there are replicates; a tile has all measures, then all SDs.
inline std::uint64_t column_of_tile(std::uint64_t column, const Problem& p) {
  const std::uint64_t kinds = p.replicates > 1 ? 2 : 1;
  return column % kinds * p.measures.size() + column / kinds;
}

}  // namespace neurosweep
