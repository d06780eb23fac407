// What is shown of a store, whichever command shows it: files, the terminal, the summary.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "host/output/missing.hpp"
#include "host/store/store_map.hpp"

namespace neurosweep {

// The store that a command line names. SpecError, with the nearest name beside it, if there is none.
Store store_named(const std::string& folder);

// Notes on standard error, once each: which files of the store are not what was written.
Damage tell_damage();

// The map in the terminal's size, on standard output; one that takes much memory is not drawn, which is said.
void print_preview(const Store& store, const std::vector<std::string>& columns);

// The columns of the store whose names are given by --measure, each with its SD if it has one; all if none is given.
// SpecError names the nearest.
std::vector<std::string> columns_named(const StoreMetadata& m, const std::vector<std::string>& measures);

// Whether the path is the folder, or in it.
bool lies_in(const std::string& path, const std::string& folder);

// `blocks`, which a signal ends: std::runtime_error.
MapBlocks until_stopped(MapBlocks blocks);

// The same, counted on their way.
MapBlocks counted(MapBlocks blocks, Missing& missing);

// Says on standard error what was not computed, if anything; `more` ends each note.
void tell_missing(const Missing& missing, const std::string& more = "");

// SpecError if two of a command's outputs are one file, or one of them the sweep file that it reads. Empty names are none.
struct NamedOutput {
  std::string flag, path;
};
void check_names(const std::vector<NamedOutput>& outputs, const std::string& sweep_file);

// An output must not lie in the store's folder: SpecError.
void check_outside(const std::string& flag, const std::string& path, const std::string& store);

// What a command writes must not lie in the store that it reads. SpecError; then what check_writable() throws.
void check_output(const std::string& flag, const std::string& path, const Store& store);

// Runs what reads counted() blocks and writes files, so that SIGINT and SIGTERM leave no temporary file behind. The exit code.
int stoppable(const std::function<void()>& write);

// Sets in these chunks, as the records say; files are not looked at.
std::uint64_t sets_done(const Store& store, const ChunkRange& part);

}  // namespace neurosweep
