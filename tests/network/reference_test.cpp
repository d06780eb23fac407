// Networks of other programs, spike for spike as long as rounding allows (tests/data/networks/README.md), in double, on every
// instruction set: jaxfne's E-I-G network, its networks of edges, Brian2's LIF populations and gap junctions.
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "common/reference_networks.hpp"

namespace neurosweep::test {
namespace {

// All spikes before step `until`, and none but these.
void expect_spikes(const Steps& steps, const CsvTable& t, const std::vector<std::size_t>& rows, std::int64_t until) {
  std::vector<std::pair<std::int64_t, int>> ours, theirs;
  for (const TimedSpike& s : steps.steps.spikes)
    if (s.step < until) ours.push_back({s.step, s.cell});
  for (const std::size_t i : rows)
    if (const auto step = std::int64_t(t.number(i, "step")); step < until) theirs.push_back({step, int(t.number(i, "neuron"))});
  std::sort(ours.begin(), ours.end()), std::sort(theirs.begin(), theirs.end());
  ASSERT_GT(theirs.size(), 5u);
  EXPECT_EQ(ours, theirs);
}

// Columns NAME_CELL of a file of traces, in which every cell is a population of its own.
void expect_traces(const Steps& steps, const CsvTable& t, std::int64_t until, const std::map<std::string, std::pair<NetworkSignal, double>>& tolerance,
                   double unit = 1) {
  int compared = 0;
  for (std::size_t c = 1; c < t.header.size(); ++c) {
    const std::size_t cut = t.header[c].rfind('_');
    const auto found = tolerance.find(t.header[c].substr(0, cut));
    if (found == tolerance.end()) continue;
    const int cell = std::stoi(t.header[c].substr(cut + 1));
    for (std::size_t i = 0; i < t.rows.size(); ++i) {
      const auto step = std::int64_t(t.number(i, "step"));
      if (step >= until) break;
      ASSERT_NEAR(steps.signal(step, cell, found->second.first) / unit, std::strtod(t.rows[i][c].c_str(), nullptr), found->second.second)
          << t.header[c] << ", step " << step;
      ++compared;
    }
  }
  EXPECT_GT(compared, 100);
}

// ---- jaxfne: E-I-G -----------------------------------------------------------------------------------------------------

struct EigSet {
  const char* name;
  double weight;                  // times the root of the number of cells
  std::int64_t agreed;            // steps
  double dv;                      // the largest difference between the programs before step 400 [mV]
};
constexpr EigSet eig_sets[] = {{"n20", 0.5, 1118, 3e-8}, {"n100", 0.5, 805, 5e-6}, {"n100_strong", 15, 1059, 2e-8}, {"n100_plain", 0.5, 1020, 8e-8}};

TEST(Jaxfne, EigSpikesAndPotentials) {
  const CsvTable spikes = read_csv(folder + "eig_spikes.csv");
  for (const std::string& isa : cpu_isas())
    for (const EigSet& set : eig_sets)
      for (const bool single : {false, true}) {
        SCOPED_TRACE(isa + " " + set.name + (single ? ", a population for each cell" : ""));
        const Steps steps(eig(set.name, set.weight, single), isa);
        expect_spikes(steps, spikes, rows_of_set(spikes, set.name), set.agreed);
        if (single)
          expect_traces(steps, read_csv(folder + "eig_v_" + set.name + ".csv"), 400, {{"v", {signal_v, std::max(1e-6, 50 * set.dv)}}});
      }
}

// Measures of the whole run: what rounding has separated at its end counts as the README says.
TEST(Jaxfne, EigMeasures) {
  const CsvTable t = read_csv(folder + "eig_rates.csv");
  for (const EigSet& set : eig_sets) {
    Net net = eig(set.name, set.weight, false);
    for (int population = 0; population < 4; ++population)
      for (const Measure m : {Measure::spike_count, Measure::rate, Measure::active}) net.measure(m, population);
    const Steps steps(net);
    for (int population = 0; population < 4; ++population)
      for (const std::size_t row : rows_of_set(t, set.name)) {
        const Population& is = net.n->populations[std::size_t(population)];
        if (t.text(row, "population") != is.name) continue;
        EXPECT_EQ(t.number(row, "size"), is.size);
        const double* values = &steps.steps.result.values[std::size_t(population) * 3];
        EXPECT_GE(values[0], t.number(row, "spikes_low") - 2);
        EXPECT_LE(values[0], t.number(row, "spikes_high") + 2);
        EXPECT_NEAR(values[1], values[0] / is.size, 1e-12);      // one second
        EXPECT_EQ(values[2], t.number(row, "active"));
      }
  }
}

// ---- jaxfne: edges -----------------------------------------------------------------------------------------------------

TEST(Jaxfne, EdgesWithReceptorsAndDelays) {
  const CsvTable spikes = read_csv(folder + "edges_spikes.csv");
  const struct {
    const char* name;
    std::int64_t steps, agreed;
    double dv;
  } sets[] = {{"edges30", 2000, 861, 3e-7}, {"edges30_nodelay", 2000, 812, 1e-6}, {"edges12_self", 1000, 1000, 9e-7}};
  for (const std::string& isa : cpu_isas())
    for (const auto& set : sets) {
      SCOPED_TRACE(isa + " " + set.name);
      const Net net = edges_set(set.name, set.steps);
      const Steps steps(net, isa);
      expect_spikes(steps, spikes, rows_of_set(spikes, set.name), set.agreed);
      expect_traces(steps, read_csv(folder + "edges_trace_" + set.name + ".csv"), 400,
                    {{"v", {signal_v, 50 * set.dv}}, {"I_exc", {signal_exc, 1e-12}}, {"I_inh", {signal_inh, 1e-12}}});
    }
}

// ---- Brian2: LIF populations -------------------------------------------------------------------------------------------

// All runs agree to the end: the spikes exactly; 1e-12 V is 100 times the largest difference seen.
TEST(Brian2, LifSpikesPotentialsCurrents) {
  const CsvTable spikes = read_csv(folder + "lif_spikes.csv");
  for (const std::string& isa : cpu_isas())
    for (const std::string set : {"forum3", "mid", "const", "tref"})
      for (const std::string method : {"euler", "exp-euler", "forum-euler"})
        for (const bool single : {false, true}) {
          SCOPED_TRACE(isa + " " + set + " " + method + (single ? ", a population for each cell" : ""));
          const Net net = lif_set(set, method, single);
          Steps steps(net, isa);
          std::erase_if(steps.steps.spikes, [&](const TimedSpike& s) {      // the sources' own
            return net.n->populations.back().spikes_only() && s.cell >= net.n->populations.back().first;
          });
          expect_spikes(steps, spikes, rows_of_set(spikes, set, method), net.p.steps);
          if (single && method != "forum-euler")
            expect_traces(steps, read_csv(folder + "lif_trace_" + set + "_" + method + ".csv"), net.p.steps,
                          {{"v", {signal_v, 1e-12}}, {"I_exc", {signal_exc, 1e-12}}, {"I_inh", {signal_inh, 1e-12}}}, 1000);
        }
}

TEST(Brian2, LifSignals) {
  for (const std::string& isa : cpu_isas())
    for (const std::string set : {"mid", "const"}) {
      SCOPED_TRACE(isa + " " + set);
      const CsvTable t = read_csv(folder + "lif_signals_" + set + ".csv");
      const Steps steps(lif_set(set, "euler", false), isa);
      const std::pair<const char*, NetworkSignal> signals[] = {{"rate", signal_rate}, {"v", signal_v}, {"I_exc", signal_exc}, {"I_inh", signal_inh}, {"lfp", signal_lfp}};
      for (std::size_t i = 0; i < t.rows.size(); ++i)
        for (int population = 0; population < 2; ++population)
          for (const auto& [name, which] : signals) {
            const double unit = which == signal_rate ? 1 : 1000, theirs = t.number(i, std::string(population == 0 ? "E." : "I.") + name);
            ASSERT_NEAR(steps.signal(std::int64_t(t.number(i, "step")), population, which) / unit, theirs, 1e-12 * std::max(1.0, theirs)) << name << ", row " << i;
          }
    }
}

TEST(Brian2, LifMeasures) {
  const CsvTable t = read_csv(folder + "lif_measures.csv");
  for (const std::string& isa : cpu_isas())
    for (std::size_t row = 0; row < t.rows.size(); ++row) {
      SCOPED_TRACE(isa + " " + t.text(row, "set") + " " + t.text(row, "method") + " " + t.text(row, "population"));
      Net net = lif_set(t.text(row, "set"), t.text(row, "method"), false);
      const int population = t.text(row, "population") == "E" ? 0 : t.text(row, "population") == "I" ? 1 : -1;
      if (population < 0) continue;
      const char* cells[] = {"spikes", "rate", "isi_cv", "synchrony", "active"};
      for (const Measure m : {Measure::spike_count, Measure::rate, Measure::isi_cv, Measure::synchrony, Measure::active}) net.measure(m, population);
      const char* means[] = {"mean_v", "mean_I_exc", "mean_I_inh", "mean_lfp"};
      for (const NetworkSignal s : {signal_v, signal_exc, signal_inh, signal_lfp}) net.measure(Measure::mean, population, s);
      Gather map(net.p, 1);
      make_cpu_backend(1, isa)->run(net.p, map);
      for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(map.value(i, 0), t.number(row, cells[i]), 1e-10) << cells[i];
      for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(map.value(5 + i, 0) / 1000, t.number(row, means[i]), 1e-12) << means[i];
    }
}

// The line `micro` of the reference: jumps into resting, spiking and neighbouring cells, one case each.
TEST(Brian2, LifMicro) {
  for (const std::string& isa : cpu_isas()) {
    SCOPED_TRACE(isa);
    Net net(0.1e-3, 200);
    std::vector<int> cells;
    for (int i = 0; i < 9; ++i) {
      cells.push_back(net.population("", "lif", 1));
      for (const auto& [parameter, value] : {std::pair{"g_L", 1.0}, {"tau", 10.0}, {"E_L", 0.0}, {"V_th", 500.0}, {"V_reset", 0.0}, {"t_ref", 0.0}})
        net.set(net.parameter(i, parameter), value);
      if (i == 2 || i == 3 || i == 8) net.set(net.drive(i, drive_mean), 600);
    }
    const int X = net.population("X", "", 2);
    net.n->populations.back().spikes = {{10, 0}, {178, 1}};
    std::vector<int> from = cells;
    from.push_back(X);
    const int slow = net.receptor(Transmission::current, 10), jump = net.receptor(Transmission::jump);
    net.listed(from, cells, {{9, 0, 600, jump, 0}, {9, 1, 502, jump, 0}, {10, 2, 300, jump, 0}, {10, 3, 300, slow, 0}, {0, 4, 700, jump, 0},
                             {0, 5, 700, jump, 3}, {4, 6, 700, jump, 0}, {9, 7, 800, jump, 0}, {9, 7, -200, jump, 0}, {10, 8, -300, jump, 0}});
    const Steps steps(net, isa);
    const CsvTable t = read_csv(folder + "lif_micro.csv");
    expect_traces(steps, t, 200, {{"v", {signal_v, 1e-12}}, {"I_exc", {signal_exc, 1e-12}}, {"I_inh", {signal_inh, 1e-12}}}, 1000);
    for (std::size_t i = 0; i < t.rows.size(); ++i)
      for (int cell = 0; cell < 9; ++cell) {
        const auto spikes = steps.spikes(std::int64_t(t.number(i, "step")));
        EXPECT_EQ(std::count(spikes.begin(), spikes.end(), cell), t.number(i, "spike_" + std::to_string(cell))) << "cell " << cell << ", row " << i;
      }
  }
}

// ---- Brian2: gap junctions ---------------------------------------------------------------------------------------------

TEST(Brian2, GapJunctions) {
  const CsvTable spikes = read_csv(folder + "gap_spikes.csv");
  const struct {
    const char* name;
    double dt;                    // ms
    std::int64_t steps, agreed;
    double dv;
  } sets[] = {{"two", 0.1, 5000, 5000, 5e-9}, {"two_dt05", 0.5, 1000, 1000, 2e-10}, {"five_all", 0.1, 5000, 2155, 3e-6}, {"five_ring", 0.1, 5000, 5000, 5e-10}};
  for (const std::string& isa : cpu_isas())
    for (const auto& set : sets) {
      SCOPED_TRACE(isa + " " + set.name);
      const Net net = gap_set(set.name, set.dt, set.steps);
      const Steps steps(net, isa);
      expect_spikes(steps, spikes, rows_of_set(spikes, set.name), set.agreed);
      expect_traces(steps, read_csv(folder + "gap_v_" + set.name + ".csv"), set.dt == 0.5 ? 400 : 1000, {{"v", {signal_v, std::max(1e-6, 50 * set.dv)}}});
    }
}

}  // namespace
}  // namespace neurosweep::test
