// `neurosweep trace`: what it shows of a set is what the sweep saw of it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "backend.hpp"
#include "host/cli/trace_set.hpp"
#include "host/output/text.hpp"
#include "program.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::json;

// The output of a trace that ends with 0.
std::string traced(const Strings& arguments, const std::map<std::string, std::string>& environment = {}) {
  const Result r = run(Command{.arguments = Strings{"trace"} + arguments, .environment = environment});
  EXPECT_EQ(r.code, 0) << testing::PrintToString(arguments) << "\n" << r.err;
  return r.out;
}

CsvTable trace_of(const std::string& file, const Strings& flags) { return parse_csv(traced(Strings{file, "--csv", "-", "--quiet"} + flags)); }

void expect_refused(const Strings& arguments, int code, const Strings& words) {
  Folder here;
  const Result r = run(Command{.arguments = Strings{"trace"} + arguments, .folder = here.path()});
  EXPECT_EQ(r.code, code) << testing::PrintToString(arguments) << "\n" << r.err;
  EXPECT_EQ(r.out, "");
  EXPECT_EQ(here.files(), Strings{});
  for (const std::string& word : words) EXPECT_TRUE(contains(r.err, word)) << word << "\n" << r.err;
}

std::vector<double> column(const CsvTable& t, const std::string& name, std::size_t from = 0) {
  std::vector<double> values;
  for (std::size_t i = from; i < t.rows.size(); ++i) values.push_back(t.number(i, name));
  return values;
}

// ---- the CSV --------------------------------------------------------------------------------------------------------

TEST(Trace, HeaderAndRowsOfEveryModel) {
  Folder here;
  const Json models = Json::parse(run({"models", "--json"}).out);
  ASSERT_GE(models.size(), 10u);
  for (const Json& m : models) {
    const std::string name = m["name"];
    SCOPED_TRACE(name);
    if (!m.contains("states")) continue;                                       // a network: its file says what it is made of
    const auto labelled = [](const Json& row) {
      const std::string unit = row["unit"];
      return std::string(row["name"]) + (unit.empty() ? "" : " [" + unit + "]");
    };
    Strings expected{"time [ms]"};
    for (const char* kind : {"states", "signals"})
      for (const Json& row : m[kind])
        if (const std::string text = labelled(row); std::find(expected.begin(), expected.end(), text) == expected.end()) expected.push_back(text);
    const std::string file = here.write(name + ".toml", fmt::format("model = \"{}\"\ndt = \"0.1 ms\"\nduration = \"30 ms\"\ntransient = \"10 ms\"\n", name));
    const CsvTable t = trace_of(file, {});
    EXPECT_EQ(t.header, expected);
    ASSERT_EQ(t.rows.size(), 300u);
    for (std::size_t i = 0; i < t.rows.size(); ++i) {
      EXPECT_EQ(t.rows[i].size(), expected.size());
      EXPECT_EQ(t.rows[i][0], fmt::format("{}", double(i) / 10));            // after the step, and no 0.30000000000000004
    }
  }
}

TEST(Trace, TimesOfOtherSteps) {
  const CsvTable t = trace_of(sweep("jr_gain_map"), {"--set", "dt=0.3ms", "--set", "duration=600ms", "--set", "transient=0s"});
  ASSERT_EQ(t.rows.size(), 2000u);
  for (std::size_t i = 0; i < t.rows.size(); ++i) EXPECT_NEAR(t.number(i, "time [ms]"), 0.3 * double(i), 1e-12 * double(i));
}

// Bit for bit, by whatever instruction set, in either precision, with noise: texts of the same numbers are the same.
TEST(Trace, ObservedSamplesAreTheSweeps) {
  for (const std::string& isa : cpu_isas())
    for (const bool single : {true, false}) {
      const Strings flags{"--set", "observe.measures=amplitude,minimum,maximum", "--set", single ? "precision=float" : "precision=double"};
      const Result r = run(Command{.arguments = Strings{"run", sweep("jr_gain_map"), "--device", "cpu", "--csv", "-", "--quiet"} + flags, .environment = {{"NEUROSWEEP_ISA", isa}}});
      ASSERT_EQ(r.code, 0) << r.err;
      const CsvTable map = parse_csv(r.out);
      const auto text = [&](double x) { return single ? fmt::format("{}", float(x)) : fmt::format("{}", x); };
      for (const std::size_t set : {0, 13, 42, 63}) {
        SCOPED_TRACE(fmt::format("{}, single {}, set {}", isa, single, set));
        const Strings at{"--at", "Ae=" + map.text(set, "Ae [mV]"), "--at", "Ai=" + map.text(set, "Ai [mV]")};
        const CsvTable t = parse_csv(traced(Strings{sweep("jr_gain_map"), "--csv", "-"} + flags + at, {{"NEUROSWEEP_ISA", isa}}));
        ASSERT_EQ(t.rows.size(), 4000u);
        const std::vector<double> eeg = column(t, "eeg [mV]", 1000);
        const auto [low, high] = std::minmax_element(eeg.begin(), eeg.end());
        EXPECT_EQ(text(*low), map.text(set, "minimum [mV]"));
        EXPECT_EQ(text(*high), map.text(set, "maximum [mV]"));
        EXPECT_EQ(single ? text(float(*high) - float(*low)) : text(*high - *low), map.text(set, "amplitude [mV]"));
      }
    }
}

