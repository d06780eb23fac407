// What a run found, in a few lines of text.
#pragma once
#include <string>
#include <vector>

#include "host/api/neurosweep.hpp"
#include "problem.hpp"

namespace neurosweep {

// First the sets and how many of them diverged or left the model's domain, then for each measure its extremes and where
// the largest value is: "amplitude [mV]: 0.003 to 31.2, largest at Ae = 5 mV, Ai = 15 mV". Of `labels` only the axes
// and the columns' names and units are read, so the values may be absent; the SD columns between the measures are
// passed over.
std::vector<std::string> summary_lines(const Summary& summary, const Map& labels);

}  // namespace neurosweep
