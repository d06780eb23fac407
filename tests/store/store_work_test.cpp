#include "host/plan/store_work.hpp"

#include <gtest/gtest.h>

#include <set>

#include "small_store.hpp"

namespace neurosweep::test {
namespace {

namespace fs = std::filesystem;

// What a backend would hand back for the tile, from the sets' numbers alone.
TileResult result_of(const Problem& p, const Tile& tile) {
  const std::size_t measures = p.measures.size(), kinds = p.replicates > 1 ? 2 : 1;
  TileResult r;
  r.tile = tile;
  r.values.resize(measures * kinds * tile.count), r.status.resize(tile.count);
  if (p.replicates > 1) r.failed.resize(tile.count);
  for (std::uint64_t i = 0; i < tile.count; ++i) {
    for (std::size_t m = 0; m < measures; ++m)
      for (std::size_t kind = 0; kind < kinds; ++kind)           // in the store a measure's SD comes right after it
        r.values[(kind * measures + m) * tile.count + i] = number(tile.first + i, m * kinds + kind);
    r.status[i] = status_of(tile.first + i);
    if (p.replicates > 1) r.failed[i] = failed_of(tile.first + i);
  }
  return r;
}

ProgressOptions quiet() {
  ProgressOptions options;
  options.quiet = true;
  return options;
}

// Chunk work as a run does it, with threads that take a tile, do nothing, and give it back.
class Fake {
 public:
  Fake(Store& store, const SweepSpec& spec, std::uint64_t tile)
      : p_(spec.problem), work_(store, p_, all_chunks(store), tile, counter_, progress_, stop) {}

  void compute(int threads) {
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) running.emplace_back([this] { worker(); });
    for (std::thread& thread : running) thread.join();
  }
  void compute_all(int threads) {
    do compute(threads);
    while (work_.wait_for_others());
    work_.finish();
  }

  std::atomic<int> stop{0};
  std::atomic<std::uint64_t> sets{0}, tiles{0}, stop_after{~std::uint64_t(0)};
  StoreWork& work() { return work_; }

 private:
  static std::vector<std::uint64_t> all_chunks(const Store& store) {
    std::vector<std::uint64_t> chunks;
    for (std::uint64_t chunk = 0; chunk < store.grid().count(); ++chunk) chunks.push_back(chunk);
    return chunks;
  }
  void worker() {
    for (Tile tile; work_.next(tile);) {
      if (work_.abort()) return;
      sets += tile.count;
      if (++tiles == stop_after) stop = 1;
      work_.done(result_of(p_, tile));
    }
  }

  const Problem p_;
  LocalCounter counter_;
  Progress progress_{quiet()};
  StoreWork work_;
};

class ByAFakeBackend : public testing::Test {
 protected:
  Store fill(const std::string& name, const SweepSpec& sweep) const { return Store::fill(here / name, sweep, somebody); }
  std::map<std::string, std::string> undisturbed(const SweepSpec& sweep) const {
    { Store store = fill("undisturbed", sweep); write_all(store); }
    return contents(here / "undisturbed");
  }
  void expect_all_done(const std::string& name) const {
    Store store = fill(name, spec);
    for (std::uint64_t chunk = 0; chunk < store.grid().count(); ++chunk) EXPECT_TRUE(is_done(store, chunk)) << chunk;
  }
  // Chunks that are done; those that are not have no record.
  std::uint64_t done(const std::string& name) const {
    Store store = fill(name, spec);
    std::uint64_t n = 0;
    for (std::uint64_t chunk = 0; chunk < store.grid().count(); ++chunk) {
      std::string damage;
      n += is_done(store, chunk, &damage);
      EXPECT_EQ(damage, "");
      EXPECT_EQ(store.recorded(chunk), is_done(store, chunk));
    }
    return n;
  }