// A sweep that counts spikes counts those that the trace shows: resets, and crossings of 0 mV upwards.
TEST(Trace, SpikesAreTheSweeps) {
  struct Case {
    std::string file, signal;
    std::vector<std::pair<std::string, std::string>> at;             // axis and value, as the map's CSV has it
    double reset;                                                    // NaN: an upward crossing of 0
  };
  for (const Case& c : {Case{"lif_fi", "V [mV]", {{"t_ref", "0"}, {"input.I.mean", "400"}}, -75}, Case{"lif_fi", "V [mV]", {{"t_ref", "2"}, {"input.I.mean", "250"}}, -75},
                        Case{"izhikevich_presets", "v [mV]", {{"preset", "chattering"}, {"input.I.mean", "10"}}, -50},
                        Case{"hh_fi", "V [mV]", {{"input.I.mean", "20"}}, std::nan("")}}) {
    SCOPED_TRACE(c.file);
    Strings at;
    for (const auto& [name, value] : c.at) at = at + Strings{"--at", name + "=" + value};
    const CsvTable t = trace_of(sweep(c.file), at);
    const std::vector<double> v = column(t, c.signal), time = column(t, "time [ms]");
    int spikes = 0;
    for (std::size_t i = std::size_t(std::lower_bound(time.begin(), time.end(), 500.0) - time.begin()); i < v.size(); ++i)
      spikes += std::isnan(c.reset) ? v[i] >= 0 && v[i - 1] < 0 : v[i] == c.reset && v[i - 1] != c.reset;
    EXPECT_GT(spikes, 20);
    const Strings counted{"--set", "observe.measures=spike_count"};
    const CsvTable map = map_of(sweep(c.file), counted + Strings{"--quiet"});
    const auto row = std::find_if(map.rows.begin(), map.rows.end(), [&](const Strings& r) {
      return std::equal(c.at.begin(), c.at.end(), r.begin(), [](const auto& axis, const std::string& cell) { return axis.second == cell; });
    });
    ASSERT_NE(row, map.rows.end());
    EXPECT_EQ((*row)[map.column("spike_count")], std::to_string(spikes));
    EXPECT_TRUE(contains(traced(Strings{sweep(c.file)} + at + counted), fmt::format("spike_count = {}\n", spikes)));
  }
}

// ---- spectra --------------------------------------------------------------------------------------------------------

// The sweep sums a plain DFT while integrating and applies the window as three taps, the trace transforms windowed
// segments: both in double, so that they differ by rounding, some 1e-16 times the samples of a segment.
TEST(Trace, PeakOfThePsdIsTheSweeps) {
  for (const char* engine : {"direct", "fft"}) {
    const Strings flags{"--set", "precision=double", "--set", "observe.measures=peak_frequency,peak_power", "--set", fmt::format("spectrum.engine={}", engine)};
    const CsvTable map = map_of(sweep("jr_gain_map"), flags + Strings{"--quiet"});
    for (const std::size_t set : {3, 29, 56}) {
      SCOPED_TRACE(set);
      const CsvTable psd = parse_csv(traced(Strings{sweep("jr_gain_map"), "--psd", "-", "--at", "Ae=" + map.rows[set][0], "--at", "Ai=" + map.rows[set][1]} + flags));
      EXPECT_EQ(psd.header, (Strings{"frequency [Hz]", "eeg [mV^2/Hz]"}));
      ASSERT_EQ(psd.rows.size(), 257u);
      std::size_t peak = 1;                                          // 3.9 Hz, the first bin in 3 ... 40 Hz
      for (std::size_t k = 1; k <= 10; ++k)
        if (psd.number(k, "eeg [mV^2/Hz]") > psd.number(peak, "eeg [mV^2/Hz]")) peak = k;
      EXPECT_NEAR(psd.number(peak, "frequency [Hz]"), map.number(set, "peak_frequency [Hz]"), 1e-12);
      EXPECT_NEAR(psd.number(peak, "eeg [mV^2/Hz]") / map.number(set, "peak_power [mV^2/Hz]"), 1, 1e-11);
    }
  }
}

TEST(Trace, SpectrogramIsOfTheWholeTraceOnItsClock) {
  const CsvTable s = parse_csv(traced({sweep("jr_gain_map"), "--spectrogram", "-"}));
  EXPECT_EQ(s.header, (Strings{"time [ms]", "frequency [Hz]", "eeg [mV^2/Hz]"}));
  constexpr std::size_t bins = 257, segments = (4000 - 256) / 256;
  ASSERT_EQ(s.rows.size(), segments * bins);
  for (std::size_t i = 0; i < segments; ++i) {
    // From its first sample, which stands at dt, to its middle: 256 samples.
    EXPECT_NEAR(s.number(i * bins, "time [ms]"), 0.5 * (256.0 * double(i) + 256), 1e-9);
    for (std::size_t k = 0; k < bins; ++k) EXPECT_EQ(s.number(i * bins + k, "frequency [Hz]"), 3.90625 * double(k));
  }
}

// Parseval: also the spectrum that the file does not speak of has the signal's power.
TEST(Trace, SpectrumWithoutASection) {
  Folder here;
  const std::string file = here.write("one.toml", single_set);
  const Strings duration{"--set", "duration=20s"};
  const CsvTable psd = parse_csv(traced(Strings{file, "--psd", "-"} + duration)), t = trace_of(file, duration);
  ASSERT_EQ(psd.rows.size(), 2049u);                                 // at most 4 s: 8192 samples of 0.5 ms are a little longer
  double power = 0, mean = 0, square = 0;
  for (const double d : column(psd, "eeg [mV^2/Hz]")) power += d * psd.number(1, "frequency [Hz]");
  const std::vector<double> y = column(t, "eeg [mV]", 1000);
  for (const double v : y) mean += v / double(y.size()), square += v * v / double(y.size());
  EXPECT_NEAR(power / (square - mean * mean), 1, 0.02);              // whole periods do not fill a segment
  const Strings short_one{file, "--set", "duration=505ms"};
  expect_refused(short_one + Strings{"--psd", "p.csv"}, 2, {"one.toml: --psd", "10 observed samples", "spectrum.segment"});
  expect_refused(short_one + Strings{"--spectrogram", "p.csv"}, 2, {"one.toml: --spectrogram", "10 observed samples"});
  EXPECT_EQ(trace_of(file, {"--set", "duration=505ms"}).rows.size(), 1010u);
  EXPECT_TRUE(contains(traced(short_one), "no spectrum: 10 observed samples are too few"));
}

