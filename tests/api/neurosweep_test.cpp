// The library's numbers against the program's, and what a program can do while they are computed.
#include "host/api/neurosweep.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <future>

#include "cli/program.hpp"

namespace neurosweep::test {
namespace {

const Overrides small{{"duration=1s", "spectrum.segment=256", "spectrum.overlap=128"}, {"Ae=2:5:3", "Ai=15:30:5"}};

Strings flags_of(const Overrides& overrides) {
  Strings flags;
  for (const std::string& set : overrides.set) flags = flags + Strings{"--set", set};
  for (const std::string& axis : overrides.axis) flags = flags + Strings{"--axis", axis};
  return flags;
}

ComputeOptions on_cpu() {
  ComputeOptions options;
  options.device = "cpu", options.threads = 2;
  return options;
}

std::string headed(const std::string& name, const std::string& unit) { return unit.empty() ? name : name + " [" + unit + "]"; }

// A number of the program's table is the shortest text that reads back to the same float or double.
bool is(double value, const std::string& cell, bool single) {
  const double read = single ? double(std::strtof(cell.c_str(), nullptr)) : std::strtod(cell.c_str(), nullptr);
  return value == read || (std::isnan(value) && cell == "nan");
}

// Every label, coordinate and number as the program's CSV has them.
void expect_as_the_program(const std::string& file, const Overrides& overrides) {
  const Map map = compute(Sweep::load(file, overrides), on_cpu());
  const CsvTable table = map_of(file, flags_of(overrides));
  ASSERT_EQ(map.sets(), table.rows.size());
  std::size_t stride = map.sets();
  for (const MapAxis& axis : map.axes) {
    stride /= axis.values.size();
    for (std::size_t set = 0; set < map.sets(); ++set)
      EXPECT_TRUE(is(axis.values[set / stride % axis.values.size()], table.text(set, headed(axis.name, axis.unit)), false)) << set;
  }
  for (const MapColumn& column : map.columns)
    for (std::size_t set = 0; set < map.sets(); ++set)
      EXPECT_TRUE(is(column.values[set], table.text(set, headed(column.name, column.unit)), map.single)) << column.name << " of set " << set;
  for (std::size_t set = 0; set < map.sets(); ++set) {
    EXPECT_EQ(std::to_string(map.status[set]), table.text(set, "status")) << set;
    if (!map.failed.empty()) {
      EXPECT_EQ(std::to_string(map.failed[set]), table.text(set, "n_failed")) << set;
    }
  }
  EXPECT_EQ(table.header.size(), map.axes.size() + map.columns.size() + (map.failed.empty() ? 1 : 2));
}

TEST(BesideTheProgram, TheGainMap) { expect_as_the_program(sweep("jr_gain_map"), small); }

TEST(BesideTheProgram, InDoubleToo) {
  Overrides overrides = small;
  overrides.set.push_back("precision=double");
  expect_as_the_program(sweep("jr_gain_map"), overrides);
}

TEST(BesideTheProgram, RealisationsAndTheirSd) {
  Overrides overrides = small;
  overrides.set.push_back("replicates=3");
  expect_as_the_program(sweep("jr_gain_map"), overrides);
}

TEST(BesideTheProgram, ASetThatDiverges) {
  Folder folder;
  const std::string file = folder.write("one.toml", single_set);
  const Overrides unstable{{"method=euler", "dt=5ms", "duration=10s"}, {"be=100:20000:3"}};
  expect_as_the_program(file, unstable);
  const Map map = compute(Sweep::load(file, unstable), on_cpu());
  EXPECT_EQ(map.status, (std::vector<std::uint8_t>{0, 1, 1}));
  EXPECT_TRUE(std::isnan(map.columns[0].values[1]));
}

TEST(Api, ASingleSetFromText) {
  const Sweep one = Sweep::parse(single_set);
  EXPECT_EQ(one.sets(), 1u);
  const Map map = compute(one, on_cpu());
  EXPECT_TRUE(map.axes.empty());
  ASSERT_EQ(map.sets(), 1u);
  EXPECT_EQ(map.model, "jansen-rit");
  EXPECT_EQ(map.columns[0].unit, "mV");
  EXPECT_NEAR(map.columns[0].values[0], 11.092, 0.001);
}

TEST(Api, SaysWhereItRuns) {
  Strings said;
  ComputeOptions options = on_cpu();
  options.note = [&](const std::string& line) { said.push_back(line); };
  compute(Sweep::parse(single_set), options);
  ASSERT_EQ(said.size(), 1u);
  EXPECT_TRUE(said[0].starts_with("device: ") && contains(said[0], "2 threads")) << said[0];
}

// ---- mistakes -------------------------------------------------------------------------------------------------------

std::string mistake(const std::function<void()>& call) {
  try {
    call();
  } catch (const SpecError& e) {
    return e.what();
  }
  ADD_FAILURE() << "no SpecError";
  return "";
}

TEST(BesideTheProgram, AMistakeIsCalledTheSame) {
  const Overrides wrong{{"Aee=3mV"}, {}};
  const std::string what = mistake([&] { Sweep::load(sweep("jr_gain_map"), wrong); });
  EXPECT_TRUE(contains(what, "did you mean \"Ae\"")) << what;
  const Result r = run(Strings{"run", sweep("jr_gain_map"), "--dry-run", "--set", "Aee=3mV"});
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(contains(r.err, what)) << r.err;
  const std::string in_text = mistake([] { Sweep::parse("model = \"jansen-ritt\"\n", {}, "mine"); });
  EXPECT_TRUE(in_text.starts_with("mine:1:") && contains(in_text, "jansen-rit")) << in_text;
}

TEST(Api, OptionsThatAreNotAllowed) {
  ComputeOptions options;
  options.device = "gpu";
  EXPECT_TRUE(contains(mistake([&] { compute(Sweep::parse(single_set), options); }), "allowed are auto, cpu, cuda and cuda:N"));
  options = on_cpu(), options.threads = -1;
  EXPECT_EQ(mistake([&] { compute(Sweep::parse(single_set), options); }), "threads = -1: allowed are 0 to 4096");
}

// 2^40 sets: 8 TB of amplitudes alone.
TEST(Api, AMapThatDoesNotFitTheMemory) {
  const Sweep huge = Sweep::parse(single_set, {{}, {"Ae=2:5:1048576", "Ai=15:30:1048576"}});
  EXPECT_EQ(huge.sets(), std::uint64_t(1) << 40);
  try {
    compute(huge, on_cpu());
    ADD_FAILURE() << "no error";
  } catch (const std::runtime_error& e) {
    EXPECT_TRUE(contains(e.what(), "a map of 1099511627776 sets takes")) << e.what();
  }
}

// ---- progress -------------------------------------------------------------------------------------------------------

// 4096 sets for 20 s: many batches on any CPU.
const Overrides many{{"duration=20s"}, {"Ae=2:5:64", "Ai=15:30:64"}};

TEST(Api, ProgressGrows) {
  std::vector<double> shares;
  ComputeOptions options = on_cpu();
  options.progress = [&](double share) { return shares.push_back(share), true; };
  const Map map = compute(Sweep::parse(single_set, {{}, many.axis}), options);
  ASSERT_FALSE(shares.empty());
  EXPECT_GT(shares.front(), 0);
  EXPECT_LE(shares.back(), 1);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(std::count(map.status.begin(), map.status.end(), not_computed), 0);
}

// The first word comes with the first batch, so nearly all is left then; tiles in flight are given up.
TEST(Api, EndsWhenToldTo) {
  ComputeOptions options = on_cpu();
  int calls = 0;
  options.progress = [&](double) { return ++calls, false; };
  const Sweep sweep = Sweep::parse(single_set, many);
  const Map map = compute(sweep, options);
  EXPECT_EQ(calls, 1);
  ASSERT_EQ(map.sets(), sweep.sets());
  EXPECT_GT(std::count(map.status.begin(), map.status.end(), not_computed), 2048);
  for (std::size_t set = 0; set < map.sets(); ++set) EXPECT_EQ(std::isnan(map.columns[0].values[set]), map.status[set] == not_computed) << set;
}

TEST(Api, WhatProgressThrowsComesOut) {
  struct Enough {};
  ComputeOptions options = on_cpu();
  options.progress = [](double) -> bool { throw Enough(); };
  EXPECT_THROW(compute(Sweep::parse(single_set, many), options), Enough);
}

TEST(Api, TwoAtATime) {
  const Sweep sweep = Sweep::load(test::sweep("jr_gain_map"), small);
  auto other = std::async(std::launch::async, [&] { return compute(sweep, on_cpu()); });
  const Map one = compute(sweep, on_cpu()), two = other.get();
  for (std::size_t c = 0; c < one.columns.size(); ++c) EXPECT_EQ(one.columns[c].values, two.columns[c].values);
}

}  // namespace
}  // namespace neurosweep::test
