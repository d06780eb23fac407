#include "common/maps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <cstring>
#include <iterator>

#include "measures/measures.hpp"
#include "simulate.hpp"
#include "summary.hpp"

namespace neurosweep::test {

MapWork::MapWork(const Problem& p, std::uint64_t tile) : p_(p), tile_(tile) {
  const std::size_t sets = p.sets(), columns = p.measures.size() * (p.replicates > 1 ? 2 : 1);
  map.values.assign(columns * sets, -12345), map.status.assign(sets, 255);
  if (p.replicates > 1) map.failed.assign(sets, 0);
  map.summary = empty_summary(p);
}

bool MapWork::next(Tile& tile) {
  const std::lock_guard lock(mutex_);
  if (next_ == p_.sets()) return false;
  tile = {next_, std::min(tile_, p_.sets() - next_)};
  next_ += tile.count;
  return true;
}

void MapWork::done(TileResult r) {
  const std::lock_guard lock(mutex_);
  ASSERT_EQ(r.status.size(), r.tile.count);
  ASSERT_EQ(r.values.size() * p_.sets(), map.values.size() * r.tile.count);
  ASSERT_EQ(r.failed.size(), p_.replicates > 1 ? r.tile.count : 0);
  const auto first = std::ptrdiff_t(r.tile.first);
  for (std::size_t c = 0; c < r.values.size() / r.tile.count; ++c)
    std::copy_n(r.values.begin() + std::ptrdiff_t(c * r.tile.count), r.tile.count,
                map.values.begin() + std::ptrdiff_t(c * p_.sets()) + first);
  std::copy(r.status.begin(), r.status.end(), map.status.begin() + first);
  std::copy(r.failed.begin(), r.failed.end(), map.failed.begin() + (r.failed.empty() ? 0 : first));
  merge(map.summary, r.summary);
  ++map.tiles;
}

void MapWork::advance(std::uint64_t node_steps) {
  const std::lock_guard lock(mutex_);
  map.node_steps += node_steps;
  map.longest = std::max(map.longest, node_steps);
}

bool MapWork::abort() const {
  const std::lock_guard lock(mutex_);
  return map.node_steps >= abort_after;
}

void MapWork::say(const std::string& message) {
  const std::lock_guard lock(mutex_);
  map.said.push_back(message);
}

Map run(Backend& backend, const Problem& p, std::uint64_t tile) {
  MapWork work(p, tile > 0 ? tile : backend.tile_size(p));
  backend.run(p, work);
  return std::move(work.map);
}

namespace {

// Keeps the observed signal.
struct Recording {
  std::vector<double> y;  // less y0
  std::int64_t next_event() const { return never; }
  void event() {}
  void add(int, const double* sample, std::int64_t, int a, int b) { y.insert(y.end(), sample + a, sample + b); }
};

// scipy.signal.welch by its definition: one PSD value.
double welch_psd(const std::vector<double>& y, const Setup& s, int bin) {
  double sum = 0;
  for (std::int64_t m = 0; m < s.segments; ++m) {
    const double* x = y.data() + m * s.hop;
    double mean = 0;
    for (int j = 0; j < s.segment; ++j) mean += x[j] / s.segment;
    std::complex<double> z = 0;
    for (int j = 0; j < s.segment; ++j) {
      const double window = 0.5 - 0.5 * std::cos(2 * pi * j / s.segment);
      z += (x[j] - mean) * window * std::polar(1.0, -2 * pi * double(std::int64_t(j) * bin % s.segment) / s.segment);
    }
    sum += std::norm(z);
  }
  return psd_of(s, bin, sum);
}

struct OneRun {
  std::vector<double> measures;
  std::uint8_t status;
};

template <class Model, Method method>
OneRun simulate_one(const Problem& p, const Setup& s, std::uint64_t set, std::uint32_t replicate) {
  auto source = [&](int quantity, int) { return quantity_of_set(p, quantity, set); };
  Node<Model, method, double, Path::general> node[1];
  node[0].prepare(source, s, set, replicate);
  Recording recording;
  Simulation<Model, method, double, Path::general, 1, group, Recording>(s, node, recording).run(0, s.steps);

  const std::vector<double>& y = recording.y;  // two passes instead of running moments
  const double y0 = node[0].carried.moments.y0, n = double(y.size());
  Statistics<double> stat{y[0] + y0, y[0] + y0, 0, 0};
  for (double v : y) stat.minimum = std::min(stat.minimum, v + y0), stat.maximum = std::max(stat.maximum, v + y0);
  for (double v : y) stat.mean += v / n;
  for (double v : y) stat.std += (v - stat.mean) * (v - stat.mean) / n;
  stat.mean += y0, stat.std = std::sqrt(stat.std);
  SpectralMeasures<double> spectral;
  for (int bin = s.kept.first; bin < s.kept.first + s.kept.count; ++bin) spectral.add(s, bin, welch_psd(y, s, bin));
  OneRun run{std::vector<double>(std::size_t(s.n_measure_out)), 0};
  SpikeStatistics spikes;
  if constexpr (Spiking<Model>) spikes = SpikeStatistics(node[0].spikes.train[0]);
  run.status =
      write_measures(s, stat, spectral, spikes, node[0].carried.poison, node[0].carried.outside, run.measures.data(), 1);
  return run;
}

OneRun simulate_one(const Problem& p, const Setup& s, std::uint64_t set, std::uint32_t replicate) {
  OneRun one;
  with_model(p.model, [&]<class M>(std::type_identity<M>) {
    switch (p.method) {
      case Method::euler: one = simulate_one<M, Method::euler>(p, s, set, replicate); break;
      case Method::exp_euler: one = simulate_one<M, Method::exp_euler>(p, s, set, replicate); break;
      case Method::heun: one = simulate_one<M, Method::heun>(p, s, set, replicate); break;
      case Method::rk4: one = simulate_one<M, Method::rk4>(p, s, set, replicate); break;
    }
  });
  return one;
}

// Mean and SD (n - 1) of what is a number.
std::pair<double, double> mean_and_sd(const std::vector<double>& x) {
  std::vector<double> numbers;
  std::copy_if(x.begin(), x.end(), std::back_inserter(numbers), [](double v) { return v == v; });
  const double n = double(numbers.size());
  double mean = 0, squares = 0;
  for (double v : numbers) mean += v / n;
  for (double v : numbers) squares += (v - mean) * (v - mean);
  return {n > 0 ? mean : std::nan(""), n > 1 ? std::sqrt(squares / (n - 1)) : std::nan("")};
}

}  // namespace

Map by_hand(const Problem& p) {
  const Setup s = make_setup(p);
  const std::uint64_t sets = p.sets();
  const std::size_t measures = p.measures.size();
  TileResult r;
  r.tile = {0, sets};
  r.values.resize(std::size_t(s.n_column()) * sets), r.status.resize(sets);
  if (p.replicates > 1) r.failed.resize(sets);
  for (std::uint64_t set = 0; set < sets; ++set) {
    std::vector<std::vector<double>> each(measures);
    for (std::uint32_t k = 0; k < p.replicates; ++k) {
      const OneRun one = simulate_one(p, s, set, k);
      for (std::size_t c = 0; c < measures; ++c) each[c].push_back(one.measures[c]);
      r.status[set] = std::max(r.status[set], one.status);
      if (p.replicates > 1) r.failed[set] += one.status == status_diverged;
    }
    for (std::size_t c = 0; c < measures; ++c) {
      const auto [mean, sd] = mean_and_sd(each[c]);
      r.values[c * sets + set] = mean;
      if (p.replicates > 1) r.values[(measures + c) * sets + set] = sd;
    }
  }
  Map map;
  map.summary = summarise(p, r);
  map.values = std::move(r.values), map.status = std::move(r.status), map.failed = std::move(r.failed);
  return map;
}

void expect_close(const Map& got, const Map& expected, const Problem& p, double relative) {
  ASSERT_EQ(got.values.size(), expected.values.size());
  EXPECT_EQ(got.status, expected.status);
  EXPECT_EQ(got.failed, expected.failed);
  const std::size_t sets = p.sets();
  for (std::size_t first = 0; first < got.values.size(); first += sets) {
    double largest = 0;
    for (std::size_t i = first; i < first + sets; ++i)
      if (expected.values[i] == expected.values[i]) largest = std::max(largest, std::abs(expected.values[i]));
    for (std::size_t i = first; i < first + sets; ++i) {
      const double a = got.values[i], b = expected.values[i];
      if (b != b)
        EXPECT_NE(a, a) << "column " << first / sets << ", set " << i - first;
      else
        EXPECT_NEAR(a, b, relative * largest) << "column " << first / sets << ", set " << i - first;
    }
  }
  EXPECT_EQ(got.summary.sets, expected.summary.sets);
  EXPECT_EQ(got.summary.diverged, expected.summary.diverged);
  EXPECT_EQ(got.summary.out_of_domain, expected.summary.out_of_domain);
}

void expect_same(const Map& got, const Map& expected) {
  ASSERT_EQ(got.values.size(), expected.values.size());
  EXPECT_EQ(std::memcmp(got.values.data(), expected.values.data(), got.values.size() * sizeof(double)), 0);
  EXPECT_EQ(got.status, expected.status);
  EXPECT_EQ(got.failed, expected.failed);
  EXPECT_EQ(got.node_steps, expected.node_steps);
  ASSERT_EQ(got.summary.extremes.size(), expected.summary.extremes.size());
  for (std::size_t m = 0; m < got.summary.extremes.size(); ++m) {
    EXPECT_EQ(got.summary.extremes[m].minimum, expected.summary.extremes[m].minimum);
    EXPECT_EQ(got.summary.extremes[m].maximum, expected.summary.extremes[m].maximum);
    EXPECT_EQ(got.summary.extremes[m].where, expected.summary.extremes[m].where);
  }
}

}  // namespace neurosweep::test
