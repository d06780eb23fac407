#include "host/output/figure.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <stdexcept>

#include "host/output/output_file.hpp"
#include "host/output/text.hpp"

namespace neurosweep::output {
namespace {

// Fonts: pngcairo takes points at 96 dpi, pdfcairo enlarges them by another 4/3, and svg takes pixels.
constexpr std::array formats{
    PictureFormat{".png", "pngcairo", "sans", 72.0 / 96, 1, 1, 1, true},
    PictureFormat{".svg", "svg", "sans-serif", 1, 1, 0.6, 0.6, false},
    PictureFormat{".pdf", "pdfcairo fontscale 1", "sans", 72.0 / 96 * 72.0 / 96, 1.0 / 96, 1, 1, false},
};

constexpr double edge = 14;  // free space around everything
constexpr double key_height = 34, swatch_size = 14;
constexpr int scale_steps = 256, scale_columns = 16;
constexpr double character_width = 0.6;  // of the font size, on average

struct Line {
  std::string text;
  double size;
};

std::vector<Line> caption_lines(const Caption& caption, double width) {
  std::vector<Line> lines;
  const auto add = [&](std::string_view text, double size) {
    const auto columns = static_cast<std::size_t>((width - 2 * edge) / (character_width * size));
    for (std::string& row : wrap(one_line(text), columns)) lines.push_back({std::move(row), size});
  };
  add(caption.title, title_size);
  for (const std::string& note : caption.notes) add(note, font_size);
  return lines;
}

double height_of(const std::vector<Line>& lines) {
  double height = edge / 2;
  for (const Line& line : lines) height += std::round(line.size * line_height);
  return height;
}

// The whole scale as an image, as wide as it will be drawn, from its low end upwards.
std::string scale_image() {
  std::string bytes;
  for (int i = 0; i < scale_steps; ++i) {
    for (int column = 0; column < scale_columns; ++column) append_bytes(bytes, viridis((i + 0.5) / scale_steps));
  }
  return bytes;
}

// "mV^2/Hz" as it is printed; other exponents, such as 20, stay.
std::string raised(std::string text) {
  for (const auto& [plain, high] : {std::pair<std::string_view, std::string_view>{"^2", "²"}, {"^3", "³"}})
    for (std::size_t at = 0; (at = text.find(plain, at)) != text.npos; ++at) {
      const std::size_t end = at + plain.size();
      if (end == text.size() || !std::isdigit(static_cast<unsigned char>(text[end]))) text.replace(at, plain.size(), high);
    }
  return text;
}

// Viewers smooth an enlarged image in an SVG unless it asks them not to; cells are what they are.
std::string without_smoothing(std::string svg) {
  const std::string tag = "<image ", wish = "style='image-rendering:pixelated' ";
  for (std::size_t at = 0; (at = svg.find(tag, at)) != std::string::npos; at += tag.size() + wish.size()) {
    svg.insert(at + tag.size(), wish);
  }
  return svg;
}

}  // namespace

const PictureFormat& picture_format(std::string_view path) {
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const PictureFormat& format : formats) {
    if (format.extension == extension) return format;
  }
  throw std::runtime_error(fmt::format("cannot draw \"{}\": the name of a picture ends in .png, .svg or .pdf", path));
}

void append_bytes(std::string& bytes, Rgb colour) {
  for (int shift : {16, 8, 0}) bytes += static_cast<char>((colour >> shift) & 0xFF);
}

std::string image_layer(std::size_t columns, std::size_t rows) {
  return fmt::format("binary array=({},{}) format='%3uchar' using 1:2:3 with rgbimage", columns, rows);
}

std::string stripes(Cell cell) {
  const bool outside = cell == Cell::outside;
  return fmt::format("fillcolor rgb '{}' fillstyle transparent pattern {} noborder",
                     colour_code(outside ? outside_stripe_colour : missing_stripe_colour), outside ? 4 : 5);
}

std::string colour_code(Rgb colour) { return fmt::format("#{:06X}", colour); }

Figure::Figure(const PictureFormat& format, double width, double height, const Caption& caption, int zoom)
    : format_(format), width_(std::ceil(width)), panels_bottom_(caption.key.empty() ? 0 : key_height) {
  const std::vector<Line> lines = caption_lines(caption, width);
  height_ = panels_bottom_ + std::ceil(height) + height_of(lines);
  const std::string enlarged = format.pixels ? fmt::format("fontscale {0} linewidth {0} pointscale {0}", zoom) : "";
  const double unit = format.per_pixel * (format.pixels ? zoom : 1);
  line("set terminal {} noenhanced size {},{} font '{},{}' {} background '#ffffff'", format.terminal, width_ * unit,
       height_ * unit, format.font, font_size * format.points, enlarged);
  line("set encoding utf8");
  line("set multiplot");
  line("set border lw 1; unset key");
  double y = std::ceil(height) + height_of(lines) - edge / 2;
  for (const Line& row : lines) {
    const double row_height = std::round(row.size * line_height);
    y -= row_height;
    text(width_ / 2, y + row_height / 2, row.text, "center", row.size);
  }
  key(caption);
}

