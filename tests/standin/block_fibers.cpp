#include "block.hpp"

#include <ucontext.h>

#include <device.cuh>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#else
#define __sanitizer_start_switch_fiber(...) ((void)0)
#define __sanitizer_finish_switch_fiber(...) ((void)0)
#endif

namespace standin {
namespace {

constexpr std::size_t stack_bytes = 1 << 18;
constexpr unsigned warp = 32;

enum class Wait { none, warp, block, done };

struct Fiber {
  ucontext_t context;
  std::unique_ptr<char[]> stack{new char[stack_bytes]};
  Wait wait = Wait::none;
  std::uint64_t given = 0;
  void* fake_stack = nullptr;
};

struct Block {
  std::vector<Fiber> fibers;
  const std::function<void()>* thread;
  std::unique_ptr<std::uint64_t[]> shared;
  ucontext_t scheduler;
  const void* stack = nullptr;               // the scheduler's, for the address sanitizer
  std::size_t stack_size = 0;
  unsigned running = 0;
};
thread_local Block* block = nullptr;

void suspend(Wait wait) {
  Fiber& self = block->fibers[block->running];
  self.wait = wait;
  __sanitizer_start_switch_fiber(wait == Wait::done ? nullptr : &self.fake_stack, block->stack, block->stack_size);
  swapcontext(&self.context, &block->scheduler);
  __sanitizer_finish_switch_fiber(self.fake_stack, &block->stack, &block->stack_size);
}

void enter() {
  __sanitizer_finish_switch_fiber(nullptr, &block->stack, &block->stack_size);
  (*block->thread)();
  suspend(Wait::done);
}

void resume(unsigned i) {
  Fiber& fiber = block->fibers[i];
  block->running = i, fiber.wait = Wait::none;
  threadIdx = {i, 0, 0};
  [[maybe_unused]] void* fake_stack = nullptr;
  __sanitizer_start_switch_fiber(&fake_stack, fiber.stack.get(), stack_bytes);
  swapcontext(&block->scheduler, &fiber.context);
  __sanitizer_finish_switch_fiber(fake_stack, nullptr, nullptr);
}

// Whether fibers first ... end - 1 all wait for `wait`; those that are done count for neither.
bool all_wait(unsigned first, unsigned end, Wait wait) {
  bool some = false;
  for (unsigned i = first; i < end; ++i) {
    if (block->fibers[i].wait == Wait::done) continue;
    if (block->fibers[i].wait != wait) return false;
    some = true;
  }
  return some;
}
void release(unsigned first, unsigned end) {
  for (unsigned i = first; i < end; ++i)
    if (block->fibers[i].wait != Wait::done) block->fibers[i].wait = Wait::none;
}
bool release_some(unsigned n) {
  bool some = false;
  for (unsigned first = 0; first < n; first += warp)
    if (all_wait(first, std::min(first + warp, n), Wait::warp)) release(first, std::min(first + warp, n)), some = true;
  if (some) return true;
  if (!all_wait(0, n, Wait::block)) return false;
  release(0, n);
  return true;
}

}  // namespace

void run_block(unsigned n, bool backwards, std::size_t shared, const std::function<void()>& thread) {
  Block here;
  here.fibers = std::vector<Fiber>(n), here.thread = &thread;
  here.shared.reset(new std::uint64_t[(shared + 7) / 8]);
  std::memset(here.shared.get(), 0xFF, (shared + 7) / 8 * 8);
  block = &here;
  for (Fiber& fiber : here.fibers) {
    getcontext(&fiber.context);
    fiber.context.uc_stack.ss_sp = fiber.stack.get(), fiber.context.uc_stack.ss_size = stack_bytes, fiber.context.uc_link = nullptr;
    makecontext(&fiber.context, enter, 0);
  }
  for (unsigned done = 0; done < n;) {
    for (unsigned k = 0; k < n; ++k)
      if (const unsigned i = backwards ? n - 1 - k : k; here.fibers[i].wait == Wait::none) resume(i), done += here.fibers[i].wait == Wait::done;
    if (done < n && !release_some(n)) {
      std::fprintf(stderr, "stand-in: threads of a block wait at a barrier that others do not reach\n");
      std::abort();
    }
  }
  block = nullptr;
}

void* shared_memory() { return block->shared.get(); }
void wait_for_block() { suspend(Wait::block); }

void exchange(std::uint64_t mine, std::uint64_t (&all)[32]) {
  const unsigned first = block->running / warp * warp;
  block->fibers[block->running].given = mine;
  suspend(Wait::warp);
  for (unsigned i = 0; i < warp; ++i) all[i] = first + i < block->fibers.size() ? block->fibers[first + i].given : 0;
  suspend(Wait::warp);                       // nobody gives the next before all have read this one
}

}  // namespace standin
