#include "host/store/range_lock.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "small_store.hpp"

namespace neurosweep::test {
namespace {

TEST(RangeLock, OneHolderForEachByte) {
  Folder here;
  RangeLock a(here / "lock"), b(here / "lock");
  for (const std::uint64_t byte : {std::uint64_t(0), std::uint64_t(1), (std::uint64_t(1) << 40) + 2}) {
    EXPECT_TRUE(a.try_exclusive(byte));
    EXPECT_TRUE(a.try_exclusive(byte));                        // its own
    EXPECT_FALSE(b.try_exclusive(byte));
    EXPECT_FALSE(b.share(byte));
    EXPECT_TRUE(b.try_exclusive(byte + 2));
    a.release(byte);
    EXPECT_TRUE(b.try_exclusive(byte));
    b.release(byte), b.release(byte + 2);
  }
  EXPECT_TRUE(a.works());
}

TEST(RangeLock, ManyShare) {
  Folder here;
  RangeLock a(here / "lock"), b(here / "lock"), c(here / "lock");
  EXPECT_TRUE(a.try_exclusive(1));
  EXPECT_TRUE(a.share(1));                                     // no longer alone
  EXPECT_TRUE(b.share(1));
  EXPECT_FALSE(c.try_exclusive(1));
  a.release(1);
  EXPECT_FALSE(c.try_exclusive(1));
  b.release(1);
  EXPECT_TRUE(c.try_exclusive(1));
}

TEST(RangeLock, EndsWithItsObject) {
  Folder here;
  RangeLock b(here / "lock");
  {
    RangeLock a(here / "lock");
    EXPECT_TRUE(a.try_exclusive(7));
    EXPECT_FALSE(b.try_exclusive(7));
  }
  EXPECT_TRUE(b.try_exclusive(7));
}

TEST(RangeLock, WaitsUntilItIsFree) {
  Folder here;
  RangeLock a(here / "lock"), b(here / "lock");
  a.exclusive(3);
  std::atomic<bool> free{false}, was_free{false};
  std::thread waiting([&] { b.exclusive(3), was_free = free.load(); });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));  // gives a lock that does not wait time to show it
  free = true;
  a.release(3);
  waiting.join();
  EXPECT_TRUE(was_free);
  EXPECT_FALSE(a.try_exclusive(3));
}

// Whatever a process held is free once it is dead.
TEST(RangeLock, OfADeadProcess) {
  Folder here;
  RangeLock mine(here / "lock");
  int pipes[2];
  ASSERT_EQ(pipe(pipes), 0);
  const pid_t child = fork();
  if (child == 0) {
    RangeLock its(here / "lock");
    const char held = its.try_exclusive(5) ? 'y' : 'n';
    (void)!::write(pipes[1], &held, 1);
    while (true) pause();
  }
  char held = 0;
  ASSERT_EQ(::read(pipes[0], &held, 1), 1);
  EXPECT_EQ(held, 'y');
  EXPECT_FALSE(mine.try_exclusive(5));
  EXPECT_TRUE(mine.try_exclusive(6));
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_TRUE(mine.try_exclusive(5));
  close(pipes[0]), close(pipes[1]);
}

TEST(RangeLock, WhereNoFileCanBe) {
  Folder here;
  EXPECT_TRUE(contains(thrown([&] { RangeLock lock(here / "no/lock"); }), here / "no/lock"));
}

}  // namespace
}  // namespace neurosweep::test
