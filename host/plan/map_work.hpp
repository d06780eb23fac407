// Hands out all sets of a sweep as tiles, and fills a map in memory with what comes back.
#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include "backend.hpp"
#include "host/api/neurosweep.hpp"

namespace neurosweep {

class MapWork final : public Work {
 public:
  // `labels`: a map without sets. `progress`, which may be empty, and `note` are as ComputeOptions has them.
  MapWork(Map labels, const Problem& p, std::uint64_t tile, std::function<bool(double)> progress,
          std::function<void(const std::string&)> note);

  bool next(Tile& tile) override;
  void done(TileResult result) override;
  void advance(std::uint64_t node_steps) override;
  bool abort() const override { return stop_.load(std::memory_order_relaxed); }
  void say(const std::string& message) override;

  // Once the backend has returned: once only.
  Map take_map() { return std::move(map_); }

 private:
  Map map_;
  const Problem& p_;
  const std::uint64_t sets_, tile_;
  const std::function<bool(double)> progress_;
  const std::function<void(const std::string&)> note_;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;
  std::uint64_t next_ = 0, node_steps_ = 0;
  std::chrono::steady_clock::time_point due_;              // when the next word is due
};

}  // namespace neurosweep
