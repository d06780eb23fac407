#include "host/store/identity.hpp"

#include <gtest/gtest.h>

#include <set>

#include "host/spec/measures.hpp"
#include "host/spec/quantities.hpp"
#include "models/models.hpp"
#include "spec/sweep_text.hpp"

namespace neurosweep::test {
namespace {

Identity identity(const std::vector<std::string>& set, const std::vector<std::string>& axis = {}) {
  return identity_of(load(good(), {set, axis}));
}

std::string difference(const std::vector<std::string>& set, const std::vector<std::string>& axis = {}) {
  return first_difference(identity({}), identity(set, axis));
}

// ---- what is the same sweep ---------------------------------------------------------------------------------------------

TEST(Identity, TheSameFile) {
  EXPECT_EQ(identity({}), identity({}));
  EXPECT_EQ(difference({}), "");
  EXPECT_EQ(hash_of(identity({})), hash_of(identity({})));
}

TEST(Identity, WhatChangesNoNumber) {
  EXPECT_EQ(difference({"title=another"}), "");
  EXPECT_EQ(difference({"observe.measures=amplitude,peak_frequency,std"}), "");     // more is measured
  EXPECT_EQ(difference({"observe.measures=amplitude"}), "");                        // less
  EXPECT_EQ(difference({"dt=0.0005s", "duration=2000ms", "bi=0.05kHz"}), "");       // other units
  EXPECT_EQ(difference({}, {"Ae=2.6mV:5mV:8"}), "");                                // another way to write the axis
  EXPECT_EQ(hash_of(identity({"title=another"})), hash_of(identity({})));
}

// `auto` is the same choice wherever it leads to; what a backend made of it is not the sweep's.
TEST(Identity, TheEngineThatWasChosen) {
  SweepSpec a = load(good()), b = a;
  a.problem.spectrum.engine = Engine::direct, b.problem.spectrum.engine = Engine::fft;
  EXPECT_EQ(identity_of(a), identity_of(b));
}

// ---- what is another one ------------------------------------------------------------------------------------------------

TEST(Identity, FirstDifference) {
  EXPECT_EQ(difference({"seed=8"}), "seed is 7 there and 8 here");
  EXPECT_EQ(difference({"method=heun"}), "method is exp-euler there and heun here");
  EXPECT_EQ(difference({"precision=double"}), "precision is float there and double here");
  EXPECT_EQ(difference({"dt=0.25ms"}), "dt is 0.0005 s there and 0.00025 s here");
  EXPECT_EQ(difference({"duration=3s"}), "steps is 4000 there and 6000 here");
  EXPECT_EQ(difference({"transient=1s"}), "transient is 1000 steps there and 2000 steps here");
  EXPECT_EQ(difference({"replicates=2"}), "replicates is 1 there and 2 here");
  EXPECT_EQ(difference({"bi=51Hz"}), "bi is 50 Hz there and 51 Hz here");
  EXPECT_EQ(difference({"initial.M=2mV"}), "initial.M is 1 mV there and 2 mV here");
  EXPECT_EQ(difference({"input.E.noise=0"}), "input.E.noise is 20 Hz there and 0 Hz here");
  EXPECT_EQ(difference({"observe.signal=M"}), "observe.signal is eeg there and M here");
  EXPECT_EQ(difference({"spectrum.engine=fft"}), "spectrum.engine is auto there and fft here");
  EXPECT_EQ(difference({"spectrum.overlap=128"}), "spectrum.overlap is 256 samples there and 128 samples here");
  EXPECT_EQ(difference({"spectrum.min_amplitude=0.2mV"}), "spectrum.min_amplitude is 0.1 there and 0.2 here");
  EXPECT_TRUE(contains(difference({"spectrum.band=3:30"}), "spectrum.band is bins "));
}

TEST(Identity, AxesThatDiffer) {
  EXPECT_TRUE(contains(difference({}, {"Ae=2.6:5:9"}), "axis 1 is Ae: 8 values from 2.6 mV to 5 mV"));
  EXPECT_TRUE(contains(difference({}, {"Ae=2.6:5:9"}), "Ae: 9 values from 2.6 mV to 5 mV"));
  EXPECT_TRUE(contains(difference({}, {"Ae=2.6:5:8:log"}), "axis 1 is "));          // the same ends, other values between
  EXPECT_TRUE(contains(difference({}, {"Ai=15:30:4"}), "axis 2 is not given there and Ai: 4 values from 15 mV to 30 mV"));
  const Identity there = identity({}, {"Ai=15:30:4"});
  EXPECT_EQ(first_difference(there, identity({})), "Ai is not given there and 22 mV here");
  EXPECT_TRUE(first_difference(identity({}, {"Ae=15:30:4"}), there).starts_with("axis 1 is Ae: 4 values"));
}

// Nothing of a problem is left out by mistake: each number of a set, by any change.
TEST(Identity, EveryQuantityOfEveryModel) {
  for (std::size_t m = 0; m < models().size(); ++m) {
    SweepSpec spec = load("model = \"" + std::string(models()[m].name) + "\"\ndt = \"0.1 ms\"\nduration = \"1 s\"\n");
    const Identity before = identity_of(spec);
    const std::vector<Quantity> all = quantities(models()[m]);
    for (std::size_t i = 0; i < all.size(); ++i) {
      SweepSpec other = spec;
      double& base = other.problem.base[i];
      base = std::isfinite(base) ? std::nextafter(base, 1e300) : 1;
      EXPECT_TRUE(first_difference(before, identity_of(other)).starts_with(all[i].name + " is "))
          << models()[m].name << ": " << all[i].name;
    }
  }
}

// An attribute of that name would be two things at once; an array, too.
TEST(Identity, NoQuantityHasTheNameOfAnythingElse) {
  std::set<std::string> taken{"n_failed", "status", "model", "method", "precision", "dt", "steps", "transient", "seed", "replicates",
                              "numbers_version"};
  for (const MeasureRow& row : measure_table()) taken.insert(std::string(row.name)), taken.insert(std::string(row.name) + "_sd");
  for (const ModelInfo& model : models())
    for (const Quantity& q : quantities(model)) EXPECT_FALSE(taken.contains(q.name)) << model.name << ": " << q.name;
}

TEST(Identity, PresetAxis) {
  const auto of = [](const std::string& presets) {
    return identity_of(load("model = \"izhikevich\"\ndt = \"0.1 ms\"\nduration = \"1 s\"\n[[axis]]\nname = \"preset\"\nvalues = [" + presets + "]\n"));
  };
  const Identity two = of("\"chattering\", \"fast_spiking\"");
  EXPECT_EQ(first_difference(two, of("\"chattering\", \"fast_spiking\"")), "");
  EXPECT_TRUE(contains(first_difference(two, of("\"fast_spiking\", \"chattering\"")), "axis 1 is preset"));
  for (const auto& [name, value] : two) EXPECT_FALSE(name == "a" || name == "d") << name << ", which the axis changes, stands at " << value;
}

// ---- spectral measures, which a store may be given later ----------------------------------------------------------------

TEST(Identity, SpectrumOfOneSideOnly) {
  const Identity without = identity({"observe.measures=amplitude"}), with = identity({});
  const Identity other = identity({"spectrum.segment=1024"});
  for (const auto& [name, value] : without) EXPECT_FALSE(name.starts_with("spectrum.")) << name;
  EXPECT_EQ(first_difference(without, with), "");
  EXPECT_EQ(first_difference(with, without), "");
  const Identity both = merged(without, with);
  EXPECT_EQ(first_difference(both, with), "");
  EXPECT_EQ(first_difference(both, without), "");
  EXPECT_EQ(first_difference(both, other), "spectrum.segment is 512 samples there and 1024 samples here");
  EXPECT_EQ(merged(both, with), both);
}

// A band's power has no use for the peak's band.
TEST(Identity, BandOfThePeakOnlyWithAPeak) {
  const Identity power = identity({"observe.measures=power_alpha"});
  EXPECT_EQ(first_difference(identity({}), power), "");
  EXPECT_EQ(first_difference(power, identity({"observe.measures=power_alpha", "spectrum.band=4:20"})), "");
}

TEST(Identity, WhatArraysDependOn) {
  const std::vector<std::string> all = parts_of(identity({}));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_TRUE(contains(all[0], "model = ") && !contains(all[0], "spectrum."));
  EXPECT_TRUE(contains(all[1], "spectrum.segment = ") && !contains(all[1], "spectrum.band"));
  EXPECT_TRUE(contains(all[2], "spectrum.band = ") && contains(all[2], "spectrum.min_amplitude = "));
  const std::vector<std::string> power = parts_of(identity({"observe.measures=power_alpha"}));
  EXPECT_EQ(power, std::vector(all.begin(), all.begin() + 2));
  EXPECT_EQ(parts_of(identity({"observe.measures=mean"})), std::vector(all.begin(), all.begin() + 1));
  for (const auto& [array, needed] : {std::pair<const char*, std::size_t>{"mean", 1}, {"std_sd", 1}, {"status", 1}, {"n_failed", 1},
                                      {"power_alpha", 2}, {"peak_frequency_sd", 3}, {"peak_power", 3}, {"notes", 0}, {"_sd", 0}})
    EXPECT_EQ(parts_needed(array), needed) << array;
}

TEST(Identity, HashOfAnyOrder) {
  const Identity id = identity({});
  Identity reversed(id.rbegin(), id.rend());
  EXPECT_EQ(hash_of(id), hash_of(reversed));
  EXPECT_EQ(hash_of(id).size(), 32);
  EXPECT_NE(hash_of(id), hash_of(identity({"seed=8"})));
}

}  // namespace
}  // namespace neurosweep::test
