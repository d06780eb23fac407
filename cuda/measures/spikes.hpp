// A spike train's measures while integrating: how many spikes, and mean and variation of the intervals between them.
//
// Intervals are counted in steps. Their sums are of differences from the first one, in TwoSum (measures/moments.hpp): so a
// regular train has no variation but its own, whatever its length, in float as in double.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "measures/moments.hpp"
#include "numerics/spiking.hpp"
#include "setup.hpp"

namespace neurosweep {

template <class E>
struct SpikeTrain {                           // of one set
  using Count = std::conditional_t<sizeof(E) == 4, std::uint32_t, std::uint64_t>;   // every word as large as an E
  Count spikes, last, first_interval;         // last: step of the latest spike, modulo 2^32 in float
  TwoSum<E> sum, squares;                     // of the intervals' differences from the first

  NS_HD void begin() { spikes = last = first_interval = 0, sum.high = sum.low = squares.high = squares.low = E(0); }

  // A spike at that step, later than all before. An interval counts if both of its ends do.
  NS_HD void add(Count step) {
    if (spikes > 0) {
      const Count interval = step - last;
      if (spikes == 1) first_interval = interval;
      const E d = E(std::make_signed_t<Count>(interval - first_interval));
      const E square = d * d;
      sum.add(d), squares.add(square), squares.add(fma(d, d, -square));   // and what the product's rounding took
    }
    last = step, ++spikes;
  }
};

// Numbers of a spike train; in double, since it is done once.
struct SpikeStatistics {
  double spikes = 0, isi_mean = 0, isi_cv = 0;   // steps; the last two NaN below two intervals. cv: population SD / mean

  SpikeStatistics() = default;
  template <class E>
  explicit NS_HD SpikeStatistics(const SpikeTrain<E>& t) : spikes(double(t.spikes)) {
    const double intervals = spikes - 1, nan = std::numeric_limits<double>::quiet_NaN();
    const double shift = (double(t.sum.high) + double(t.sum.low)) / intervals;
    const double variance = (double(t.squares.high) + double(t.squares.low)) / intervals - shift * shift;
    const double mean = double(t.first_interval) + shift;
    isi_mean = intervals < 2 ? nan : mean;
    isi_cv = intervals < 2 ? nan : std::sqrt(variance > 0 ? variance : 0) / mean;
  }
};

// The trains of one set or of a register of sets; nothing for a model that does not spike.
template <class Model, class T>
struct SpikeTrains {
  NS_HD void begin() {}
};
template <Spiking Model, class T>
struct SpikeTrains<Model, T> {
  using E = typename Arithmetic<T>::element;
  SpikeTrain<E> train[Arithmetic<T>::width];

  NS_HD void begin() {
    for (SpikeTrain<E>& t : train) t.begin();
  }
  // Spikes in steps a ... b - 1 of a span whose first step is observed sample number `at`. Without `intervals` those of a
  // register of sets are only counted, at a fraction of the cost; one set's always have theirs: a GPU goes without the branch.
  template <int span>
  NS_OUTLINE void add(const SpikeTimes<Model, T, span>& times, std::int64_t at, int a, int b, bool intervals) {
    if (Scalar<T> || intervals) times.each(a, b, [&](int lane, int q) { train[lane].add(typename SpikeTrain<E>::Count(at + q)); });
    else times.each(a, b, [&](int lane, int) { ++train[lane].spikes; });
  }
};

}  // namespace neurosweep