// ---- which set ------------------------------------------------------------------------------------------------------

TEST(TraceAt, UnitsAndFirstValues) {
  const Strings file{sweep("jr_gain_map"), "--csv", "-"};
  const std::string first = traced(file);
  EXPECT_EQ(first, traced(file + Strings{"--at", "Ae=2", "--at", "Ai=15mV"}));
  EXPECT_EQ(first, traced(file + Strings{"--at", "Ai=0.015 V"}));
  EXPECT_NE(first, traced(file + Strings{"--at", "Ae=5mV"}));
  const Result r = run({"trace", sweep("jr_gain_map"), "--csv", "-", "--at", "Ae=5"});
  EXPECT_TRUE(contains(r.err, "Ae = 5 mV, Ai = 15 mV (set 57 of 64)")) << r.err;
  EXPECT_FALSE(contains(r.err, "not on the axis"));
  EXPECT_EQ(run({"trace", sweep("jr_gain_map"), "--csv", "-", "--quiet"}).err, "");
}

// As if the sweep had this value in the nearest one's place: with its noise.
TEST(TraceAt, OffTheGrid) {
  Folder here;
  const std::string text = "dt = \"0.5 ms\"\nduration = \"1 s\"\nmodel = \"jansen-rit\"\n[input.E]\nmean = 120\nnoise = 20\n[observe]\nmeasures = [\"minimum\", \"maximum\"]\n";
  const std::string grid = here.write("grid.toml", text + "[[axis]]\nname = \"Ae\"\nvalues = [2, 3, 5]\n");
  const CsvTable other = map_of(here.write("other.toml", text + "[[axis]]\nname = \"Ae\"\nvalues = [2, 3.25, 5]\n"), {"--quiet"});
  const std::vector<double> eeg = column(trace_of(grid, {"--at", "Ae=3.25mV"}), "eeg [mV]");
  EXPECT_EQ(*std::min_element(eeg.begin(), eeg.end()), other.number(1, "minimum [mV]"));
  EXPECT_EQ(*std::max_element(eeg.begin(), eeg.end()), other.number(1, "maximum [mV]"));
  const Result r = run({"trace", grid, "--at", "Ae=3.25", "--csv", "-"});
  for (const char* words : {"note: Ae = 3.25 mV is not on the axis", "nearest value, 3 mV", "noise of set 2", "Ae = 3.25 mV (set 2 of 3)"})
    EXPECT_TRUE(contains(r.err, words)) << words << "\n" << r.err;
}

TEST(TraceAt, Mistakes) {
  const std::string jr = sweep("jr_gain_map"), presets = sweep("izhikevich_presets");
  expect_refused({jr, "--csv", "t.csv", "--at", "Aee=3"}, 2, {"--at Aee=3", "did you mean \"Ae\"?", "(axes: Ae, Ai)"});
  expect_refused({jr, "--csv", "t.csv", "--at", "bi=40Hz"}, 2, {"bi is no axis", "--set bi=40Hz"});
  expect_refused({jr, "--csv", "t.csv", "--at", "Ae=3Hz"}, 2, {"--at Ae=3Hz", "voltage"});
  expect_refused({presets, "--csv", "t.csv", "--at", "preset=chatering"}, 2, {"did you mean \"chattering\"?"});
  expect_refused({jr, "--csv", "t.csv", "--replicate", "1"}, 2, {"--replicate 1", "one replicate", "0 to 0"});
}

// The sweep's mean is that of the realisations.
TEST(Trace, Replicates) {
  const Strings flags{"--set", "replicates=3", "--set", "precision=double", "--set", "observe.measures=maximum"};
  const CsvTable map = map_of(sweep("jr_gain_map"), flags + Strings{"--quiet"});
  double sum = 0, last = 0;
  for (const char* replicate : {"0", "1", "2"}) {
    const std::vector<double> eeg = column(trace_of(sweep("jr_gain_map"), flags + Strings{"--replicate", replicate, "--at", "Ae=5"}), "eeg [mV]", 1000);
    const double high = *std::max_element(eeg.begin(), eeg.end());
    EXPECT_NE(high, last);
    sum += last = high;
  }
  EXPECT_NEAR(sum / 3, map.number(56, "maximum [mV]"), 1e-12 * sum);
  expect_refused(Strings{sweep("jr_gain_map"), "--replicate", "3"} + flags, 2, {"--replicate 3", "3 replicates", "0 to 2"});
}

// ---- of a store -----------------------------------------------------------------------------------------------------

class TraceOfStore : public testing::Test {
 protected:
  Result in_folder(const Strings& arguments) { return run(Command{.arguments = arguments, .folder = here_.path()}); }
  void change_attributes(const std::function<void(Json&)>& change) {
    for (const char* name : {"m.zarr/.zattrs", "m.zarr/.zmetadata"}) {
      Json j = Json::parse(read_file(here_ / name));
      change(contains(name, "zmetadata") ? j["metadata"][".zattrs"] : j);
      here_.write(name, j.dump());
    }
  }
  Folder here_;
};

