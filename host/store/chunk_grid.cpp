#include "host/store/chunk_grid.hpp"

#include <algorithm>

#include "network/network.hpp"

namespace neurosweep {
namespace {

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

std::uint64_t product(const std::vector<std::uint64_t>& numbers) {
  std::uint64_t n = 1;
  for (const std::uint64_t k : numbers) n *= k;
  return n;
}

}  // namespace

bool ChunkGrid::sound() const {
  if (shape.size() != chunk.size()) return false;
  bool whole = true;                                 // the chunk spans all axes after this one in full
  for (std::size_t a = shape.size(); a-- > 0;) {
    if (chunk[a] == 0 || chunk[a] > shape[a] || (!whole && chunk[a] > 1)) return false;
    whole = whole && chunk[a] == shape[a];
  }
  return true;
}

std::uint64_t ChunkGrid::sets() const { return product(shape); }
std::uint64_t ChunkGrid::elements() const { return product(chunk); }

std::uint64_t ChunkGrid::count() const {
  std::uint64_t n = 1;
  for (std::size_t a = 0; a < shape.size(); ++a) n *= divide_up(shape[a], chunk[a]);
  return n;
}

Tile ChunkGrid::tile(std::uint64_t index) const {
  Tile tile{0, 1};
  std::uint64_t stride = 1;                          // sets between two values of the axis
  for (std::size_t a = shape.size(); a-- > 0;) {
    const std::uint64_t pieces = divide_up(shape[a], chunk[a]), first = index % pieces * chunk[a];
    index /= pieces;
    tile.first += first * stride;
    tile.count *= std::min(chunk[a], shape[a] - first);
    stride *= shape[a];
  }
  return tile;
}

std::string ChunkGrid::key(std::uint64_t index) const {
  std::string key;
  for (std::size_t a = shape.size(); a-- > 0;) {
    const std::uint64_t pieces = divide_up(shape[a], chunk[a]);
    key = std::to_string(index % pieces) + (key.empty() ? "" : ".") + key;
    index /= pieces;
  }
  return key.empty() ? "0" : key;
}

ChunkGrid cut(std::vector<std::uint64_t> shape, std::uint64_t sets) {
  std::vector<std::uint64_t> chunk(shape.size(), 1);
  std::uint64_t inner = 1;
  for (std::size_t a = shape.size(); a-- > 0 && inner < sets;) {
    const std::uint64_t most = sets / inner;         // values of this axis that a chunk may span
    chunk[a] = divide_up(shape[a], divide_up(shape[a], most));
    inner *= shape[a];                               // at least `sets` if they are not all of them
  }
  return {std::move(shape), std::move(chunk)};
}

// Losing a chunk should cost a second of a core at most, and writing one nothing beside computing it. So 2e8 node-steps; but no
// more than some 4096 chunks as long as these are not too large to hold, and enough sets to fill a vector register, which a network's
// cells do.
ChunkGrid chunks_of(const Problem& p) {
  constexpr std::uint64_t most_chunks = 4096, most_sets = std::uint64_t(1) << 20;
  const std::uint64_t least_sets = p.network ? 1 : 16;
  std::vector<std::uint64_t> shape;
  for (const Axis& axis : p.axes) shape.push_back(axis.values.size());
  const std::uint64_t affordable = std::uint64_t(2e8 / (double(p.steps) * p.replicates * double(nodes_in(p))));
  const std::uint64_t sets = std::max({affordable, p.sets() / most_chunks, least_sets / std::min<std::uint64_t>(p.replicates, least_sets)});
  return cut(std::move(shape), std::min(sets, most_sets));
}

ChunkRange shard_of(std::uint64_t chunks, std::uint64_t index, std::uint64_t count) {
  const std::uint64_t share = chunks / count, rest = chunks % count;       // the first `rest` shards have one more
  auto first = [&](std::uint64_t i) { return i * share + std::min(i, rest); };
  return {first(index), first(index + 1)};
}

std::uint64_t sets_of(const ChunkGrid& grid, const ChunkRange& chunks) {       // their sets are consecutive
  if (chunks.first == chunks.last) return 0;
  const Tile last = grid.tile(chunks.last - 1);
  return last.first + last.count - grid.tile(chunks.first).first;
}

}  // namespace neurosweep
