// SIGINT and SIGTERM: the first lets what is in flight finish, the second ends the program at once.
#pragma once
#include <csignal>

#include <atomic>
#include <string>

namespace neurosweep {

extern std::atomic<int> stop_level;                  // signals that came
extern std::atomic<int> stop_signal;                 // the last of them

// From now on. `quiet`: the first signal is not answered on standard error.
void catch_signals(bool quiet);

std::string signal_name(int signal);                 // "SIGINT" or "SIGTERM"

// While this lives, a standard error that nobody reads any more does not end the program before its results are in
// files: Ctrl-C ends `tee`, too, in `neurosweep run ... 2>&1 | tee log`.
class IgnoreBrokenPipe {
 public:
  IgnoreBrokenPipe();
  ~IgnoreBrokenPipe();
  IgnoreBrokenPipe(const IgnoreBrokenPipe&) = delete;
  IgnoreBrokenPipe& operator=(const IgnoreBrokenPipe&) = delete;

 private:
  struct sigaction before_ = {};
};

}  // namespace neurosweep
