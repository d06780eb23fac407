// Networks on the CUDA backend against the CPU's engine: the same sets, wired for registers of another width, so that sums are made in
// another order. Compiled with backend_test.cpp against a GPU and against the stand-in; and once more with a thread of the system for each of
// a block's, under the thread sanitizer, which sees what no barrier separates (STANDIN_THREADS: fewer numbers, it is slow).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "common/reference_networks.hpp"
#include "common/shelf.hpp"
#include "limits.hpp"
#include "sweeps.hpp"

namespace neurosweep::test {
namespace {

class CudaNetworks : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string why = prepare_device();
    if (why.empty()) return;
    if (std::getenv("NEUROSWEEP_REQUIRE_GPU") != nullptr) FAIL() << why;
    GTEST_SKIP() << why;
  }
};

#if defined(STANDIN_THREADS)
constexpr bool slow = true;
#else
constexpr bool slow = false;
#endif

void measure_all(Net& net) {
  for (std::size_t p = 0; p < net.n->populations.size(); ++p) {
    for (const Measure m : {Measure::spike_count, Measure::rate, Measure::isi_mean, Measure::isi_cv, Measure::active, Measure::synchrony})
      if (net.n->populations[p].model >= 0 || m != Measure::synchrony) net.measure(m, int(p));
    for (const NetworkSignal signal : {signal_rate, signal_v, signal_exc, signal_inh, signal_lfp})
      if (net.n->populations[p].model >= 0)
        for (const Measure m : {Measure::mean, Measure::std, Measure::minimum, Measure::maximum}) net.measure(m, int(p), signal);
  }
}

// Spikes exactly, the rest to `tolerance` of its column's largest.
void expect_as_cpu(const Net& net, const Map& map, double tolerance) {
  const Map cpu = run(*make_cpu_backend(1), net.p);
  expect_close(map, cpu, net.p, tolerance);
  for (std::size_t c = 0; c < net.p.measures.size(); ++c)
    if (net.p.measures[c] == Measure::spike_count) {
      for (std::size_t i = c * net.p.sets(); i < (c + 1) * net.p.sets(); ++i)
        EXPECT_TRUE(map.values[i] == cpu.values[i] || map.status[i - c * net.p.sets()] == status_diverged) << "column " << c << ": " << map.values[i];
    }
}

// And the same bits with any number of threads, in any tiles and launches.
void expect_network(const Net& net, double tolerance, std::uint64_t tile = 0) {
  const Map map = run(*make_cuda_backend({}), net.p, tile);
  EXPECT_TRUE(map.said.empty());
  EXPECT_EQ(map.node_steps, net.p.sets() * net.p.replicates * std::uint64_t(net.p.steps) * nodes_in(net.p));
  expect_as_cpu(net, map, tolerance);
  if (slow) return;
  CudaLimits limits;
  limits.network_threads = 32;
  expect_same(run(*make_cuda_backend({}, limits), net.p), map);
  limits.network_threads = 64, limits.node_steps = 1;      // as little as there is: 128 steps
  expect_same(run(*make_cuda_backend({}, limits), net.p, 1), map);
}

