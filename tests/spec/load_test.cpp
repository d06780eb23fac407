// Good files and flags, to the very numbers of the Problem.
#include <algorithm>
#include <cmath>

#include "host/spec/document.hpp"
#include "host/spec/quantities.hpp"
#include "host/spec/reader.hpp"
#include "models/models.hpp"
#include "sweep_text.hpp"

namespace neurosweep {
namespace {

using test::base;
using test::expect_range;
using test::good;
using test::load;
using test::with_line;

constexpr double infinity = std::numeric_limits<double>::infinity();
const ModelInfo& jansen_rit() { return models()[0]; }

TEST(Load, TheGoodFile) {
  const SweepSpec s = load(good());
  const Problem& p = s.problem;
  EXPECT_EQ(s.path, test::temporary("sweep.toml"));
  EXPECT_EQ(s.title, jansen_rit().title);
  EXPECT_EQ(p.model, 0);
  EXPECT_EQ(p.method, Method::exp_euler);
  EXPECT_EQ(p.precision, Precision::single_);
  EXPECT_EQ(p.dt, 0.0005);
  EXPECT_EQ(p.steps, 4000);
  EXPECT_EQ(p.transient, 1000);
  EXPECT_EQ(p.seed, 7u);
  EXPECT_EQ(p.replicates, 1u);
  EXPECT_EQ(p.signal, 0);
  EXPECT_EQ(p.measures, (std::vector{Measure::amplitude, Measure::peak_frequency}));
  EXPECT_EQ(p.spectrum.engine, Engine::fft);
  EXPECT_EQ(s.engine, EngineChoice::automatic);
  EXPECT_EQ(p.spectrum.segment, 512);
  EXPECT_EQ(p.spectrum.overlap, 256);
  expect_range(p.spectrum.peak, 1, 10);
  expect_range(p.spectrum.kept, 1, 10);
  for (const BinRange& b : p.spectrum.band) EXPECT_EQ(b.count, 0);
  EXPECT_EQ(p.spectrum.min_amplitude, 0.1);
  EXPECT_EQ(s.warnings, std::vector<std::string>{});
}

TEST(Load, QuantitiesOfTheGoodFile) {
  const SweepSpec s = load(good());
  ASSERT_EQ(s.problem.base.size(), std::size_t(Layout(jansen_rit()).size()));
  EXPECT_EQ(base(s, "Ai"), 22);
  EXPECT_EQ(base(s, "bi"), 50);
  EXPECT_EQ(base(s, "initial.M"), 1);
  EXPECT_EQ(base(s, "initial.E"), 0);
  EXPECT_EQ(base(s, "input.E.mean"), 120);
  EXPECT_EQ(base(s, "input.E.noise"), 20);
  EXPECT_EQ(base(s, "input.E.sine.amplitude"), 70);
  EXPECT_EQ(base(s, "input.E.sine.frequency"), 10);
  EXPECT_EQ(base(s, "input.E.sine.phase"), 0);
  EXPECT_EQ(base(s, "input.E.pulse.amplitude"), 10);
  EXPECT_EQ(base(s, "input.E.pulse.start"), 1);
  EXPECT_EQ(base(s, "input.E.pulse.width"), 0.1);
  EXPECT_EQ(base(s, "input.E.pulse.period"), 0.5);
  EXPECT_EQ(base(s, "input.M.mean"), 0);
  EXPECT_EQ(base(s, "input.M.pulse.period"), infinity);
}

// The order of Layout, which the kernels rely on, against the names.
TEST(Load, QuantitiesStandWhereLayoutSays) {
  const auto all = quantities(jansen_rit());
  const Layout layout(jansen_rit());
  ASSERT_EQ(int(all.size()), layout.size());
  EXPECT_EQ(all[layout.parameter(0)].name, jansen_rit().parameters[0].name);
  EXPECT_EQ(all[layout.initial(2)].name, "initial." + std::string(jansen_rit().states[2].name));
  EXPECT_EQ(all[layout.drive(1, drive_mean)].name, "input.E.mean");
  EXPECT_EQ(all[layout.drive(1, drive_sine_frequency)].name, "input.E.sine.frequency");
  EXPECT_EQ(all[layout.drive(2, drive_pulse_period)].name, "input.I.pulse.period");
  EXPECT_EQ(find_quantity(all, "parameters.Ae"), find_quantity(all, "Ae"));
  EXPECT_EQ(find_quantity(all, "nobody"), -1);
}

TEST(Load, AxisOfTheGoodFile) {
  const SweepSpec s = load(good());
  ASSERT_EQ(s.problem.axes.size(), 1u);
  EXPECT_EQ(s.problem.axes[0].quantity, 0);
  EXPECT_EQ(s.problem.sets(), 8u);
  EXPECT_EQ(s.axes[0].name, "Ae");
  EXPECT_EQ(s.axes[0].unit, "mV");
  EXPECT_FALSE(s.axes[0].log);
  EXPECT_EQ(s.axes[0].values, s.problem.axes[0].values);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(s.axes[0].values[i], i == 7 ? 5.0 : 2.6 + (5.0 - 2.6) * i / 7);
}

// Word for word what the documentation shows.
TEST(Load, TheDocumentedExample) {
  const SweepSpec s = load(R"(
title     = "Jansen-Rit: amplitude and peak frequency over the gain plane"
model     = "jansen-rit"
method    = "exp-euler"          # euler | exp-euler | heun | rk4
precision = "float"              # float | double
dt        = "0.5 ms"
duration  = "2 s"
transient = "500 ms"             # integrated, not observed
seed      = 42
replicates = 1                   # noise realisations per set

[parameters]                     # what is not named keeps its default
bi = "50 Hz"

[initial]                        # what is not named keeps the model's own start
M = "0 mV"

[[axis]]                         # first axis = slowest
name = "Ae"
from = "2 mV"
to = "5 mV"
count = 8                        # linear, both ends included

[[axis]]
name = "Ai"
from = "15 mV"
to = "30 mV"
count = 8

[input.E]                        # an input port of the model
mean  = "120 Hz"
noise = "20 Hz"
sine  = { amplitude = "70 Hz", frequency = "10 Hz", phase = "0 rad" }
pulse = { amplitude = "10 Hz", start = "1 s", width = "100 ms", period = "500 ms" }   # period optional

[observe]
signal   = "eeg"
measures = ["amplitude", "peak_frequency"]

[spectrum]
segment  = 512                   # samples
overlap  = 256
band     = ["3 Hz", "40 Hz"]     # open interval
engine   = "auto"                # auto | fft | direct
)");
  EXPECT_EQ(s.title, "Jansen-Rit: amplitude and peak frequency over the gain plane");
  EXPECT_EQ(s.problem.sets(), 64u);
  EXPECT_EQ(s.problem.observed(), 3000);
  EXPECT_EQ(s.axes[1].values[3], 15 + 15.0 * 3 / 7);
  expect_range(s.problem.spectrum.peak, 1, 10);
}

TEST(Load, Defaults) {
  const SweepSpec s = load("model = 'jansen-rit'\ndt = 0.0005\nduration = 2");
  const Problem& p = s.problem;
  EXPECT_EQ(p.steps, 4000);
  EXPECT_EQ(p.transient, 0);
  EXPECT_EQ(p.seed, 42u);
  EXPECT_EQ(p.method, Method::exp_euler);
  EXPECT_EQ(p.precision, Precision::single_);
  EXPECT_EQ(p.sets(), 1u);
  EXPECT_EQ(p.measures, (std::vector{Measure::amplitude, Measure::peak_frequency}));
  EXPECT_EQ(p.spectrum.segment, 512);  // a quarter of 4000, as a power of two
  EXPECT_EQ(p.spectrum.overlap, 256);
  expect_range(p.spectrum.peak, 1, 20);  // 3.9 ... 78.1 Hz of 1 ... 80 Hz
  EXPECT_TRUE(std::isnan(p.spectrum.min_amplitude));
  EXPECT_EQ(base(s, "Ae"), 3.25);
}

TEST(Load, DefaultMeasureOfAShortSweepIsTheAmplitude) {
  const SweepSpec s = load("model = 'jansen-rit'\ndt = '1 ms'\nduration = '50 ms'");
  EXPECT_EQ(s.problem.measures, std::vector{Measure::amplitude});
  EXPECT_EQ(s.problem.spectrum.engine, Engine::none);
  EXPECT_EQ(s.problem.spectrum.kept.count, 0);
}

TEST(Load, NoSpectrumWhereNoneIsWanted) {
  const SweepSpec s = load(with_line(22, "measures = [\"std\", \"mean\", \"minimum\", \"maximum\"]"));
  EXPECT_EQ(s.problem.measures, (std::vector{Measure::std, Measure::mean, Measure::minimum, Measure::maximum}));
  EXPECT_EQ(s.problem.spectrum.engine, Engine::none);
  EXPECT_EQ(s.problem.spectrum.kept.count, 0);
  EXPECT_EQ(s.problem.spectrum.peak.count, 0);
  EXPECT_EQ(s.problem.spectrum.segment, 512);  // for whoever wants one all the same, such as `trace --psd`
}

TEST(Load, PowerBands) {
  const SweepSpec s = load(with_line(22, "measures = [\"power_alpha\", \"power_gamma\"]"));
  const SpectrumPlan& plan = s.problem.spectrum;
  EXPECT_EQ(plan.engine, Engine::fft);
  EXPECT_EQ(plan.peak.count, 0);
  EXPECT_EQ(plan.band[0].count, 0);
  EXPECT_EQ(plan.band[1].count, 0);
  expect_range(plan.band[2], 3, 1);
  EXPECT_EQ(plan.band[3].count, 0);
  expect_range(plan.band[4], 8, 13);
  expect_range(plan.kept, 3, 18);
}

TEST(Load, KeptCoversPeakAndBands) {
  const SweepSpec s = load(with_line(22, "measures = [\"power_gamma\", \"peak_power\"]"));
  expect_range(s.problem.spectrum.peak, 1, 10);
  expect_range(s.problem.spectrum.band[4], 8, 13);
  expect_range(s.problem.spectrum.kept, 1, 20);
}

TEST(Load, PowerBandThatTheNyquistFrequencyCuts) {
  const SweepSpec s = load(
      "model = 'jansen-rit'\ndt = '10 ms'\nduration = '10 s'\n[observe]\nmeasures = ['power_gamma']\n"
      "[spectrum]\nsegment = 100");
  expect_range(s.problem.spectrum.band[4], 30, 21);  // bins every 1 Hz, to 50 Hz
  ASSERT_EQ(s.warnings.size(), 1u);
  EXPECT_TRUE(test::contains(s.warnings[0], ":5:13: power_gamma: the spectrum ends at 50 Hz")) << s.warnings[0];
}

TEST(Load, BandEdgesOnBins) {
  const SweepSpec s = load(with_line(26, "band = [3.90625, 39.0625]"));
  expect_range(s.problem.spectrum.peak, 2, 8);
}

TEST(Load, StepsAreRounded) {
  EXPECT_EQ(load("model = 'jansen-rit'\ndt = '0.3 ms'\nduration = '2 s'").problem.steps, 6667);
  EXPECT_EQ(load("model = 'jansen-rit'\ndt = '0.1 ms'\nduration = '0.3 s'").problem.steps, 3000);
  EXPECT_EQ(load("model = 'jansen-rit'\ndt = '1 ms'\nduration = '1 ms'").problem.steps, 1);
  const Problem p = load("model = 'jansen-rit'\ndt = '1 ms'\nduration = '10 ms'\ntransient = '2.6 ms'").problem;
  EXPECT_EQ(p.transient, 3);
  EXPECT_EQ(p.observed(), 7);
}

TEST(Load, LongestSweep) {
  EXPECT_EQ(load("model = 'jansen-rit'\ndt = 1\nduration = 17179869184").problem.steps, max_steps);
}

TEST(Load, BareNumbersAreInTheTablesUnits) {
  const SweepSpec s = load(
      "model = 'jansen-rit'\ndt = 5e-4\nduration = 2\n[parameters]\nAe = 3\nr = 0.5\n[initial]\nMv = 2.5\n"
      "[input.E]\nmean = 120\npulse = { amplitude = 1, width = 0.25, start = 0.5 }\n"
      "sine = { amplitude = 1, frequency = 7, phase = 0.5 }\n");
  EXPECT_EQ(base(s, "Ae"), 3);
  EXPECT_EQ(base(s, "r"), 0.5);
  EXPECT_EQ(base(s, "initial.Mv"), 2.5);
  EXPECT_EQ(base(s, "input.E.pulse.width"), 0.25);
  EXPECT_EQ(base(s, "input.E.pulse.start"), 0.5);
  EXPECT_EQ(base(s, "input.E.pulse.period"), infinity);
  EXPECT_EQ(base(s, "input.E.sine.phase"), 0.5);
}

TEST(Load, UnitsAreConverted) {
  const SweepSpec s = load(
      "model = 'jansen-rit'\ndt = '500 us'\nduration = '2000 ms'\n[parameters]\nAe = '3000 uV'\nr = '560 1/V'\n"
      "be = '0.1/ms'\n[initial]\nMv = '2.5 V/s'\n[input.E]\nsine = { amplitude = '0.01 kHz', frequency = '10 1/s', "
      "phase = '180 deg' }\n");
  EXPECT_EQ(s.problem.dt, 0.0005);
  EXPECT_EQ(base(s, "Ae"), 3);
  EXPECT_EQ(base(s, "r"), 0.56);
  EXPECT_EQ(base(s, "be"), 100);
  EXPECT_EQ(base(s, "initial.Mv"), 2500);
  EXPECT_EQ(base(s, "input.E.sine.amplitude"), 10);
  EXPECT_EQ(base(s, "input.E.sine.frequency"), 10);
  EXPECT_DOUBLE_EQ(base(s, "input.E.sine.phase"), std::acos(-1.0));
}

TEST(Load, AxesOverAnyQuantity) {
  const SweepSpec s = load(
      "model = 'jansen-rit'\ndt = '1 ms'\nduration = '1 s'\n"
      "[[axis]]\nname = 'input.E.sine.frequency'\nfrom = 1\nto = '0.1 kHz'\ncount = 3\nscale = 'log'\n"
      "[[axis]]\nname = 'initial.M'\nvalues = ['-1 mV', 0, 2.5]\n"
      "[[axis]]\nname = 'parameters.r'\nvalues = [0.5]\n"
      "[input.E]\nsine = { amplitude = '5 Hz' }\n");
  ASSERT_EQ(s.axes.size(), 3u);
  const auto all = quantities(jansen_rit());
  EXPECT_EQ(all[s.problem.axes[0].quantity].name, "input.E.sine.frequency");
  EXPECT_EQ(s.axes[0].values, (std::vector<double>{1, 10, 100}));
  EXPECT_TRUE(s.axes[0].log);
  EXPECT_EQ(s.axes[1].name, "initial.M");
  EXPECT_EQ(s.axes[1].unit, "mV");
  EXPECT_EQ(s.axes[1].values, (std::vector<double>{-1, 0, 2.5}));
  EXPECT_EQ(s.axes[2].name, "r");
  EXPECT_EQ(s.axes[2].unit, "1/mV");
  EXPECT_EQ(s.problem.sets(), 9u);
}

TEST(Load, AnAxisWinsOverTheFilesOwnValue) {
  const SweepSpec s = load(with_line(7, "Ae = 9"));
  EXPECT_EQ(s.problem.axes.size(), 1u);
  EXPECT_EQ(base(s, "Ae"), 9);  // what a single trace takes
}

TEST(Load, AFallingAxis) { EXPECT_EQ(load(good(), {{}, {"Ae=5:3:3"}}).axes[0].values, (std::vector<double>{5, 4, 3})); }

TEST(Load, WarnsOutsideTheLiteraturesRange) {
  const SweepSpec s = load(with_line(7, "bi = 10\nAi = 22"));
  ASSERT_EQ(s.warnings.size(), 1u);
  EXPECT_EQ(s.warnings[0],
            test::temporary("sweep.toml") + ":7:6: bi = 10 Hz is outside the literature's range, 25 ... 75 Hz");
  const SweepSpec axis = load(good(), {{}, {"Ae=1:20:4"}});
  ASSERT_EQ(axis.warnings.size(), 1u);
  EXPECT_EQ(axis.warnings[0], "--axis Ae=1:20:4: axis Ae: 1 ... 20 mV leaves the literature's range, 2.6 ... 9.75 mV");
}

TEST(Load, WarnsOfInputsThatCannotBeSeen) {
  const SweepSpec s = load(good(), {{"input.E.sine.frequency=1.5kHz", "input.E.pulse.start=3s"}, {}});
  ASSERT_EQ(s.warnings.size(), 2u);
  EXPECT_TRUE(test::contains(s.warnings[0], "input.E.sine.frequency: 1500 Hz is above 1000 Hz")) << s.warnings[0];
  EXPECT_TRUE(test::contains(s.warnings[1], "input.E.pulse.start: no pulse starts before 3 s")) << s.warnings[1];
}

TEST(Load, WindowsLineEndsAndByteOrderMark) {
  std::string text = "\xEF\xBB\xBF";
  for (const std::string& line : test::good_lines) text += line + "\r\n";
  EXPECT_EQ(load(text).problem.steps, 4000);
}

TEST(Flags, SetAnyKey) {
  const SweepSpec s = load(good(), {{"title=A = [b]",
                                     "method=rk4",
                                     "precision=double",
                                     "dt=1ms",
                                     "duration=3s",
                                     "transient=0",
                                     "seed=18446744073709551615",
                                     "replicates=16",
                                     "bi=60Hz",
                                     "parameters.Ai=20",
                                     "initial.M=2mV",
                                     "input.E.noise=5",
                                     "input.E.sine.phase=90deg",
                                     "observe.signal=E",
                                     "observe.measures=mean, peak_power",
                                     "spectrum.segment=1024",
                                     "spectrum.overlap=0",
                                     "spectrum.band=5:20",
                                     "spectrum.engine=direct",
                                     "spectrum.min_amplitude=0 mV"},
                                    {}});
  const Problem& p = s.problem;
  EXPECT_EQ(s.title, "A = [b]");
  EXPECT_EQ(p.method, Method::rk4);
  EXPECT_EQ(p.precision, Precision::double_);
  EXPECT_EQ(p.dt, 0.001);
  EXPECT_EQ(p.steps, 3000);
  EXPECT_EQ(p.transient, 0);
  EXPECT_EQ(p.seed, ~std::uint64_t(0));
  EXPECT_EQ(p.replicates, 16u);
  EXPECT_EQ(base(s, "bi"), 60);
  EXPECT_EQ(base(s, "Ai"), 20);
  EXPECT_EQ(base(s, "initial.M"), 2);
  EXPECT_EQ(base(s, "input.E.noise"), 5);
  EXPECT_EQ(p.signal, 2);
  EXPECT_EQ(p.measures, (std::vector{Measure::mean, Measure::peak_power}));
  EXPECT_EQ(p.spectrum.segment, 1024);
  EXPECT_EQ(p.spectrum.overlap, 0);
  expect_range(p.spectrum.peak, 6, 15);  // bins every 0.9766 Hz: 5.86 ... 19.53
  EXPECT_EQ(s.engine, EngineChoice::direct);
  EXPECT_EQ(p.spectrum.min_amplitude, 0);
}

TEST(Flags, TextsInQuotesAsInAFile) {
  const SweepSpec s = load(good(), {{"title=\"Why?\"", "method='rk4'", "observe.signal=\"E\"", "spectrum.engine=\"direct\""}, {}});
  EXPECT_EQ(s.title, "Why?");
  EXPECT_EQ(s.problem.method, Method::rk4);
  EXPECT_EQ(s.problem.signal, 2);
  EXPECT_EQ(s.engine, EngineChoice::direct);
  EXPECT_EQ(load(good(), {{"title=\"a\\q\""}, {}}).title, "a\\q");                  // no escapes, as without quotes
  for (const std::string title : {"\"a\" or \"b\"", "\"", "a\\q", "'tis so", "it's \"so\""}) EXPECT_EQ(load(good(), {{"title=" + title}, {}}).title, title);
}

TEST(Flags, BandAndTablesInManyForms) {
  for (const char* band : {"spectrum.band=3:40", "spectrum.band=3Hz:40Hz", "spectrum.band=3 Hz, 0.04 kHz",
                           "spectrum.band=[\"3 Hz\", \"40 Hz\"]", "spectrum.band=[3, 40]", " spectrum.band = 3:40 "}) {
    expect_range(load(good(), {{band}, {}}).problem.spectrum.peak, 1, 10);
  }
  const SweepSpec s = load(good(), {{"input.E.pulse={amplitude = \"3 Hz\", width = 1}", "input.M={mean = 2}"}, {}});
  EXPECT_EQ(base(s, "input.E.pulse.amplitude"), 3);
  EXPECT_EQ(base(s, "input.E.pulse.start"), 0);  // the table is replaced
  EXPECT_EQ(base(s, "input.M.mean"), 2);
  EXPECT_EQ(base(load(good(), {{"bi=\"55 Hz\""}, {}}), "bi"), 55);
}

TEST(Flags, TheLastOneWins) {
  EXPECT_EQ(base(load(good(), {{"bi=60", "bi=61"}, {}}), "bi"), 61);
  EXPECT_EQ(load(good(), {{}, {"Ae=3:4:5", "Ae=3:4:6"}}).problem.sets(), 6u);
}

TEST(Flags, MakeWhatTheFileLacks) {
  const SweepSpec s =
      load("title = 'x'", {{"model=jansen-rit", "dt=1ms", "duration=1s", "input.I.mean=1mV"}, {"r=0.5:0.6:3"}});
  EXPECT_EQ(s.problem.steps, 1000);
  EXPECT_EQ(base(s, "input.I.mean"), 1);
  EXPECT_EQ(s.problem.sets(), 3u);
}

TEST(Flags, AnAxisIsReplacedInPlaceOrAdded) {
  const SweepSpec s =
      load(good(), {{}, {"Ai=20mV:30mV:3", "Ae=0.003V:10mV:2", "be=50:100:3:log", "parameters.Ai=18:20:2:linear"}});
  ASSERT_EQ(s.axes.size(), 3u);
  EXPECT_EQ(s.axes[0].name, "Ae");
  EXPECT_EQ(s.axes[0].values, (std::vector<double>{3, 10}));
  EXPECT_EQ(s.axes[1].name, "Ai");
  EXPECT_EQ(s.axes[1].values, (std::vector<double>{18, 20}));
  EXPECT_EQ(s.axes[2].name, "be");
  EXPECT_TRUE(s.axes[2].log);
  EXPECT_NEAR(s.axes[2].values[1], 50 * std::sqrt(2.0), 1e-12);
}

TEST(Measures, NamesAndUnits) {
  EXPECT_EQ(measure_name(Measure::amplitude), "amplitude");
  EXPECT_EQ(measure_name(Measure::std), "std");
  EXPECT_EQ(measure_name(Measure::power_gamma), "power_gamma");
  for (const Measure m : {Measure::amplitude, Measure::minimum, Measure::maximum, Measure::mean, Measure::std}) {
    EXPECT_EQ(measure_unit(m, "mV"), "mV");
    EXPECT_EQ(measure_unit(m, ""), "");
  }
  EXPECT_EQ(measure_unit(Measure::peak_frequency, "mV"), "Hz");
  EXPECT_EQ(measure_unit(Measure::peak_frequency, ""), "Hz");
  EXPECT_EQ(measure_unit(Measure::peak_power, "mV"), "mV^2/Hz");
  EXPECT_EQ(measure_unit(Measure::peak_power, ""), "1/Hz");
  EXPECT_EQ(measure_unit(Measure::power_delta, "mV"), "mV^2");
  EXPECT_EQ(measure_unit(Measure::power_delta, ""), "");
  EXPECT_EQ(measure_unit(Measure::power_beta, "mV/s"), "(mV/s)^2");
}

// A model that has what Jansen-Rit lacks: presets, milliseconds, bounded states, no unit.
constexpr Parameter toy_parameters[] = {{"a", "1/ms", 0.02, 0, 1, "rate", ""}, {"d", "", 8, 0, 10, "jump", ""}};
constexpr State toy_states[] = {{"v", "mV", -65, -200, 200, "potential"}};
constexpr Port toy_ports[] = {{"I", "uA/cm2", "current"}};
constexpr Signal toy_signals[] = {{"u", "", "recovery"}};
constexpr Preset::Value fast[] = {{"a", 0.1}, {"d", 2}};
constexpr Preset toy_presets[] = {{"fast_spiking", fast}};
constexpr ModelInfo toys[] = {
    {"other", "", "", "", "s", {}, {}, {}, {}, {}},
    {"toy", "A toy", "", "", "ms", toy_parameters, toy_states, toy_ports, toy_signals, toy_presets}};

SweepSpec load_toy(const std::string& lines, const Overrides& overrides = {}) {
  const std::string path = test::write("model = 'toy'\ndt = '0.1 ms'\nduration = '100 ms'\n" + lines, "toy.toml");
  spec::Node root = spec::read_document(path);
  std::remove(path.c_str());
  return spec::read_sweep(path, "", std::move(root), overrides, toys);
}

std::string toy_error(const std::string& lines) {
  try {
    load_toy(lines);
  } catch (const SpecError& e) { return e.what(); }
  return "";
}

TEST(Toy, PresetsStandBetweenDefaultsAndParameters) {
  EXPECT_EQ(load_toy("").problem.base[0], 0.02);
  const Problem p = load_toy("preset = 'fast_spiking'\n[parameters]\na = '50 Hz'").problem;
  EXPECT_EQ(p.model, 1);
  EXPECT_EQ(p.base[0], 0.05);
  EXPECT_EQ(p.base[1], 2);
  EXPECT_EQ(load_toy("", {{"preset=fast_spiking"}, {}}).problem.base[0], 0.1);
  EXPECT_TRUE(test::contains(toy_error("preset = 'fast'"),
                             "toy.toml:4:10: unknown preset \"fast\"; did you mean \"fast_spiking\"?"));
}

TEST(Toy, UnitsOfItsOwn) {
  const SweepSpec s =
      load_toy("[parameters]\nd = 3\n[input.I]\nmean = '0.1 A/m2'\nnoise = 2\n[spectrum]\nmin_amplitude = 0.5");
  EXPECT_EQ(s.problem.dt, 0.0001);  // seconds, whatever the model's unit of time
  EXPECT_EQ(s.problem.base[1], 3);
  EXPECT_EQ(s.problem.base[3], 10);
  EXPECT_EQ(s.problem.base[4], 2);
  EXPECT_EQ(s.problem.spectrum.min_amplitude, 0.5);
  EXPECT_TRUE(test::contains(toy_error("[spectrum]\nmin_amplitude = '1 mV'"),
                             ":5:17: spectrum.min_amplitude: \"1 mV\" is of the wrong kind"));
  EXPECT_TRUE(test::contains(toy_error("[input.I]\nmean = '3 pA'"), "a current per area (uA/cm2)"));
}

TEST(Toy, WarnsOutsideTheDomain) {
  const SweepSpec s = load_toy("[initial]\nv = '-0.3 V'");
  ASSERT_EQ(s.warnings.size(), 1u);
  EXPECT_TRUE(test::contains(s.warnings[0], "toy.toml:5:5: initial.v = -300 mV is outside the model's domain"))
      << s.warnings[0];
}

}  // namespace
}  // namespace neurosweep
