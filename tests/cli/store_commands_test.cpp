// `neurosweep export`, `plot` and `info`: what they say of a store, finished or not.
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::json;

// 256 sets in four chunks of 64, well under a second.
const Strings four_chunks{"--axis", "Ae=2:5:16", "--axis", "Ai=15:30:16", "--set", "duration=1500s", "--set", "transient=1s", "--set", "input.E.noise=0"};

class StoreCommands : public testing::Test {
 protected:
  Result in_folder(const Strings& arguments) { return run(Command{.arguments = arguments, .folder = here_.path()}); }

  // Fills `store` with the sweep; the CSV that the run itself wrote, if it was to.
  std::string fill(const std::string& store, const std::string& file, const Strings& flags) {
    const Result r = in_folder(Strings{"run", file, "--out", store, "--quiet", "--device", "cpu"} + flags);
    EXPECT_EQ(r.code, 0) << r.err;
    return r.out;
  }
  // The first two of four chunks.
  void fill_half(const std::string& store) { fill(store, sweep("jr_gain_map"), four_chunks + Strings{"--shard", "0/2"}); }

  std::string exported(const std::string& store, const Strings& flags = {}) {
    const Result r = in_folder(Strings{"export", store, "--csv", "-"} + flags);
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_EQ(r.err, "");
    return r.out;
  }
  Json info(const std::string& store) {
    const Result r = in_folder({"info", store, "--json"});
    EXPECT_EQ(r.code, 0) << r.err;
    return Json::parse(r.out, nullptr, false);
  }
  void expect_refused(const Strings& arguments, int code, const Strings& words) {
    const Strings before = here_.files();
    const Result r = in_folder(arguments);
    EXPECT_EQ(r.code, code) << testing::PrintToString(arguments);
    EXPECT_EQ(r.out, "");
    for (const std::string& word : words) EXPECT_TRUE(contains(r.err, word)) << word << "\n" << r.err;
    EXPECT_EQ(here_.files(), before);
  }
  Folder here_;
};

// ---- finished stores ------------------------------------------------------------------------------------------------

TEST_F(StoreCommands, ExportIsWhatTheRunWrote) {
  const std::string one = here_.write("one.toml", single_set), chattering = "jr_gain_map";
  const std::pair<std::string, Strings> sweeps[] = {
      {one, {}},                                                                                          // a single set
      {one, {"--axis", "input.E.noise=1:100:5:log"}},
      {sweep("jr_gain_map"), {"--axis", "Ae=2:5:64", "--set", "precision=double"}},
      {sweep("jr_gain_map"), {"--set", "replicates=3", "--axis", "Ae=3:4:3"}},
      {sweep("jr_gain_map"), four_chunks},                                                                // several chunks
      {sweep("jr_gain_rates"), {"--set", "duration=2s", "--set", "transient=0s", "--set", "replicates=2"}},   // three axes
      {sweep("izhikevich_presets"), {}}};                                                                 // an axis of names
  for (const auto& [file, flags] : sweeps) {
    SCOPED_TRACE(file + testing::PrintToString(flags));
    const std::string table = fill("m.zarr", file, flags + Strings{"--csv", "-", "--overwrite"});
    EXPECT_GT(lines_of(table).size(), 1u);
    EXPECT_TRUE(exported("m.zarr") == table);
    EXPECT_TRUE(exported("./m.zarr/") == table);
    EXPECT_EQ(in_folder({"export", "m.zarr", "--csv", "m.csv"}).code, 0);
    EXPECT_TRUE(read_file(here_ / "m.csv") == table);
  }
}

TEST_F(StoreCommands, ChosenMeasures) {
  fill("m.zarr", sweep("jr_gain_map"), {"--set", "replicates=2", "--axis", "Ae=3:4:2", "--axis", "Ai=20:22:2"});
  EXPECT_EQ(parse_csv(exported("m.zarr", {"--measure", "peak_frequency"})).header,
            (Strings{"Ae [mV]", "Ai [mV]", "peak_frequency [Hz]", "peak_frequency_sd [Hz]", "n_failed", "status"}));
  EXPECT_EQ(parse_csv(exported("m.zarr", {"--measure", "amplitude_sd", "--measure", "amplitude", "--measure", "amplitude"})).header,
            (Strings{"Ae [mV]", "Ai [mV]", "amplitude_sd [mV]", "amplitude [mV]", "n_failed", "status"}));
  for (const char* command : {"export", "plot"}) {
    const Strings output = command == std::string("export") ? Strings{"--csv", "m.csv"} : Strings{"-o", "m.png"};
    expect_refused(Strings{command, "m.zarr", "--measure", "amplitud"} + output, 2,
                   {"--measure amplitud", "did you mean \"amplitude\"?", "amplitude, amplitude_sd, peak_frequency, peak_frequency_sd"});
  }
}

