#include "commands.hpp"
#include "version.hpp"               // written by CMake: NEUROSWEEP_VERSION, NEUROSWEEP_COMMIT

namespace neurosweep {

std::string version_text() {
  const std::string commit = NEUROSWEEP_COMMIT;
  return "neurosweep " NEUROSWEEP_VERSION + (commit.empty() ? std::string() : " (commit " + commit + ")");
}

}  // namespace neurosweep
