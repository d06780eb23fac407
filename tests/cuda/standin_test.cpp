// What only the stand-in can show of the CUDA backend: order, lifetimes, and every call's failure.
#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

#include "node_sweep.cuh"
#include "common/networks.hpp"
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

// Notes where the first tile begins, and what is alive when a tile is done.
struct WatchedWork : MapWork {
  using MapWork::MapWork;
  bool next(Tile& tile) override {
    if (first_tile == 0) first_tile = standin::calls() + 1;
    return MapWork::next(tile);
  }
  void done(TileResult result) override {
    MapWork::done(std::move(result));
    live = standin::live();
  }
  int first_tile = 0;  // number of the first call for it
  std::size_t live = 0;
};

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
struct Failures {
  int failures = 0, smaller = 0, unseen = 0, out_of_memory = 0;
  std::set<std::size_t> live_with_one;
};
Failures fail_every_call(const Problem& p, const CudaLimits& limits, std::uint64_t tile, const Map& expected) {
  Failures f;
  for (int k = 1;; ++k) {
    standin::reset({});
    standin::fail_call(k);
    bool reached = true;
    WatchedWork work(p, tile);
    const Map& map = work.map;
    try {
      make_cuda_backend({}, limits)->run(p, work);
      reached = standin::calls() >= k;
      if (reached) ++(map.said.empty() ? f.unseen : f.smaller);
      if (reached && !map.said.empty() && map.said[0].find("one tile at a time") != std::string::npos)
        f.live_with_one.insert(work.live);
      expect_same(map, expected);
    } catch (const std::runtime_error& e) {
      ++f.failures;
      const std::string what = e.what();
      EXPECT_TRUE(what.find(".cu") != std::string::npos || what.find("CUDA") != std::string::npos) << what;
      EXPECT_TRUE(what.find("cuda:0 stand-in") == 0 || work.first_tile == 0) << what;
      EXPECT_EQ(what.find(", sets ") != std::string::npos, work.first_tile > 0) << what;
      f.out_of_memory += what.find("cudaErrorMemoryAllocation") != std::string::npos;
    }
    EXPECT_EQ(standin::live(), 0u) << "leak when call " << k << " fails";
    if (!reached || ::testing::Test::HasFailure()) break;
  }
  std::printf("%d calls failed the run, %d made it go on with less memory, %d in destructors\n", f.failures, f.smaller,
              f.unseen);
  return f;
}

TEST_P(Engines, EveryCallFailsOnce) {
  const Failures f = fail_every_call(problem(GetParam()), slices(), 4, run_standin({}, GetParam()));
  EXPECT_GT(f.failures, 50);
  EXPECT_GT(f.smaller, 10);
  EXPECT_EQ(f.unseen, 3);
  EXPECT_EQ(f.out_of_memory, 2);          // the axes, before any tile
  EXPECT_EQ(f.live_with_one.size(), 1u);  // whatever was missing, a runner that rests holds nothing
}

// Tiles of eleven sets in parts of ten and one: the second runner is done first and needs more for its next part.
TEST_P(Engines, NoMemoryToGrow) {
  const Problem p = problem(GetParam());
  const Map expected = run_standin({}, GetParam());
  CudaLimits limits = slices();
  limits.realisations = 20;
  int resting = 0;
  for (int k = 1;; ++k) {
    standin::reset({});
    standin::fail_call(k);
    WatchedWork work(p, 11);
    bool reached = true;
    try {
      make_cuda_backend({}, limits)->run(p, work);
      reached = standin::calls() >= k;
      expect_same(work.map, expected);
      resting += reached && !work.map.said.empty();
    } catch (const std::runtime_error&) {}
    ASSERT_EQ(standin::live(), 0u);
    if (!reached) break;
  }
  EXPECT_GT(resting, 20);
}