TEST_F(TraceOfStore, IsThatOfItsFileAndFlags) {
  const Strings flags{"--set", "title=it's a \"test\"", "--set", "spectrum.band=[3, 40]", "--axis", "Ae=3:4:3"};
  ASSERT_EQ(in_folder(Strings{"run", sweep("jr_gain_map"), "--device", "cpu", "--out", "m.zarr", "--quiet"} + flags).code, 0);
  const Strings at{"--at", "Ae=3.5", "--csv", "-"};
  const Result stored = in_folder(Strings{"trace", "--from-store", "m.zarr"} + at);
  EXPECT_EQ(stored.code, 0) << stored.err;
  EXPECT_TRUE(contains(stored.err, "m.zarr (its sweep file): Ae = 3.5 mV, Ai = 15 mV (set 9 of 24)")) << stored.err;
  EXPECT_FALSE(contains(stored.err, "another sweep"));
  EXPECT_EQ(stored.out, traced(Strings{sweep("jr_gain_map")} + flags + at));
  const Result more = in_folder(Strings{"trace", "--from-store", "m.zarr/", "--set", "input.E.noise=0"} + at);
  EXPECT_EQ(more.out, traced(Strings{sweep("jr_gain_map"), "--set", "input.E.noise=0"} + flags + at));
  EXPECT_EQ(in_folder({"trace", "--from-store", "m.zarr", "--csv", "m.zarr/t.csv"}).code, 2);
}

TEST_F(TraceOfStore, WithoutWhatItWasMadeOf) {
  ASSERT_EQ(in_folder({"run", sweep("jr_gain_map"), "--device", "cpu", "--out", "m.zarr", "--quiet"}).code, 0);
  const auto expect_failed = [&](int code, const std::string& words) {
    const Result r = in_folder({"trace", "--from-store", "m.zarr", "--csv", "t.csv"});
    EXPECT_EQ(r.code, code) << r.err;
    EXPECT_TRUE(contains(r.err, words)) << r.err;
    EXPECT_EQ(here_.files(), Strings{"m.zarr"});
  };
  change_attributes([](Json& a) { a["overrides"] = "--set"; });
  expect_failed(1, "m.zarr: its attribute \"overrides\"");
  change_attributes([](Json& a) { a["overrides"] = "--set Aee=3"; });
  expect_failed(2, "did you mean");
  change_attributes([](Json& a) { a.erase("overrides"), a.erase("sweep_file"); });
  expect_failed(1, "m.zarr: its attributes lack \"sweep_file\"");
  expect_refused({"--from-store", here_ / "n.zarr"}, 2, {"n.zarr", "no such folder", "did you mean", "m.zarr"});
  expect_refused({"--from-store", here_ / "m.zarr", sweep("jr_gain_map")}, 2, {"name one of them"});
  expect_refused({}, 2, {"a sweep file is missing", "--from-store"});
}

// ---- outputs --------------------------------------------------------------------------------------------------------

TEST(TraceOutputs, AllAtOnce) {
  Folder here;
  const Result r = run(Command{.arguments = {"trace", sweep("izhikevich_presets"), "--at", "preset=chattering", "--at", "input.I.mean=10", "--csv", "t.csv", "--psd", "p.csv",
                                             "--spectrogram", "s.csv", "--plot", "t.svg", "--quiet"}, .folder = here.path()});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(r.out + r.err, "");
  EXPECT_EQ(here.files(), (Strings{"p.csv", "s.csv", "t.csv", "t.svg"}));
  const std::string svg = read_file(here / "t.svg");
  for (const char* text : {"v [mV]", "u", "spikes", "time [ms]", "frequency [Hz]", "power spectrum of v", "power [dB of mV²/Hz]", "120 intervals between spikes", "interval [ms]",
                           "preset = chattering, input.I.mean = 10 (set 185 of 369)", "14.65 Hz"})
    EXPECT_TRUE(contains(svg, std::string("<text>") + text + "</text>")) << text;
}

TEST(TraceOutputs, EveryFormatAlsoOfALongTrace) {
  Folder here;
  const std::pair<const char*, const char*> formats[] = {{"t.png", "\x89PNG"}, {"t.svg", "<?xml"}, {"t.pdf", "%PDF"}};
  for (const auto& [name, start] : formats) {
    const auto begin = std::chrono::steady_clock::now();
    const Result r = run(Command{.arguments = {"trace", sweep("jr_gain_map"), "--set", "duration=500s", "--plot", name}, .folder = here.path()});    // 10^6 steps
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    EXPECT_EQ(r.code, 0) << r.err;
    const std::string picture = read_file(here / name);
    EXPECT_TRUE(picture.starts_with(start)) << name;
    EXPECT_LT(picture.size(), 1'000'000u) << name;
    EXPECT_LT(seconds, 60) << name;                                  // 1 s on an idle machine
  }
}

// What has no peak, no spikes, no spectrum, or diverged, is drawn all the same.
TEST(TraceOutputs, PicturesOfSetsWithLittleToShow) {
  Folder here;
  const auto svg = [&](const Strings& arguments) {
    const Result r = run(Command{.arguments = Strings{"trace"} + arguments + Strings{"--plot", "t.svg"}, .folder = here.path()});
    EXPECT_EQ(r.code, 0) << r.err;
    return read_file(here / "t.svg");
  };
  EXPECT_TRUE(contains(svg({sweep("jr_gain_map"), "--at", "Ai=30", "--set", "input.E.noise=0"}), "no power: at rest"));
  EXPECT_TRUE(contains(svg({sweep("lif_fi"), "--set", "duration=1s"}), "fewer than two spikes"));
  EXPECT_TRUE(contains(svg({sweep("lif_fi"), "--set", "duration=501ms", "--set", "transient=500.9ms"}), "no spectrum: 5 observed samples"));
  const std::string diverged = svg({sweep("jr_gain_map"), "--set", "method=euler", "--set", "dt=50ms", "--set", "duration=200s", "--set", "spectrum.band=3:9"});
  EXPECT_TRUE(contains(diverged, "status: diverged"));
  EXPECT_TRUE(contains(diverged, "no power: diverged"));
  EXPECT_FALSE(contains(diverged, "power [dB"));
}

