#include "host/output/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <utility>

#include "host/output/terminal.hpp"
#include "host/output/text.hpp"

namespace neurosweep {

using namespace output;

namespace {

constexpr double redraw_seconds = 0.1, plain_seconds = 10;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void print_to_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno != EINTR) return;  // nobody to tell
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
}

ProgressOptions complete(ProgressOptions options) {
  if (!options.clock) options.clock = steady_seconds;
  if (!options.print) options.print = print_to_stderr;
  return options;
}

}  // namespace

ProgressOptions progress_to_stderr(std::uint64_t sets, std::uint64_t node_steps, bool quiet) {
  ProgressOptions options;
  options.sets = sets;
  options.node_steps = node_steps;
  options.quiet = quiet;
  options.terminal = can_redraw(STDERR_FILENO);
  options.width = detect_terminal(STDERR_FILENO).width;
  return options;
}

Progress::Progress(ProgressOptions options)
    : options_(complete(std::move(options))),
      start_(options_.clock()),
      next_draw_(start_ + (options_.terminal ? redraw_seconds : plain_seconds)) {}

void Progress::advance(std::uint64_t node_steps) {
  node_steps_ += node_steps;
  draw_if_due();
}

void Progress::sets_done(std::uint64_t sets) {
  sets_ += sets;
  draw_if_due();
}

void Progress::found(std::uint64_t sets) { found_ += sets; }

void Progress::diverged(std::uint64_t sets) { diverged_ += sets; }

void Progress::message(std::string_view text) {
  if (options_.quiet) return;
  const std::lock_guard lock(mutex_);
  const bool redraw = line_open_;
  erase();
  options_.print(fmt::format("{}\n", text));
  if (redraw) draw(options_.clock(), false);
}

void Progress::finish() {
  if (options_.quiet) return;
  const std::lock_guard lock(mutex_);
  if (finished_) return;
  finished_ = true;
  if (drawn_) draw(options_.clock(), true);  // a run too short for a first line needs no last one
}

// Workers come here millions of times: all but one in a tenth of a second leave after reading the clock.
void Progress::draw_if_due() {
  if (options_.quiet) return;
  const double now = options_.clock();
  if (now < next_draw_.load(std::memory_order_relaxed)) return;
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock || finished_ || now < next_draw_.load(std::memory_order_relaxed)) return;
  next_draw_ = now + (options_.terminal ? redraw_seconds : plain_seconds);
  draw(now, false);
}

void Progress::draw(double now, bool last) {
  drawn_ = true;
  std::string line = state(now);
  if (!options_.terminal) {
    if (line != last_line_) options_.print(line + "\n");
    last_line_ = line;
    return;
  }
  // One column stays free: some terminals wrap when the last one is written. The line is ASCII, so bytes are columns.
  line.resize(std::min(line.size(), static_cast<std::size_t>(std::max(options_.width - 1, 1))));
  options_.print(fmt::format("\r{}\x1b[K{}", line, last ? "\n" : ""));
  line_open_ = !last;
}

void Progress::erase() {
  if (line_open_) options_.print("\r\x1b[K");
  line_open_ = false;
}

// " 42 %  1.20 k sets/s  1.23 G node-steps/s  1 h 03 min left"
std::string Progress::state(double now) const {
  const double seconds = now - start_;
  const double node_steps = double(node_steps_.load()), sets = double(sets_.load());
  const bool by_steps = options_.node_steps > 0;  // finer than whole sets
  const double total = by_steps ? double(options_.node_steps) : double(options_.sets);
  const double done = std::min(by_steps ? node_steps : sets, total);
  std::string text =
      total > 0 ? fmt::format("{:3.0f} %", std::floor(100 * done / total)) : fmt::format("{} sets", sets_.load());
  if (seconds <= 0) return text;
  if (sets > 0) text += fmt::format("  {} sets/s", human_count(sets / seconds));
  if (node_steps > 0) text += fmt::format("  {} node-steps/s", human_count(node_steps / seconds));
  if (const std::uint64_t diverged = diverged_; diverged > 0) text += fmt::format("  {} diverged", diverged);
  if (total > 0 && done >= total) {
    text += fmt::format("  in {}", human_duration(seconds));
  } else if (done > 0) {
    text += fmt::format("  {} left", human_duration(seconds * (total - done) / done));
  }
  return text;
}

}  // namespace neurosweep
