// Sweep files for the tests of host/spec: a complete one, and how to load text.
#pragma once
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "host/spec/sweep_spec.hpp"

namespace neurosweep::test {

// One line an element, so that a test can replace line n and knows where a mistake stands.
inline const std::vector<std::string> good_lines{
    /*  1 */ "model = \"jansen-rit\"",
    /*  2 */ "dt = \"0.5 ms\"",
    /*  3 */ "duration = \"2 s\"",
    /*  4 */ "transient = \"500 ms\"",
    /*  5 */ "seed = 7",
    /*  6 */ "[parameters]",
    /*  7 */ "bi = \"50 Hz\"",
    /*  8 */ "[initial]",
    /*  9 */ "M = \"1 mV\"",
    /* 10 */ "[[axis]]",
    /* 11 */ "name = \"Ae\"",
    /* 12 */ "from = \"2.6 mV\"",
    /* 13 */ "to = \"5 mV\"",
    /* 14 */ "count = 8",
    /* 15 */ "[input.E]",
    /* 16 */ "mean = \"120 Hz\"",
    /* 17 */ "noise = \"20 Hz\"",
    /* 18 */ "sine = { amplitude = \"70 Hz\", frequency = \"10 Hz\" }",
    /* 19 */ "pulse = { amplitude = \"10 Hz\", start = \"1 s\", width = \"100 ms\", period = \"500 ms\" }",
    /* 20 */ "[observe]",
    /* 21 */ "signal = \"eeg\"",
    /* 22 */ "measures = [\"amplitude\", \"peak_frequency\"]",
    /* 23 */ "[spectrum]",
    /* 24 */ "segment = 512",
    /* 25 */ "overlap = 256",
    /* 26 */ "band = [\"3 Hz\", \"40 Hz\"]",
    /* 27 */ "engine = \"auto\"",
    /* 28 */ "min_amplitude = \"0.1 mV\"",
};

inline std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

inline std::string good() { return joined(good_lines); }

// The good file with its line `number` (from 1) replaced; 0 = the whole file.
inline std::string with_line(int number, const std::string& text) {
  if (number == 0) return text;
  std::vector<std::string> lines = good_lines;
  lines.at(std::size_t(number - 1)) = text;
  return joined(lines);
}

// A path of this process alone: tests may run side by side.
inline std::string temporary(const std::string& name) {
  return testing::TempDir() + "neurosweep_" + std::to_string(getpid()) + "_" + name;
}

inline std::string write(const std::string& text, const std::string& name = "sweep.toml") {
  const std::string path = temporary(name);
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

inline SweepSpec load(const std::string& text, const Overrides& overrides = {}) {
  struct Remove {
    std::string path;
    ~Remove() { std::remove(path.c_str()); }
  } file{write(text)};
  return load_sweep(file.path, overrides);
}

// The message of the error, or "" if there is none.
inline std::string error_of(const std::string& text, const Overrides& overrides = {}) {
  try {
    load(text, overrides);
  } catch (const SpecError& e) { return e.what(); }
  return "";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The value of a quantity that no axis sets.
inline double base(const SweepSpec& s, const std::string& name) {
  const int q = find_quantity(s.quantities, name);
  EXPECT_GE(q, 0) << name;
  return q < 0 ? std::numeric_limits<double>::quiet_NaN() : s.problem.base[std::size_t(q)];
}

inline void expect_range(BinRange r, int first, int count) {
  EXPECT_EQ(r.first, first);
  EXPECT_EQ(r.count, count);
}

}  // namespace neurosweep::test
