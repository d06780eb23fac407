// Networks with random numbers: means over realisations, against jaxfne's and Brian2's (tests/data/networks/README.md).
#include <gtest/gtest.h>

#include <cmath>

#include "common/csv_table.hpp"
#include "common/networks.hpp"

namespace neurosweep::test {
namespace {

const std::string folder = "networks/";

struct Wanted {
  int population;
  std::string name;
  double mean, se, sd;
};

Measure measure_named(const std::string& name) {
  return name == "rate" ? Measure::rate : name == "isi_cv" ? Measure::isi_cv : name == "synchrony" ? Measure::synchrony : name == "active" ? Measure::active : Measure::mean;
}

// |difference| <= 4 standard errors; where nothing varies the value itself, `active` to 0.01.
void expect_statistics(Net net, const std::vector<Wanted>& wanted, std::uint32_t replicates, const std::string& isa) {
  for (const Wanted& w : wanted) net.measure(measure_named(w.name), w.population, signal_v);
  net.p.replicates = replicates;
  Gather map(net.p, 1);
  make_cpu_backend(1, isa)->run(net.p, map);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double ours = map.value(i, 0), sd = map.value(wanted.size() + i, 0);
    if (std::isnan(wanted[i].mean)) {
      EXPECT_TRUE(std::isnan(ours)) << wanted[i].name << " of population " << wanted[i].population;
    } else if (wanted[i].sd < 1e-12) {
      EXPECT_NEAR(ours, wanted[i].mean, wanted[i].name == "active" ? 0.01 : 1e-12) << wanted[i].name << " of population " << wanted[i].population;
    } else {
      EXPECT_LE(std::fabs(ours - wanted[i].mean), 4 * std::sqrt(wanted[i].se * wanted[i].se + sd * sd / replicates))
          << wanted[i].name << " of population " << wanted[i].population << ": " << ours << " +- " << sd / std::sqrt(replicates) << ", theirs " << wanted[i].mean << " +- " << wanted[i].se;
    }
  }
}

// The E-I-G network with its noise: in both precisions, since no rounding matters to a statistic.
TEST(Statistics, EigNoise) {
  const CsvTable t = read_csv(folder + "eig_noise.csv");
  for (const std::string& isa : cpu_isas())
    for (const Precision precision : {Precision::single_, Precision::double_})
      for (const std::string set : {"n20", "n100", "n100_strong"}) {
        SCOPED_TRACE(isa + " " + std::string(precision_names[std::size_t(precision)]) + " " + set);
        Net net = eig_network(set == "n20" ? 20 : 100, precision, 2400);
        net.p.transient = 400;
        std::vector<Wanted> wanted;
        double weight = 0;
        for (std::size_t i = 0; i < t.rows.size(); ++i) {
          if (t.text(i, "set") != set) continue;
          weight = t.number(i, "weight_times_sqrt_n");
          const double realisations = t.number(i, "realisations");
          if (realisations > 0 && realisations < 10) continue;      // VIP's isi_cv of n100_strong: hardly ever has a cell three spikes
          for (std::size_t p = 0; p < net.n->populations.size(); ++p)
            if (net.n->populations[p].name == t.text(i, "population")) wanted.push_back({int(p), t.text(i, "measure"), t.number(i, "mean"), t.number(i, "se"), t.number(i, "sd")});
        }
        ASSERT_GE(wanted.size(), 15u);
        for (std::size_t j = 0; j < 4; ++j) net.set(net.n->projections[j].weight, j == 0 ? weight : -weight);
        expect_statistics(net, wanted, 40, isa);
      }
}

// The balanced network on the reference's own graph.
TEST(Statistics, Balanced) {
  const CsvTable t = read_csv(folder + "balanced_statistics.csv"), list = read_csv(folder + "balanced_edges.csv");
  for (const std::string& isa : cpu_isas())
    for (const Precision precision : {Precision::single_, Precision::double_}) {
      SCOPED_TRACE(isa + " " + std::string(precision_names[std::size_t(precision)]));
      Net net = balanced_cells(200, precision);
      std::vector<Edge> edges;
      for (std::size_t i = 0; i < list.rows.size(); ++i)
        edges.push_back({int(list.number(i, "pre")), int(list.number(i, "post")), list.number(i, "weight"), list.text(i, "receptor") == "exc" ? 0 : 1, 0});
      ASSERT_EQ(edges.size(), 3946u);
      net.listed({0, 1}, {0, 1}, edges);
      std::vector<Wanted> wanted;
      for (std::size_t i = 0; i < t.rows.size(); ++i)
        if (t.text(i, "population") != "all")
          wanted.push_back({t.text(i, "population") == "E" ? 0 : 1, t.text(i, "measure"), t.number(i, "mean"), t.number(i, "se"), t.number(i, "sd")});
      ASSERT_EQ(wanted.size(), 10u);
      expect_statistics(net, wanted, 12, isa);
    }
}

// Poisson arrivals in a step: Binomial(sources, rate dt). A cell that only adds them up, without leak or threshold, so that its v is
// weight times their number; 4 standard errors of mean and variance of N = 64 x 4000 numbers.
TEST(Statistics, ArrivalsAreBinomial) {
  for (const std::string& isa : cpu_isas())
    for (const Precision precision : {Precision::single_, Precision::double_})
      for (const auto& [sources, rate] : {std::pair{1.0, 500.0}, {3.0, 2500.0}, {100.0, 40.0}, {1000.0, 500.0}, {5.0, 10000.0}}) {
        SCOPED_TRACE(isa + " sources " + std::to_string(sources));
        const int cells = 64, steps = 4000;
        Net net(0.1e-3, steps, Method::euler, precision);
        net.population("", "lif", cells / 2), net.population("", "lif", cells / 2);
        for (int population : {0, 1}) {
          // E_L 0, tau so long that nothing leaks, no threshold
          for (const auto& [name, value] : {std::pair{"E_L", 0.0}, {"tau", 1e12}, {"V_th", 1e9}, {"g_L", 1.0}}) net.set(net.parameter(population, name), value);
        }
        net.poisson(0, rate, 1, sources);
        const double p = std::min(1.0, rate * 1e-4), mean = sources * p, variance = mean * (1 - p), n = double(cells) / 2 * steps;
        const Steps run(net, isa);
        double sum = 0, before = 0, mean_squares = 0;
        for (int t = 0; t < steps; ++t) {
          const double v = run.signal(t, 0, signal_v);
          sum = v * cells / 2;
          // the population's mean in a step has the variance / cells
          const double x = v - before - mean;
          mean_squares += x * x, before = v;
          ASSERT_EQ(run.signal(t, 1, signal_v), 0);
          ASSERT_NEAR(run.signal(t, 0, signal_exc), v - (t ? run.signal(t - 1, 0, signal_v) : 0), 1e-3 * std::max(1.0, v * 1e-3));
        }
        EXPECT_NEAR(sum / n, mean, 4 * std::sqrt(variance / n) + 1e-6 * mean);
        EXPECT_NEAR(mean_squares / steps * cells / 2, variance, 4 * variance * std::sqrt(2.0 / steps) + 1e-6);
      }
}

}  // namespace
}  // namespace neurosweep::test
