// The networks of tests/data/networks (its README says where they come from), in numbers.
#pragma once
#include <cmath>
#include <map>

#include "common/csv_table.hpp"
#include "common/networks.hpp"

namespace neurosweep::test {

inline const std::string folder = "networks/";

// Rows of a file that belong to a set.
inline std::vector<std::size_t> rows_of_set(const CsvTable& t, const std::string& set, const std::string& method = "") {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < t.rows.size(); ++i)
    if (t.text(i, "set") == set && (method.empty() || t.text(i, "method") == method)) rows.push_back(i);
  return rows;
}

inline void set_izhikevich(Net& net, int population, const CsvTable& t, std::size_t row) {
  for (const char* name : {"a", "b", "c", "d"}) net.set(net.parameter(population, name), t.number(row, name));
}

// jaxfne's E-I-G network. `single`: each cell a population of its own.
inline Net eig(const std::string& set, double weight, bool single) {
  const CsvTable t = read_csv(folder + "eig_neurons.csv");
  const auto rows = rows_of_set(t, set);
  Net net(0.5e-3, 2000);
  std::map<std::string, std::vector<int>> of_name;
  std::vector<int> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string name = t.text(rows[i], "population");
    if (single || of_name[name].empty()) {
      const int population = net.population(name, "izhikevich", 0);
      of_name[name].push_back(population), all.push_back(population);
      set_izhikevich(net, population, t, rows[i]);
    }
    Population& last = net.n->populations.back();
    ++last.size, last.mean.push_back(t.number(rows[i], "drive"));
  }
  const int instant = net.receptor(Transmission::instant);
  for (const auto& [name, populations] : of_name)
    net.projection(populations, all, instant, name == "E" ? weight : -weight).scale = 1 / std::sqrt(double(rows.size()));
  return net;
}

// Its networks of edges: each cell a population of its own.
inline Net edges_set(const std::string& set, std::int64_t steps) {
  const CsvTable cells = read_csv(folder + "edges_neurons.csv"), list = read_csv(folder + "edges_list.csv");
  Net net(0.5e-3, steps);
  std::vector<int> all;
  for (const std::size_t row : rows_of_set(cells, set)) {
    all.push_back(net.population("", "izhikevich", 1));
    set_izhikevich(net, all.back(), cells, row);
    net.set(net.drive(all.back(), drive_mean), cells.number(row, "drive"));
  }
  const std::map<std::string, int> receptor{{"AMPA", net.receptor(Transmission::current, 2)}, {"NMDA", net.receptor(Transmission::current, 100)},
                                            {"GABA_A", net.receptor(Transmission::current, 5)}, {"GABA_B", net.receptor(Transmission::current, 150)}};
  std::vector<Edge> edges;
  for (const std::size_t row : rows_of_set(list, set))
    edges.push_back({int(list.number(row, "pre")), int(list.number(row, "post")), list.number(row, "weight"), receptor.at(list.text(row, "receptor")),
                     int(std::lround(list.number(row, "delay") / 0.5))});
  net.listed(all, all, edges);
  return net;
}

// Brian2's LIF populations. Cells as single populations, or in E and I; the sources are the last population.
inline Net lif_set(const std::string& set, const std::string& method, bool single) {
  const CsvTable sets = read_csv(folder + "lif_sets.csv"), list = read_csv(folder + "lif_edges.csv"), outside = read_csv(folder + "lif_external.csv");
  const std::size_t row = rows_of_set(sets, set).at(0);
  const auto number = [&](const char* name) { return sets.number(row, name); };
  const double dt = number("dt");
  Net net(dt * 1e-3, std::int64_t(number("steps")), method == "exp-euler" ? Method::exp_euler : Method::euler);
  const int n_E = int(number("n_E")), n_I = int(number("n_I")), sources = int(number("n_external"));
  std::vector<int> all;
  const auto add = [&](const std::string& name, int size) {
    const int population = net.population(name, "lif", size);
    for (const auto& [parameter, value] : {std::pair{"g_L", 1.0}, {"tau", number("tau")}, {"E_L", 0.0}, {"V_th", 1000 * number("v_th")},
                                           {"V_reset", 1000 * number("v_reset")}, {"t_ref", number("t_ref")}})
      net.set(net.parameter(population, parameter), value);
    net.set(net.drive(population, drive_mean), 1000 * number(name == "E" ? "drive_E" : "drive_I"));
    all.push_back(population);
  };
  if (single) for (int i = 0; i < n_E + n_I; ++i) add(i < n_E ? "E" : "I", 1);
  else add("E", n_E), add("I", n_I);
  std::vector<int> from = all;
  if (sources > 0) {
    from.push_back(net.population("X", "", sources));
    for (const std::size_t i : rows_of_set(outside, set))
      net.n->populations.back().spikes.push_back({std::int64_t(outside.number(i, "step")), int(outside.number(i, "source"))});
  }
  const double tau = number("tau_slow");
  const int slow = net.receptor(Transmission::current, method == "forum-euler" ? -dt / std::log(1 - dt / tau) : tau), jump = net.receptor(Transmission::jump);
  std::vector<Edge> edges;
  for (const std::size_t i : rows_of_set(list, set)) {
    const std::string pre = list.text(i, "pre");
    edges.push_back({pre[0] == 'X' ? n_E + n_I + std::stoi(pre.substr(1)) : std::stoi(pre), int(list.number(i, "post")), 1000 * list.number(i, "weight"),
                     list.text(i, "receptor") == "slow" ? slow : jump, int(std::lround(list.number(i, "delay") / dt))});
  }
  net.listed(from, all, edges);
  return net;
}

// Cells with gap junctions, dt in ms: each a population of its own.
inline Net gap_set(const std::string& set, double dt, std::int64_t steps) {
  const CsvTable cells = read_csv(folder + "gap_cells.csv"), list = read_csv(folder + "gap_junctions.csv");
  Net net(dt * 1e-3, steps);
  for (const std::size_t row : rows_of_set(cells, set)) {
    const int population = net.population("", "izhikevich", 1);
    set_izhikevich(net, population, cells, row);
    net.set(net.drive(population, drive_mean), cells.number(row, "I"));
  }
  for (const std::size_t row : rows_of_set(list, set)) net.gap(int(list.number(row, "i")), int(list.number(row, "j")), list.number(row, "conductance"));
  return net;
}

}  // namespace neurosweep::test
