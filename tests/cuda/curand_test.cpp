// The noise is cuRAND's: the same words at the same place of the same subsequence.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "common/csv_table.hpp"
#include "cuda/curand_words.hpp"
#include "numerics/noise.hpp"
#include "problem.hpp"

namespace neurosweep::test {
namespace {

// Word number `at` of a subsequence, by our generator.
std::uint32_t our_word(std::uint64_t seed, std::uint64_t subsequence, std::uint64_t at) {
  const std::uint64_t block = at / 4;
  const auto words = philox4x32(std::uint32_t(block), std::uint32_t(block >> 32), std::uint32_t(subsequence),
                                std::uint32_t(subsequence >> 32), std::uint32_t(seed), std::uint32_t(seed >> 32));
  return words[int(at % 4)];
}

TEST(Curand, SameWordsAnywhere) {
  std::mt19937_64 random(1);
  for (int trial = 0; trial < 20'000; ++trial) {
    const std::uint64_t seed = random(), subsequence = trial % 3 ? random() : std::uint64_t(trial);
    const std::uint64_t offset = trial % 5 == 0 ? ~std::uint64_t(0) - 64 - random() % 64  // at the far end
                                 : trial % 2    ? random()
                                                : std::uint64_t(trial);
    std::uint32_t words[11];
    curand_words(seed, subsequence, offset, words, 11);
    for (int i = 0; i < 11; ++i)
      ASSERT_EQ(words[i], our_word(seed, subsequence, offset + std::uint64_t(i)))
          << seed << ' ' << subsequence << ' ' << offset;
  }
}

// Normals<T> of a set, replicate and port take the words that curand_init(seed, set, offset) gives, where
// offset / 4 = block + 2^32 (port + 64 replicate).
TEST(Curand, CounterOfNormals) {
  for (const std::uint64_t set : {std::uint64_t(0), std::uint64_t(5), (std::uint64_t(1) << 40) - 1})
    for (const std::uint32_t replicate : {0u, 7u, max_replicates - 1})
      for (const std::uint32_t port : {0u, 2u, 63u})
        for (const std::uint32_t block : {0u, 1u, 0xffffffffu}) {
          const std::uint64_t seed = 0x123456789abcdefull;
          const std::uint64_t counter = block + (std::uint64_t(port + std::uint64_t(max_ports) * replicate) << 32);
          std::uint32_t words[4];
          curand_words(seed, set, counter * 4, words, 4);
          Normals<double> normals;
          normals.init(seed, set, replicate, port);
          double z[4], expected[4];
          normals.draw<4>(block, z);
          box_muller<double, 2>(words, expected);
          for (int i = 0; i < 4; ++i)
            EXPECT_EQ(z[i], expected[i]) << set << ' ' << replicate << ' ' << port << ' ' << block;
        }
}

std::uint64_t integer(const CsvTable& t, std::size_t row, const char* column) {
  return std::strtoull(t.text(row, column).c_str(), nullptr, 10);
}

TEST(Curand, Table) {
  const CsvTable table = read_csv("philox/words.csv");
  ASSERT_EQ(table.rows.size(), 960u);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const std::uint64_t seed = integer(table, row, "seed"), subsequence = integer(table, row, "subsequence");
    const std::uint64_t at = integer(table, row, "offset") + integer(table, row, "i");
    std::uint32_t word;
    curand_words(seed, subsequence, at, &word, 1);
    EXPECT_EQ(word, integer(table, row, "word")) << row;
    EXPECT_EQ(our_word(seed, subsequence, at), word) << row;
  }
}

}  // namespace
}  // namespace neurosweep::test
