// The sweep files of sweeps/: each runs as it is, so do the commands in its comments, and those of the tutorial find what a
// second program finds. And the documents' pictures of them.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "program.hpp"

namespace neurosweep::test {
namespace {

namespace fs = std::filesystem;

Strings shipped() {
  Strings files;
  for (const auto& entry : fs::directory_iterator(NEUROSWEEP_SWEEPS))
    if (entry.path().extension() == ".toml") files.push_back(entry.path().filename().string());
  return files;
}

// The commands of a file's comments: indented, one a line, or several lines that end in a backslash.
Strings commands_in(const std::string& text) {
  Strings commands;
  bool goes_on = false;
  for (std::string line : lines_of(text)) {
    if (!line.starts_with("#  ")) continue;
    line.erase(0, line.find_first_not_of("# "));
    if (!goes_on && !line.starts_with("neurosweep ")) continue;
    commands.push_back(goes_on ? commands.back() + " " + line : line);
    if (goes_on) commands.erase(commands.end() - 2);
    goes_on = line.ends_with("\\");
    if (goes_on) commands.back().pop_back();
  }
  return commands;
}

TEST(Sweeps, EachRunsAsItIs) {
  for (const std::string& file : shipped()) {
    SCOPED_TRACE(file);
    const Result r = run(Command{.arguments = {"run", std::string(NEUROSWEEP_SWEEPS) + "/" + file, "--csv", "-", "--quiet"}});
    ASSERT_EQ(r.code, 0) << r.err;
    const CsvTable map = parse_csv(r.out);
    ASSERT_GE(map.rows.size(), 1u);
    for (std::size_t set = 0; set < map.rows.size(); ++set) {
      const double status = map.number(set, "status");
      EXPECT_TRUE(status == 0 || status == 2) << "set " << set;      // Larter-Breakspear's runaway is a finding
    }
  }
}

// As a shell understands them, in a folder that has sweeps/. Runs only check everything: some would take a while.
TEST(Sweeps, CommandsOfTheCommentsWork) {
  int commands = 0;
  for (const std::string& file : shipped()) {
    Folder here;
    fs::create_directory_symlink(NEUROSWEEP_SWEEPS, here / "sweeps");
    fs::create_symlink(NEUROSWEEP_PROGRAM, here / "neurosweep");
    for (const std::string& command : commands_in(read_file(std::string(NEUROSWEEP_SWEEPS) + "/" + file))) {
      SCOPED_TRACE(file + ": " + command);
      const std::string checked = "./" + command + (command.starts_with("neurosweep run ") ? " --dry-run" : "");
      const Result r = run(Command{.arguments = {"-c", checked}, .folder = here.path(), .program = "/bin/sh"});
      EXPECT_EQ(r.code, 0) << r.err;
      ++commands;
    }
  }
  EXPECT_GT(commands, 20);
}

// Every picture that a document shows is there, and scripts/figures makes it.
TEST(Documents, PicturesAreThoseOfTheScript) {
  const fs::path root = fs::path(NEUROSWEEP_SWEEPS).parent_path();
  const std::string script = read_file(root / "scripts" / "figures");
  std::vector<fs::path> documents{root / "README.md"};
  for (const auto& entry : fs::directory_iterator(root / "docs"))
    if (entry.path().extension() == ".md") documents.push_back(entry.path());
  std::set<std::string> shown;
  for (const fs::path& document : documents) {
    const std::string text = read_file(document);
    for (std::size_t at = 0; (at = text.find("](", at)) != std::string::npos; ++at) {
      const fs::path link = text.substr(at + 2, text.find(')', at) - at - 2);
      if (link.extension() != ".png") continue;
      EXPECT_TRUE(fs::exists(document.parent_path() / link)) << document << " " << link;
      EXPECT_TRUE(contains(script, link.stem().string())) << link;
      shown.insert(link.filename().string());
    }
  }
  EXPECT_GE(shown.size(), 8u);
  for (const auto& entry : fs::directory_iterator(root / "docs" / "images")) EXPECT_EQ(shown.count(entry.path().filename().string()), 1u) << entry.path();
}

double allowed(const CsvTable& other, std::size_t row, int realisations) {
  const double sd = other.number(row, "sd");
  return sd > 0 ? 4.5 * std::hypot(other.number(row, "mean_se"), sd / std::sqrt(realisations))
                : 2e-6 * other.number(row, "mean");   // no noise: what is left of a float after 10^4 steps
}

TEST(Tutorial, SetsFindWhatASecondProgramFinds) {
  constexpr int realisations = 400;
  const CsvTable other = read_csv("jansen-rit-tutorial/statistics.csv");
  std::map<std::string, CsvTable> found;
  for (std::size_t row = 0; row < other.rows.size(); ++row) {
    const std::string name = other.text(row, "sweep"), band = other.text(row, "band_from"), measure = other.text(row, "measure");
    SCOPED_TRACE(name + " " + measure + " from " + band + " Hz");
    CsvTable& map = found[name + band];
    if (map.rows.empty())
      map = map_of(sweep("jr_" + name), {"--quiet", "--set", fmt::format("replicates={}", realisations), "--set", fmt::format("spectrum.band=[{},30]", band)});
    const auto title = std::find_if(map.header.begin(), map.header.end(), [&](const std::string& t) { return t.starts_with(measure + " ["); });
    ASSERT_NE(title, map.header.end());
    EXPECT_NEAR(map.number(0, *title), other.number(row, "mean"), allowed(other, row, realisations));
  }
}

// In double both programs do the same operations in another order: 4000 steps of a rhythm lose a few digits.
TEST(Tutorial, InputFindsWhatASecondProgramFinds) {
  const CsvTable other = read_csv("jansen-rit-tutorial/input.csv");
  const CsvTable map = map_of(sweep("jr_input"), {"--quiet", "--set", "precision=double"});
  ASSERT_EQ(map.rows.size(), other.rows.size());
  int rhythmic = 0;
  for (std::size_t set = 0; set < map.rows.size(); ++set) {
    SCOPED_TRACE(other.text(set, "E_mean"));
    EXPECT_NEAR(map.number(set, "input.E.mean [Hz]"), other.number(set, "E_mean"), 1e-12 * 300);
    EXPECT_NEAR(map.number(set, "mean [mV]"), other.number(set, "mean"), 1e-9);
    EXPECT_NEAR(map.number(set, "amplitude [mV]"), other.number(set, "amplitude"), 1e-7);
    if (other.number(set, "amplitude") < 0.01) continue;
    EXPECT_EQ(map.number(set, "peak_frequency [Hz]"), other.number(set, "peak_frequency"));
    ++rhythmic;
  }
  EXPECT_EQ(rhythmic, 37);
}

// docs/experiments.md says so: next to the borders 1 s of transient is too short. Each limit is half-way between the regimes.
TEST(Tutorial, InputJumpsOnceSettled) {
  const CsvTable map = map_of(sweep("jr_input"), {"--quiet", "--set", "duration=30s", "--set", "transient=10s", "--set", "spectrum.segment=16384",
                                                  "--set", "spectrum.band=[\"0.5 Hz\", \"40 Hz\"]"});
  for (std::size_t set = 0; set < map.rows.size(); ++set) {
    const double input = map.number(set, "input.E.mean [Hz]"), amplitude = map.number(set, "amplitude [mV]"), peak = map.number(set, "peak_frequency [Hz]");
    SCOPED_TRACE(input);
    if (input < 113) EXPECT_TRUE(amplitude < 1e-3 && std::isnan(peak)) << amplitude << " " << peak;
    else if (input < 169) EXPECT_TRUE(amplitude > 7.5 && peak < 7.5) << amplitude << " " << peak;
    else EXPECT_TRUE(amplitude < 7.5 && peak > 7.5) << amplitude << " " << peak;
  }
}

}  // namespace
}  // namespace neurosweep::test
