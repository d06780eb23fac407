// Power spectra of one signal, in double, as scipy.signal makes them: what `neurosweep trace` shows. (Sweeps have engines of
// their own, measures/welch.hpp and host/cpu/fft.hpp: bins while integrating, many sets at once.)
#pragma once
#include <span>
#include <vector>

namespace neurosweep {

struct Segments {
  int length, overlap;                       // samples; 0 <= overlap < length
  // Whole segments in n samples; what is left over belongs to none.
  std::size_t count(std::size_t n) const { return n < std::size_t(length) ? 0 : (n - std::size_t(overlap)) / std::size_t(length - overlap); }
};

// One-sided densities [unit^2/Hz]; frequencies k / (length dt) [Hz], k = 0 ... length / 2.
struct Psd {
  std::vector<double> frequency, density;
};

// scipy.signal.welch(y, 1 / dt, nperseg=length, noverlap=overlap): periodic Hann window, constant detrend, mean over the
// segments. dt in s. std::invalid_argument if y has less than one segment.
Psd welch(std::span<const double> y, double dt, const Segments& segments);

struct Spectrogram {
  std::vector<double> frequency, time;       // time [s]: the segments' middles, from the first sample on
  std::vector<double> density;               // [time][frequency]
};

// scipy.signal.spectrogram(y, 1 / dt, nperseg=length, noverlap=overlap): periodic Tukey window of shape 0.25, constant
// detrend. As above.
Spectrogram spectrogram(std::span<const double> y, double dt, const Segments& segments);

}  // namespace neurosweep
