// The kinds of pictures that plot.cpp chooses from.
#pragma once
#include "host/output/figure.hpp"
#include "host/api/neurosweep.hpp"

namespace neurosweep::output {

// Over axis number `over`: a panel for each column, a line for each value of the other axes if there are any.
Figure line_figure(const Map& map, std::size_t over, const PictureFormat& format);
Figure heat_figure(const Map& map, const PictureFormat& format);    // two axes: a panel for each column
Figure slices_figure(const Map& map, const PictureFormat& format);  // three or more: a panel for each slice

}  // namespace neurosweep::output
