// Runs the real program as a child process: no shell, nothing on its standard input, its two outputs in files of their
// own.
#pragma once
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/csv_table.hpp"
#include "common/folder.hpp"

namespace neurosweep::test {

using Strings = std::vector<std::string>;

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline Strings lines_of(const std::string& text) {
  Strings lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

inline CsvTable parse_csv(const std::string& text) {
  CsvTable t;
  for (const std::string& line : lines_of(text)) t.rows.push_back(split_commas(line));
  if (t.rows.empty()) return t;
  t.header = t.rows.front();
  t.rows.erase(t.rows.begin());
  return t;
}

inline std::string sweep(const std::string& name) { return std::string(NEUROSWEEP_SWEEPS) + "/" + name + ".toml"; }

inline Strings operator+(Strings a, const Strings& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct Command {
  Strings arguments;
  std::string folder = {};  // working directory; empty = a new, empty one
  std::map<std::string, std::string> environment = {};
  int out = -1, err = -1;  // where the outputs go instead of being kept
  double timeout = 120;    // seconds; then it is killed, and the test fails
  std::string program = NEUROSWEEP_PROGRAM;
};

struct Result {
  int code = -1;  // exit code; -1 = ended by a signal
  int signal = 0;
  bool timed_out = false;
  std::string out, err;
  long max_rss = 0;  // KiB
};

class Program {
 public:
  explicit Program(const Command& command) : timeout_(command.timeout) {
    const std::string in_folder = command.folder.empty() ? work_.path() : command.folder;
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    redirect(files, STDOUT_FILENO, command.out, kept_ / "out");
    redirect(files, STDERR_FILENO, command.err, kept_ / "err");
    posix_spawn_file_actions_addchdir_np(&files, in_folder.c_str());

    // Signals as a shell's foreground job has them, whatever started the tests.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t defaults, none;
    sigemptyset(&none), sigemptyset(&defaults);
    for (int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP}) sigaddset(&defaults, signal);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);

    const Strings words = Strings{command.program} + command.arguments, environment = environment_of(command);
    const int error = posix_spawn(&child_, command.program.c_str(), &files, &attributes, pointers(words).data(),
                                  pointers(environment).data());
    if (error != 0) child_ = -1, ADD_FAILURE() << "cannot start " << command.program << ": " << std::strerror(error);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  ~Program() {
    if (child_ > 0) ::kill(child_, SIGKILL), finish();
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void send(int signal) const {
    if (child_ > 0) ::kill(child_, signal);
  }
  pid_t pid() const { return child_; }
  std::string err() const { return read_file(kept_ / "err"); }

  // Until `text` stands on its standard error; false if that does not happen.
  bool wait_for(const std::string& text, double seconds = 60) {
    const auto start = Clock::now();
    while (!contains(err(), text)) {
      if (ended() || seconds_since(start) > seconds) return contains(err(), text);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
  }

  bool ended() {
    if (child_ <= 0) return true;
    rusage usage{};
    if (wait4(child_, &status_, WNOHANG, &usage) != child_) return false;
    child_ = 0, result_.max_rss = usage.ru_maxrss;
    return true;
  }

  // Waits for its end.
  Result finish() {
    while (!ended()) {
      if (!result_.timed_out && seconds_since(start_) > timeout_) {
        result_.timed_out = true;
        ADD_FAILURE() << "killed after " << timeout_ << " s\n" << err();
        send(SIGKILL);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (WIFEXITED(status_)) result_.code = WEXITSTATUS(status_);
    if (WIFSIGNALED(status_)) result_.signal = WTERMSIG(status_);
    result_.out = read_file(kept_ / "out"), result_.err = err();
    return result_;
  }

  // What lies where the program kept its temporary files: nothing, once it has ended.
  Strings left_in_temporary() const { return temporary_.files(); }

 private:
  using Clock = std::chrono::steady_clock;
  static double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

  static void redirect(posix_spawn_file_actions_t& files, int to, int from, const std::string& path) {
    if (from >= 0)
      posix_spawn_file_actions_adddup2(&files, from, to);
    else
      posix_spawn_file_actions_addopen(&files, to, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  }

  // This process's own, without what changes the look of the output.
  Strings environment_of(const Command& command) const {
    std::map<std::string, std::string> all;
    for (char** e = environ; *e; ++e)
      if (const std::string entry = *e; contains(entry, "="))
        all[entry.substr(0, entry.find('='))] = entry.substr(entry.find('=') + 1);
    for (const char* name : {"NO_COLOR", "COLORTERM", "COLUMNS", "LANG", "LC_CTYPE"}) all.erase(name);
    all["LC_ALL"] = "C.UTF-8", all["TERM"] = "dumb", all["TMPDIR"] = temporary_.path();
    for (const auto& [name, value] : command.environment) all[name] = value;
    Strings entries;
    for (const auto& [name, value] : all) entries.push_back(name + "=" + value);
    return entries;
  }

  static std::vector<char*> pointers(const Strings& words) {
    std::vector<char*> p;
    for (const std::string& word : words) p.push_back(const_cast<char*>(word.c_str()));
    p.push_back(nullptr);
    return p;
  }

  const Folder kept_, work_, temporary_;
  const double timeout_;
  const Clock::time_point start_ = Clock::now();
  pid_t child_ = -1;
  int status_ = 0;
  Result result_;
};

inline Result run(const Command& command) { return Program(command).finish(); }
inline Result run(const Strings& arguments) { return run(Command{arguments}); }

// `neurosweep run` on the CPU, which every machine has; fails the test unless it exits with 0. Gives the CSV.
inline CsvTable map_of(const std::string& file, const Strings& flags, std::string* bytes = nullptr) {
  const Result r = run(Strings{"run", file, "--device", "cpu", "--threads", "2", "--csv", "-"} + flags);
  EXPECT_EQ(r.code, 0) << file << "\n" << testing::PrintToString(flags) << "\n" << r.err;
  if (bytes) *bytes = r.out;
  return parse_csv(r.out);
}

// A single set of Jansen-Rit without noise: a rhythm of 11.092 mV.
inline const std::string single_set =
    "model = \"jansen-rit\"\n"
    "dt = \"0.5 ms\"\n"
    "duration = \"2 s\"\n"
    "transient = \"500 ms\"\n"
    "[input.E]\n"
    "mean = \"120 Hz\"\n"
    "[observe]\n"
    "measures = [\"amplitude\"]\n";

// Flags that make of jr_gain_map a sweep of many minutes on any number of cores, in tiles of well under a second.
inline const Strings long_sweep{"--axis", "Ae=2:5:512", "--axis",   "Ai=15:30:512", "--set",     "duration=1000s",
                                "--tile", "16",         "--device", "cpu",          "--threads", "2"};

}  // namespace neurosweep::test
