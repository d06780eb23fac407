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
    if (line == "Commands:") inside = true;
  }
  return names;
}

void expect_help(const Strings& arguments) {
  const Result r = run(arguments);
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  EXPECT_GT(lines_of(r.out).size(), 3u);
  EXPECT_TRUE(contains(r.out, "Usage: neurosweep")) << r.out;
  EXPECT_LE(lines_of(r.out).size(), 23u) << r.out;                 // a small terminal and its prompt
  for (const std::string& line : lines_of(r.out)) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_TRUE(contains(r.out, "\nExample")) << r.out;
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
  for (const char* name : {"run", "export", "plot", "report", "info", "trace", "models", "init", "devices", "bench", "completion"})
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

// What it costs to type is said before it is typed: arguments, and options that must be there.
TEST(Usage, FirstLineOfHelp) {
  const std::pair<const char*, const char*> lines[] = {{"run", "Usage: neurosweep run FILE [OPTIONS]\n"}, {"trace", "Usage: neurosweep trace [FILE] [OPTIONS]\n"},
                                                       {"export", "Usage: neurosweep export STORE --csv FILE [OPTIONS]\n"},
                                                       {"report", "Usage: neurosweep report STORE -o FILE [OPTIONS]\n"}, {"devices", "Usage: neurosweep devices\n"}};
  for (const auto& [name, line] : lines) EXPECT_TRUE(run({name, "--help"}).out.starts_with(line)) << run({name, "--help"}).out;
}

// The man page has what the helps have, and groff nothing to say against it.
TEST(Usage, ManPage) {
  const Result r = run({"man"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  EXPECT_TRUE(r.out.starts_with(".TH NEUROSWEEP 1 ")) << r.out.substr(0, 100);
  for (const char* section : {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"})
    EXPECT_TRUE(contains(r.out, std::string("\n.SH ") + section + "\n")) << section;
  for (const char* variable : {"NEUROSWEEP_ISA", "NEUROSWEEP_MPI", "NO_COLOR"}) EXPECT_TRUE(contains(r.out, std::string("\n.B ") + variable + "\n")) << variable;
  const Strings names = commands();
  EXPECT_EQ(std::count(names.begin(), names.end(), "man"), 0);
  for (const std::string& name : names) {
    const std::string help = run({name, "--help"}).out;
    const std::regex option("\n  (--[a-z-]+)");
    EXPECT_TRUE(contains(r.out, "\n.SS neurosweep " + name)) << name;
    for (std::sregex_iterator at(help.begin(), help.end(), option), end; at != end; ++at)
      EXPECT_TRUE(contains(r.out, "\n.B " + std::regex_replace((*at)[1].str(), std::regex("-"), "\\-"))) << name << " " << (*at)[1];
  }
  const std::string groff = "/usr/bin/groff";
  if (!std::filesystem::exists(groff)) GTEST_SKIP() << "no groff here";
  Folder here;
  const Result text = run(Command{.arguments = {"-man", "-ww", "-Tascii", here.write("neurosweep.1", r.out)}, .program = groff});
  EXPECT_EQ(text.code, 0);
  EXPECT_EQ(text.err, "");
  EXPECT_TRUE(contains(text.out, "neurosweep run sweeps/jr_gain_map.toml --csv map.csv --plot map.png")) << text.out;
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