// A short trace's spectrum is coarse: it may have no bin in the band, however much the cell fires.
TEST(TraceOutputs, ABandBetweenTheBinsIsNoRest) {
  Folder here;
  const Strings arguments{"trace", sweep("lif_fi"), "--at", "t_ref=2", "--at", "input.I.mean=300", "--set", "duration=520ms", "--quiet"};
  EXPECT_EQ(run(Command{.arguments = arguments + Strings{"--plot", "t.svg"}, .folder = here.path()}).code, 0);
  const std::string svg = read_file(here / "t.svg");
  for (const char* words : {"no peak: no bin in the band", "a single interval, 13 ms"}) EXPECT_TRUE(contains(svg, words)) << words;
  EXPECT_FALSE(contains(svg, "at rest"));
  EXPECT_TRUE(contains(run(Command{.arguments = arguments, .environment = {{"COLUMNS", "80"}}}).out, "no peak within 1 to 80 Hz: no bin of the spectrum is there\n"));
}

// ---- networks -------------------------------------------------------------------------------------------------------

// Two populations of a small network, one of which only spikes at given times; what it is made of lies beside it in files.
std::string small_network(const Folder& here) {
  here.write("spikes.csv", "time [ms],neuron\n2,0\n2.5,1\n4,0\n");
  here.write("edges.csv", "pre,post,weight\n0,0,900\n1,2,900\n0,1,5\n");
  return here.write("small.toml", R"(
model = "network"
method = "euler"
precision = "double"
dt = "0.5 ms"
duration = "60 ms"
transient = "10 ms"
[[axis]]
name = "population.E.input.I.mean"
values = [4, 8]
[[population]]
name = "G"
model = "spikes"
size = 2
file = "spikes.csv"
[[population]]
name = "E"
model = "izhikevich"
size = 3
input.I = { mean = 4, noise = 0.05 }
[[projection]]
from = "G"
to = "E"
receptor = "instant"
edges = "edges.csv"
[observe]
signal = "E.v"
measures = ["E.spike_count", "G.spike_count", "E.v.mean", "E.rate.maximum"]
)");
}

double sum_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

// Rows of a raster whose time is observed.
double spikes_of(const CsvTable& raster, const std::string& population, double from) {
  double n = 0;
  for (std::size_t i = 0; i < raster.rows.size(); ++i) n += raster.text(i, "population") == population && raster.number(i, "time [ms]") >= from;
  return n;
}

// Signals and spikes are those that the sweep measured.
TEST(TraceNetwork, ShowsWhatTheSweepSaw) {
  Folder here;
  const std::string file = small_network(here);
  const CsvTable map = parse_csv(run(Command{.arguments = {"run", file, "--csv", "-", "--quiet"}}).out);
  ASSERT_EQ(map.rows.size(), 2u);
  for (std::size_t set = 0; set < 2; ++set) {
    const std::string at = set == 0 ? "population.E.input.I.mean=4" : "population.E.input.I.mean=8";
    const Result r = run(Command{.arguments = {"trace", file, "--at", at, "--csv", "t.csv", "--raster", "r.csv", "--quiet"}, .folder = here.path()});
    ASSERT_EQ(r.code, 0) << r.err;
    const CsvTable t = parse_csv(read_file(here / "t.csv")), raster = parse_csv(read_file(here / "r.csv"));
    EXPECT_EQ(t.header, (Strings{"time [ms]", "G.rate [Hz]", "E.rate [Hz]", "E.v [mV]", "E.I_exc", "E.I_inh", "E.lfp"}));
    EXPECT_EQ(raster.header, (Strings{"time [ms]", "population", "neuron"}));
    ASSERT_EQ(t.rows.size(), 120u);
    EXPECT_EQ(spikes_of(raster, "E", 10), map.number(set, "E.spike_count"));
    EXPECT_EQ(spikes_of(raster, "G", 10), map.number(set, "G.spike_count"));
    EXPECT_EQ(spikes_of(raster, "G", 0), 3);
    EXPECT_GT(spikes_of(raster, "E", 0), 2);
    EXPECT_NEAR(sum_of(column(t, "E.rate [Hz]")) * 3 * 0.5e-3, spikes_of(raster, "E", 0), 1e-9);
    EXPECT_NEAR(sum_of(column(t, "E.v [mV]", 20)) / 100, map.number(set, "E.v.mean [mV]"), 1e-9);
    const std::vector<double> rate = column(t, "E.rate [Hz]", 20);
    EXPECT_EQ(*std::max_element(rate.begin(), rate.end()), map.number(set, "E.rate.maximum [Hz]"));
  }
}

// Intervals of 2, 4 and 2 ms: 8/3 on average, with a population SD of sqrt(8)/3. The cell with two spikes does not count, nor what is
// before the transient.
TEST(TraceNetwork, IntervalsOfCellsThatOnlySpike) {
  Folder here;
  const std::string file = small_network(here);
  here.write("spikes.csv", "time [ms],neuron\n3,0\n12,0\n12,1\n14,0\n18,0\n20,0\n40,1\n");
  const Result r = run(Command{.arguments = {"run", file, "--set", "observe.measures=[\"G.isi_mean\", \"G.isi_cv\", \"G.active\"]", "--csv", "-", "--quiet"}});
  ASSERT_EQ(r.code, 0) << r.err;
  const CsvTable map = parse_csv(r.out);
  ASSERT_EQ(map.rows.size(), 2u);
  EXPECT_NEAR(map.number(1, "G.isi_mean [ms]"), 8.0 / 3, 1e-12);
  EXPECT_NEAR(map.number(1, "G.isi_cv"), std::sqrt(8.0) / 8, 1e-12);
  EXPECT_EQ(map.number(1, "G.active"), 1);
}

