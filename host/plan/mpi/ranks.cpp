// The ranks of an MPI job. What they share are a few numbers in a window of rank 0, which each rank adds to on its own.
//
// MPI is entered by one thread at a time (MPI_THREAD_SERIALIZED): Open MPI's windows between machines without RDMA take no
// more. An addition from another machine is answered when rank 0 is inside MPI, so a thread of its own looks in there.
#include <mpi.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "host/plan/launcher.hpp"
#include "host/plan/one_rank.hpp"

namespace neurosweep {
namespace {

using std::chrono::milliseconds;

enum Slot { next_number, node_steps_done, sets_done, sets_found, slots };

// The job as a whole: MPI_Init at the beginning, MPI_Finalize at the end.
class Job {
 public:
  Job() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &provided);
    if (provided >= MPI_THREAD_SERIALIZED) return;
    MPI_Finalize();
    throw std::runtime_error("this MPI library cannot be called from threads (it lacks MPI_THREAD_SERIALIZED)");
  }
  ~Job() { MPI_Finalize(); }
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
};

class MpiRanks final : public Ranks, private Counter {
 public:
  MpiRanks() {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    look_around();
    open_window();
    heart_ = std::jthread([this](const std::stop_token& stop) { beat(stop); });
  }

  ~MpiRanks() override {
    heart_.request_stop();
    heart_.join();
    MPI_Win_unlock_all(window_);
    MPI_Win_free(&window_);
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int local_rank() const override { return local_rank_; }
  int local_size() const override { return local_size_; }
  int core_sharers() const override { return core_sharers_; }
  Counter& counter() override { return *this; }

  int largest(int value) override {
    int result = 0;
    reduce(&value, &result, 1, MPI_INT);
    return result;
  }

  void largest(std::vector<std::uint8_t>& values) override {
    std::vector<std::uint8_t> result(values.size());
    reduce(values.data(), result.data(), int(values.size()), MPI_UINT8_T);
    values = std::move(result);
  }

  void gather(Progress& progress) override {
    const std::lock_guard lock(progress_mutex_);
    progress_ = &progress;
  }

  void stop_gathering() override {
    if (rank_ > 0) exchange_progress();
    largest(0);                                            // the others' last counts are there
    if (rank_ == 0) exchange_progress();
    const std::lock_guard lock(progress_mutex_);
    progress_ = nullptr;
  }

 private:
  std::uint64_t take(std::uint64_t n) override { return add(next_number, n); }

  // Ranks of this machine, and which of them were not bound to cores of their own.
  void look_around() {
    MPI_Comm machine;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &machine);
    MPI_Comm_rank(machine, &local_rank_);
    MPI_Comm_size(machine, &local_size_);
    cpu_set_t mine;
    CPU_ZERO(&mine);
    sched_getaffinity(0, sizeof mine, &mine);
    std::vector<cpu_set_t> all(std::size_t(local_size_), mine);
    MPI_Allgather(&mine, sizeof mine, MPI_BYTE, all.data(), sizeof mine, MPI_BYTE, machine);
    core_sharers_ = int(std::count_if(all.begin(), all.end(), [&](const cpu_set_t& other) { return CPU_EQUAL(&mine, &other); }));
    MPI_Comm_free(&machine);
  }

  void open_window() {
    void* memory = nullptr;
    const MPI_Aint bytes = rank_ == 0 ? slots * sizeof(std::uint64_t) : 0;
    MPI_Win_allocate(bytes, sizeof(std::uint64_t), MPI_INFO_NULL, MPI_COMM_WORLD, &memory, &window_);
    if (rank_ == 0) std::memset(memory, 0, std::size_t(bytes));
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Win_lock_all(MPI_MODE_NOCHECK, window_);
  }

  // Returns what was there before.
  std::uint64_t add(Slot slot, std::uint64_t n) {
    std::uint64_t before = 0;
    const std::lock_guard lock(mpi_mutex_);
    MPI_Fetch_and_op(&n, &before, MPI_UINT64_T, 0, slot, MPI_SUM, window_);
    MPI_Win_flush(0, window_);
    return before;
  }

  // The others may be hours behind: waits without keeping a core busy, nor other threads out of MPI.
  void reduce(const void* values, void* result, int count, MPI_Datatype type) {
    MPI_Request request;
    {
      const std::lock_guard lock(mpi_mutex_);
      MPI_Iallreduce(values, result, count, type, MPI_MAX, MPI_COMM_WORLD, &request);
    }
    for (milliseconds pause(1);; pause = std::min(2 * pause, milliseconds(16))) {
      {
        const std::lock_guard lock(mpi_mutex_);
        int done = 0;
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (done) return;
      }
      std::this_thread::sleep_for(pause);
    }
  }

  // Rank 0 often, since others may be waiting for its answer; of a core it takes less than a hundredth.
  void beat(const std::stop_token& stop) {
    const milliseconds period(rank_ == 0 ? 5 : 100);
    std::mutex unused;
    std::unique_lock lock(unused);
    std::condition_variable_any pause;
    while (!stop.stop_requested()) {
      answer();
      exchange_progress();
      pause.wait_for(lock, stop, period, [] { return false; });      // or until the stop
    }
  }

  // MPI works off what has arrived while it looks for a message, of which there is none.
  void answer() {
    const std::lock_guard lock(mpi_mutex_);
    int arrived = 0;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &arrived, MPI_STATUS_IGNORE);
  }

  void exchange_progress() {
    const std::lock_guard lock(progress_mutex_);
    if (progress_ == nullptr) return;
    if (rank_ > 0) {
      send(node_steps_done, progress_->node_steps());
      send(sets_done, progress_->sets());
      send(sets_found, progress_->sets_found());
    } else {
      progress_->advance(receive(node_steps_done));
      progress_->sets_done(receive(sets_done));
      progress_->found(receive(sets_found));
    }
  }

  // What came since the last time.
  void send(Slot slot, std::uint64_t now) {
    if (now > seen_[slot]) add(slot, now - seen_[slot]);
    seen_[slot] = now;
  }
  std::uint64_t receive(Slot slot) {
    const std::uint64_t now = add(slot, 0);
    return now - std::exchange(seen_[slot], now);
  }

  const Job job_;
  int rank_ = 0, size_ = 1, local_rank_ = 0, local_size_ = 1, core_sharers_ = 1;
  MPI_Win window_ = MPI_WIN_NULL;
  std::mutex mpi_mutex_;                                   // whoever holds it is inside MPI
  std::mutex progress_mutex_;                              // taken before mpi_mutex_
  Progress* progress_ = nullptr;
  std::array<std::uint64_t, slots> seen_{};
  std::jthread heart_;
};

}  // namespace

// MPI_Init takes a third of a second and needs a launcher: not for a process on its own.
std::unique_ptr<Ranks> join_ranks(const std::function<void(const std::string&)>& tell) {
  const Launched l = launched();
  if (l.rank < 0) return std::make_unique<OneRank>();
  auto ranks = std::make_unique<MpiRanks>();
  if (ranks->size() == 1 && l.rank == 0 && l.size > 1) tell(each_alone(l.size, "their launcher is of another MPI than this neurosweep"));
  return ranks;
}

}  // namespace neurosweep
