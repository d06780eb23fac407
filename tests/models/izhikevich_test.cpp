// Izhikevich's neuron by forward Euler against numpy and Brian2: every spike, intervals, traces.
#include "models/izhikevich.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/csv_table.hpp"
#include "measures/spikes.hpp"
#include "models/run_model.hpp"

namespace neurosweep::test {
namespace {

Values values_of_row(const CsvTable& t, std::size_t row) {
  Values v{{"in_I", t.number(row, "I")}};
  for (const char* name : {"a", "b", "c", "d"}) v[name] = t.number(row, name);
  return v;
}

Steps spikes_of_row(const CsvTable& counts, std::size_t row) {
  const double dt = counts.number(row, "dt");
  return run_model<Izhikevich, Method::euler>(values_of_row(counts, row), dt, std::llround(1000 / dt)).spikes;
}

std::string label(const CsvTable& t, std::size_t row) {
  return t.text(row, "set") + ", I " + t.text(row, "I") + ", dt " + t.text(row, "dt");
}

// Where the reference says that rounding decides from some spike on, the spikes before it are compared, and the count
// with the room that its README gives.
TEST(Izhikevich, SpikesFallInTheReferencesSteps) {
  const CsvTable counts = read_csv("izhikevich/counts.csv");
  const std::map<std::string, Steps> listed = listed_spikes("izhikevich/spike_steps.csv", label);
  ASSERT_EQ(counts.rows.size(), 378u);
  std::size_t compared = 0;
  for (std::size_t row = 0; row < counts.rows.size(); ++row) {
    SCOPED_TRACE(label(counts, row));
    const Steps ours = spikes_of_row(counts, row);
    const bool robust = counts.number(row, "robust") == 1;
    if (robust) {
      EXPECT_EQ(double(ours.size()), counts.number(row, "spike_count"));
    } else {
      EXPECT_GE(double(ours.size()), counts.number(row, "count_low") - 2);
      EXPECT_LE(double(ours.size()), counts.number(row, "count_high") + 2);
    }
    const auto theirs = listed.find(label(counts, row));
    if (theirs == listed.end()) continue;
    const std::size_t n = robust ? theirs->second.size() : std::size_t(counts.number(row, "agreed_spikes"));
    ASSERT_GE(ours.size(), n);
    for (std::size_t i = 0; i < n; ++i) EXPECT_EQ(ours[i], theirs->second[i]) << "spike " << i;
    compared += n;
  }
  EXPECT_EQ(compared, 1910u);                     // all that the list marks as agreed
}

void expect_measures(const Steps& spikes, std::int64_t first, const CsvTable& counts, std::size_t row, const char* suffix) {
  SpikeTrain<double> train;
  train.begin();
  for (std::int64_t step : spikes)
    if (step >= first) train.add(std::uint64_t(step));
  const SpikeStatistics s(train);
  const double dt = counts.number(row, "dt");
  auto theirs = [&](const char* name) { return counts.number(row, std::string(name) + suffix); };
  EXPECT_EQ(s.spikes, theirs("spike_count")) << suffix;
  EXPECT_EQ(std::isnan(s.isi_mean), std::isnan(theirs("isi_mean"))) << suffix;
  EXPECT_EQ(std::isnan(s.isi_cv), std::isnan(theirs("isi_cv"))) << suffix;
  if (std::isnan(theirs("isi_mean"))) return;
  EXPECT_NEAR(s.isi_mean * dt, theirs("isi_mean"), 1e-12 * theirs("isi_mean")) << suffix;
  EXPECT_NEAR(s.isi_cv, theirs("isi_cv"), 1e-9) << suffix;    // of a regular train theirs is 1e-16, ours 0
}

TEST(Izhikevich, IntervalsAreTheReferences) {
  const CsvTable counts = read_csv("izhikevich/counts.csv");
  int compared = 0;
  for (std::size_t row = 0; row < counts.rows.size(); ++row) {
    if (counts.number(row, "robust") != 1) continue;
    SCOPED_TRACE(label(counts, row));
    const Steps spikes = spikes_of_row(counts, row);
    expect_measures(spikes, 0, counts, row, "");
    expect_measures(spikes, std::llround(200 / counts.number(row, "dt")), counts, row, "_200");
    ++compared;
  }
  EXPECT_EQ(compared, 159 + 162);
}

// `tolerance` [mV]: by how much the reference's v moves when 4 ulp of noise are added at every step. u follows b v with a
// rate of its own, so its error is at most b = 0.2 times that.
void expect_trace(const char* file, double dt, std::map<std::string, double> tolerance) {
  const CsvTable counts = read_csv("izhikevich/counts.csv"), trace = read_csv(file);
  for (const auto& [set, bound] : tolerance) {
    SCOPED_TRACE(set + ", dt " + std::to_string(dt));
    std::size_t row = 0;
    while (counts.text(row, "set") != set || counts.number(row, "I") != 10 || counts.number(row, "dt") != dt) ++row;
    const auto steps = std::int64_t(trace.rows.size());
    const auto ours = run_model<Izhikevich, Method::euler>(values_of_row(counts, row), dt, steps).x;
    double v = 0, u = 0;
    for (std::size_t i = 0; i < trace.rows.size(); ++i) {
      v = std::max(v, std::fabs(ours[i][Izhikevich::v] - trace.number(i, "v_" + set)));
      u = std::max(u, std::fabs(ours[i][Izhikevich::u] - trace.number(i, "u_" + set)));
    }
    EXPECT_LT(v, bound);
    EXPECT_LT(u, 0.2 * bound);
  }
}

TEST(Izhikevich, TracesAreTheReferences) {
  expect_trace("izhikevich/trace_dt0.1.csv", 0.1,
               {{"regular_spiking", 1e-10}, {"chattering", 2e-10}, {"intrinsically_bursting", 2e-10}});
  expect_trace("izhikevich/trace_dt0.5.csv", 0.5,
               {{"regular_spiking", 4e-11}, {"chattering", 4e-11}, {"intrinsically_bursting", 4e-11}});
}

TEST(Izhikevich, PresetsAreTheReferencesSets) {
  const CsvTable counts = read_csv("izhikevich/counts.csv");
  std::set<std::string> found;
  for (const Preset& preset : Izhikevich::presets) {
    const std::string set(preset.name == "cortical_eig" ? "regular_spiking" : preset.name);
    for (std::size_t row = 0; row < counts.rows.size(); ++row) {
      if (counts.text(row, "set") != set) continue;
      found.insert(set);
      ASSERT_EQ(preset.values.size(), 4u);
      for (const Preset::Value& v : preset.values)
        EXPECT_EQ(v.value, counts.number(row, std::string(v.parameter))) << preset.name << ", " << v.parameter;
    }
  }
  for (std::size_t row = 0; row < counts.rows.size(); ++row) EXPECT_EQ(found.count(counts.text(row, "set")), 1u);
  EXPECT_EQ(found.size() + 1, std::size(Izhikevich::presets));
}

// The recovery variable starts at b times the initial v, also where that is not the default, unless it is given itself.
TEST(Izhikevich, StartOfTheRecoveryVariable) {
  auto u0 = [](const Values& values) {                  // u is what du/dt = a (b v - u) says before the first step
    const double dt = 1e-3;
    const auto x = run_model<Izhikevich, Method::euler>(values, dt, 1).x[0];
    const double a = 0.02, b = values.count("b") ? values.at("b") : 0.2, v = values.count("v_0") ? values.at("v_0") : -65;
    return (x[Izhikevich::u] - dt * a * b * v) / (1 - dt * a);
  };
  EXPECT_NEAR(u0({}), -13, 1e-12);
  EXPECT_NEAR(u0({{"v_0", -70}}), -14, 1e-12);
  EXPECT_NEAR(u0({{"b", 0.25}, {"v_0", -60}}), -15, 1e-12);
  EXPECT_NEAR(u0({{"v_0", -70}, {"u_0", -3}}), -3, 1e-12);
}

}  // namespace
}  // namespace neurosweep::test
