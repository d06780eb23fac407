// A rank of a job that takes numbers from the shared counter, while rank 0 is too busy to call MPI. What each rank saw goes
// to a file named after it: on standard output lines of several ranks can run into each other.
#include <chrono>
#include <fstream>
#include <thread>

#include "host/plan/ranks.hpp"

using namespace neurosweep;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto busy = std::chrono::seconds(2);

void compute_for(Clock::duration time) {
  for (const auto end = Clock::now() + time; Clock::now() < end;) {
  }
}

void take_numbers(Ranks& ranks, std::ostream& out) {
  const auto start = Clock::now();
  if (ranks.rank() == 0) compute_for(busy);
  for (int i = 0; i < 20; ++i) {
    const std::uint64_t n = 1 + std::uint64_t(i % 3), first = ranks.counter().take(n);
    for (std::uint64_t k = 0; k < n; ++k) out << "number " << first + k << "\n";
  }
  if (ranks.rank() > 0) out << "before_rank_0 " << (Clock::now() - start < busy) << "\n";
}

// Rank r counts 10^r sets and twice as many steps, some of them before and some after a pause.
void count_progress(Ranks& ranks, std::ostream& out) {
  ProgressOptions options;
  options.quiet = true;
  Progress progress(options);
  std::uint64_t sets = 1;
  for (int r = 0; r < ranks.rank(); ++r) sets *= 10;
  ranks.gather(progress);
  progress.sets_done(sets), progress.advance(sets);
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  progress.advance(sets);
  ranks.stop_gathering();
  out << "sets " << progress.sets() << "\nnode_steps " << progress.node_steps() << "\n";
}

void find_largest(Ranks& ranks, std::ostream& out) {
  out << "largest " << ranks.largest(ranks.rank() * 7) << "\n";
  std::vector<std::uint8_t> mine(std::size_t(ranks.size()) + 1, 0);
  mine[std::size_t(ranks.rank())] = std::uint8_t(200 + ranks.rank());
  ranks.largest(mine);
  for (const int value : mine) out << "element " << value << "\n";
}

}  // namespace

int main() {
  const auto ranks = join_ranks([](const std::string&) {});
  std::ofstream out("rank" + std::to_string(ranks->rank()));
  out << "local " << ranks->local_rank() << "\nlocal_size " << ranks->local_size() << "\n";
  take_numbers(*ranks, out);
  count_progress(*ranks, out);
  find_largest(*ranks, out);
}
