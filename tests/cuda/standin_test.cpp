// What only the stand-in can show of the CUDA backend: order, lifetimes, and every call's failure.
#include <gtest/gtest.h>

#include <cstdio>

#include "limits.hpp"
#include "standin.hpp"
#include "sweeps.hpp"

namespace neurosweep::test {

// backend_test.cpp runs in a random order.
std::string prepare_device() {
  standin::reset({standin::Order::random, 7});
  return "";
}

namespace {

// Two replicates, several tiles, several slices, any engine.
Problem problem(Engine engine) {
  Problem p = gain_plane(3, 7, 500, 60);
  p.replicates = 2;
  add_noise(p);
  if (engine != Engine::none) ask_for_spectrum(p, engine, 150, 75);
  return p;
}

CudaLimits slices() {
  CudaLimits limits;
  limits.node_steps = 256 * 8;
  return limits;
}

Map run_standin(const standin::Config& config, Engine engine) {
  standin::reset(config);
  const Map map = run(*make_cuda_backend({}, slices()), problem(engine), 4);
  EXPECT_EQ(standin::live(), 0u);
  return map;
}

class Engines : public ::testing::TestWithParam<Engine> {};

TEST_P(Engines, AnyOrderGivesTheSame) {
  const Map eager = run_standin({standin::Order::eager}, GetParam());
  expect_same(run_standin({standin::Order::lazy}, GetParam()), eager);
  for (unsigned seed = 1; seed < 6; ++seed) expect_same(run_standin({standin::Order::random, seed}, GetParam()), eager);
}

TEST_P(Engines, SeveralDevices) {
  const Map one = run_standin({}, GetParam());
  for (const auto order : {standin::Order::lazy, standin::Order::random})
    expect_same(run_standin({.order = order, .devices = 3}, GetParam()), one);
}

// Each call fails once. The run either goes on with less memory and the same numbers, or ends with an error that names
// the place; nothing leaks either way. Only the destructors' last wait may fail unseen: everything was waited for
// before.
TEST_P(Engines, EveryCallFailsOnce) {
  const Problem p = problem(GetParam());
  const Map expected = run_standin({}, GetParam());
  int failures = 0, smaller = 0, unseen = 0;
  for (int k = 1;; ++k) {
    standin::reset({});
    standin::fail_call(k);
    bool reached = true;
    try {
      const Map map = run(*make_cuda_backend({}, slices()), p, 4);
      reached = standin::calls() >= k;
      if (reached) ++(map.said.empty() ? unseen : smaller);
      expect_same(map, expected);
    } catch (const std::runtime_error& e) {
      ++failures;
      const std::string what = e.what();
      EXPECT_TRUE(what.find(".cu") != std::string::npos || what.find("CUDA") != std::string::npos) << what;
    }
    ASSERT_EQ(standin::live(), 0u) << "leak when call " << k << " fails";
    if (!reached) break;
  }
  std::printf("%d calls failed the run, %d made it go on with less memory, %d in destructors\n", failures, smaller,
              unseen);
  EXPECT_GT(failures, 50);
  EXPECT_GT(smaller, 10);
  EXPECT_EQ(unseen, 3);
}

// Device memory for a few sets only: the tiles shrink until they fit, and the map stays the same.
TEST_P(Engines, LittleMemory) {
  const Map expected = run_standin({}, GetParam());
  standin::reset({.memory = GetParam() == Engine::fft ? 100'000u : GetParam() == Engine::direct ? 8'000u : 4'000u});
  CudaLimits limits = slices();
  limits.memory_share = 1e9;  // a wrong estimate
  const Map map = run(*make_cuda_backend({}, limits), problem(GetParam()), 21);
  EXPECT_FALSE(map.said.empty());
  EXPECT_EQ(map.tiles, 1u);
  expect_same(map, expected);
}

// With the estimate as it is nothing has to shrink.
TEST_P(Engines, EstimateOfMemoryHolds) {
  standin::reset({.memory = 400'000});
  const auto backend = make_cuda_backend({}, slices());
  EXPECT_LT(backend->tile_size(problem(GetParam())), 22u);
  EXPECT_TRUE(run(*backend, problem(GetParam())).said.empty());
}

TEST_P(Engines, AbortComesSoon) {
  standin::reset({});
  const Problem p = problem(GetParam());
  MapWork work(p, 4);
  work.abort_after = 1;
  make_cuda_backend({}, slices())->run(p, work);
  EXPECT_EQ(work.map.tiles, 0u);
  EXPECT_EQ(standin::live(), 0u);
  EXPECT_LE(work.map.node_steps, 2 * 8 * 256u);
}
// A launch is queued when the one before is done: so an abort or a progress line never waits for more than one.
TEST_P(Engines, LaunchesDoNotPileUp) {
  standin::reset({});
  Problem p = problem(GetParam());
  p.steps = 3000;
  CudaLimits limits;
  limits.node_steps = 1;  // 24 launches
  run(*make_cuda_backend({}, limits), p);
  EXPECT_LT(standin::most_queued(), 24);
}
INSTANTIATE_TEST_SUITE_P(All, Engines, ::testing::Values(Engine::none, Engine::direct, Engine::fft));

// ---- no device, or none that will do --------------------------------------------------------------------------------

std::string refusal(const standin::Config& config) {
  standin::reset(config);
  try {
    make_cuda_backend({});
  } catch (const std::runtime_error& e) { return e.what(); }
  return "";
}

TEST(NoDevice, SaysWhy) {
  EXPECT_EQ(refusal({.first_answer = cudaErrorInsufficientDriver}), "no NVIDIA driver found");
  EXPECT_EQ(refusal({.first_answer = cudaErrorNoDevice}), "no CUDA device found");
  EXPECT_EQ(refusal({.devices = 0}), "no CUDA device found");
  EXPECT_NE(refusal({.first_answer = cudaErrorInitializationError}).find("cudaError"), std::string::npos);
  EXPECT_NE(refusal({.code_answer = cudaErrorNoKernelImageForDevice}).find("compute capability 9.0"),
            std::string::npos);

  standin::reset({.first_answer = cudaErrorInsufficientDriver});
  std::string why;
  EXPECT_TRUE(cuda_devices(why).empty());
  EXPECT_EQ(why, "no NVIDIA driver found");
}

}  // namespace
}  // namespace neurosweep::test
