#include "host/store/identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "host/spec/measures.hpp"
#include "host/spec/quantities.hpp"
#include "host/store/checksum.hpp"
#include "models/models.hpp"

namespace neurosweep {
namespace {

// To be raised when a change of the program changes the numbers by more than rounding.
constexpr int numbers_version = 1;

std::string with_unit(double value, std::string_view unit) {
  const std::string number = std::isnan(value) ? "the model's own" : fmt::format("{}", value);
  return unit.empty() || std::isnan(value) ? number : number + " " + std::string(unit);
}

bool is_spectral(const std::string& name) { return name.starts_with("spectrum."); }
bool is_of_peaks(const std::string& name) { return name == "spectrum.band" || name == "spectrum.min_amplitude"; }

// The values in full only as a hash: there may be a million of them.
std::string axis_text(const AxisLabel& label, const Axis& axis) {
  std::string text = label.name + ": ";
  text += fmt::format("{} values from {} to {}", axis.values.size(), with_unit(label.values.front(), label.unit),
                      with_unit(label.values.back(), label.unit));
  const auto bytes = [](const std::vector<double>& v) {
    return std::string_view(reinterpret_cast<const char*>(v.data()), v.size() * sizeof(double));
  };
  std::string all(bytes(axis.values));
  for (const Axis& other : axis.together) all += bytes(other.values);
  return text + fmt::format(" ({})", checksum(all).substr(0, 8));
}

void add_spectrum(const SweepSpec& spec, Identity& id) {
  constexpr std::array<std::string_view, 3> choices{"auto", "fft", "direct"};
  const Problem& p = spec.problem;
  const auto wanted = [&](auto what) { return std::any_of(p.measures.begin(), p.measures.end(), what); };
  if (p.spectrum.engine == Engine::none) return;
  id.emplace_back("spectrum.engine", choices[std::size_t(spec.engine)]);
  id.emplace_back("spectrum.segment", fmt::format("{} samples", p.spectrum.segment));
  id.emplace_back("spectrum.overlap", fmt::format("{} samples", p.spectrum.overlap));
  if (!wanted([](Measure m) { return m == Measure::peak_frequency || m == Measure::peak_power; })) return;
  id.emplace_back("spectrum.band", fmt::format("bins {} to {}", p.spectrum.peak.first, p.spectrum.peak.first + p.spectrum.peak.count - 1));
  const double least = p.spectrum.min_amplitude;
  id.emplace_back("spectrum.min_amplitude", std::isnan(least) ? "1e-5 of the largest value" : fmt::format("{}", least));
}

}  // namespace

Identity identity_of(const SweepSpec& spec) {
  const Problem& p = spec.problem;
  const ModelInfo& model = models()[std::size_t(p.model)];
  Identity id{{"model", std::string(model.name)},
              {"method", std::string(method_names[std::size_t(p.method)])},
              {"precision", std::string(precision_names[std::size_t(p.precision)])},
              {"dt", with_unit(p.dt, "s")},
              {"steps", fmt::format("{}", p.steps)},
              {"transient", fmt::format("{} steps", p.transient)},
              {"seed", fmt::format("{}", p.seed)},
              {"replicates", fmt::format("{}", p.replicates)}};
  for (std::size_t a = 0; a < p.axes.size(); ++a) id.emplace_back(fmt::format("axis {}", a + 1), axis_text(spec.axes[a], p.axes[a]));
  const std::vector<Quantity> all = quantities(model);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!is_swept(p, int(i))) id.emplace_back(all[i].name, with_unit(p.base[i], all[i].unit));
  id.emplace_back("observe.signal", model.signals[std::size_t(p.signal)].name);
  add_spectrum(spec, id);
  id.emplace_back("numbers_version", fmt::format("{}", numbers_version));
  return id;
}

std::string hash_of(Identity identity) {
  std::sort(identity.begin(), identity.end());
  std::string all;
  for (const auto& [name, value] : identity) all += name + "=" + value + "\n";
  return checksum(all);
}

std::vector<std::string> parts_of(Identity identity) {
  std::sort(identity.begin(), identity.end());
  std::vector<std::string> parts(1);
  for (const auto& [name, value] : identity) {
    const std::size_t part = !is_spectral(name) ? 0 : is_of_peaks(name) ? 2 : 1;
    if (part >= parts.size()) parts.resize(part + 1);
    parts[part] += name + " = " + value + "\n";
  }
  return parts;
}

std::size_t parts_needed(const std::string& array) {
  std::string_view measure = array;
  if (measure.ends_with("_sd")) measure.remove_suffix(3);
  for (const MeasureRow& row : measure_table())
    if (measure == row.name) return !row.spectral() ? 1 : row.band() ? 2 : 3;
  return array == "n_failed" || array == "status" ? 1 : 0;
}

std::string first_difference(const Identity& there, const Identity& here) {
  const auto find = [](const Identity& in, const std::string& name) {
    return std::find_if(in.begin(), in.end(), [&](const auto& entry) { return entry.first == name; });
  };
  for (const auto& [name, value] : here) {
    const auto other = find(there, name);
    if (other != there.end() ? other->second != value : !is_spectral(name))
      return fmt::format("{} is {} there and {} here", name, other != there.end() ? other->second : "not given", value);
  }
  for (const auto& [name, value] : there)
    if (!is_spectral(name) && find(here, name) == here.end()) return fmt::format("{} is {} there and not given here", name, value);
  return "";
}

Identity without_defaults(Identity identity) {
  for (const ModelInfo& model : models()) {
    if (std::find(identity.begin(), identity.end(), Identity::value_type("model", model.name)) == identity.end()) continue;
    for (const Quantity& q : quantities(model)) std::erase(identity, Identity::value_type(q.name, with_unit(q.base, q.unit)));
  }
  return identity;
}

Identity merged(Identity there, const Identity& here) {
  for (const auto& entry : here)
    if (std::none_of(there.begin(), there.end(), [&](const auto& e) { return e.first == entry.first; })) there.push_back(entry);
  return there;
}

}  // namespace neurosweep
