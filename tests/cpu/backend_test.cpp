// The CPU backend as a whole, on every instruction set that this CPU runs: against brainmass, against itself, in every shape.
#include "backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "common/csv_table.hpp"
#include "common/shelf.hpp"
#include "simulate.hpp"
#include "summary.hpp"

namespace neurosweep::test {
namespace {

void run(const Problem& p, Gather& out, const std::string& isa = "", int threads = 1) { make_cpu_backend(threads, isa)->run(p, out); }

void expect_same_bytes(const Gather& a, const Gather& b) {
  ASSERT_EQ(a.values.size(), b.values.size());
  EXPECT_EQ(std::memcmp(a.values.data(), b.values.data(), a.values.size() * sizeof(double)), 0);
  EXPECT_EQ(a.status, b.status);
  EXPECT_EQ(a.failed, b.failed);
}

// The 8 x 8 map Ae 2 ... 5 mV x Ai 15 ... 30 mV.
Problem gain_map(double drive, Precision precision, Engine engine) {
  Problem p = jansen_rit(drive);
  p.precision = precision;
  add_axis(p, JansenRit::Ae, 2, 5, 8), add_axis(p, JansenRit::Ai, 15, 30, 8);
  p.measures = {Measure::minimum, Measure::maximum, Measure::amplitude, Measure::mean, Measure::std, Measure::peak_frequency, Measure::peak_power};
  add_spectrum(p, engine);
  return p;
}

constexpr const char* map_columns[] = {"minimum", "maximum", "amplitude", "mean", "std", "peak_frequency", "peak_power"};

// Double: every measure of every set. Rounding is amplified over 4000 steps; brainmass and a by-hand version of it differ by
// 3.6e-14 mV in the amplitude and 2e-9 in the peak power of these very maps. Ours differs more in the lanes' exp2 (1 ulp).
void compare_double(double drive, const char* file, Engine engine, const std::string& isa) {
  const CsvTable t = read_csv(file);
  const Problem p = gain_map(drive, Precision::double_, engine);
  Gather map(p, 64);
  run(p, map, isa);
  for (std::size_t i = 0; i < 64; ++i) {
    ASSERT_EQ(map.status[i], status_ok);
    const bool rest = t.number(i, "amplitude") < 1e-5 * std::max(std::fabs(t.number(i, "minimum")), std::fabs(t.number(i, "maximum")));
    for (std::size_t c = 0; c < 7; ++c) {
      const double ours = map.value(c, i), theirs = t.number(i, map_columns[c]);
      if (c >= 5 && rest) {
        EXPECT_TRUE(std::isnan(ours)) << map_columns[c] << " of a set at rest, set " << i;
      } else {
        EXPECT_NEAR(ours, theirs, 1e-9 * (c == 6 ? 10 * theirs : 1)) << map_columns[c] << ", set " << i;
      }
    }
  }
}

TEST(CpuBackend, DoubleMapsAreBrainmasss) {
  for (const std::string& isa : cpu_isas())
    for (Engine engine : {Engine::direct, Engine::fft}) {
      SCOPED_TRACE(isa + " " + std::string(engine_names[std::size_t(engine)]));
      compare_double(120, "jansen-rit/grid_Ae_Ai_E120.csv", engine, isa);
      compare_double(180, "jansen-rit/grid_Ae_Ai_E180.csv", engine, isa);
    }
}

// Float: eps of the signal's range (up to 50 mV: 3e-6) times the amplification by the cycles' flanks, which over these 4000
// steps is some tens: 5e-4 mV. The peak power likewise, relative (an error of 5e-5 mV counts twice), where the set is clearly
// off rest; no peak moves.
TEST(CpuBackend, FloatMapsAreNear) {
  for (const std::string& isa : cpu_isas())
    for (Engine engine : {Engine::direct, Engine::fft})
      for (double drive : {120.0, 180.0}) {
        SCOPED_TRACE(isa + " " + std::string(engine_names[std::size_t(engine)]));
        const CsvTable t = read_csv(drive == 120 ? "jansen-rit/grid_Ae_Ai_E120.csv" : "jansen-rit/grid_Ae_Ai_E180.csv");
        const Problem p = gain_map(drive, Precision::single_, engine);
        Gather map(p, 64);
        run(p, map, isa);
        for (std::size_t i = 0; i < 64; ++i) {
          for (std::size_t c = 0; c < 5; ++c) EXPECT_NEAR(map.value(c, i), t.number(i, map_columns[c]), 5e-4) << map_columns[c] << ", set " << i;
          if (t.number(i, "amplitude") < 0.01) continue;
          if (t.number(i, "runner_up") < 0.999) {
            EXPECT_EQ(map.value(5, i), t.number(i, "peak_frequency")) << "set " << i;
          }
          EXPECT_NEAR(map.value(6, i) / t.number(i, "peak_power"), 1, 1e-3 + 1e-4 / t.number(i, "amplitude")) << "set " << i;
        }
      }
}

// Both engines and the moments, in odd places: transient, hop and segment that are no multiples of 8, any method, signals.
TEST(CpuBackend, EnginesAgreeWhateverTheAlignment) {
  for (const std::string& isa : cpu_isas())
    for (int segment : {500, 512, 250, 90})
      for (std::int64_t transient : {0, 1, 501, 1003}) {
        Problem p = jansen_rit(200);
        p.transient = transient, p.steps = 3001, p.method = segment == 250 ? Method::rk4 : Method::exp_euler;
        p.signal = segment == 90 ? JansenRit::signal_E : JansenRit::eeg;
        add_axis(p, JansenRit::C, 100, 160, 5);
        p.measures = all_measures();
        add_spectrum(p, Engine::direct, segment);
        if (segment >= 500) add_power_bands(p);
        else p.measures.resize(7);
        if (p.spectrum.kept.first + p.spectrum.kept.count > 30) p.spectrum.kept.count = 29 - p.spectrum.kept.first;
        Problem q = p;
        q.spectrum.engine = Engine::fft;
        Gather direct(p, 5), fft(q, 5);
        run(p, direct, isa), run(q, fft, isa);
        for (std::size_t i = 0; i < direct.values.size(); ++i)
          ASSERT_NEAR(direct.values[i], fft.values[i], 1e-10 * (1 + std::fabs(fft.values[i]))) << isa << " segment " << segment << " transient " << transient << " value " << i;
      }
}

// Overlaps that only the FFT engine takes: 0, 3/4, odd ones; against a plain DFT of a stored trajectory.
TEST(CpuBackend, FftEngineTakesAnyOverlap) {
  Problem p = jansen_rit(200);
  p.steps = 2000, p.transient = 300;
  Stepper<JansenRit, Method::exp_euler, double> stepper;
  Pack<double, JansenRit::n_par> par;
  for (int i = 0; i < JansenRit::n_par; ++i) par[i] = p.base[std::size_t(i)];
  stepper.prepare(par, {{0, 200, 0}}, {{0, 0, 0}}, p.dt);
  Pack<double, JansenRit::n_state> x{};
  std::vector<double> y;
  for (int i = 0; i < p.steps; ++i) {
    stepper.step<0>(x, {});
    if (i >= p.transient) y.push_back(x[JansenRit::E] - x[JansenRit::I]);
  }
  for (const auto& [segment, overlap] : {std::pair{256, 0}, {256, 192}, {255, 100}, {101, 37}, {1700, 5}}) {
    add_spectrum(p, Engine::fft, segment);
    p.spectrum.overlap = overlap;
    p.spectrum.peak = p.spectrum.kept = {1, segment / 2};     // up to the last bin
    p.measures = {Measure::peak_frequency, Measure::peak_power};
    const int hop = segment - overlap, segments = (int(y.size()) - overlap) / hop;
    double best = -1;
    int at = 0;
    for (int k = 1; k <= segment / 2; ++k) {
      double psd = 0;
      for (int s = 0; s < segments; ++s) {
        double mean = 0, re = 0, im = 0;
        for (int j = 0; j < segment; ++j) mean += y[std::size_t(s * hop + j)] / segment;
        for (int j = 0; j < segment; ++j) {
          const double v = (y[std::size_t(s * hop + j)] - mean) * 0.5 * (1 - std::cos(2 * pi * j / segment));
          re += v * std::cos(2 * pi * j * k / segment), im += v * std::sin(2 * pi * j * k / segment);
        }
        psd += (re * re + im * im) * (2 * k == segment ? 1 : 2) * p.dt / (0.375 * segment) / segments;
      }
      if (psd > best) best = psd, at = k;
    }
    for (const std::string& isa : cpu_isas()) {
      Gather map(p, 1);
      run(p, map, isa);
      EXPECT_NEAR(map.value(0, 0), at / (segment * p.dt), 1e-9) << isa << segment << " " << overlap;
      EXPECT_NEAR(map.value(1, 0) / best, 1, 1e-9) << isa << segment << " " << overlap;
    }
  }
}

Problem noisy_map(Precision precision, int rows, int columns, Engine engine = Engine::direct) {
  Problem p = jansen_rit(120);
  p.precision = precision;
  drive_of(p, JansenRit::in_E, drive_noise) = 20;
  p.steps = 900, p.transient = 100;
  add_axis(p, JansenRit::Ae, 2, 5, rows), add_axis(p, JansenRit::Ai, 15, 30, columns);
  p.measures = {Measure::amplitude, Measure::mean, Measure::std, Measure::peak_frequency};
  add_spectrum(p, engine, 256);
  return p;
}

// The same bytes whatever the tile and the threads; sizes around the lanes' width.
TEST(CpuBackend, SameBytesForAnyTileAndThreads) {
  for (const std::string& isa : cpu_isas())
    for (Precision precision : {Precision::single_, Precision::double_})
      for (int n : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65}) {
        const Problem p = noisy_map(precision, 1, n, n % 2 ? Engine::direct : Engine::fft);
        Gather whole(p, std::uint64_t(n));
        run(p, whole, isa);
        for (std::uint64_t tile : {1u, 7u, 32u}) {
          Gather parts(p, tile);
          run(p, parts, isa, 3);
          expect_same_bytes(whole, parts);
        }
        EXPECT_EQ(whole.node_steps, std::uint64_t(n) * 900);
      }
}

// The same of every model: a batch has two to six registers, or fewer where the sets are few.
TEST(CpuBackend, SameBytesForAnyTileOfAnyModel) {
  for (const std::string& isa : cpu_isas())
    for (Precision precision : {Precision::single_, Precision::double_})
      with_each_model([&]<class M>(std::type_identity<M>, int) {
        SCOPED_TRACE(isa + " " + std::string(M::name));
        Problem p = shelf_problem<M>(200, 1000);                 // more than two batches of six registers of 16
        p.precision = precision;
        Gather whole(p, 200);
        run(p, whole, isa);
        for (std::uint64_t tile : {1u, 17u, 33u, 97u}) {
          Gather parts(p, tile);
          run(p, parts, isa);
          expect_same_bytes(whole, parts);
        }
      });
}

// Where no interval is asked for spikes are only counted: as many as with intervals, in whole and in broken spans.
TEST(CpuBackend, SpikesAreAsManyWithoutIntervals) {
  for (const std::string& isa : cpu_isas())
    for (Precision precision : {Precision::single_, Precision::double_})
      with_each_model([&]<class M>(std::type_identity<M>, int) {
        if constexpr (Spiking<M>) {
          SCOPED_TRACE(isa + " " + std::string(M::name));
          Problem p = shelf_problem<M>(40, 1999);
          p.precision = precision;
          p.measures = {Measure::spike_count, Measure::isi_cv};
          Gather both(p, 40);
          run(p, both, isa);
          p.measures = {Measure::spike_count};
          Gather counted(p, 40);
          run(p, counted, isa);
          both.values.resize(40);
          expect_same_bytes(both, counted);
          EXPECT_GT(counted.values.back(), 1);
        }
      });
}

// A set's neighbours do not show in it, were they a thousand times louder.
TEST(CpuBackend, SetsDoNotMix) {
  for (Engine engine : {Engine::direct, Engine::fft}) {
    Problem p = noisy_map(Precision::single_, 1, 64, engine);
    drive_of(p, JansenRit::in_E, drive_noise) = 0;
    p.axes[1] = {JansenRit::C, {}};
    for (int i = 0; i < 64; ++i) p.axes[1].values.push_back(i % 2 ? 135 : 0);      // C = 0: at rest soon
    p.measures = {Measure::peak_power, Measure::power_alpha};
    add_power_bands(p);
    p.spectrum.min_amplitude = 0;
    Gather together(p, 64), alone(p, 1);
    run(p, together), run(p, alone);
    expect_same_bytes(together, alone);
  }
}

// Noise is the same numbers on every instruction set and in both precisions: short runs agree to rounding.
TEST(CpuBackend, NoiseIsTheSameEverywhere) {
  Problem p = noisy_map(Precision::double_, 3, 11);
  Gather exact(p, 33);
  run(p, exact, "baseline");
  for (const std::string& isa : cpu_isas())
    for (Precision precision : {Precision::single_, Precision::double_}) {
      p.precision = precision;
      Gather map(p, 33);
      run(p, map, isa);
      for (std::size_t i = 0; i < 3 * 33; ++i)
        EXPECT_NEAR(map.values[i], exact.values[i], precision == Precision::single_ ? 2e-3 : 1e-9) << isa << " value " << i;
    }
}

// The general path computes what the fast ones do.
TEST(CpuBackend, PathsAgree) {
  Problem p = noisy_map(Precision::double_, 2, 9);
  Problem q = p;
  drive_of(q, JansenRit::in_M, drive_sine_amplitude) = 1e-300;        // not zero: the general path, the same numbers
  Gather fast(p, 18), general(q, 18);
  run(p, fast), run(q, general);
  for (std::size_t i = 0; i < fast.values.size(); ++i) EXPECT_NEAR(fast.values[i], general.values[i], 1e-9) << i;
}

// Noise on every port, sine and pulse, swept: a scalar simulation of each set says what comes out.
TEST(CpuBackend, EveryInputOnEveryPortSwept) {
  for (Method method : {Method::euler, Method::exp_euler, Method::heun, Method::rk4}) {
    Problem p = jansen_rit(100);
    p.method = method, p.steps = 500, p.transient = 50;
    const Layout layout = layout_of<JansenRit>();
    for (int port = 0; port < JansenRit::n_port; ++port) {
      drive_of(p, port, drive_noise) = 0.01, drive_of(p, port, drive_sine_amplitude) = 0.1 + port, drive_of(p, port, drive_sine_frequency) = 7;
      drive_of(p, port, drive_pulse_amplitude) = 0.2, drive_of(p, port, drive_pulse_start) = 0.03;
      drive_of(p, port, drive_pulse_width) = 0.02, drive_of(p, port, drive_pulse_period) = 0.1;
    }
    add_axis(p, layout.drive(JansenRit::in_E, drive_sine_frequency), 5, 15, 3);
    add_axis(p, layout.drive(JansenRit::in_M, drive_pulse_start), 0, 0.05, 3);
    add_axis(p, layout.initial(JansenRit::E), 0, 10, 3);
    p.measures = {Measure::mean, Measure::std};
    Gather map(p, 27);
    run(p, map);
    for (std::uint64_t set = 0; set < 27; ++set) {
      Problem one = p;
      for (std::size_t a = 0; a < 3; ++a) quantity(one, p.axes[a].quantity) = quantity_of_set(p, p.axes[a].quantity, set);
      one.axes.clear();
      const neurosweep::Setup s = make_setup(one);
      auto scalar = [&]<Method m>() {
        Node<JansenRit, m, double, Path::general> node[1];
        node[0].prepare([&](int q, int) { return s.base[q]; }, s, set, 0);
        NoSpectrum none;
        Simulation<JansenRit, m, double, Path::general, 1, 8, NoSpectrum>(s, node, none).run(0, s.steps);
        return node[0].carried.moments;
      };
      const auto m = method == Method::euler   ? scalar.operator()<Method::euler>()
                     : method == Method::heun  ? scalar.operator()<Method::heun>()
                     : method == Method::rk4   ? scalar.operator()<Method::rk4>()
                                               : scalar.operator()<Method::exp_euler>();
      EXPECT_NEAR(map.value(0, set), m.mean_value(), 1e-9) << set;
      EXPECT_NEAR(map.value(1, set), std::sqrt(m.variance(s.steps - s.transient)), 1e-9) << set;
    }
  }
}

TEST(CpuBackend, DivergedSetsAreMarked) {
  Problem p = jansen_rit(120);
  p.method = Method::euler, p.dt = 0.005, p.steps = 3000, p.transient = 0;     // be dt = 3: unstable
  add_axis(p, JansenRit::be, 100, 600, 2);
  p.measures = {Measure::amplitude, Measure::mean};
  for (const std::string& isa : cpu_isas())
    for (Precision precision : {Precision::single_, Precision::double_}) {
      p.precision = precision;
      Gather map(p, 2);
      run(p, map, isa);
      EXPECT_EQ(map.status[0], status_ok);
      EXPECT_EQ(map.status[1], status_diverged);
      EXPECT_TRUE(std::isfinite(map.value(0, 0)));
      EXPECT_TRUE(std::isnan(map.value(0, 1)) && std::isnan(map.value(1, 1)));
      ASSERT_EQ(map.tiles.size(), 1u);
      EXPECT_EQ(map.tiles[0].diverged, 1u);
      EXPECT_EQ(map.tiles[0].extremes[0].where, 0u);
    }
}

// Where every amplitude counts, it still has none once it no longer changes at all.
TEST(CpuBackend, SetAtRestHasNoPeak) {
  Problem p = jansen_rit(50);
  p.steps = 8000, p.transient = 4000;
  drive_of(p, JansenRit::in_E, drive_noise) = 1e-9;
  p.measures = {Measure::peak_frequency, Measure::peak_power};
  add_spectrum(p, Engine::direct);
  Gather rest(p, 1);
  run(p, rest);
  EXPECT_TRUE(std::isnan(rest.value(0, 0)) && std::isnan(rest.value(1, 0)));
  EXPECT_EQ(rest.status[0], status_ok);
  p.spectrum.min_amplitude = 0;
  Gather asked(p, 1);
  run(p, asked);
  EXPECT_FALSE(std::isnan(asked.value(0, 0)));
  drive_of(p, JansenRit::in_E, drive_noise) = 0;
  p.measures = {Measure::amplitude, Measure::peak_frequency};
  Gather constant(p, 1);
  run(p, constant);
  EXPECT_EQ(constant.value(0, 0), 0);
  EXPECT_TRUE(std::isnan(constant.value(1, 0)));
  p.base[0] = 3.25, drive_of(p, JansenRit::in_E, drive_mean) = 200, p.spectrum.min_amplitude = 1e6;
  Gather bounded(p, 1);
  run(p, bounded);
  EXPECT_TRUE(std::isnan(bounded.value(1, 0)));
}

// Replicates: means and SDs are those of the realisations; a set's noise does not depend on how many there are.
TEST(CpuBackend, Replicates) {
  Problem p = noisy_map(Precision::double_, 1, 3);
  p.replicates = 7;
  Gather many(p, 2);
  run(p, many);
  for (std::uint64_t set = 0; set < 3; ++set) {
    double sum = 0, square = 0;
    const neurosweep::Setup s = make_setup(p);
    for (std::uint32_t r = 0; r < 7; ++r) {
      Node<JansenRit, Method::exp_euler, double, Path::noise> node[1];
      node[0].prepare([&](int q, int) { return quantity_of_set(p, q, set); }, s, set, r);
      NoSpectrum none;
      Simulation<JansenRit, Method::exp_euler, double, Path::noise, 1, 8, NoSpectrum>(s, node, none).run(0, s.steps);
      const double mean = node[0].carried.moments.mean_value();
      sum += mean, square += mean * mean;
    }
    const double mean = sum / 7;
    EXPECT_NEAR(many.value(1, set), mean, 1e-9);
    EXPECT_NEAR(many.value(5, set), std::sqrt((square - 7 * mean * mean) / 6), 1e-7);
  }
  Problem one = p;
  one.replicates = 1;
  Gather single_(one, 3);
  run(one, single_);
  EXPECT_NE(single_.value(1, 0), many.value(1, 0));
}

// Sets whose numbers lie on both sides of 2^32: the high half of a set's number is in the noise too.
TEST(CpuBackend, SetNumbersBeyond32Bits) {
  Problem p = noisy_map(Precision::double_, 1, 1);
  p.axes.clear();
  add_axis(p, JansenRit::Ae, 3, 3, 65537), add_axis(p, JansenRit::Ai, 22, 22, 65536);
  p.steps = 64, p.transient = 0, p.spectrum = {}, p.measures = {Measure::mean};
  struct Few : Gather {
    explicit Few(const Problem& q) : Gather(q, 1) {}
    bool next(Tile& t) override { t = {(std::uint64_t(1) << 32) - 5, 10}; return !std::exchange(given, true); }
    void done(TileResult r) override { result = std::move(r); }
    TileResult result;
    bool given = false;
  };
  Problem small = p;
  small.axes.clear();
  add_axis(small, JansenRit::Ae, 3, 3, 1), add_axis(small, JansenRit::Ai, 22, 22, 1);
  Few few(small);
  make_cpu_backend(1)->run(p, few);
  const neurosweep::Setup s = make_setup(small);
  for (std::uint64_t i = 0; i < 10; ++i) {
    Node<JansenRit, Method::exp_euler, double, Path::noise> node[1];
    node[0].prepare([&](int q, int) { return q == JansenRit::Ae ? 3 : q == JansenRit::Ai ? 22 : s.base[q]; }, s, few.result.tile.first + i, 0);
    NoSpectrum none;
    Simulation<JansenRit, Method::exp_euler, double, Path::noise, 1, 8, NoSpectrum>(s, node, none).run(0, s.steps);
    EXPECT_NEAR(few.result.values[i], node[0].carried.moments.mean_value(), 1e-12) << i;
  }
}

// Each measure's mean and SD over 512 realisations against brainmass's 1600, within 4.5 standard errors (tests/data README).
TEST(CpuBackend, NoisyStatisticsAreBrainmasss) {
  const CsvTable sets = read_csv("jansen-rit-noise/sets.csv"), stats = read_csv("jansen-rit-noise/statistics.csv");
  for (std::size_t row = 0; row < sets.rows.size(); ++row) {
    Problem p = jansen_rit(sets.number(row, "E_mean"));
    p.precision = Precision::single_, p.replicates = 512;
    const char* names[] = {"Ae", "Ai", "be", "bi", "C", "a1", "a2", "a3", "a4", "s_max", "v0", "r"};
    for (int i = 0; i < JansenRit::n_par; ++i) quantity(p, i) = sets.number(row, names[i]);
    drive_of(p, JansenRit::in_E, drive_noise) = sets.number(row, "E_noise");
    p.measures = all_measures();
    add_spectrum(p, Engine::direct);
    add_power_bands(p);
    Gather map(p, 1);
    run(p, map, "", 2);
    const std::map<std::string, std::size_t> column{{"amplitude", 0}, {"minimum", 1}, {"maximum", 2}, {"mean", 3}, {"std", 4}, {"peak_frequency", 5},
        {"peak_power", 6}, {"power_delta", 7}, {"power_theta", 8}, {"power_alpha", 9}, {"power_beta", 10}, {"power_gamma", 11}};
    int compared = 0;
    for (std::size_t i = 0; i < stats.rows.size(); ++i) {
      if (stats.text(i, "set") != sets.text(row, "set")) continue;
      const auto c = column.find(stats.text(i, "measure"));
      ASSERT_NE(c, column.end()) << stats.text(i, "measure");
      const double sd = stats.number(i, "sd"), mean_error = std::sqrt(std::pow(stats.number(i, "mean_se"), 2) + sd * sd / 512);
      const double sd_error = stats.number(i, "sd_se") * std::sqrt(1 + 1600.0 / 512);
      EXPECT_NEAR(map.value(c->second, 0), stats.number(i, "mean"), 4.5 * mean_error + 1e-6) << sets.text(row, "set") << " " << c->first;
      EXPECT_NEAR(map.value(12 + c->second, 0), sd, 4.5 * sd_error + 1e-6) << sets.text(row, "set") << " SD of " << c->first;
      ++compared;
    }
    EXPECT_EQ(compared, 12);
    EXPECT_EQ(map.failed[0], 0u);
  }
}

// Finite states whose sums overflow are not a diverged set.
TEST(CpuBackend, OverflowOfAMeasureIsNoDivergence) {
  Problem p = jansen_rit(120);
  p.precision = Precision::single_;
  quantity(p, JansenRit::Ae) = 1e22, p.transient = 0;
  p.measures = {Measure::maximum, Measure::std};
  Gather map(p, 1);
  run(p, map);
  EXPECT_EQ(map.status[0], status_ok);
  EXPECT_TRUE(std::isfinite(map.value(0, 0)));
  EXPECT_FALSE(std::isfinite(map.value(1, 0)));
}

// Prime factors above 1024 are refused with a neighbour that is not; the largest that is taken gives right numbers.
TEST(CpuBackend, LargePrimeSegments) {
  const auto backend = make_cpu_backend(1);
  Problem p = jansen_rit(200);
  p.steps = 70000;
  add_spectrum(p, Engine::fft, 65537);
  EXPECT_NE(backend->fft_refusal(p).find("65536"), std::string::npos) << backend->fft_refusal(p);
  p.steps = 5000, p.transient = 900;
  add_spectrum(p, Engine::fft, 4 * 1021);
  EXPECT_EQ(backend->fft_refusal(p), "");
  p.measures = {Measure::peak_frequency, Measure::peak_power};
  p.spectrum.peak = {40, 10}, p.spectrum.kept = p.spectrum.peak;
  Problem q = p;
  q.spectrum.engine = Engine::direct;
  Gather fft(p, 1), direct(q, 1);
  run(p, fft), run(q, direct);
  EXPECT_EQ(fft.value(0, 0), direct.value(0, 0));
  EXPECT_NEAR(fft.value(1, 0) / direct.value(1, 0), 1, 1e-9);
}

// Sets that are too few for a batch on every thread: no thread is idle while another has two registers or more to do.
TEST(CpuBackend, FewSetsAreSharedOut) {
  Problem p = jansen_rit(120);
  p.precision = Precision::single_, p.steps = 100, p.transient = 0;
  for (const std::string& isa : cpu_isas()) {
    const std::uint64_t width = isa == "avx512" ? 16 : isa == "avx2" ? 8 : 4;             // and a batch has two registers
    const auto tile = [&](int sets, int threads) {
      p.axes.clear();
      add_axis(p, JansenRit::Ae, 2, 5, sets);
      return make_cpu_backend(threads, isa)->tile_size(p);
    };
    EXPECT_EQ(tile(1, 1), width);
    EXPECT_EQ(tile(int(2 * width), 1), 2 * width);
    EXPECT_EQ(tile(int(2 * width), 2), width);
    EXPECT_EQ(tile(int(2 * width), 64), width);
    EXPECT_EQ(tile(int(2 * width) + 1, 2), 2 * width);
    EXPECT_EQ(tile(int(64 * width), 64), width);
    EXPECT_EQ(tile(100000, 2) % (2 * width), 0u);
    p.method = Method::heun;                                                               // has no loop for one register
    EXPECT_EQ(tile(int(2 * width), 2), 2 * width);
    p.method = Method::exp_euler;

    Problem q = shelf_problem<Izhikevich>(int(4 * width), 100);                            // two registers or four
    q.precision = Precision::single_;
    EXPECT_EQ(make_cpu_backend(1, isa)->tile_size(q), 4 * width);
    EXPECT_EQ(make_cpu_backend(2, isa)->tile_size(q), 2 * width);
    EXPECT_EQ(make_cpu_backend(4, isa)->tile_size(q), 2 * width);
  }
}

TEST(CpuBackend, UnknownInstructionSet) {
  try {
    make_cpu_backend(1, "mmx");
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("baseline"), std::string::npos);
  }
}

