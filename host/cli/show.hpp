// What is shown of a store, whichever command shows it: files, the terminal, the summary.
#pragma once
#include <string>
#include <vector>

#include "host/store/store_map.hpp"

namespace neurosweep {

// Notes on standard error, once each: which files of the store are not what was written.
Damage tell_damage();

// Throws std::runtime_error if a map of so many bytes does not fit this machine.
void check_memory(double bytes, std::uint64_t sets);

// The map in the terminal's size, on standard output; one that does not fit the memory is not drawn, which is said.
void print_preview(const Store& store, const std::vector<std::string>& columns);

// The columns of the store whose names are given by --measure, each with its SD if it has one; all if none is given.
// SpecError names the nearest.
std::vector<std::string> columns_named(const StoreMetadata& m, const std::vector<std::string>& measures);

std::uint64_t sets_done(const Store& store);         // as the records say; files are not looked at

}  // namespace neurosweep
