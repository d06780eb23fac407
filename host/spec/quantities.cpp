#include "host/spec/quantities.hpp"

namespace neurosweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The numbers of one port's input, in the order of Drive.
struct DriveRow {
  Drive drive;
  std::string_view key, unit;  // unit "" = the port's
  double base;
  Domain domain;
};
// clang-format off
constexpr DriveRow drives[] = {
    {drive_mean,            "mean",            "",    0,        Domain::any},
    {drive_noise,           "noise",           "",    0,        Domain::not_negative},
    {drive_sine_amplitude,  "sine.amplitude",  "",    0,        Domain::any},
    {drive_sine_frequency,  "sine.frequency",  "Hz",  0,        Domain::not_negative},
    {drive_sine_phase,      "sine.phase",      "rad", 0,        Domain::any},
    {drive_pulse_amplitude, "pulse.amplitude", "",    0,        Domain::any},
    {drive_pulse_start,     "pulse.start",     "s",   0,        Domain::not_negative},
    {drive_pulse_width,     "pulse.width",     "s",   0,        Domain::positive},
    {drive_pulse_period,    "pulse.period",    "s",   infinity, Domain::positive},
};
// clang-format on
static_assert(std::size(drives) == n_drive);

std::string joined(std::string_view a, std::string_view b, std::string_view between = ".") {
  return std::string(a).append(between).append(b);
}

}  // namespace

std::vector<Quantity> quantities(const ModelInfo& model) {
  std::vector<Quantity> all;
  for (const Parameter& p : model.parameters) {
    all.push_back({std::string(p.name), joined("parameters", p.name), std::string(p.unit), p.value, Domain::any, p.low,
                   p.high, "the literature's range", std::string(p.description)});
  }
  for (const State& s : model.states) {
    const std::string name = joined("initial", s.name);
    all.push_back({name, name, std::string(s.unit), s.start, Domain::any, s.low, s.high, "the model's domain", joined(s.description, "at the start", ", ")});
  }
  for (const Port& port : model.ports) {
    for (const DriveRow& d : drives) {
      const std::string name = joined(joined("input", port.name), d.key);
      const std::string_view unit = d.unit.empty() ? port.unit : d.unit;
      all.push_back({.name = name, .key = name, .unit = std::string(unit), .base = d.base, .domain = d.domain,
                     .description = joined(port.description, d.key, ": ")});
    }
  }
  return all;
}

int find_quantity(const std::vector<Quantity>& all, std::string_view name) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].name == name || all[i].key == name) return int(i);
  return -1;
}

}  // namespace neurosweep
