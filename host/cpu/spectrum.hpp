// The spectrum's part in the CPU's time loop: which engine runs is a run-time choice, made once for every 64 steps.
#pragma once
#include "fft.hpp"
#include "kernels.hpp"
#include "simulate.hpp"

namespace neurosweep::NS_ISA {

// The fft engine for K <= 2 registers of sets: a segment of samples is kept; when it is full, register 0 and register 1 are
// transformed as the real and the imaginary part of one signal.
template <class E, int K>
class FftSpectrum {
 public:
  using T = Lanes<E>;
  static_assert(K <= 2);

  static std::size_t bytes(const Setup& s) {
    return sizeof(T) * std::size_t(K * s.segment + K * s.kept.count) + 2 * sizeof(Complex<E>) * std::size_t(s.segment);
  }

  FftSpectrum(const CpuPlan& plan, std::byte* workspace) : plan_(plan), s_(plan.setup) {
    if (plan.engine != Engine::fft) return;
    T* at = reinterpret_cast<T*>(workspace);
    for (int k = 0; k < K; ++k) samples_[k] = at, at += s_.segment;
    for (int k = 0; k < K; ++k) power_[k] = at, at += s_.kept.count;
    for (int k = 0; k < K; ++k)
      for (int b = 0; b < s_.kept.count; ++b) power_[k][b] = T(E(0));
    work_[0] = reinterpret_cast<Complex<E>*>(at), work_[1] = work_[0] + s_.segment;
  }

  std::int64_t next_event() const { return segment_ < s_.segments ? segment_ * s_.hop + s_.segment : never; }

  void add(int k, const T* y, std::int64_t at, int a, int b) {
    if (segment_ == s_.segments) return;
    T* to = samples_[k] + (at - segment_ * s_.hop);
    for (int q = a; q < b; ++q) to[q] = y[q];
  }

  void event() {
    const Complex<E>* z = transform();
    for (int b = 0; b < s_.kept.count; ++b) {
      Complex<E> below[2], at[2], above[2];
      split(z, s_.kept.first + b - 1, below), split(z, s_.kept.first + b, at), split(z, s_.kept.first + b + 1, above);
      for (int k = 0; k < K; ++k)
        power_[k][b] = power_[k][b] + hann_power(at[k].re, at[k].im, below[k].re, below[k].im, above[k].re, above[k].im);
    }
    const int kept = s_.segment - s_.hop;
    for (int k = 0; k < K; ++k)
      for (int j = 0; j < kept; ++j) samples_[k][j] = samples_[k][j + s_.hop];
    ++segment_;
  }

  const T& power(int k, int bin) const { return power_[k][bin - s_.kept.first]; }

 private:
  const Complex<E>* transform() {
    for (int j = 0; j < s_.segment; ++j) work_[0][j] = {samples_[0][j], K == 2 ? samples_[K - 1][j] : T(E(0))};
    return fft(plan_.fft, work_[0], work_[1], static_cast<const E*>(plan_.table));
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
  T* samples_[K] = {};
  T* power_[K] = {};
  Complex<E>* work_[2] = {};
  std::int64_t segment_ = 0;            // the one being filled
};

// What the time loop sees. Out of line: one call for 64 steps costs nothing, and the loop's code stays small.
template <class E, int K>
class CpuSpectrum {
 public:
  using T = Lanes<E>;
  CpuSpectrum(const CpuPlan& plan, std::byte* workspace)
      : engine_(plan.engine),
        direct_(plan.setup, plan.direct, static_cast<const E*>(plan.table)),
        fft_(plan, workspace) {
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
  const T& power(int k, int bin) const {
    return engine_ == Engine::direct ? direct_.bins[k].power[bin - direct_.plan.first_bin] : fft_.power(k, bin);
  }

 private:
  Engine engine_;
  DirectSpectrum<T, K, max_direct_bins, false> direct_;
  FftSpectrum<E, K> fft_;
};

}  // namespace neurosweep::NS_ISA
