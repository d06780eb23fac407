// What mpirun and srun tell the processes that they start.
#pragma once
#include <cstdlib>
#include <initializer_list>

namespace neurosweep {

struct Launched {
  int rank = -1, size = -1;                                // -1: nothing is said of it
};

inline Launched launched() {
  const auto number = [](std::initializer_list<const char*> names) {
    for (const char* name : names)
      if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return std::atoi(value);
    return -1;
  };
  return {number({"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}), number({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"})};
}

}  // namespace neurosweep
