// `neurosweep report`: which stores it takes, and what it refuses.
#include "program.hpp"

namespace neurosweep::test {
namespace {

class Report : public testing::Test {
 protected:
  Result in_folder(const Strings& arguments) { return run(Command{.arguments = arguments, .folder = here_.path()}); }
  void fill(const std::string& store, const Strings& flags) {
    const Result r = in_folder(Strings{"run", sweep("jr_gain_map"), "--out", store, "--quiet", "--device", "cpu"} + flags);
    EXPECT_EQ(r.code, 0) << r.err;
  }
  void expect_refused(const Strings& arguments, int code, const Strings& words) {
    const Strings before = here_.files();
    const Result r = in_folder(Strings{"report"} + arguments);
    EXPECT_EQ(r.code, code) << testing::PrintToString(arguments);
    EXPECT_EQ(r.out, "");
    for (const std::string& word : words) EXPECT_TRUE(contains(r.err, word)) << word << "\n" << r.err;
    EXPECT_EQ(here_.files(), before);
  }
  Folder here_;
};

TEST_F(Report, SaysHowTheMapWasMade) {
  fill("m.zarr", {"--set", "bi=40"});
  const Result r = in_folder({"report", "m.zarr", "-o", "m.html"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.out + r.err, "");
  const std::string page = read_file(here_ / "m.html");
  for (const char* words : {"<title>How do the gains of excitation and inhibition shape the rhythm?</title>", "<p>64 sets</p>", "<p>amplitude [mV]: ", "largest at Ae = ",
                            ">model</th><td>jansen-rit<", "method = exp-euler<", "bi = 40 Hz<", "seed = 42<", "input.E.noise = 20 Hz<", "Ae [mV]: 8 values, 2 to 5<",
                            ">computed on</th><td>", ">created</th><td>20", ">updated</th><td>20", "<td>neurosweep "})
    EXPECT_TRUE(contains(page, words)) << words;
  EXPECT_EQ(in_folder({"report", "m.zarr", "-o", "-"}).out, page);
  EXPECT_EQ(in_folder({"report", "m.zarr", "-o", "/dev/stdout"}).out, page);
}

TEST_F(Report, ChosenMeasures) {
  fill("m.zarr", {"--set", "replicates=2", "--axis", "Ae=3:4:2"});
  const std::string page = in_folder({"report", "m.zarr", "-o", "-", "--measure", "amplitude"}).out;
  EXPECT_TRUE(contains(page, "\"name\":\"amplitude_sd\"")) << page.size();
  EXPECT_FALSE(contains(page, "\"name\":\"peak_frequency\""));
  expect_refused({"m.zarr", "-o", "m.html", "--measure", "amplitud"}, 2, {"--measure amplitud", "did you mean \"amplitude\"?"});
}

TEST_F(Report, OfAnUnfinishedStore) {
  const Strings four_chunks{"--axis", "Ae=2:5:16", "--axis", "Ai=15:30:16", "--set", "duration=1500s", "--set", "transient=1s", "--set", "input.E.noise=0"};
  fill("half.zarr", four_chunks + Strings{"--shard", "0/2"});
  const Result r = in_folder({"report", "half.zarr", "-o", "half.html"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "note: 128 of 256 sets are not computed\n");
  EXPECT_TRUE(contains(read_file(here_ / "half.html"), "<p>128 of 256 sets are not computed</p>"));
}

TEST_F(Report, Mistakes) {
  fill("m.zarr", {});
  expect_refused({"m.zarr"}, 2, {"-o"});
  expect_refused({"mm.zarr", "-o", "m.html"}, 2, {"mm.zarr: no such folder", "did you mean \"m.zarr\"?"});
  expect_refused({"m.zarr", "-o", "m.png"}, 2, {"-o m.png", ".html"});
  expect_refused({"m.zarr", "-o", "m.zarr/m.html"}, 2, {"lies in the store"});
  expect_refused({"m.zarr", "-o", "none/m.html"}, 1, {"cannot write \"none/m.html\""});
  expect_refused({"m.zarr", "-o", ""}, 2, {"-o", "empty"});
}

}  // namespace
}  // namespace neurosweep::test
