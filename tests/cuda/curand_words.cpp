#include "cuda/curand_words.hpp"

#define QUALIFIERS static inline
#include <cuda_runtime_api.h>
#include <vector_functions.h>
// After them:
#include <curand_kernel.h>

namespace neurosweep::test {

void curand_words(std::uint64_t seed, std::uint64_t subsequence, std::uint64_t offset, std::uint32_t* words, int n) {
  curandStatePhilox4_32_10_t state;
  curand_init(seed, subsequence, offset, &state);
  for (int i = 0; i < n; ++i) words[i] = curand(&state);
}

}  // namespace neurosweep::test
