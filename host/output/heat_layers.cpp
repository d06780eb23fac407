#include "host/output/heat_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace neurosweep::output {
namespace {

constexpr std::size_t most_boxes = 10000;   // larger maps are drawn as an image, else files and times explode
constexpr std::size_t least_pixels = 256;   // along an axis: a viewer that smooths images then blurs no more than edges
constexpr std::size_t image_pixels = 2048;  // along an axis whose cells are not equally wide
constexpr double pixels_of_cross = 20;      // cell size for a cross of gnuplot's usual size
constexpr std::size_t most_marked = 40;     // up to so many cells along an axis a diverged one is crossed out, too

// One pixel of an image at x, y of its box; stripes run across cells, however small they are.
Rgb pixel_colour(const Slice& slice, std::size_t row, std::size_t col, const Range& range, const Box& box, double x, double y) {
  constexpr double stripe = 3, period = 10;
  const Cell cell = slice.cell(row, col);
  if (cell == Cell::missing && std::fmod(y + box.width - x, period) < stripe) return missing_stripe_colour;
  if (cell == Cell::outside && std::fmod(x + y, period) < stripe) return outside_stripe_colour;
  return cell_colour(cell, slice.value(row, col), range);
}

// On the second pair of axes, which count pixels: so an image fits linear and log axes alike. Stripes are as wide in the
// picture whatever the pixels are.
std::string map_image_layer(Figure& figure, const Plane& plane, const Slice& slice, const Range& range, const Box& box) {
  const auto rows = cells_of_pixels(plane.y), cols = cells_of_pixels(plane.x);
  const double pixel_x = box.width / double(cols.size()), pixel_y = box.height / double(rows.size());
  std::string bytes;
  bytes.reserve(rows.size() * cols.size() * 3);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < cols.size(); ++j) {
      append_bytes(bytes, pixel_colour(slice, plane.y.order[rows[i]], plane.x.order[cols[j]], range, box, double(j) * pixel_x, double(i) * pixel_y));
    }
  }
  figure.axis("x2", {-0.5, double(cols.size()) - 0.5}, false);
  figure.axis("y2", {-0.5, double(rows.size()) - 0.5}, false);
  return fmt::format("{} {} axes x2y2", figure.data(std::move(bytes)), image_layer(cols.size(), rows.size()));
}

// Where the box of cell `i` ends: a pixel inside the next cell, which is drawn over it later, so that no background
// shines through the seam. The axis is `length` pixels long.
double reach(const AxisView& axis, std::size_t i, double length) {
  if (i + 1 == axis.size()) return axis.border.back();
  const double border = axis.along(axis.border[i + 1]), middle = axis.along(axis.centre[i + 1]);
  const double pixel = (axis.along(axis.border.back()) - axis.along(axis.border.front())) / length;
  return axis.value_at(std::min(border + pixel, middle));
}

// Stripes over the cells of that kind; empty if there are none.
std::string stripe_layer(Figure& figure, const Plane& plane, const Slice& slice, Cell cell) {
  std::vector<double> boxes;
  for (std::size_t i = 0; i < plane.y.size(); ++i) {
    for (std::size_t j = 0; j < plane.x.size(); ++j) {
      if (slice.cell(plane.y.order[i], plane.x.order[j]) != cell) continue;
      boxes.insert(boxes.end(), {plane.x.centre[j], plane.y.centre[i], plane.x.border[j], plane.x.border[j + 1],
                                 plane.y.border[i], plane.y.border[i + 1]});
    }
  }
  if (boxes.empty()) return {};
  return fmt::format("{} binary format='%6double' using 1:2:3:4:5:6 with boxxyerror {}", figure.data(bytes_of(boxes)), stripes(cell));
}

std::string box_layer(Figure& figure, const Plane& plane, const Slice& slice, const Range& range, const Box& box) {
  std::vector<double> boxes;
  for (std::size_t i = 0; i < plane.y.size(); ++i) {
    for (std::size_t j = 0; j < plane.x.size(); ++j) {
      const std::size_t row = plane.y.order[i], col = plane.x.order[j];
      const Rgb colour = cell_colour(slice.cell(row, col), slice.value(row, col), range);
      boxes.insert(boxes.end(), {plane.x.centre[j], plane.y.centre[i], plane.x.border[j], reach(plane.x, j, box.width),
                                 plane.y.border[i], reach(plane.y, i, box.height), double(colour)});
    }
  }
  return fmt::format("{} binary format='%7double' using 1:2:3:4:5:6:7 with boxxyerror {}", figure.data(bytes_of(boxes)),
                     "fillcolor rgb variable fillstyle solid noborder");
}

// Crosses on the diverged cells, for those to whom the red is no colour of its own; empty if there are none.
std::string mark_layer(Figure& figure, const Plane& plane, const Slice& slice, const Box& box) {
  std::vector<double> points;
  for (std::size_t i = 0; i < plane.y.size(); ++i) {
    for (std::size_t j = 0; j < plane.x.size(); ++j) {
      if (slice.cell(plane.y.order[i], plane.x.order[j]) != Cell::diverged) continue;
      points.insert(points.end(), {plane.x.centre[j], plane.y.centre[i]});
    }
  }
  if (points.empty()) return {};
  const double cell = std::min(box.width / double(plane.x.size()), box.height / double(plane.y.size()));  // pixels
  return fmt::format("{} binary format='%2double' using 1:2 with points pointtype 2 pointsize {} linecolor rgb 'white'",
                     figure.data(bytes_of(points)), figure.point_size(std::clamp(cell / pixels_of_cross, 0.4, 2.0)));
}

}  // namespace

std::vector<std::size_t> cells_of_pixels(const AxisView& axis) {
  std::vector<std::size_t> cells;
  if (axis.even) {
    const std::size_t each = (least_pixels + axis.size() - 1) / axis.size();
    for (std::size_t i = 0; i < axis.size(); ++i) cells.insert(cells.end(), each, i);
    return cells;
  }
  const double low = axis.along(axis.border.front()), width = axis.along(axis.border.back()) - low;
  std::size_t cell = 0;
  for (std::size_t pixel = 0; pixel < image_pixels; ++pixel) {
    const double at = low + width * (double(pixel) + 0.5) / double(image_pixels);
    while (cell + 1 < axis.size() && axis.along(axis.border[cell + 1]) <= at) ++cell;
    cells.push_back(cell);
  }
  return cells;
}

std::vector<std::string> heat_layers(Figure& figure, const Plane& plane, const Slice& slice, const Range& range,
                                     const Box& box) {
  if (plane.x.size() * plane.y.size() > most_boxes) return {map_image_layer(figure, plane, slice, range, box)};
  std::vector<std::string> layers{box_layer(figure, plane, slice, range, box)};
  for (const Cell cell : striped_cells)
    if (std::string striped = stripe_layer(figure, plane, slice, cell); !striped.empty()) layers.push_back(std::move(striped));
  if (std::max(plane.x.size(), plane.y.size()) <= most_marked) {
    if (std::string marks = mark_layer(figure, plane, slice, box); !marks.empty()) layers.push_back(std::move(marks));
  }
  return layers;
}

}  // namespace neurosweep::output
