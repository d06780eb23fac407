// What is installed and packed: the program with its sweeps, and the library as a program of somebody else's finds it.
#include <gtest/gtest.h>

#include <cstdlib>

#include "cli/program.hpp"

namespace neurosweep::test {
namespace {

namespace fs = std::filesystem;

// A command that must succeed.
Result done(const std::string& program, const Strings& arguments, const std::string& folder = {}) {
  const Result r = run(Command{.arguments = arguments, .folder = folder, .timeout = 600, .program = program});
  EXPECT_EQ(r.code, 0) << program << " " << testing::PrintToString(arguments) << "\n" << r.out << r.err;
  return r;
}

std::string program_in(const std::string& prefix) { return prefix + "/bin/neurosweep"; }
std::string sweep_in(const std::string& prefix) { return prefix + "/share/neurosweep/sweeps/jr_gain_map.toml"; }

// The program and its sweeps as they lie there give the map that the build folder's gives.
void expect_runs(const std::string& prefix) {
  const Strings arguments{"run", sweep_in(prefix), "--device", "cpu", "--quiet", "--csv", "-"};
  const Result there = done(program_in(prefix), arguments), here = done(NEUROSWEEP_PROGRAM, arguments);
  EXPECT_EQ(there.out, here.out);
  EXPECT_EQ(lines_of(there.out).size(), 65u);
}

void expect_files(const std::string& prefix, const Strings& names) {
  for (const std::string& name : names) EXPECT_TRUE(fs::is_regular_file(prefix + "/" + name) && fs::file_size(prefix + "/" + name) > 0) << name;
}

const Strings of_program{"bin/neurosweep",
                         "share/neurosweep/sweeps/jr_gain_map.toml",
                         "share/man/man1/neurosweep.1.gz",
                         "share/bash-completion/completions/neurosweep",
                         "share/zsh/site-functions/_neurosweep",
                         "share/fish/vendor_completions.d/neurosweep.fish",
                         "share/doc/neurosweep/README.md",
                         "share/doc/neurosweep/LICENSE",
                         "share/doc/neurosweep/copyright",
                         "share/doc/neurosweep/docs/images/jr_gain_map.png"};
const Strings of_library{"include/neurosweep.hpp", "share/doc/libneurosweep-dev/example/main.cpp"};

TEST(Package, AnotherProgramFindsTheLibrary) {
  const Folder folder;
  const std::string prefix = folder / "prefix", example = folder / "example";
  done(NEUROSWEEP_CMAKE, {"--install", NEUROSWEEP_BUILD, "--prefix", prefix});
  expect_files(prefix, of_program + of_library);
  expect_runs(prefix);

  done(NEUROSWEEP_CMAKE, {"-S", prefix + "/share/doc/libneurosweep-dev/example", "-B", example, "-DCMAKE_PREFIX_PATH=" + prefix,
                          "-DCMAKE_CXX_COMPILER=" NEUROSWEEP_CXX, "-DCMAKE_CXX_FLAGS=" NEUROSWEEP_CXX_FLAGS});
  done(NEUROSWEEP_CMAKE, {"--build", example});
  const Result r = done(example + "/gain_map", {sweep_in(prefix), "input.E.noise=0"});
  EXPECT_TRUE(contains(r.err, "device: ")) << r.err;

  // Its lines end in "amplitude = VALUE mV", VALUE with all digits.
  const CsvTable table = parse_csv(done(NEUROSWEEP_PROGRAM, {"run", sweep_in(prefix), "--set", "input.E.noise=0", "--quiet", "--csv", "-"}).out);
  const Strings lines = lines_of(r.out);
  ASSERT_EQ(lines.size(), table.rows.size());
  const std::string name = "amplitude = ";
  for (std::size_t set = 0; set < lines.size(); ++set) {
    const auto at = lines[set].find(name);
    ASSERT_NE(at, std::string::npos) << lines[set];
    EXPECT_EQ(float(std::strtod(lines[set].c_str() + at + name.size(), nullptr)), float(table.number(set, "amplitude [mV]"))) << lines[set];
  }
  EXPECT_EQ(lines[1].substr(0, lines[1].find(name)), "Ae = 2 mV, Ai = 17.1429 mV, ");

  const Result wrong = run(Command{.arguments = {sweep_in(prefix), "Aee=1"}, .program = example + "/gain_map"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_TRUE(contains(wrong.err, "did you mean \"Ae\"")) << wrong.err;

  // And into a shared library, such as a Python module: nothing is left to resolve but what the system has.
  const Folder shared;
  shared.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\nproject(shared LANGUAGES CXX)\nfind_package(neurosweep REQUIRED)\n"
                                 "add_library(shared SHARED shared.cpp)\ntarget_link_libraries(shared PRIVATE neurosweep::neurosweep -Wl,-z,defs)\n");
  shared.write("shared.cpp", "#include <neurosweep.hpp>\nstd::size_t sets_of(const char* file) { return neurosweep::compute(neurosweep::Sweep::load(file, {})).sets(); }\n");
  done(NEUROSWEEP_CMAKE, {"-S", shared.path(), "-B", shared / "build", "-DCMAKE_PREFIX_PATH=" + prefix,
                          "-DCMAKE_CXX_COMPILER=" NEUROSWEEP_CXX, "-DCMAKE_CXX_FLAGS=" NEUROSWEEP_CXX_FLAGS});
  done(NEUROSWEEP_CMAKE, {"--build", shared / "build"});
}

// The only file of that ending.
std::string file_like(const Folder& folder, const std::string& start, const std::string& end) {
  for (const std::string& name : folder.files())
    if (name.starts_with(start) && name.ends_with(end)) return folder / name;
  ADD_FAILURE() << "no " << start << "*" << end << " among " << testing::PrintToString(folder.files());
  return "";
}

TEST(Package, TheArchiveHasAll) {
  const Folder folder;
  done(NEUROSWEEP_CPACK, {"-G", "TGZ", "--config", NEUROSWEEP_BUILD "/CPackConfig.cmake", "-B", folder.path()}, NEUROSWEEP_BUILD);
  const std::string archive = file_like(folder, "neurosweep-", ".tar.gz");
  done(NEUROSWEEP_CMAKE, {"-E", "tar", "xf", archive}, folder.path());
  const std::string prefix = archive.substr(0, archive.size() - std::string(".tar.gz").size());
  expect_files(prefix, of_program + of_library);
  expect_runs(prefix);
}

TEST(Package, ForDebian) {
  if (!fs::exists("/usr/bin/dpkg-shlibdeps")) GTEST_SKIP() << "no dpkg-shlibdeps, so no .deb was made";
  const Folder folder;
  done(NEUROSWEEP_CPACK, {"-G", "DEB", "--config", NEUROSWEEP_BUILD "/CPackConfig.cmake", "-B", folder.path()}, NEUROSWEEP_BUILD);
  const std::string program = file_like(folder, "neurosweep_", ".deb"), library = file_like(folder, "libneurosweep-dev_", ".deb");
  const std::string about = done("/usr/bin/dpkg-deb", {"--info", program}).out;
  for (const char* part : {"Package: neurosweep\n", "Section: science\n", "libstdc++6", "Recommends: gnuplot"})
    EXPECT_TRUE(contains(about, part)) << part << "\n" << about;

  const std::string root = folder / "root";
  done("/usr/bin/dpkg-deb", {"--extract", program, root});
  expect_files(root + "/usr", of_program + Strings{"share/zsh/vendor-completions/_neurosweep"});
  EXPECT_FALSE(fs::exists(root + "/usr/include"));
  expect_runs(root + "/usr");
  done("/usr/bin/dpkg-deb", {"--extract", library, root});
  expect_files(root + "/usr", of_library);

  // Both packages tell the history of the version that they are.
  const std::string version = done("/usr/bin/dpkg-deb", {"--field", program, "Version"}).out;
  for (const char* package : {"neurosweep", "libneurosweep-dev"})
    EXPECT_TRUE(done("/bin/zcat", {root + "/usr/share/doc/" + package + "/changelog.gz"}).out.starts_with("neurosweep (" + lines_of(version)[0] + ")")) << package;
}

}  // namespace
}  // namespace neurosweep::test
