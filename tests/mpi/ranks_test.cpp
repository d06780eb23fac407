// `mpirun -n 4 neurosweep run` against one process: the same bytes, one voice, and nothing lost with a rank that dies.
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/program.hpp"

namespace neurosweep::test {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// How a rank reaches the shared counter: the way that Open MPI picks on one machine, and by messages that rank 0 must answer,
// as between machines. Another MPI ignores it.
using Environment = std::map<std::string, std::string>;
const std::vector<Environment> ways{{}, {{"OMPI_MCA_osc", "^sm,ucx"}, {"OMPI_MCA_osc_rdma_priority", "1"}}};

Command job(const Folder& here, const Strings& program, const Environment& way = {}) {
  Command command{.arguments = Strings{"-n", "4"} + program,
                  .folder = here.path(),
                  .environment = {{"OMPI_ALLOW_RUN_AS_ROOT", "1"},
                                  {"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"},
                                  {"OMPI_MCA_rmaps_base_oversubscribe", "1"},                       // Open MPI 4
                                  {"PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe"},      // and 5
                                  {"OMPI_MCA_btl_vader_single_copy_mechanism", "none"}},
                  .program = NEUROSWEEP_MPIRUN};
  command.environment.insert(way.begin(), way.end());
  return command;
}

// 64 sets in each of `chunks` chunks, a tenth of a second of a core or so.
std::string sweep_of(const Folder& here, int chunks) {
  return here.write("sweep.toml",
                    "model = \"lif\"\n"
                    "dt = \"0.1 ms\"\n"
                    "duration = \"160 s\"\n"
                    "[[axis]]\nname = \"input.I.mean\"\nfrom = \"150 pA\"\nto = \"800 pA\"\ncount = " + std::to_string(chunks) + "\n"
                    "[[axis]]\nname = \"t_ref\"\nfrom = \"0 ms\"\nto = \"8 ms\"\ncount = 64\n"
                    "[observe]\nmeasures = [\"rate\"]\n");
}

Strings run_of(const std::string& sweep, const std::string& store, const Strings& flags = {}) {
  return Strings{"run", sweep, "--out", store, "--device", "cpu"} + flags;
}

// A quarter of a chunk: nobody begins two at once.
const Strings small_tiles{"--tile", "16"};

Strings ranks_of(const Strings& arguments) { return Strings{NEUROSWEEP_PROGRAM} + arguments; }

// Every file of a store by its name, but for those that say when and where it was computed, and what a killed process that
// nobody has reaped yet was writing.
std::map<std::string, std::string> bytes_of(const fs::path& store) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(store))
    if (const std::string name = entry.path().filename();
        entry.is_regular_file() && name != ".zattrs" && name != ".zmetadata" && !name.starts_with(".neurosweep-"))
      files[fs::relative(entry.path(), store)] = read_file(entry.path());
  return files;
}

std::size_t chunks_in(const std::string& store) {
  std::error_code none;
  std::size_t n = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(store + "/.neurosweep/chunks", none)) ++n;
  return n;
}

