// Where this program was built without MPI.
#include "host/plan/one_rank.hpp"

namespace neurosweep {

std::unique_ptr<Ranks> join_ranks() { return std::make_unique<OneRank>(); }

}  // namespace neurosweep
