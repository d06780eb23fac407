// The direct engine on scipy's signals, fed as the time loop feeds it: in spans that lie anywhere against the hops.
#include "measures/welch.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/welch_signals.hpp"
#include "measures/measures.hpp"
#include "simulate.hpp"

namespace neurosweep::test {
namespace {

// PSD of bins first ... first + count - 1; `transient` says where the observation starts against the spans.
template <class T, int span>
std::vector<double> direct_psd(const std::vector<double>& x, double fs, int segment, int overlap, BinRange bins, int transient) {
  Setup s{};
  s.transient = transient, s.steps = transient + std::int64_t(x.size());
  s.segment = segment, s.hop = segment - overlap, s.segments = (std::int64_t(x.size()) - overlap) / s.hop;
  s.kept = bins, s.bin_width = fs / segment;
  s.power_scale = 2 / fs / (0.375 * segment) / double(s.segments);
  const DirectPlan plan = direct_plan(s);
  EXPECT_LE(plan.bins, max_direct_bins);
  const auto table = direct_table<T>(plan, max_direct_bins);
  DirectSpectrum<T, 1, max_direct_bins, span == group> spectrum(s, plan, table.data());
  spectrum.init();
  const T y0 = T(x[0]);
  for (std::int64_t t = 0; t < s.steps; t += span) {       // broken_span's splitting, at every span
    T y[span];
    for (int q = 0; q < span; ++q) {
      const std::int64_t i = t + q - transient;
      y[q] = i >= 0 && i < std::int64_t(x.size()) ? T(x[std::size_t(i)]) - y0 : T(1e30);   // must never be looked at
    }
    const std::int64_t at = t - transient;
    const int active = int(std::min<std::int64_t>(span, s.steps - t));
    for (int a = at < 0 ? int(std::min<std::int64_t>(span, -at)) : 0; a < active;) {
      const std::int64_t event = spectrum.next_event();
      const int b = at + active < event ? active : int(event - at);
      spectrum.add(0, y, at, a, b);
      if (at + b == event) spectrum.event();
      a = b;
    }
  }
  std::vector<double> psd;
  for (int k = bins.first; k < bins.first + bins.count; ++k)
    psd.push_back(double(psd_of<T>(s, k, spectrum.bins[0].power[k - plan.first_bin])));
  return psd;
}

struct Case {
  const char* signal;
  double fs;
  int segment, overlap;
};
const Case cases[] = {{"mixed", 2000, 512, 256}, {"mixed", 2000, 256, 0}, {"mixed", 2000, 500, 250}, {"mixed", 2000, 1024, 512},
                      {"trend", 1000, 512, 256}, {"trend", 1000, 256, 0}, {"trend", 1000, 500, 250}, {"trend", 1000, 1024, 512}};

std::vector<double> scipy_psd(const Case& c) {
  const CsvTable t = read_csv("welch/psd_" + std::string(c.signal) + "_" + std::to_string(c.segment) + "_" + std::to_string(c.overlap) + ".csv");
  std::vector<double> psd;
  for (std::size_t i = 0; i < t.rows.size(); ++i) psd.push_back(t.number(i, "psd"));
  return psd;
}

// In double to rounding: 1e-11 of the largest bin (the trend's constant of 250 is 10^4 times its sines' power).
TEST(DirectWelch, IsScipysInDouble) {
  for (const Case& c : cases) {
    const auto x = signal_named(c.signal);
    const auto expected = scipy_psd(c);
    const double scale = *std::max_element(expected.begin() + 1, expected.end());
    for (const BinRange bins : {BinRange{1, 20}, BinRange{5, 7}, BinRange{c.segment / 2 - 10, 11}})
      for (int transient : {0, 1000, 3, 13}) {
        const auto narrow = direct_psd<double, 8>(x, c.fs, c.segment, c.overlap, bins, transient);
        const auto wide = direct_psd<double, 64>(x, c.fs, c.segment, c.overlap, bins, transient);
        for (int k = 0; k < bins.count; ++k) {
          ASSERT_NEAR(narrow[std::size_t(k)], expected[std::size_t(bins.first + k)], 1e-11 * scale) << c.signal << c.segment << " bin " << bins.first + k << " transient " << transient;
          ASSERT_NEAR(wide[std::size_t(k)], expected[std::size_t(bins.first + k)], 1e-11 * scale) << c.signal << c.segment << " bin " << bins.first + k;
        }
      }
  }
}

// In float: rounding of the samples and sums, a few 1e-7 of the amplitude, so 1e-5 of the largest power; in the trend the
// slope's plain DFT, which the window takes off again, is larger than the bins it leaves.
TEST(DirectWelch, IsScipysInFloat) {
  for (const Case& c : cases) {
    const auto x = signal_named(c.signal);
    const auto expected = scipy_psd(c);
    const double scale = *std::max_element(expected.begin() + 1, expected.end());
    const auto psd = direct_psd<float, 8>(x, c.fs, c.segment, c.overlap, {1, 20}, 5);
    for (int k = 0; k < 20; ++k) ASSERT_NEAR(psd[std::size_t(k)], expected[std::size_t(1 + k)], 1e-5 * scale) << c.signal << c.segment << " bin " << 1 + k;
  }
}

// The bins in between follow from the bins asked for alone: none sees a neighbour that was not accumulated.
TEST(DirectWelch, BinsDoNotDependOnTheRange) {
  const auto x = signal_named("mixed");
  const auto all = direct_psd<double, 8>(x, 2000, 512, 256, {1, 30}, 0);
  for (int first = 1; first < 30; ++first) {
    const auto one = direct_psd<double, 8>(x, 2000, 512, 256, {first, 1}, 0);
    EXPECT_NEAR(one[0], all[std::size_t(first - 1)], 1e-15);
  }
}

TEST(SpectralMeasures, PeakAndBands) {
  neurosweep::Setup s{};
  s.bin_width = 2, s.peak = {3, 4};
  s.band[0] = {1, 2}, s.band[2] = {4, 3};
  SpectralMeasures<double> m;
  const double psd[] = {9, 8, 1, 5, 5, 2, 7};          // bins 1 ... 7
  for (int k = 0; k < 7; ++k) m.add(s, k + 1, psd[k]);
  EXPECT_EQ(m.peak_bin, 4);                              // of equals (4 and 5) the lower; 1, 2 and 7 lie outside
  EXPECT_EQ(m.peak_power, 5);
  EXPECT_EQ(m.band[0], 34);
  EXPECT_EQ(m.band[1], 0);
  EXPECT_EQ(m.band[2], 24);
}

TEST(Replicates, MeanAndSd) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double v[] = {1, -1, nan, -1, 2, -1, 4, -1};     // every second one, n - 1 = 2
  double mean, sd;
  mean_over_replicates(v, 4, 2, mean, sd);
  EXPECT_NEAR(mean, 7.0 / 3, 1e-15);
  EXPECT_NEAR(sd, std::sqrt(7.0 / 3), 1e-15);
  mean_over_replicates(v, 1, 1, mean, sd);
  EXPECT_EQ(mean, 1);
  EXPECT_TRUE(std::isnan(sd));
  mean_over_replicates(v + 2, 1, 1, mean, sd);
  EXPECT_TRUE(std::isnan(mean));
}

}  // namespace
}  // namespace neurosweep::test