int times(const std::string& text, const std::string& part) {
  int n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

// The process that is rank `rank` of the job that `mpirun` started; 0 if there is none.
pid_t process_of(const Program& mpirun, int rank) {
  std::ifstream children("/proc/" + std::to_string(mpirun.pid()) + "/task/" + std::to_string(mpirun.pid()) + "/children");
  for (pid_t child; children >> child;) {
    const std::string environment = read_file("/proc/" + std::to_string(child) + "/environ");
    if (contains(environment, "OMPI_COMM_WORLD_RANK=" + std::to_string(rank) + '\0')) return child;
  }
  return 0;
}

// Until the first chunk is there, and more are begun.
void wait_for_a_chunk(Program& program, const std::string& store) {
  while (!program.ended() && chunks_in(store) == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ASSERT_FALSE(program.ended()) << program.err();
}

// What was there is kept; the rest is computed by one process; the whole is as if nothing had happened.
void expect_rest_completes(const Folder& here, const std::string& sweep, const std::string& store, std::size_t chunks) {
  const std::size_t there = chunks_in(store);
  EXPECT_GT(there, 0u);
  EXPECT_LT(there, chunks);
  const Result rest = run(run_of(sweep, store, {"--json"}));
  ASSERT_EQ(rest.code, 0) << rest.err;
  EXPECT_EQ(Json::parse(rest.out)["computed"], 64 * (chunks - there));
  ASSERT_EQ(run(run_of(sweep, here / "undisturbed.zarr", {"--quiet"})).code, 0);
  EXPECT_EQ(bytes_of(store), bytes_of(here / "undisturbed.zarr"));
}

TEST(Ranks, CountTogetherWhileRankZeroIsBusy) {
  for (const Environment& way : ways) {
    Folder here;
    const Result r = run(job(here, {NEUROSWEEP_MPI_PROBE}, way));
    ASSERT_EQ(r.code, 0) << r.err;
    std::multiset<int> numbers, locals;
    for (int rank = 0; rank < 4; ++rank) {
      std::map<std::string, std::vector<int>> saw;
      std::ifstream in(here / ("rank" + std::to_string(rank)));
      int value;
      for (std::string what; in >> what >> value;) saw[what].push_back(value);
      numbers.insert(saw["number"].begin(), saw["number"].end());
      locals.insert(saw["local"].begin(), saw["local"].end());
      EXPECT_EQ(saw["local_size"], std::vector<int>{4});
      EXPECT_EQ(saw["largest"], std::vector<int>{21});
      EXPECT_EQ(saw["element"], (std::vector<int>{200, 201, 202, 203, 0}));
      if (rank > 0) {
        EXPECT_EQ(saw["before_rank_0"], std::vector<int>{1}) << "rank 0 did not answer while it was busy";
      } else {
        EXPECT_EQ(saw["sets"], std::vector<int>{1111});
        EXPECT_EQ(saw["node_steps"], std::vector<int>{2222});
      }
    }
    EXPECT_EQ(locals, (std::multiset<int>{0, 1, 2, 3}));
    ASSERT_EQ(numbers.size(), 4u * 39);
    int next = 0;
    for (const int n : numbers) EXPECT_EQ(n, next++);      // each once
  }
}

TEST(Ranks, WriteTheBytesOfASingleRun) {
  for (const Environment& way : ways) {
    Folder here;
    const std::string sweep = sweep_of(here, 8);
    ASSERT_EQ(run(run_of(sweep, here / "one.zarr", {"--csv", here / "one.csv", "--quiet"})).code, 0);
    const Result r = run(job(here, ranks_of(run_of(sweep, "four.zarr", {"--csv", "four.csv", "--json"})), way));
    ASSERT_EQ(r.code, 0) << r.err;
    EXPECT_EQ(bytes_of(here / "four.zarr"), bytes_of(here / "one.zarr"));
    EXPECT_EQ(read_file(here / "four.csv"), read_file(here / "one.csv"));

    const Json j = Json::parse(r.out);                     // one object: rank 0's
    EXPECT_EQ(j["computed"], 512);
    EXPECT_TRUE(contains(j["device"], " (4 ranks)")) << j["device"];
    for (const char* line : {"512 sets x ", "device: ", "store: ", "\n512 sets\n", "rate [Hz]: "})
      EXPECT_EQ(times(r.err, line), 1) << line << "\n" << r.err;
  }
}

// A rank's standard output is a pseudo-terminal of mpirun's, whatever becomes of it.
TEST(Ranks, DrawOnePreviewWithoutColours) {
  Folder here;
  Command command = job(here, ranks_of(run_of(sweep_of(here, 2), "m.zarr")));
  command.environment["TERM"] = "xterm-256color";
  const Result r = run(command);
  ASSERT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(times(r.out, "rate [Hz]"), 1) << r.out;
  EXPECT_FALSE(contains(r.out, "\x1b"));
}

// Rank 0 says it, and has the time to: mpirun stops it as soon as another has ended.
TEST(Ranks, SayOnceWhatIsWrong) {
  Folder here;
  const Strings late_rank_0{"sh", "-c", "[ $OMPI_COMM_WORLD_RANK != 0 ] || sleep 1; exec \"$@\"", "sh"};
  const std::string sweep = sweep_of(here, 2);
  for (const auto& [arguments, message] : {std::pair<Strings, std::string>{{"run", "nosuch.toml"}, "nosuch.toml: no such file"},
                                           {{"run", sweep, "--set", "model=lift"}, "--set model=lift"},
                                           {{"run", sweep, "--json", "--csv", "-"}, "--json and --csv -"},
                                           {{"run", sweep, "--bogus"}, "unknown option --bogus"}}) {
    const Result r = run(job(here, late_rank_0 + ranks_of(arguments)));
    EXPECT_EQ(r.code, 2) << r.err;
    EXPECT_EQ(r.out, "");
    EXPECT_EQ(times(r.err, message), 1) << r.err;
  }
}

TEST(Ranks, SayWhichOneHasNoBackend) {
  Folder here;
  const Strings only_rank_2{"sh", "-c", "[ $OMPI_COMM_WORLD_RANK != 2 ] || export NEUROSWEEP_ISA=none; exec \"$@\"", "sh"};
  const Result r = run(job(here, only_rank_2 + ranks_of(run_of(sweep_of(here, 2), "m.zarr"))));
  EXPECT_EQ(r.code, 2);
  EXPECT_EQ(times(r.err, "rank 2: NEUROSWEEP_ISA=none"), 1) << r.err;
  EXPECT_EQ(times(r.err, "NEUROSWEEP_ISA"), 1) << r.err;
  EXPECT_FALSE(fs::exists(here / "m.zarr"));
}

// A folder stands where one rank wants to write: that rank ends, the others compute all that is left.
TEST(Ranks, GoOnWithoutOneThatFails) {
  Folder here;
  const std::string sweep = sweep_of(here, 8), store = here / "m.zarr";
  ASSERT_EQ(run(run_of(sweep, store, {"--shard", "0/8", "--quiet"})).code, 0);
  fs::create_directory(store + "/rate/5.0");
  const Result r = run(job(here, ranks_of(run_of(sweep, store))));
  EXPECT_EQ(r.code, 1);
  EXPECT_EQ(times(r.err, "rate/5.0"), 1) << r.err;
  EXPECT_EQ(times(r.err, "not finished"), 1) << r.err;
  EXPECT_GE(chunks_in(store), 5u);                         // what it had begun may be lost with it
  fs::remove(store + "/rate/5.0");
  expect_rest_completes(here, sweep, store, 8);
}

TEST(Ranks, OneThatIsKilledCostsWhatItHadInFlight) {
  Folder here;
  const std::string sweep = sweep_of(here, 24), store = here / "m.zarr";
  Program program(job(here, ranks_of(run_of(sweep, store, small_tiles))));
  wait_for_a_chunk(program, store);
  const pid_t victim = process_of(program, 2);
  if (victim == 0) GTEST_SKIP() << "this mpirun does not tell which process is which rank";
  ::kill(victim, SIGKILL);
  EXPECT_NE(program.finish().code, 0);
  expect_rest_completes(here, sweep, store, 24);
}

// All end, with what they had begun: none of it is lost.
TEST(Ranks, AllStopWithOneThatIsStopped) {
  for (const Environment& way : ways) {
    Folder here;
    const std::string sweep = sweep_of(here, 24), store = here / "m.zarr";
    Program program(job(here, ranks_of(run_of(sweep, store, small_tiles)), way));
    wait_for_a_chunk(program, store);
    const pid_t stopped = process_of(program, 1);
    if (stopped == 0) GTEST_SKIP() << "this mpirun does not tell which process is which rank";
    ::kill(stopped, SIGTERM);
    const Result r = program.finish();
    EXPECT_EQ(r.code, 143) << r.err;
    EXPECT_EQ(times(r.err, "stopped by SIGTERM"), 1) << r.err;
    expect_rest_completes(here, sweep, store, 24);
  }
}

// mpirun stops its ranks and then kills them, here without a pause in which they could finish. Its exit code is its own.
TEST(Ranks, EndWithTheirMpirun) {
  Folder here;
  const std::string sweep = sweep_of(here, 24), store = here / "m.zarr";
  Command command = job(here, ranks_of(run_of(sweep, store, small_tiles)));
  command.environment["OMPI_MCA_odls_base_sigkill_timeout"] = "0";
  Program program(command);
  wait_for_a_chunk(program, store);
  program.send(SIGTERM);
  const Result r = program.finish();
  EXPECT_NE(r.code, 0);
  EXPECT_LE(times(r.err, "stopping after"), 1) << r.err;
  expect_rest_completes(here, sweep, store, 24);
}

}  // namespace
}  // namespace neurosweep::test
