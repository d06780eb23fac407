// What the quantities of a set become: synapses that decay, blocks of rows with a weight and a delay, chances of Poisson arrivals.
#pragma once
#include <cmath>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "models/models.hpp"
#include "network/wiring.hpp"
#include "setup.hpp"

namespace neurosweep {

// One number in each cell that spikes add to. As current it is s (offset + slope v): s, or s (E_rev - v).
struct Channel {
  int receptor;                              // -1: gap junctions, whose currents are added up like spikes that act at once
  bool jump;                                 // v += s now; no current
  double factor;                             // what is left of it after a step: 0 for `instant`
  double offset, slope;
};

// Rows with what a spike along them brings.
struct Block {
  const RowsView* rows;
  int channel, delay;
  double weight;
};

// The same for every set.
inline Setup network_setup(const Problem& p) {
  Setup s{};
  s.dt = p.dt * 1000, s.per_dt = 1 / s.dt, s.dt_seconds = p.dt;
  s.steps = p.steps, s.transient = p.transient, s.seed = p.seed, s.replicates = p.replicates;
  s.min_amplitude = p.spectrum.min_amplitude;
  s.n_measure_out = 1, s.of_signal = true;
  detail::add_spectrum(s, p);
  return s;
}

// [Problem::base] as they are in that set.
inline void quantities_of(const Problem& p, const std::vector<SweptColumn>& columns, std::uint64_t set, std::vector<double>& to) {
  to = p.base;
  for (const SweptColumn& c : columns) to[std::size_t(c.quantity)] = (*c.values)[c.grid.index(set)];
}

inline int delay_steps(double delay, const Setup& s) { return int(std::lround(delay / s.dt)); }

// The longest delay of any set, in steps.
inline int longest_delay(const Problem& p, const Setup& s) {
  int longest = 0;
  for (const Projection& projection : p.network->projections) {
    for (const Edge& e : projection.edges) longest = std::max(longest, e.delay);
    if (projection.delay < 0) continue;
    longest = std::max(longest, delay_steps(p.base[std::size_t(projection.delay)], s));
    for (const SweptColumn& c : swept_columns(p))
      if (c.quantity == projection.delay)
        for (const double d : *c.values) longest = std::max(longest, delay_steps(d, s));
  }
  return longest;
}

// Where conductances begin to inhibit: the threshold of the model where it has one [mV].
inline double threshold_of(const Population& p, const double* quantity) {
  if (!p.spikes_only()) {
    const auto parameters = models()[std::size_t(p.model)].parameters;
    for (const std::string_view name : {"V_th", "V_T", "V_c"})
      for (std::size_t i = 0; i < parameters.size(); ++i)
        if (parameters[i].name == name) return quantity[p.quantities + int(i)];
  }
  return -50;
}

// Arrivals of one cell in one step: Binomial(sources, rate dt). A word w stands for the number k with cdf(k - 1) <= w / 2^32 < cdf(k):
// `first`, and one more for every limit < w.
struct Arrivals {
  int first = 0;
  std::vector<std::uint32_t> limits;
  double weight = 0;                         // of each, by which it jumps
};
inline Arrivals arrivals_of(double sources, double p) {
  Arrivals a;
  if (!(sources > 0 && p > 0)) return a;
  p = std::fmin(p, 1);
  const std::int64_t n = std::llround(sources), mode = std::min(n, std::int64_t(double(n + 1) * p));
  // The probabilities as shares of the mode's, until they no longer count.
  std::vector<double> below, above{1};
  for (std::int64_t k = mode; k > 0 && (below.empty() ? 1 : below.back()) > 1e-14; --k)
    below.push_back((below.empty() ? 1 : below.back()) * double(k) / double(n - k + 1) * (1 - p) / p);
  for (std::int64_t k = mode; k < n && above.back() > 1e-14; ++k)
    above.push_back(above.back() * double(n - k) / double(k + 1) * p / (1 - p));
  double total = 0, sum = 0;
  for (auto x = below.rbegin(); x != below.rend(); ++x) total += *x;
  for (const double x : above) total += x;
  a.first = int(mode - std::int64_t(below.size()));
  const auto add = [&](double x) {
    sum += x;
    const double limit = std::floor(sum / total * 0x1p32 + 0.5);
    if (limit < 1) ++a.first;
    else if (limit < 0x1p32) a.limits.push_back(std::uint32_t(limit - 1));
  };
  for (auto x = below.rbegin(); x != below.rend(); ++x) add(*x);
  for (const double x : above) add(x);
  return a;
}

// Wirings of a problem: those that are the same for all sets are made once and shared, others when a set needs them.
class Wirings {
 public:
  Wirings(const Problem& p, const Slots& slots, DrawEdges draw = draw_edges) : p_(&p), slots_(&slots), draw_(draw) {
    const Network& n = *p.network;
    parts_.resize(n.projections.size()), gaps_.resize(n.gap_junctions.size());
    const std::vector<double>& q = p.base;
    for (std::size_t j = 0; j < parts_.size(); ++j)
      if (fixed(n.projections[j].probability)) update(j, q, 0);
    for (std::size_t j = 0; j < gaps_.size(); ++j)
      if (fixed(n.gap_junctions[j].probability)) update_gaps(j, q, 0);
  }
  // Brings all up to what set number `set`, with these quantities, needs.
  void update(const std::vector<double>& quantity, std::uint64_t set) {
    for (std::size_t j = 0; j < parts_.size(); ++j) update(j, quantity, set);
    for (std::size_t j = 0; j < gaps_.size(); ++j) update_gaps(j, quantity, set);
  }

