// Whether what is wanted fits this machine. Linux promises more memory than there is and kills whoever takes it; so it is
// asked for first.
#pragma once
#include <cstdint>
#include <string>

namespace neurosweep {

// Throws std::runtime_error if so many bytes of `what` ("a trace of 10 steps") do not fit this machine.
void check_memory(double bytes, const std::string& what);

// Throws std::runtime_error if a map of so many bytes does not fit this machine.
void check_memory(double bytes, std::uint64_t sets);

}  // namespace neurosweep
