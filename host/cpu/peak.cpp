#include "peak.hpp"

#include <algorithm>
#include <chrono>

namespace neurosweep {
namespace {

// Runs of `f` per second: the most of several tries of a millisecond, as a core that does something else in between is slower.
template <class F>
double most_per_second(F f) {
  double most = 0;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto begin = std::chrono::steady_clock::now();
    std::chrono::duration<double> taken{};
    std::int64_t runs = 0;
    do f(), ++runs, taken = std::chrono::steady_clock::now() - begin;
    while (taken.count() < 1e-3);
    most = std::max(most, double(runs) / taken.count());
  }
  return most;
}

double instructions_per_second(PeakLoop loop) {
  constexpr int rounds = 10000;
  return most_per_second([&] { loop(rounds); }) * rounds * peak_chains;
}

}  // namespace

PeakRates peak_rates(const PeakLoops& loops, Precision precision) {
  PeakRates rates{0, instructions_per_second(loops.divide[int(precision)])};
  for (const PeakLoop loop : loops.mixtures) rates.vector = std::max(rates.vector, instructions_per_second(loop));
  return rates;
}

double core_clock() {
  constexpr int rounds = 10000, additions = 8;
  return rounds * additions * most_per_second([] {
    std::uint64_t x = 1;
    for (int i = 0; i < rounds; ++i)
#pragma GCC unroll 8
      for (int k = 0; k < additions; ++k) {
        x += x;
        asm volatile("" : "+r"(x));    // so that they are not added up beforehand
      }
  });
}

}  // namespace neurosweep
