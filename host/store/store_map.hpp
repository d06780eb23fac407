// A store's map for those who show it: whole, block by block, or summed up.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "host/output/csv.hpp"
#include "host/store/store.hpp"

namespace neurosweep {

using Damage = std::function<void(const std::string&)>;     // is told of each file that is not what was written

// What the map of these columns takes in memory.
double map_bytes(const StoreMetadata& m, const std::vector<std::string>& columns);

// All of it. `columns`: names, in this order; none = all.
Map read_map(const Store& store, const std::vector<std::string>& columns, const Damage& damage);

// The same from its blocks, which may have gone through other hands.
Map join(const Store& store, const std::vector<std::string>& columns, const MapBlocks& next);

// The map's sets in grid order, a chunk at a time, for what need not hold them all: null after the last. A block lives until
// the next call.
MapBlocks map_blocks(const Store& store, std::vector<std::string> columns, Damage damage);

// Of the sets that are done: how many failed, and each measure's extremes (columns but `<measure>_sd`). Chunks that
// nobody has begun take no time.
Summary summarise(const Store& store, const std::vector<std::string>& columns, const Damage& damage, const ChunkRange& part);

// Which columns are measures: the others are `<measure>_sd`, right after theirs.
std::vector<std::size_t> measures_among(const std::vector<MapColumn>& columns);

}  // namespace neurosweep