TEST_F(StoreCommands, Grid) {
  fill("m.zarr", sweep("jr_gain_map"), {"--axis", "Ae=3:4:2", "--axis", "Ai=20:22:3"});
  const CsvTable table = parse_csv(exported("m.zarr"));
  EXPECT_EQ(in_folder({"export", "m.zarr", "--layout", "grid", "--csv", "g.csv"}).code, 0);
  EXPECT_EQ(here_.files(), (Strings{"g.amplitude.csv", "g.peak_frequency.csv", "m.zarr"}));
  const CsvTable grid = parse_csv(read_file(here_ / "g.amplitude.csv"));
  EXPECT_EQ(grid.header, (Strings{"Ae [mV]\\Ai [mV]", "20", "21", "22"}));
  ASSERT_EQ(grid.rows.size(), 2u);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(grid.rows[i / 3][1 + i % 3], table.text(i, "amplitude [mV]"));
  const std::string printed = exported("m.zarr", {"--layout", "grid", "--measure", "amplitude"});
  EXPECT_EQ(printed, read_file(here_ / "g.amplitude.csv"));
}

TEST_F(StoreCommands, GridOfWhatIsNone) {
  fill("three.zarr", sweep("jr_gain_rates"), {"--set", "duration=2s", "--set", "transient=0s", "--set", "replicates=1"});
  fill("two.zarr", sweep("jr_gain_map"), {});
  expect_refused({"export", "three.zarr", "--layout", "grid", "--csv", "g.csv"}, 2, {"--layout grid", "two axes", "three.zarr has 3", "--layout table"});
  expect_refused({"export", "two.zarr", "--layout", "grid", "--csv", "-"}, 2, {"amplitude, peak_frequency", "--csv", "--measure"});
  expect_refused({"export", "two.zarr", "--layout", "gird", "--csv", "g.csv"}, 2, {"--layout gird", "did you mean \"grid\"?", "table, grid"});
}

TEST_F(StoreCommands, PictureAndTerminal) {
  fill("m.zarr", sweep("jr_gain_map"), {});
  const std::pair<const char*, const char*> formats[] = {{"m.png", "\x89PNG"}, {"m.svg", "<?xml"}, {"m.pdf", "%PDF"}};
  for (const auto& [name, start] : formats) {
    const Result r = in_folder({"plot", "m.zarr", "-o", name, "--measure", "amplitude"});
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_EQ(r.out + r.err, "");
    EXPECT_TRUE(read_file(here_ / name).starts_with(start)) << name;
  }
  const Result shown = in_folder({"plot", "m.zarr"});
  EXPECT_EQ(shown.code, 0);
  EXPECT_EQ(shown.err, "");
  // The same that the run shows.
  EXPECT_EQ(shown.out, in_folder({"run", sweep("jr_gain_map"), "--out", "m.zarr", "--device", "cpu"}).out);
  const std::string one = in_folder({"plot", "m.zarr", "--measure", "amplitude"}).out;
  EXPECT_TRUE(contains(one, "amplitude [mV]") && !contains(one, "peak_frequency [Hz]")) << one;
}

TEST_F(StoreCommands, LinesOverAnAxis) {
  fill("m.zarr", sweep("jr_gain_map"), {});
  EXPECT_EQ(in_folder({"plot", "m.zarr", "-o", "m.svg", "--over", "Ai"}).code, 0);
  const std::string svg = read_file(here_ / "m.svg");
  for (const char* text : {"Ai [mV]", "Ae [mV]", "amplitude [mV]", "3.286"}) EXPECT_TRUE(contains(svg, std::string("<text>") + text + "</text>")) << text;
  expect_refused({"plot", "m.zarr", "-o", "n.svg", "--over", "ai"}, 2, {"--over ai", "no such axis", "did you mean \"Ai\"?", "Ae, Ai"});
  expect_refused({"plot", "m.zarr", "--over", "Ai"}, 2, {"--over", "-o"});
}

