// The signals of tests/data/welch.
#pragma once
#include <string>
#include <vector>

#include "common/csv_table.hpp"

namespace neurosweep::test {

inline std::vector<double> signal_named(const std::string& name) {
  const CsvTable t = read_csv("welch/signal_" + name + ".csv");
  std::vector<double> x;
  for (std::size_t i = 0; i < t.rows.size(); ++i) x.push_back(t.number(i, "x"));
  return x;
}

}  // namespace neurosweep::test
