// Spectra of a trace against scipy's, of the same signals.
#include "host/signal/spectra.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "common/welch_signals.hpp"

namespace neurosweep::test {
namespace {

struct Case {
  std::string signal;
  double fs;
  int length, overlap;
  std::string file(const std::string& what) const {
    return "welch/" + what + "_" + signal + "_" + std::to_string(length) + "_" + std::to_string(overlap) + ".csv";
  }
};

// Both transforms are in double: they differ by rounding, some 1e-16 times log2(length) of the largest amplitude, which the
// README of the data bounds by 1e-12 of the largest density.
double tolerance(const std::vector<double>& density) { return 1e-12 * *std::max_element(density.begin(), density.end()); }

TEST(Spectra, WelchIsScipys) {
  for (const Case& c : {Case{"mixed", 2000, 256, 0}, {"mixed", 2000, 255, 100}, {"mixed", 2000, 512, 256}, {"mixed", 2000, 500, 250},
                        {"mixed", 2000, 1024, 512}, {"trend", 1000, 256, 0}, {"trend", 1000, 255, 100}, {"trend", 1000, 1024, 512}}) {
    SCOPED_TRACE(c.file("psd"));
    const CsvTable t = read_csv(c.file("psd"));
    const Psd psd = welch(signal_named(c.signal), 1 / c.fs, {c.length, c.overlap});
    ASSERT_EQ(psd.frequency.size(), t.rows.size());
    for (std::size_t k = 0; k < t.rows.size(); ++k) {
      EXPECT_NEAR(psd.frequency[k], t.number(k, "f"), 1e-12 * c.fs);
      EXPECT_NEAR(psd.density[k], t.number(k, "psd"), tolerance(psd.density));
    }
  }
}

TEST(Spectra, SpectrogramIsScipys) {
  for (const Case& c : {Case{"mixed", 2000, 256, 128}, {"mixed", 2000, 255, 100}, {"trend", 1000, 500, 63}}) {
    SCOPED_TRACE(c.file("spectrogram"));
    const CsvTable t = read_csv(c.file("spectrogram"));
    const Spectrogram s = spectrogram(signal_named(c.signal), 1 / c.fs, {c.length, c.overlap});
    ASSERT_EQ(s.frequency.size(), t.rows.size());
    ASSERT_EQ(s.time.size() + 1, t.header.size());
    for (std::size_t i = 0; i < s.time.size(); ++i) EXPECT_NEAR(s.time[i], std::stod(t.header[i + 1]), 1e-12);
    for (std::size_t k = 0; k < t.rows.size(); ++k)
      for (std::size_t i = 0; i < s.time.size(); ++i)
        EXPECT_NEAR(s.density[i * s.frequency.size() + k], std::stod(t.rows[k][i + 1]), tolerance(s.density)) << k << ", " << i;
  }
}

// Parseval: a sine's density sums up to half its squared amplitude, whatever the segment.
TEST(Spectra, PowerOfASine) {
  std::vector<double> y(4000);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = 3 * std::sin(2 * std::acos(-1.0) * 0.05 * double(i));
  const Psd psd = welch(y, 1e-3, {400, 200});
  double power = 0;
  for (const double d : psd.density) power += d * psd.frequency[1];
  EXPECT_NEAR(power, 4.5, 1e-9);           // 20 whole periods in a segment: the window's leakage is symmetric and complete
}

TEST(Spectra, TooShortASignal) {
  const std::vector<double> y(99, 1.0);
  EXPECT_THROW(welch(y, 1e-3, {100, 50}), std::invalid_argument);
  EXPECT_THROW(spectrogram(y, 1e-3, {100, 50}), std::invalid_argument);
  EXPECT_THROW(welch(y, 1e-3, {50, 50}), std::invalid_argument);
  EXPECT_EQ((Segments{50, 25}.count(99)), 2u);
}

}  // namespace
}  // namespace neurosweep::test
