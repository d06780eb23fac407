// One process on its own.
#pragma once
#include "host/plan/ranks.hpp"

namespace neurosweep {

class OneRank final : public Ranks {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  int local_rank() const override { return 0; }
  int local_size() const override { return 1; }
  int core_sharers() const override { return 1; }
  Counter& counter() override { return counter_; }
  int largest(int value) override { return value; }
  void largest(std::vector<std::uint8_t>&) override {}
  void gather(Progress&) override {}
  void stop_gathering() override {}

 private:
  LocalCounter counter_;
};

// What is told where a launcher started `processes` that cannot talk to each other.
inline std::string each_alone(int processes, const std::string& why) {
  return "note: " + why + ", so the " + std::to_string(processes) + " processes run on their own and share the work through the store";
}

}  // namespace neurosweep
