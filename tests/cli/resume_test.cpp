// `neurosweep run` on a store that somebody else began, damaged, or is writing to: in the end it is the store that one
// undisturbed run would have made.
#include <fmt/format.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "program.hpp"

namespace neurosweep::test {
namespace {

namespace fs = std::filesystem;

// `rows` x 10001 sets in chunks of 5001, each some 30 ms of a core with AVX-512.
std::string sweep_text(int rows) {
  return fmt::format(
      "title = \"Resumed\"\n"
      "model = \"perfect-if\"\n"
      "dt = \"0.1 ms\"\n"
      "duration = \"2 s\"\n"
      "[[axis]]\n"
      "name = \"initial.V\"\n"
      "from = -70\n"
      "to = -60\n"
      "count = {}\n"
      "[[axis]]\n"
      "name = \"input.I.mean\"\n"
      "from = 0\n"
      "to = 100\n"
      "count = 10001\n"
      "[observe]\n"
      "measures = [\"mean\"]\n",
      rows);
}

// Every file but the attributes, which hold times.
std::map<std::string, std::string> contents(const std::string& store) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(store)) {
    const std::string name = fs::relative(entry.path(), store).string();
    if (entry.is_regular_file() && name != ".zattrs" && name != ".zmetadata") all[name] = read_file(entry.path());
  }
  return all;
}

// Says which files differ rather than what is in them.
void expect_same_store(const std::string& got, const std::string& expected) {
  const auto a = contents(got), b = contents(expected);
  for (const auto& [name, bytes] : b) EXPECT_TRUE(a.contains(name) && a.at(name) == bytes) << name;
  for (const auto& [name, bytes] : a) EXPECT_TRUE(b.contains(name)) << name << " is too many";
}

class Resume : public testing::Test {
 protected:
  Strings command(const std::string& store, const Strings& flags = {}) const {
    return Strings{"run", file, "--device", "cpu", "--out", here / store} + flags;
  }
  Result fill(const std::string& store, const Strings& flags = {}, int code = 0) const {
    const Result r = run(command(store, Strings{"--threads", "2"} + flags));
    EXPECT_EQ(r.code, code) << r.err;
    return r;
  }
  std::uint64_t computed(const std::string& store, const Strings& flags = {}) const {
    return nlohmann::json::parse(fill(store, Strings{"--json"} + flags).out).at("computed");
  }
  std::string undisturbed() const {
    if (!fs::exists(here / "undisturbed.zarr")) fill("undisturbed.zarr", {"--quiet"});
    return here / "undisturbed.zarr";
  }
  Strings stores() const {                                         // and whatever else lies there
    Strings names = here.files();
    std::erase(names, "sweep.toml");
    return names;
  }

  const Folder here;
  std::string file = here.write("sweep.toml", sweep_text(4));
};

// ---- killed -------------------------------------------------------------------------------------------------------------

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;                                    // the program is slow, and needs more memory
#else
constexpr bool sanitized = false;
#endif
constexpr int kills_wanted = sanitized ? 10 : 100;

class KilledAtRandom : public Resume {
 protected:
  KilledAtRandom() { file = here.write("sweep.toml", sweep_text(sanitized ? 4 : 12)); }

  // Goes on until a run ends by itself.
  void fill_and_kill(const std::string& store, double whole_run) {
    while (true) {
      const Strings flags{"--quiet", "--threads", one_of({"1", "2", "3"}), "--tile", one_of({"64", "1000", "5001", "7000", "1000000"})};
      Program program({.arguments = command(store, flags)});
      const double most = random() % 4 == 0 ? 0.02 : whole_run / 3;   // some while the store is made
      std::this_thread::sleep_for(std::chrono::duration<double>(most * double(random() % 1000) / 1000));
      const int signal = std::array{SIGINT, SIGTERM, SIGKILL}[random() % 3];
      if (!program.ended()) program.send(signal), ++kills;
      const Result r = program.finish();
      if (r.code == 0) return;
      if (signal == SIGKILL) ASSERT_EQ(r.signal, SIGKILL) << r.err;
      else ASSERT_TRUE(r.code == 128 + signal || r.signal == signal) << r.code << "\n" << r.err;   // or before it was caught
    }
  }
  std::string one_of(const Strings& choices) { return choices[random() % choices.size()]; }

  std::mt19937 random{20240229};
  int kills = 0;
};

TEST_F(KilledAtRandom, TheStoreOfAnUndisturbedRun) {
  const auto start = std::chrono::steady_clock::now();
  const std::string expected = undisturbed();
  const double whole_run = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  while (kills < kills_wanted && !HasFailure()) {
    fill_and_kill("s.zarr", whole_run);
    expect_same_store(here / "s.zarr", expected);
    EXPECT_EQ(stores(), (Strings{"s.zarr", "undisturbed.zarr"}));
    fs::remove_all(here / "s.zarr");
  }
}

