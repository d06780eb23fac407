// The functions of maths.hpp that are not the C library's.
#include "numerics/maths.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace neurosweep::test {
namespace {

// The errors: the polynomials', and beyond them that of e^z against e^z - 1: its exponent rounds by |z| 2^-24, and log2(e) lacks 2^-26.
TEST(Maths, PhiAndBernoulliAsAGpuComputesThem) {
  auto exact = [](float z) { return std::expm1(double(z)) / double(z); };
  for (double at = -87; at < 87; at += 0.001) {
    const float z = float(at);
    const double loss = std::fabs(at) < 0.75 ? 1 : std::exp(at) / std::fabs(std::expm1(at));
    const double error = 2e-7 + loss * (1 + std::fabs(at)) * 8e-8;
    EXPECT_NEAR(double(gpu_phi1(z)) / exact(z), 1, error) << at;
    EXPECT_NEAR(double(gpu_bernoulli(z)) * exact(z), 1, error) << at;
  }
  for (double size = 1e-30; size < 1; size *= 1.5)
    for (const float z : {float(size), float(-size)}) {
      EXPECT_NEAR(double(gpu_phi1(z)) / exact(z), 1, 4e-7) << z;
      EXPECT_NEAR(double(gpu_bernoulli(z)) * exact(z), 1, 4e-7) << z;
    }
  EXPECT_EQ(gpu_phi1(0), 1);
  EXPECT_EQ(gpu_bernoulli(0), 1);
  for (double z = 90; z < 1e30; z *= 1.7) {
    EXPECT_NEAR(double(gpu_phi1(float(z))) * z, 0x1p127, 1e-6 * 0x1p127) << z;
    EXPECT_NEAR(double(gpu_phi1(float(-z))) * z, 1, 2e-7) << z;
    EXPECT_LT(gpu_bernoulli(float(z)), 1e-8f) << z;
    EXPECT_NEAR(double(gpu_bernoulli(float(-z))) / z, 1, 2e-7) << z;
  }
  for (const float z : {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) EXPECT_EQ(gpu_phi1(z), 0);
  EXPECT_TRUE(std::isnan(gpu_phi1(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(gpu_bernoulli(std::numeric_limits<float>::quiet_NaN())));
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
