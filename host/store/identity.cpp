#include "host/store/identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "host/spec/measures.hpp"
#include "host/spec/quantities.hpp"
#include "host/store/checksum.hpp"
#include "models/models.hpp"
#include "network/network.hpp"

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

// Any number of plain numbers, as their checksum.
class Digest {
 public:
  template <class... T>
  void add(T... values) { (bytes_.append(reinterpret_cast<const char*>(&values), sizeof values), ...); }
  std::string text() const { return checksum(bytes_).substr(0, 8); }

 private:
  std::string bytes_;
};

std::string listed_names(const Network& n, const std::vector<int>& populations) {
  std::string text;
  for (const int p : populations) text += (text.empty() ? "" : "+") + n.populations[std::size_t(p)].name;
  return text;
}

std::string receptor_text(const SweepSpec& spec, int receptor) {
  if (receptor < 0) return "";
  constexpr std::array<std::string_view, 4> transmissions{"current", "conductance", "instant", "jump"};
  const Receptor& r = spec.problem.network->receptors[std::size_t(receptor)];
  std::string text(transmissions[std::size_t(r.transmission)]);
  if (r.decay >= 0) text += ", " + spec.quantities[std::size_t(r.decay)].name;
  if (r.reversal >= 0) text += ", " + spec.quantities[std::size_t(r.reversal)].name;
  return text;
}

void add_population(const Population& p, Identity& id) {
  const std::string title = "population." + p.name;
  id.emplace_back(title + ".model", p.spikes_only() ? "spikes" : models()[std::size_t(p.model)].name);
  id.emplace_back(title + ".size", fmt::format("{}", p.size));
  Digest mean, spikes;
  for (const double m : p.mean) mean.add(m);
  for (const TimedSpike& s : p.spikes) spikes.add(s.step, s.cell);
  if (!p.mean.empty()) id.emplace_back(title + ".means", fmt::format("{} values ({})", p.mean.size(), mean.text()));
  if (p.spikes_only()) id.emplace_back(title + ".spikes", fmt::format("{} spikes ({})", p.spikes.size(), spikes.text()));
}

void add_projection(const SweepSpec& spec, const Projection& p, Identity& id) {
  const Network& n = *spec.problem.network;
  const std::string title = "projection." + p.name;
  std::string text = fmt::format("{} to {}", listed_names(n, p.from), listed_names(n, p.to));
  if (p.listed) {
    Digest edges;
    for (const Edge& e : p.edges) {
      edges.add(e.pre, e.post, e.weight, e.delay);
      for (const char c : receptor_text(spec, e.receptor)) edges.add(c);
    }
    text += fmt::format(", {} edges ({})", p.edges.size(), edges.text());
  } else {
    text += fmt::format(", {}, scale {}, {}", receptor_text(spec, p.receptor), p.scale, p.self ? "self" : "no self");
  }
  id.emplace_back(title, text);
}

// What is the same in every set: who there is and what joins them. Random numbers depend on the order.
void add_network(const SweepSpec& spec, Identity& id) {
  const Network& n = *spec.problem.network;
  std::string populations, projections, gaps;
  for (const Population& p : n.populations) populations += " " + p.name, add_population(p, id);
  for (const Projection& p : n.projections) projections += " " + p.name, add_projection(spec, p, id);
  for (const GapJunction& g : n.gap_junctions) {
    gaps += " " + g.name;
    id.emplace_back("gap_junction." + g.name, listed_names(n, {g.between[0], g.between[1]}));
  }
  for (const auto& [name, text] : {std::pair("populations", populations), std::pair("projections", projections), std::pair("gap_junctions", gaps)})
    if (!text.empty()) id.emplace_back(name, text.substr(1));
  id.emplace_back("connectivity", n.wired_per_set ? "per-set" : "fixed");
}

}  // namespace

Identity identity_of(const SweepSpec& spec) {
  const Problem& p = spec.problem;
  Identity id{{"model", spec.model},
              {"method", std::string(method_names[std::size_t(p.method)])},
              {"precision", std::string(precision_names[std::size_t(p.precision)])},
              {"dt", with_unit(p.dt, "s")},
              {"steps", fmt::format("{}", p.steps)},
              {"transient", fmt::format("{} steps", p.transient)},
              {"seed", fmt::format("{}", p.seed)},
              {"replicates", fmt::format("{}", p.replicates)}};
  for (std::size_t a = 0; a < p.axes.size(); ++a) id.emplace_back(fmt::format("axis {}", a + 1), axis_text(spec.axes[a], p.axes[a]));
  if (p.network) add_network(spec, id);
  const std::vector<Quantity>& all = spec.quantities;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!is_swept(p, int(i))) id.emplace_back(all[i].name, with_unit(p.base[i], all[i].unit));
  id.emplace_back("observe.signal", spec.signal);
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
  std::string_view measure = std::string_view(array).substr(array.rfind('.') + 1);     // of E.rate.peak_frequency the last
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
  const Identity all = identity;
  for (const ModelInfo& model : models())
    for (const auto& [key, value] : all) {
      if (value != model.name || (key != "model" && !key.ends_with(".model"))) continue;
      const std::string prefix = key.substr(0, key.size() - std::string_view("model").size());      // "" or "population.E."
      for (const Quantity& q : quantities(model))
        std::erase(identity, Identity::value_type(prefix.empty() ? q.name : prefix + q.key, with_unit(q.base, q.unit)));
    }
  return identity;
}

Identity merged(Identity there, const Identity& here) {
  for (const auto& entry : here)
    if (std::none_of(there.begin(), there.end(), [&](const auto& e) { return e.first == entry.first; })) there.push_back(entry);
  return there;
}

}  // namespace neurosweep
