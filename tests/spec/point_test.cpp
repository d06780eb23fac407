// A parameter set named by values of its axes.
#include "host/spec/point.hpp"

#include <cmath>

#include "sweep_text.hpp"

namespace neurosweep::test {
namespace {

const std::string two_axes =
    "model = \"jansen-rit\"\ndt = \"0.5 ms\"\nduration = \"2 s\"\n"
    "[[axis]]\nname = \"Ae\"\nvalues = [2, 3, 5]\n"
    "[[axis]]\nname = \"input.E.noise\"\nfrom = 1\nto = 1000\ncount = 4\nscale = \"log\"\n";
const std::string presets =
    "model = \"izhikevich\"\ndt = \"0.1 ms\"\nduration = \"2 s\"\n"
    "[[axis]]\nname = \"preset\"\nvalues = [\"chattering\", \"fast_spiking\"]\n[[axis]]\nname = \"input.I.mean\"\nfrom = -1\nto = 1\ncount = 21\n";

void expect_refused(const std::string& text, const std::vector<std::string>& at, const std::vector<std::string>& words) {
  SweepSpec sweep = load(text);
  try {
    locate(sweep, at);
    ADD_FAILURE() << at[0];
  } catch (const SpecError& e) {
    for (const std::string& word : words) EXPECT_NE(std::string(e.what()).find(word), std::string::npos) << word << "\n" << e.what();
  }
}

TEST(Point, OnTheGrid) {
  SweepSpec sweep = load(two_axes);
  const auto values = sweep.problem.axes;
  EXPECT_EQ(locate(sweep, {}).set, 0u);
  EXPECT_EQ(locate(sweep, {"Ae=5"}).set, 8u);
  EXPECT_EQ(locate(sweep, {"input.E.noise=100Hz", "Ae=0.003 V"}).set, 6u);
  EXPECT_EQ(locate(sweep, {"parameters.Ae=3"}).set, 4u);
  const Point rounded = locate(sweep, {"Ae=3.0000000000001", "input.E.noise=9.9999999999999"});
  EXPECT_EQ(rounded.set, 5u);
  EXPECT_TRUE(rounded.notes.empty());
  for (std::size_t a = 0; a < 2; ++a) EXPECT_EQ(sweep.problem.axes[a].values, values[a].values);
}

TEST(Point, OffTheGridTakesTheNearestPlace) {
  SweepSpec sweep = load(two_axes);
  const Point p = locate(sweep, {"Ae=3.9mV", "input.E.noise=40"});
  EXPECT_EQ(p.set, 6u);                                              // 40 is nearer to 100 than to 10 on a log axis
  EXPECT_EQ(sweep.problem.axes[0].values, (std::vector<double>{2, 3.9, 5}));
  EXPECT_EQ(sweep.axes[0].values, (std::vector<double>{2, 3.9, 5}));
  EXPECT_EQ(sweep.problem.axes[1].values[2], 40);
  ASSERT_EQ(p.notes.size(), 2u);
  for (const char* word : {"Ae = 3.9 mV is not on the axis", "nearest value, 3 mV", "noise of set 7"})
    EXPECT_NE(p.notes[0].find(word), std::string::npos) << word << "\n" << p.notes[0];
  SweepSpec outside = load(two_axes);
  EXPECT_EQ(locate(outside, {"Ae=-7"}).set, 0u);
  EXPECT_EQ(outside.problem.axes[0].values[0], -7);
}

// The value 0 of an axis through it may be a rounding error: it is 0 all the same, and small values are not.
TEST(Point, NextToZero) {
  SweepSpec sweep = load(presets);
  const std::vector<double> values = sweep.problem.axes[1].values;
  EXPECT_EQ(locate(sweep, {"input.I.mean=0"}).set, 10u);
  EXPECT_EQ(sweep.problem.axes[1].values, values);
  EXPECT_EQ(locate(sweep, {"input.I.mean=1e-6"}).notes.size(), 1u);
  EXPECT_EQ(sweep.problem.axes[1].values[10], 1e-6);
}

TEST(Point, Presets) {
  SweepSpec sweep = load(presets);
  EXPECT_EQ(locate(sweep, {"preset=fast_spiking", "input.I.mean=-1"}).set, 21u);
  expect_refused(presets, {"preset=fast_spikng"}, {"--at preset=fast_spikng", "did you mean \"fast_spiking\"?", "chattering, fast_spiking"});
  expect_refused(presets, {"preset=regular_spiking"}, {"unknown preset"});        // the model has it, the axis has not
  expect_refused(presets, {"a=0.1"}, {"--at a=0.1", "goes with another axis", "preset, input.I.mean"});
}

TEST(Point, Mistakes) {
  expect_refused(two_axes, {"Aee=3"}, {"--at Aee=3: unknown axis \"Aee\"; did you mean \"Ae\"?", "(axes: Ae, input.E.noise)"});
  expect_refused(two_axes, {"bi=40Hz"}, {"bi is no axis of this sweep", "--set bi=40Hz sets it"});
  expect_refused(two_axes, {"Ae"}, {"--at Ae", "NAME=VALUE"});
  expect_refused(two_axes, {"Ae="}, {"NAME=VALUE"});
  expect_refused(two_axes, {"Ae=3Hz"}, {"--at Ae=3Hz", "voltage"});
  expect_refused(two_axes, {"Ae=nan"}, {"--at Ae=nan"});
  expect_refused(two_axes, {"Ae=1e300"}, {"beyond the numbers of float", "precision=double"});
  expect_refused(two_axes, {"input.E.noise=-1"}, {"--at input.E.noise=-1", "0 or more"});
  expect_refused(two_axes, {"Ae=3", "Ae=3"}, {"named twice"});
  expect_refused(two_axes, {"Ab=3", "Ac=4"}, {"--at Ab=3", "--at Ac=4"});           // all at once
  expect_refused("model = \"jansen-rit\"\ndt = \"0.5 ms\"\nduration = \"2 s\"\n", {"Ae=3"}, {"this sweep has none", "--set Ae=3"});
}

TEST(Point, RefractoryTimesThatNoStepsCount) {
  const std::string lif = "model = \"lif\"\ndt = \"0.02 ms\"\nduration = \"2 s\"\n[[axis]]\nname = \"t_ref\"\nvalues = [0, 2]\n";
  SweepSpec sweep = load(lif);
  EXPECT_EQ(locate(sweep, {"t_ref=300 s"}).set, 1u);                 // 1.5e7 steps; 2^24 are possible
  expect_refused(lif, {"t_ref=400 s"}, {"--at t_ref=400 s", "16777216 steps"});
}

}  // namespace
}  // namespace neurosweep::test
