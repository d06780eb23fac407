// Who computes what: numbers that are each given out once.
#pragma once
#include <atomic>
#include <cstdint>

namespace neurosweep {

// 0, 1, 2, ..., each to one caller only. From any thread.
class Counter {
 public:
  virtual ~Counter() = default;
  virtual std::uint64_t take(std::uint64_t n) = 0;         // gives out n numbers; returns the first of them
};

class LocalCounter final : public Counter {
 public:
  std::uint64_t take(std::uint64_t n) override { return next_.fetch_add(n); }

 private:
  std::atomic<std::uint64_t> next_{0};
};

}  // namespace neurosweep
