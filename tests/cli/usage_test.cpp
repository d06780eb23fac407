// Help, version, and what is said to somebody who mistypes the command line.
#include <algorithm>
#include <regex>

#include "program.hpp"

namespace neurosweep::test {
namespace {

// The commands as --help lists them, so that a new one is tested without being named here.
Strings commands() {
  Strings names;
  bool inside = false;
  for (const std::string& line : lines_of(run({"--help"}).out)) {
    if (inside && (line.size() < 3 || line[0] != ' ')) break;
    if (inside && line[2] != ' ') names.push_back(line.substr(2, line.find(' ', 2) - 2));
    if (line == "Subcommands:") inside = true;
  }
  return names;
}

void expect_help(const Strings& arguments) {
  const Result r = run(arguments);
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  EXPECT_GT(lines_of(r.out).size(), 3u);
  EXPECT_TRUE(contains(r.out, "Usage: neurosweep")) << r.out;
  for (const std::string& line : lines_of(r.out)) EXPECT_LE(line.size(), 100u) << line;
}

void expect_refused(const Strings& arguments, const Strings& words) {
  const Result r = run(arguments);
  EXPECT_EQ(r.code, 2) << testing::PrintToString(arguments);
  EXPECT_EQ(r.out, "");
  for (const std::string& word : words) EXPECT_TRUE(contains(r.err, word)) << word << "\n" << r.err;
}

TEST(Usage, HelpOfTheProgram) {
  expect_help({"--help"});
  expect_help({"-h"});
  const Strings names = commands();
  for (const char* name : {"run", "export", "plot", "info", "models", "init", "devices"})
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
}

TEST(Usage, HelpOfEachCommand) {
  for (const std::string& name : commands()) {
    SCOPED_TRACE(name);
    expect_help({name, "--help"});
  }
}

TEST(Usage, HelpOfRunNamesEveryFlag) {
  const std::string help = run({"run", "--help"}).out;
  for (const char* flag :
       {"--out", "--csv", "--plot", "--set", "--axis", "--device", "--threads", "--tile", "--shard", "--overwrite", "--dry-run",
        "--quiet", "--json"})
    EXPECT_TRUE(contains(help, flag)) << flag;
}

TEST(Usage, Version) {
  const Result r = run({"--version"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  EXPECT_TRUE(std::regex_match(r.out, std::regex("neurosweep \\d+\\.\\d+\\.\\d+( \\(commit [0-9a-f]+\\))?\n")))
      << r.out;
}

TEST(Usage, NoArguments) { expect_refused({}, {"a command is missing", "run", "models", "Try neurosweep --help"}); }

TEST(Usage, UnknownCommand) {
  expect_refused({"rnu"}, {"unknown command \"rnu\"", "did you mean \"run\"?"});
  expect_refused({"modles", "jansen-rit"}, {"did you mean \"models\"?"});
  expect_refused({"xylophone"}, {"unknown command \"xylophone\"", "run", "models", "devices"});
}

TEST(Usage, UnknownOption) {
  expect_refused({"--verson"}, {"unknown option --verson", "did you mean \"--version\"?"});
  expect_refused({"run", sweep("jr_input"), "--thread", "2"},
                 {"unknown option --thread", "did you mean \"--threads\"?", "Try neurosweep run --help"});
  expect_refused({"run", sweep("jr_input"), "--cvs=a.csv"}, {"unknown option --cvs;", "did you mean \"--csv\"?"});
  expect_refused({"run", "--dryrun"}, {"unknown option --dryrun", "did you mean \"--dry-run\"?"});
  expect_refused({"models", "--jsn"}, {"did you mean \"--json\"?"});
  expect_refused({"run", sweep("jr_input"), "-x"}, {"unknown option -x"});
}

// Known, but in the wrong place: no "did you mean" with the very same name.
TEST(Usage, OptionBeforeTheCommand) {
  expect_refused({"--csv", "m.csv", "run", sweep("jr_input")}, {"unknown option --csv", "after"});
}

TEST(Usage, TooManyAndTooFew) {
  expect_refused({"run"}, {"FILE"});
  expect_refused({"run", sweep("jr_input"), "more"}, {"unexpected argument \"more\""});
  expect_refused({"export"}, {"STORE"});
  expect_refused({"export", "a.zarr"}, {"--csv"});
  expect_refused({"plot", "a.zarr", "b.zarr"}, {"unexpected argument \"b.zarr\""});
  expect_refused({"devices", "more"}, {"unexpected argument \"more\""});
  expect_refused({"run", sweep("jr_input"), "--csv"}, {"--csv"});
  expect_refused({"run", sweep("jr_input"), "--csv", "a.csv", "--csv", "b.csv"}, {"--csv"});
}

// An unset variable in a script, a forgotten name: not hours of computing for nothing, nor a file called --quiet.
TEST(Usage, NamesOfFiles) {
  expect_refused({"run", ""}, {"FILE", "empty"});
  expect_refused({"run", sweep("jr_input"), "--csv", ""}, {"--csv", "empty"});
  expect_refused({"run", sweep("jr_input"), "--plot="}, {"--plot"});
  expect_refused({"run", sweep("jr_input"), "--csv", "--quiet"}, {"--csv", "--quiet"});
  expect_refused({"run", sweep("jr_input"), "--out", ""}, {"--out", "empty"});
  expect_refused({"export", "", "--csv", "-"}, {"STORE", "empty"});
  expect_refused({"plot", "a.zarr", "-o", ""}, {"-o", "empty"});
}

TEST(Usage, NumbersOutOfRange) {
  for (const char* n : {"0", "-1", "x", "1.5", "99999999999999999999"})
    expect_refused({"run", sweep("jr_input"), "--threads", n}, {"--threads", n});
  for (const char* n : {"0", "-1", "x", "99999999999999999999"})
    expect_refused({"run", sweep("jr_input"), "--tile", n}, {"--tile", n});
}

TEST(Usage, UnknownDevice) {
  for (const char* name : {"nonsense", "cuda:", "cuda:x", "cuda:-1", "cuda:1x", "cuda:99999999999", "CPU", ""})
    expect_refused({"run", sweep("jr_input"), "--device", name}, {"--device", "auto, cpu, cuda"});
}

// NEUROSWEEP_ISA: every instruction set that `devices` lists runs, and says so; another one is the user's mistake.
TEST(Usage, InstructionSetFromTheEnvironment) {
  auto dry_run = [](const std::string& isa) {
    return run({.arguments = {"run", sweep("jr_input"), "--device", "cpu", "--dry-run"}, .environment = {{"NEUROSWEEP_ISA", isa}}});
  };
  const Result baseline = dry_run("baseline"), wrong = dry_run("basline");
  EXPECT_EQ(baseline.code, 0);
  EXPECT_NE(baseline.err.find("(baseline"), std::string::npos) << baseline.err;
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("did you mean \"baseline\""), std::string::npos) << wrong.err;
}

}  // namespace
}  // namespace neurosweep::test
