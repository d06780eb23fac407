#include "stop.hpp"

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace neurosweep {

std::atomic<int> stop_level{0};
std::atomic<int> stop_signal{0};

namespace {

std::atomic<bool> answer_signal{true};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void on_signal(int signal) {
  stop_signal = signal;
  if (++stop_level >= 2) _exit(128 + signal);
  constexpr std::string_view answer =
      "\nneurosweep: stopping after the chunks in flight; a second signal stops at once\n";
  const int error = errno;
  if (answer_signal) (void)!write(STDERR_FILENO, answer.data(), answer.size());
  errno = error;
}

}  // namespace

void catch_signals(bool quiet) {
  answer_signal = !quiet;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

std::string signal_name(int signal) { return signal == SIGINT ? "SIGINT" : "SIGTERM"; }

IgnoreBrokenPipe::IgnoreBrokenPipe() {
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &before_);
}

IgnoreBrokenPipe::~IgnoreBrokenPipe() { sigaction(SIGPIPE, &before_, nullptr); }

}  // namespace neurosweep
