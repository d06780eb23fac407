// The progress line, with a clock that the test moves.
#include "host/output/progress.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

struct Screen {
  double now = 100;
  std::string text;

  ProgressOptions options(bool terminal, std::uint64_t sets, std::uint64_t node_steps) {
    ProgressOptions o;
    o.terminal = terminal;
    o.sets = sets;
    o.node_steps = node_steps;
    o.clock = [this] { return now; };
    o.print = [this](std::string_view printed) { text += printed; };
    return o;
  }
  std::string take() { return std::exchange(text, ""); }
};

TEST(Progress, RedrawnLineOnATerminal) {
  Screen screen;
  Progress progress(screen.options(true, 100, 1000000));
  progress.advance(1000);
  EXPECT_EQ(screen.take(), "");  // not before a tenth of a second
  screen.now += 2;
  progress.advance(419000);
  EXPECT_EQ(screen.take(), "\r 42 %  210 k node-steps/s  3 s left\x1b[K");
  progress.sets_done(24);
  EXPECT_EQ(screen.take(), "");  // drawn a moment ago
  screen.now += 0.1;
  progress.sets_done(18);
  EXPECT_EQ(screen.take(), "\r 42 %  20.0 sets/s  200 k node-steps/s  3 s left\x1b[K");
}

TEST(Progress, SaysHowManyDiverged) {
  Screen screen;
  Progress progress(screen.options(true, 100, 0));
  screen.now += 2;
  progress.diverged(3);
  progress.sets_done(50);
  EXPECT_EQ(screen.take(), "\r 50 %  25 sets/s  3 diverged  2 s left\x1b[K");
}

TEST(Progress, AtMostTenTimesASecond) {
  Screen screen;
  Progress progress(screen.options(true, 0, 1000000));
  for (int i = 0; i < 1000; ++i) {
    screen.now += 0.001;
    progress.advance(1000);
  }
  const std::string text = screen.take();
  EXPECT_LE(std::count(text.begin(), text.end(), '\r'), 10);
  EXPECT_GE(std::count(text.begin(), text.end(), '\r'), 9);
}

TEST(Progress, PlainLinesElsewhere) {
  Screen screen;
  Progress progress(screen.options(false, 0, 4000000000));
  screen.now += 9.9;
  progress.advance(1);
  EXPECT_EQ(screen.take(), "");
  screen.now += 0.1;
  progress.advance(999999999);
  EXPECT_EQ(screen.take(), " 25 %  100 M node-steps/s  30 s left\n");
  screen.now += 9.9;
  progress.advance(1);
  EXPECT_EQ(screen.take(), "");
}

TEST(Progress, SharesByWholeSetsIfStepsAreUnknown) {
  Screen screen;
  Progress progress(screen.options(false, 8, 0));
  screen.now += 3600;
  progress.sets_done(2);
  EXPECT_EQ(screen.take(), " 25 %  0.00 sets/s  3 h 00 min left\n");
}

TEST(Progress, UnknownTotals) {
  Screen screen;
  Progress progress(screen.options(false, 0, 0));
  screen.now += 10;
  progress.advance(12300000000);
  EXPECT_EQ(screen.take(), "0 sets  1.23 G node-steps/s\n");
}

TEST(Progress, NothingDoneYet) {
  Screen screen;
  Progress progress(screen.options(false, 10, 10));
  screen.now += 10;
  progress.advance(0);
  EXPECT_EQ(screen.take(), "  0 %\n");
}

TEST(Progress, NeverMoreThanAll) {
  Screen screen;
  Progress progress(screen.options(false, 0, 1000));
  screen.now += 10;
  progress.advance(2000);
  EXPECT_EQ(screen.take(), "100 %  200 node-steps/s  in 10 s\n");
}

TEST(Progress, AlmostDoneIsNotDone) {
  Screen screen;
  Progress progress(screen.options(false, 0, 1000));
  screen.now += 10;
  progress.advance(999);
  EXPECT_TRUE(screen.take().starts_with(" 99 %"));
}

TEST(Progress, MessagesDoNotBreakTheLine) {
  Screen screen;
  Progress progress(screen.options(true, 0, 1000));
  progress.message("first");
  EXPECT_EQ(screen.take(), "first\n");
  screen.now += 1;
  progress.advance(500);
  EXPECT_EQ(screen.take(), "\r 50 %  500 node-steps/s  1 s left\x1b[K");
  progress.message("tile halved");
  EXPECT_EQ(screen.take(), "\r\x1b[Ktile halved\n\r 50 %  500 node-steps/s  1 s left\x1b[K");
}

TEST(Progress, FinishEndsTheLineOnce) {
  Screen screen;
  {
    Progress progress(screen.options(true, 0, 1000));
    screen.now += 1;
    progress.advance(500);
    screen.take();
    screen.now += 1;
    progress.advance(500);
    screen.take();
    progress.finish();
    EXPECT_EQ(screen.take(), "\r100 %  500 node-steps/s  in 2 s\x1b[K\n");
    progress.finish();
    screen.now += 10;
    progress.advance(1);
    progress.message("saved");
    EXPECT_EQ(screen.take(), "saved\n");
  }
  EXPECT_EQ(screen.take(), "");
}

TEST(Progress, AShortRunPrintsNothing) {
  Screen screen;
  {
    Progress progress(screen.options(false, 0, 1000));
    screen.now += 2;
    progress.advance(1000);
  }
  EXPECT_EQ(screen.take(), "");
}

TEST(Progress, AnExceptionEndsTheLineToo) {
  Screen screen;
  {
    Progress progress(screen.options(true, 0, 1000));
    screen.now += 1;
    progress.advance(500);
  }
  EXPECT_TRUE(screen.take().ends_with("\n"));
}

TEST(Progress, Quiet) {
  Screen screen;
  ProgressOptions options = screen.options(true, 10, 1000);
  options.quiet = true;
  Progress progress(options);
  screen.now += 20;
  progress.advance(500);
  progress.sets_done(5);
  progress.message("tile halved");
  progress.finish();
  EXPECT_EQ(screen.take(), "");
}

TEST(Progress, FitsTheTerminal) {
  Screen screen;
  ProgressOptions options = screen.options(true, 0, 1000);
  options.width = 12;
  Progress progress(options);
  screen.now += 1;
  progress.advance(500);
  EXPECT_EQ(screen.take(), "\r 50 %  500 \x1b[K");
}

TEST(Progress, ManyThreads) {
  std::string text;
  ProgressOptions options;
  options.terminal = true;
  options.sets = 4000;
  options.node_steps = 400000;
  std::atomic<int> ticks{0};
  options.clock = [&] { return 0.01 * ticks++; };
  options.print = [&](std::string_view printed) { text += printed; };  // guarded by Progress itself
  {
    Progress progress(options);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) {
          progress.advance(100);
          progress.sets_done(1);
          if (i % 100 == 0) progress.message("hello");
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    progress.finish();
  }
  EXPECT_TRUE(contains(text, "\r100 %"));
  EXPECT_TRUE(text.ends_with("\n"));
}

TEST(Progress, StandardErrorIsNoTerminalInAPipe) {
  testing::internal::CaptureStderr();
  const ProgressOptions options = progress_to_stderr(5, 6, false);
  EXPECT_FALSE(options.terminal);
  EXPECT_EQ(options.sets, 5u);
  EXPECT_EQ(options.node_steps, 6u);
  Progress(options).message("to standard error");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "to standard error\n");
}

}  // namespace
}  // namespace neurosweep::test
