// The CPU backend's part for networks that no instruction set matters to: a set's numbers as lanes want them, and memory.
#pragma once
#include <memory>
#include <new>
#include <vector>

#include "network/prepare.hpp"
#include "network_kernels.hpp"

namespace neurosweep {

struct AlignedFree {
  void operator()(std::byte* p) const { ::operator delete[](p, std::align_val_t(64)); }
};
using AlignedBytes = std::unique_ptr<std::byte[], AlignedFree>;
AlignedBytes aligned_bytes(std::size_t n);

// A network for the lanes of one instruction set.
struct CpuNetwork : PreparedNetwork {
  CpuNetwork(const Problem& p, const CpuPlan& cpu, const NetworkKernels& kernels);
  const NetworkKernels& kernels;
};

// Runs sets one after the other, on one thread.
class NetworkRunner {
 public:
  explicit NetworkRunner(const CpuNetwork& network);
  // The set whose realisations follow.
  void prepare(std::uint64_t set);
  // One realisation: out[measures], and the status. go_on(context) is asked now and then; false: the numbers mean nothing.
  std::uint8_t run(std::uint32_t replicate, double* out, bool (*go_on)(void*), void* context, const NetworkTrace* trace = nullptr);

 private:
  template <class Word>
  void fill_limits(std::size_t run);

  const CpuNetwork& network_;
  PreparedSet prepared_;
  struct RunArrivals {
    std::vector<int> first;
    std::vector<std::uint64_t> limits;       // of words in the precision's size
    std::vector<double> weight;
  };
  std::vector<RunArrivals> arrivals_;
  std::vector<NetworkArrivals> arrival_views_;
  AlignedBytes workspace_;
  NetworkSet set_{};
};

}  // namespace neurosweep
