// [observe] and [spectrum]: which signal, which measures, and the bins that they need.
#include <algorithm>
#include <cmath>

#include "host/spec/measures.hpp"
#include "host/spec/network_labels.hpp"
#include "host/spec/reader.hpp"
#include "host/spec/spectrum.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/values.hpp"

namespace neurosweep::spec {
namespace {

// Samples. From 3 on the Hann window is three different taps (cuda/measures/welch.hpp).
constexpr std::uint64_t shortest_segment = 3, longest_segment = std::uint64_t(1) << 24;
const std::vector<std::string> engines{"auto", "fft", "direct"};   // in the order of EngineChoice

struct Asked {
  Measure measure;
  Place place;
  int signal = 0;
  std::string name = {};       // of the column
};

struct Band {
  double lower = 0, upper = 0;
  std::optional<Place> place;  // nothing: the default
};

const MeasureRow& row_of(Measure m) { return measure_table()[std::size_t(m)]; }
bool is_peak(Measure m) { return m == Measure::peak_frequency || m == Measure::peak_power; }

// How bins lie: the end of a message about a band without one.
std::string spacing(const Problem& p) {
  return fmt::format("a segment of {} samples at dt = {} s has bins every {} Hz", p.spectrum.segment, p.dt,
                     1 / (p.spectrum.segment * p.dt));
}

// The signals of a network, and their numbers.
std::vector<std::pair<std::string, int>> signals_of(const Network& n) {
  std::vector<std::pair<std::string, int>> all;
  for (std::size_t p = 0; p < n.populations.size(); ++p)
    for (int kind = 0; kind < n_network_signal; ++kind)
      if (has_signal(n.populations[p], kind))
        all.emplace_back(network_signal_name(n, int(p) * n_network_signal + kind), int(p) * n_network_signal + kind);
  return all;
}

std::vector<std::string> signal_names(Context& c) {
  if (!c.network) return names_of(c.model.signals);
  std::vector<std::string> names;
  for (const auto& [name, number] : signals_of(*c.network)) names.push_back(name);
  return names;
}

std::string signal_unit(Context& c, int signal) {
  return c.network ? network_signal_unit(*c.network, signal) : std::string(c.model.signals[std::size_t(signal)].unit);
}

void read_signal(Context& c) {
  const std::vector<std::string> names = signal_names(c);
  std::size_t chosen = 0;
  if (const std::optional<Node> node = lookup(c.root, "observe.signal"))
    chosen = read_choice(*node, "signal", names, c.report).value_or(0);
  c.problem().signal = c.network ? signals_of(*c.network)[chosen].second : int(chosen);
  c.sweep.signal = names[chosen], c.sweep.signal_unit = signal_unit(c, c.problem().signal);
}

// ---- of a single model ------------------------------------------------------------------------------------------------

// The measure of that name, if the model can have it.
void read_measure(Context& c, const Node& item, std::vector<Asked>& asked) {
  const std::vector<std::string> possible = names_of(measures_of(c.model)), all = names_of(measure_table());
  const auto known = std::find(all.begin(), all.end(), item.text);
  if (known != all.end() && is_of_networks(Measure(known - all.begin())))
    return c.report.error(item.place, "measure {} is of networks (measures: {})", quote(item.text), listed(possible));
  if (known - all.begin() >= std::ptrdiff_t(possible.size()) && known != all.end())
    return c.report.error(item.place, "measure {} is of models that spike, and {} does not (measures: {})", quote(item.text),
                          c.model.name, listed(possible));
  if (const auto index = read_choice(item, "measure", possible, c.report))
    asked.push_back({Measure(*index), item.place, c.problem().signal, possible[*index]});
}

// ---- of a network -----------------------------------------------------------------------------------------------------

// Cells that only spike have no potential to be in step with.
bool possible(const Population& p, Measure m) { return !p.spikes_only() || m != Measure::synchrony; }

Asked of_cells(Context& c, std::size_t population, Measure m, const Place& place) {
  return {m, place, int(population) * n_network_signal, c.network->populations[population].name + "." + measure_name(m)};
}

// `of`: the populations whose cells cannot have what the item names.
void report_impossible(Context& c, const Node& item, const std::string& of, const Population& one) {
  std::vector<std::string> can;
  for (int m = 0; m < n_measure; ++m)
    if (is_of_spikes(Measure(m)) && possible(one, Measure(m))) can.push_back(measure_name(Measure(m)));
  c.report.error(item.place, "measure {}: the cells of {} only spike at given times (measures: {})", quote(item.text), of, listed(can));
}

// One column for each population that can have it.
void ask_everywhere(Context& c, Measure m, const Node& item, std::vector<Asked>& asked) {
  const std::vector<Population>& all = c.network->populations;
  const std::size_t before = asked.size();
  for (std::size_t p = 0; p < all.size(); ++p)
    if (possible(all[p], m)) asked.push_back(of_cells(c, p, m, item.place));
  if (asked.size() == before && !all.empty()) report_impossible(c, item, "all populations", all.front());
}

// MEASURE, POPULATION.MEASURE or SIGNAL.MEASURE, where a signal is POPULATION.NAME.
void read_network_measure(Context& c, const Node& item, std::vector<Asked>& asked) {
  const std::size_t dot = item.text.rfind('.');
  const std::string of = dot == std::string::npos ? "" : item.text.substr(0, dot);
  Node last = item;
  if (dot != std::string::npos) last.text = item.text.substr(dot + 1);
  const auto index = read_choice(last, "measure", names_of(measure_table()), c.report);
  if (!index) return;
  const auto m = Measure(*index);
  if (of.empty()) {
    if (is_of_spikes(m)) ask_everywhere(c, m, item, asked);
    else asked.push_back({m, item.place, c.problem().signal, item.text});
    return;
  }
  const std::vector<std::string> populations = names_of(c.network->populations), signals = signal_names(c);
  const std::vector<std::string>& known = is_of_spikes(m) ? populations : signals;
  const auto found = std::find(known.begin(), known.end(), of);
  if (found == known.end())
    return c.report.error(item.place, "measure {}: {} is of {}, and {} is none{} ({}s: {})", quote(item.text), last.text,
                          is_of_spikes(m) ? "a population" : "a signal", quote(of), did_you_mean(of, known),
                          is_of_spikes(m) ? "population" : "signal", listed(known));
  const std::size_t at = std::size_t(found - known.begin());
  if (!is_of_spikes(m)) return asked.push_back({m, item.place, signals_of(*c.network)[at].second, item.text});
  if (!possible(c.network->populations[at], m)) return report_impossible(c, item, quote(of), c.network->populations[at]);
  asked.push_back(of_cells(c, at, m, item.place));
}

// ---- of both ----------------------------------------------------------------------------------------------------------

// What observe.measures asks for; nothing if it is not given, or wrong.
std::vector<Asked> read_measures(Context& c) {
  std::vector<Asked> asked;
  const std::optional<Node> node = lookup(c.root, "observe.measures");
  if (!node) return asked;
  for (const Node& item : read_list(*node)) {
    const std::size_t before = asked.size();
    c.network ? read_network_measure(c, item, asked) : read_measure(c, item, asked);
    for (std::size_t i = before; i < asked.size(); ++i) {
      const auto same = [&](const Asked& a) { return a.name == asked[i].name; };
      if (std::none_of(asked.begin(), asked.begin() + std::ptrdiff_t(before), same)) continue;
      c.report.error(item.place, "measure {} stands there twice", quote(asked[i].name));
      asked.resize(before);
    }
  }
  if (node->kind == Node::Kind::array && node->items.empty())
    c.report.error(node->place, "observe.measures is empty (measures: {})",
                   listed(names_of(c.network ? measure_table() : measures_of(c.model))));
  return asked;
}

// Where nobody asks: what says most of a model of that kind. A peak frequency joins the amplitude where there is a bin
// to look for it (plan_spectrum).
std::vector<Asked> default_measures(Context& c) {
  const Place& place = c.root.place;
  std::vector<Asked> asked;
  if (c.network) {          // those that only spike are given; they are measured where there is nothing else
    const std::vector<Population>& all = c.network->populations;
    const bool given = std::all_of(all.begin(), all.end(), [](const Population& p) { return p.spikes_only(); });
    for (const Measure m : {Measure::rate, Measure::isi_cv, Measure::synchrony})
      for (std::size_t p = 0; p < all.size(); ++p)
        if (given ? possible(all[p], m) : !all[p].spikes_only()) asked.push_back(of_cells(c, p, m, place));
    return asked;
  }
  if (!c.model.spiking) return {{Measure::amplitude, place, c.problem().signal, "amplitude"}};
  return {{Measure::rate, place, c.problem().signal, "rate"}, {Measure::isi_cv, place, c.problem().signal, "isi_cv"}};
}

void read_engine(Context& c) {
  const std::optional<Node> node = lookup(c.root, "spectrum.engine");
  if (!node) return;
  c.sweep.engine_at = c.report.where(node->place);
  if (const auto choice = read_choice(*node, "engine", engines, c.report)) c.sweep.engine = EngineChoice(*choice);
}

void read_min_amplitude(Context& c) {
  const std::optional<Node> node = lookup(c.root, "spectrum.min_amplitude");
  if (!node) return;
  const std::string& unit = c.sweep.signal_unit;
  const Key& key = file_key("spectrum.min_amplitude");
  const auto value = read_quantity(*node, key.name, unit, key.domain, c.report);
  if (value) c.problem().spectrum.min_amplitude = *value;
}

// Samples; 0 where there is neither a value nor a default, nothing where it is wrong.
std::optional<int> read_segment(Context& c) {
  const std::optional<Node> node = lookup(c.root, "spectrum.segment");
  const std::int64_t observed = c.problem().observed();
  if (!node) return default_segment(observed, c.problem().dt);
  c.sweep.segment_at = c.report.where(node->place);
  const auto segment = read_whole(*node, "spectrum.segment", shortest_segment, longest_segment, c.report);
  if (!segment || std::int64_t(*segment) <= observed) return segment ? std::optional(int(*segment)) : std::nullopt;
  c.report.error(
      node->place,
      "spectrum.segment: {} samples are more than the {} that are observed (the duration less the transient)", *segment,
      observed);
  return std::nullopt;
}

int read_overlap(Context& c, int segment) {
  const std::optional<Node> node = lookup(c.root, "spectrum.overlap");
  if (!node) return segment / 2;
  const std::uint64_t most = std::uint64_t(std::max(segment, 1)) - 1;
  return int(read_whole(*node, "spectrum.overlap (less than the segment)", 0, most, c.report).value_or(0));
}

void check_band(Context& c, const Band& band) {
  const double nyquist = 0.5 / c.problem().dt;  // infinite where the times are wrong: reported elsewhere
  if (band.lower >= band.upper) {
    c.report.error(*band.place, "spectrum.band: {} ... {} Hz is no band; write the lower frequency first", band.lower,
                   band.upper);
  } else if (band.upper > nyquist * (1 + 1e-12)) {
    c.report.error(*band.place, "spectrum.band: {} Hz is above the Nyquist frequency, {} Hz at dt = {} s", band.upper,
                   nyquist, c.problem().dt);
  }
}

// Nothing if it is wrong.
std::optional<Band> read_band(Context& c) {
  const std::optional<Node> node = lookup(c.root, "spectrum.band");
  if (!node) {
    if (c.root.find("spectrum.band")) return std::nullopt;
    return Band{1, std::min(80.0, 0.5 / c.problem().dt), std::nullopt};
  }
  const std::vector<Node> edges = read_list(*node);
  if (edges.size() != 2) {
    c.report.error(node->place, "spectrum.band: found {} values where two are wanted, such as [\"3 Hz\", \"40 Hz\"]",
                   edges.size());
    return std::nullopt;
  }
  const Key& row = file_key("spectrum.band");
  const auto lower = read_quantity(edges[0], row.name, row.unit, row.domain, c.report);
  const auto upper = read_quantity(edges[1], row.name, row.unit, row.domain, c.report);
  if (!lower || !upper) return std::nullopt;
  const Band band{*lower, *upper, node->place};
  check_band(c, band);
  return band;
}

// A band without a bin is a mistake where somebody wrote it, and where a peak is wanted; `asked` is the measure to
// blame.
void check_peak(Context& c, const Asked& asked, const Band& band, BinRange inside) {
  if (inside.count > 0) return;
  c.report.error(band.place.value_or(asked.place), "spectrum.band: no bin lies inside {} ... {} Hz; {}", band.lower,
                 band.upper, spacing(c.problem()));
}

void take_power(Context& c, const Asked& asked) {
  Problem& p = c.problem();
  const MeasureRow& r = row_of(asked.measure);
  const BinRange bins = bins_from(r.lower, r.upper, p.dt, p.spectrum.segment);
  p.spectrum.band[std::size_t(int(asked.measure) - int(Measure::power_delta))] = bins;
  if (bins.count == 0) {
    c.report.error(asked.place, "{}: no bin lies in {} ... {} Hz; {}", r.name, r.lower, r.upper, spacing(p));
  } else if (r.upper > 0.5 / p.dt) {
    c.report.warn(asked.place, "{}: the spectrum ends at {} Hz, within {} ... {} Hz", r.name, 0.5 / p.dt, r.lower,
                  r.upper);
  }
}

void report_no_segment(Context& c, const Asked& asked) {
  c.report.error(asked.place,
                 "{} needs a spectrum, and the {} observed samples are too few to choose its segment; give "
                 "spectrum.segment, or a longer duration",
                 row_of(asked.measure).name, c.problem().observed());
}

void plan_spectrum(Context& c, std::vector<Asked>& asked, bool by_default, const Band& band) {
  SpectrumPlan& plan = c.problem().spectrum;
  const auto first = [&](auto condition) {
    return std::find_if(asked.begin(), asked.end(), [&](const Asked& a) { return condition(a.measure); });
  };
  const auto spectral = first([](Measure m) { return row_of(m).spectral(); });
  if (plan.segment == 0) return spectral == asked.end() ? void() : report_no_segment(c, *spectral);
  const BinRange inside = bins_inside(band.lower, band.upper, c.problem().dt, plan.segment);
  if (by_default && !c.model.spiking && inside.count > 0) asked.push_back({Measure::peak_frequency, c.root.place, c.problem().signal, "peak_frequency"});
  const auto peak = first(is_peak);
  if (peak != asked.end() || band.place) check_peak(c, peak != asked.end() ? *peak : asked[0], band, inside);
  if (peak != asked.end()) plan.peak = inside;
  for (const Asked& a : asked) {
    if (row_of(a.measure).band()) take_power(c, a);
    if (row_of(a.measure).spectral()) plan.engine = Engine::fft;
  }
  plan.kept = plan.peak;
  for (const BinRange& bins : plan.band) plan.kept = cover(plan.kept, bins);
}

}  // namespace

void read_observation(Context& c) {
  read_signal(c);
  const bool by_default = !c.root.find("observe.measures");
  std::vector<Asked> asked = by_default ? default_measures(c) : read_measures(c);
  read_engine(c);
  read_min_amplitude(c);
  const std::size_t errors = c.report.errors();
  const std::optional<Band> band = read_band(c);
  if (band) c.sweep.band_low = band->lower, c.sweep.band_high = band->upper;
  if (c.problem().steps > 0) {
    if (const std::optional<int> segment = read_segment(c)) {
      c.problem().spectrum.segment = *segment;
      c.problem().spectrum.overlap = read_overlap(c, *segment);
    }
    if (band && !asked.empty() && c.report.errors() == errors) plan_spectrum(c, asked, by_default, *band);
  }
  for (const Asked& a : asked) {
    c.problem().measures.push_back(a.measure);
    c.sweep.columns.push_back({a.name, measure_unit(a.measure, signal_unit(c, a.signal)), std::string(row_of(a.measure).description)});
    if (c.network) c.network->measured.push_back(a.signal);
  }
}

}  // namespace neurosweep::spec
