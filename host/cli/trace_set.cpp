#include "trace_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "backend.hpp"
#include "host/output/text.hpp"
#include "host/spec/network_labels.hpp"
#include "host/spec/spectrum.hpp"
#include "measures/measures.hpp"
#include "models/models.hpp"

namespace neurosweep {
namespace {

const ModelInfo& model_of(const SweepSpec& sweep) { return models()[std::size_t(sweep.problem.model)]; }

// Columns of a trace's rows that are shown, and under which name: each signal that is a state is shown once.
struct Shown {
  std::string_view name, unit;
  std::size_t column;
};
std::vector<Shown> shown_columns(const ModelInfo& model) {
  std::vector<Shown> shown;
  std::size_t column = 0;
  for (const State& s : model.states) shown.push_back({s.name, s.unit, column++});
  for (const Signal& s : model.signals) {
    const bool state = std::any_of(model.states.begin(), model.states.end(), [&](const State& x) { return x.name == s.name; });
    if (!state) shown.push_back({s.name, s.unit, column});
    ++column;
  }
  return shown;
}

// Milliseconds. Where a whole number of steps makes one, division rounds once: 0.3, not 0.1 * 3 = 0.30000000000000004.
double time_of(std::size_t step, double dt) {
  const double per_ms = 1e-3 / dt, whole = std::round(per_ms);
  return std::fabs(per_ms - whole) <= 1e-9 * whole ? double(step) / whole : double(step) * (dt * 1e3);
}

// Column `column` of rows of `width` numbers.
void add_series(TraceView& view, std::string name, std::string unit, const std::vector<double>& rows, std::size_t width, std::size_t column) {
  MapColumn& series = view.series.emplace_back(MapColumn{std::move(name), std::move(unit), std::vector<double>(rows.size() / width)});
  for (std::size_t i = 0; i < series.values.size(); ++i) series.values[i] = rows[i * width + column];
}

TileResult fill_from_model(TraceView& view, const SweepSpec& sweep, std::uint64_t set, std::uint32_t replicate, const std::string& isa) {
  const ModelInfo& model = model_of(sweep);
  Trace trace = trace_set(sweep.problem, set, replicate, isa);
  for (const Shown& shown : shown_columns(model))
    add_series(view, std::string(shown.name), std::string(shown.unit), trace.rows, model.states.size() + model.signals.size(), shown.column);
  const Signal& signal = model.signals[std::size_t(sweep.problem.signal)];
  while (view.series[view.signal].name != signal.name) ++view.signal;
  view.spiking = model.spiking, view.spiked = std::move(trace.spiked);
  if (view.spiking) view.populations.push_back({std::string(model.name)});
  for (std::size_t i = 0; i < view.spiked.size(); ++i)
    if (view.spiked[i]) view.spikes.push_back({i, 0, 0});
  return std::move(trace.result);
}

TileResult fill_from_network(TraceView& view, const SweepSpec& sweep, std::uint64_t set, std::uint32_t replicate, const std::string& isa) {
  const Network& network = *sweep.problem.network;
  NetworkSteps steps = trace_network(sweep.problem, set, replicate, isa);
  const std::size_t width = network.populations.size() * n_network_signal;
  for (std::size_t s = 0; s < width; ++s) {
    const std::size_t population = s / n_network_signal;
    const int number = int(s), kind = number % n_network_signal;
    if (!has_signal(network.populations[population], kind)) continue;
    if (number == sweep.problem.signal) view.signal = view.series.size();
    view.population_of.push_back(population), view.kind_of.push_back(kind);
    add_series(view, network_signal_name(network, number), network_signal_unit(network, number), steps.signals, width, s);
  }
  view.network = true;
  std::vector<int> of_cell;
  for (const Population& p : network.populations) {
    of_cell.insert(of_cell.end(), std::size_t(p.size), int(view.populations.size()));
    view.populations.push_back({p.name, p.size, p.first});
  }
  for (const TimedSpike& spike : steps.spikes) {
    const int population = of_cell[std::size_t(spike.cell)];
    view.spikes.push_back({std::size_t(spike.step), population, spike.cell - view.populations[std::size_t(population)].first});
  }
  return std::move(steps.result);
}

std::string where_text(const SweepSpec& sweep, std::uint64_t set, std::uint32_t replicate) {
  std::vector<MapAxis> axes;
  for (const AxisLabel& a : sweep.axes) axes.push_back({a.name, a.unit, a.log, a.values, a.names});
  std::string text = axes.empty() ? "" : fmt::format("{} (set {} of {})", output::place(axes, axes.size(), set), set + 1, sweep.problem.sets());
  if (sweep.problem.replicates > 1) text += fmt::format("{}replicate {} of 0 to {}", text.empty() ? "" : ", ", replicate, sweep.problem.replicates - 1);
  return text;
}

std::string method_text(const SweepSpec& sweep) {
  const Problem& p = sweep.problem;
  return fmt::format("{}, {}, dt = {} ms, {}", sweep.model, method_names[std::size_t(p.method)], time_of(1, p.dt),
                     precision_names[std::size_t(p.precision)]);
}

BinRange band_bins(const TraceView& view, const SweepSpec& sweep) {
  return bins_inside(view.band.low, view.band.high, view.dt, sweep.problem.spectrum.segment);
}

// The highest bin inside the band, as a sweep takes it: of equals the lower frequency, and none of a set at rest.
std::optional<SpectralPeak> peak_of(const TraceView& view, const SweepSpec& sweep) {
  const auto range = output::finite_range(view.observed_part());
  if (!range) return std::nullopt;
  const BinRange bins = band_bins(view, sweep);
  if (bins.count == 0 || at_rest(range->low, range->high, sweep.problem.spectrum.min_amplitude)) return std::nullopt;
  const std::vector<double>& density = view.psd.density;
  const auto first = density.begin() + bins.first, last = first + bins.count - 1, highest = std::max_element(first, last + 1);
  if (!std::isfinite(*highest)) return std::nullopt;         // diverged
  const auto beyond = std::max_element(density.begin() + 1, density.end());                // the detrending empties bin 0
  return SpectralPeak{view.psd.frequency[std::size_t(highest - density.begin())], *highest, (highest == first || highest == last) && *beyond > *highest};
}

// ---- the rate over the input ----------------------------------------------------------------------------------------

constexpr std::uint64_t most_rates = 201;      // sets of a curve, steps of a two hundredth: more are not seen
constexpr std::uint64_t sets_at_once = 16;     // neighbours share vector registers

// What says how strong an input is; of two that are swept the first.
constexpr Drive strengths[] = {drive_mean, drive_pulse_amplitude, drive_sine_amplitude};

// The axis that goes over one of the main input's strengths alone, or none; none of a network, whose model is no node's.
std::optional<std::size_t> input_axis(const Problem& p) {
  std::vector<int> quantities;
  with_model(p.model, [&]<class M>(std::type_identity<M>) {
    if constexpr (Spiking<M>)
      for (const Drive strength : strengths) quantities.push_back(layout_of<M>().drive(M::main_port, strength));
  });
  for (const int quantity : quantities)
    for (std::size_t a = 0; a < p.axes.size(); ++a)
      if (p.axes[a].quantity == quantity && p.axes[a].together.empty()) return a;
  return std::nullopt;
}

// Some sets of a sweep, neighbours together, and what they come to: the first measure of each.
class SomeSets final : public Work {
 public:
  explicit SomeSets(std::vector<std::uint64_t> sets) : values(sets.size()), sets_(std::move(sets)) {}