// As the file has them: at 2, 2.5 and 4 ms; the edges bring 900 to cells 0 and 2 in the step after.
TEST(TraceNetwork, SpikesAndCurrentsAtTheirTimes) {
  Folder here;
  const Result r = run(Command{.arguments = {"trace", small_network(here), "--csv", "t.csv", "--raster", "r.csv", "--quiet"}, .folder = here.path()});
  ASSERT_EQ(r.code, 0) << r.err;
  const CsvTable t = parse_csv(read_file(here / "t.csv")), raster = parse_csv(read_file(here / "r.csv"));
  Strings given;
  for (std::size_t i = 0; i < raster.rows.size(); ++i)
    if (raster.text(i, "population") == "G") given.push_back(raster.text(i, "time [ms]") + " " + raster.text(i, "neuron"));
  EXPECT_EQ(given, (Strings{"2 0", "2.5 1", "4 0"}));
  EXPECT_EQ(t.text(4, "time [ms]"), "2");
  EXPECT_NEAR(t.number(4, "E.I_exc"), 905 / 3., 1e-9);
  EXPECT_NEAR(t.number(5, "E.I_exc"), 900 / 3., 1e-9);
}

TEST(TraceNetwork, AStoreFindsItsFiles) {
  Folder here, elsewhere;
  const std::string file = small_network(here), store = elsewhere / "s.zarr";
  ASSERT_EQ(run(Command{.arguments = {"run", file, "--out", store, "--quiet"}}).code, 0);
  const std::string from_file = traced({file, "--raster", "-", "--quiet"});
  EXPECT_EQ(traced({"--from-store", store, "--raster", "-", "--quiet"}), from_file);
  EXPECT_TRUE(contains(from_file, ",E,"));
  const Result beside = run(Command{.arguments = {"run", "small.toml", "--out", store, "--overwrite", "--quiet"}, .folder = here.path()});
  ASSERT_EQ(beside.code, 0) << beside.err;
  EXPECT_EQ(traced({"--from-store", store, "--raster", "-", "--quiet"}), from_file);
}

TEST(TraceNetwork, PicturesAndTheTerminal) {
  Folder here;
  const Strings arguments{"trace", small_network(here), "--quiet"};
  ASSERT_EQ(run(Command{.arguments = arguments + Strings{"--plot", "t.svg"}, .folder = here.path()}).code, 0);
  const std::string svg = read_file(here / "t.svg");
  for (const char* text : {"G (2)", "E (3)", "neuron", "rate [Hz]", "v [mV]", "I_exc", "lfp", "time [ms]", "power spectrum of E.v"})
    EXPECT_TRUE(contains(svg, std::string("<text>") + text + "</text>")) << text;
  EXPECT_FALSE(contains(svg, "<text>I_inh</text>"));                          // 0 throughout
  const Result shown = run(Command{.arguments = arguments, .environment = {{"COLUMNS", "80"}, {"LC_ALL", "C"}}});
  for (const char* text : {"\nG: 2 cells, 3 spikes\n", "\nE: 3 cells, ", "\nG.rate [Hz, in bins of 0.5 ms]", "\nE.v [mV]: ", "E.spike_count = "})
    EXPECT_TRUE(contains(shown.out, text)) << text << shown.out;
  for (const std::string& line : lines_of(shown.out)) EXPECT_LE(line.size(), 80u) << line;
}

// Nobody spikes: there is no rate below 0, no spectrum to have a scale, and nothing in the raster.
TEST(TraceNetwork, ASilentOneSaysSo) {
  Folder here;
  const Strings arguments{"trace", sweep("balanced"), "--axis", "population.E.poisson.rate=0:1:2", "--set", "population.I.poisson.rate=0", "--quiet"};
  ASSERT_EQ(run(Command{.arguments = arguments + Strings{"--plot", "t.svg"}, .folder = here.path()}).code, 0);
  const std::string svg = read_file(here / "t.svg");
  for (const char* words : {"no spikes", "no power: at rest"}) EXPECT_TRUE(contains(svg, words)) << words;
  for (const char* words : {"power [dB", "<text>-1.0</text>", "<text>-0.5</text>"}) EXPECT_FALSE(contains(svg, words)) << words;
  const std::string shown = run(Command{.arguments = arguments, .environment = {{"COLUMNS", "80"}}}).out;
  EXPECT_TRUE(contains(shown, "\nE: 800 cells, 0 spikes\nI: 200 cells, 0 spikes\nE.rate [Hz")) << shown;
}

// A value between the grid's is held to what a network can have.
TEST(TraceNetwork, ImpossibleValues) {
  const auto refused = [](const std::string& axis, const std::string& at, const Strings& words) {
    expect_refused({sweep("balanced"), "--axis", axis, "--at", at}, 2, words);
  };
  refused("projection.excitation.delay=0:1:3", "projection.excitation.delay=0.33", {"--at", "0.33 ms is no multiple of dt"});
  refused("projection.excitation.probability=0:1:3", "projection.excitation.probability=1.5", {"--at", "1.5 is no probability: allowed are 0 to 1"});
}

