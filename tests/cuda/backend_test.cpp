// The CUDA backend's numbers. Compiled twice: against a GPU, and against the stand-in (tests/standin).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "common/csv_table.hpp"
#include "common/shelf.hpp"
#include "limits.hpp"
#include "summary.hpp"
#include "sweeps.hpp"

namespace neurosweep::test {
namespace {

class CudaBackendTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string why = prepare_device();
    if (why.empty()) return;
    if (std::getenv("NEUROSWEEP_REQUIRE_GPU") != nullptr) FAIL() << why;
    GTEST_SKIP() << why;
  }
  static Map run_with(const CudaLimits& limits, const Problem& p, std::uint64_t tile = 0) {
    return run(*make_cuda_backend({}, limits), p, tile);
  }
};

// A GPU's exponential, logarithm, sine and cosine in float are approximations; the rest is float's own rounding, which
// a limit cycle keeps small.
double tolerance(Precision precision) { return precision == Precision::single_ ? 2e-3 : 1e-9; }

// ---- against brainmass and scipy ------------------------------------------------------------------------------------

class Reference : public CudaBackendTest, public ::testing::WithParamInterface<std::tuple<Precision, Engine>> {};

TEST_P(Reference, GainPlane) {
  const auto [precision, engine] = GetParam();
  const CsvTable expected = read_csv("jansen-rit/grid_Ae_Ai_E120.csv");
  ASSERT_EQ(expected.rows.size(), 64u);
  Problem p = gain_plane(8, 8, 4000, 1000);
  p.precision = precision;
  ask_for_spectrum(p, engine, 512, 256);
  const Map map = run_with({}, p);
  const double near = precision == Precision::single_ ? 5e-3 : 1e-9;  // mV
  for (std::size_t i = 0; i < 64; ++i) {
    auto value = [&](std::size_t column) { return map.values[column * 64 + i]; };
    SCOPED_TRACE("set " + std::to_string(i));
    const double amplitude = expected.number(i, "amplitude");
    EXPECT_NEAR(value(0), amplitude, near);
    EXPECT_NEAR(value(1), expected.number(i, "minimum"), near);
    EXPECT_NEAR(value(2), expected.number(i, "maximum"), near);
    EXPECT_NEAR(value(3), expected.number(i, "mean"), near);
    EXPECT_NEAR(value(4), expected.number(i, "std"), near);
    EXPECT_EQ(map.status[i], status_ok);
    if (amplitude > 1e-2) {  // not at rest
      EXPECT_FLOAT_EQ(float(value(5)), float(expected.number(i, "peak_frequency")));
      const double power = expected.number(i, "peak_power");
      EXPECT_NEAR(value(6), power, power * (precision == Precision::single_ ? 5e-3 : 1e-7));
    }
  }
  EXPECT_EQ(map.summary.diverged, 0u);
  EXPECT_EQ(map.node_steps, 64u * 4000u);
}
INSTANTIATE_TEST_SUITE_P(All, Reference,
                         ::testing::Values(std::tuple(Precision::single_, Engine::direct),
                                           std::tuple(Precision::single_, Engine::fft),
                                           std::tuple(Precision::double_, Engine::fft)));   // no kernel has room for direct

// ---- against the CPU backend, set by set --------------------------------------------------------------------------------

class AgainstCpu : public CudaBackendTest, public ::testing::WithParamInterface<std::tuple<Precision, Method, Engine>> {};

// Noise on every port, sine and pulse, replicates: the same words of noise, so the same numbers to rounding.
TEST_P(AgainstCpu, SetBySet) {
  const auto [precision, method, engine] = GetParam();
  Problem p = gain_plane(6, 11, 700, 130);
  p.precision = precision, p.method = method, p.replicates = 3;
  add_everything(p);
  drive_of(p, JansenRit::in_M, drive_noise) = 0.01, drive_of(p, JansenRit::in_I, drive_noise) = 0.01;
  if (engine != Engine::none) ask_for_spectrum(p, engine, 256, 128);
  expect_close(run_with({}, p, 25), run(*make_cpu_backend(2), p, 7), p, tolerance(precision));
}
INSTANTIATE_TEST_SUITE_P(All, AgainstCpu,
                         ::testing::Values(std::tuple(Precision::single_, Method::exp_euler, Engine::direct),
                                           std::tuple(Precision::single_, Method::exp_euler, Engine::fft),
                                           std::tuple(Precision::single_, Method::heun, Engine::none),
                                           std::tuple(Precision::double_, Method::exp_euler, Engine::fft),
                                           std::tuple(Precision::double_, Method::rk4, Engine::none)));