  bool next(Tile& tile) override {
    const std::lock_guard lock(mutex_);
    if (next_ == sets_.size()) return false;
    tile = {sets_[next_++], 1};
    while (tile.count < sets_at_once && next_ < sets_.size() && sets_[next_] == tile.first + tile.count) ++tile.count, ++next_;
    return true;
  }
  void done(TileResult r) override {
    const auto at = std::lower_bound(sets_.begin(), sets_.end(), r.tile.first) - sets_.begin();
    std::copy_n(r.values.begin(), r.tile.count, values.begin() + at);        // to places of its own
  }
  void advance(std::uint64_t) override {}
  bool abort() const override { return false; }
  void say(const std::string&) override {}

  std::vector<double> values;                  // [set]

 private:
  const std::vector<std::uint64_t> sets_;      // ascending
  std::mutex mutex_;
  std::size_t next_ = 0;
};

// Values of an axis, evenly spread where there are many, and one of them that must be there.
std::vector<std::uint64_t> some_of(std::uint64_t n, std::uint64_t one) {
  const std::uint64_t count = std::min(n, most_rates);
  std::vector<std::uint64_t> chosen{one};
  for (std::uint64_t k = 0; k < count; ++k) chosen.push_back(count > 1 ? k * (n - 1) / (count - 1) : 0);
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

}  // namespace

void add_rates(TraceView& view, const SweepSpec& sweep, std::uint64_t set, const std::string& isa) {
  Problem p = sweep.problem;
  const auto axis = input_axis(p);
  if (!axis) return;
  const AxisLabel& label = sweep.axes[*axis];
  if (label.values.size() < 2) return;
  std::uint64_t step = 1;                      // from set to set along the axis
  for (std::size_t a = *axis + 1; a < p.axes.size(); ++a) step *= p.axes[a].values.size();
  const std::uint64_t here = set / step % label.values.size(), first = set - here * step;
  const std::vector<std::uint64_t> places = some_of(label.values.size(), here);
  std::vector<std::uint64_t> sets;
  for (const std::uint64_t place : places) sets.push_back(first + place * step);
  p.measures = {Measure::rate}, p.spectrum.engine = Engine::none;
  SomeSets work(std::move(sets));
  make_cpu_backend(0, isa)->run(p, work);
  RateCurve curve{{label.name, label.unit, {}}, {measure_name(Measure::rate), measure_unit(Measure::rate, ""), std::move(work.values)}, 0, label.log};
  for (const std::uint64_t place : places) {
    if (place == here) curve.here = curve.input.values.size();
    curve.input.values.push_back(label.values[place]);
  }
  view.rates = std::move(curve);
}

// The backend's rows, and the columns made of them; a spectrogram, and the three columns made of it.
double trace_bytes(const SweepSpec& sweep) {
  const Problem& p = sweep.problem;
  const std::size_t width = p.network ? p.network->populations.size() * n_network_signal : model_of(sweep).states.size() + model_of(sweep).signals.size();
  const double steps = double(p.steps), overlapping = p.spectrum.segment > 0 ? 0.5 * p.spectrum.segment / p.spectrum.hop() : 0;
  return 8 * steps * (double(2 * width + 1) + 4 * overlapping);
}

TraceView trace_of(const SweepSpec& sweep, std::uint64_t set, std::uint32_t replicate, const std::string& isa) {
  const Problem& p = sweep.problem;
  TraceView view;
  view.title = sweep.title, view.where = where_text(sweep, set, replicate), view.method = method_text(sweep);
  view.single = p.precision == Precision::single_, view.dt = p.dt, view.transient = std::size_t(p.transient);
  const TileResult result = p.network ? fill_from_network(view, sweep, set, replicate, isa) : fill_from_model(view, sweep, set, replicate, isa);
  for (std::size_t i = 0; i < std::size_t(p.steps); ++i) view.time.push_back(time_of(i, view.dt));
  for (std::size_t m = 0; m < p.measures.size(); ++m) view.measures.push_back({sweep.columns[m].name, sweep.columns[m].unit, {result.values[m]}});
  view.status = result.status[0];
  return view;
}

void add_spectra(TraceView& view, const SweepSpec& sweep) {
  const Segments segments{sweep.problem.spectrum.segment, sweep.problem.spectrum.overlap};
  if (segments.length == 0) {
    view.no_spectrum = fmt::format("{} observed samples are too few to choose a segment of the spectrum; give spectrum.segment, or a longer duration",
                                   view.observed_part().size());
    return;
  }
  view.density_unit = measure_unit(Measure::peak_power, view.observed().unit);
  view.psd = welch(view.observed_part(), view.dt, segments);
  view.band = {sweep.band_low, sweep.band_high};
  view.band_without_bin = band_bins(view, sweep).count == 0;
  view.peak = peak_of(view, sweep);
  view.spectrogram = spectrogram(view.observed().values, view.dt, segments);
}

}  // namespace neurosweep