  struct Parts {
    double probability = -1;
    std::uint64_t n = 0;
    std::vector<WiredPart> parts;            // of projections
    std::vector<Rows> gaps;                  // of gap junctions
    std::vector<RowsView> views;
  };
  const Parts& projection(std::size_t j) const { return *parts_[j]; }
  const Parts& gap_junction(std::size_t j) const { return *gaps_[j]; }
  // Calls f(parts) for all that there are.
  template <class F>
  void each(F f) const {
    for (const auto* made : {&parts_, &gaps_})
      for (const std::shared_ptr<const Parts>& parts : *made)
        if (parts) f(*parts);
  }

 private:
  bool fixed(int probability) const { return !p_->network->wired_per_set && (probability < 0 || !is_swept(*p_, probability)); }
  bool is_double() const { return p_->precision == Precision::double_; }
  bool stale(const std::shared_ptr<const Parts>& parts, double probability, std::uint64_t n) const {
    return !parts || parts->probability != probability || parts->n != n;
  }
  void update(std::size_t j, const std::vector<double>& quantity, std::uint64_t set) {
    const Projection& projection = p_->network->projections[j];
    const double probability = projection.listed ? 1 : quantity[std::size_t(projection.probability)];
    const std::uint64_t n = p_->network->wired_per_set && !projection.listed && probability < 1 ? set + 1 : 0;
    if (!stale(parts_[j], probability, n)) return;
    auto made = std::make_shared<Parts>(Parts{probability, n, wire(*p_->network, *slots_, p_->seed, int(j), probability, n, is_double(), draw_), {}, {}});
    for (const WiredPart& part : made->parts) made->views.push_back(part.rows.view());
    parts_[j] = std::move(made);
  }
  void update_gaps(std::size_t j, const std::vector<double>& quantity, std::uint64_t set) {
    const double probability = quantity[std::size_t(p_->network->gap_junctions[j].probability)];
    const std::uint64_t n = p_->network->wired_per_set && probability < 1 ? set + 1 : 0;
    if (!stale(gaps_[j], probability, n)) return;
    auto made = std::make_shared<Parts>(Parts{probability, n, {}, wire_gaps(*p_->network, *slots_, p_->seed, int(j), probability, n, is_double(), draw_), {}});
    for (const Rows& rows : made->gaps) made->views.push_back(rows.view());
    gaps_[j] = std::move(made);
  }

  const Problem* p_;
  const Slots* slots_;
  DrawEdges draw_;
  std::vector<std::shared_ptr<const Parts>> parts_, gaps_;
};

// Channels and blocks of one set.
struct SetNumbers {
  std::vector<Channel> channels;
  std::vector<Block> blocks, gaps;           // blocks in the order of their delays
  std::vector<std::uint8_t> inhibits;        // [populations][channels]

  void prepare(const Problem& p, const Setup& s, const Wirings& wirings, const std::vector<double>& quantity) {
    const Network& n = *p.network;
    channels.clear(), blocks.clear(), gaps.clear(), inhibits.clear();
    negative_.clear(), found_.assign(2 * n.receptors.size(), -1);
    for (std::size_t j = 0; j < n.projections.size(); ++j) {
      const Projection& projection = n.projections[j];
      const Wirings::Parts& wired = wirings.projection(j);
      for (std::size_t i = 0; i < wired.parts.size(); ++i) {
        const WiredPart& part = wired.parts[i];
        const double weight = part.sign != 0 ? part.weight : quantity[std::size_t(projection.weight)] * projection.scale;
        const int delay = part.delay >= 0 ? part.delay : projection.delay >= 0 ? delay_steps(quantity[std::size_t(projection.delay)], s) : 0;
        const bool negative = part.sign != 0 ? part.sign < 0 : weight < 0;
        blocks.push_back({&wired.views[i], channel(n, s, quantity, part.receptor, negative), delay, weight});
      }
    }
    std::stable_sort(blocks.begin(), blocks.end(), [](const Block& a, const Block& b) { return a.delay < b.delay; });
    for (std::size_t j = 0; j < n.gap_junctions.size(); ++j)
      for (const RowsView& rows : wirings.gap_junction(j).views)
        gaps.push_back({&rows, int(channels.size()), 0, quantity[std::size_t(n.gap_junctions[j].conductance)]});
    if (!gaps.empty()) channels.push_back({-1, false, 0, 1, 0}), negative_.push_back(false);
    for (const Population& population : n.populations) {
      const double threshold = threshold_of(population, quantity.data());
      for (std::size_t c = 0; c < channels.size(); ++c)
        inhibits.push_back(std::uint8_t(channels[c].slope != 0 ? !(channels[c].offset > threshold) : negative_[c] != 0));
    }
  }

 private:
  // Weights of either sign of one receptor decay apart, so that what excites is known from what inhibits.
  int channel(const Network& n, const Setup& s, const std::vector<double>& quantity, int receptor, bool negative) {
    const Receptor& r = n.receptors[std::size_t(receptor)];
    const bool conductance = r.transmission == Transmission::conductance;
    int& found = found_[2 * std::size_t(receptor) + (negative && !conductance)];
    if (found >= 0) return found;
    const bool decays = conductance || r.transmission == Transmission::current;
    channels.push_back({receptor, r.transmission == Transmission::jump, decays ? std::exp(-s.dt / quantity[std::size_t(r.decay)]) : 0,
                        conductance ? quantity[std::size_t(r.reversal)] : 1.0, conductance ? -1.0 : 0.0});
    negative_.push_back(negative);
    return found = int(channels.size()) - 1;
  }
  std::vector<int> found_;
  std::vector<std::uint8_t> negative_;
};

}  // namespace neurosweep
