#include "commands.hpp"
#include "version.hpp"               // written by CMake: NEUROSWEEP_VERSION, NEUROSWEEP_COMMIT

namespace neurosweep {

std::string program_version() { return NEUROSWEEP_VERSION; }
std::string program_commit() { return NEUROSWEEP_COMMIT; }

std::string version_text() {
  const std::string commit = program_commit();
  return "neurosweep " + program_version() + (commit.empty() ? "" : " (commit " + commit + ")");
}

}  // namespace neurosweep
