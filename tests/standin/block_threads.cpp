// For the thread sanitizer, which sees what no barrier separates.
#include <algorithm>
#include <barrier>
#include <cstring>
#include <device.cuh>
#include <memory>
#include <thread>
#include <vector>

namespace standin {
namespace {

constexpr unsigned warp = 32;

struct Block {
  std::unique_ptr<std::uint64_t[]> shared;
  std::vector<std::uint64_t> given;
  std::barrier<> all;
  std::vector<std::unique_ptr<std::barrier<>>> warps;
  Block(unsigned n, std::size_t bytes) : shared(new std::uint64_t[(bytes + 7) / 8]), given(n), all(n) {
    std::memset(shared.get(), 0xFF, (bytes + 7) / 8 * 8);
    for (unsigned first = 0; first < n; first += warp) warps.push_back(std::make_unique<std::barrier<>>(std::min(warp, n - first)));
  }
};
thread_local Block* block = nullptr;

}  // namespace

void run_block(unsigned n, bool, std::size_t shared, const std::function<void()>& thread) {
  Block here(n, shared);
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < n; ++i)
    threads.emplace_back([&, i, where = blockIdx, size = blockDim, of = gridDim] {
      block = &here, blockIdx = where, blockDim = size, gridDim = of, threadIdx = {i, 0, 0};
      thread();
      here.all.arrive_and_drop();
      here.warps[i / warp]->arrive_and_drop();
    });
}

void* shared_memory() { return block->shared.get(); }
void wait_for_block() { block->all.arrive_and_wait(); }

void exchange(std::uint64_t mine, std::uint64_t (&all)[32]) {
  const unsigned first = threadIdx.x / warp * warp, n = unsigned(block->given.size());
  std::barrier<>& of_warp = *block->warps[threadIdx.x / warp];
  block->given[threadIdx.x] = mine;
  of_warp.arrive_and_wait();
  for (unsigned i = 0; i < warp; ++i) all[i] = first + i < n ? block->given[first + i] : 0;
  of_warp.arrive_and_wait();
}

}  // namespace standin
