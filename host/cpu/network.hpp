// The CPU backend's part for networks that no instruction set matters to: plans, a set's numbers and memory.
#pragma once
#include <memory>
#include <new>
#include <vector>

#include "network_kernels.hpp"

namespace neurosweep {

struct AlignedFree {
  void operator()(std::byte* p) const { ::operator delete[](p, std::align_val_t(64)); }
};
using AlignedBytes = std::unique_ptr<std::byte[], AlignedFree>;
AlignedBytes aligned_bytes(std::size_t n);

// A network as all sets share it.
class PreparedNetwork {
 public:
  // Throws std::invalid_argument where a model cannot take what the network gives it.
  PreparedNetwork(const Problem& p, const CpuPlan& cpu, const NetworkKernels& kernels);
  PreparedNetwork(const PreparedNetwork&) = delete;

  const Problem& problem;
  const NetworkKernels& kernels;
  const Slots slots;
  const Wirings wirings;
  NetworkPlan plan{};

 private:
  void measure();
  std::vector<NetworkPopulation> populations_;
  std::vector<int> lanes_;
  std::vector<NetworkColumn> columns_;
};

// Runs sets one after the other, on one thread.
class NetworkRunner {
 public:
  explicit NetworkRunner(const PreparedNetwork& network);
  // The set whose realisations follow.
  void prepare(std::uint64_t set);
  // One realisation: out[measures], and the status. go_on(context) is asked now and then; false: the numbers mean nothing.
  std::uint8_t run(std::uint32_t replicate, double* out, bool (*go_on)(void*), void* context, const NetworkTrace* trace = nullptr);

 private:
  void prepare_arrivals();
  template <class Word>
  void fill_limits(std::size_t run, const std::vector<Arrivals>& of_population);

  const PreparedNetwork& network_;
  const std::vector<SweptColumn> columns_;
  Wirings wirings_;
  SetNumbers numbers_;
  std::vector<double> quantity_;
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
