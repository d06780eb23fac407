// What the objects compiled for one instruction set offer for networks: one set at a time, raw pointers only (kernels.hpp says why).
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels.hpp"
#include "network/plan.hpp"

namespace neurosweep {

inline constexpr int cell_steps = 8;         // inputs are drawn that far ahead

struct NetworkKernels {
  int width[2];                        // enum Precision
  DrawEdges draw[2];                   // the same
  std::size_t (*workspace_bytes)(const NetworkPlan&);
  std::uint8_t (*run)(const NetworkPlan&, const NetworkSet&);      // returns the status
};

#if defined(__x86_64__) && !defined(NS_BASELINE_ONLY)
namespace avx512 { const NetworkKernels& network_kernels(); }
namespace avx2 { const NetworkKernels& network_kernels(); }
#endif
namespace baseline { const NetworkKernels& network_kernels(); }

}  // namespace neurosweep
