// One process on its own.
#pragma once
#include "host/plan/ranks.hpp"

namespace neurosweep {

class OneRank final : public Ranks {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  int local_rank() const override { return 0; }
  Counter& counter() override { return counter_; }
  int largest(int value) override { return value; }
  void largest(std::vector<std::uint8_t>&) override {}
  void gather(Progress&) override {}
  void stop_gathering() override {}

 private:
  LocalCounter counter_;
};

}  // namespace neurosweep
