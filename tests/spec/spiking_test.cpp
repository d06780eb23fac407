// What spiking models add to a sweep file: measures of spikes, presets, and initial values that the model computes.
#include <cmath>

#include "host/spec/document.hpp"
#include "host/spec/quantities.hpp"
#include "host/spec/reader.hpp"
#include "models/models.hpp"
#include "sweep_text.hpp"

namespace neurosweep {
namespace {

using test::base;
using test::contains;
using test::error_of;
using test::load;

const std::string izhikevich = "model = 'izhikevich'\ndt = '0.25 ms'\nduration = '1 s'\n";   // lines 1 to 3
const std::string lif = "model = 'lif'\ndt = '0.1 ms'\nduration = '1 s'\n";
const std::string jansen_rit = "model = 'jansen-rit'\ndt = '0.5 ms'\nduration = '1 s'\n";

void expect_parts(const std::string& message, const std::vector<const char*>& parts) {
  EXPECT_NE(message, "") << "it loaded";
  for (const char* part : parts) EXPECT_TRUE(contains(message, part)) << "no " << part << " in: " << message;
  EXPECT_FALSE(contains(message, "\n")) << message;
}

// ---- measures -------------------------------------------------------------------------------------------------------

TEST(Spiking, MeasuresOfSpikes) {
  const SweepSpec s = load(izhikevich + "[observe]\nmeasures = ['spike_count', 'isi_mean', 'mean', 'isi_cv', 'rate']");
  EXPECT_EQ(s.problem.measures,
            (std::vector{Measure::spike_count, Measure::isi_mean, Measure::mean, Measure::isi_cv, Measure::rate}));
  EXPECT_EQ(s.problem.spectrum.engine, Engine::none);
  EXPECT_EQ(s.warnings, std::vector<std::string>{});
}

TEST(Spiking, DefaultMeasuresNeedNoSpectrum) {
  for (const std::string& text : {izhikevich, lif, lif + "[spectrum]\nsegment = 512\nband = [3, 40]"}) {
    const Problem p = load(text).problem;
    EXPECT_EQ(p.measures, (std::vector{Measure::rate, Measure::isi_cv}));
    EXPECT_EQ(p.spectrum.engine, Engine::none);
    EXPECT_EQ(p.spectrum.kept.count, 0);
  }
  EXPECT_EQ(load("model = 'lif'\ndt = '1 ms'\nduration = '5 ms'").problem.measures.size(), 2u);   // no room for a segment
}

TEST(Spiking, OtherMeasuresAreThereToo) {
  const Problem p = load(lif + "[observe]\nmeasures = ['rate', 'peak_frequency']").problem;
  EXPECT_EQ(p.measures, (std::vector{Measure::rate, Measure::peak_frequency}));
  EXPECT_EQ(p.spectrum.engine, Engine::fft);
  EXPECT_GT(p.spectrum.peak.count, 0);
}

TEST(Spiking, AModelThatDoesNotSpikeHasNoMeasuresOfSpikes) {
  for (const std::string name : {"spike_count", "rate", "isi_mean", "isi_cv"}) {
    const std::string words = "measure \"" + name + "\" is of models that spike, and jansen-rit does not (measures: amplitude, ";
    expect_parts(error_of(jansen_rit + "[observe]\nmeasures = ['mean', '" + name + "']"),
                 {":5:21: ", words.c_str(), "power_gamma)"});
    expect_parts(error_of(jansen_rit, {{"observe.measures=mean," + name}, {}}), {"--set observe.measures=mean,", words.c_str()});
  }
  const std::string slip = error_of(jansen_rit + "[observe]\nmeasures = ['spike_cuont']");
  expect_parts(slip, {":5:13: unknown measure \"spike_cuont\" (measures: amplitude, "});
  EXPECT_FALSE(contains(slip, "rate")) << slip;   // not what it cannot have
  expect_parts(error_of(lif + "[observe]\nmeasures = ['spike_cuont']"),
               {":5:13: unknown measure", "did you mean \"spike_count\"?", "isi_cv)"});
  expect_parts(error_of(lif + "[observe]\nmeasures = ['rate', 'rate']"), {":5:21: measure \"rate\" stands there twice"});
}

// ---- initial values that the model computes -------------------------------------------------------------------------

TEST(Start, IsTheModelsOwnUnlessItIsGiven) {
  EXPECT_TRUE(std::isnan(base(load(izhikevich), "initial.u")));
  EXPECT_EQ(base(load(izhikevich), "initial.v"), -65);
  EXPECT_TRUE(std::isnan(base(load(lif), "initial.V")));
  EXPECT_EQ(base(load(izhikevich + "[initial]\nu = -14.5"), "initial.u"), -14.5);
  EXPECT_EQ(base(load(izhikevich, {{"initial.u=-10"}, {}}), "initial.u"), -10);
  EXPECT_EQ(base(load(lif + "[initial]\nV = '-0.06 V'"), "initial.V"), -60);
}

TEST(Start, IsSweptLikeAnyOther) {
  const SweepSpec s = load(izhikevich + "[[axis]]\nname = 'initial.u'\nfrom = -20\nto = 0\ncount = 3");
  ASSERT_EQ(s.axes.size(), 1u);
  EXPECT_EQ(s.axes[0].values, (std::vector<double>{-20, -10, 0}));
  EXPECT_EQ(load(lif, {{}, {"initial.V=-80mV:-60mV:5"}}).axes[0].values.size(), 5u);
}

TEST(Start, ByRuleIsNoReasonToWarn) {
  for (const ModelInfo& m : models()) {
    const std::string text = "model = '" + std::string(m.name) + "'\ndt = '0.1 ms'\nduration = '1 s'\n";
    EXPECT_EQ(load(text).warnings, std::vector<std::string>{}) << m.name;
    for (const State& s : m.states) EXPECT_EQ(std::isnan(s.start), !s.rule.empty()) << m.name << " " << s.name;
  }
}

TEST(Start, CannotBeNotANumber) {
  for (const std::string number : {"nan", "-nan", "+nan", "inf", "-inf"}) {
    SCOPED_TRACE(number);
    expect_parts(error_of(izhikevich + "[initial]\nu = " + number), {":5:5: initial.u: ", "is not a finite number"});
    expect_parts(error_of(izhikevich + "[initial]\nv = '" + number + " mV'"), {":5:5: initial.v: ", "is not a finite number"});
    expect_parts(error_of(izhikevich + "[parameters]\na = " + number), {":5:5: a: ", "is not a finite number"});
    expect_parts(error_of(izhikevich + "[input.I]\nmean = " + number), {":5:8: input.I.mean: ", "is not a finite number"});
    expect_parts(error_of(izhikevich + "[[axis]]\nname = 'initial.u'\nvalues = [1, " + number + "]"),
                 {":6:14: axis initial.u: values: ", "is not a finite number"});
    expect_parts(error_of(izhikevich + "[[axis]]\nname = 'initial.u'\nfrom = " + number + "\nto = 1\ncount = 3"),
                 {":6:8: axis initial.u: from: ", "is not a finite number"});
    expect_parts(error_of(izhikevich, {{"initial.u=" + number}, {}}), {"--set initial.u=", "is not a finite number"});
    expect_parts(error_of(izhikevich, {{}, {"initial.u=0:" + number + ":3"}}), {"axis initial.u: to: ", "is not a finite number"});
  }
}

// A model whose states have domains of every kind, and one of them a rule.
constexpr Parameter parameters[] = {{"a", "1/ms", 0.02, 0, 1, "rate", ""}};
constexpr State states[] = {{"x", "mV", by_rule, 0, 1, "both ends", "a"},
                            {"y", "", 0, 0, unbounded, "from zero on"},
                            {"z", "mV", 0, -unbounded, 20, "up to 20 mV"}};
constexpr Port ports[] = {{"I", "pA", "current"}};
constexpr Signal signals[] = {{"x", "mV", "x"}};
constexpr ModelInfo bounded[] = {{"bounded", "bounded", "", "", "ms", parameters, states, ports, signals, {}, true}};

SweepSpec read(const std::string& text, std::span<const ModelInfo> models) {
  const std::string path = test::write(text, "own_model.toml");
  spec::Node root = spec::read_document(path);
  std::remove(path.c_str());
  return spec::read_sweep(path, "", std::move(root), {}, models);
}

std::vector<std::string> warnings_of(const std::string& lines) {
  return read("model = 'bounded'\ndt = '0.1 ms'\nduration = '100 ms'\n" + lines, bounded).warnings;
}

TEST(Start, OutsideTheDomainIsAWarning) {
  EXPECT_EQ(warnings_of("").size(), 0u);
  EXPECT_EQ(warnings_of("[initial]\nx = 1\ny = 1e30\nz = -1e30").size(), 0u);
  const auto w = warnings_of("[initial]\nx = '-1 mV'\ny = -2\nz = 21");
  ASSERT_EQ(w.size(), 3u);
  EXPECT_TRUE(contains(w[0], ":5:5: initial.x = -1 mV is outside the model's domain, 0 ... 1 mV")) << w[0];
  EXPECT_TRUE(contains(w[1], ":6:5: initial.y = -2 is outside the model's domain, 0 or more")) << w[1];
  EXPECT_TRUE(contains(w[2], ":7:5: initial.z = 21 mV is outside the model's domain, 20 mV or less")) << w[2];
  const auto axis = warnings_of("[[axis]]\nname = 'initial.x'\nvalues = [0, 5]");
  ASSERT_EQ(axis.size(), 1u);
  EXPECT_TRUE(contains(axis[0], ":4:1: axis initial.x: 0 ... 5 mV leaves the model's domain, 0 ... 1 mV")) << axis[0];
}

// ---- presets --------------------------------------------------------------------------------------------------------

void expect_abcd(const SweepSpec& s, double a, double b, double c, double d) {
  EXPECT_EQ(base(s, "a"), a);
  EXPECT_EQ(base(s, "b"), b);
  EXPECT_EQ(base(s, "c"), c);
  EXPECT_EQ(base(s, "d"), d);
  EXPECT_EQ(base(s, "v_peak"), 30);
}

TEST(Presets, AllOfThemLoad) {
  for (const ModelInfo& m : models()) {
    const std::string text = "model = '" + std::string(m.name) + "'\ndt = '0.1 ms'\nduration = '1 s'\n";
    for (const Preset& p : m.presets) {
      const SweepSpec s = load(text + "preset = '" + std::string(p.name) + "'");
      for (const Preset::Value& v : p.values) EXPECT_EQ(base(s, std::string(v.parameter)), v.value) << p.name;
      EXPECT_EQ(s.warnings, std::vector<std::string>{}) << p.name;
    }
  }
}

TEST(Presets, InTheFileAndByFlag) {
  expect_abcd(load(izhikevich), 0.02, 0.2, -65, 8);
  expect_abcd(load(izhikevich + "preset = 'chattering'"), 0.02, 0.2, -50, 2);
  expect_abcd(load(izhikevich, {{"preset=resonator"}, {}}), 0.1, 0.26, -65, 2);
  expect_abcd(load(izhikevich + "preset = 'chattering'", {{"preset=thalamo_cortical"}, {}}), 0.02, 0.25, -65, 0.05);
}

TEST(Presets, ParametersOverrideThem) {
  expect_abcd(load(izhikevich + "preset = 'chattering'\n[parameters]\nd = 4"), 0.02, 0.2, -50, 4);
  expect_abcd(load(izhikevich + "[parameters]\nd = 4", {{"preset=chattering"}, {}}), 0.02, 0.2, -50, 4);
  expect_abcd(load(izhikevich + "preset = 'chattering'", {{"d=3", "c=-55mV"}, {}}), 0.02, 0.2, -55, 3);
}

TEST(Presets, AnAxisOverridesThem) {
  const SweepSpec s = load(izhikevich + "preset = 'chattering'\n[[axis]]\nname = 'c'\nvalues = ['-65 mV', '-60 mV']");
  ASSERT_EQ(s.problem.axes.size(), 1u);
  EXPECT_EQ(s.problem.axes[0].quantity, 2);
  EXPECT_EQ(s.problem.axes[0].values, (std::vector<double>{-65, -60}));
  expect_abcd(s, 0.02, 0.2, -50, 2);
}

TEST(Presets, Broken) {
  expect_parts(error_of(izhikevich + "preset = 'chatering'"),
               {":4:10: unknown preset \"chatering\"; did you mean \"chattering\"?", "presets: regular_spiking, cortical_eig",
                "resonator)"});
  expect_parts(error_of(izhikevich + "preset = ''"), {":4:10: unknown preset \"\" (presets: regular_spiking"});
  expect_parts(error_of(izhikevich + "preset = 3"), {":4:10: preset: found the number 3 where a string is wanted"});
  expect_parts(error_of(izhikevich, {{"preset=fast"}, {}}),
               {"--set preset=fast: unknown preset \"fast\"; did you mean \"fast_spiking\"?"});
  expect_parts(error_of(lif + "preset = 'chattering'"), {":4:10: preset \"chattering\": lif has no presets"});
  expect_parts(error_of(lif, {{"preset=chattering"}, {}}), {"--set preset=chattering: preset \"chattering\": lif has no presets"});
}

// ---- an axis over presets ----------------------------------------------------------------------------------------------

const std::string preset_axis = "[[axis]]\nname = 'preset'\n";                 // lines 4 and 5

TEST(PresetAxis, IsNotSetAsWell) {
  expect_parts(error_of(izhikevich + preset_axis, {{"preset=chattering"}, {}}),
               {"--set preset=chattering: preset is swept by the axis at ", "sweep.toml:5:8"});
  expect_parts(error_of(izhikevich + preset_axis + "values = ['chattering', 3]"),
               {":6:25: preset: found the number 3 where a string is wanted (presets: regular_spiking"});
}

TEST(PresetAxis, SweepsTheirParametersTogether) {
  const SweepSpec s = load(izhikevich + preset_axis + "values = ['chattering', 'fast_spiking']");
  ASSERT_EQ(s.problem.axes.size(), 1u);
  EXPECT_EQ(s.problem.sets(), 2u);
  const std::vector<SweptColumn> columns = swept_columns(s.problem);
  ASSERT_EQ(columns.size(), 4u);                                               // a, b, c, d
  const std::vector<double> expected[] = {{0.02, 0.1}, {0.2, 0.2}, {-50, -65}, {2, 2}};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(columns[std::size_t(i)].quantity, i);
    EXPECT_EQ(*columns[std::size_t(i)].values, expected[i]);
  }
  EXPECT_EQ(s.axes[0].name, "preset");
  EXPECT_EQ(s.axes[0].names, (std::vector<std::string>{"chattering", "fast_spiking"}));
  EXPECT_EQ(s.axes[0].values, (std::vector<double>{0, 1}));
  EXPECT_EQ(s.warnings, std::vector<std::string>{});
}

TEST(PresetAxis, WithoutValuesAllOfThem) {
  EXPECT_EQ(load(izhikevich + preset_axis).axes[0].names.size(), models()[std::size_t(load(izhikevich).problem.model)].presets.size());
}

TEST(PresetAxis, ParametersOverrideIt) {
  const SweepSpec s = load(izhikevich + preset_axis + "[parameters]\nd = 7");
  EXPECT_EQ(swept_columns(s.problem).size(), 3u);
  EXPECT_EQ(base(s, "d"), 7);
}

TEST(PresetAxis, Mistakes) {
  const auto error = [](const std::string& text) { return error_of(izhikevich + preset_axis + text); };
  expect_parts(error("values = ['chatering']"), {":6:11:", "chatering", "chattering"});
  expect_parts(error("values = ['chattering', 'chattering']"), {":6:25:", "twice"});
  expect_parts(error("values = []"), {":6:", "empty", "resonator"});
  expect_parts(error("from = 1\nto = 2\ncount = 2"), {":6:1:", "names, not numbers"});
  expect_parts(error("[[axis]]\nname = 'a'\nvalues = [0.02]"), {":7:8:", "\"a\" is swept twice", ":5:8"});
  expect_parts(error("[[axis]]\nname = 'preset'"), {":7:8:", "swept twice"});
  expect_parts(error_of(lif + preset_axis), {":5:8:", "lif has no presets"});
}

// ---- the refractory time --------------------------------------------------------------------------------------------

const std::string axis_of_t_ref = "[[axis]]\nname = 't_ref'\nvalues = [4, ";       // lines 4 to 6

TEST(RefractoryTime, HasAtMost2To24Steps) {                                         // of 0.1 ms: 1677.7216 s
  EXPECT_EQ(base(load(lif + "[parameters]\nt_ref = '1677.7216 s'"), "t_ref"), 1677721.6);
  EXPECT_EQ(base(load(lif + "[parameters]\nt_ref = -1e30"), "t_ref"), -1e30);
  EXPECT_EQ(load(lif + axis_of_t_ref + "'1677.7216 s']").problem.sets(), 2u);
  const char* message = "t_ref: 1677721.7 ms are 16777217 steps of 0.0001 s; at most 16777216 are possible, 1677721.6 ms";
  expect_parts(error_of(lif + "[parameters]\nt_ref = '1677.7217 s'"), {":5:9: ", message});
  expect_parts(error_of(lif, {{"t_ref=1677.7217s"}, {}}), {"--set t_ref=1677.7217s: ", message});
  expect_parts(error_of(lif + axis_of_t_ref + "'1677.7217 s', 2]"), {":5:8: ", message});
  expect_parts(error_of(lif, {{}, {"t_ref=0s:1677.7217s:5"}}), {"--axis t_ref=0s:1677.7217s:5: ", message});
  expect_parts(error_of(lif + "[parameters]\nt_ref = 1e30"), {":5:9: t_ref: 1e+30 ms are 1e+31 steps of 0.0001 s"});
}

// Where an axis sweeps it, what stands in [parameters] is nobody's.
TEST(RefractoryTime, OnlyCountsWhereASetHasIt) {
  EXPECT_EQ(load(lif + "[parameters]\nt_ref = 1e9\n" + axis_of_t_ref + "5]").problem.sets(), 2u);
  EXPECT_EQ(load("model = 'izhikevich'\ndt = '0.1 ns'\nduration = '1 us'").problem.steps, 10000);   // has none
}

// The model's own 4 ms are too many steps where dt is small.
TEST(RefractoryTime, OfTheModelsOwnIsDtsMistake) {
  const char* message = "t_ref: 4 ms are 40000000 steps of 1e-10 s; at most 16777216 are possible, 1.6777216 ms";
  expect_parts(error_of("model = 'lif'\ndt = '0.1 ns'\nduration = '1 us'"), {":2:6: ", message});
  expect_parts(error_of(lif, {{"dt=0.1ns", "duration=1us"}, {}}), {"--set dt=0.1ns: ", message});
}

TEST(RefractoryTime, OfPresets) {
  static constexpr Preset::Value short_[] = {{"t_ref", 2}}, long_[] = {{"t_ref", 2e6}};
  static constexpr Preset presets[] = {{"short", short_}, {"long", long_}};
  ModelInfo model = info_of<Lif>();
  model.presets = presets;
  const auto error = [&](const std::string& lines) -> std::string {
    try {
      read(lif + lines, {&model, 1});
    } catch (const SpecError& e) { return e.what(); }
    return "";
  };
  const char* message = "t_ref: 2000000 ms are 20000000 steps of 0.0001 s; at most";
  EXPECT_EQ(error("preset = 'short'"), "");
  EXPECT_EQ(error("preset = 'long'\n[parameters]\nt_ref = 3"), "");
  expect_parts(error("preset = 'long'"), {":4:10: ", message});
  expect_parts(error(preset_axis), {":5:8: ", message});
  EXPECT_EQ(error(preset_axis + "values = ['short']"), "");
}

}  // namespace
}  // namespace neurosweep
