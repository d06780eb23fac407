// From a set's statistics and power spectrum to the measures that were asked for.
#pragma once
#include "measures/moments.hpp"
#include "measures/spikes.hpp"
#include "setup.hpp"

namespace neurosweep {

// Sees the kept bins in rising order, one after the other, so that a GPU thread may hold them in registers.
template <class E>
struct SpectralMeasures {
  E peak_power = E(-1), band[n_power_band] = {};
  int peak_bin = -1;

  static NS_HD bool holds(const BinRange& r, int bin) { return bin >= r.first && bin < r.first + r.count; }

  NS_HD void add(const Setup& s, int bin, E psd) {
    if (holds(s.peak, bin) && psd > peak_power) peak_power = psd, peak_bin = bin;    // of equals the lower frequency
    NS_UNROLL for (int b = 0; b < n_power_band; ++b)
      if (holds(s.band[b], bin)) band[b] += psd * E(s.bin_width);
  }
};

// PSD of a bin from the sum over segments of |DFT of the windowed segment|^2. The bin at half the sampling rate has no twin.
template <class E>
NS_HD E psd_of(const Setup& s, int bin, E sum) {
  return sum * E(2 * bin == s.segment ? 0.5 * s.power_scale : s.power_scale);
}

// Whether a signal between two values is at rest: its amplitude is below `bound` (NaN: 1e-5 of the larger magnitude), or it never
// changes, whatever the bound (the rate of a silent population). It has no peak then.
template <class E>
NS_HD bool at_rest(E minimum, E maximum, double bound) {
  const E amplitude = maximum - minimum;
  return amplitude < (bound == bound ? E(bound) : E(1e-5) * max(abs(minimum), abs(maximum))) || amplitude == E(0);
}

// Writes out[c * stride] for each wanted measure; returns the status. `poison` and `outside`: simulate.hpp.
template <class E>
NS_HD std::uint8_t write_measures(const Setup& s, const Statistics<E>& stat, const SpectralMeasures<E>& spectrum,
                                  const SpikeStatistics& spikes, E poison, E outside, E* out, std::int64_t stride) {
  const E nan = std::numeric_limits<E>::quiet_NaN();
  const bool diverged = !(poison == E(0));                 // a measure of finite states may overflow: it is infinite then
  const bool no_peak = at_rest(stat.minimum, stat.maximum, s.min_amplitude) || spectrum.peak_bin < 0;
  for (int c = 0; c < s.n_measure_out; ++c) {
    E v = nan;
    switch (Measure(s.measure[c])) {
      case Measure::amplitude: v = stat.maximum - stat.minimum; break;
      case Measure::minimum: v = stat.minimum; break;
      case Measure::maximum: v = stat.maximum; break;
      case Measure::mean: v = stat.mean; break;
      case Measure::std: v = stat.std; break;
      case Measure::peak_frequency: v = no_peak ? nan : E(spectrum.peak_bin * s.bin_width); break;
      case Measure::peak_power: v = no_peak ? nan : spectrum.peak_power; break;
      case Measure::power_delta: v = spectrum.band[0]; break;
      case Measure::power_theta: v = spectrum.band[1]; break;
      case Measure::power_alpha: v = spectrum.band[2]; break;
      case Measure::power_beta: v = spectrum.band[3]; break;
      case Measure::power_gamma: v = spectrum.band[4]; break;
      case Measure::spike_count: v = E(spikes.spikes); break;
      case Measure::rate: v = E(spikes.spikes / (double(s.steps - s.transient) * s.dt_seconds)); break;
      case Measure::isi_mean: v = E(spikes.isi_mean * s.dt_seconds * 1000); break;      // ms
      case Measure::isi_cv: v = E(spikes.isi_cv); break;
      case Measure::synchrony: case Measure::active: break;      // of networks
    }
    out[c * stride] = diverged ? nan : v;
  }
  return diverged ? status_diverged : outside != E(0) ? status_out_of_domain : status_ok;
}

// Mean and SD (n - 1) over the realisations of one set, those with a NaN left out; of one realisation the SD is NaN.
// value[r * step], r = 0 ... replicates - 1. Welford 1962, Technometrics 4:419; in double, it is done once.
template <class E>
NS_HD void mean_over_replicates(const E* value, std::uint32_t replicates, std::int64_t step, E& mean, E& sd) {
  double m = 0, m2 = 0;
  std::uint32_t n = 0;
  for (std::uint32_t r = 0; r < replicates; ++r) {
    const double v = double(value[r * step]);
    if (v != v) continue;
    const double d = v - m;
    m += d / ++n, m2 += d * (v - m);
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  mean = E(n > 0 ? m : nan), sd = E(n > 1 ? std::sqrt(m2 / (n - 1)) : nan);
}

}  // namespace neurosweep
