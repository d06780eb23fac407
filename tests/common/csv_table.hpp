// Reads the CSV files of tests/data: a header and rows of numbers (the first column may be a name).
#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace neurosweep::test {

struct CsvTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;

  std::size_t column(const std::string& name) const {
    for (std::size_t i = 0; i < header.size(); ++i)
      if (header[i] == name) return i;
    ADD_FAILURE() << "no column " << name;
    return 0;
  }
  const std::string& text(std::size_t row, const std::string& name) const { return rows.at(row)[column(name)]; }
  double number(std::size_t row, const std::string& name) const { return std::strtod(text(row, name).c_str(), nullptr); }
};

inline std::vector<std::string> split_commas(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream s(line);
  for (std::string cell; std::getline(s, cell, ',');) cells.push_back(cell);
  return cells;
}

// `name` relative to tests/data.
inline CsvTable read_csv(const std::string& name) {
  CsvTable t;
  std::ifstream in(std::string(NEUROSWEEP_TEST_DATA) + "/" + name);
  EXPECT_TRUE(in.good()) << name;
  std::string line;
  if (std::getline(in, line)) t.header = split_commas(line);
  while (std::getline(in, line)) t.rows.push_back(split_commas(line));
  return t;
}

}  // namespace neurosweep::test