// Device memory for a few sets only: the tiles shrink until they fit, and the map stays the same.
TEST_P(Engines, LittleMemory) {
  const Map expected = run_standin({}, GetParam());
  standin::reset({.memory = GetParam() == Engine::fft ? 100'000u : GetParam() == Engine::direct ? 12'000u : 4'000u});
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

// The message of a failed launch or wait: device, tile, place, call, reason.
TEST(Errors, NameTheTile) {
  const Problem p = problem(Engine::none);
  std::set<std::string> tiles;
  bool both = false, waiting = false;
  for (int k = 1; k < 10'000; ++k) {
    standin::reset({});
    standin::fail_call(k);
    try {
      run(*make_cuda_backend({}, slices()), p, 4);
      if (standin::calls() < k) break;
    } catch (const std::runtime_error& e) {
      const std::string what = e.what();
      if (what.find("launch(instance.kernel") == std::string::npos &&
          what.find("cudaEventSynchronize(") == std::string::npos)
        continue;
      waiting = waiting || what.find("cudaEventSynchronize(") != std::string::npos;
      EXPECT_EQ(what.find("cuda:0 stand-in, sets "), 0u) << what;
      EXPECT_TRUE(what.find(": tile_runner.cuh:") != std::string::npos || what.find(": node_sweep.cuh:") != std::string::npos) << what;
      EXPECT_NE(what.find("(the stand-in made it so)"), std::string::npos) << what;
      const std::size_t at = what.find("sets ");
      tiles.insert(what.substr(at, what.find_first_of(":(", at) - at));
      both = both || what.find("(in flight too: sets ") != std::string::npos;
    }
  }
  EXPECT_TRUE(both);
  EXPECT_TRUE(waiting);
  for (const char* tile :
       {"sets 0 to 3", "sets 4 to 7", "sets 8 to 11", "sets 12 to 15", "sets 16 to 19", "sets 20 to 20"})
    EXPECT_TRUE(tiles.count(tile) || tiles.count(std::string(tile) + " ")) << tile;
}

// ---- networks -------------------------------------------------------------------------------------------------------

// Small ones, in several tiles and launches, with a spectrum.
Net small_networks() {
  Net net = balanced(10, Precision::double_, 160);
  net.p.transient = 20, net.p.replicates = 2;
  net.p.axes = {{net.drive(0, drive_mean), {0, 20, 40, 60, 80}}};
  for (const int population : {0, 1}) net.measure(Measure::spike_count, population), net.measure(Measure::peak_power, population, signal_v);
  net.p.spectrum.engine = Engine::fft, net.p.spectrum.segment = 40, net.p.spectrum.overlap = 20;
  net.p.spectrum.kept = net.p.spectrum.peak = {1, 10};
  return net;
}
CudaLimits short_launches() {
  CudaLimits limits;
  limits.node_steps = 1;  // 128 steps
  return limits;
}
Map run_networks(const standin::Config& config, const Problem& p) {
  standin::reset(config);
  const Map map = run(*make_cuda_backend({}, short_launches()), p, 2);
  EXPECT_EQ(standin::live(), 0u);
  return map;
}

TEST(Networks, AnyOrderGivesTheSame) {
  const Net net = small_networks();
  const Map eager = run_networks({standin::Order::eager}, net.p);
  expect_same(run_networks({standin::Order::lazy}, net.p), eager);
  for (unsigned seed = 1; seed < 4; ++seed) expect_same(run_networks({standin::Order::random, seed}, net.p), eager);
  expect_same(run_networks({.order = standin::Order::random, .devices = 3}, net.p), eager);
}

TEST(Networks, EveryCallFailsOnce) {
  const Net net = small_networks();
  const Failures f = fail_every_call(net.p, short_launches(), 2, run_networks({}, net.p));
  EXPECT_GT(f.failures, 50);
  EXPECT_GT(f.smaller, 10);
  EXPECT_EQ(f.unseen, 3);
  EXPECT_EQ(f.out_of_memory, 1);          // the tables that all sets share, before any tile
  EXPECT_EQ(f.live_with_one.size(), 1u);
}

// Device memory for a set or two: the tiles shrink until they fit, and the map stays the same.
TEST(Networks, LittleMemory) {
  const Net net = small_networks();
  const Map expected = run_networks({}, net.p);
  standin::reset({.memory = 60'000});
  CudaLimits limits = short_launches();
  limits.memory_share = 1e9;              // a wrong estimate
  const Map map = run(*make_cuda_backend({}, limits), net.p, 5);
  ASSERT_FALSE(map.said.empty());
  EXPECT_NE(map.said[0].find("out of memory; going on with "), std::string::npos);
  expect_same(map, expected);
  standin::reset({.memory = 120'000});    // with the estimate as it is nothing has to shrink
  const auto backend = make_cuda_backend({}, short_launches());
  EXPECT_LT(backend->tile_size(net.p), 5u);
  EXPECT_TRUE(run(*backend, net.p).said.empty());
}

TEST(Networks, AbortComesSoon) {
  standin::reset({});
  const Net net = small_networks();
  MapWork work(net.p, 2);
  work.abort_after = 1;
  make_cuda_backend({}, short_launches())->run(net.p, work);
  EXPECT_EQ(work.map.tiles, 0u);
  EXPECT_EQ(standin::live(), 0u);
  EXPECT_LE(work.map.node_steps, 2 * 2 * 2 * 10 * 128u);
}

// The threads of a block first to last and last to first: whatever one writes for another waits for a barrier.
TEST(Networks, AnyOrderOfThreads) {
  Net net = balanced(80, Precision::single_, 300);
  net.p.transient = 10;
  net.projection({0}, {1}, net.receptor(Transmission::jump), 0.3, 0.2, 0.02), net.projection({1}, {0}, net.receptor(Transmission::current, 4), -0.3);
  net.gap(0, 1, 0.1, 0.3);
  for (const int population : {0, 1})
    for (const NetworkSignal signal : {signal_rate, signal_v, signal_exc, signal_inh, signal_lfp}) net.measure(Measure::std, population, signal);
  net.measure(Measure::synchrony, 0), net.measure(Measure::spike_count, 1);
  standin::reset({.threads = standin::Threads::forwards});
  const Map forwards = run(*make_cuda_backend({}), net.p);
  standin::reset({.threads = standin::Threads::backwards});
  expect_same(run(*make_cuda_backend({}), net.p), forwards);
}

// Rows of one step as lists that reach the same cells, from different places: a thread that did not wait for the one before would add to what
// is not there yet, and in another order. 2^53 + 1 + 1 is 2^53 in this order and no other.
TEST(Networks, RowsOneAfterTheOther) {
  Net net(0.1e-3, 20);
  const int given = net.population("g", "", 3), many = net.population("l", "lif", 200), one = net.population("o", "lif", 1);
  for (int i = 0; i < 3; ++i) net.n->populations[std::size_t(given)].spikes.push_back({5, i});
  const int receptor = net.receptor(Transmission::current, 1e6);
  std::vector<Edge> edges;
  for (int i = 0; i < 3; ++i) {
    for (int k = 0; k < i; ++k) edges.push_back({i, k, 0.5, receptor, 0});
    edges.push_back({i, 200, i == 0 ? 0x1p53 : 1.0, receptor, 0});
  }
  net.listed({given}, {many, one}, edges);
  net.measure(Measure::maximum, one, signal_exc);
  for (const auto threads : {standin::Threads::forwards, standin::Threads::backwards}) {
    standin::reset({.threads = threads});
    EXPECT_EQ(run(*make_cuda_backend({}), net.p).values[0], 0x1p53);
  }
}

// ---- how much at a time ---------------------------------------------------------------------------------------------

// One set alone does not fill a device: a launch must not have all the steps that a full one could do.
TEST(Launches, AreShortForFewSets) {
  Problem p = gain_plane(1, 1, 250'000, 0);
  for (const auto& [precision, method, longest] : {std::tuple(Precision::single_, Method::exp_euler, 100'000u),
                                                   std::tuple(Precision::double_, Method::exp_euler, 50'000u),
                                                   std::tuple(Precision::double_, Method::rk4, 13'000u)}) {
    standin::reset({.order = standin::Order::eager});
    p.precision = precision, p.method = method;
    if (method == Method::rk4) p.steps = 30'000;
    const Map map = run(*make_cuda_backend({}), p);
    EXPECT_LE(map.longest, longest);
    EXPECT_GT(map.longest, longest / 2);
    EXPECT_EQ(map.node_steps, std::uint64_t(p.steps));
  }
}

// Enough tiles for copies to hide, none too small to fill a device, all of whole warps.
TEST(Tiles, SeveralForEachDevice) {
  Problem p = gain_plane(512, 512, 400, 100);
  auto tile = [&](int sets, int devices = 1) {
    standin::reset({.devices = devices});
    p.axes.pop_back();
    add_axis(p, JansenRit::Ai, 15, 30, sets / 512);
    return make_cuda_backend({})->tile_size(p);
  };
  EXPECT_EQ(tile(1 << 18), 1u << 16);
  EXPECT_EQ(tile(1 << 17), 1u << 15);
  EXPECT_EQ(tile(1 << 16), 1u << 15);
  EXPECT_EQ(tile(1 << 15), 1u << 15);
  EXPECT_EQ(tile(1 << 10), 1u << 10);
  EXPECT_EQ(tile(1 << 18, 2), 1u << 15);
  EXPECT_EQ(tile(1 << 21), 1u << 18);
  p.axes.pop_back();
  add_axis(p, JansenRit::Ai, 15, 30, 333);
  standin::reset({});
  EXPECT_EQ(make_cuda_backend({})->tile_size(p), (512u * 333u / 4 + 31) / 32 * 32);
  p.replicates = 8;
  EXPECT_EQ(make_cuda_backend({})->tile_size(p) % 32, 0u);
  EXPECT_LE(make_cuda_backend({})->tile_size(p) * 8, 1u << 18);
}

// cuFFT counts a plan's elements in an int, its stride included.
TEST(Tiles, CuFftCanCount) {
  Problem p = gain_plane(512, 512, std::int64_t(1) << 27, 0);
  auto sets = [&](int segment, std::uint32_t replicates, int columns) {
    p.replicates = replicates;
    p.spectrum.segment = segment, p.spectrum.overlap = segment / 2;
    CudaLimits limits;
    limits.fft_columns = columns;
    const NodeSweep<float> sweep(p, limits, {1, 1});
    const std::int64_t most = sweep.sets_that_fit(std::size_t(1) << 50);
    for (std::int64_t n = most; n > 0 && n > most - 200; --n)
      EXPECT_LT(double(segment) * double(sweep.stride(n * replicates)), 2147483648.0) << n << " sets of " << replicates;
    return most;
  };
  ask_for_spectrum(p, Engine::fft, 512, 256);
  EXPECT_EQ(sets(1 << 24, 1, 1 << 14), 96);
  EXPECT_EQ(sets(1 << 24, 3, 32), 32);
  EXPECT_GT(sets(40'000, 1, 1 << 14), 53'000);
  EXPECT_GT(sets(40'001, 1, 32), 53'000);
  EXPECT_EQ(sets(512, 1, 1 << 14), 1 << 18);
  auto refusal = [&](int segment, std::uint32_t replicates) -> std::string {
    try {
      sets(segment, replicates, 1 << 14);
    } catch (const std::runtime_error& e) { return e.what(); }
    return "";
  };
  EXPECT_EQ(
      refusal(4096, 1 << 20),
      "engine fft: 1048576 replicates with segments of 4096 samples are more numbers than cuFFT can count; choose "
      "a shorter segment, or at most 523264 replicates");
  EXPECT_EQ(refusal(4096, 523'264), "");
  EXPECT_NE(refusal(1 << 27, 1).find("shorter segment"), std::string::npos);
  EXPECT_EQ(refusal(1 << 27, 1).find("at most"), std::string::npos);

  standin::reset({});
  p.spectrum.segment = 4096, p.spectrum.overlap = 2048, p.replicates = 1 << 20;
  EXPECT_THROW(make_cuda_backend({})->tile_size(p), std::runtime_error);
  EXPECT_THROW(run(*make_cuda_backend({}), p, 1), std::runtime_error);
}

// A small cache gets the spectra of fewer columns at a time, 1024 at the least: the same map from more transforms.
TEST(Tiles, SpectraFitTheCache) {
  Problem p = gain_plane(32, 48, 256, 0);
  ask_for_spectrum(p, Engine::fft, 128, 0);
  auto map_with = [&](int cache, int& calls) {
    standin::reset({.cache = cache});
    Map map = run(*make_cuda_backend({}), p);
    calls = standin::calls();
    return map;
  };
  int once, twice;
  const Map expected = map_with(1 << 26, once), cut = map_with(1 << 10, twice);
  EXPECT_EQ(twice, once + 2 * 2);  // two segments: a transform more for each, and its kernel
  expect_same(cut, expected);
}

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

  EXPECT_NE(refusal({.devices = 2, .code_answer = cudaErrorNoKernelImageForDevice}).find("cuda:1 stand-in"),
            std::string::npos);

  standin::reset({.first_answer = cudaErrorInsufficientDriver});
  std::string why;
  EXPECT_TRUE(cuda_devices(why).empty());
  EXPECT_EQ(why, "no NVIDIA driver found");
}

// An old card beside a new one: left aside and named once, unless somebody asks for it.
TEST(NoDevice, LeavesOutTheOld) {
  const Map expected = run_standin({}, Engine::none);
  for (const unsigned too_old : {1u, 2u}) {
    standin::reset({.devices = 2, .code_answer = cudaErrorNoKernelImageForDevice, .too_old = too_old});
    const std::string old = too_old == 1 ? "cuda:0" : "cuda:1", good = too_old == 1 ? "cuda:1" : "cuda:0";
    const auto backend = make_cuda_backend({}, slices());
    EXPECT_EQ(backend->device(), good + " stand-in");
    const Map map = run(*backend, problem(Engine::none), 4);
    expect_same(map, expected);
    ASSERT_EQ(map.said.size(), 1u);
    EXPECT_EQ(map.said[0].find("going on without " + old + " stand-in: "), 0u) << map.said[0];
    EXPECT_NE(map.said[0].find("compute capability 9.0"), std::string::npos);
    EXPECT_TRUE(run(*backend, problem(Engine::none), 4).said.empty());
    EXPECT_THROW(make_cuda_backend({too_old == 1 ? 0 : 1}), std::runtime_error);
    EXPECT_NO_THROW(make_cuda_backend({too_old == 1 ? 1 : 0}));
  }
}

}  // namespace
}  // namespace neurosweep::test
