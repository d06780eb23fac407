#include "host/output/plot.hpp"

#include <stdexcept>

#include "host/output/figure.hpp"
#include "host/output/gnuplot.hpp"
#include "host/output/output_file.hpp"
#include "host/output/plot_kinds.hpp"
#include "host/output/shape.hpp"

namespace neurosweep {

using namespace output;

namespace {

void require_axis(std::size_t axes) {
  if (axes == 0) throw std::runtime_error("a picture needs an axis: this is a single parameter set");
}

Figure figure_of(const Map& map, const PictureFormat& format) {
  if (map.axes.size() == 1) return line_figure(map, format);
  return map.axes.size() == 2 ? heat_figure(map, format) : slices_figure(map, format);
}

// Viewers smooth an enlarged image in an SVG unless it asks them not to; a map's cells are what they are.
std::string without_smoothing(std::string svg) {
  const std::string tag = "<image ", wish = "style='image-rendering:pixelated' ";
  for (std::size_t at = 0; (at = svg.find(tag, at)) != std::string::npos; at += tag.size() + wish.size()) {
    svg.insert(at + tag.size(), wish);
  }
  return svg;
}

}  // namespace

void write_plot(const Map& map, const std::string& path) {
  check_shape(map);
  const PictureFormat& format = picture_format(path);
  require_axis(map.axes.size());
  if (map.columns.empty()) throw std::runtime_error("a picture needs a measure: this map has none");
  check_writable(path);
  std::string picture = figure_of(map, format).draw();
  if (format.extension == ".svg") picture = without_smoothing(std::move(picture));
  OutputFile file(path);
  file.write(picture);
  file.commit();
}

void check_plot_possible(const std::string& path, std::size_t axes) {
  const PictureFormat& format = picture_format(path);
  require_axis(axes);
  check_writable(path);
  require_gnuplot(format.terminal);
}

}  // namespace neurosweep
