// The processes that compute a sweep together: this one alone, or the ranks of an MPI job.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/output/progress.hpp"
#include "host/plan/counter.hpp"

namespace neurosweep {

class Ranks {
 public:
  virtual ~Ranks() = default;                // every rank waits for the others there
  virtual int rank() const = 0;              // rank 0 makes the store, shows the progress of all, and writes the outputs
  virtual int size() const = 0;
  virtual int local_rank() const = 0;        // among the ranks on this machine: which GPU is this one's
  virtual int local_size() const = 0;
  virtual int core_sharers() const = 0;      // how many of these may use the same cores as this one, which is counted too
  virtual Counter& counter() = 0;            // shared by all
  // Every rank calls these, and waits for the others there.
  virtual int largest(int value) = 0;                                    // over all ranks
  virtual void largest(std::vector<std::uint8_t>& values) = 0;           // element by element
  // Between these two, what `progress` of the other ranks counts is added to rank 0's.
  virtual void gather(Progress& progress) = 0;
  virtual void stop_gathering() = 0;
};

// An MPI job's if this process was started as one of its ranks, else this process alone; if that is not what its launcher
// meant, `tell` is told. std::runtime_error if MPI cannot be called from threads; any other of its errors ends the job.
std::unique_ptr<Ranks> join_ranks(const std::function<void(const std::string&)>& tell);

}  // namespace neurosweep
