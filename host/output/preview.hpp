// A map as a picture made of characters.
#pragma once
#include <string>

#include "host/api/neurosweep.hpp"
#include "host/output/terminal.hpp"

namespace neurosweep {

// The map as lines of text, the last one ended too. Two axes: each measure as a heat map with the first axis upwards
// and the second to the right, averaged down to the terminal's size where it is larger, which is then said. One axis: a
// table, or a chart per measure when there are many values without names. No axis: `name = value unit` lines. Three or
// more: the first slice of the leading axes, named. Throws std::runtime_error if an axis value is not finite.
std::string preview(const Map& map, const PreviewOptions& options);

}  // namespace neurosweep
