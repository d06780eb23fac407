// The block kernel of networks, run on the CPU with its barriers (tests/standin), against the CPU's engine: the same sets, wired for
// registers of another width, so that sums are made in another order.
#include <gtest/gtest.h>

#include <cmath>
#include <device.cuh>

#include "backend.hpp"
#include "common/networks.hpp"
#include "cpu/network.hpp"
#include "network/block.cuh"

namespace neurosweep::test {
namespace {

constexpr std::size_t allowed = 227 * 1024;

struct BlockRun {
  bool backwards = false;
  int threads = 0;                           // 0: as many as the backend would take
  std::int64_t slice = std::int64_t(1) << 40;
};
thread_local BlockRun block_run;
thread_local const Network* network_at_work = nullptr;
thread_local const CpuPlan* cpu_plan = nullptr;

// As NetworkKernels::run, in a block.
template <class T, Method method>
std::uint8_t run_in_block(const NetworkPlan& plan, const NetworkSet& set) {
  const Setup& s = cpu_plan->setup;
  BlockArguments<T> a{};
  a.setup = s, a.plan = plan, a.shape = block_shape<T, method>(*network_at_work, plan, allowed);
  const std::vector<NetworkSet> replicates(1, set);
  a.sets = replicates.data(), a.n_set = 1;
  std::vector<int> run_of(std::size_t(plan.slots.registers));
  for (int run = 0; run < plan.slots.n_run; ++run)
    for (int r = plan.slots.runs[run].first; r < plan.slots.runs[run].end; ++r) run_of[std::size_t(r)] = run;
  a.run_of = run_of.data();
  std::vector<std::uint64_t> kept((set.replicate + 1) * a.shape.bytes / 8);
  std::vector<T> out(std::size_t(plan.n_column) * (set.replicate + 1));
  std::vector<std::uint8_t> status(set.replicate + 1);
  a.kept = kept.data(), a.out = out.data(), a.status = status.data();
  const int threads = block_run.threads > 0 ? block_run.threads : block_threads(plan.slots.registers);
  for (a.begin = 0; a.begin < s.steps; a.begin = a.end) {
    a.end = std::min(a.begin + block_run.slice, s.steps);
    blockDim = {unsigned(threads)}, gridDim = {set.replicate + 1}, blockIdx = {set.replicate, 0, 0};
    standin::run_block(unsigned(threads), block_run.backwards, a.shape.bytes, [&] { network_block<method, T>(a); });
  }
  for (int c = 0; c < plan.n_column; ++c) set.out[c] = double(out[std::size_t(c) * (set.replicate + 1) + set.replicate]);
  return status[set.replicate];
}

std::size_t no_workspace(const NetworkPlan&) { return 64; }
bool go_on(void*) { return true; }

struct Outcome {
  std::vector<double> values;
  std::uint8_t status;
};
Outcome outcome(const Net& net, const NetworkKernels& kernels, std::uint64_t set = 0, std::uint32_t replicate = 0) {
  CpuPlan cpu{};
  cpu.setup = network_setup(net.p), cpu.method = net.p.method, cpu.precision = net.p.precision;
  const PreparedNetwork network(net.p, cpu, kernels);
  NetworkRunner runner(network);
  runner.prepare(set);
  network_at_work = net.n.get(), cpu_plan = &cpu;
  Outcome o{std::vector<double>(net.p.measures.size()), 0};
  o.status = runner.run(replicate, o.values.data(), go_on, nullptr);
  return o;
}
template <class T, Method method>
Outcome in_block(const Net& net, BlockRun how = {}, std::uint64_t set = 0, std::uint32_t replicate = 0) {
  block_run = how;
  const NetworkKernels kernels{{block_width, block_width}, {draw_edges, draw_edges}, no_workspace, run_in_block<T, method>};
  return outcome(net, kernels, set, replicate);
}
Outcome on_cpu(const Net& net, std::uint64_t set = 0, std::uint32_t replicate = 0) { return outcome(net, baseline::network_kernels(), set, replicate); }

void measure_all(Net& net) {
  for (std::size_t p = 0; p < net.n->populations.size(); ++p) {
    for (const Measure m : {Measure::spike_count, Measure::rate, Measure::isi_mean, Measure::isi_cv, Measure::active, Measure::synchrony})
      if (net.n->populations[p].model >= 0 || m != Measure::synchrony) net.measure(m, int(p));
    for (const NetworkSignal signal : {signal_rate, signal_v, signal_exc, signal_inh, signal_lfp})
      if (net.n->populations[p].model >= 0)
        for (const Measure m : {Measure::mean, Measure::std, Measure::minimum, Measure::maximum}) net.measure(m, int(p), signal);
  }
}

// Spikes exactly, sums to `tolerance` of their size; and the same bits in any order of the threads, with any number of them, in any
// number of launches.
template <class T, Method method>
void expect_as_cpu(Net net, double tolerance, std::uint64_t set = 0, std::uint32_t replicate = 0) {
  net.p.precision = sizeof(T) == 4 ? Precision::single_ : Precision::double_, net.p.method = method;
  measure_all(net);
  const Outcome cpu = on_cpu(net, set, replicate), block = in_block<T, method>(net, {}, set, replicate);
  ASSERT_EQ(block.status, cpu.status);
  for (std::size_t c = 0; c < cpu.values.size(); ++c) {
    SCOPED_TRACE("column " + std::to_string(c) + ", measure " + std::to_string(int(net.p.measures[c])));
    if (std::isnan(cpu.values[c])) EXPECT_TRUE(std::isnan(block.values[c]));
    else if (net.p.measures[c] == Measure::spike_count) EXPECT_EQ(block.values[c], cpu.values[c]);
    else EXPECT_NEAR(block.values[c], cpu.values[c], tolerance * std::max(1.0, std::fabs(cpu.values[c])));
  }
#if defined(STANDIN_THREADS)
  const BlockRun others[] = {BlockRun{false, 64}};
#else
  const BlockRun others[] = {BlockRun{true}, BlockRun{true, 32}, BlockRun{false, 64}, BlockRun{true, 0, 2 * flush_every}};
#endif
  for (const BlockRun how : others) {
    const Outcome other = in_block<T, method>(net, how, set, replicate);
    for (std::size_t c = 0; c < cpu.values.size(); ++c)
      EXPECT_TRUE(other.values[c] == block.values[c] || (std::isnan(other.values[c]) && std::isnan(block.values[c])))
          << "column " << c << ": " << other.values[c] << " and " << block.values[c];
  }
}

// Every kind of rows, transmission and junction, rows after counted spikes in one channel, delays, given spikes, two models, Poisson arrivals, noise.
Net mixture() {
  Net net(0.1e-3, 400);
  net.p.transient = 100;
  const int a = net.population("a", "lif", 37), b = net.population("b", "izhikevich", 21), c = net.population("c", "lif", 5), given = net.population("g", "", 3);
  for (const int p : {a, c}) net.set(net.drive(p, drive_mean), 230), net.set(net.drive(p, drive_noise), 2);
  net.set(net.drive(b, drive_mean), 10), net.set(net.drive(b, drive_sine_amplitude), 3), net.set(net.drive(b, drive_sine_frequency), 20);
  net.poisson(a, 40, 0.5, 20);
  for (int i = 0; i < 60; ++i) net.n->populations[std::size_t(given)].spikes.push_back({20 * i, i % 3});
  const int ampa = net.receptor(Transmission::current, 2), gaba = net.receptor(Transmission::conductance, 5, -80),
            instant = net.receptor(Transmission::instant), jump = net.receptor(Transmission::jump);
  net.projection({a}, {a, b, c}, ampa, 3.1), net.projection({b}, {a, b}, gaba, 0.1, 0.3, 0.5), net.projection({given}, {a, c}, instant, 40, 1.5, 0.9);
  net.projection({a, c}, {b, c}, jump, 0.2, 0.7, 0.08), net.projection({given}, {a}, ampa, 2.3, 0, 0.1), net.projection({c}, {a}, ampa, -2, 0, 0.05);
  net.listed({given}, {b, c}, {{0, 0, 1.0, jump, 0}, {0, 0, 0.5, jump, 0}, {1, 22, 2.0, jump, 3}, {2, 20, -1.0, jump, 3}, {2, 3, 1.0, ampa, 0}});
  net.gap(a, a, 0.1, 0.2), net.gap(a, c, 0.05), net.gap(b, b, 0.02);
  return net;
}

TEST(NetworkBlock, MixtureInDouble) { expect_as_cpu<double, Method::euler>(mixture(), 1e-8); }

TEST(NetworkBlock, ReplicatesAndSets) {
  Net net = mixture();
  net.p.replicates = 4, net.p.steps = 300;
  net.p.axes = {{net.drive(0, drive_mean), {200, 230, 260}}};
  expect_as_cpu<double, Method::euler>(net, 1e-8, 2, 3);
}

// Such a network multiplies what rounding separates: by 1e10 in 400 steps (tests/data/networks/README.md).
TEST(NetworkBlock, EigInDoubleAndFloat) {
  expect_as_cpu<double, Method::euler>(eig_network(60, Precision::double_, 400), 1e-5);
  expect_as_cpu<float, Method::euler>(eig_network(60, Precision::single_, 200), 2e-3);   // before rounding has separated them
}

TEST(NetworkBlock, Balanced) { expect_as_cpu<double, Method::exp_euler>(balanced(100, Precision::double_, 500), 1e-8); }

TEST(NetworkBlock, Diverged) {
  Net net = mixture();
  net.p.steps = 200, net.set(net.drive(0, drive_mean), -std::numeric_limits<double>::infinity());   // upwards it would spike and be reset
  net.measure(Measure::rate, 0);
  const Outcome block = in_block<double, Method::euler>(net);
  EXPECT_EQ(on_cpu(net).status, status_diverged);
  EXPECT_EQ(block.status, status_diverged);
  EXPECT_TRUE(std::isnan(block.values[0]));
}

TEST(NetworkBlock, DoesNotFit) {
  Net net = balanced(10000, Precision::double_, 200);
  try {
    (void)in_block<double, Method::euler>(net);
    FAIL() << "no error";
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("a network of 10000 cells needs "), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("a block may use 232448; --device cpu has no such limit"), std::string::npos) << e.what();
  }
}

}  // namespace
}  // namespace neurosweep::test
