// How far a run is, on standard error.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace neurosweep {

struct ProgressOptions {
  std::uint64_t sets = 0;                       // to be computed in this run; 0 = unknown
  std::uint64_t node_steps = 0;                 // to be computed in this run; 0 = unknown
  bool quiet = false;                           // print nothing at all
  bool terminal = false;                        // redraw one line; else a plain line every ten seconds
  int width = 80;                               // of the terminal
  std::function<double()> clock;                // seconds, never backwards; empty = the steady clock
  std::function<void(std::string_view)> print;  // empty = standard error
};

// `options` for standard error as it is: terminal and width filled in.
ProgressOptions progress_to_stderr(std::uint64_t sets, std::uint64_t node_steps, bool quiet);

// Every member may be called from any thread. Nothing throws: a broken pipe on standard error stops no computation.
class Progress {
 public:
  explicit Progress(ProgressOptions options);
  ~Progress() { finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::uint64_t node_steps);  // so many more were integrated
  void sets_done(std::uint64_t sets);      // so many more are finished
  void found(std::uint64_t sets);          // so many of these were finished by somebody else
  void diverged(std::uint64_t sets);       // so many of these diverged
  std::uint64_t node_steps() const { return node_steps_; }
  std::uint64_t sets() const { return sets_; }
  std::uint64_t sets_found() const { return found_; }
  void message(std::string_view text);     // a line of its own, above the redrawn one
  void finish();                           // the last state, once; what comes later is ignored, but for messages

 private:
  void draw_if_due();
  void draw(double now, bool last);  // these two with mutex_ held
  void erase();
  std::string state(double now) const;

  const ProgressOptions options_;
  const double start_;
  std::atomic<std::uint64_t> node_steps_{0}, sets_{0}, found_{0}, diverged_{0};
  std::atomic<double> next_draw_;
  std::mutex mutex_;
  std::string last_line_;  // plain lines only: none is printed twice
  bool drawn_ = false, line_open_ = false, finished_ = false;
};

}  // namespace neurosweep
