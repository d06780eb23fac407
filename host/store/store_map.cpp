#include "host/store/store_map.hpp"

#include <algorithm>
#include <memory>

#include "summary.hpp"

namespace neurosweep {
namespace {

Summary summarise(const Map& block, std::uint64_t first, const std::vector<std::size_t>& measures) {
  Summary s;
  count_failed(s, block.status);
  s.sets = std::uint64_t(std::count_if(block.status.begin(), block.status.end(), [](std::uint8_t x) { return x != not_computed; }));
  for (const std::size_t c : measures) s.extremes.push_back(extremes_of(block.columns[c].values.data(), block.sets(), first));
  return s;
}

template <class T>
void append(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void append(Map& map, const Map& block) {
  for (std::size_t c = 0; c < map.columns.size(); ++c) {
    MapColumn& to = map.columns[c];
    const MapColumn& from = block.columns[c];
    append(to.values, from.values);
    if (to.missing.empty() && from.missing.empty()) continue;
    to.missing.resize(map.sets()), append(to.missing, from.missing), to.missing.resize(map.sets() + block.sets());
  }
  append(map.status, block.status);
  append(map.failed, block.failed);
}

}  // namespace

std::vector<std::size_t> measures_among(const std::vector<MapColumn>& columns) {
  std::vector<std::size_t> found;
  for (std::size_t c = 0; c < columns.size(); ++c)
    if (c == 0 || columns[c].name != columns[c - 1].name + "_sd") found.push_back(c);
  return found;
}

double map_bytes(const StoreMetadata& m, const std::vector<std::string>& columns) {
  const std::size_t n = columns.empty() ? m.arrays.size() : columns.size();
  return double(m.grid.sets()) * double(n * sizeof(double) + sizeof(std::uint8_t) + (m.replicates > 1 ? sizeof(std::uint32_t) : 0));
}

Map read_map(const Store& store, const std::vector<std::string>& columns, const Damage& damage) {
  return join(store, columns, map_blocks(store, columns, damage));
}

Map join(const Store& store, const std::vector<std::string>& columns, const MapBlocks& next) {
  Map map = empty_map(store.metadata(), columns);
  map.status.reserve(store.grid().sets());
  for (MapColumn& column : map.columns) column.values.reserve(store.grid().sets());
  while (const Map* block = next()) append(map, *block);
  return map;
}

MapBlocks map_blocks(const Store& store, std::vector<std::string> columns, Damage damage) {
  auto block = std::make_shared<Map>(empty_map(store.metadata(), columns));
  return [&store, damage = std::move(damage), block, chunk = std::uint64_t(0)]() mutable -> const Map* {
    if (chunk == store.grid().count()) return nullptr;
    store.read(chunk++, *block, damage);
    return block.get();
  };
}

Summary summarise(const Store& store, const std::vector<std::string>& columns, const Damage& damage, const ChunkRange& part) {
  Map block = empty_map(store.metadata(), columns);
  const std::vector<std::size_t> measures = measures_among(block.columns);
  Summary all;
  all.extremes.resize(measures.size());
  for (std::uint64_t chunk = part.first; chunk < part.last; ++chunk) {
    if (!store.begun(chunk)) continue;
    store.read(chunk, block, damage);
    merge(all, summarise(block, store.grid().tile(chunk).first, measures));
  }
  return all;
}

}  // namespace neurosweep