// Every kind of rows, transmission and junction, rows after counted spikes in one channel, delays, given spikes, two models, Poisson
// arrivals, noise.
Net mixture() {
  Net net(0.1e-3, slow ? 150 : 280);
  net.p.transient = slow ? 20 : 100;
  const int a = net.population("a", "lif", 37), b = net.population("b", "izhikevich", 21), c = net.population("c", "lif", 5), given = net.population("g", "", 3);
  for (const int p : {a, c}) net.set(net.drive(p, drive_mean), 230), net.set(net.drive(p, drive_noise), 2);
  net.set(net.drive(b, drive_mean), 10), net.set(net.drive(b, drive_sine_amplitude), 3), net.set(net.drive(b, drive_sine_frequency), 20);
  net.set(net.drive(b, drive_pulse_amplitude), 2), net.set(net.drive(b, drive_pulse_start), 0.01), net.set(net.drive(b, drive_pulse_width), 0.005);
  net.poisson(a, 40, 0.5, 20);
  for (int i = 0; i < 60; ++i) net.n->populations[std::size_t(given)].spikes.push_back({20 * i, i % 3});
  const int ampa = net.receptor(Transmission::current, 2), gaba = net.receptor(Transmission::conductance, 5, -80),
            instant = net.receptor(Transmission::instant), jump = net.receptor(Transmission::jump);
  net.projection({a}, {a, b, c}, ampa, 3.1), net.projection({b}, {a, b}, gaba, 0.1, 0.3, 0.5), net.projection({given}, {a, c}, instant, 40, 1.5, 0.9);
  net.projection({a, c}, {b, c}, jump, 0.2, 0.7, 0.01), net.projection({given}, {a}, ampa, 2.3, 0, 0.1), net.projection({c}, {a}, ampa, -2, 0, 0.05);
  net.listed({given}, {b, c}, {{0, 0, 1.0, jump, 0}, {0, 0, 0.5, jump, 0}, {1, 22, 2.0, jump, 3}, {2, 20, -1.0, jump, 3}, {2, 3, 1.0, ampa, 0}});
  net.gap(a, a, 0.1, 0.2), net.gap(a, c, 0.05), net.gap(b, b, 0.02), net.gap(b, c, 0.03, 0.1);
  return net;
}

TEST_F(CudaNetworks, EveryMethodAndPrecision) {
  for (const Method method : {Method::euler, Method::exp_euler, Method::heun, Method::rk4})
    for (const Precision precision : {Precision::double_, Precision::single_}) {
      if (slow && (method != Method::euler || precision != Precision::double_)) continue;
      SCOPED_TRACE(std::string(method_names[std::size_t(method)]) + " " + std::string(precision_names[std::size_t(precision)]));
      Net net = mixture();
      net.p.method = method, net.p.precision = precision;
      measure_all(net);
      expect_network(net, precision == Precision::double_ ? 1e-8 : 2e-3);
    }
}

// A network of each model's cells alone, in double its CPU's numbers to rounding.
TEST_F(CudaNetworks, EveryModel) {
  if (slow) GTEST_SKIP() << "nothing that other tests do not have";
  with_each_model([&]<class Model>(std::type_identity<Model>, int) {
    if constexpr (Spiking<Model>)
      for (const Method method : {Method::euler, Method::exp_euler, Method::heun, Method::rk4}) {
        SCOPED_TRACE(std::string(Model::name) + " " + std::string(method_names[std::size_t(method)]));
        const Setting setting = setting_of(Model::name);
        Net net(0.05e-3, 300, method);
        net.p.transient = 50;
        const int p = net.population("p", Model::name, 19), q = net.population("q", Model::name, 20);
        for (const int population : {p, q}) net.set(net.drive(population, drive_mean), setting.high), net.set(net.drive(population, drive_noise), 0.01 * setting.high);
        const int current = net.receptor(Transmission::current, 3);
        net.projection({p}, {p, q}, current, 0.01 * setting.high), net.projection({q}, {p}, current, -0.02 * setting.high, 0.5, 0.4);
        net.gap(q, q, 1e-4);
        measure_all(net);
        expect_as_cpu(net, run(*make_cuda_backend({}), net.p), 1e-7);
      }
  });
}

TEST_F(CudaNetworks, SetsAndReplicates) {
  Net net = mixture();
  net.p.replicates = 3, net.p.steps = slow ? 40 : 300;
  net.p.axes = {{net.drive(0, drive_mean), {200, 230, 260}}, {net.n->projections[1].probability, {0.1, 0.02}}};
  measure_all(net);
  expect_network(net, 1e-8, 4);
}

TEST_F(CudaNetworks, WiredForEachSet) {
  Net net = mixture();
  net.p.steps = slow ? 60 : 200, net.n->wired_per_set = true;
  net.p.axes = {{net.drive(0, drive_mean), {200, 230, 260}}};
  measure_all(net);
  expect_network(net, 1e-8, 2);
}

// Delays that a set has for itself, up to more steps than there are.
TEST_F(CudaNetworks, Delays) {
  Net net = mixture();
  net.p.steps = slow ? 60 : 250;
  net.p.axes = {{net.n->projections[0].delay, {0, 0.1, 3.3, 40}}};
  measure_all(net);
  expect_network(net, 1e-8);
}

