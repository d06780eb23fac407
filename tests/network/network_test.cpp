// The order of a step by hand, wiring, delays, and what must change nothing: order of the cells, threads, tiles, who watches.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "common/networks.hpp"
#include "network/wiring.hpp"
#include "numerics/noise.hpp"

namespace neurosweep::test {
namespace {

constexpr double tau = 10;                   // ms, of the cells below
constexpr double dt = 0.1;                   // ms

// A LIF cell in mV and pA: g_L 1, rest and reset 0, threshold 10.
int lif(Net& net, double current, double t_ref = 0, int size = 1, std::string name = "") {
  const int population = net.population(std::move(name), "lif", size);
  for (const auto& [parameter, value] : {std::pair{"g_L", 1.0}, {"tau", tau}, {"E_L", 0.0}, {"V_th", 10.0}, {"V_reset", 0.0}, {"t_ref", t_ref}})
    net.set(net.parameter(population, parameter), value);
  net.set(net.drive(population, drive_mean), current);
  return population;
}
int spiker(Net& net, std::vector<TimedSpike> spikes, int size = 1) {
  const int population = net.population("", "", size);
  net.n->populations.back().spikes = std::move(spikes);
  return population;
}

// Two cells that excite each other, each step written out: forward Euler, one synapse of each transmission.
TEST(Network, TwoCellsByHand) {
  for (const std::string& isa : cpu_isas())
    for (const Transmission transmission : {Transmission::current, Transmission::conductance, Transmission::instant, Transmission::jump}) {
      SCOPED_TRACE(isa + " transmission " + std::to_string(int(transmission)));
      Net net(dt * 1e-3, 2500);
      const int a = lif(net, 14, 1), b = lif(net, 11);
      const int receptor = net.receptor(transmission, 3, 40);
      const double weight = transmission == Transmission::conductance ? 0.2 : 4;
      net.projection({a}, {b}, receptor, weight, 0.2), net.projection({b}, {a}, receptor, -0.5 * weight);
      const Steps steps(net, isa);
      double v[2] = {0, 0}, s[2] = {0, 0};
      const double drive[2] = {14, 11}, t_ref[2] = {10, 0};
      int held[2] = {0, 0}, count[2] = {0, 0};
      bool late[3] = {};                      // a's spikes of the last steps
      for (int t = 0; t < 2500; ++t) {
        bool spiked[2], open[2];
        for (int i = 0; i < 2; ++i) {
          const double arriving = transmission == Transmission::conductance ? s[i] * (40 - v[i]) : transmission == Transmission::jump ? 0 : s[i];
          const bool free = held[i] == 0;
          if (free) v[i] += dt * (-v[i] / tau + (drive[i] + arriving) / tau);
          else --held[i];
          spiked[i] = free && v[i] >= 10, open[i] = free && !spiked[i];
          if (spiked[i]) held[i] = int(t_ref[i]), ++count[i];
        }
        late[2] = late[1], late[1] = late[0], late[0] = spiked[0];
        const double given[2] = {spiked[1] ? -0.5 * weight : 0, late[2] ? weight : 0};
        for (int i = 0; i < 2; ++i) {
          if (transmission == Transmission::jump) v[i] += open[i] ? given[i] : 0;
          else s[i] = (transmission == Transmission::instant ? 0 : s[i] * std::exp(-dt / 3)) + given[i];
          if (spiked[i]) v[i] = 0;
          ASSERT_NEAR(steps.signal(t, i, signal_v), v[i], 1e-11) << "cell " << i << ", step " << t;
          ASSERT_EQ(steps.signal(t, i, signal_rate), spiked[i] ? 1 / (dt * 1e-3) : 0);
          const double arrived = transmission == Transmission::conductance ? s[i] * (40 - v[i]) : transmission == Transmission::jump ? given[i] : s[i];
          ASSERT_NEAR(steps.signal(t, i, signal_exc) + steps.signal(t, i, signal_inh), arrived, 1e-11);
          ASSERT_NEAR(steps.signal(t, i, signal_lfp), std::fabs(arrived), 1e-11);
        }
      }
      EXPECT_GT(std::min(count[0], count[1]), 5);
    }
}

// A spike of step i with a delay of d steps: in I of step i + d + 1 with its full weight, not before.
TEST(Network, Delays) {
  for (const std::string& isa : cpu_isas())
    for (const int delay : {0, 1, 2, 7, 8, 63, 64, 200}) {
      Net net(dt * 1e-3, 300, Method::exp_euler);
      const int cell = lif(net, 0), source = spiker(net, {{5, 0}, {30, 0}});
      net.projection({source}, {cell}, net.receptor(Transmission::current, 1e9), 1, delay * dt);
      const Steps steps(net, isa);
      for (int t = 0; t < 300; ++t)
        ASSERT_NEAR(steps.signal(t, cell, signal_exc), (t >= 5 + delay) + (t >= 30 + delay), 1e-6) << isa << ", delay " << delay << ", step " << t;
      EXPECT_EQ(steps.signal(5 + delay, cell, signal_v), 0);
      EXPECT_GT(steps.signal(6 + delay, cell, signal_v), 0);
    }
}

// The wiring is that of the rule in network.hpp: looked at cell by cell through single spikes.
TEST(Network, WiringFollowsItsRule) {
  for (const std::string& isa : cpu_isas())
    for (const double probability : {0.05, 0.5, 1.0})                    // lists of slots, lanes, counts
      for (const bool self : {false, true})
        for (const bool per_set : {false, true}) {
          Net net(dt * 1e-3, 60);
          const int cells = 45;
          std::vector<int> all;
          for (int i = 0; i < cells; ++i) all.push_back(lif(net, 0));
          for (int i = 0; i < cells; ++i) net.set(net.initial(i, 0), 0);
          net.n->wired_per_set = per_set;
          add_axis(net.p, net.drive(0, drive_noise), 0, 0, 5);
          // Cell i is lifted over its threshold in step i, spikes in step i + 1, and adds 1 to those it reaches.
          const int source = spiker(net, {}, cells);
          std::vector<Edge> lift;
          for (int i = 0; i < cells; ++i) net.n->populations[std::size_t(source)].spikes.push_back({i, i}), lift.push_back({i, i, 20, 0, 0});
          net.receptor(Transmission::jump);
          const int receptor = net.receptor(Transmission::instant);
          net.listed({source}, all, lift);
          net.projection(all, all, receptor, 1e-9, 0, probability).self = self;
          const std::uint64_t set = 3, n = per_set ? set + 1 : 0;
          const Steps steps(net, isa, set);
          int edges = 0;
          for (int pre = 0; pre < cells; ++pre) {
            ASSERT_EQ(steps.spikes(pre + 1), (pre + 1 < cells ? std::vector<int>{pre, cells + pre + 1} : std::vector<int>{pre}));
            for (int post = 0; post < cells; ++post) {
              const auto word = philox4x32(std::uint32_t(post / 4), wiring_stream + 64 * 1, std::uint32_t(pre), std::uint32_t(n), 7, 0);
              const bool edge = (self || pre != post) && word[post % 4] < probability * 0x1p32;
              // What lifts a cell is also an arriving current.
              const double lifted = post == pre + 1 ? 20 : 0;
              ASSERT_EQ(steps.signal(pre + 1, post, signal_exc) - lifted > 1e-12, edge) << isa << " " << probability << ": " << pre << " -> " << post;
              edges += edge;
            }
          }
          EXPECT_NEAR(edges, probability * cells * (cells - !self), 5 * std::sqrt(cells * cells * probability * (1 - probability)));
        }
}

// The same in populations of many cells, which begin anywhere: how many cells of each every cell reaches.
TEST(Network, WiringOfLargerPopulations) {
  for (const std::string& isa : cpu_isas())
    for (const Precision precision : {Precision::single_, Precision::double_})
      for (const double probability : {0.02, 0.6}) {
        Net net(dt * 1e-3, 60, Method::euler, precision);
        const int sizes[] = {5, 41}, cells = 46;
        for (const int size : sizes) lif(net, 0, 0, size);
        const int source = spiker(net, {}, cells);
        std::vector<Edge> lift;
        for (int i = 0; i < cells; ++i) net.n->populations[std::size_t(source)].spikes.push_back({i, i}), lift.push_back({i, i, 1024, 0, 0});
        net.receptor(Transmission::jump);
        const int receptor = net.receptor(Transmission::instant);
        net.listed({source}, {0, 1}, lift);
        net.projection({0, 1}, {0, 1}, receptor, 1, 0, probability);
        const Steps steps(net, isa);
        for (int pre = 0; pre < cells; ++pre)
          for (int population = 0, first = 0; population < 2; first += sizes[population++]) {
            int reached = 0;
            for (int post = first; post < first + sizes[population]; ++post) {
              const auto word = philox4x32(std::uint32_t(post / 4), wiring_stream + 64 * 1, std::uint32_t(pre), 0, 7, 0);
              reached += post != pre && word[post % 4] < probability * 0x1p32;
            }
            const bool lifted = pre + 1 < cells && pre + 1 >= first && pre + 1 < first + sizes[population];
            ASSERT_NEAR(steps.signal(pre + 1, population, signal_exc) * sizes[population], reached + 1024 * lifted, 1e-3) << isa << ", cell " << pre;
          }
      }
}

// Cells that are numbered otherwise do the same. The sums of weights that are whole numbers do not depend on their order.
TEST(Network, PermutedCellsGivePermutedResults) {
  const int cells = 37;
  const auto network = [&](const std::vector<int>& place) {             // cell i stands at place[i]
    Net net(dt * 1e-3, 2000);
    const int E = lif(net, 0, 2, cells);
    net.n->populations[std::size_t(E)].mean.resize(cells);
    for (int i = 0; i < cells; ++i) net.n->populations[std::size_t(E)].mean[std::size_t(place[std::size_t(i)])] = 8 + 0.25 * i;
    net.receptor(Transmission::current, 5), net.receptor(Transmission::instant);
    std::vector<Edge> edges;
    for (int i = 0; i < cells; ++i)
      for (int j = 1; j < 6; ++j) edges.push_back({place[std::size_t(i)], place[std::size_t((i * 7 + j * j) % cells)], j % 3 ? 2.0 : -4.0, 1, j});
    net.listed({E}, {E}, edges);
    return net;
  };
  std::vector<int> same(cells), other(cells);
  for (int i = 0; i < cells; ++i) same[std::size_t(i)] = i, other[std::size_t(i)] = (i * 11 + 3) % cells;
  for (const std::string& isa : cpu_isas()) {
    const Steps a(network(same), isa), b(network(other), isa);
    ASSERT_GT(a.steps.spikes.size(), 100u);
    for (std::int64_t t = 0; t < 2000; ++t) {
      std::vector<int> moved;
      for (const int cell : a.spikes(t)) moved.push_back(other[std::size_t(cell)]);
      std::sort(moved.begin(), moved.end());
      ASSERT_EQ(moved, b.spikes(t)) << isa << ", step " << t;
    }
  }
}

// A network with everything in it: two models, five populations that do not fill registers, all transmissions, delays, gap junctions,
// noise, a sine, Poisson input.
Net everything(Precision precision, Method method = Method::euler) {
  Net net(0.1e-3, 1500, method, precision);
  net.p.transient = 201;
  const int A = net.population("A", "izhikevich", 21), B = lif(net, 11, 2, 13, "B"), C = net.population("C", "izhikevich", 6), D = lif(net, 9, 0, 5, "D");
  const int X = spiker(net, {{0, 1}, {250, 0}, {700, 2}, {700, 1}}, 3);
  net.set(net.drive(A, drive_mean), 8), net.set(net.drive(A, drive_noise), 0.1), net.set(net.drive(C, drive_mean), 5);
  net.set(net.drive(B, drive_sine_amplitude), 2), net.set(net.drive(B, drive_sine_frequency), 20);
  net.poisson(D, 300, 0.5, 10);
  const int current = net.receptor(Transmission::current, 5), conductance = net.receptor(Transmission::conductance, 3, -80),
            instant = net.receptor(Transmission::instant), jump = net.receptor(Transmission::jump);
  net.projection({A, X}, {A, B, C, D}, current, 0.3, 1.5, 0.3);
  net.projection({B}, {A, C}, conductance, 0.02, 0.1, 0.7);
  net.projection({C}, {B, D}, instant, -1.5);
  net.projection({D}, {A, B, C, D}, jump, 0.2, 0.4, 0.05);
  net.listed({A, B}, {C, D}, {{0, 3, 0.7, current, 4}, {25, 7, -0.4, current, 0}, {25, 7, -0.4, current, 0}, {3, 9, 0.3, jump, 11}});
  net.gap(A, A, 0.01, 0.2), net.gap(A, C, 0.02), net.gap(B, B, 0.1);
  for (int population = 0; population < 4; ++population) {
    for (const Measure m : {Measure::rate, Measure::isi_cv, Measure::isi_mean, Measure::synchrony, Measure::active, Measure::spike_count}) net.measure(m, population);
    for (int signal = 0; signal < n_network_signal; ++signal)
      for (const Measure m : {Measure::mean, Measure::std, Measure::minimum, Measure::maximum, Measure::amplitude, Measure::peak_frequency, Measure::peak_power})
        net.measure(m, population, NetworkSignal(signal));
  }
  net.measure(Measure::spike_count, X);
  add_axis(net.p, net.n->projections[0].weight, 0.1, 0.6, 3);
  add_axis(net.p, net.n->projections[0].delay, 1, 2, 2);
  add_axis(net.p, net.n->projections[3].probability, 0.05, 0.2, 2);
  return net;
}

TEST(Network, BytesDependOnNeitherThreadsNorTiles) {
  for (const std::string& isa : cpu_isas())
    for (const Precision precision : {Precision::single_, Precision::double_})
      for (const Engine engine : {Engine::direct, Engine::fft}) {
        Net net = everything(precision);
        add_spectrum(net.p, engine, 400);
        net.p.replicates = engine == Engine::fft ? 2 : 1;
        Gather one(net.p, 12);
        make_cpu_backend(1, isa)->run(net.p, one);
        for (const auto& [threads, tile] : {std::pair{1, 1}, {3, 5}, {4, 2}}) {
          Gather other(net.p, std::uint64_t(tile));
          make_cpu_backend(threads, isa)->run(net.p, other);
          EXPECT_EQ(std::memcmp(one.values.data(), other.values.data(), one.values.size() * sizeof(double)), 0) << isa << " " << threads;
          EXPECT_EQ(one.status, other.status);
        }
        for (std::size_t i = 1; i < 12; ++i) EXPECT_NE(one.value(13, i), one.value(13, i - 1)) << "the mean v of sets differs";
      }
}

// Who watches every step sees what the sweep measured: the same bits; and measures are those of the signals.
TEST(Network, StepsAreWhatTheSweepSaw) {
  for (const std::string& isa : cpu_isas())
    for (const Precision precision : {Precision::single_, Precision::double_}) {
      Net net = everything(precision);
      add_spectrum(net.p, Engine::direct, 400);
      Gather map(net.p, 12);
      make_cpu_backend(2, isa)->run(net.p, map);
      for (const std::uint64_t set : {0, 7}) {
        const Steps steps(net, isa, set);
        ASSERT_EQ(steps.steps.result.values.size(), net.p.measures.size());
        for (std::size_t m = 0; m < net.p.measures.size(); ++m) {
          const double swept = map.value(m, set), seen = steps.steps.result.values[m];
          EXPECT_TRUE(swept == seen || (std::isnan(swept) && std::isnan(seen))) << isa << ", measure " << m << ": " << swept << " and " << seen;
          const int population = net.n->measured[m] / n_network_signal;
          const auto signal = NetworkSignal(net.n->measured[m] % n_network_signal);
          if (net.p.measures[m] != Measure::maximum && net.p.measures[m] != Measure::mean) continue;
          double high = -1e300, sum = 0;
          for (std::int64_t t = net.p.transient; t < net.p.steps; ++t)
            high = std::max(high, steps.signal(t, population, signal)), sum += steps.signal(t, population, signal);
          if (net.p.measures[m] == Measure::maximum) EXPECT_EQ(high, seen);
          else EXPECT_NEAR(sum / double(net.p.observed()), seen, (precision == Precision::single_ ? 1e-5 : 1e-11) * (1 + std::fabs(seen)));
        }
      }
    }
}

// Instruction sets round differently where a multiply-add is not fused. Up to the first spike that this moves everything agrees.
TEST(Network, InstructionSetsAgree) {
  for (const Method method : {Method::euler, Method::exp_euler, Method::heun, Method::rk4}) {
    const Net net = everything(Precision::double_, method);
    const Steps best(net);
    ASSERT_GT(best.steps.spikes.size(), 50u);
    for (const std::string& isa : cpu_isas()) {
      const Steps steps(net, isa);
      for (std::int64_t t = 0; t < 600; ++t) {
        ASSERT_EQ(steps.spikes(t), best.spikes(t)) << isa << ", step " << t;
        for (int population = 0; population < 4; ++population)
          for (const NetworkSignal s : {signal_v, signal_exc, signal_inh, signal_lfp})
            ASSERT_NEAR(steps.signal(t, population, s), best.signal(t, population, s), 1e-7 * (1 + std::fabs(best.signal(t, population, s)))) << isa << ", step " << t;
      }
    }
  }
}

// Float: a step's rounding is 6e-8 of some 65 mV, 4e-6 mV, of which over 300 steps with the upstrokes' amplification 1e-2 mV remains
// the most; so the spikes of the first 300 steps are double's, and the potentials near.
TEST(Network, FloatIsNearDouble) {
  for (const std::string& isa : cpu_isas())
    for (const Method method : {Method::euler, Method::exp_euler}) {
      Net net = everything(Precision::double_, method);
      const Steps exact(net, isa);
      net.p.precision = Precision::single_;
      // Normals are drawn in float: the noise differs by rounding alone.
      const Steps near(net, isa);
      for (std::int64_t t = 0; t < 300; ++t) {
        ASSERT_EQ(near.spikes(t), exact.spikes(t)) << isa << ", step " << t;
        for (int population = 0; population < 4; ++population)
          ASSERT_NEAR(near.signal(t, population, signal_v), exact.signal(t, population, signal_v), 1e-2) << isa << ", step " << t;
      }
    }
}

// Cells without connections are single nodes: every model that spikes, by every method.
TEST(Network, UnconnectedCellsAreNodes) {
  with_each_model([]<class M>(std::type_identity<M>, int number) {
    if constexpr (Spiking<M>)
      for (const std::string& isa : cpu_isas())
        for (const Precision precision : {Precision::single_, Precision::double_})
          for (const Method method : {Method::euler, Method::exp_euler, Method::heun, Method::rk4}) {
            SCOPED_TRACE(std::string(M::name) + " " + isa + " " + std::string(method_names[std::size_t(method)]));
            const double step = M::name == "hodgkin-huxley" ? 0.01e-3 : 0.1e-3;
            Net net(step, 5000, method, precision);
            const int population = net.population("", M::name, 3);
            const double current = M::name == "hodgkin-huxley" || M::name == "izhikevich" ? 12 : 700;
            net.set(net.drive(population, drive_mean), current);
            for (const Measure m : {Measure::spike_count, Measure::isi_mean}) net.measure(m, population);
            for (const Measure m : {Measure::mean, Measure::minimum, Measure::maximum}) net.measure(m, population, signal_v);
            Gather map(net.p, 1);
            make_cpu_backend(1, isa)->run(net.p, map);
            Problem node = net.p;
            node.network = nullptr, node.model = number, node.base.resize(std::size_t(layout_of<M>().size()));
            Gather single(node, 1);
            make_cpu_backend(1, isa)->run(node, single);
            ASSERT_GT(single.value(0, 0), 3);
            const double tolerance = precision == Precision::single_ ? 1e-3 : 1e-9;
            EXPECT_EQ(map.value(0, 0), 3 * single.value(0, 0));
            for (std::size_t c = 1; c < 5; ++c) EXPECT_NEAR(map.value(c, 0), single.value(c, 0), tolerance * (1 + std::fabs(single.value(c, 0)))) << "measure " << c;
          }
  });
}

// Every pair by a gap junction, drawn as rows and counted.
TEST(Network, GapJunctionsCountedAndDrawnAgree) {
  for (const std::string& isa : cpu_isas()) {
    const auto network = [&](double probability) {
      Net net(0.1e-3, 400);
      const int A = net.population("A", "izhikevich", 19), B = net.population("B", "izhikevich", 4);
      for (int i = 0; i < 19; ++i) net.n->populations[0].mean.push_back(3 + 0.4 * i);
      net.set(net.drive(B, drive_mean), 6);
      net.gap(A, A, 0.01, probability), net.gap(A, B, 0.02, probability);
      return net;
    };
    const Steps counted(network(1), isa), drawn(network(1 - 0x1p-32), isa);      // the largest word is rare: not among these
    for (std::int64_t t = 0; t < 400; ++t)
      for (int population : {0, 1})
        ASSERT_NEAR(counted.signal(t, population, signal_v), drawn.signal(t, population, signal_v), 1e-8) << isa << ", step " << t;
  }
}

// A cell that runs away makes the set's measures NaN.
TEST(Network, Divergence) {
  for (const std::string& isa : cpu_isas()) {
    Net net(0.1e-3, 400);
    const int cell = lif(net, 0, 0, 20);
    net.measure(Measure::mean, cell, signal_v), net.measure(Measure::spike_count, cell);
    add_axis(net.p, net.drive(cell, drive_mean), 1, 2, 2);
    net.p.axes[0].values = {1, -std::numeric_limits<double>::infinity()};
    Gather map(net.p, 1);
    make_cpu_backend(1, isa)->run(net.p, map);
    EXPECT_EQ(map.status[0], status_ok);
    EXPECT_EQ(map.status[1], status_diverged);
    EXPECT_EQ(map.value(1, 0), 0);
    EXPECT_TRUE(std::isnan(map.value(0, 1)) && std::isnan(map.value(1, 1)));
  }
}

// The rate of a population that never spikes is always 0: it has no peak, also where every amplitude counts.
TEST(Network, SilentPopulationHasNoPeak) {
  for (const double bound : {std::numeric_limits<double>::quiet_NaN(), 0.0}) {
    Net net(0.1e-3, 4000);
    const int cell = lif(net, 0, 0, 20);
    for (const Measure m : {Measure::peak_frequency, Measure::peak_power, Measure::mean}) net.measure(m, cell, signal_rate);
    add_spectrum(net.p, Engine::direct, 400);
    net.p.spectrum.min_amplitude = bound;
    Gather map(net.p, 1);
    make_cpu_backend(1)->run(net.p, map);
    EXPECT_TRUE(std::isnan(map.value(0, 0)) && std::isnan(map.value(1, 0)));
    EXPECT_EQ(map.value(2, 0), 0);
    EXPECT_EQ(map.status[0], status_ok);
  }
}

// A jump has to move a state.
TEST(Network, JumpsIntoAModelWithoutThatState) {
  Net net(0.1e-3, 10);
  const int cell = net.population("E", "srm", 2);
  net.poisson(cell, 10, 1, 1), net.measure(Measure::rate, cell);
  Gather map(net.p, 1);
  EXPECT_THROW(make_cpu_backend(1)->run(net.p, map), std::invalid_argument);
}

}  // namespace
}  // namespace neurosweep::test
