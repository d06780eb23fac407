// Sines and pulses: complete, and possible with every combination of the axes' values.
#include <algorithm>

#include "host/spec/reader.hpp"
#include "host/spec/units.hpp"

namespace neurosweep::spec {
namespace {

// Where one of `all` is given, each of `needed` has to be: a pulse without a width is a mistake.
void check_complete(Context& c, std::initializer_list<int> all, std::initializer_list<int> needed) {
  for (const int q : all) {
    if (!c.given[q]) continue;
    for (const int other : needed) {
      if (!c.given[other])
        c.report.error(*c.given[q], "{} needs {} too", c.quantities[q].name, c.quantities[other].name);
    }
    return;
  }
}

void check_sine(Context& c, int amplitude, int frequency, int phase) {
  check_complete(c, {amplitude, frequency, phase}, {amplitude, frequency});
  const double nyquist = 0.5 / c.problem().dt, highest = extent(c, frequency).high;
  if (!c.given[frequency] || c.problem().steps == 0 || highest <= nyquist) return;
  c.report.warn(*c.given[frequency], "{}: {} Hz is above {} Hz, the highest frequency that steps of {} s can show",
                c.quantities[frequency].name, highest, nyquist, c.problem().dt);
}

void check_pulse(Context& c, int amplitude, int start, int width, int period) {
  check_complete(c, {amplitude, start, width, period}, {amplitude, width});
  const double shortest = extent(c, period).low, widest = extent(c, width).high;
  if (c.given[period] && c.given[width] && shortest < widest) {
    c.report.error(*c.given[period], "{}: a period of {} s is shorter than the pulse's width of {} s",
                   c.quantities[period].name, shortest, widest);
  }
  const double end = c.problem().dt * double(c.problem().steps), latest = extent(c, start).high;
  if (c.given[start] && c.problem().steps > 0 && latest >= end) {
    c.report.warn(*c.given[start], "{}: no pulse starts before {} s, and the duration is {} s",
                  c.quantities[start].name, latest, end);
  }
}

}  // namespace

Extent extent(Context& c, int quantity) {
  for (const SweptColumn& column : swept_columns(c.problem())) {
    if (column.quantity != quantity) continue;
    const auto [low, high] = std::minmax_element(column.values->begin(), column.values->end());
    return {*low, *high};
  }
  return {c.problem().base[std::size_t(quantity)], c.problem().base[std::size_t(quantity)]};
}

void check_inputs(Context& c, const ModelInfo& model, int first) {
  const Layout layout(model);
  for (int port = 0; port < layout.n_port; ++port) {
    const auto drive = [&](Drive d) { return first + layout.drive(port, d); };
    check_sine(c, drive(drive_sine_amplitude), drive(drive_sine_frequency), drive(drive_sine_phase));
    check_pulse(c, drive(drive_pulse_amplitude), drive(drive_pulse_start), drive(drive_pulse_width),
                drive(drive_pulse_period));
  }
}

}  // namespace neurosweep::spec