// Such a network multiplies what rounding separates: by 1e10 in 400 steps (tests/data/networks/README.md).
TEST_F(CudaNetworks, Eig) {
  Net net = eig_network(slow ? 40 : 100, Precision::double_, slow ? 100 : 400);
  measure_all(net);
  expect_network(net, 1e-5);
  net = eig_network(60, Precision::single_, slow ? 60 : 200);           // before rounding has separated them
  measure_all(net);
  expect_network(net, 2e-3);
}

TEST_F(CudaNetworks, Balanced) {
  Net net = balanced(slow ? 60 : 200, Precision::double_, slow ? 100 : 500);
  net.p.method = Method::exp_euler;
  measure_all(net);
  expect_network(net, 1e-8);
}

// More slots than a block has threads.
TEST_F(CudaNetworks, LargerThanABlock) {
  Net net = balanced(700, Precision::single_, slow ? 40 : 150);
  net.p.transient = 10;
  net.measure(Measure::spike_count, 0), net.measure(Measure::spike_count, 1), net.measure(Measure::synchrony, 0), net.measure(Measure::mean, 0, signal_v);
  expect_network(net, 1e-3);
}

// Rows that reach the same cells at once, as lists whose lengths differ: two threads add to one cell, one after the other, and in the
// order of the spikes, or the sum's last bits are others.
TEST_F(CudaNetworks, RowsOfOneStepOneAfterTheOther) {
  for (const Transmission transmission : {Transmission::current, Transmission::jump}) {
    Net net(0.1e-3, slow ? 10 : 130);
    const int cells = 256, given = net.population("g", "", 16), lif = net.population("l", "lif", cells);
    for (int step = 0; step < 60; step += 3)
      for (int i = 0; i < 16; ++i) net.n->populations[std::size_t(given)].spikes.push_back({step, i});
    std::vector<Edge> edges;                                // row i begins with i cells that no other reaches: so a cell's place differs from row to row
    const int receptor = net.receptor(transmission, 3);
    for (int i = 0; i < 16; ++i) {
      for (int k = 0; k < i; ++k) edges.push_back({i, (7 * i + k) % 120, 0.1, receptor, 0});
      for (int k = 0; k < 3; ++k) edges.push_back({i, cells - 3 + k, 0.1 / (i + 1) + 1e-9 * k, receptor, 0});
    }
    net.listed({given}, {lif}, edges);
    net.measure(Measure::mean, lif, signal_v), net.measure(Measure::std, lif, signal_v), net.measure(Measure::maximum, lif, signal_exc);
    expect_network(net, 1e-10);
  }
}

// Welch's estimate of populations' signals by the transform of all signals of a tile.
TEST_F(CudaNetworks, Spectra) {
  if (slow) GTEST_SKIP() << "nothing that other tests do not have";
  for (const Precision precision : {Precision::double_, Precision::single_}) {
    Net net = balanced(40, precision, 500);
    net.p.transient = 40, net.p.replicates = 2;
    net.p.axes = {{net.drive(0, drive_mean), {0, 20, 40}}};
    net.measure(Measure::peak_frequency, 0, signal_v), net.measure(Measure::peak_power, 0, signal_v), net.measure(Measure::power_gamma, 1, signal_v);
    net.measure(Measure::peak_power, 1, signal_exc), net.measure(Measure::mean, 0, signal_rate), net.measure(Measure::rate, 1);
    const int segment = 120;
    net.p.spectrum.engine = Engine::fft, net.p.spectrum.segment = segment, net.p.spectrum.overlap = 70;
    net.p.spectrum.kept = net.p.spectrum.peak = {1, 40}, net.p.spectrum.band[4] = {2, 5};
    expect_network(net, precision == Precision::double_ ? 1e-8 : 2e-3, 2);
    CudaLimits limits;
    limits.fft_columns = 32;
    expect_same(run(*make_cuda_backend({}, limits), net.p), run(*make_cuda_backend({}), net.p));
    EXPECT_EQ(make_cuda_backend({})->preferred_engine(net.p), Engine::fft);
    net.p.spectrum.engine = Engine::direct;
    EXPECT_THROW(run(*make_cuda_backend({}), net.p), std::runtime_error);
  }
}

// ---- networks of other programs (tests/data/networks), as far as rounding allows ----------------------------------------

