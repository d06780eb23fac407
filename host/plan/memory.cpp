#include "host/plan/memory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <stdexcept>

namespace neurosweep {

void check_memory(double bytes, const std::string& what) {
  const double there = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGE_SIZE));
  if (bytes > there)
    throw std::runtime_error(fmt::format("{} takes {:.3g} GB of memory, this machine has {:.3g} GB", what, bytes / 1e9, there / 1e9));
}

void check_memory(double bytes, std::uint64_t sets) { check_memory(bytes, fmt::format("a map of {} sets", sets)); }

}  // namespace neurosweep