// ---- every model of the list ----------------------------------------------------------------------------------------

// In double the CPU backend's numbers to rounding, through all three time loops, launches of 128 steps at a time, so that
// everything that a set carries is put away and taken up again. In float a spike may fall a step apart.
TEST_F(CudaBackendTest, EveryModelIsTheCpus) {
  with_each_model([&]<class Model>(std::type_identity<Model>, int) {
    const Layout every = layout_of<Model>();
    const Setting setting = setting_of(Model::name);
    for (int run_number = 0; run_number < 12; ++run_number)
      for (Precision precision : {Precision::single_, Precision::double_}) {
        const int drives = run_number / 4;
        const Method method = Method(run_number % 4);
        if (drives < 2 && !has_own_loops<Model>(method)) continue;             // these have the general loop anyway
        SCOPED_TRACE(std::string(Model::name) + ", drives " + std::to_string(drives) + ", " + std::string(method_names[std::size_t(method)]));
        Problem p = shelf_problem<Model>(9, 1000);
        p.precision = precision, p.method = method;
        const double noise = 0.01 * (setting.high - setting.low);
        if (drives > 0) quantity(p, every.drive(Model::main_port, drive_noise)) = noise;
        if (drives > 1) quantity(p, every.drive(Model::main_port, drive_pulse_amplitude)) = noise;
        if (drives > 1) quantity(p, every.drive(Model::main_port, drive_pulse_width)) = 0.01;
        CudaLimits limits;
        limits.node_steps = 128 * 9;                       // flush_every steps a launch
        const Map whole = run_with({}, p, 4), sliced = run_with(limits, p, 4);
        expect_same(sliced, whole);
        const double in_float = Spiking<Model> ? 0.1 : 1e-3;
        expect_close(whole, run(*make_cpu_backend(1), p), p, precision == Precision::single_ ? in_float : 1e-7);
      }
  });
}

// ---- against one run after the other --------------------------------------------------------------------------------

enum class Drives { constant, noise, everything };

