// Philox and Box-Muller as scalars; lanes are held to these in tests/cpu.
#include "numerics/noise.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/csv_table.hpp"

namespace neurosweep::test {
namespace {

std::uint64_t whole(const CsvTable& t, std::size_t row, const char* name) { return std::stoull(t.text(row, name)); }
std::uint32_t word(const CsvTable& t, std::size_t row, const char* name) { return std::uint32_t(whole(t, row, name)); }

TEST(Philox, KnownAnswersOfRandom123) {
  const CsvTable t = read_csv("philox/block.csv");
  ASSERT_GE(t.rows.size(), 3u);
  for (std::size_t i = 0; i < t.rows.size(); ++i) {
    const auto r = philox4x32(word(t, i, "c0"), word(t, i, "c1"), word(t, i, "c2"), word(t, i, "c3"), word(t, i, "k0"), word(t, i, "k1"));
    const char* names[] = {"r0", "r1", "r2", "r3"};
    for (int k = 0; k < 4; ++k) EXPECT_EQ(r[k], word(t, i, names[k])) << "row " << i;
  }
}

// curand_init(seed, subsequence, offset): the words of the stream, block by block.
TEST(Philox, StreamsAreCuRands) {
  const CsvTable t = read_csv("philox/words.csv");
  ASSERT_EQ(t.rows.size() % 64, 0u);
  ASSERT_GT(t.rows.size(), 0u);
  for (std::size_t i = 0; i < t.rows.size(); ++i) {
    const std::uint64_t seed = whole(t, i, "seed"), sub = whole(t, i, "subsequence"), offset = whole(t, i, "offset");
    const std::uint64_t n = offset % 4 + whole(t, i, "i"), b = offset / 4 + n / 4;
    const auto r = philox4x32(std::uint32_t(b), std::uint32_t(b >> 32), std::uint32_t(sub), std::uint32_t(sub >> 32),
                              std::uint32_t(seed), std::uint32_t(seed >> 32));
    ASSERT_EQ(r[int(n % 4)], word(t, i, "word")) << "row " << i;
  }
}

// Box-Muller by the book, from the same words in long double.
void exact_normals(std::uint32_t a, std::uint32_t b, double& z0, double& z1) {
  const long double u = (a >> 1) * 0x1p-31L + 0x1p-32L, angle = std::int32_t(b) * 0x1p-31L * 3.141592653589793238463L;
  const long double radius = std::sqrt(-2 * std::log(u));
  z0 = double(radius * std::cos(angle)), z1 = double(radius * std::sin(angle));
}

template <class T>
double worst_error(double smallest_radius, double largest_radius) {
  double worst = 0;
  for (std::uint32_t i = 0; i < 200000; ++i) {
    const auto w = philox4x32(i, 0, 7, 0, 1, 2);
    double e0, e1;
    T z[2];
    exact_normals(w[0], w[1], e0, e1);
    box_muller<T, 1>(w.v, z);
    const double r = std::hypot(e0, e1);
    if (r >= smallest_radius && r < largest_radius) worst = std::max({worst, std::fabs(double(z[0]) - e0), std::fabs(double(z[1]) - e1)});
  }
  return worst;
}

// Rounding u to a float shifts u by up to 3e-8 next to 1, and so the radius r = sqrt(-2 ln u) by 3e-8 / r: all that there is at
// small radii. At large ones the logarithm (4e-7 relative) and the angle's rounding (6e-8 half turns) give 2e-6.
TEST(Normals, FloatIsNearTheExactFormula) {
  EXPECT_LT(worst_error<float>(1, 10), 4e-6);
  EXPECT_LT(worst_error<float>(0.1, 1), 2e-6);
  EXPECT_LT(worst_error<float>(0.01, 0.1), 6e-6);
  EXPECT_LT(worst_error<float>(0, 0.01), 3.6e-4);
}
TEST(Normals, DoubleIsExactToRounding) { EXPECT_LT(worst_error<double>(0, 10), 2e-14); }

TEST(Normals, EdgesOfTheWords) {
  for (std::uint32_t a : {0u, 1u, 2u, 0x7fffffffu, 0x80000000u, 0xfffffffeu, 0xffffffffu})
    for (std::uint32_t b : {0u, 1u, 0x40000000u, 0x7fffffffu, 0x80000000u, 0xc0000000u, 0xffffffffu}) {
      const std::uint32_t w[2] = {a, b};
      double e0, e1, d[2];
      float f[2];
      exact_normals(a, b, e0, e1);
      box_muller<double, 1>(w, d), box_muller<float, 1>(w, f);
      EXPECT_NEAR(d[0], e0, 2e-14);
      EXPECT_NEAR(d[1], e1, 2e-14);
      // Next to u = 1 a float cannot tell u from 1: the radius is 0 where it should be below sqrt(2 * 2^-24) = 3.5e-4.
      EXPECT_NEAR(f[0], e0, 3.6e-4);
      EXPECT_NEAR(f[1], e1, 3.6e-4);
    }
}

// Four million normals: each moment within 4.5 standard errors of the normal distribution's.
TEST(Normals, MomentsAreNormal) {
  Normals<float> stream;
  stream.init(42, 3, 0, 1);
  double s[5] = {};
  const double n = 4e6;
  for (std::uint32_t block = 0; block < 1000000; ++block) {
    float z[4];
    stream.draw<4>(block, z);
    for (double x : z) s[1] += x, s[2] += x * x, s[3] += x * x * x, s[4] += x * x * x * x;
  }
  EXPECT_NEAR(s[1] / n, 0, 4.5 * std::sqrt(1 / n));
  EXPECT_NEAR(s[2] / n, 1, 4.5 * std::sqrt(2 / n));
  EXPECT_NEAR(s[3] / n, 0, 4.5 * std::sqrt(15 / n));
  EXPECT_NEAR(s[4] / n, 3, 4.5 * std::sqrt(96 / n));
}

// Sets, replicates, ports and seeds have streams of their own.
TEST(Normals, StreamsDiffer) {
  auto first = [](std::uint64_t seed, std::uint64_t set, std::uint32_t replicate, std::uint32_t port) {
    Normals<double> s;
    s.init(seed, set, replicate, port);
    double z[4];
    s.draw<4>(0, z);
    return z[0];
  };
  const double base = first(1, 2, 3, 1);
  EXPECT_NE(base, first(2, 2, 3, 1));
  EXPECT_NE(base, first(1 + (std::uint64_t(1) << 32), 2, 3, 1));
  EXPECT_NE(base, first(1, 3, 3, 1));
  EXPECT_NE(base, first(1, 2 + (std::uint64_t(1) << 32), 3, 1));
  EXPECT_NE(base, first(1, 2, 4, 1));
  EXPECT_NE(base, first(1, 2, 3, 0));
  EXPECT_EQ(base, first(1, 2, 3, 1));
}

}  // namespace
}  // namespace neurosweep::test
