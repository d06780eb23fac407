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

Figure figure_of(const Map& map, std::optional<std::size_t> over, const PictureFormat& format) {
  if (map.axes.size() == 1 || over) return line_figure(map, over.value_or(0), format);
  return map.axes.size() == 2 ? heat_figure(map, format) : slices_figure(map, format);
}

}  // namespace

void write_plot(const Map& map, const std::string& path, std::optional<std::size_t> over) {
  check_shape(map);
  const PictureFormat& format = picture_format(path);
  require_axis(map.axes.size());
  if (map.columns.empty()) throw std::runtime_error("a picture needs a measure: this map has none");
  check_writable(path);
  figure_of(map, over, format).save(path);
}

void check_plot_possible(const std::string& path, std::size_t axes) {
  const PictureFormat& format = picture_format(path);
  require_axis(axes);
  check_writable(path);
  require_gnuplot(format.terminal);
}

}  // namespace neurosweep
