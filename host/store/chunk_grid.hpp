// How a sweep's sets are cut into chunks: the pieces by which a store keeps, resumes and shares out the work.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "problem.hpp"

namespace neurosweep {

// A regular grid of chunks over the axes. A chunk spans trailing axes in full, a part of one axis, and one value of each
// axis before that, so its sets are consecutive in grid order, and chunks are numbered as their sets are.
struct ChunkGrid {
  std::vector<std::uint64_t> shape;   // [axis] values
  std::vector<std::uint64_t> chunk;   // [axis] of a chunk; the last one along an axis may hold fewer

  bool sound() const;                                // what is said above is true of these numbers
  std::uint64_t count() const;                       // chunks
  std::uint64_t sets() const;
  std::uint64_t elements() const;                    // of a chunk's file: a chunk at the edge is padded at its end
  Tile tile(std::uint64_t index) const;              // the sets of a chunk
  std::string key(std::uint64_t index) const;        // its file's name in Zarr: "3.0"; "0" without an axis
};

// Chunks of about `sets` sets, as equal as may be.
ChunkGrid cut(std::vector<std::uint64_t> shape, std::uint64_t sets);

// The chunks of a sweep, from its size and cost alone: the same on every machine, with whatever tiles and threads.
ChunkGrid chunks_of(const Problem& p);

// The part of `chunks` chunks that is shard `index` of `count`: consecutive ones.
struct ChunkRange {
  std::uint64_t first, last;          // first ... last - 1
};
ChunkRange shard_of(std::uint64_t chunks, std::uint64_t index, std::uint64_t count);

std::uint64_t sets_of(const ChunkGrid& grid, const ChunkRange& chunks);      // in these chunks

}  // namespace neurosweep
