// What stands inside a heat map: its cells.
#pragma once
#include <string>
#include <vector>

#include "host/output/figure.hpp"
#include "host/output/shape.hpp"

namespace neurosweep::output {

struct Plane {
  AxisView y, x;  // upwards, to the right
};

// Which cell each pixel of an image shows along the axis: the same number of pixels for each cell if they are equally
// wide, else the cell that the pixel lies in.
std::vector<std::size_t> cells_of_pixels(const AxisView& axis);

// The layers of figure.plot() that show the slice in `box`, coloured over `range`; all their data go into the figure.
std::vector<std::string> heat_layers(Figure& figure, const Plane& plane, const Slice& slice, const Range& range,
                                     const Box& box);

}  // namespace neurosweep::output
