// Hands out a sweep's tiles and gathers their results into a map in memory.
#pragma once
#include <atomic>
#include <mutex>

#include "backend.hpp"
#include "host/output/map.hpp"
#include "host/output/progress.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {

// The map of a sweep with all labels and no value yet: every status is 255, every number NaN.
Map empty_map(const SweepSpec& spec);

// What the numbers of that map take in memory.
double map_bytes(const SweepSpec& spec);

class MapWork final : public Work {
 public:
  // Tiles of `tile` sets. `stop` set to 1: no further tiles are handed out; 2: tiles in flight are given up too.
  MapWork(const SweepSpec& spec, std::uint64_t tile, Progress& progress, const std::atomic<int>& stop);

  bool next(Tile& tile) override;
  void done(TileResult result) override;
  void advance(std::uint64_t node_steps) override { progress_.advance(node_steps); }
  bool abort() const override { return stop_.load(std::memory_order_relaxed) >= 2; }
  void say(const std::string& message) override { progress_.message(message); }

  const Map& map() const { return map_; }
  const Summary& summary() const { return summary_; }     // of the sets done so far
  bool complete() const { return summary_.sets == map_.sets(); }

 private:
  Map map_;
  Summary summary_;
  const std::uint64_t sets_, tile_;
  std::uint64_t next_ = 0;
  Progress& progress_;
  const std::atomic<int>& stop_;
  std::mutex mutex_;
};

}  // namespace neurosweep
