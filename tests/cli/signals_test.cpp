// SIGINT and SIGTERM: the first lets chunks that were begun finish and keeps what is done, the second ends the program at
// once.
#include "program.hpp"

namespace neurosweep::test {
namespace {

using std::chrono::milliseconds;

Command long_run(const Folder& here, const Strings& flags = {}) {
  return {.arguments = Strings{"run", sweep("jr_gain_map"), "--csv", "m.csv"} + flags + long_sweep,
          .folder = here.path(),
          .timeout = 60};
}

// Once the plan is told the tiles begin. Nothing tells when the first is in flight, but it does not take this long.
void wait_until_computing(Program& program) {
  ASSERT_TRUE(program.wait_for("device: "));
  std::this_thread::sleep_for(milliseconds(500));
}

void expect_stop(int signal, int code, const std::string& name) {
  Folder here;
  Program program(long_run(here));
  wait_until_computing(program);
  program.send(signal);
  const Result r = program.finish();
  EXPECT_EQ(r.code, code);
  EXPECT_EQ(r.out, "");
  EXPECT_TRUE(contains(r.err, "stopped by " + name)) << r.err;
  EXPECT_TRUE(contains(r.err, " of 262144 sets are done and kept in results/jr_gain_map.zarr. To go on:\n  neurosweep run ")) << r.err;
  EXPECT_EQ(here.files(), Strings{"results"});
  EXPECT_EQ(program.left_in_temporary(), Strings{});

  const CsvTable t = parse_csv(run(Command{.arguments = {"export", "results/jr_gain_map.zarr", "--csv", "-"}, .folder = here.path()}).out);
  ASSERT_EQ(t.rows.size(), 262144u);
  std::size_t done = 0;
  for (const auto& row : t.rows) {
    ASSERT_TRUE(row.back() == "0" || row.back() == "255") << row.back();
    if (row.back() == "255")
      ASSERT_EQ(row[2], "nan");
    else
      ++done;
  }
  EXPECT_GT(done, 0u);
  EXPECT_TRUE(contains(r.err, ": " + std::to_string(done) + " of ")) << done << r.err;
}

// What follows "To go on:", as a shell would take it apart: no word of it has a blank here.
Strings command_to_go_on(const std::string& err) {
  std::istringstream words(err.substr(err.find("To go on:\n") + 10));
  std::string word;
  words >> word;
  EXPECT_EQ(word, "neurosweep");
  Strings arguments;
  while (words >> word) arguments.push_back(word);
  return arguments;
}

// Chunk by chunk to the very map that nobody disturbed.
TEST(Signals, TheSameCommandGoesOn) {
  const Strings arguments{"run", sweep("jr_gain_map"), "--axis", "Ae=2:5:12", "--axis", "Ai=15:30:16", "--set", "duration=1500s", "--device", "cpu",
                          "--threads", "1", "--csv", "m.csv", "--json"};
  Folder here, undisturbed;
  ASSERT_EQ(run(Command{.arguments = arguments, .folder = undisturbed.path()}).code, 0);
  Program program(Command{.arguments = arguments, .folder = here.path()});
  ASSERT_TRUE(program.wait_for("store: "));
  std::this_thread::sleep_for(milliseconds(300));
  program.send(SIGINT);
  const Result stopped = program.finish();
  ASSERT_EQ(stopped.code, 130) << stopped.err;

  const Result r = run(Command{.arguments = command_to_go_on(stopped.err), .folder = here.path()});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_TRUE(contains(r.err, "of 192 sets are there already")) << r.err;
  EXPECT_TRUE(contains(r.out, "\"sets\":192,\"computed\":")) << r.out;
  EXPECT_FALSE(contains(r.out, "\"computed\":192,")) << r.out;
  EXPECT_TRUE(read_file(here / "m.csv") == read_file(undisturbed / "m.csv"));
}

TEST(Signals, Interrupt) { expect_stop(SIGINT, 130, "SIGINT"); }
TEST(Signals, Terminate) { expect_stop(SIGTERM, 143, "SIGTERM"); }

// Whatever was asked for, there is no half of it.
TEST(Signals, NoUnfinishedFile) {
  for (const Strings& flags : {Strings{}, {"--csv", "-"}, {"--csv", "/dev/null"}, {"--json"}, {"--plot", "m.png"}}) {
    Folder here;
    Program program(Command{
        .arguments = Strings{"run", sweep("jr_gain_map")} + flags + long_sweep, .folder = here.path(), .timeout = 60});
    wait_until_computing(program);
    program.send(SIGINT);
    const Result r = program.finish();
    EXPECT_EQ(r.code, 130);
    EXPECT_EQ(r.out, "");
    EXPECT_TRUE(contains(r.err, "sets are done and kept in results/jr_gain_map.zarr")) << r.err;
    EXPECT_EQ(here.files(), Strings{"results"});
  }
}

// One set that would take minutes, which no tile boundary interrupts.
TEST(Signals, SecondStopsAtOnce) {
  Folder here;
  for (const auto& [second, code] : {std::pair{SIGINT, 130}, {SIGTERM, 143}}) {
    Program program(Command{
        .arguments = {"run", here.write("one.toml", single_set), "--set", "duration=5000000s", "--device", "cpu"},
        .timeout = 60});
    wait_until_computing(program);
    program.send(SIGINT);
    ASSERT_TRUE(program.wait_for("a second signal stops at once"));
    std::this_thread::sleep_for(milliseconds(200));
    EXPECT_FALSE(program.ended());
    program.send(second);
    EXPECT_EQ(program.finish().code, code);
  }
}

// Whenever it comes, a signal ends the program: by its default before there is anything to keep, then as above.
TEST(Signals, NoneIsLostAtTheStart) {
  for (const int signal : {SIGINT, SIGTERM})
    for (const int delay : {0, 1, 5, 20, 50}) {
      SCOPED_TRACE(std::to_string(signal) + " after " + std::to_string(delay) + " ms");
      Folder here;
      Program program(long_run(here, {"--plot", "m.png"}));
      std::this_thread::sleep_for(milliseconds(delay));
      program.send(signal);
      const Result r = program.finish();
      EXPECT_FALSE(r.timed_out);
      EXPECT_TRUE(r.code == 128 + signal || r.signal == signal) << r.code << " " << r.signal << r.err;
      for (const std::string& name : here.files()) EXPECT_EQ(name, "results");
    }
}

// Ctrl-C in `neurosweep run ... 2>&1 | tee log` ends tee first. What is done is kept all the same.
TEST(Signals, NobodyReadsStandardError) {
  Folder here;
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  Command command = long_run(here);
  command.err = ends[1];
  Program program(command);
  close(ends[1]);
  std::string told;
  for (char c; !contains(told, "device: ") && read(ends[0], &c, 1) == 1;) told += c;
  std::this_thread::sleep_for(milliseconds(500));
  close(ends[0]);
  program.send(SIGINT);
  EXPECT_EQ(program.finish().code, 130);
  EXPECT_EQ(here.files(), Strings{"results"});
  const Result rest = run(Command{.arguments = {"info", "results/jr_gain_map.zarr"}, .folder = here.path()});
  EXPECT_TRUE(contains(rest.out, " of 262144 sets (")) << rest.out;
  EXPECT_FALSE(contains(rest.out, "  0 of 262144")) << rest.out;
}

// Ctrl-C reaches gnuplot, too, here one that is only asked at first whether it is there. The table is kept.
TEST(Signals, WhileThePictureIsDrawn) {
  Folder here;
  const std::string gnuplot = here.write("gnuplot",
                                         "#!/bin/sh\n"
                                         "[ -e \"$MARK\" ] && kill -INT $PPID && kill -INT $$\n"
                                         ": > \"$MARK\"\n");
  std::filesystem::permissions(gnuplot, std::filesystem::perms::owner_all);
  const Result r = run(Command{
      .arguments = {"run", sweep("jr_gain_map"), "--device", "cpu", "--csv", here / "m.csv", "--plot", here / "m.png"},
      .environment = {{"PATH", here.path()}, {"MARK", here / "mark"}}});
  EXPECT_EQ(r.code, 130) << r.err;
  EXPECT_EQ(here.files(), (Strings{"gnuplot", "m.csv", "mark"}));
  EXPECT_EQ(lines_of(read_file(here / "m.csv")).size(), 65u);
}

TEST(Signals, QuietStaysQuietUntilTheEnd) {
  Folder here;
  Program program(long_run(here, {"--quiet"}));
  std::this_thread::sleep_for(milliseconds(1000));
  program.send(SIGINT);
  const Result r = program.finish();
  EXPECT_EQ(r.code, 130);
  EXPECT_TRUE(r.err.starts_with("neurosweep: stopped by SIGINT")) << r.err;
}

}  // namespace
}  // namespace neurosweep::test
