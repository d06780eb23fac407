// The threads of a block that has barriers. As fibers (block_fibers.cpp) each runs until it waits. Warps are released before the block; if nobody can be
// released, some threads wait where others never come, and the program ends. Or as threads of the system (block_threads.cpp).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>

namespace standin {

// Runs n threads, first to last or last to first. `shared` bytes of memory, filled anew for every block with what makes NaNs.
void run_block(unsigned n, bool backwards, std::size_t shared, const std::function<void()>& thread);

// Called by a thread of such a block.
void* shared_memory();
void wait_for_block();
// Gives `mine` to the warp's other threads: all[32], 0 where the block has no such thread.
void exchange(std::uint64_t mine, std::uint64_t (&all)[32]);

}  // namespace standin
