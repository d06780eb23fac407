// One parameter set of a sweep, found by values of its axes.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/spec/sweep_spec.hpp"

namespace neurosweep {

struct Point {
  std::uint64_t set = 0;               // its number in grid order
  std::vector<std::string> notes;      // which values are not the sweep's
};

// `at`: "NAME=VALUE", as --at has them; an axis that is not named stands at its first value. A value that is not on its
// axis takes the place of the nearest one there, in `sweep` itself: so the set of that number has exactly this value, and
// the noise that the number gives it. SpecError names the nearest axis.
Point locate(SweepSpec& sweep, const std::vector<std::string>& at);

}  // namespace neurosweep
