// A map as a picture, drawn by gnuplot.
#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "host/api/neurosweep.hpp"

namespace neurosweep {

// Writes a .png, .svg or .pdf, whole or not at all.
//   Two axes: a heat map for each column, first axis upwards, second to the right, cells between the midpoints of their
//     neighbours, no interpolation. Sets without a value are grey, diverged ones red, those that left their domain
//     striped in black and white; a key says so where there are any.
//   One axis, or axis number `over` of several: a panel for each column with a line over that axis, or points if it has
//     names, with its SD as error bars if the next column is `<name>_sd`; a line for each value of the other axes, at
//     most 10.
//   Three or more axes: heat maps of the first column over the last two axes, at most 25 slices of the leading axes;
//     what is not shown is said below the title.
// Throws std::runtime_error: no axis, an axis value that is not finite, gnuplot missing or failing, the file not
// writable.
void write_plot(const Map& map, const std::string& path, std::optional<std::size_t> over = {});

// Throws what write_plot() would throw for a map of `axes` axes, before hours of computing: the extension, the number
// of axes, whether the file can be written and gnuplot started.
void check_plot_possible(const std::string& path, std::size_t axes);

}  // namespace neurosweep
