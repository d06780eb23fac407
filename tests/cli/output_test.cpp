// Where the results of `neurosweep run` go: standard output, files, pictures; and what happens when they cannot.
#include <sys/ioctl.h>

#include <nlohmann/json.hpp>

#include "program.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::json;

Strings run_map(const Strings& flags) {
  return Strings{"run", sweep("jr_gain_map"), "--device", "cpu", "--threads", "2"} + flags;
}

// ---- standard output and standard error
// --------------------------------------------------------------------------------

TEST(Streams, PreviewOnStandardOutput) {
  const Result r = run(run_map({}));
  EXPECT_EQ(r.code, 0);
  for (const char* word : {"How do the gains", "amplitude [mV]", "peak_frequency [Hz]", "Ae [mV]", "Ai [mV]"})
    EXPECT_TRUE(contains(r.out, word)) << word;
  for (const char* word : {"64 sets x 4000 steps", "exp-euler", "float", "device: "})
    EXPECT_TRUE(contains(r.err, word)) << word << r.err;
  EXPECT_FALSE(contains(r.out + r.err, "\x1b"));  // no terminal, no colours
  EXPECT_FALSE(contains(r.out + r.err, "\r"));
}

TEST(Streams, CsvOnStandardOutput) {
  for (const char* name : {"-", "/dev/stdout"}) {
    const Result r = run(run_map({"--csv", name}));
    EXPECT_EQ(r.code, 0);
    ASSERT_EQ(lines_of(r.out).size(), 65u) << name;
    EXPECT_EQ(lines_of(r.out)[0], "Ae [mV],Ai [mV],amplitude [mV],peak_frequency [Hz],status");
    EXPECT_TRUE(contains(r.err, "64 sets")) << r.err;
  }
}

TEST(Streams, Json) {
  Folder here;
  const Result r = run(Command{.arguments = run_map({"--json", "--csv", "m.csv"}), .folder = here.path()});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(lines_of(r.out).size(), 1u) << r.out;
  const Json j = Json::parse(r.out);
  for (const char* key : {"sets", "steps", "diverged", "device", "seconds", "node_steps_per_second", "store"})
    EXPECT_TRUE(j.contains(key)) << key;
  EXPECT_EQ(j["sets"], 64);
  EXPECT_EQ(j["steps"], 4000);
  EXPECT_EQ(j["diverged"], 0);
  EXPECT_FALSE(j["device"].get<std::string>().empty());
  EXPECT_GT(j["seconds"].get<double>(), 0);
  EXPECT_GT(j["node_steps_per_second"].get<double>(), 0);
  EXPECT_EQ(j["store"], "results/jr_gain_map.zarr");
  EXPECT_EQ(here.files(), (Strings{"m.csv", "results"}));
}

TEST(Streams, JsonOfANameThatIsNotUtf8) {
  Folder here;
  const Result r = run(Command{.arguments = run_map({"--json", "--csv", "m\xff.csv"}), .folder = here.path()});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_TRUE(Json::accept(r.out)) << r.out;
  EXPECT_EQ(here.files(), (Strings{"m\xff.csv", "results"}));
}

TEST(Streams, JsonAndCsvBothOnStandardOutput) {
  const Result r = run(run_map({"--json", "--csv", "-"}));
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(r.out, "");
  EXPECT_TRUE(contains(r.err, "--json") && contains(r.err, "--csv")) << r.err;
}

TEST(Streams, QuietSaysNothing) {
  Folder here;
  for (const Strings& flags :
       {Strings{"--quiet"}, {"--quiet", "--json"}, {"--quiet", "--csv", "-"}, {"--quiet", "--csv", here / "m.csv"}}) {
    const Result r = run(run_map(flags));
    EXPECT_EQ(r.code, 0);
    EXPECT_EQ(r.err, "");
  }
}

TEST(Streams, DryRunComputesAndWritesNothing) {
  Folder here;
  const Result r = run(Command{
      .arguments = Strings{"run", sweep("jr_gain_map"), "--dry-run", "--csv", "m.csv", "--plot", "m.png"} + long_sweep,
      .folder = here.path(),
      .timeout = 20});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.out, "");
  EXPECT_TRUE(contains(r.err, "262144 sets x 2000000 steps")) << r.err;
  const Result json = run(Command{.arguments = Strings{"run", sweep("jr_gain_map"), "--dry-run", "--json"} + long_sweep, .folder = here.path()});
  const auto j = nlohmann::json::parse(json.out);
  EXPECT_EQ(j["sets"], 262144);
  EXPECT_EQ(j["computed"], 0);
  EXPECT_EQ(here.files(), Strings{});
}

