// What an instruction set's lanes compute, reachable from a test that is compiled without its flags.
#pragma once
#include <cstdint>

#include "host/cpu/fft_plan.hpp"

namespace neurosweep::test {

template <class E>
struct Probe {
  int width;
  // n is a multiple of width
  void (*exp2)(const E* x, E* y, int n);
  void (*expm1)(const E* x, E* y, int n);
  void (*phi1)(const E* x, E* y, int n);
  void (*logistic2)(const E* x, E* y, int n);              // 1 / (1 + 2^x): the scaling by logistic_units included
  void (*sin_half_turns)(const E* x, E* y, int n);
  // Normals z0[i], z1[i] from words a[i], b[i]; n words each
  void (*box_muller)(const std::uint32_t* a, const std::uint32_t* b, E* z0, E* z1, int n);
  // z[block * 4 * width + k * width + lane], k = 0..3
  void (*normals)(std::uint64_t seed, const std::uint64_t* set, const std::uint32_t* replicate, std::uint32_t port,
                  std::uint32_t first_block, int blocks, E* z);
  // One step of JansenRit::ExpEuler for `width` sets, in_E = in; p[parameter * width + lane], x[state * width + lane]
  void (*jansen_rit)(const E* p, E in, E dt, E* x);
  // Complex transform of plan.length points; x[(2 j + part) * width + lane]; root: cos, sin of 2 pi j / length
  void (*fft)(const FftPlan& plan, const E* x, E* y, const E* root);
};

struct IsaProbe {
  const char* isa;
  Probe<float> single_;
  Probe<double> double_;
};

#if defined(__x86_64__) && !defined(NS_BASELINE_ONLY)
namespace avx512 { extern const IsaProbe probe; }
namespace avx2 { extern const IsaProbe probe; }
#endif
namespace baseline { extern const IsaProbe probe; }

}  // namespace neurosweep::test
