// How pixels become characters: half blocks, coloured spaces or shades, whatever the terminal can show.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/output/colours.hpp"
#include "host/output/shape.hpp"
#include "host/output/terminal.hpp"

namespace neurosweep::output {

struct Pixel {
  Cell cell = Cell::no_value;
  double value = 0;
};

using Raster = std::vector<std::vector<Pixel>>;  // [row][column], top row first

class Ink {
 public:
  explicit Ink(const PreviewOptions& terminal) : terminal_(terminal) {}

  // Rows of pixels in one line of characters: 2 with half blocks, else 1. One pixel is one character wide.
  std::size_t pixels_per_line() const { return half_blocks() ? 2 : 1; }

  // The line of characters that shows `raster` from `row` on, on a colour scale over `range`.
  std::string line(const Raster& raster, std::size_t row, const Range& range) const;

  // Line `row` (0 = lowest) of `lines` of a chart: a column up to each pixel's value.
  std::string chart_line(const std::vector<Pixel>& pixels, std::size_t row, std::size_t lines,
                         const Range& range) const;

  // Line `row` (0 = lowest) of `lines` of a histogram whose highest column fills them; a count of 0 has none, any other one is seen.
  std::string count_line(const std::vector<std::uint64_t>& counts, std::size_t row, std::size_t lines) const;

  std::string strip() const;            // the scale from its low to its high end
  std::string swatch(Cell cell) const;  // how sets without a value look in a heat map
  static char mark(Cell cell);          // how they look where there is no colour
  std::string bar() const { return terminal_.utf8 ? "│" : "|"; }

 private:
  bool half_blocks() const { return terminal_.colour && terminal_.utf8; }
  std::string background(Rgb colour) const;
  std::string foreground(Rgb colour) const;
  std::string colour_code(Rgb colour, int layer) const;
  long steps_per_line() const { return terminal_.utf8 ? 8 : 1; }
  std::string_view column(long height, std::size_t row) const;

  PreviewOptions terminal_;
};

}  // namespace neurosweep::output
