#include "host/store/chunk_grid.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "common/problems.hpp"

namespace neurosweep::test {
namespace {

using Shape = std::vector<std::uint64_t>;

const std::vector<Shape> small_shapes{{},         {1},       {2},          {7},       {64},      {65},        {1, 1, 1}, {1, 97, 1},  {101, 103},
                                      {2, 3, 5, 7}, {7, 5, 3, 2}, {1000, 1}, {1, 1000}, {13, 1, 17}, {2, 2, 2, 2, 2, 2, 2, 2}, {4, 257}};
const std::vector<Shape> large_shapes{{1'000'000'000}, {1000, 1000, 1000}, {999'999'937}, {31'623, 31'607}, {1'000'000, 1'000'000},
                                      {10'000, 10'000, 10'000}, {3, 1'000'003, 7, 47'599}};
const std::vector<std::uint64_t> sizes{1, 2, 3, 50, 63, 64, 65, 1000, 4096, std::uint64_t(1) << 20};

std::uint64_t product(const Shape& shape) {
  std::uint64_t n = 1;
  for (const std::uint64_t k : shape) n *= k;
  return n;
}

// By Zarr's definition: element (i, j, ...) lies in the chunk with the key i / chunk[0] . j / chunk[1] . ...
std::string key_of_set(const ChunkGrid& grid, std::uint64_t set) {
  std::string key;
  for (std::size_t a = grid.shape.size(); a-- > 0;) {
    key = std::to_string(set % grid.shape[a] / grid.chunk[a]) + (key.empty() ? "" : "." + key);
    set /= grid.shape[a];
  }
  return key.empty() ? "0" : key;
}

// Where the set lies in its chunk's file, by Zarr's definition (order C).
std::uint64_t place_of_set(const ChunkGrid& grid, std::uint64_t set) {
  std::uint64_t place = 0, stride = 1;
  for (std::size_t a = grid.shape.size(); a-- > 0;) {
    place += set % grid.shape[a] % grid.chunk[a] * stride;
    stride *= grid.chunk[a], set /= grid.shape[a];
  }
  return place;
}

// The chunk's sets are consecutive and lie one after the other in its file; looked at the first, the last and one between.
void expect_chunk(const ChunkGrid& grid, std::uint64_t chunk) {
  const Tile tile = grid.tile(chunk);
  ASSERT_GT(tile.count, 0);
  ASSERT_LE(tile.count, grid.elements());
  ASSERT_EQ(tile.first + tile.count, chunk + 1 < grid.count() ? grid.tile(chunk + 1).first : grid.sets());
  for (const std::uint64_t i : {std::uint64_t(0), tile.count / 2, tile.count - 1}) {
    ASSERT_EQ(key_of_set(grid, tile.first + i), grid.key(chunk));
    ASSERT_EQ(place_of_set(grid, tile.first + i), i);
  }
}

TEST(ChunkGrid, EveryChunkOfSmallGrids) {
  for (const Shape& shape : small_shapes)
    for (const std::uint64_t size : sizes) {
      SCOPED_TRACE(testing::PrintToString(shape) + " in chunks of " + std::to_string(size));
      const ChunkGrid grid = cut(shape, size);
      EXPECT_TRUE(grid.sound());
      ASSERT_EQ(grid.sets(), product(shape));
      std::set<std::string> keys;
      EXPECT_EQ(grid.tile(0).first, 0);
      for (std::uint64_t chunk = 0; chunk < grid.count(); ++chunk) {
        expect_chunk(grid, chunk);
        keys.insert(grid.key(chunk));
        for (std::uint64_t i = 0; i < grid.tile(chunk).count; ++i) ASSERT_EQ(place_of_set(grid, grid.tile(chunk).first + i), i);
      }
      EXPECT_EQ(keys.size(), grid.count());
    }
}

TEST(ChunkGrid, SomeChunksOfLargeGrids) {
  std::mt19937_64 random(1);
  for (const Shape& shape : large_shapes)
    for (const std::uint64_t size : sizes) {
      SCOPED_TRACE(testing::PrintToString(shape) + " in chunks of " + std::to_string(size));
      const ChunkGrid grid = cut(shape, size);
      EXPECT_TRUE(grid.sound());
      ASSERT_EQ(grid.sets(), product(shape));
      EXPECT_EQ(grid.tile(0).first, 0);
      expect_chunk(grid, 0), expect_chunk(grid, grid.count() - 1);
      for (int i = 0; i < 200; ++i) expect_chunk(grid, random() % grid.count());
    }
}

// No larger than asked for, and not much smaller.
TEST(ChunkGrid, SizeOfChunks) {
  for (const auto* shapes : {&small_shapes, &large_shapes})
    for (const Shape& shape : *shapes)
      for (const std::uint64_t size : sizes) {
        SCOPED_TRACE(testing::PrintToString(shape) + " in chunks of " + std::to_string(size));
        const ChunkGrid grid = cut(shape, size);
        EXPECT_LE(grid.elements(), size);
        EXPECT_GE(4 * grid.elements(), std::min(size, grid.sets()));
      }
}

TEST(ChunkGrid, Examples) {
  EXPECT_EQ(cut({}, 64).count(), 1);
  EXPECT_EQ(cut({}, 64).key(0), "0");
  const ChunkGrid grid = cut({3, 101}, 64);
  EXPECT_EQ(grid.chunk, (Shape{1, 51}));
  EXPECT_EQ(grid.count(), 6);
  EXPECT_EQ(grid.key(3), "1.1");
  EXPECT_EQ(grid.tile(3).first, 152);
  EXPECT_EQ(grid.tile(3).count, 50);
  EXPECT_EQ(cut({8, 8}, 64).chunk, (Shape{8, 8}));
  EXPECT_EQ(cut({8, 8}, 63).chunk, (Shape{4, 8}));
}

TEST(ChunkGrid, Unsound) {
  EXPECT_FALSE((ChunkGrid{{4, 4}, {4}}).sound());
  EXPECT_FALSE((ChunkGrid{{4, 4}, {0, 4}}).sound());
  EXPECT_FALSE((ChunkGrid{{4, 4}, {5, 4}}).sound());
  EXPECT_FALSE((ChunkGrid{{4, 4}, {2, 2}}).sound());           // its sets are not consecutive
  EXPECT_FALSE((ChunkGrid{{4, 4, 4}, {2, 1, 4}}).sound());
  EXPECT_TRUE((ChunkGrid{{4, 4, 4}, {1, 3, 4}}).sound());
  EXPECT_TRUE((ChunkGrid{{4, 1, 4}, {2, 1, 4}}).sound());
  EXPECT_TRUE((ChunkGrid{{}, {}}).sound());
}

// ---- a sweep's chunks ---------------------------------------------------------------------------------------------------

Problem sweep(std::vector<int> counts, std::int64_t steps, std::uint32_t replicates = 1) {
  Problem p = jansen_rit();
  for (int a = 0; a < int(counts.size()); ++a) add_axis(p, a, 1, 2, counts[std::size_t(a)]);
  p.steps = steps, p.transient = 0, p.replicates = replicates;
  return p;
}

TEST(ChunksOf, HoldWorkOfAboutASecond) {
  for (const std::uint32_t replicates : {1u, 3u, 16u})
    for (const std::int64_t steps : {1'000, 20'000, 1'000'000}) {
      const ChunkGrid grid = chunks_of(sweep({300, 300}, steps, replicates));
      const double realisations = double(grid.elements()) * replicates, work = realisations * double(steps);
      const double least = std::max(16.0, 90'000.0 / 4096 * replicates) * double(steps);    // few chunks, full registers
      EXPECT_LE(work, std::max(2e8, least)) << steps << " steps, " << replicates << " replicates";
      EXPECT_GE(work, 0.25 * 2e8) << steps << " steps, " << replicates << " replicates";
    }
}

TEST(ChunksOf, FillAVectorRegister) {
  EXPECT_EQ(chunks_of(sweep({1024}, max_steps)).elements(), 16);
  EXPECT_EQ(chunks_of(sweep({1024}, max_steps, 4)).elements(), 4);
  EXPECT_EQ(chunks_of(sweep({1000}, max_steps, 16)).elements(), 1);
  EXPECT_EQ(chunks_of(sweep({1000}, max_steps, max_replicates)).elements(), 1);
}

TEST(ChunksOf, ManySets) {
  const ChunkGrid billion = chunks_of(sweep({1000, 1000, 1000}, 10'000));
  EXPECT_EQ(billion.sets(), 1'000'000'000);
  EXPECT_LE(billion.count(), 4 * 4096);
  EXPECT_LE(billion.elements(), std::uint64_t(1) << 20);
  const ChunkGrid most = chunks_of(sweep({1'000'000, 1'000'000}, 10'000));
  EXPECT_LE(most.elements(), std::uint64_t(1) << 20);          // what a process holds while it computes one
  EXPECT_EQ(most.tile(most.count() - 1).first + most.tile(most.count() - 1).count, 1'000'000'000'000);
}

TEST(ChunksOf, OneSet) {
  const ChunkGrid grid = chunks_of(sweep({}, 1000));
  EXPECT_EQ(grid.count(), 1);
  EXPECT_EQ(grid.elements(), 1);
}

// ---- shards -------------------------------------------------------------------------------------------------------------

TEST(Shards, CoverAndAreDisjointAndAlike) {
  for (const std::uint64_t chunks : {0, 1, 2, 3, 7, 64, 100, 4096})
    for (const std::uint64_t count : {1, 2, 3, 5, 7, 100, 5000}) {
      SCOPED_TRACE(std::to_string(chunks) + " chunks, " + std::to_string(count) + " shards");
      std::uint64_t next = 0;
      for (std::uint64_t i = 0; i < count; ++i) {
        const ChunkRange part = shard_of(chunks, i, count);
        ASSERT_EQ(part.first, next);
        ASSERT_GE(part.last - part.first, chunks / count);
        ASSERT_LE(part.last - part.first, chunks / count + 1);
        next = part.last;
      }
      EXPECT_EQ(next, chunks);
    }
}

TEST(Shards, TheirSetsAreTheSweeps) {
  for (const Shape& shape : small_shapes) {
    const ChunkGrid grid = cut(shape, 7);
    for (const std::uint64_t count : {1, 2, 3, 100}) {
      std::uint64_t sets = 0;
      for (std::uint64_t i = 0; i < count; ++i) sets += sets_of(grid, shard_of(grid.count(), i, count));
      EXPECT_EQ(sets, grid.sets());
    }
  }
}

}  // namespace
}  // namespace neurosweep::test
