#include "host/output/ink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace neurosweep::output {
namespace {

constexpr std::string_view shades = " .:-=+*#%@";
constexpr std::string_view reset = "\x1b[0m";
constexpr std::size_t strip_width = 16;

int channel(Rgb colour, int shift) { return int((colour >> shift) & 0xFF); }

// The nearest of xterm's 256 colours: a 6 x 6 x 6 cube at 16 and a row of greys at 232.
int nearest_of_256(Rgb colour) {
  constexpr std::array<int, 6> levels{0, 95, 135, 175, 215, 255};
  const auto distance = [&](int r, int g, int b) {
    const int dr = r - channel(colour, 16), dg = g - channel(colour, 8), db = b - channel(colour, 0);
    return dr * dr + dg * dg + db * db;
  };
  int best = 16, best_distance = distance(0, 0, 0);
  for (int i = 0; i < 240; ++i) {
    const int grey = 8 + 10 * (i - 216);
    const int d = i < 216 ? distance(levels[i / 36], levels[i / 6 % 6], levels[i % 6]) : distance(grey, grey, grey);
    if (d < best_distance) {
      best = 16 + i;
      best_distance = d;
    }
  }
  return best;
}

char shade(const Pixel& pixel, const Range& range) {
  if (pixel.cell != Cell::value) return Ink::mark(pixel.cell);
  return shades[static_cast<std::size_t>(std::lround(share(pixel.value, range) * double(shades.size() - 1)))];
}

// What is not computed is a chequerboard, what left its domain is striped.
Rgb colour_at(const Raster& raster, std::size_t row, std::size_t col, const Range& range) {
  const Pixel& pixel = raster[row][col];
  if (pixel.cell == Cell::missing && (row + col) % 2 > 0) return missing_stripe_colour;
  if (pixel.cell == Cell::outside && col % 2 > 0) return outside_stripe_colour;
  return cell_colour(pixel.cell, pixel.value, range);
}

}  // namespace

std::string Ink::colour_code(Rgb colour, int layer) const {
  if (!terminal_.truecolour) return fmt::format("\x1b[{};5;{}m", layer, nearest_of_256(colour));
  return fmt::format("\x1b[{};2;{};{};{}m", layer, channel(colour, 16), channel(colour, 8), channel(colour, 0));
}

std::string Ink::foreground(Rgb colour) const { return colour_code(colour, 38); }
std::string Ink::background(Rgb colour) const { return colour_code(colour, 48); }

char Ink::mark(Cell cell) {
  switch (cell) {
    case Cell::diverged: return 'x';
    case Cell::outside: return '!';
    case Cell::missing: return '/';
    default: return '?';
  }
}

std::string Ink::line(const Raster& raster, std::size_t row, const Range& range) const {
  std::string text, last_code;
  for (std::size_t col = 0; col < raster[row].size(); ++col) {
    if (!terminal_.colour) {
      text += shade(raster[row][col], range);
      continue;
    }
    const Rgb colour = colour_at(raster, row, col, range);
    std::string code = half_blocks() ? foreground(colour) : background(colour);
    if (half_blocks() && row + 1 < raster.size()) code += background(colour_at(raster, row + 1, col, range));
    if (code != last_code) text += code;
    text += half_blocks() ? "▀" : " ";
    last_code = code;
  }
  if (terminal_.colour) text += reset;
  return text;
}

// What line `row` has of a column that is `height` steps high.
std::string_view Ink::column(long height, std::size_t row) const {
  static constexpr std::array<std::string_view, 9> blocks{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  const long filled = std::clamp(height - long(row) * steps_per_line(), 0L, steps_per_line());
  return terminal_.utf8 ? blocks[std::size_t(filled)] : filled > 0 ? "#" : " ";
}

std::string Ink::chart_line(const std::vector<Pixel>& pixels, std::size_t row, std::size_t lines,
                            const Range& range) const {
  std::string text;
  for (const Pixel& pixel : pixels) {
    if (pixel.cell != Cell::value) text += row == 0 ? mark(pixel.cell) : ' ';
    else text += column(1 + std::lround(share(pixel.value, range) * double(steps_per_line() * long(lines) - 1)), row);
  }
  return text;
}

std::string Ink::count_line(const std::vector<std::uint64_t>& counts, std::size_t row, std::size_t lines) const {
  const double highest = double(*std::max_element(counts.begin(), counts.end()));
  std::string text;
  for (const std::uint64_t count : counts) {
    const long height = std::lround(double(count) / highest * double(steps_per_line() * long(lines)));
    text += column(count > 0 ? std::max(height, 1L) : 0, row);
  }
  return text;
}

std::string Ink::strip() const {
  if (!terminal_.colour) return fmt::format("[{}]", shades);
  std::string text;
  for (std::size_t i = 0; i < strip_width; ++i) text += background(viridis(double(i) / double(strip_width - 1))) + " ";
  return text + std::string(reset);
}

std::string Ink::swatch(Cell cell) const {
  if (!terminal_.colour) return std::string(1, mark(cell));
  const Raster two{{{cell, 0}, {cell, 0}}};
  const std::string left = background(colour_at(two, 0, 0, {0, 0})), right = background(colour_at(two, 0, 1, {0, 0}));
  return fmt::format("{} {} {}", left, right == left ? "" : right, reset);
}

}  // namespace neurosweep::output
