#include "host/signal/spectra.hpp"

#include <fmt/format.h>
#include <kissfft.hh>

#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>
#include <stdexcept>

namespace neurosweep {
namespace {

using std::numbers::pi;

std::vector<double> hann(int n) {
  std::vector<double> w(std::size_t(n), 1);
  for (int i = 0; i < n; ++i) w[std::size_t(i)] = 0.5 - 0.5 * std::cos(2 * pi * i / n);
  return w;
}

// Cosine flanks of alpha / 2 each, flat between them (scipy.signal.windows.tukey, sym=False).
std::vector<double> tukey(int n, double alpha) {
  std::vector<double> w(std::size_t(n), 1);
  const int flank = int(std::floor(alpha * n / 2));
  for (int i = 0; i <= flank && i < n; ++i) w[std::size_t(i)] = 0.5 * (1 + std::cos(pi * (-1 + 2.0 * i / alpha / n)));
  for (int i = n - flank; i < n; ++i) w[std::size_t(i)] = 0.5 * (1 + std::cos(pi * (-2 / alpha + 1 + 2.0 * i / alpha / n)));
  return w;
}

// The densities of one segment after another.
class Periodogram {
 public:
  Periodogram(double dt, std::vector<double> window) : dt_(dt), window_(std::move(window)), fft_(window_.size(), false), in_(window_.size()), out_(window_.size()) {
    const double power = std::inner_product(window_.begin(), window_.end(), window_.begin(), 0.0);
    scale_ = dt / power;
  }
  std::size_t bins() const { return window_.size() / 2 + 1; }
  std::vector<double> frequencies() const {
    std::vector<double> f(bins());
    for (std::size_t k = 0; k < f.size(); ++k) f[k] = double(k) / (double(window_.size()) * dt_);
    return f;
  }
  // Adds bin k's to sum[k].
  void add(std::span<const double> y, double* sum) {
    const std::size_t n = window_.size();
    const double mean = std::accumulate(y.begin(), y.begin() + std::ptrdiff_t(n), 0.0) / double(n);
    for (std::size_t i = 0; i < n; ++i) in_[i] = window_[i] * (y[i] - mean);
    fft_.transform(in_.data(), out_.data());
    for (std::size_t k = 0; k < bins(); ++k) {
      const bool once = k == 0 || 2 * k == n;              // every other bin stands for -k, too
      sum[k] += (once ? 1 : 2) * scale_ * std::norm(out_[k]);
    }
  }

 private:
  double dt_, scale_;
  std::vector<double> window_;
  kissfft<double> fft_;
  std::vector<std::complex<double>> in_, out_;
};

void check(std::size_t n, const Segments& s) {
  if (s.length < 1 || s.overlap < 0 || s.overlap >= s.length || s.count(n) == 0)
    throw std::invalid_argument(fmt::format("{} samples have no segment of {} samples with an overlap of {}", n, s.length, s.overlap));
}

}  // namespace

Psd welch(std::span<const double> y, double dt, const Segments& segments) {
  check(y.size(), segments);
  Periodogram one(dt, hann(segments.length));
  Psd psd{one.frequencies(), std::vector<double>(one.bins(), 0)};
  const std::size_t count = segments.count(y.size()), hop = std::size_t(segments.length - segments.overlap);
  for (std::size_t i = 0; i < count; ++i) one.add(y.subspan(i * hop), psd.density.data());
  for (double& d : psd.density) d /= double(count);
  return psd;
}

Spectrogram spectrogram(std::span<const double> y, double dt, const Segments& segments) {
  check(y.size(), segments);
  Periodogram one(dt, tukey(segments.length, 0.25));
  const std::size_t count = segments.count(y.size()), hop = std::size_t(segments.length - segments.overlap);
  Spectrogram s{one.frequencies(), {}, std::vector<double>(count * one.bins(), 0)};
  for (std::size_t i = 0; i < count; ++i) {
    s.time.push_back((double(i * hop) + 0.5 * segments.length) * dt);
    one.add(y.subspan(i * hop), &s.density[i * one.bins()]);
  }
  return s;
}

}  // namespace neurosweep
