// Problems that many tests start from.
#pragma once
#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <string>

#include "backend.hpp"
#include "models/models.hpp"
#include "setup.hpp"

namespace neurosweep::test {

// Jansen-Rit at its defaults with in_E = `drive` Hz, exponential Euler, double, dt 0.5 ms, 2 s of which 0.5 s is not observed.
inline Problem jansen_rit(double drive = 120) {
  const ModelInfo& m = models()[0];
  const Layout layout(m);
  Problem p;
  p.precision = Precision::double_;
  p.base.assign(std::size_t(layout.size()), 0);
  for (int i = 0; i < layout.n_par; ++i) p.base[std::size_t(i)] = m.parameters[std::size_t(i)].value;
  for (int port = 0; port < layout.n_port; ++port)
    p.base[std::size_t(layout.drive(port, drive_pulse_period))] = std::numeric_limits<double>::infinity();
  p.base[std::size_t(layout.drive(JansenRit::in_E, drive_mean))] = drive;
  p.dt = 0.5e-3, p.steps = 4000, p.transient = 1000, p.seed = 42;
  p.measures = {Measure::amplitude};
  return p;
}

inline double& quantity(Problem& p, int q) { return p.base[std::size_t(q)]; }
inline double& drive_of(Problem& p, int port, Drive d) { return quantity(p, layout_of<JansenRit>().drive(port, d)); }

inline void add_axis(Problem& p, int q, double from, double to, int count) {
  Axis a{q, {}};
  for (int i = 0; i < count; ++i) a.values.push_back(count == 1 ? from : from + (to - from) * i / (count - 1));
  p.axes.push_back(a);
}

// A quantity of set number `set`.
inline double quantity_of_set(const Problem& p, int quantity, std::uint64_t set) {
  for (const SweptColumn& c : swept_columns(p))
    if (c.quantity == quantity) return (*c.values)[c.grid.index(set)];
  return p.base[std::size_t(quantity)];
}

// Welch with `segment` samples, half overlapping, and the open band (3, 40) Hz at dt = 0.5 ms.
inline void add_spectrum(Problem& p, Engine engine, int segment = 512) {
  SpectrumPlan& w = p.spectrum;
  w.engine = engine, w.segment = segment, w.overlap = segment / 2;
  const double width = 1 / (segment * p.dt);
  for (int k = 1; k * width < 40; ++k)
    if (k * width > 3) {
      if (w.peak.count == 0) w.peak.first = k;
      ++w.peak.count;
    }
  w.kept = w.peak;
}

// The bands that lie in `kept`, widened so that delta to gamma are all there.
inline void add_power_bands(Problem& p) {
  SpectrumPlan& w = p.spectrum;
  const double edges[] = {1, 4, 8, 13, 30, 80}, width = 1 / (w.segment * p.dt);
  w.kept = {};
  for (int b = 0; b < n_power_band; ++b) {
    w.band[std::size_t(b)] = {};
    for (int k = 1; k <= w.segment / 2; ++k)
      if (k * width >= edges[b] && k * width < edges[b + 1]) {
        if (w.band[std::size_t(b)].count == 0) w.band[std::size_t(b)].first = k;
        ++w.band[std::size_t(b)].count;
      }
  }
  w.kept.first = 1, w.kept.count = w.band[4].first + w.band[4].count - 1;
}

// All that any model has.
inline std::vector<Measure> all_measures() {
  std::vector<Measure> m;
  for (int i = 0; i < n_measure; ++i)
    if (!is_of_spikes(Measure(i))) m.push_back(Measure(i));
  return m;
}

// Gathers a whole map.
class Gather : public Work {
 public:
  Gather(const Problem& p, std::uint64_t tile) : sets_(p.sets()), tile_(tile) {
    columns = p.measures.size() * (p.replicates > 1 ? 2 : 1);
    values.assign(columns * sets_, std::numeric_limits<double>::quiet_NaN());
    status.assign(sets_, 255), failed.assign(sets_, 0);
  }
  bool next(Tile& t) override {
    const std::lock_guard lock(mutex_);
    if (next_ >= sets_) return false;
    t = {next_, std::min(tile_, sets_ - next_)}, next_ += t.count;
    return true;
  }
  void done(TileResult r) override {
    const std::lock_guard lock(mutex_);
    for (std::size_t c = 0; c < columns; ++c)
      std::copy_n(&r.values[c * r.tile.count], r.tile.count, &values[c * sets_ + r.tile.first]);
    std::copy_n(r.status.data(), r.tile.count, &status[r.tile.first]);
    if (!r.failed.empty()) std::copy_n(r.failed.data(), r.tile.count, &failed[r.tile.first]);
    tiles.push_back(r.summary);
  }
  void advance(std::uint64_t n) override { node_steps += n; }
  bool abort() const override { return false; }
  void say(const std::string& m) override {
    const std::lock_guard lock(mutex_);
    said.push_back(m);
  }

  double value(std::size_t column, std::uint64_t set) const { return values[column * sets_ + set]; }

  std::size_t columns = 0;
  std::vector<double> values;                  // [column][set]
  std::vector<std::uint8_t> status;
  std::vector<std::uint32_t> failed;
  std::vector<std::string> said;
  std::vector<Summary> tiles;
  std::atomic<std::uint64_t> node_steps{0};

 private:
  std::uint64_t sets_, tile_, next_ = 0;
  std::mutex mutex_;
};

}  // namespace neurosweep::test
