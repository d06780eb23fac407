// SIGINT and SIGTERM: the first lets tiles in flight finish and keeps what is done, the second ends the program at
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
  EXPECT_TRUE(contains(r.err, "of 262144 sets are done")) << r.err;
  EXPECT_TRUE(contains(r.err, "neurosweep run ")) << r.err;  // the command that goes on
  EXPECT_TRUE(contains(r.err, "--axis Ae=2:5:512")) << r.err;
  EXPECT_EQ(here.files(), Strings{"m.csv.partial"});
  EXPECT_EQ(program.left_in_temporary(), Strings{});

  const CsvTable t = parse_csv(read_file(here / "m.csv.partial"));
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

TEST(Signals, Interrupt) { expect_stop(SIGINT, 130, "SIGINT"); }
TEST(Signals, Terminate) { expect_stop(SIGTERM, 143, "SIGTERM"); }

// Only a picture was asked for: what is done is a table beside it.
TEST(Signals, WithAPictureOnly) {
  Folder here;
  Program program(Command{
      .arguments = Strings{"run", sweep("jr_gain_map"), "--plot", "m.png"} + long_sweep, .folder = here.path(), .timeout = 60});
  wait_until_computing(program);
  program.send(SIGINT);
  EXPECT_EQ(program.finish().code, 130);
  EXPECT_EQ(here.files(), Strings{"m.png.partial.csv"});
}

// No CSV was asked for, or one on standard output: nothing is written, there neither.
TEST(Signals, WithoutAFile) {
  for (const Strings& flags : {Strings{}, {"--csv", "-"}, {"--csv", "/dev/null"}, {"--json"}}) {
    Folder here;
    Program program(Command{
        .arguments = Strings{"run", sweep("jr_gain_map")} + flags + long_sweep, .folder = here.path(), .timeout = 60});
    wait_until_computing(program);
    program.send(SIGINT);
    const Result r = program.finish();
    EXPECT_EQ(r.code, 130);
    EXPECT_EQ(r.out, "");
    EXPECT_TRUE(contains(r.err, "nothing was written")) << r.err;
    EXPECT_EQ(here.files(), Strings{});
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
      for (const std::string& name : here.files()) EXPECT_EQ(name, "m.csv.partial");
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
  EXPECT_EQ(here.files(), Strings{"m.csv.partial"});
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
