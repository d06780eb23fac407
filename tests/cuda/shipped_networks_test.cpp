// The shipped sweeps of networks, shortened, as their files say them; and where --device sends a network. Compiled with networks_test.cpp.
#include <gtest/gtest.h>

#include <cstdlib>

#include "common/networks.hpp"
#include "host/plan/device.hpp"
#include "host/plan/one_rank.hpp"
#include "sweeps.hpp"

namespace neurosweep::test {
namespace {

class ShippedNetworks : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string why = prepare_device();
    if (why.empty()) return;
    if (std::getenv("NEUROSWEEP_REQUIRE_GPU") != nullptr) FAIL() << why;
    GTEST_SKIP() << why;
  }
  std::vector<std::string> said;
  std::unique_ptr<Backend> backend(const Problem& p, const std::string& device) {
    OneRank alone;
    return backend_for(p, device, 1, alone, [&](const std::string& line) { said.push_back(line); });
  }
};

TEST_F(ShippedNetworks, AsTheCpu) {
  const struct {
    const char* name;
    std::vector<std::string> set;
    double tolerance;
  } sweeps[] = {{"eig_drive", {"duration=150 ms", "transient=50 ms", "spectrum.segment=100"}, 1e-6},
                {"lif_ei_slow_fast", {"duration=30 ms", "transient=5 ms"}, 1e-8},
                {"balanced", {"duration=12 ms", "transient=2 ms"}, 1e-8}};
  for (const auto& sweep : sweeps) {
    SCOPED_TRACE(sweep.name);
    Overrides overrides{sweep.set, {}};
    overrides.set.push_back("precision=double");
    SweepSpec spec = load_sweep(std::string(NEUROSWEEP_SWEEPS) + "/" + sweep.name + ".toml", overrides);
    Problem& p = spec.problem;
    for (Axis& axis : p.axes) axis.values = {axis.values.front(), axis.values.back()};
    const auto gpu = backend(p, "auto");
    EXPECT_EQ(gpu->device().find("cuda:0 "), 0u);
    choose_engine(spec, *gpu);
    expect_close(run(*gpu, p), run(*make_cpu_backend(1), p), p, sweep.tolerance);
  }
  EXPECT_TRUE(said.empty());
}

TEST_F(ShippedNetworks, TooLargeForABlock) {
  Net net = balanced(10000, Precision::double_, 200);
  net.measure(Measure::rate, 0);
  EXPECT_EQ(backend(net.p, "auto")->device().find("cuda"), std::string::npos);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_EQ(said[0].find("note: a network of 10000 cells needs "), 0u) << said[0];
  EXPECT_NE(said[0].find(" bytes of a GPU's shared memory, and a block may use "), std::string::npos) << said[0];
  EXPECT_NE(said[0].find("; using the CPU"), std::string::npos) << said[0];
  try {
    backend(net.p, "cuda");
    FAIL() << "no error";
  } catch (const SpecError& e) {
    EXPECT_EQ(std::string(e.what()).find("--device cuda: a network of 10000 cells needs "), 0u) << e.what();
    EXPECT_NE(std::string(e.what()).find("; --device cpu has no such limit"), std::string::npos) << e.what();
  }
  EXPECT_EQ(backend(net.p, "cpu")->device().find("cuda"), std::string::npos);
}

}  // namespace
}  // namespace neurosweep::test