void count_spikes(Net& net, std::int64_t steps) {
  net.p.steps = steps;
  for (std::size_t p = 0; p < net.n->populations.size(); ++p) net.measure(Measure::spike_count, int(p));
}

// Of the steps that a file of spikes has: how many spikes of that population's cells, cells being numbered through the populations.
double spikes_of(const CsvTable& t, const std::string& set, const Population& p, std::int64_t until, const std::string& method = "") {
  double n = 0;
  for (const std::size_t i : rows_of_set(t, set, method)) n += t.number(i, "step") < double(until) && t.number(i, "neuron") >= p.first && t.number(i, "neuron") < p.first + p.size;
  return n;
}
void expect_spikes(const Net& net, const CsvTable& t, const std::string& set, const std::string& method = "") {
  const Map map = run(*make_cuda_backend({}), net.p);
  for (std::size_t p = 0; p < net.n->populations.size(); ++p)
    if (!net.n->populations[p].spikes_only()) {
      EXPECT_EQ(map.values[p], spikes_of(t, set, net.n->populations[p], net.p.steps, method)) << set << " " << method << ", population " << p;
    }
}

TEST_F(CudaNetworks, Jaxfne) {
  const CsvTable spikes = read_csv(folder + "eig_spikes.csv"), of_edges = read_csv(folder + "edges_spikes.csv");
  Net net = eig("n20", 0.5, true);
  count_spikes(net, slow ? 60 : 1118), expect_spikes(net, spikes, "n20");
  net = eig("n100_strong", 15, false);
  count_spikes(net, slow ? 100 : 1059), expect_spikes(net, spikes, "n100_strong");
  net = edges_set("edges30", 2000);
  count_spikes(net, slow ? 60 : 861), expect_spikes(net, of_edges, "edges30");
}

TEST_F(CudaNetworks, Brian2) {
  const CsvTable spikes = read_csv(folder + "lif_spikes.csv"), of_gaps = read_csv(folder + "gap_spikes.csv");
  for (const std::string set : {"mid", "const", "tref"})
    for (const std::string method : {"euler", "exp-euler"}) {
      if (slow && (set != "tref" || method != "euler")) continue;
      Net net = lif_set(set, method, false);
      count_spikes(net, std::min<std::int64_t>(net.p.steps, slow ? 100 : 800)), expect_spikes(net, spikes, set, method);
    }
  Net net = gap_set("five_ring", 0.1, 5000);
  count_spikes(net, slow ? 100 : 2000), expect_spikes(net, of_gaps, "five_ring");
}

// ---- what goes wrong ---------------------------------------------------------------------------------------------------

TEST_F(CudaNetworks, Diverged) {
  if (slow) GTEST_SKIP() << "nothing that other tests do not have";
  Net net = mixture();
  net.p.steps = 200, net.p.replicates = 2;
  net.p.axes = {{net.drive(0, drive_mean), {230, -std::numeric_limits<double>::infinity()}}};   // upwards it would spike and be reset
  measure_all(net);
  const Map map = run(*make_cuda_backend({}), net.p);
  EXPECT_EQ(map.status, (std::vector<std::uint8_t>{status_ok, status_diverged}));
  EXPECT_EQ(map.failed, (std::vector<std::uint32_t>{0, 2}));
  expect_as_cpu(net, map, 1e-8);
}

TEST_F(CudaNetworks, DoesNotFit) {
  const auto backend = make_cuda_backend({});
  Net net = balanced(slow ? 3000 : 10000, Precision::double_, 200);
  net.measure(Measure::rate, 0);
  EXPECT_EQ(backend->refusal(balanced(200, Precision::double_).p), "");
  const std::string refusal = backend->refusal(net.p);
  EXPECT_EQ(refusal.find("a network of " + std::to_string(net.n->cells()) + " cells needs "), 0u) << refusal;
  EXPECT_NE(refusal.find("a block may use "), std::string::npos) << refusal;
  try {
    run(*backend, net.p, 1);
    FAIL() << "no error";
  } catch (const std::runtime_error& e) { EXPECT_NE(std::string(e.what()).find(refusal), std::string::npos) << e.what(); }
}

}  // namespace
}  // namespace neurosweep::test