TEST_F(StoreCommands, ASingleSet) {
  fill("one.zarr", here_.write("one.toml", single_set), {});
  EXPECT_TRUE(contains(in_folder({"plot", "one.zarr"}).out, "amplitude = 11.09 mV"));
  expect_refused({"plot", "one.zarr", "-o", "m.png"}, 2, {"-o", "one.zarr", "single set"});
  const std::string text = in_folder({"info", "one.zarr"}).out;
  EXPECT_TRUE(contains(text, "1 set in 1 chunk, ")) << text;
  EXPECT_TRUE(contains(text, "1 of 1 set (100 %)")) << text;
}

TEST_F(StoreCommands, InfoAsText) {
  fill("m.zarr", sweep("jr_gain_map"), {"--axis", "Ai=20:22:3", "--set", "bi=40"});
  const Result r = in_folder({"info", "m.zarr"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  for (const char* words : {"How do the gains", "m.zarr\n", "jansen-rit\n", "method = exp-euler\n", "bi = 40 Hz\n", "input.E.noise = 20 Hz\n",
                            "Ae [mV]: 8 values, 2 to 5\n", "Ai [mV]: 3 values, 20 to 22\n", "24 sets in 1 chunk of 8 x 3, ", "24 of 24 sets (100 %)\n",
                            "damaged       none\n", "neurosweep ", "amplitude [mV]: "})
    EXPECT_TRUE(contains(r.out, words)) << words << "\n" << r.out;
  for (const char* words : {"be = ", "initial.", "axis 1", "sine"}) EXPECT_FALSE(contains(r.out, words)) << words << "\n" << r.out;
}

TEST_F(StoreCommands, InfoAsJson) {
  fill("m.zarr", sweep("jr_gain_map"), {"--set", "bi=40", "--set", "title=\"\xff\""});
  const Json j = info("m.zarr");
  ASSERT_TRUE(j.is_object());
  EXPECT_EQ(j["model"], "jansen-rit");
  EXPECT_EQ(j["sweep"]["bi"], "40 Hz");
  EXPECT_EQ(j["sweep"]["be"], "100 Hz");          // all of them, defaults too
  EXPECT_EQ(j["axes"][1]["name"], "Ai");
  EXPECT_EQ(j["axes"][1]["maximum"], 30);
  EXPECT_EQ(j["sets"], 64);
  EXPECT_EQ(j["done"], 64);
  EXPECT_EQ(j["measures"][1]["name"], "peak_frequency");
  EXPECT_EQ(j["measures"][1]["done"], 64);
  EXPECT_EQ(j["damaged"], Json::array());
  EXPECT_GT(j["bytes"].get<double>(), 0);
  EXPECT_EQ(j["sweep_file"], read_file(sweep("jr_gain_map")));
}

// ---- unfinished ones ------------------------------------------------------------------------------------------------

TEST_F(StoreCommands, ExportOfAnUnfinishedStore) {
  fill_half("half.zarr");
  const std::string whole = fill("whole.zarr", sweep("jr_gain_map"), four_chunks + Strings{"--csv", "-"});
  const Result r = in_folder({"export", "half.zarr", "--csv", "-"});
  EXPECT_EQ(r.code, 0);
  EXPECT_TRUE(contains(r.err, "128 of 256 sets are not computed")) << r.err;
  EXPECT_EQ(lines_of(r.err).size(), 1u) << r.err;
  const Strings some = lines_of(r.out), all = lines_of(whole);
  ASSERT_EQ(some.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i <= 128) EXPECT_EQ(some[i], all[i]);
    else EXPECT_TRUE(some[i].ends_with(",nan,nan,255")) << some[i];
  const Result grid = in_folder({"export", "half.zarr", "--csv", "-", "--layout", "grid", "--measure", "amplitude"});
  EXPECT_TRUE(contains(grid.err, "128 of 256 sets are not computed")) << grid.err;
  EXPECT_TRUE(lines_of(grid.out).back().ends_with(",nan")) << grid.out;

  fill("half.zarr", sweep("jr_gain_map"), four_chunks + Strings{"--shard", "1/2"});
  EXPECT_TRUE(exported("half.zarr") == whole);
}

TEST_F(StoreCommands, PictureOfAnUnfinishedStore) {
  fill_half("half.zarr");
  const Result picture = in_folder({"plot", "half.zarr", "-o", "m.svg"});
  EXPECT_EQ(picture.code, 0) << picture.err;
  EXPECT_TRUE(contains(picture.err, "note: 128 of 256 sets are not computed")) << picture.err;
  const std::string svg = read_file(here_ / "m.svg");
  EXPECT_TRUE(contains(svg, "<text>128 of 256 sets are not computed</text>"));
  EXPECT_TRUE(contains(svg, "<text>not computed</text>"));
  const Result shown = in_folder({"plot", "half.zarr"});
  EXPECT_TRUE(contains(shown.err, "128 of 256 sets are not computed")) << shown.err;
  EXPECT_TRUE(contains(shown.out, "////") && contains(shown.out, "/ not computed")) << shown.out;
}

TEST_F(StoreCommands, InfoOfAnUnfinishedStore) {
  fill_half("half.zarr");
  const std::string text = in_folder({"info", "half.zarr"}).out;
  EXPECT_TRUE(contains(text, "256 sets in 4 chunks of 4 x 16, ")) << text;
  EXPECT_TRUE(contains(text, "128 of 256 sets (50 %)")) << text;
  EXPECT_EQ(info("half.zarr")["done"], 128);
}

// A measure that was asked for later is there where it was computed since, and the others are where they were.
TEST_F(StoreCommands, MeasuresAddedLater) {
  fill("m.zarr", sweep("jr_gain_map"), four_chunks + Strings{"--set", "observe.measures=[\"amplitude\"]"});
  const std::string before = exported("m.zarr");
  fill("m.zarr", sweep("jr_gain_map"), four_chunks + Strings{"--set", "observe.measures=[\"mean\"]", "--shard", "0/2"});
  EXPECT_TRUE(exported("m.zarr", {"--measure", "amplitude"}) == before);

  const Result r = in_folder({"export", "m.zarr", "--csv", "-"});
  EXPECT_TRUE(contains(r.err, "note: mean: 128 of 256 sets are not computed")) << r.err;
  EXPECT_FALSE(contains(r.err, "amplitude")) << r.err;
  const CsvTable t = parse_csv(r.out);
  EXPECT_EQ(t.header, (Strings{"Ae [mV]", "Ai [mV]", "amplitude [mV]", "mean [mV]", "status"}));
  EXPECT_NE(t.text(127, "mean [mV]"), "nan");
  EXPECT_EQ(t.text(128, "mean [mV]"), "nan");
  EXPECT_EQ(t.text(128, "status"), "0");
  EXPECT_TRUE(contains(in_folder({"export", "m.zarr", "--csv", "-", "--measure", "mean"}).out, ",nan,255\n"));

  const std::string text = in_folder({"info", "m.zarr"}).out;
  EXPECT_TRUE(contains(text, "amplitude: 256 of 256 sets (100 %)") && contains(text, "mean: 128 of 256 sets (50 %)")) << text;
  const Json j = info("m.zarr");
  EXPECT_EQ(j["done"], 128);
  EXPECT_EQ(j["measures"][0]["done"], 256);
  EXPECT_EQ(j["measures"][1]["done"], 128);
  const std::string shown = in_folder({"plot", "m.zarr"}).out;
  EXPECT_FALSE(contains(shown.substr(0, shown.find("mean [mV]")), "not computed")) << shown;
  EXPECT_TRUE(contains(shown, "/ not computed")) << shown;
}

TEST_F(StoreCommands, DamagedFilesAreNamed) {
  fill("m.zarr", sweep("jr_gain_map"), four_chunks);
  here_.write("m.zarr/amplitude/1.0", "short");
  std::filesystem::remove(here_ / "m.zarr/peak_frequency/3.0");
  const Strings damaged{"m.zarr/amplitude/1.0 does not have the 256 bytes that it had", "m.zarr/peak_frequency/3.0 is gone"};
  const std::string text = in_folder({"info", "m.zarr"}).out;
  for (const std::string& words : damaged) EXPECT_TRUE(contains(text, words)) << text;
  for (const char* words : {" 128 of 256 sets (50 %)", "amplitude: 192 of 256 sets (75 %)", "peak_frequency: 192 of 256 sets (75 %)"})
    EXPECT_TRUE(contains(text, words)) << text;
  EXPECT_EQ(info("m.zarr")["damaged"], Json(damaged));
  for (const Strings& command : {Strings{"export", "m.zarr", "--csv", "-"}, {"plot", "m.zarr"}}) {
    const Result r = in_folder(command);
    EXPECT_EQ(r.code, 0);
    for (const std::string& words : damaged) EXPECT_TRUE(contains(r.err, words)) << r.err;
  }
  const Result mended = in_folder(Strings{"run", sweep("jr_gain_map"), "--out", "m.zarr", "--device", "cpu", "--json"} + four_chunks);
  EXPECT_TRUE(contains(mended.err, damaged[0]) && contains(mended.err, damaged[1])) << mended.err;
  EXPECT_EQ(Json::parse(mended.out)["computed"], 128);
  EXPECT_EQ(info("m.zarr")["damaged"], Json::array());
}

// ---- mistakes -------------------------------------------------------------------------------------------------------

TEST_F(StoreCommands, NoStore) {
  fill("map.zarr", sweep("jr_gain_map"), {});
  here_.write("file", "text");
  std::filesystem::create_directory(here_ / "folder");
  for (const Strings& command : {Strings{"export", "--csv", "m.csv"}, {"export", "--csv", "-"}, {"plot"}, {"plot", "-o", "m.png"}, {"info"}, {"info", "--json"}}) {
    expect_refused(command + Strings{"mop.zarr"}, 2, {"mop.zarr: no such folder", "did you mean \"map.zarr\"?"});
    expect_refused(command + Strings{here_ / "mop.zarr"}, 2, {"did you mean \"" + here_ / "map.zarr" + "\"?"});
    expect_refused(command + Strings{"none/none.zarr"}, 2, {"none/none.zarr: no such folder"});
    expect_refused(command + Strings{"folder"}, 2, {"folder: no store of neurosweep"});
    expect_refused(command + Strings{"file"}, 2, {"file: a file, and no store"});
  }
  here_.write("map.zarr/.zmetadata", "{");
  expect_refused({"info", "map.zarr"}, 1, {"map.zarr", "no store that this program can read"});
}

TEST_F(StoreCommands, UnwritableOutput) {
  fill("m.zarr", sweep("jr_gain_map"), {});
  std::filesystem::create_directory(here_ / "folder");
  std::filesystem::create_directory(here_ / "folder.png");
  expect_refused({"export", "m.zarr", "--csv", "none/m.csv"}, 1, {"cannot write \"none/m.csv\""});
  expect_refused({"export", "m.zarr", "--csv", "folder"}, 1, {"cannot write \"folder\""});
  expect_refused({"export", "m.zarr", "--csv", "none/m.csv", "--layout", "grid"}, 1, {"cannot write \"none/m.amplitude.csv\""});
  expect_refused({"export", "m.zarr", "--csv", "m.zarr/status/0.0"}, 2, {"--csv m.zarr/status/0.0", "lies in the store"});
  expect_refused({"plot", "m.zarr", "-o", "none/m.png"}, 1, {"cannot write \"none/m.png\""});
  expect_refused({"plot", "m.zarr", "-o", "folder.png"}, 1, {"cannot write \"folder.png\""});
  expect_refused({"plot", "m.zarr", "-o", "m.jpg"}, 2, {"-o", "m.jpg", ".png, .svg or .pdf"});
  expect_refused({"plot", "m.zarr", "-o", "m.zarr/m.png"}, 2, {"-o m.zarr/m.png", "lies in the store"});
}

TEST_F(StoreCommands, StandardOutputThatIsFull) {
  fill("m.zarr", sweep("jr_gain_map"), {});
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  for (const Strings& command : {Strings{"export", "m.zarr", "--csv", "-"}, {"plot", "m.zarr"}, {"info", "m.zarr"}}) {
    const Result r = run(Command{.arguments = command, .folder = here_.path(), .out = full});
    EXPECT_EQ(r.code, 1);
    EXPECT_TRUE(contains(r.err, "standard output")) << r.err;
  }
  close(full);
}

// Ctrl-C leaves neither a half file nor a temporary one.
TEST_F(StoreCommands, StoppedExport) {
  fill("m.zarr", sweep("jr_gain_map"), {"--axis", "Ae=2:5:2000", "--axis", "Ai=15:30:1000", "--set", "duration=50ms", "--set", "transient=0s", "--set",
                                        "spectrum.segment=64", "--set", "spectrum.overlap=32", "--set", "observe.measures=[\"amplitude\"]"});
  bool stopped = false;
  for (int attempt = 0; attempt < 20 && !stopped; ++attempt) {           // on a busy machine it may be done before the signal comes
    Program program(Command{.arguments = {"export", "m.zarr", "--csv", "m.csv"}, .folder = here_.path()});
    for (int i = 0; i < 5000 && here_.files().size() < 2 && !program.ended(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    program.send(SIGINT);
    const Result r = program.finish();
    stopped = r.code != 0;
    if (!stopped) std::filesystem::remove(here_ / "m.csv");
    else EXPECT_TRUE(r.code == 130 && contains(r.err, "stopped by SIGINT")) << r.code << r.err;
    EXPECT_EQ(here_.files(), Strings{"m.zarr"});
  }
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace neurosweep::test