TEST(Streams, DryRunChecksEverything) {
  Folder here;
  const auto code = [&](const Strings& flags) {
    return run(Command{.arguments = run_map(Strings{"--dry-run", "--quiet"} + flags), .folder = here.path()}).code;
  };
  EXPECT_EQ(code({}), 0);
  EXPECT_EQ(code({"--csv", "none/m.csv"}), 1);
  EXPECT_EQ(code({"--out", "/proc/none/m.zarr"}), 1);
  EXPECT_EQ(code({"--out", "/proc/none/m.zarr", "--overwrite"}), 1);
  EXPECT_EQ(code({"--plot", "none/m.png"}), 1);
  EXPECT_EQ(code({"--plot", "m.jpg"}), 2);
  EXPECT_EQ(code({"--set", "Aee=3"}), 2);
  EXPECT_EQ(code({"--device", "nonsense"}), 2);
  EXPECT_EQ(here.files(), Strings{});
}

// A map goes to its store in pieces; a picture alone needs all of it. That there is no room for it is said before
// computing, not found out by being killed.
class MapLargerThanTheMemory : public testing::Test {
 protected:
  Command command(const Strings& flags) {
    const Strings huge{"--axis", "Ae=2:5:1000000", "--axis", "Ai=15:30:1000000", "--set", "duration=50ms", "--set", "transient=0s",
                       "--set", "observe.measures=[\"amplitude\"]", "--set", "spectrum.segment=64", "--set", "spectrum.overlap=32"};
    return {.arguments = run_map(huge + flags), .folder = here_.path()};
  }
  Folder here_;
};

TEST_F(MapLargerThanTheMemory, CannotBeDrawn) {
  for (const char* dry : {"--quiet", "--dry-run"}) {
    const Result r = run(command({"--plot", "m.png", dry}));
    EXPECT_EQ(r.code, 1);
    EXPECT_TRUE(contains(r.err, "memory")) << r.err;
  }
  EXPECT_EQ(here_.files(), Strings{});
}

TEST_F(MapLargerThanTheMemory, CanBeComputed) {
  EXPECT_EQ(run(command({"--dry-run"})).code, 0);
  Program program(command({}));
  ASSERT_TRUE(program.wait_for("store: "));
  std::this_thread::sleep_for(std::chrono::seconds(1));
  program.send(SIGINT);
  const Result r = program.finish();
  EXPECT_EQ(r.code, 130);
  EXPECT_TRUE(contains(r.err, " of 1000000000000 sets are done and kept in ")) << r.err;
  EXPECT_LT(r.max_rss, 1'000'000) << "KiB";
}

// Nobody to tell is no reason to lose the map.
TEST(Streams, StandardErrorThatCannotBeWritten) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  const Result r = run(Command{.arguments = run_map({"--csv", "-"}), .err = full});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(lines_of(r.out).size(), 65u);
  EXPECT_EQ(run(Command{.arguments = run_map({"--device", "nonsense"}), .err = full}).code, 2);
  close(full);
}

TEST(Streams, StandardOutputThatIsFull) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  for (const Strings& flags : {Strings{}, {"--json"}, {"--csv", "-"}}) {
    const Result r = run(Command{.arguments = run_map(flags), .out = full});
    EXPECT_EQ(r.code, 1);
    EXPECT_TRUE(contains(r.err, "standard output")) << r.err;
  }
  close(full);
}

// `| head` has seen enough: no complaint, and what goes to a file is there.
TEST(Streams, ReaderThatLeaves) {
  Folder here;
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  close(ends[0]);
  const Result r = run(Command{.arguments = run_map({"--quiet", "--csv", here / "m.csv"}), .out = ends[1]});
  close(ends[1]);
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(lines_of(read_file(here / "m.csv")).size(), 65u);
}

// ---- a terminal
// --------------------------------------------------------------------------------------------------------