TEST(TraceRaster, OfOneCell) {
  Folder here;
  const Result r = run(Command{.arguments = {"trace", sweep("lif_fi"), "--at", "input.I.mean=300", "--csv", "t.csv", "--raster", "r.csv", "--quiet"}, .folder = here.path()});
  ASSERT_EQ(r.code, 0) << r.err;
  const CsvTable raster = parse_csv(read_file(here / "r.csv"));
  const CsvTable map = parse_csv(run(Command{.arguments = {"run", sweep("lif_fi"), "--axis", "input.I.mean=300:310:2", "--set", "observe.measures=spike_count", "--csv", "-", "--quiet"}}).out);
  EXPECT_GT(raster.rows.size(), 100u);
  EXPECT_EQ(spikes_of(raster, "lif", 500), map.number(0, "spike_count"));
  expect_refused({sweep("jr_alpha"), "--raster", "r.csv"}, 2, {"--raster", "jr_alpha.toml", "jansen-rit", "does not spike"});
}

// f-I: of the sets that differ in the input alone, and the same numbers as the sweep's: the same noise, the same replicates.
TEST(TraceOutputs, RatesOverTheInputAreTheSweeps) {
  const Overrides overrides{{"duration=700ms", "replicates=3", "observe.measures=rate"}, {"input.I.noise=0:20:3", "input.I.mean=100:400:250"}};
  Strings arguments{"run", sweep("srm_noise"), "--csv", "-", "--quiet"};
  for (const std::string& one : overrides.set) arguments = arguments + Strings{"--set", one};
  for (const std::string& one : overrides.axis) arguments = arguments + Strings{"--axis", one};
  const std::vector<double> swept = column(parse_csv(run(Command{.arguments = arguments}).out), "rate [Hz]");
  ASSERT_EQ(swept.size(), 750u);
  TraceView view;
  add_rates(view, load_sweep(sweep("srm_noise"), overrides), 250 + 101, "");
  ASSERT_TRUE(view.rates);
  const auto& [input, rate, here, log] = *view.rates;
  ASSERT_GE(input.values.size(), 201u);
  ASSERT_LE(input.values.size(), 202u);
  EXPECT_EQ(input.values.front(), 100);
  EXPECT_EQ(input.values.back(), 400);
  EXPECT_NEAR(input.values[here], 100 + 300 * 101 / 249., 1e-9);
  EXPECT_GT(*std::max_element(rate.values.begin(), rate.values.end()), 0);
  for (std::size_t i = 0; i < input.values.size(); ++i)
    EXPECT_EQ(float(rate.values[i]), float(swept[250 + std::size_t(std::lround((input.values[i] - 100) / 300 * 249))])) << input.values[i];
}

TEST(TraceOutputs, RatesWhereTheFileSweepsTheInput) {
  Folder here;
  const auto svg = [&](const Strings& arguments) {
    const Result r = run(Command{.arguments = Strings{"trace"} + arguments + Strings{"--plot", "t.svg"}, .folder = here.path()});
    EXPECT_EQ(r.code, 0) << r.err;
    return read_file(here / "t.svg");
  };
  const std::string words = "firing rate over input.I.mean";
  EXPECT_TRUE(contains(svg({sweep("lif_fi"), "--set", "duration=1s"}), words));
  EXPECT_TRUE(contains(svg({sweep("lif_fi"), "--set", "duration=1s", "--axis", "input.I.mean=100:1000:5:log"}), words));
  EXPECT_FALSE(contains(svg({sweep("adex_patterns"), "--set", "duration=1200ms"}), words));
  EXPECT_FALSE(contains(svg({sweep("jr_input"), "--set", "duration=2s"}), words));       // does not spike
}

// An input is as strong as its mean or as the amplitude of its pulse or sine, whichever is swept; how long a pulse is, is another matter.
TEST(TraceOutputs, RatesOverTheAmplitudeOfAPulseOrASine) {
  Folder here;
  const std::string file = here.write("pulsed.toml", R"(
model = "lif"
dt = "0.1 ms"
duration = "600 ms"
transient = "100 ms"
input.I = { mean = "100 pA", pulse = { amplitude = "200 pA", width = "40 ms", period = "50 ms" }, sine = { amplitude = "50 pA", frequency = "8 Hz" } }
[observe]
measures = ["rate"]
)");
  const auto curve = [&](const Strings& axes, std::uint64_t set) {
    TraceView view;
    add_rates(view, load_sweep(file, {{}, axes}), set, "");
    return view.rates;
  };
  for (const std::string name : {"input.I.pulse.amplitude", "input.I.sine.amplitude"}) {
    SCOPED_TRACE(name);
    const std::string axis = name + "=0:800:9";
    const std::vector<double> swept = column(parse_csv(run(Command{.arguments = {"run", file, "--axis", axis, "--csv", "-", "--quiet"}}).out), "rate [Hz]");
    const auto rates = curve({axis}, 3);
    ASSERT_TRUE(rates);
    EXPECT_EQ(rates->input.name, name);
    EXPECT_EQ(rates->input.unit, "pA");
    EXPECT_EQ(rates->here, 3u);
    EXPECT_EQ(rates->rate.values, swept);
    EXPECT_NE(swept.back(), swept.front());
  }
  EXPECT_EQ(curve({"input.I.pulse.amplitude=0:800:9", "input.I.mean=0:400:3"}, 0).value().input.name, "input.I.mean");
  EXPECT_FALSE(curve({"input.I.pulse.width=0.01:0.04:4"}, 0));
  EXPECT_FALSE(curve({"input.I.sine.frequency=4:40:4"}, 0));
}

