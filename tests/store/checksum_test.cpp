#include "host/store/checksum.hpp"

#include <gtest/gtest.h>

#include "host/store/record.hpp"
#include "small_store.hpp"

namespace neurosweep::test {
namespace {

// The buffer of xxHash's own tests (tests/sanity_test.c).
std::string sanity_buffer(std::size_t n) {
  std::string bytes(n, '\0');
  std::uint64_t generator = 2654435761u;
  for (char& byte : bytes) byte = char(generator >> 56), generator *= 11400714785074694797u;
  return bytes;
}

// XSUM_XXH128_testdata of xxHash's tests/sanity_test_vectors.h, seed 0: one for each way the algorithm takes by length.
TEST(Checksum, PublishedVectors) {
  EXPECT_EQ(checksum(""), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(checksum(sanity_buffer(1)), "a6cd5e9392000f6ac44bdff4074eecdb");
  EXPECT_EQ(checksum(sanity_buffer(6)), "082afe0b8162d12a3e7039bdda43cfc6");
  EXPECT_EQ(checksum(sanity_buffer(12)), "6e3efd8fc7802b18061a192713f69ad9");
}

TEST(Record, TextAndBack) {
  Folder here;
  Record record;
  record.sums = {{"b/0", checksum("2")}, {"a c/0.1", checksum("1")}};
  EXPECT_EQ(record.text(), checksum("1") + "  a c/0.1\n" + checksum("2") + "  b/0\n");
  write_file(here / "r", record.text());
  EXPECT_EQ(read_record(here / "r").sums, record.sums);
  EXPECT_FALSE(read_record(here / "r").damaged);
}

TEST(Record, NoFileIsAnEmptyRecord) {
  EXPECT_TRUE(read_record("/no/such/file").sums.empty());
  EXPECT_FALSE(read_record("/no/such/file").damaged);
}

// Cut at any byte: only whole lines count, and that something is missing shows but between lines.
TEST(Record, TornAnywhere) {
  Folder here;
  Record record;
  record.sums = {{"amplitude/0.12", checksum("1")}, {"status/0.12", checksum("2")}};
  const std::string text = record.text();
  const std::size_t first = text.find('\n') + 1;
  for (std::size_t n = 0; n < text.size(); ++n) {
    SCOPED_TRACE(n);
    write_file(here / "r", text.substr(0, n));
    const Record torn = read_record(here / "r");
    EXPECT_EQ(torn.sums.size(), n < first ? 0 : 1);
    EXPECT_EQ(torn.damaged, n != 0 && n != first);
    for (const auto& [name, sum] : torn.sums) EXPECT_EQ(record.sums.at(name), sum);
  }
}

TEST(Record, WhatIsNoLine) {
  Folder here;
  for (const std::string& line : {std::string("x"), checksum("1") + " a/0", checksum("1") + "  ", "g" + checksum("1").substr(1) + "  a/0",
                                  checksum("1") + "0  a/0", std::string(100, '\0')}) {
    write_file(here / "r", line + "\n");
    EXPECT_TRUE(read_record(here / "r").damaged) << line;
    EXPECT_TRUE(read_record(here / "r").sums.empty()) << line;
  }
}

}  // namespace
}  // namespace neurosweep::test