TEST_F(Resume, StoppedRunsSayHowToGoOn) {
  file = here.write("sweep.toml", sweep_text(40));
  Program program({.arguments = command("s.zarr", {"--threads", "1"})});
  ASSERT_TRUE(program.wait_for("store: "));
  while (!fs::exists(here / "s.zarr/.neurosweep/chunks/0.0") && !program.ended()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  program.send(SIGTERM);
  const Result r = program.finish();
  ASSERT_EQ(r.code, 128 + SIGTERM) << r.err;
  EXPECT_TRUE(contains(r.err, "are done and kept in " + here / "s.zarr")) << r.err;
  EXPECT_TRUE(contains(r.err, "neurosweep run " + file)) << r.err;
}

// ---- damaged ------------------------------------------------------------------------------------------------------------

TEST_F(Resume, DamagedChunksAreComputedAgain) {
  const std::string expected = undisturbed(), store = here / "s.zarr";
  const std::string table = fill("s.zarr", {"--csv", "-"}).out;
  fs::resize_file(store + "/mean/0.0", 100);
  fs::copy_file(store + "/mean/3.0", store + "/mean/1.0", fs::copy_options::overwrite_existing);
  fs::remove(store + "/status/2.1");
  std::ofstream(store + "/.neurosweep/chunks/3.1") << "rubbish\n";
  fs::resize_file(store + "/input.I.mean/0", 8);
  const Result r = fill("s.zarr", {"--csv", "-", "--tile", "777"});
  for (const std::string name : {"mean/0.0", "mean/1.0", "status/2.1", ".neurosweep/chunks/3.1"})
    EXPECT_TRUE(contains(r.err, store + "/" + name)) << name << "\n" << r.err;
  EXPECT_TRUE(contains(r.err, "computing its sets again")) << r.err;
  EXPECT_EQ(r.out, table);
  expect_same_store(store, expected);
  EXPECT_EQ(computed("s.zarr"), 0);
}

TEST_F(Resume, OnlyWhatIsMissing) {
  const std::string expected = undisturbed();
  fs::copy(expected, here / "s.zarr", fs::copy_options::recursive);
  fs::remove(here / "s.zarr/mean/1.0");
  fs::remove(here / "s.zarr/.neurosweep/chunks/2.1");
  EXPECT_EQ(computed("s.zarr"), 5001 + 5000);
  expect_same_store(here / "s.zarr", expected);
}

// ---- many processes -----------------------------------------------------------------------------------------------------

TEST_F(Resume, ThreeRunsAtOnce) {
  const std::string expected = undisturbed();
  std::vector<std::unique_ptr<Program>> programs;
  for (const std::string tile : {"100", "5001", "20000"})
    programs.push_back(std::make_unique<Program>(Command{.arguments = command("s.zarr", {"--threads", "1", "--tile", tile, "--csv", here / tile, "--json"})}));
  std::uint64_t computed = 0;
  for (const auto& program : programs) {
    const Result r = program->finish();
    EXPECT_EQ(r.code, 0) << r.err;
    if (r.code == 0) computed += nlohmann::json::parse(r.out).at("computed").get<std::uint64_t>();
  }
  EXPECT_EQ(computed, 4 * 10001);                              // each set once
  expect_same_store(here / "s.zarr", expected);
  EXPECT_EQ(read_file(here / "100"), read_file(here / "20000"));     // each has all of the map
  EXPECT_EQ(parse_csv(read_file(here / "100")).rows.size(), 4 * 10001);
}

TEST_F(Resume, OneOfTwoIsKilled) {
  const std::string expected = undisturbed();
  Program killed({.arguments = command("s.zarr", {"--threads", "1"})}), other({.arguments = command("s.zarr", {"--threads", "1"})});
  EXPECT_TRUE(killed.wait_for("device: "));
  std::this_thread::sleep_for(std::chrono::milliseconds(60));
  killed.send(SIGKILL);
  EXPECT_EQ(killed.finish().signal, SIGKILL);               // no zombie: the other one clears its files away
  EXPECT_EQ(other.finish().code, 0);
  expect_same_store(here / "s.zarr", expected);
}

TEST_F(Resume, ShardsInAnyOrder) {
  const std::string expected = undisturbed();
  for (const std::string shard : {"2/3", "0/3", "1/3"}) {
    const Result r = fill("s.zarr", {"--shard", shard, "--tile", "3000"});
    EXPECT_FALSE(contains(r.err, "of shard " + shard)) << r.err;      // none of its sets were there
  }
  expect_same_store(here / "s.zarr", expected);
  EXPECT_TRUE(contains(fill("s.zarr", {"--shard", "1/3"}).err, "of shard 1/3 are there already"));
}

TEST_F(Resume, MoreShardsThanChunks) {
  file = here.write("sweep.toml", sweep_text(10));
  const Result r = fill("s.zarr", {"--set", "dt=1ms", "--set", "duration=10ms", "--axis", "input.I.mean=0:100:8", "--shard", "1/3"});
  EXPECT_EQ(r.code, 0);
  EXPECT_TRUE(contains(r.err, "s.zarr: shard 1/3 is empty: this sweep is 1 chunk\n")) << r.err;
}

// A thousandth of 10^9 sets, in the memory that a thousandth takes.
TEST_F(Resume, AShardOfABillionSets) {
  file = here.write("sweep.toml", sweep_text(1000));
  const Strings small{"--set", "dt=1ms", "--set", "duration=10ms", "--axis", "input.I.mean=0:100:1000", "--axis", "V_th=-50:-40:1000"};
  const Result r = fill("s.zarr", small + Strings{"--shard", "1/1000"});
  EXPECT_TRUE(contains(r.err, "1000000000 sets x 10 steps")) << r.err;
  EXPECT_TRUE(contains(r.err, "\n1000000 sets\n")) << r.err;
  EXPECT_EQ(fs::file_size(here / "s.zarr/mean/1.0.0"), 1000000 * sizeof(float));
  if (!sanitized) { EXPECT_LT(r.max_rss, 256 * 1024); }
}

TEST_F(Resume, OverwritingWhatAnotherRunWrites) {
  file = here.write("sweep.toml", sweep_text(400));
  Program program({.arguments = command("s.zarr", {"--threads", "1"})});
  ASSERT_TRUE(program.wait_for("store: "));
  const Result r = run(command("s.zarr", {"--overwrite"}));
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(contains(r.err, "another run is writing to it")) << r.err;
  program.send(SIGKILL);
}

// ---- which sweep it is --------------------------------------------------------------------------------------------------

TEST_F(Resume, TheSameSweep) {
  undisturbed();
  EXPECT_EQ(computed("undisturbed.zarr", {"--set", "title=Another", "--tile", "100"}), 0);
  EXPECT_EQ(computed("undisturbed.zarr", {"--set", "duration=2000 ms", "--axis", "input.I.mean=0 pA:100 pA:10001"}), 0);
}

TEST_F(Resume, AnotherSweepIsRefused) {
  const std::string store = undisturbed();
  const auto before = contents(store);
  const Result r = run(command("undisturbed.zarr", {"--set", "input.I.noise=1", "--set", "seed=7"}));
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(contains(r.err, "seed is 42 there and 7 here")) << r.err;
  EXPECT_TRUE(contains(r.err, "--overwrite")) << r.err;
  EXPECT_EQ(contents(store), before);
  fill("undisturbed.zarr", {"--set", "seed=7", "--overwrite"});
  fill("fresh.zarr", {"--set", "seed=7"});
  expect_same_store(store, here / "fresh.zarr");
}

TEST_F(Resume, MoreMeasures) {
  fill("s.zarr");
  const auto written = fs::last_write_time(here / "s.zarr/mean/0.0");
  const Result added = run(command("s.zarr", {"--set", "observe.measures=mean,std"}));
  EXPECT_TRUE(contains(added.err, "new there: std;")) << added.err;
  fs::remove(here / "s.zarr/std/0.0");
  EXPECT_EQ(computed("s.zarr", {"--set", "observe.measures=mean,std"}), 5001);
  EXPECT_EQ(fs::last_write_time(here / "s.zarr/mean/0.0"), written);
  EXPECT_EQ(computed("s.zarr", {"--set", "observe.measures=std"}), 0);
  fill("at-once.zarr", {"--set", "observe.measures=mean,std"});
  expect_same_store(here / "s.zarr", here / "at-once.zarr");
}

// ---- places that are no good --------------------------------------------------------------------------------------------

TEST_F(Resume, ForeignFoldersStayAsTheyAre) {
  fs::create_directory(here / "s.zarr");
  here.write("s.zarr/.zgroup", "{\"zarr_format\": 2}");
  for (const Strings& flags : {Strings{}, Strings{"--overwrite"}}) {
    const Result r = run(command("s.zarr", flags));
    EXPECT_EQ(r.code, 1);
    EXPECT_TRUE(contains(r.err, "no store of neurosweep")) << r.err;
  }
  EXPECT_EQ(contents(here / "s.zarr"), (std::map<std::string, std::string>{{".zgroup", "{\"zarr_format\": 2}"}}));
}

TEST_F(Resume, NoFolderCanBeMade) {
  here.write("file", "");
  const Result r = run(command("file/s.zarr"));
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(contains(r.err, here / "file/s.zarr") && contains(r.err, "Not a directory")) << r.err;
}

// In a mount namespace of its own, so that nothing is left mounted whatever happens.
class OnADiskOfItsOwn : public Resume {
 protected:
  void SetUp() override {
    if (shell("mount -t tmpfs tmpfs " + disk) != 0) GTEST_SKIP() << "no file system can be mounted here (unshare --map-root-user --mount)";
  }
  int shell(const std::string& script) const {
    const std::string path = here.write("script", "set -eu\n" + script + "\n");
    const int status = std::system(("unshare --map-root-user --mount sh " + path + " >" + (here / "log") + " 2>&1").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string program(const std::string& flags = "") const {
    return fmt::format("{} run {} --device cpu --threads 2 --out {}/s.zarr {}", NEUROSWEEP_PROGRAM, file, disk, flags);
  }

  const std::string disk = [this] {
    fs::create_directory(here / "disk");
    return here / "disk";
  }();
};

TEST_F(OnADiskOfItsOwn, ThatIsFull) {
  const std::string expected = undisturbed();
  ASSERT_EQ(shell("mount -t tmpfs -o size=256k tmpfs " + disk + "\n"               // half of the chunks
                  "code=0; " + program() + " || code=$?\n"
                  "echo $code >" + (here / "code") + "; cp " + (here / "log") + " " + (here / "first") + "\n"
                  "cp -r " + disk + "/s.zarr " + (here / "full.zarr") + "\n"
                  "mount -o remount,size=16m " + disk + "\n" +
                  program("--json >" + (here / "json")) + "\n"
                  "cp -r " + disk + "/s.zarr " + (here / "s.zarr")), 0) << read_file(here / "log");
  EXPECT_EQ(read_file(here / "code"), "1\n");
  const std::string said = read_file(here / "first");
  EXPECT_TRUE(contains(said, "cannot write \"" + disk + "/s.zarr/") && contains(said, "No space left on device")) << said;
  EXPECT_TRUE(contains(said, "are done and kept in " + disk + "/s.zarr. To go on:")) << said;

  const auto kept = contents(here / "full.zarr"), whole = contents(expected);
  std::size_t records = 0, left = 0;
  for (const auto& [name, bytes] : kept) {
    records += name.starts_with(".neurosweep/chunks/");
    left += name.starts_with(".neurosweep/tmp/");
    EXPECT_TRUE(!name.starts_with(".neurosweep/chunks/") || bytes == whole.at(name)) << name;
  }
  EXPECT_GE(records, 1);
  EXPECT_LT(records, 8);
  EXPECT_EQ(left, 0);
  expect_same_store(here / "s.zarr", expected);
  const std::uint64_t again = nlohmann::json::parse(read_file(here / "json")).at("computed");
  EXPECT_EQ((again + 4) / 5001, 8 - records);                                       // what was kept was not computed again
}

TEST_F(OnADiskOfItsOwn, ThatBecomesReadOnly) {
  ASSERT_EQ(shell("mount -t tmpfs tmpfs " + disk + "\n" + program("--shard 0/2") + "\nmount -o remount,ro " + disk + "\n"
                  "code=0; " + program() + " || code=$?\necho $code >" + (here / "code")), 0);
  EXPECT_EQ(read_file(here / "code"), "1\n");
  EXPECT_TRUE(contains(read_file(here / "log"), disk + "/s.zarr/") && contains(read_file(here / "log"), "Read-only file system")) << read_file(here / "log");
}

TEST_F(OnADiskOfItsOwn, ThatIsReadOnly) {
  ASSERT_EQ(shell("mount -t tmpfs -o ro tmpfs " + disk + "\ncode=0; " + program() + " || code=$?\necho $code >" + (here / "code")), 0);
  EXPECT_EQ(read_file(here / "code"), "1\n");
  EXPECT_TRUE(contains(read_file(here / "log"), disk + "/s.zarr") && contains(read_file(here / "log"), "Read-only file system")) << read_file(here / "log");
}

TEST(Shards, ThatAreNone) {
  Folder here;
  const auto refused = [&](const Strings& flags) {
    const Result r = run(Command{.arguments = Strings{"run", sweep("jr_gain_map")} + flags, .folder = here.path()});
    EXPECT_EQ(r.code, 2) << testing::PrintToString(flags);
    return r.err;
  };
  for (const char* shard : {"2/2", "1", "x/2", "1/", "/2", "-1/2", "0/0", "1/2/3", "0/ 2"}) {
    const std::string error = refused({"--shard", shard});
    EXPECT_TRUE(contains(error, std::string("--shard ") + shard) && contains(error, "I/N")) << error;
  }
  for (const Strings& flags : {Strings{"--csv", "m.csv"}, {"--plot", "m.png"}, {"--overwrite"}})
    EXPECT_TRUE(contains(refused(flags + Strings{"--shard", "0/2"}), "--shard"));
  EXPECT_EQ(here.files(), Strings{});
}

}  // namespace
}  // namespace neurosweep::test
