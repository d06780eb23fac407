// [observe] and [spectrum]: which signal, which measures, and the bins that they need.
#include <algorithm>
#include <cmath>

#include "host/spec/measures.hpp"
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

void read_signal(Context& c) {
  const std::optional<Node> node = lookup(c.root, "observe.signal");
  if (!node) return;
  if (const auto index = read_choice(*node, "signal", names_of(c.model.signals), c.report))
    c.problem().signal = int(*index);
}

// The measure of that name, if the model can have it.
std::optional<Measure> read_measure(Context& c, const Node& item) {
  const std::vector<std::string> possible = names_of(measures_of(c.model)), all = names_of(measure_table());
  const auto known = std::find(all.begin(), all.end(), item.text);
  if (known - all.begin() >= std::ptrdiff_t(possible.size()) && known != all.end()) {
    c.report.error(item.place, "measure {} is of models that spike, and {} does not (measures: {})", quote(item.text),
                   c.model.name, listed(possible));
    return std::nullopt;
  }
  const auto index = read_choice(item, "measure", possible, c.report);
  return index ? std::optional(Measure(*index)) : std::nullopt;
}

// What observe.measures asks for; nothing if it is not given, or wrong.
std::vector<Asked> read_measures(Context& c) {
  std::vector<Asked> asked;
  const std::optional<Node> node = lookup(c.root, "observe.measures");
  if (!node) return asked;
  for (const Node& item : read_list(*node)) {
    const std::optional<Measure> measure = read_measure(c, item);
    if (!measure) continue;
    const bool twice = std::any_of(asked.begin(), asked.end(), [&](const Asked& a) { return a.measure == *measure; });
    if (twice)
      c.report.error(item.place, "measure {} stands there twice", quote(item.text));
    else
      asked.push_back({*measure, item.place});
  }
  if (node->kind == Node::Kind::array && node->items.empty())
    c.report.error(node->place, "observe.measures is empty (measures: {})", listed(names_of(measures_of(c.model))));
  return asked;
}

// Where nobody asks: what says most of a model of that kind. A peak frequency joins the amplitude where there is a bin
// to look for it (plan_spectrum).
std::vector<Asked> default_measures(Context& c) {
  const Place& place = c.root.place;
  if (c.model.spiking) return {{Measure::rate, place}, {Measure::isi_cv, place}};
  return {{Measure::amplitude, place}};
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
  const std::string_view unit = c.model.signals[std::size_t(c.problem().signal)].unit;
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
  if (by_default && !c.model.spiking && inside.count > 0) asked.push_back({Measure::peak_frequency, c.root.place});
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
  for (const Asked& a : asked) c.problem().measures.push_back(a.measure);
}

}  // namespace neurosweep::spec
