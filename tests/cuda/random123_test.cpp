// Philox4x32-10 against its authors' own code.
#include <Random123/philox.h>
#undef philox4x32   // a macro of its C interface
#include <gtest/gtest.h>

#include <random>

#include "numerics/noise.hpp"

namespace neurosweep::test {
namespace {

void expect_same_block(const std::uint32_t (&w)[6]) {
  const r123::Philox4x32::ctr_type theirs = r123::Philox4x32()({{w[0], w[1], w[2], w[3]}}, {{w[4], w[5]}});
  const auto ours = philox4x32(w[0], w[1], w[2], w[3], w[4], w[5]);
  for (int i = 0; i < 4; ++i) ASSERT_EQ(ours[i], theirs[std::size_t(i)]);
}

TEST(Random123, SameBlocks) {
  std::mt19937 random(1);
  for (int trial = 0; trial < 100'000; ++trial) {
    std::uint32_t w[6];
    for (std::uint32_t& word : w) word = std::uint32_t(random());
    expect_same_block(w);
  }
}

// The known answer that Random123 publishes for a zero counter and key.
TEST(Random123, KnownAnswer) {
  expect_same_block({0, 0, 0, 0, 0, 0});
  const auto zero = philox4x32(0, 0, 0, 0, 0, 0);
  EXPECT_EQ(zero[0], 0x6627e8d5u);
  EXPECT_EQ(zero[1], 0xe169c58du);
  EXPECT_EQ(zero[2], 0xbc57ac4cu);
  EXPECT_EQ(zero[3], 0x9b00dbd8u);
}

}  // namespace
}  // namespace neurosweep::test