// The alpha sweep's spectrum is highest below its band; without the band's edge there is nothing to say.
TEST(TraceOutputs, APeakAtTheEdgeOfItsBandIsNamed) {
  Folder here;
  const Strings narrow{"trace", sweep("jr_alpha"), "--quiet"}, wide = narrow + Strings{"--set", "spectrum.band=1:30"};
  for (const auto& [arguments, edge] : {std::pair{narrow, true}, {wide, false}}) {
    EXPECT_EQ(run(Command{.arguments = arguments + Strings{"--plot", "t.svg"}, .folder = here.path()}).code, 0);
    const std::string svg = read_file(here / "t.svg");
    EXPECT_EQ(contains(svg, "5.859 Hz (edge)"), edge);
    EXPECT_EQ(contains(svg, "power spectrum of eeg, higher beyond the band"), edge);
    const Result shown = run(Command{.arguments = arguments, .environment = {{"COLUMNS", "200"}}});
    EXPECT_EQ(contains(shown.out, "at 5.859 Hz, the edge of the band: the spectrum is higher beyond\n"), edge) << shown.out;
  }
}

// Firing at 112 Hz, above the band of 1 to 80 Hz that a file without one has: its lowest bin is no peak.
TEST(TraceOutputs, NorIsTheLowestBinThePeakOfAFasterRhythm) {
  const std::string shown = traced({sweep("lif_fi"), "--at", "t_ref=2", "--at", "input.I.mean=400", "--set", "observe.measures=rate"}, {{"COLUMNS", "200"}});
  EXPECT_TRUE(contains(shown, "at 1.526 Hz, the edge of the band: the spectrum is higher beyond\n")) << shown;
}

TEST(TraceOutputs, Mistakes) {
  Folder here;
  const std::string file = here.write("one.toml", single_set), text = read_file(file);
  expect_refused({file, "--csv", "-", "--psd", "-"}, 2, {"--csv - and --psd -", "standard output"});
  expect_refused({file, "--csv", "t", "--spectrogram", "./t"}, 2, {"named by both --csv and --spectrogram"});
  expect_refused({file, "--csv", file}, 2, {"replace the sweep file"});
  expect_refused({file, "--plot", "t.jpg"}, 2, {"--plot", ".png, .svg or .pdf"});
  expect_refused({file, "--csv", "t.csv", "--psd", "nowhere/p.csv"}, 1, {"nowhere"});
  expect_refused({file, "--csv", "t.csv", "--set", "duration=8000000s"}, 1, {"a trace of 16000000000 steps", "GB of memory"});
  EXPECT_EQ(read_file(file), text);
}

// ---- the terminal ---------------------------------------------------------------------------------------------------

TEST(TraceInTerminal, NamesRangesPeakAndMeasures) {
  const Strings arguments{sweep("jr_gain_map"), "--at", "Ae=5", "--quiet"};
  const std::string text = traced(arguments, {{"COLUMNS", "70"}});
  const CsvTable map = map_of(sweep("jr_gain_map"), {"--quiet"});
  for (const char* words : {"Ae = 5 mV, Ai = 15 mV (set 57 of 64)", "M [mV]: 0 to ", "eeg [mV]: ", "power of eeg [mV^2/Hz]", "peak within 3 to 40 Hz", "2000 ms", "transient, to 500 ms", "█"})
    EXPECT_TRUE(contains(text, words)) << words << "\n" << text;
  EXPECT_TRUE(contains(text, fmt::format("amplitude = {:.4g} mV\n", map.number(56, "amplitude [mV]")))) << text;
  EXPECT_TRUE(contains(text, fmt::format("peak_frequency = {:.4g} Hz\n", map.number(56, "peak_frequency [Hz]")))) << text;
  const std::string ascii = traced(arguments, {{"COLUMNS", "70"}, {"LC_ALL", "C"}});
  EXPECT_TRUE(std::all_of(ascii.begin(), ascii.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }));
  for (const std::string& line : lines_of(ascii)) EXPECT_LE(line.size(), 70u) << line;
  EXPECT_EQ(traced(arguments, {{"COLUMNS", "70"}, {"NO_COLOR", "1"}}), text);
  EXPECT_FALSE(contains(text, "\x1b"));
}

TEST(TraceInTerminal, NoChartOfNoPower) {
  const std::string text = traced({sweep("lif_fi"), "--set", "duration=600ms"});          // its first current is below the threshold
  EXPECT_TRUE(contains(text, "spectrum of V: no power: at rest\n")) << text;
  EXPECT_FALSE(contains(text, "logarithmic")) << text;
}

TEST(TraceInTerminal, SpikesAreMarked) {
  const std::string text = traced({sweep("lif_fi"), "--at", "input.I.mean=250", "--set", "duration=600ms"});
  EXPECT_TRUE(contains(text, "spikes: ")) << text;
  EXPECT_TRUE(contains(text, "|")) << text;
  EXPECT_TRUE(contains(text, "rate = ")) << text;
}

// As many as the picture counts, whatever the terminal can show.
TEST(TraceInTerminal, IntervalsAndTheRateOverTheInput) {
  for (const char* columns : {"80", "50"})
    for (const char* locale : {"C", "C.UTF-8"}) {
      const std::string text = traced({sweep("izhikevich_presets"), "--at", "preset=chattering", "--at", "input.I.mean=10", "--quiet"},
                                      {{"COLUMNS", columns}, {"LC_ALL", locale}});
      EXPECT_TRUE(contains(text, "120 intervals between spikes [ms]: 2.1 to 48.1")) << text;
      EXPECT_TRUE(contains(text, "firing rate over input.I.mean, all else as above\nrate [Hz]\n")) << text;
      for (const std::string& line : lines_of(text)) EXPECT_LE(output::text_width(line), std::size_t(std::atoi(columns))) << line;
    }
  EXPECT_TRUE(contains(traced({sweep("lif_fi"), "--set", "duration=600ms"}), "\nintervals between spikes: fewer than two spikes\n"));
  const std::string neither = traced({sweep("jr_input"), "--set", "duration=2s"});                   // sweeps its input, but does not spike
  EXPECT_FALSE(contains(neither, "spikes") || contains(neither, "firing rate")) << neither;
}

}  // namespace
}  // namespace neurosweep::test