struct Case {
  const char* name;
  Precision precision;
  Method method;
  Drives drives;
  Engine engine;
  int segment, overlap;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class ByHand : public CudaBackendTest, public ::testing::WithParamInterface<Case> {};

// Odd everything: a transient, hops and a duration that are no multiples of anything.
TEST_P(ByHand, Agrees) {
  const Case& c = GetParam();
  Problem p = gain_plane(5, 7, 517, 101);
  p.precision = c.precision, p.method = c.method;
  if (c.drives == Drives::noise) add_noise(p);
  if (c.drives == Drives::everything) add_everything(p);
  if (c.engine != Engine::none) ask_for_spectrum(p, c.engine, c.segment, c.overlap);
  expect_close(run_with({}, p, 16), by_hand(p), p, tolerance(c.precision));
}

constexpr auto f32 = Precision::single_;
constexpr auto f64 = Precision::double_;
INSTANTIATE_TEST_SUITE_P(
    All, ByHand,
    ::testing::Values(Case{"constant", f32, Method::exp_euler, Drives::constant, Engine::none, 0, 0},
                      Case{"noise", f32, Method::exp_euler, Drives::noise, Engine::none, 0, 0},
                      Case{"everything", f32, Method::exp_euler, Drives::everything, Engine::none, 0, 0},
                      Case{"euler", f32, Method::euler, Drives::everything, Engine::none, 0, 0},
                      Case{"heun", f32, Method::heun, Drives::everything, Engine::none, 0, 0},
                      Case{"rk4", f32, Method::rk4, Drives::everything, Engine::none, 0, 0},
                      Case{"constant_direct12", f32, Method::exp_euler, Drives::constant, Engine::direct, 150, 75},
                      Case{"noise_direct12", f32, Method::exp_euler, Drives::noise, Engine::direct, 256, 128},
                      Case{"noise_direct24_whole", f32, Method::exp_euler, Drives::noise, Engine::direct, 373, 0},
                      Case{"noise_direct24", f32, Method::exp_euler, Drives::noise, Engine::direct, 414, 207},
                      Case{"everything_direct16", f32, Method::exp_euler, Drives::everything, Engine::direct, 200, 100},
                      Case{"rk4_direct", f32, Method::rk4, Drives::everything, Engine::direct, 384, 192},
                      Case{"constant_fft", f32, Method::exp_euler, Drives::constant, Engine::fft, 200, 100},
                      Case{"noise_fft_odd", f32, Method::exp_euler, Drives::noise, Engine::fft, 201, 77},
                      Case{"fft_no_overlap", f32, Method::exp_euler, Drives::noise, Engine::fft, 100, 0},
                      Case{"fft_hop_1", f32, Method::exp_euler, Drives::noise, Engine::fft, 104, 95},
                      Case{"fft_one_segment", f32, Method::exp_euler, Drives::noise, Engine::fft, 416, 415},
                      Case{"double", f64, Method::exp_euler, Drives::everything, Engine::none, 0, 0},
                      Case{"double_fft_half", f64, Method::exp_euler, Drives::everything, Engine::fft, 200, 100},
                      Case{"double_fft", f64, Method::exp_euler, Drives::noise, Engine::fft, 201, 77},
                      Case{"double_euler", f64, Method::euler, Drives::noise, Engine::fft, 200, 0},
                      Case{"double_heun", f64, Method::heun, Drives::constant, Engine::fft, 200, 50},
                      Case{"double_rk4", f64, Method::rk4, Drives::everything, Engine::fft, 200, 100}),
    [](const auto& test) { return test.param.name; });

TEST_F(CudaBackendTest, SweepsInitialValuesAndDrives) {
  Problem p = gain_plane(1, 1, 300, 50);
  p.axes.clear();
  add_axis(p, layout.initial(JansenRit::E), 0, 15, 3);
  add_axis(p, layout.drive(JansenRit::in_E, drive_noise), 0, 40, 4);
  add_axis(p, layout.drive(JansenRit::in_E, drive_mean), 100, 200, 5);
  expect_close(run_with({}, p), by_hand(p), p, tolerance(f32));
}

TEST_F(CudaBackendTest, OneSetWithoutAxes) {
  Problem p = gain_plane(1, 1, 300, 0);
  p.axes.clear();
  expect_close(run_with({}, p), by_hand(p), p, tolerance(f32));
}

TEST_F(CudaBackendTest, OtherSignal) {
  Problem p = gain_plane(3, 3, 300, 100);
  p.signal = JansenRit::signal_I;
  expect_close(run_with({}, p), by_hand(p), p, tolerance(f32));
}

// The spectrum up to half the sampling rate, where the window's taps reflect.
TEST_F(CudaBackendTest, WholeSpectrum) {
  for (const int segment : {16, 17}) {
    Problem p = gain_plane(3, 3, 300, 100);
    p.precision = f64;
    add_noise(p);
    ask_for_spectrum(p, Engine::fft, segment, segment / 2);
    p.spectrum.kept = p.spectrum.peak = {1, segment / 2};
    p.spectrum.band[2] = {segment / 2, 1};
    expect_close(run_with({}, p), by_hand(p), p, 1e-9);
  }
}

class Sizes : public CudaBackendTest, public ::testing::WithParamInterface<int> {};

TEST_P(Sizes, TailsOfBlocksAndTiles) {
  Problem p = gain_plane(1, GetParam(), 200, 20);
  ask_for_spectrum(p, Engine::fft, 150, 75);
  const Map expected = by_hand(p);
  for (const Engine engine : {Engine::direct, Engine::fft}) {
    p.spectrum.engine = engine;
    expect_close(run_with({}, p), expected, p, tolerance(f32));
    expect_close(run_with({}, p, 50), expected, p, tolerance(f32));
  }
}
INSTANTIATE_TEST_SUITE_P(All, Sizes, ::testing::Values(1, 31, 33, 127, 128, 129));

// ---- the same bits however it is cut --------------------------------------------------------------------------------

class Cuts : public CudaBackendTest, public ::testing::WithParamInterface<Engine> {
 protected:
  static Problem problem() {
    Problem p = gain_plane(5, 9, 1100, 200);
    p.replicates = 2;
    add_noise(p);
    if (GetParam() != Engine::none) ask_for_spectrum(p, GetParam(), 200, 100);
    return p;
  }
};

TEST_P(Cuts, TileSizes) {
  const Problem p = problem();
  const Map whole = run_with({}, p, 1000);
  EXPECT_EQ(whole.tiles, 1u);
  for (const std::uint64_t tile : {1, 7, 44, 45}) expect_same(run_with({}, p, tile), whole);
}

TEST_P(Cuts, TimeSlices) {
  const Problem p = problem();
  const Map whole = run_with({}, p, 45);
  for (const std::int64_t steps : {128, 256, 640}) {
    CudaLimits limits;
    limits.node_steps = steps * 90;
    expect_same(run_with(limits, p, 45), whole);
  }
}

TEST_P(Cuts, ColumnsOfTheTransform) {
  const Problem p = problem();
  CudaLimits limits;
  limits.fft_columns = 32;
  expect_same(run_with(limits, p, 45), run_with({}, p, 45));
}

TEST_P(Cuts, PartsOfTiles) {
  const Problem p = problem();
  CudaLimits limits;
  limits.realisations = 20;  // ten sets of two
  const Map parts = run_with(limits, p, 45);
  EXPECT_EQ(parts.tiles, 1u);
  expect_same(parts, run_with({}, p, 45));
}
INSTANTIATE_TEST_SUITE_P(All, Cuts, ::testing::Values(Engine::none, Engine::direct, Engine::fft));

// Every hop from 1 to the segment, in slices of every phase: the signal's rows move about.
TEST_F(CudaBackendTest, EveryOverlap) {
  for (const int overlap : {0, 1, 13, 31, 60, 63}) {
    Problem p = gain_plane(1, 2, 900, 77);
    p.precision = f64;
    ask_for_spectrum(p, Engine::fft, 64, overlap);
    const Map whole = run_with({}, p);
    expect_close(whole, by_hand(p), p, 1e-9);
    CudaLimits limits;
    limits.node_steps = 1;  // as little as there is: 128 steps
    expect_same(run_with(limits, p), whole);
  }
}

// ---- replicates, failures, summaries --------------------------------------------------------------------------------

TEST_F(CudaBackendTest, Replicates) {
  for (const Precision precision : {f32, f64}) {
    Problem p = gain_plane(3, 4, 300, 100);
    p.precision = precision, p.replicates = 3;
    add_noise(p);
    expect_close(run_with({}, p, 5), by_hand(p), p, tolerance(precision));
  }
}

// Sets that blow up: a step far too long for forward Euler.
TEST_F(CudaBackendTest, Divergence) {
  for (const std::uint32_t replicates : {1u, 2u}) {
    Problem p = gain_plane(1, 1, 2000, 100);
    p.method = Method::euler, p.replicates = replicates;
    p.axes.clear();
    add_axis(p, JansenRit::be, 100, 5000, 6);
    const Map map = run_with({}, p);
    EXPECT_EQ(map.status.front(), status_ok);
    EXPECT_EQ(map.status.back(), status_diverged);
    EXPECT_TRUE(std::isnan(map.values[5]));
    EXPECT_EQ(map.summary.diverged, std::uint64_t(std::count(map.status.begin(), map.status.end(), status_diverged)));
    if (replicates > 1) { EXPECT_EQ(map.failed.back(), 2u); }
    EXPECT_TRUE(std::isfinite(map.summary.extremes[0].maximum));
  }
}

TEST_F(CudaBackendTest, SummaryIsTheMapsOwn) {
  Problem p = gain_plane(6, 7, 400, 100);
  ask_for_spectrum(p, Engine::fft, 200, 100);
  Map map = run_with({}, p, 11);
  TileResult r{{0, p.sets()}, map.values, map.status, {}, {}};
  map.summary.sets = p.sets();
  const Summary expected = summarise(p, r);
  ASSERT_EQ(map.summary.extremes.size(), expected.extremes.size());
  for (std::size_t m = 0; m < expected.extremes.size(); ++m) {
    EXPECT_EQ(map.summary.extremes[m].minimum, expected.extremes[m].minimum);
    EXPECT_EQ(map.summary.extremes[m].maximum, expected.extremes[m].maximum);
    EXPECT_EQ(map.summary.extremes[m].where, expected.extremes[m].where);
  }
}

TEST_F(CudaBackendTest, EqualMaximaGiveTheFirstSet) {
  Problem p = gain_plane(1, 1, 200, 0);
  p.axes.clear();
  add_axis(p, JansenRit::Ae, 3, 3, 300);
  const Map map = run_with({}, p, 90);
  EXPECT_EQ(map.summary.extremes[0].where, 0u);
}

// ---- what the backend says about itself -----------------------------------------------------------------------------

TEST_F(CudaBackendTest, ChoosesAnEngine) {
  const auto backend = make_cuda_backend({});
  Problem p = gain_plane(2, 2, 4000, 1000);
  ask_for_spectrum(p, Engine::fft, 512, 256);
  EXPECT_EQ(backend->preferred_engine(p), Engine::direct);
  EXPECT_EQ(backend->direct_refusal(p), "");
  p.precision = f64;
  EXPECT_NE(backend->direct_refusal(p).find("double"), std::string::npos);
  EXPECT_EQ(backend->preferred_engine(p), Engine::fft);
  p.precision = f32;
  p.spectrum.overlap = 200;
  EXPECT_EQ(backend->preferred_engine(p), Engine::fft);
  EXPECT_NE(backend->direct_refusal(p).find("overlap"), std::string::npos);
  p.spectrum.overlap = 256, p.spectrum.kept.count = 60;
  EXPECT_NE(backend->direct_refusal(p).find("bins"), std::string::npos);
  p.spectrum.kept.count = 10, p.spectrum.segment = 3999, p.spectrum.overlap = 0, p.transient = 1;
  EXPECT_NE(backend->direct_refusal(p).find("bytes"), std::string::npos);
  p.spectrum.engine = Engine::direct;
  EXPECT_THROW(run(*backend, p), std::runtime_error);
}

TEST_F(CudaBackendTest, TilesAreNoLargerThanTheSweep) {
  const auto backend = make_cuda_backend({0});
  Problem p = gain_plane(3, 5, 400, 100);
  EXPECT_EQ(backend->tile_size(p), 15u);
  p.axes[0].values.resize(100'000, 3);
  p.axes[1].values.resize(100'000, 20);
  EXPECT_LE(backend->tile_size(p), 1u << 20);
  p.replicates = max_replicates;
  EXPECT_EQ(backend->tile_size(p), 1u);
}

TEST_F(CudaBackendTest, NamesDevices) {
  std::string why;
  const std::vector<DeviceInfo> devices = cuda_devices(why);
  ASSERT_FALSE(devices.empty());
  EXPECT_NE(make_cuda_backend({0})->device().find("cuda:0 " + devices[0].name), std::string::npos);
  EXPECT_GT(devices[0].multiprocessors, 0);
  EXPECT_GT(devices[0].clock, 0);
  EXPECT_NE(devices[0].cuda.find("runtime 1"), std::string::npos) << devices[0].cuda;       // CUDA 12 or newer
  try {
    make_cuda_backend({99});
    FAIL() << "device 99 was accepted";
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("cuda:99"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace neurosweep::test