// What the program shows on a terminal that can do everything, unless `environment` says otherwise.
std::string on_a_terminal(const std::map<std::string, std::string>& environment) {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) return "";
  const int terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return "";
  const winsize size{.ws_row = 40, .ws_col = 90, .ws_xpixel = 0, .ws_ypixel = 0};
  ioctl(terminal, TIOCSWINSZ, &size);
  fcntl(master, F_SETFL, O_NONBLOCK);
  std::map<std::string, std::string> all{{"TERM", "xterm-256color"}};
  for (const auto& [name, value] : environment) all[name] = value;
  Program program(Command{.arguments = run_map({}), .environment = all, .out = terminal, .err = terminal});
  std::string text;
  auto drain = [&] {
    char some[4096];
    for (ssize_t n; (n = read(master, some, sizeof some)) > 0;) text.append(some, std::size_t(n));
  };
  while (!program.ended()) drain(), std::this_thread::sleep_for(std::chrono::milliseconds(2));
  drain();
  EXPECT_EQ(program.finish().code, 0);
  close(terminal), close(master);
  return text;
}

TEST(Terminal, ColoursUnlessNoColor) {
  const std::string coloured = on_a_terminal({});
  if (coloured.empty()) GTEST_SKIP() << "no pseudo-terminals here";
  EXPECT_TRUE(contains(coloured, "\x1b[")) << coloured;
  for (const auto& environment : {std::map<std::string, std::string>{{"NO_COLOR", "1"}}, {{"TERM", "dumb"}}}) {
    const std::string plain = on_a_terminal(environment);
    EXPECT_TRUE(contains(plain, "amplitude [mV]"));
    for (const char* colour : {"\x1b[38", "\x1b[48", "\x1b[3", "\x1b[4", "\x1b[0m"})
      EXPECT_FALSE(contains(plain, colour)) << plain;
  }
}

// ---- pictures
// ----------------------------------------------------------------------------------------------------------

TEST(Pictures, EveryFormat) {
  Folder here;
  const std::pair<const char*, const char*> formats[] = {{"m.png", "\x89PNG"}, {"m.svg", "<?xml"}, {"m.pdf", "%PDF"}};
  for (const auto& [name, start] : formats) {
    Program program(Command{.arguments = run_map({"--quiet", "--plot", name}), .folder = here.path()});
    const Result r = program.finish();
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_TRUE(read_file(here / name).starts_with(start)) << name;
    EXPECT_EQ(program.left_in_temporary(), Strings{});
  }
  EXPECT_EQ(here.files(), (Strings{"m.pdf", "m.png", "m.svg", "results"}));
}

TEST(Pictures, OneAxisAndThree) {
  Folder here;
  for (const char* name : {"jr_input", "jr_gain_rates"}) {
    const Result r = run({"run", sweep(name), "--quiet", "--device", "cpu", "--plot",
                          here / (std::string(name) + ".png"), "--csv", here / (std::string(name) + ".csv")});
    EXPECT_EQ(r.code, 0) << r.err;
  }
  EXPECT_EQ(here.files(), (Strings{"jr_gain_rates.csv", "jr_gain_rates.png", "jr_input.csv", "jr_input.png"}));
}

// What cannot be drawn is the user's mistake, found before hours of computing.
TEST(Pictures, Impossible) {
  Folder here;
  for (const char* name : {"m.jpg", "m", "-", ".png.txt"}) {
    const Result r = run(Command{.arguments = Strings{"run", sweep("jr_gain_map"), "--plot", name} + long_sweep,
                                 .folder = here.path(),
                                 .timeout = 20});
    EXPECT_EQ(r.code, 2) << name;
    EXPECT_TRUE(contains(r.err, "--plot") && contains(r.err, ".png")) << r.err;
  }
  const Result r =
      run({"run", here.write("one.toml", single_set), "--set", "duration=1000000s", "--plot", here / "m.png"});
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(contains(r.err, "--axis")) << r.err;
  EXPECT_EQ(here.files(), Strings{"one.toml"});
}

TEST(Pictures, WithoutGnuplot) {
  Folder here;
  const Result r = run(Command{.arguments = Strings{"run", sweep("jr_gain_map"), "--plot", here / "m.png"} + long_sweep,
                               .environment = {{"PATH", here.path()}},
                               .timeout = 20});
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(contains(r.err, "gnuplot")) << r.err;
  EXPECT_EQ(here.files(), Strings{});
}

// ---- files
// -------------------------------------------------------------------------------------------------------------