// What bench/engines measured: far on either side of where the engines cost the same.
TEST(CpuBackend, PrefersTheCheaperEngine) {
  Problem p = jansen_rit();
  const auto preferred = [&](const std::string& isa, int segment, int bins) {
    add_spectrum(p, Engine::direct, segment);
    p.spectrum.kept = p.spectrum.peak = {1, bins};
    return make_cpu_backend(1, isa)->preferred_engine(p);
  };
  for (const std::string& isa : cpu_isas()) {
    SCOPED_TRACE(isa);
    EXPECT_EQ(preferred(isa, 64, 4), Engine::direct);
    EXPECT_EQ(preferred(isa, 64, 30), Engine::fft);
    EXPECT_EQ(preferred(isa, 4096, 4), Engine::direct);
    EXPECT_EQ(preferred(isa, 1024, 30), isa == "baseline" ? Engine::fft : Engine::direct);
  }
}

TEST(CpuBackend, RefusesDirectWhereItCannot) {
  Problem p = jansen_rit();
  add_spectrum(p, Engine::direct);
  const auto backend = make_cpu_backend(1);
  EXPECT_EQ(backend->direct_refusal(p), "");
  EXPECT_EQ(backend->preferred_engine(p), Engine::direct);
  p.spectrum.overlap = 100;
  EXPECT_NE(backend->direct_refusal(p), "");
  EXPECT_EQ(backend->preferred_engine(p), Engine::fft);
  add_spectrum(p, Engine::direct);
  p.spectrum.kept = {1, 60};
  EXPECT_NE(backend->direct_refusal(p), "");
}

}  // namespace
}  // namespace neurosweep::test
