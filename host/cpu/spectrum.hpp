// The spectrum's part in the CPU's time loop: which engine runs is a run-time choice, made once for every 64 steps.
#pragma once
#include "fft.hpp"
#include "kernels.hpp"
#include "simulate.hpp"

namespace neurosweep::NS_ISA {

// The fft engine's workspace for K registers of sets.
template <class E>
std::size_t fft_bytes(const Setup& s, int K) {
  return sizeof(Lanes<E>) * std::size_t(K * (s.segment + s.hop + s.kept.count)) + 2 * sizeof(Complex<E>) * std::size_t(s.segment);
}

// The fft engine for K registers of sets. Two successive segments of a set are transformed as the real and the imaginary
// part of one signal. (Two sets would do as well, but each would then carry the other's rounding, and which ones meet
// depends on the tile.)
template <class E, int K>
class FftSpectrum {
 public:
  using T = Lanes<E>;

  FftSpectrum(const CpuPlan& plan, std::byte* workspace) : plan_(plan), s_(plan.setup) {
    if (plan.engine != Engine::fft) return;
    T* at = reinterpret_cast<T*>(workspace);
    for (int k = 0; k < K; ++k) samples_[k] = at, at += s_.segment + s_.hop;
    for (int k = 0; k < K; ++k) power_[k] = at, at += s_.kept.count;
    for (int k = 0; k < K; ++k)
      for (int b = 0; b < s_.kept.count; ++b) power_[k][b] = T(E(0));
    work_[0] = reinterpret_cast<Complex<E>*>(at), work_[1] = work_[0] + s_.segment;
  }

  // The end of the pair, or of the last segment where it has no partner.
  std::int64_t next_event() const {
    if (segment_ >= s_.segments) return never;
    return segment_ * s_.hop + s_.segment + (paired() ? s_.hop : 0);
  }

  void add(int k, const T* y, std::int64_t at, int a, int b) {
    if (segment_ >= s_.segments) return;
    T* to = samples_[k] + (at - segment_ * s_.hop);
    for (int q = a; q < b; ++q) to[q] = y[q];
  }

  void event() {
    for (int k = 0; k < K; ++k) {
      add_power(transform(samples_[k]), power_[k]);
      for (int j = 0; j < s_.segment - s_.hop; ++j) samples_[k][j] = samples_[k][j + 2 * s_.hop];
    }
    segment_ += 2;
  }

  const T& power(int k, int bin) const { return power_[k][bin - s_.kept.first]; }

 private:
  bool paired() const { return segment_ + 1 < s_.segments; }

  const Complex<E>* transform(const T* x) {
    for (int j = 0; j < s_.segment; ++j) work_[0][j] = {x[j], paired() ? x[j + s_.hop] : T(E(0))};
    return fft(plan_.fft, work_[0], work_[1], static_cast<const E*>(plan_.table));
  }

  void add_power(const Complex<E>* z, T* power) const {
    for (int b = 0; b < s_.kept.count; ++b) {
      Complex<E> below[2], at[2], above[2];
      split(z, s_.kept.first + b - 1, below), split(z, s_.kept.first + b, at), split(z, s_.kept.first + b + 1, above);
      for (int i = 0; i < (paired() ? 2 : 1); ++i)
        power[b] = power[b] + hann_power(at[i].re, at[i].im, below[i].re, below[i].im, above[i].re, above[i].im);
    }
  }

  // The spectra of the two real signals at bin k: x = (z_k + conj z_-k) / 2 and (z_k - conj z_-k) / 2i. Detrended: 0 at 0.
  void split(const Complex<E>* z, int k, Complex<E>* x) const {
    if (k == 0) {
      x[0] = x[1] = {T(E(0)), T(E(0))};
      return;
    }
    const Complex<E> p = z[k], m = z[s_.segment - k];
    const T half(E(0.5));
    x[0] = {half * (p.re + m.re), half * (p.im - m.im)};
    x[1] = {half * (p.im + m.im), half * (m.re - p.re)};
  }

  const CpuPlan& plan_;
  const Setup& s_;
  T* samples_[K] = {};                  // segment + hop samples
  T* power_[K] = {};
  Complex<E>* work_[2] = {};
  std::int64_t segment_ = 0;            // the first of the pair being filled
};

// What the time loop sees: the engines, and who wants to see every step. Out of line: one call for 64 steps costs nothing, and the loop's code stays small.
template <class E, int K>
class CpuSpectrum {
 public:
  using T = Lanes<E>;
  CpuSpectrum(const CpuPlan& plan, const CpuBatch& batch)
      : engine_(plan.engine),
        trace_(batch.trace),
        direct_(plan.setup, plan.direct, static_cast<const E*>(plan.table)),
        fft_(plan, batch.workspace) {
    if (engine_ == Engine::direct) direct_.init();
  }
  std::int64_t next_event() const {
    return engine_ == Engine::direct ? direct_.next_event() : engine_ == Engine::fft ? fft_.next_event() : never;
  }
  [[gnu::noinline]] void add(int k, const T* y, std::int64_t at, int a, int b) {
    if (engine_ == Engine::direct) direct_.add(k, y, at, a, b);
    else if (engine_ == Engine::fft) fft_.add(k, y, at, a, b);
  }
  [[gnu::noinline]] void event() {
    if (engine_ == Engine::direct) direct_.event();
    else if (engine_ == Engine::fft) fft_.event();
  }
  bool recording() const { return trace_ != nullptr; }
  template <class Model, class Times>
  [[gnu::noinline]] void record(std::int64_t t, const Pack<T, Model::n_state>& x, const Times& times, int place) {
    constexpr int n_signal = int(sizeof(Model::signals) / sizeof(Model::signals[0]));
    double* row = trace_->rows + t * (Model::n_state + n_signal);
    auto put = [&](const T& value) {
      E lanes[T::width];
      value.store(lanes);
      *row++ = double(lanes[0]);
    };
    for (int i = 0; i < Model::n_state; ++i) put(x[i]);
    for (int i = 0; i < n_signal; ++i) put(Model::signal(x, i));
    bool spiked = false;
    times.each(place, place + 1, [&](int lane, int) { spiked = spiked || lane == 0; });
    trace_->spiked[t] = spiked;
  }

  const T& power(int k, int bin) const {
    return engine_ == Engine::direct ? direct_.bins[k].power[bin - direct_.plan.first_bin] : fft_.power(k, bin);
  }

 private:
  Engine engine_;
  CpuTrace* trace_;
  DirectSpectrum<T, K, max_direct_bins, false> direct_;
  FftSpectrum<E, K> fft_;
};

extern template class CpuSpectrum<float, 1>;        // spectrum.cpp
extern template class CpuSpectrum<float, 2>;
extern template class CpuSpectrum<float, 3>;
extern template class CpuSpectrum<float, 4>;
extern template class CpuSpectrum<double, 2>;
extern template class CpuSpectrum<double, 3>;
extern template class CpuSpectrum<double, 4>;

}  // namespace neurosweep::NS_ISA
