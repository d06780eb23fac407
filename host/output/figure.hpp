// A picture in the making: a gnuplot script and its data. Lengths are pixels at 96 dpi, counted from the lower left.
#pragma once
#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/output/colours.hpp"
#include "host/output/gnuplot.hpp"
#include "host/output/shape.hpp"
#include "host/output/ticks.hpp"

namespace neurosweep::output {

struct PictureFormat {
  std::string_view extension, terminal, font;
  double points;      // size of one pixel of a font in the terminal's own measure
  double per_pixel;   // size of one pixel of the picture in the terminal's own measure
  double tick_scale;  // gnuplot's marks are longer in some terminals than in others
  double point_scale; // and its points are larger
  bool pixels;        // made of pixels: a large map gets one for each cell
};

// By the extension of `path`, whatever its case. Throws std::runtime_error naming those that there are.
const PictureFormat& picture_format(std::string_view path);

struct Box {
  double left, bottom, width, height;
};

struct Caption {  // what stands around the panels
  std::string title;
  std::vector<std::string> notes;  // smaller lines below the title
  std::vector<Cell> key = {};      // what occurs that the key below the panels explains
};

class Figure {
 public:
  // The panels take width x height; the picture is higher by the title above and the key below. A picture made of
  // pixels has zoom x zoom of them for each of these, in texts and lines as well.
  Figure(const PictureFormat& format, double width, double height, const Caption& caption, int zoom = 1);

  // One script line, as fmt::format makes it. User text goes in through gnuplot_string() alone.
  template <class... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(script_), text, std::forward<Args>(args)...);
    script_ += '\n';
  }

  // What comes next, up to plot(), belongs to `box`, measured from the lower left corner of the panels.
  void panel(const Box& box);

  // Text to be drawn with the next plot(); `how` is gnuplot's: "center", "left", "center rotate by 90". Exponents of 2
  // and 3 are raised: "mV^2/Hz".
  void text(double x, double y, std::string_view text, std::string_view how, double size);
  // A point's size for the script, so that it looks alike in every format.
  double point_size(double size) const { return size * format_.point_scale; }

  // A short line, a point on it, or both, to be drawn with the next plot(); `point` is gnuplot's number of its shape.
  void sample(double x, double y, double width, Rgb colour, bool with_line, int point);
  // How a set without a value looks, to be drawn with the next plot().
  void swatch(const Box& box, Cell cell);

  // `which` is x, y, x2 or y2. Without `with_text` the marks say nothing.
  void axis(std::string_view which, const Range& range, bool log);
  void ticks(std::string_view which, const std::vector<Tick>& ticks, bool with_text);

  // Labels stand in the same place in every format, which gnuplot's own ones do not: below and left of marks whose
  // texts have this ticks_height() and ticks_width(). They end label_below + ticks_height and label_beside +
  // ticks_width pixels away from the panel.
  void label_x(std::string_view text, double ticks_height);
  void label_y(std::string_view text, double ticks_width);

  // What stands on the right side of a colour bar in `box`, whether there is one or not.
  void label_bar(const Box& box, double ticks_width, std::string_view text);

  // A scale from range.low to range.high, labelled on its right side, drawn at once: a panel of its own.
  void colour_bar(const Box& box, const Range& range, const std::vector<Tick>& ticks, std::string_view label);

  // Data for the script; returns the quoted name under which it finds them.
  std::string data(std::string bytes);

  // Draws the layers, each as gnuplot's plot takes it, into the panel; then forgets texts, samples and swatches.
  void plot(const std::vector<std::string>& layers);

  // Runs gnuplot; returns the picture's bytes.
  std::string draw() const;
  // Writes them to a file, whole or not at all.
  void save(const std::string& path) const;

 private:
  void key(const Caption& caption);
  double share_x(double x) const { return x / width_; }
  double share_y(double y) const { return (y + panels_bottom_) / height_; }
  std::string position(double x, double y) const;

  const PictureFormat& format_;
  double width_, height_, panels_bottom_;
  Box box_{};  // of the panel
  std::string script_;
  std::vector<DataFile> data_;
};

// Numbers as gnuplot reads them with binary format='%double'.
template <class T>
std::string bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// An image of columns x rows pixels: a layer of plot(), to follow its data, which append_bytes() makes pixel by pixel
// from the lowest row upwards. gnuplot wants two pixels at least each way.
void append_bytes(std::string& bytes, Rgb colour);
std::string image_layer(std::size_t columns, std::size_t rows);

// The stripes of what is not computed or left its domain, as gnuplot fills boxes with them.
inline constexpr std::array striped_cells{Cell::outside, Cell::missing};
std::string stripes(Cell cell);

// "#RRGGBB"
std::string colour_code(Rgb colour);

inline constexpr double label_below = 60, label_beside = 42;
inline constexpr double title_size = 18, line_height = 1.4;  // the second in font sizes

}  // namespace neurosweep::output