// Found out before a sweep of many minutes: the timeout is far below what it would take.
TEST(Files, UnwritableBeforeComputing) {
  Folder here;
  here.write("file", "text");
  std::filesystem::create_directory(here / "folder");
  std::filesystem::create_directory(here / "folder.png");
  const Strings before = here.files();
  for (const Strings& flag : {Strings{"--csv", "none/m.csv"},
                              {"--csv", "file/m.csv"},
                              {"--csv", "folder"},
                              {"--csv", "folder/"},
                              {"--csv", "m/"},
                              {"--csv", "/proc/m.csv"},
                              {"--csv", std::string(300, 'm')},
                              {"--plot", "none/m.png"},
                              {"--plot", "file/m.png"},
                              {"--plot", "folder.png"},
                              {"--out", "file/m.zarr"},
                              {"--out", "/proc/m.zarr"}}) {
    const Result r = run(Command{
        .arguments = Strings{"run", sweep("jr_gain_map")} + flag + long_sweep, .folder = here.path(), .timeout = 20});
    EXPECT_EQ(r.code, 1) << flag[1];
    EXPECT_EQ(r.out, "");
    EXPECT_TRUE(contains(r.err, "cannot write \"" + flag[1] + "\"")) << r.err;
    EXPECT_EQ(here.files(), before);
  }
}

// A store is kept where nothing else is.
TEST(Files, NoPlaceForAStore) {
  Folder here;
  here.write("file", "text");
  std::filesystem::create_directory(here / "folder");
  here.write("folder/file", "text");
  const Strings before = here.files();
  for (const char* flag : {"--quiet", "--overwrite", "--dry-run"})
    for (const char* name : {"file", "folder", ".", "folder/"}) {
      const Result r = run(Command{.arguments = Strings{"run", sweep("jr_gain_map"), "--out", name, flag} + long_sweep,
                                   .folder = here.path(),
                                   .timeout = 20});
      EXPECT_EQ(r.code, 1) << name << flag;
      EXPECT_TRUE(contains(r.err, "no store of neurosweep")) << r.err;
      EXPECT_EQ(here.files(), before);
    }
  EXPECT_EQ(read_file(here / "folder/file"), "text");
}

TEST(Files, EachOutputHasItsOwnPlace) {
  Folder here;
  for (const Strings& flags : {Strings{"--out", "m", "--csv", "./m"}, {"--out", "m.png", "--plot", "m.png"}, {"--csv", "m.png", "--plot", "./m.png"}}) {
    const Result r = run(Command{.arguments = run_map(flags), .folder = here.path()});
    EXPECT_EQ(r.code, 2);
    EXPECT_TRUE(contains(r.err, flags[0]) && contains(r.err, flags[2])) << r.err;
  }
  EXPECT_EQ(here.files(), Strings{});
}

// Only writing shows this one. The other file is not lost with it.
TEST(Files, FullDisk) {
  Folder here;
  const Result r = run(run_map({"--csv", "/dev/full", "--plot", here / "m.png"}));
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(contains(r.err, "cannot write \"/dev/full\": No space left on device")) << r.err;
  EXPECT_TRUE(read_file(here / "m.png").starts_with("\x89PNG"));
}

TEST(Files, AreReplacedOnlyByWholeOnes) {
  Folder here;
  here.write("m.csv", "old");
  EXPECT_EQ(run(Command{.arguments = run_map({"--csv", "m.csv", "--set", "Aee=1"}), .folder = here.path()}).code, 2);
  EXPECT_EQ(run(Command{.arguments = run_map({"--csv", "m.csv", "--plot", "none/m.png"}), .folder = here.path()}).code,
            1);
  EXPECT_EQ(read_file(here / "m.csv"), "old");
  EXPECT_EQ(run(Command{.arguments = run_map({"--csv", "m.csv"}), .folder = here.path()}).code, 0);
  EXPECT_EQ(lines_of(read_file(here / "m.csv")).size(), 65u);
  EXPECT_EQ(here.files(), (Strings{"m.csv", "results"}));
}

TEST(Files, TheSweepFileIsNoPlaceForResults) {
  Folder here;
  here.write("one.toml", single_set);
  std::filesystem::create_symlink("one.toml", here / "link.csv");
  for (const char* name : {"one.toml", "./one.toml", "link.csv"}) {
    const Result r = run(Command{.arguments = {"run", "one.toml", "--csv", name}, .folder = here.path()});
    EXPECT_EQ(r.code, 2);
    EXPECT_TRUE(contains(r.err, "sweep file")) << r.err;
  }
  EXPECT_EQ(read_file(here / "one.toml"), single_set);
}

TEST(Files, Devices) { EXPECT_EQ(run(run_map({"--csv", "/dev/null"})).code, 0); }

}  // namespace
}  // namespace neurosweep::test