  const Folder here;
  const SweepSpec spec = small_spec();                           // 6 chunks of 51 and 50 sets, 303 sets
};

// ---- the same bytes whatever the tiles and threads ----------------------------------------------------------------------

TEST_F(ByAFakeBackend, TilesOfAnySize) {
  const auto expected = undisturbed(spec);
  for (const std::uint64_t tile : {1, 7, 50, 51, 52, 101, 102, 128, 303, 100'000})
    for (const int threads : {1, 4}) {
      SCOPED_TRACE(std::to_string(tile) + " sets, " + std::to_string(threads) + " threads");
      {
        Store store = fill("s", spec);
        Fake fake(store, spec, tile);
        fake.compute_all(threads);
        EXPECT_EQ(fake.sets, 303);
        EXPECT_LE(fake.tiles, 303 / tile + 7);                    // as large as they may be
      }
      EXPECT_EQ(contents(here / "s"), expected);
      fs::remove_all(here / "s");
    }
}

TEST_F(ByAFakeBackend, ReplicatesInDouble) {
  const SweepSpec replicates = small_spec({"replicates=3", "precision=double"});
  const auto expected = undisturbed(replicates);
  {
    Store store = fill("s", replicates);
    Fake(store, replicates, 40).compute_all(3);
  }
  EXPECT_EQ(contents(here / "s"), expected);
}

TEST_F(ByAFakeBackend, SingleSet) {
  const SweepSpec one = load("model = \"jansen-rit\"\ndt = \"1 ms\"\nduration = \"1 s\"\n");
  Store store = fill("s", one);
  Fake(store, one, 64).compute_all(2);
  EXPECT_TRUE(is_done(store, 0));
}

// A NaN's sign and payload are the processor's; a file's are not.
TEST_F(ByAFakeBackend, OneKindOfNaN) {
  Store store = fill("s", spec);
  Fake fake(store, spec, 1000);
  for (Tile tile; fake.work().next(tile);) {
    TileResult r = result_of(spec.problem, tile);
    std::fill(r.values.begin(), r.values.end(), -std::nan("7"));
    fake.work().done(std::move(r));
  }
  fake.work().finish();
  const std::string bytes = read_file(here / "s/mean/0.0");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t i = 0; i < bytes.size(); i += sizeof nan) ASSERT_EQ(std::memcmp(&bytes[i], &nan, sizeof nan), 0);
}

// Only what is missing: chunks that are done are not handed out, wherever they lie.
TEST_F(ByAFakeBackend, OnlyMissingChunks) {
  const auto expected = undisturbed(spec);
  {
    Store store = fill("s", spec);
    for (const std::uint64_t chunk : {0, 2, 3}) write_chunk(store, chunk);
    Fake fake(store, spec, 200);
    fake.compute_all(2);
    EXPECT_EQ(fake.sets, 50 + 51 + 50);
    EXPECT_EQ(fake.tiles, 2);                                    // chunks 4 and 5 in one piece, 1 on its own
  }
  EXPECT_EQ(contents(here / "s"), expected);
}

// ---- stopped ------------------------------------------------------------------------------------------------------------

TEST_F(ByAFakeBackend, StopFinishesWhatWasBegun) {
  for (const std::uint64_t after : {1, 2, 5, 20})
    for (const std::uint64_t tile : {5, 60, 120}) {
      SCOPED_TRACE(std::to_string(tile) + " sets a tile, stopped after " + std::to_string(after));
      std::uint64_t sets = 0;
      {
        Store store = fill("s", spec);
        Fake fake(store, spec, tile);
        fake.stop_after = after;
        fake.compute_all(1);
        sets = fake.sets;
      }
      const std::uint64_t chunks = done("s");
      EXPECT_EQ(sets, 51 * ((chunks + 1) / 2) + 50 * (chunks / 2));  // nothing was computed for nothing
      if (after * tile < 250) { EXPECT_LT(chunks, 6); }
      {
        Store store = fill("s", spec);
        Fake(store, spec, 77).compute_all(2);
      }
      expect_all_done("s");
      fs::remove_all(here / "s");
    }
}

TEST_F(ByAFakeBackend, SecondStopGivesUp) {
  {
    Store store = fill("s", spec);
    Fake fake(store, spec, 30);
    Tile tile;
    ASSERT_TRUE(fake.work().next(tile));
    fake.stop = 2;
    EXPECT_TRUE(fake.work().abort());
    fake.compute_all(2);
  }
  EXPECT_EQ(done("s"), 0);
  Store store = fill("s", spec);
  EXPECT_TRUE(store.claim(0));                                   // nobody holds it any more
}

// ---- many runs on one store ---------------------------------------------------------------------------------------------

TEST_F(ByAFakeBackend, TwoOnOneStoreShareItsChunks) {
  const auto expected = undisturbed(spec);
  for (int round = 0; round < 10; ++round) {
    std::atomic<std::uint64_t> sets{0};
    auto one = [&](std::uint64_t tile) {
      Store store = fill("s", spec);
      Fake fake(store, spec, tile);
      fake.compute_all(2);
      sets += fake.sets;
      for (std::uint64_t chunk = 0; chunk < 6; ++chunk) EXPECT_TRUE(is_done(store, chunk));
    };
    std::thread other([&] { one(13); });
    one(70);
    other.join();
    EXPECT_EQ(sets, 303);                                        // none was computed twice
    EXPECT_EQ(contents(here / "s"), expected);
    fs::remove_all(here / "s");
  }
}

// What the other one gives back without having written it is taken over.
TEST_F(ByAFakeBackend, ChunksOfOneThatGaveUp) {
  Store store = fill("s", spec), other = fill("s", spec);
  ASSERT_TRUE(other.claim(1) && other.claim(4));
  Fake fake(store, spec, 1000);
  std::thread waiting([&] { fake.compute_all(1); });
  while (fake.sets < 303 - 50 - 51) std::this_thread::yield();
  EXPECT_FALSE(is_done(store, 1));
  write_file(here / "s/mean/2.0", "in the middle of writing");  // of no consequence: it has no record yet
  other.write(1, files_of(other, 1));
  other.release(1), other.release(4);
  waiting.join();
  EXPECT_EQ(fake.sets, 303 - 50);                                // 1 came from the other
  expect_all_done("s");
}

TEST_F(ByAFakeBackend, StopEndsTheWaiting) {
  Store store = fill("s", spec), other = fill("s", spec);
  ASSERT_TRUE(other.claim(1));
  Fake fake(store, spec, 1000);
  std::thread waiting([&] { fake.compute_all(1); });
  while (fake.sets < 303 - 50) std::this_thread::yield();
  fake.stop = 1;
  waiting.join();
  EXPECT_EQ(done("s"), 5);
}

// ---- what cannot be written ---------------------------------------------------------------------------------------------

// A folder where a chunk's file should be stops root, too, and this chunk only.
TEST_F(ByAFakeBackend, AnErrorComesOutOfFinishAndKeepsTheRest) {
  const auto expected = undisturbed(spec);
  { Store store = fill("s", spec); }
  fs::create_directory(here / "s/mean/1.0");
  {
    Store store = fill("s", spec);
    Fake fake(store, spec, 20);
    const std::string message = thrown([&] { fake.compute_all(1); });
    EXPECT_TRUE(contains(message, "cannot write") && contains(message, "mean/1.0")) << message;
    EXPECT_TRUE(fake.work().abort());
    Tile tile;
    EXPECT_FALSE(fake.work().next(tile));
    EXPECT_FALSE(is_done(store, 2));
  }
  fs::remove(here / "s/mean/1.0");
  EXPECT_GE(done("s"), 2);                                 // 0 and 1, which came before, and whatever was in hand
  {
    Store store = fill("s", spec);
    Fake(store, spec, 20).compute_all(3);
  }
  EXPECT_EQ(contents(here / "s"), expected);
}

// A writer that nobody asks for its errors ends all the same.
TEST_F(ByAFakeBackend, AnErrorThatNobodyAsksFor) {
  Store store = fill("s", spec);
  fs::remove_all(here / "s/mean");
  { ChunkWriter writer(store); writer.put(0, files_of(store, 0)); }
  EXPECT_FALSE(is_done(store, 0));
}

}  // namespace
}  // namespace neurosweep::test
