// What mpirun and srun tell the processes that they start. NEUROSWEEP_MPI=off says that it is not meant for this one: a rank of
// another program (mpi4py, Dask) passes it on to all that it starts.
#pragma once
#include <cstdlib>
#include <cstring>
#include <initializer_list>

namespace neurosweep {

struct Launched {
  int rank = -1, size = -1;                                // -1: nothing is said of it
};

inline Launched launched() {
  if (const char* mpi = std::getenv("NEUROSWEEP_MPI"); mpi != nullptr && std::strcmp(mpi, "off") == 0) return {};
  const auto number = [](std::initializer_list<const char*> names) {
    for (const char* name : names)
      if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return std::atoi(value);
    return -1;
  };
  return {number({"OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"}), number({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_NTASKS"})};
}

}  // namespace neurosweep
