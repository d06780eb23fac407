// docs/troubleshooting.md quotes messages: those that a small sweep can provoke are what the program says.
#include "program.hpp"

namespace neurosweep::test {
namespace {

class Troubleshooting : public testing::Test {
 protected:
  Troubleshooting() { here_.write("x.toml", read_file(sweep("jr_gain_map"))); }

  // The command fails, or says so, in these words, and the page has them.
  void expect_quoted(const Strings& arguments, const std::string& words, const std::map<std::string, std::string>& environment = {}) {
    const Result r = run(Command{.arguments = arguments, .folder = here_.path(), .environment = environment});
    EXPECT_TRUE(contains(r.err, words)) << words << "\n" << r.err;
    EXPECT_TRUE(contains(page_, words)) << words;
  }
  void fill(const Strings& flags = {}) {
    EXPECT_EQ(run(Command{.arguments = Strings{"run", "x.toml", "--out", "x.zarr", "--quiet", "--device", "cpu"} + flags, .folder = here_.path()}).code, 0);
  }
  const Folder here_;
  const std::string page_ = read_file(std::string(NEUROSWEEP_SWEEPS) + "/../docs/troubleshooting.md");
};

TEST_F(Troubleshooting, SweepFile) {
  const auto expect = [&](const Strings& flags, const std::string& words) { expect_quoted(Strings{"run", "x.toml", "--dry-run"} + flags, words); };
  expect({"--set", "bi=40 ms"}, "--set bi=40 ms: bi: \"40 ms\" is of the wrong kind (time); wanted is a frequency or rate (Hz, mHz, kHz, MHz)");
  expect({}, "axis Ae: 2 ... 5 mV leaves the literature's range, 2.6 ... 9.75 mV");
  expect_quoted({"run", "x.tom"}, "x.tom: no such file; did you mean \"x.toml\"?");
  expect({"--set", "Aee=3"}, "--set Aee=3: unknown parameter or key \"Aee\"; did you mean \"Ae\"?");
  expect({"--set", "Ae=3mV"}, "--set Ae=3mV: Ae is swept by the axis at x.toml:");
  expect({"--set", "duration=600ms"}, "spectrum.segment: 512 samples are more than the 200 that are observed (the duration less the transient)");
  expect({"--set", "spectrum.segment=200", "--set", "spectrum.overlap=0", "--set", "observe.measures=power_delta"},
         "power_delta: no bin lies in 1 ... 4 Hz; a segment of 200 samples at dt = 0.0005 s has bins every 10 Hz");
  expect({"--set", "observe.measures=rate"}, "measure \"rate\" is of models that spike, and jansen-rit does not");
  expect_quoted({"run", "x.toml", "--dry-run"}, "NEUROSWEEP_ISA=avx9: no such instruction set here", {{"NEUROSWEEP_ISA", "avx9"}});
}

TEST_F(Troubleshooting, Networks) {
  const std::string balanced = read_file(std::string(NEUROSWEEP_SWEEPS) + "/balanced.toml");
  here_.write("n.toml", balanced);
  const auto expect = [&](const Strings& flags, const std::string& words) { expect_quoted(Strings{"run", "n.toml", "--dry-run"} + flags, words); };
  expect({"--set", "noise=0"}, "--set noise=0: unknown key \"noise\" (keys: ");
  expect({"--set", "projection.E-all.weight=2"}, "--set projection.E-all.weight=2: unknown projection \"E-all\" (projections: excitation, inhibition; write projection.NAME.KEY=VALUE)");
  expect({"--set", "projection.excitation.from=EE"}, "unknown population \"EE\"; did you mean \"E\"? (populations: E, I)");
  expect({"--set", "population.E.model=jansen-rit"}, "population.E.model: jansen-rit does not spike (models: izhikevich, ");
  expect({"--set", "projection.excitation.delay=0.33ms"}, "projection.excitation.delay: 0.33 ms is no multiple of dt, 0.1 ms");
  expect({"--set", "projection.excitation.probability=2"}, "projection.excitation.probability: 2 is no probability: allowed are 0 to 1");
  expect({"--set", "population.E.size=0"}, "population.E.size: found \"0\" where a whole number from 1 to 16777216 is wanted");
}

TEST_F(Troubleshooting, Store) {
  fill();
  expect_quoted({"run", "x.toml", "--out", "x.zarr", "--set", "bi=40"}, " holds another sweep: bi is 50 Hz there and 40 Hz here. --out DIR keeps both; --overwrite deletes what is there");
  expect_quoted({"info", "y.zarr"}, ": no such folder; did you mean \"");
  expect_quoted({"trace", "--from-store", "x.zarr", "--at", "Ae=3.3", "--csv", "t.csv"},
                "note: Ae = 3.3 mV is not on the axis: it is computed all the same, in the place of the nearest value, 3.2857142857142856 mV; ");
  expect_quoted({"plot", "x.zarr", "-o", "x.png"}, "gnuplot was not found; pictures need it: install the Debian package gnuplot-nox", {{"PATH", here_.path()}});
  expect_quoted({"trace", "x.toml", "--csv", "t.csv", "--set", "duration=8000000s"}, "a trace of 16000000000 steps takes 3.2e+03 GB of memory");
  std::filesystem::create_directory(here_ / "results");
  here_.write("results/notes", "text");
  expect_quoted({"run", "x.toml", "--out", "results"}, "\"results\" is there already and no store of neurosweep; --out DIR names another place");
  here_.write("x.zarr/amplitude/0.0", "short");
  expect_quoted({"export", "x.zarr", "--csv", "x.csv"}, "x.zarr/amplitude/0.0 does not have the 256 bytes that it had: its sets count as not computed; a run computes them again");
  here_.write("x.zarr/Ae/0", "short");
  expect_quoted({"info", "x.zarr"}, "\"x.zarr\" is no store that this program can read: x.zarr/Ae/0 does not have the 64 bytes that it had");
  here_.write("x.zarr/.zmetadata", "{");
  expect_quoted({"info", "x.zarr"}, "\"x.zarr\" is no store that this program can read: its file .zmetadata is not what was written; --overwrite deletes the results");
  std::filesystem::remove(here_ / "x.zarr/.zmetadata");
  expect_quoted({"run", "x.toml", "--out", "x.zarr"}, "\"x.zarr\" has results, but its file .zmetadata is gone");
}

TEST_F(Troubleshooting, TooLarge) {
  fill({"--axis", "Ae=2:5:8000", "--axis", "Ai=15:30:8000", "--set", "duration=300ms", "--set", "transient=0s", "--shard", "0/1000"});
  expect_quoted({"report", "x.zarr", "-o", "x.html"}, "a report of 64000000 sets and 2 columns would be 853 MB, and browsers take up to 256");
}

}  // namespace
}  // namespace neurosweep::test
