// Hands out the sets of a store's missing chunks as tiles, and fills the chunks with what comes back.
#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "backend.hpp"
#include "host/output/progress.hpp"
#include "host/plan/counter.hpp"
#include "host/store/store.hpp"

namespace neurosweep {

// Writes whole chunks on a thread of its own, so that no worker waits for a disk.
class ChunkWriter {
 public:
  explicit ChunkWriter(Store& store);
  ~ChunkWriter();                                          // what was put is written first

  void put(std::uint64_t chunk, ChunkFiles files);         // waits where the disk is far behind
  bool failed() const { return failed_; }
  void finish();                                           // until all is written; throws the first error

 private:
  void work();

  Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::pair<std::uint64_t, ChunkFiles>> queue_;
  std::size_t queued_ = 0;                                 // bytes of what is queued or being written
  bool closing_ = false;
  std::atomic<bool> failed_ = false;
  std::exception_ptr error_;
  std::thread thread_;
};

class StoreWork final : public Work {
 public:
  // Of `chunks`, those whose places in the list `counter` gives to this process, in tiles of `tile` sets. `stop` set to 1:
  // chunks that were begun are finished, no other is; 2: tiles in flight are given up too.
  StoreWork(Store& store, const Problem& p, std::vector<std::uint64_t> chunks, std::uint64_t tile, Counter& counter,
            Progress& progress, const std::atomic<int>& stop);
  ~StoreWork() override;                                   // chunks that were not finished are left to other processes

  bool next(Tile& tile) override;
  void done(TileResult result) override;
  void advance(std::uint64_t node_steps) override { progress_.advance(node_steps); }
  bool abort() const override { return stop_.load(std::memory_order_relaxed) >= 2 || writer_.failed(); }
  void say(const std::string& message) override { progress_.message(message); }

  // Once next() gave false everywhere: waits until a chunk that another process had claimed is left to this one, or all of
  // them are done. True: next() has more.
  bool wait_for_others();

  // All chunks are on disk. Throws what kept one from it.
  void finish() { writer_.finish(); }

 private:
  struct Open {                                            // a chunk that was begun
    std::uint64_t chunk, missing;                          // sets that have not come back
    ChunkFiles files;
  };

  bool begin_chunk();
  bool claim_more();
  bool claim(std::uint64_t chunk);
  void copy(const TileResult& from, std::uint64_t first, std::uint64_t count, const Tile& chunk, ChunkFiles& into) const;
  ChunkFiles empty_files() const;

  Store& store_;
  const Problem& p_;
  const std::vector<std::uint64_t> chunks_;
  const std::uint64_t tile_, at_once_;                     // sets of a tile, chunks to claim at once
  Counter& counter_;
  Progress& progress_;
  const std::atomic<int>& stop_;
  ChunkWriter writer_;
  std::mutex mutex_;
  std::deque<std::uint64_t> ready_, waiting_;              // claimed, not begun; claimed by other processes
  Tile rest_;                                              // of the chunk begun last: what was not handed out
  std::map<std::uint64_t, Open> open_;                     // by their first set
};

}  // namespace neurosweep
