// cuRAND's Philox generator, its device code compiled for the host, in a file of its own: it and Random123 both define
// mulhilo32.
#pragma once
#include <cstdint>

namespace neurosweep::test {

// The first n words of curand() after curand_init(seed, subsequence, offset).
void curand_words(std::uint64_t seed, std::uint64_t subsequence, std::uint64_t offset, std::uint32_t* words, int n);

}  // namespace neurosweep::test
