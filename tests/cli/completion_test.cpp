// Shell completion, in the shells themselves.
#include "program.hpp"

namespace neurosweep::test {
namespace {

class Completion : public testing::Test {
 protected:
  std::string script(const std::string& shell) const {
    const Result r = run({"completion", shell});
    EXPECT_EQ(r.code, 0) << r.err;
    return here.write("completion." + shell, r.out);
  }
  // What `shell -c code` prints; `file` is the completion's script there.
  static Strings said(const std::string& shell, const std::string& code) {
    const Result r = run(Command{.arguments = {"-c", code}, .program = shell});
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_EQ(r.err, "");
    return lines_of(r.out);
  }
  static bool has(const Strings& words, const std::string& word) { return std::find(words.begin(), words.end(), word) != words.end(); }

  const Folder here;
};

std::string shell_named(const std::string& name) {
  for (const char* folder : {"/bin/", "/usr/bin/"})
    if (std::filesystem::exists(folder + name)) return folder + name;
  return "";
}

TEST_F(Completion, Bash) {
  const std::string bash = shell_named("bash"), file = script("bash");
  if (bash.empty()) GTEST_SKIP() << "no bash here";
  const auto complete = [&](const std::string& words, int at) {
    return said(bash, "source " + file + "; COMP_WORDS=(" + words + "); COMP_CWORD=" + std::to_string(at) + "; _neurosweep; printf '%s\\n' \"${COMPREPLY[@]}\"");
  };
  EXPECT_EQ(complete("neurosweep ru", 1), Strings{"run"});
  EXPECT_TRUE(has(complete("neurosweep ''", 1), "export"));
  EXPECT_EQ(complete("neurosweep run --dev", 2), Strings{"--device"});
  EXPECT_EQ(complete("neurosweep run --device c", 3), (Strings{"cpu", "cuda", "cuda:0"}));
  EXPECT_EQ(complete("neurosweep models jan", 2), Strings{"jansen-rit"});
  EXPECT_EQ(complete("neurosweep export --measure amp", 3), Strings{"amplitude"});
  EXPECT_EQ(complete("neurosweep bench --model jan", 3), Strings{"jansen-rit"});
  EXPECT_EQ(complete("neurosweep init izhikevich --preset cha", 4), Strings{"chattering"});
  EXPECT_EQ(complete("neurosweep run sw", 2), Strings{""});        // a file: bash's own
  const auto offers_files = [&](const std::string& option) {
    return said(bash, "compopt() { echo no; }; source " + file + "; COMP_WORDS=(neurosweep run " + option + " ''); COMP_CWORD=3; _neurosweep") != Strings{"no"};
  };
  for (const char* option : {"--csv", "--plot", "--out"}) EXPECT_TRUE(offers_files(option)) << option;
  for (const char* option : {"--set", "--axis", "--threads"}) EXPECT_FALSE(offers_files(option)) << option;
}

TEST_F(Completion, Zsh) {
  const std::string zsh = shell_named("zsh"), file = script("zsh");
  if (zsh.empty()) GTEST_SKIP() << "no zsh here";
  // What the completion hands to zsh's own functions.
  const auto complete = [&](const std::string& words, int current) {
    return said(zsh, "compdef() { }; _describe() { print -rl -- $commands }; _arguments() { print -rl -- \"$@\" }; source " + file +
                         "; words=(" + words + "); CURRENT=" + std::to_string(current) + "; _neurosweep");
  };
  const Strings commands = complete("neurosweep ''", 2), options = complete("neurosweep run ''", 3);
  EXPECT_TRUE(has(commands, "run:compute the map of a sweep file")) << testing::PrintToString(commands);
  EXPECT_TRUE(std::any_of(options.begin(), options.end(), [](const std::string& o) { return o.starts_with("--device[") && contains(o, ":(auto cpu cuda cuda\\:0)"); }))
      << testing::PrintToString(options);
  EXPECT_TRUE(has(options, "*:file:_files"));
  const auto ends = [&](const std::string& start, const std::string& end) {
    return std::any_of(options.begin(), options.end(), [&](const std::string& o) { return o.starts_with(start) && o.ends_with(end); });
  };
  EXPECT_TRUE(ends("--csv[", "]:FILE:_files")) << testing::PrintToString(options);
  EXPECT_TRUE(ends("*--set[", "]:KEY=VALUE:")) << testing::PrintToString(options);      // may be given again, and is no file
}

TEST_F(Completion, Fish) {
  const std::string fish = shell_named("fish"), file = script("fish");
  if (fish.empty()) GTEST_SKIP() << "no fish here";
  const auto complete = [&](const std::string& line) { return said(fish, "source " + file + "; complete -C '" + line + "' | string split -f1 \\t; true"); };
  EXPECT_EQ(complete("neurosweep expo"), Strings{"export"});
  EXPECT_EQ(complete("neurosweep run --dev"), Strings{"--device"});
  EXPECT_TRUE(has(complete("neurosweep run --device "), "cpu"));
  EXPECT_EQ(complete("neurosweep models jan"), Strings{"jansen-rit"});
  EXPECT_EQ(complete("neurosweep run --csv /bin/s"), complete("neurosweep run /bin/s"));       // a file
  EXPECT_EQ(complete("neurosweep run --set /bin/s"), Strings{});
}

TEST_F(Completion, UnknownShell) {
  const Result r = run({"completion", "bahs"});
  EXPECT_EQ(r.code, 2);
  EXPECT_TRUE(contains(r.err, "did you mean \"bash\"?") && contains(r.err, "bash, zsh, fish")) << r.err;
}

}  // namespace
}  // namespace neurosweep::test