void Figure::key(const Caption& caption) {
  const double middle = key_height / 2 - panels_bottom_;
  double x = 4 * edge;
  for (const Cell cell : caption.key) {
    swatch({x, middle - swatch_size / 2, swatch_size, swatch_size}, cell);
    text(x + 1.5 * swatch_size, middle, cell_name(cell), "left", font_size);
    x += 1.5 * swatch_size + (character_width * double(text_width(cell_name(cell))) + 2) * font_size;
  }
}

std::string Figure::position(double x, double y) const {
  return fmt::format("screen {:.8f}, screen {:.8f}", share_x(x), share_y(y));
}

void Figure::panel(const Box& box) {
  // On whole pixels, so that cells of whole pixels are not blurred.
  box_ = {std::round(box.left), std::round(box.bottom), box.width, box.height};
  const double right = box_.left + box_.width, top = box_.bottom + box_.height;
  line("set lmargin at screen {:.8f}; set rmargin at screen {:.8f}", share_x(box_.left), share_x(right));
  line("set bmargin at screen {:.8f}; set tmargin at screen {:.8f}", share_y(box_.bottom), share_y(top));
}

void Figure::label_x(std::string_view words, double ticks_height) {
  text(box_.left + box_.width / 2, box_.bottom - label_below - ticks_height + font_size * line_height / 2, words,
       "center", font_size);
}

void Figure::label_y(std::string_view words, double ticks_width) {
  text(box_.left - label_beside - ticks_width + font_size * line_height / 2, box_.bottom + box_.height / 2, words,
       "center rotate by 90", font_size);
}

void Figure::label_bar(const Box& box, double ticks_width, std::string_view words) {
  text(box.left + box.width + label_beside + ticks_width - font_size * line_height / 2, box.bottom + box.height / 2, words,
       "center rotate by 90", font_size);
}

// A panel of its own, because gnuplot's colour bars have seams in a PDF and labels on top of wide marks.
void Figure::colour_bar(const Box& box, const Range& range, const std::vector<Tick>& marks, std::string_view words) {
  panel(box);
  axis("x", {-0.5, scale_columns - 0.5}, false);
  axis("y", {-0.5, scale_steps - 0.5}, false);
  axis("y2", range, false);
  line("unset xtics; unset ytics");
  ticks("y2", marks, true);
  label_bar(box, ticks_width(marks), words);
  plot({data(scale_image()) + " " + image_layer(scale_columns, scale_steps)});
  line("unset y2tics");
}

void Figure::text(double x, double y, std::string_view text, std::string_view how, double size) {
  line("set label {} at {} {} noenhanced front font ',{}'", gnuplot_string(raised(std::string(text))), position(x, y), how,
       size * format_.points);
}

void Figure::swatch(const Box& box, Cell cell) {
  const std::string colour = fmt::format("fillcolor rgb '{}' fillstyle solid noborder", colour_code(cell_colour(cell, 0, {0, 0})));
  const auto rectangle = [&](const std::string& fill) {
    line("set object rectangle from {} to {} front {}", position(box.left, box.bottom),
         position(box.left + box.width, box.bottom + box.height), fill);
  };
  rectangle(colour);
  if (std::find(striped_cells.begin(), striped_cells.end(), cell) != striped_cells.end()) rectangle(stripes(cell));
}

void Figure::sample(double x, double y, double width, Rgb colour, bool with_line, int point) {
  const std::string ink = fmt::format("linecolor rgb '{}' front", colour_code(colour));
  if (with_line) line("set arrow from {} to {} nohead linewidth 1.5 {}", position(x, y), position(x + width, y), ink);
  if (point > 0) line("set label '' at {} point pointtype {} pointsize {} {}", position(x + width / 2, y), point, point_size(0.8), ink);
}

void Figure::axis(std::string_view which, const Range& range, bool log) {
  line("{} logscale {}", log ? "set" : "unset", which);
  line("set {}range [{}:{}]", which, range.low, range.high);
}

void Figure::ticks(std::string_view which, const std::vector<Tick>& ticks, bool with_text) {
  std::string text;
  for (const Tick& tick : ticks) {
    const bool minor = tick.text.empty();
    text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", gnuplot_string(with_text ? tick.text : ""), tick.at,
                        minor ? " 1" : "");
  }
  if (ticks.empty()) {
    line("unset {}tics", which);
  } else {
    const bool turned = std::any_of(ticks.begin(), ticks.end(), [](const Tick& t) { return t.turned; });
    line("set {}tics out nomirror {} scale {} ({})", which, turned ? "rotate by 90 right" : "", format_.tick_scale,
         text);
  }
}

std::string Figure::data(std::string bytes) {
  std::string name = fmt::format("data{}", data_.size());
  data_.push_back({name, std::move(bytes)});
  return gnuplot_string(name);
}

void Figure::plot(const std::vector<std::string>& layers) {
  line("plot {}", fmt::join(layers, ", "));
  line("unset label; unset object; unset arrow");
}

std::string Figure::draw() const {
  std::string picture = run_gnuplot(script_ + "unset multiplot\n", data_);
  return format_.extension == ".svg" ? without_smoothing(std::move(picture)) : picture;
}

void Figure::save(const std::string& path) const {
  const std::string picture = draw();
  OutputFile file(path);
  file.write(picture);
  file.commit();
}

}  // namespace neurosweep::output
