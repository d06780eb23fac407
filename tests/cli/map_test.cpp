// `neurosweep run`: the maps, as the CSV has them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "program.hpp"

namespace neurosweep::test {
namespace {

// "Ae,Ai" of each row: the first `n` cells.
Strings leading(const CsvTable& t, std::size_t n) {
  Strings cells;
  for (const auto& row : t.rows) {
    std::string text = row[0];
    for (std::size_t i = 1; i < n; ++i) text += "," + row[i];
    cells.push_back(text);
  }
  return cells;
}

// ---- the shipped files
// -------------------------------------------------------------------------------------------------

TEST(Run, EveryShippedSweep) {
  int found = 0;
  for (const auto& entry : std::filesystem::directory_iterator(NEUROSWEEP_SWEEPS)) {
    if (entry.path().extension() != ".toml") continue;
    SCOPED_TRACE(entry.path().filename());
    ++found;
    const CsvTable t = map_of(entry.path().string(), {"--quiet"});
    ASSERT_FALSE(t.rows.empty());
    EXPECT_EQ(t.header.back(), "status");
    const bool announced = contains(read_file(entry.path()), "status 2");   // by the file's own comment
    for (const auto& row : t.rows) {
      ASSERT_EQ(row.size(), t.header.size());
      EXPECT_TRUE(row.back() == "0" || (announced && row.back() == "2")) << testing::PrintToString(row);
    }
  }
  EXPECT_GE(found, 4);
}

// The seed experiment without noise, against a map that another program computed.
// Sets whose amplitude is so close to the bound of rest that rounding decides, by a factor of `unsure`, are left out
// there.
void expect_reference(const std::string& precision, double tolerance, double relative, double unsure) {
  Folder here;
  const Result r = run(Command{.arguments = {"run", sweep("jr_gain_map"), "--device", "cpu", "--set", "input.E.noise=0",
                                             "--set", "precision=" + precision, "--csv", "m.csv"},
                               .folder = here.path()});
  ASSERT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(here.files(), (Strings{"m.csv", "results"}));  // a bare name lies where the user stands
  const CsvTable map = parse_csv(read_file(here / "m.csv")), reference = read_csv("jansen-rit/grid_Ae_Ai_E120.csv");
  EXPECT_EQ(map.header, (Strings{"Ae [mV]", "Ai [mV]", "amplitude [mV]", "peak_frequency [Hz]", "status"}));
  ASSERT_EQ(map.rows.size(), reference.rows.size());
  int at_rest = 0;
  for (std::size_t i = 0; i < map.rows.size(); ++i) {
    SCOPED_TRACE(fmt::format("row {}", i));
    EXPECT_EQ(map.number(i, "Ae [mV]"), reference.number(i, "Ae"));
    EXPECT_EQ(map.number(i, "Ai [mV]"), reference.number(i, "Ai"));
    const double amplitude = reference.number(i, "amplitude");
    EXPECT_NEAR(map.number(i, "amplitude [mV]"), amplitude, tolerance + relative * amplitude);
    EXPECT_EQ(map.text(i, "status"), "0");
    const double size = std::max(std::abs(reference.number(i, "minimum")), std::abs(reference.number(i, "maximum")));
    if (amplitude < 1e-5 * size / unsure) {
      ++at_rest;
      EXPECT_EQ(map.text(i, "peak_frequency [Hz]"), "nan");
    } else if (amplitude > 1e-5 * size * unsure) {
      EXPECT_EQ(map.number(i, "peak_frequency [Hz]"), reference.number(i, "peak_frequency"));
    }
  }
  EXPECT_GT(at_rest, 10);
  EXPECT_LT(at_rest, 30);
}

TEST(Run, ReferenceMapInDouble) { expect_reference("double", 1e-9, 0, 1); }

TEST(Run, ReferenceMapInFloat) { expect_reference("float", 1e-4, 2e-3, 10); }

TEST(Run, NumbersReadBackToTheSame) {
  for (const char* precision : {"float", "double"}) {
    const bool single = std::string(precision) == "float";
    const CsvTable t = map_of(sweep("jr_gain_map"), {"--set", fmt::format("precision={}", precision)});
    for (std::size_t i = 0; i < t.rows.size(); ++i) {
      const std::string text = t.text(i, "amplitude [mV]");
      EXPECT_EQ(text,
                single ? fmt::format("{}", std::strtof(text.c_str(), nullptr)) : fmt::format("{}", std::stod(text)));
    }
  }
}

TEST(Run, NoiseIsThatOfTheSeed) {
  std::string a, b, c;
  map_of(sweep("jr_gain_map"), {}, &a);
  map_of(sweep("jr_gain_map"), {"--set", "seed=42"}, &b);
  map_of(sweep("jr_gain_map"), {"--set", "seed=43"}, &c);
  EXPECT_EQ(a, b);  // 42 is what the file says
  EXPECT_NE(a, c);
}

// ---- axes
// --------------------------------------------------------------------------------------------------------------

class Axes : public testing::Test {
 protected:
  CsvTable map(const Strings& flags) { return map_of(file_, flags); }
  Folder folder_;
  const std::string file_ = folder_.write("one.toml", single_set);
};

TEST_F(Axes, None) {
  const CsvTable t = map({});
  EXPECT_EQ(t.header, (Strings{"amplitude [mV]", "status"}));
  ASSERT_EQ(t.rows.size(), 1u);
  EXPECT_NEAR(t.number(0, "amplitude [mV]"), 11.092, 0.01);
  EXPECT_EQ(t.text(0, "status"), "0");
}

TEST_F(Axes, FirstIsSlowest) {
  const Strings ae{"--axis", "Ae=3:4:3"}, ai{"--axis", "Ai=20:22:2"}, bi{"--axis", "bi=40:60:2"};
  EXPECT_EQ(leading(map(ae), 1), (Strings{"3", "3.5", "4"}));
  EXPECT_EQ(leading(map(ae + ai), 2), (Strings{"3,20", "3,22", "3.5,20", "3.5,22", "4,20", "4,22"}));
  EXPECT_EQ(leading(map(ai + ae), 2), (Strings{"20,3", "20,3.5", "20,4", "22,3", "22,3.5", "22,4"}));
  const CsvTable t = map(ai + bi + ae);
  EXPECT_EQ(t.header, (Strings{"Ai [mV]", "bi [Hz]", "Ae [mV]", "amplitude [mV]", "status"}));
  EXPECT_EQ(leading(t, 3), (Strings{"20,40,3", "20,40,3.5", "20,40,4", "20,60,3", "20,60,3.5", "20,60,4", "22,40,3",
                                    "22,40,3.5", "22,40,4", "22,60,3", "22,60,3.5", "22,60,4"}));
}

// A set of a grid is what it would be alone: the columns stand beside the values that they belong to.
TEST_F(Axes, EachSetIsItsOwn) {
  const CsvTable grid = map({"--axis", "Ae=3:4:3", "--axis", "Ai=20:22:2"});
  for (std::size_t i = 0; i < grid.rows.size(); ++i) {
    const CsvTable one = map({"--set", "Ae=" + grid.rows[i][0], "--set", "Ai=" + grid.rows[i][1]});
    EXPECT_EQ(one.text(0, "amplitude [mV]"), grid.text(i, "amplitude [mV]")) << i;
  }
}

TEST_F(Axes, OfEveryKind) {
  const std::pair<Strings, std::string> axes[] = {
      {{"--axis", "be=90:110:2"}, "be [Hz]"},
      {{"--axis", "bi=40:60:2"}, "bi [Hz]"},
      {{"--axis", "C=120:140:2"}, "C"},
      {{"--axis", "r=0.5:0.6:2"}, "r [1/mV]"},
      {{"--axis", "v0=5:6:2"}, "v0 [mV]"},
      {{"--axis", "input.E.mean=120:200:2"}, "input.E.mean [Hz]"},
      {{"--axis", "input.M.mean=0:1:2"}, "input.M.mean [mV]"},
      {{"--axis", "input.E.noise=1:5:2"}, "input.E.noise [Hz]"},
      {{"--axis", "input.E.sine.frequency=5:20:2", "--set", "input.E.sine.amplitude=50"},
       "input.E.sine.frequency [Hz]"},
      {{"--axis", "input.E.sine.amplitude=5:20:2", "--set", "input.E.sine.frequency=8"}, "input.E.sine.amplitude [Hz]"},
      {{"--axis", "initial.M=0:5:2", "--set", "transient=0"}, "initial.M [mV]"}};
  for (const auto& [flags, label] : axes) {
    SCOPED_TRACE(label);
    const CsvTable t = map(flags);
    ASSERT_EQ(t.rows.size(), 2u);
    EXPECT_EQ(t.header[0], label);
    EXPECT_NE(t.rows[0][1], t.rows[1][1]);  // it changes something
  }
}

TEST_F(Axes, Logarithmic) {
  EXPECT_EQ(leading(map({"--axis", "input.E.noise=1:100:3:log"}), 1), (Strings{"1", "10", "100"}));
}

TEST_F(Axes, UnitsOnTheCommandLine) {
  EXPECT_EQ(leading(map({"--axis", "Ae=3000uV:4mV:3"}), 1), (Strings{"3", "3.5", "4"}));
  EXPECT_EQ(leading(map({"--axis=Ae=3mV:4mV:3"}), 1), (Strings{"3", "3.5", "4"}));
}

// The axis of that name is replaced where it stands; a new one becomes the last, the fastest.
TEST(Run, AxisReplacesOrAdds) {
  const CsvTable t = map_of(sweep("jr_gain_map"), {"--axis", "bi=40:60:2", "--axis", "Ae=3:4:2"});
  EXPECT_EQ(Strings(t.header.begin(), t.header.begin() + 3), (Strings{"Ae [mV]", "Ai [mV]", "bi [Hz]"}));
  EXPECT_EQ(t.rows.size(), 2u * 8u * 2u);
  EXPECT_EQ(leading(t, 3)[0], "3,15,40");
  EXPECT_EQ(leading(t, 3)[1], "3,15,60");
  EXPECT_EQ(leading(t, 3).back(), "4,30,60");
}

TEST(Run, FileAfterTheFlags) {
  const Result r = run({"run", "--axis", "Ae=3:4:2", "--set", "Ai=22", "--quiet", "--csv", "-", sweep("jr_input")});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(parse_csv(r.out).rows.size(), 100u);
}

// ---- --set
// -------------------------------------------------------------------------------------------------------------

TEST(Run, SetOverrides) {
  Folder folder;
  const std::string file = folder.write("one.toml", single_set);
  const auto amplitude = [&](const Strings& flags) { return map_of(file, flags).text(0, "amplitude [mV]"); };
  const std::string before = amplitude({});
  for (const char* change : {"Ae=3.5mV", "parameters.Ae=3.5", "input.E.mean=200", "initial.M=2mV", "duration=1s",
                             "method=rk4", "dt=1ms", "precision=double", "input.E.noise=20Hz", "transient=0s"})
    EXPECT_NE(amplitude({"--set", change}), before) << change;
  EXPECT_EQ(amplitude({"--set", "Ae=3.5mV"}), amplitude({"--set=Ae=3500 uV"}));
  EXPECT_EQ(amplitude({"--set", "Ae=3", "--set", "Ae=3.25"}), before);  // the last one counts
  const CsvTable t = map_of(file, {"--set", "observe.measures=[\"mean\", \"std\"]", "--set", "observe.signal=M"});
  EXPECT_EQ(t.header, (Strings{"mean [mV]", "std [mV]", "status"}));
}

// ---- replicates
// --------------------------------------------------------------------------------------------------------

TEST(Run, Replicates) {
  const Strings small{"--axis", "Ae=3:4:2", "--axis", "Ai=20:22:2"};
  const CsvTable t = map_of(sweep("jr_gain_map"), small + Strings{"--set", "replicates=3"});
  EXPECT_EQ(t.header, (Strings{"Ae [mV]", "Ai [mV]", "amplitude [mV]", "amplitude_sd [mV]", "peak_frequency [Hz]",
                               "peak_frequency_sd [Hz]", "n_failed", "status"}));
  ASSERT_EQ(t.rows.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_GT(t.number(i, "amplitude_sd [mV]"), 0);
    EXPECT_LT(t.number(i, "amplitude_sd [mV]"), t.number(i, "amplitude [mV]"));
    EXPECT_EQ(t.text(i, "n_failed"), "0");
    EXPECT_EQ(t.text(i, "status"), "0");
  }
}

// ---- the same bytes
// ----------------------------------------------------------------------------------------------------

void expect_same_bytes(const std::string& engine, const std::string& precision) {
  const Strings flags{"--set",   "duration=2s",
                      "--set",   "transient=0.5s",
                      "--set",   "replicates=2",
                      "--set",   "spectrum.segment=1024",
                      "--set",   "observe.measures=[\"std\", \"peak_frequency\", \"peak_power\"]",
                      "--set",   "spectrum.engine=" + engine,
                      "--set",   "spectrum.band=[\"3 Hz\", \"30 Hz\"]",
                      "--set",   "precision=" + precision,
                      "--quiet", "--device",
                      "cpu",     "--csv",
                      "-"};
  const std::string expected = run(Strings{"run", sweep("jr_gain_rates")} + flags).out;
  EXPECT_EQ(parse_csv(expected).rows.size(), 100u);
  for (const char* threads : {"1", "2", "3"})
    for (const char* tile : {"1", "7", "64", "1000"}) {
      const Result r = run(Strings{"run", sweep("jr_gain_rates"), "--threads", threads, "--tile", tile} + flags);
      EXPECT_EQ(r.code, 0) << r.err;
      EXPECT_TRUE(r.out == expected) << threads << " threads, tiles of " << tile;
    }
}

TEST(Run, SameBytesWhateverThreadsAndTilesDirect) {
  expect_same_bytes("direct", "float"), expect_same_bytes("direct", "double");
}

TEST(Run, SameBytesWhateverThreadsAndTilesFft) {
  expect_same_bytes("fft", "float"), expect_same_bytes("fft", "double");
}

// ---- sets that fail
// ----------------------------------------------------------------------------------------------------

TEST(Run, DivergedSets) {
  Folder folder;
  const std::string file = folder.write("one.toml", single_set);
  const Strings unstable{"--axis", "be=100:20000:3", "--set", "method=euler",
                         "--set",  "dt=5ms",         "--set", "duration=10s"};
  const Result r = run(Strings{"run", file, "--device", "cpu", "--csv", folder / "m.csv"} + unstable);
  EXPECT_EQ(r.code, 0);
  EXPECT_TRUE(contains(r.err, "2 diverged")) << r.err;
  const CsvTable t = parse_csv(read_file(folder / "m.csv"));
  ASSERT_EQ(t.rows.size(), 3u);
  EXPECT_EQ(t.text(0, "status"), "0");
  EXPECT_GT(t.number(0, "amplitude [mV]"), 0);
  for (std::size_t i : {1, 2}) {
    EXPECT_EQ(t.text(i, "status"), "1");
    EXPECT_EQ(t.text(i, "amplitude [mV]"), "nan");
  }
  const CsvTable repeated = map_of(file, unstable + Strings{"--set", "replicates=3", "--set", "input.E.noise=1"});
  EXPECT_EQ(repeated.text(0, "n_failed"), "0");
  EXPECT_EQ(repeated.text(1, "n_failed"), "3");
  EXPECT_EQ(repeated.text(1, "status"), "1");
}

// ---- memory
// ------------------------------------------------------------------------------------------------------------

// Neither the samples nor anything else that grows with the duration is kept.
TEST(Run, MemoryDoesNotGrowWithDuration) {
  for (const char* engine : {"direct", "fft"}) {
    auto memory = [&](const char* duration) {
      const Result r =
          run({"run", sweep("jr_gain_map"), "--quiet", "--json", "--device", "cpu", "--threads", "2", "--set",
               fmt::format("duration={}", duration), "--set", fmt::format("spectrum.engine={}", engine)});
      EXPECT_EQ(r.code, 0) << r.err;
      return double(r.max_rss);
    };
    EXPECT_LT(memory("100s"), 1.1 * memory("2s")) << engine;
  }
}

}  // namespace
}  // namespace neurosweep::test
