// What a port receives, step by step: mean + noise + sine + pulse. A set's numbers come from a Source,
// double source(quantity, lane), so that a swept number and a fixed one look the same.
#pragma once
#include "numerics/noise.hpp"
#include "setup.hpp"

namespace neurosweep {

// Ports whose input changes from step to step, as the steppers' Varying.
template <class Model>
constexpr unsigned varying_ports(Path path) {
  return path == Path::constant ? 0 : path == Path::noise ? 1u << Model::main_port : (1u << Model::n_port) - 1;
}

// The sine's and the pulse's phase as 64-bit fractions of a turn: exact at any step, no drift, wraps by itself.
NS_HD std::uint64_t turns(double x) {                   // the fraction of x in [0, 1) as 2^-64 turns
  const double f = x - std::floor(x);
  return f < 1 ? std::uint64_t(f * 0x1p64) : 0;         // f may round up to 1
}

// amplitude sin(2 pi frequency t + phase), t = step * dt.
template <class T>
struct Sine {
  using Wide = typename Arithmetic<T>::Wide;
  T amplitude;
  Wide increment, phase;                                // turns per step, at step 0

  template <class Source>
  NS_HD void prepare(const Source& source, const Setup& s, int first) {
    amplitude = real_of<T>([&](int lane) { return source(first + drive_sine_amplitude, lane); });
    increment = wide_of<T>([&](int lane) { return turns(source(first + drive_sine_frequency, lane) * s.dt_seconds); });
    phase = wide_of<T>([&](int lane) { return turns(source(first + drive_sine_phase, lane) / (2 * pi)); });
  }
  template <int n>
  NS_HD void add(std::int64_t step, T* u) const {
    Wide at = phase + increment * std::uint64_t(step);
    NS_SPAN_LOOP for (int q = 0; q < n; ++q, at = at + increment)
      u[q] = fma(amplitude, sin_half_turns(half_turns<T>(at)), u[q]);
  }
};

// amplitude while start <= t < start + width, and again after every period; t = step * dt.
template <class T>
struct Pulse {
  using Wide = typename Arithmetic<T>::Wide;
  T amplitude;
  Wide first_on, increment, phase, duty;                // step; turns of the period per step, at step 0, that it lasts

  static constexpr double once = 0x1p40;                // steps in the period of a pulse that does not come again
  static constexpr int snug = 10;                       // edges are taken 2^-10 of a step early: they often lie on a step

  template <class Source>
  NS_HD void prepare(const Source& source, const Setup& s, int first) {
    auto steps = [&](Drive d, int lane) { return source(first + d, lane) / s.dt_seconds; };
    auto period = [&](int lane) { return std::fmin(steps(drive_pulse_period, lane), once); };
    amplitude = real_of<T>([&](int lane) { return source(first + drive_pulse_amplitude, lane); });
    first_on = wide_of<T>([&](int lane) {
      const double start = std::ceil(steps(drive_pulse_start, lane) - 1.0 / (1 << snug));
      return std::uint64_t(std::int64_t(std::fmin(std::fmax(start, -once), once)));
    });
    increment = wide_of<T>([&](int lane) { return turns(1 / period(lane)); });
    phase = wide_of<T>([&](int lane) { return turns(-steps(drive_pulse_start, lane) / period(lane)); });
    duty = wide_of<T>([&](int lane) {
      const double share = steps(drive_pulse_width, lane) / period(lane);
      return share < 1 ? turns(share) : ~std::uint64_t(0);
    });
  }
  template <int n>
  NS_HD void add(std::int64_t step, T* u) const {
    Wide since = wide<T>(std::uint64_t(step)) - first_on;                 // < 2^63: the first pulse has begun
    Wide at = phase + increment * std::uint64_t(step) + (increment >> snug);
    const Wide half = wide<T>(std::uint64_t(1) << 63);
    NS_SPAN_LOOP for (int q = 0; q < n; ++q, since = since + std::uint64_t(1), at = at + increment)
      u[q] = u[q] + select(less_wide<T>(since, half) & less_wide<T>(at, duty), amplitude, T(0));
  }
};

// All inputs of one set (or register of sets), n steps at a time; u[slot][q] in the units of scale().
template <class Model, class T, Path path>
struct Input {
  static constexpr unsigned varying = varying_ports<Model>(path);
  static constexpr int slots = path == Path::constant ? 0 : path == Path::noise ? 1 : Model::n_port;
  static constexpr int port_of(int slot) { return path == Path::noise ? Model::main_port : slot; }

  Normals<T> normals[slots ? slots : 1];
  T noise[path == Path::general ? Model::n_port : 1];   // SD per step
  Sine<T> sine[path == Path::general ? Model::n_port : 1];
  Pulse<T> pulse[path == Path::general ? Model::n_port : 1];

  // Also gives the stepper's mean and scale.
  template <class Source>
  NS_OUTLINE void prepare(const Source& source, const Setup& s, typename Arithmetic<T>::Wide set,
                     typename Arithmetic<T>::Word replicate, Pack<T, Model::n_port>& mean, Pack<T, Model::n_port>& scale) {
    constexpr Layout layout = layout_of<Model>();
    const double per_step = 1 / std::sqrt(s.dt_seconds);
    NS_UNROLL for (int p = 0; p < Model::n_port; ++p) {
      mean[p] = real_of<T>([&](int lane) { return source(layout.drive(p, drive_mean), lane); });
      const T sd = real_of<T>([&](int lane) { return source(layout.drive(p, drive_noise), lane) * per_step; });
      scale[p] = path == Path::noise ? sd : T(1);
      if constexpr (path == Path::general) {
        noise[p] = sd;
        if (s.sine >> p & 1) sine[p].prepare(source, s, layout.drive(p, drive_mean));
        if (s.pulse >> p & 1) pulse[p].prepare(source, s, layout.drive(p, drive_mean));
      }
    }
    NS_UNROLL for (int slot = 0; slot < slots; ++slot)
      normals[slot].init(s.seed, set, replicate, std::uint32_t(port_of(slot)));
  }

  // The inputs of steps step ... step + n - 1; step and n are multiples of 4.
  template <int n>
  NS_OUTLINE void draw(const Setup& s, std::int64_t step, T (*u)[n]) const {
    NS_UNROLL for (int slot = 0; slot < slots; ++slot) {
      const std::uint32_t block = std::uint32_t(std::uint64_t(step) / 4);
      if constexpr (path == Path::noise) {
        normals[slot].template draw<n>(block, u[slot]);
      } else {
        if (s.noisy >> slot & 1) {
          normals[slot].template draw<n>(block, u[slot]);
          NS_SPAN_LOOP for (int q = 0; q < n; ++q) u[slot][q] = u[slot][q] * noise[slot];
        } else {
          NS_SPAN_LOOP for (int q = 0; q < n; ++q) u[slot][q] = T(0);
        }
        if (s.sine >> slot & 1) sine[slot].template add<n>(step, u[slot]);
        if (s.pulse >> slot & 1) pulse[slot].template add<n>(step, u[slot]);
      }
    }
  }
};

}  // namespace neurosweep
