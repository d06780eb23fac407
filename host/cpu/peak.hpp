// What one core carries out at most: what a time loop's speed is compared with.
#pragma once
#include <cstdint>
#include <string>

#include "problem.hpp"

namespace neurosweep {

// Instructions on whole registers, for one instruction set: rounds of as many chains as hide each other's latencies and fit 16
// registers, an instruction of each chain in a round.
inline constexpr int peak_chains = 12;
using PeakLoop = void (*)(std::int64_t rounds);
struct PeakLoops {
  PeakLoop mixtures[4];                // of products, sums and logic: which is fastest depends on the core
  PeakLoop divide[2];                  // enum Precision
  int lanes[2];                        // the same: numbers in a register
};

#if defined(__x86_64__) && !defined(NS_BASELINE_ONLY)
namespace avx512 { const PeakLoops& peak_loops(); }
namespace avx2 { const PeakLoops& peak_loops(); }
#endif
namespace baseline { const PeakLoops& peak_loops(); }

// isa "" = the best this CPU has, else one of cpu_isas().
const PeakLoops& peak_loops(const std::string& isa = "");

struct PeakRates {                     // instructions per second
  double vector;                       // of the fastest mixture
  double divide;
};
// Measured now, on the calling thread: some 15 ms.
PeakRates peak_rates(const PeakLoops& loops, Precision precision);

// Hz of the core that this thread runs on, by a chain of additions that take a clock each: some 3 ms.
double core_clock();

}  // namespace neurosweep
