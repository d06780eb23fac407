// The functions of maths.hpp that are not the C library's.
#include "numerics/maths.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace neurosweep::test {
namespace {

// The error: r's and the polynomial's rounding, and |z| 2^-24 from log2(e).
TEST(Maths, Expm1AsAGpuComputesIt) {
  for (double z = -87; z < 87; z += 0.001) {
    const double exact = std::expm1(double(float(z)));
    EXPECT_NEAR(double(gpu_expm1(float(z))) / exact, 1, (4 + std::fabs(z)) * 6e-8) << z;
  }
  for (double z = 1e-12; z < 1; z *= 1.5)
    for (double sign : {1.0, -1.0}) EXPECT_NEAR(double(gpu_expm1(float(sign * z))) / std::expm1(double(float(sign * z))), 1, 3e-7);
  EXPECT_EQ(gpu_expm1(0), 0);
  for (double z = 88; z < 1e30; z *= 1.7) {
    EXPECT_GT(gpu_expm1(float(z)), 1e38f) << z;
    EXPECT_EQ(gpu_expm1(float(-z)), -1) << z;
  }
  EXPECT_GT(gpu_expm1(std::numeric_limits<float>::infinity()), 1e38f);
  EXPECT_TRUE(std::isnan(gpu_expm1(std::numeric_limits<float>::quiet_NaN())));
}

TEST(Maths, PhiAndBernoulliAtTheirSingularity) {
  for (double z : {0.0, 1e-300, -1e-300, 1e-17, -1e-17}) {
    EXPECT_EQ(phi1(z), 1);
    EXPECT_EQ(bernoulli(z), 1);
  }
  for (double z : {-30.0, -2.0, -1e-3, 1e-3, 0.7, 30.0}) {
    EXPECT_NEAR(phi1(z) * bernoulli(z), 1, 4e-16);
    EXPECT_NEAR(phi1(z), (std::exp(z) - 1) / z, 1e-12 * phi1(z));
  }
}

}  // namespace
}  // namespace neurosweep::test
