// Where this program was built without MPI.
#include "host/plan/launcher.hpp"
#include "host/plan/one_rank.hpp"

namespace neurosweep {

std::unique_ptr<Ranks> join_ranks(const std::function<void(const std::string&)>& tell) {
  if (const Launched l = launched(); l.rank == 0 && l.size > 1) tell(each_alone(l.size, "this neurosweep was built without MPI"));
  return std::make_unique<OneRank>();
}

}  // namespace neurosweep
