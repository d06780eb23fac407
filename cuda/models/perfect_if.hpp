// The perfect integrate-and-fire neuron: a capacitor without a leak.
//
//   C_m V' = I     where V >= V_th after a step: spike, V = V_reset, held for t_ref
//
// Gerstein & Mandelbrot 1964, Biophys. J. 4:41-68, doi 10.1016/S0006-3495(64)86768-0 (there with noise as its input);
// Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 1.3, without the leak.
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct PerfectIf {
  static constexpr std::string_view name = "perfect-if";
  static constexpr std::string_view title = "perfect integrate-and-fire neuron (no leak)";
  static constexpr std::string_view citation =
      "Gerstein & Mandelbrot 1964, Biophys. J. 4:41-68, doi 10.1016/S0006-3495(64)86768-0";
  static constexpr std::string_view equations =
      "C_m V' = I\n"
      "where V >= V_th after a step: a spike, V = V_reset, held for t_ref";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::exp_euler;   // the same as Euler here: exact for a constant current

  enum ParameterIndex { C_m, V_th, V_reset, t_ref, n_par };
  static constexpr Parameter parameters[] = {
      {"C_m", "pF", 100, 50, 500, "membrane capacitance", "g_L tau of the model lif"},
      {"V_th", "mV", -55, -60, -40, "threshold", "as the model lif"},
      {"V_reset", "mV", -75, -80, -50, "V after a spike, and where it starts", "as the model lif"},
      {"t_ref", "ms", 4, 0, 10, "refractory time", "as the model lif"},
  };
  static constexpr int refractory = t_ref;

  enum StateIndex { V, n_state };
  static constexpr int held = V;
  static constexpr State states[] = {{"V", "mV", by_rule, -unbounded, unbounded, "membrane potential", "V_reset"}};
  static constexpr unsigned constant_rates = 1u << V;

  enum PortIndex { I, n_port };
  static constexpr int main_port = I;
  static constexpr Port ports[] = {{"I", "pA", "injected and synaptic current"}};

  enum SignalIndex { signal_V, n_signal };
  static constexpr Signal signals[] = {{"V", "mV", "membrane potential"}};

  template <class T>
  NS_HD static T signal(const Pack<T, n_state>& x, int) {
    return x[V];
  }
  template <class T>
  NS_HD static void start(Pack<T, n_state>& x, const Pack<T, n_par>& p) {
    x[V] = given_or(x[V], p[V_reset]);
  }

  template <class T>
  struct Coef {
    T gain, V_th, V_reset;   // 1/C_m [1/pF]
  };
  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    return {T(1) / p[C_m], p[V_th], p[V_reset]};
  }

  // dx/dt [mV/ms]. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>&, const Pack<T, n_port>& in, const Coef<T>& k, Pack<X, n_state>& dx) {
    dx[V] = X(k.gain * in[I]);
  }
  // The same, and lambda_i = df_i/dx_i [1/ms].
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    drift(x, in, k, dx);
    lambda[V] = T(0);
  }

  template <class T>
  NS_HD static auto spiked(const Pack<T, n_state>&, const Pack<T, n_state>& after, const Coef<T>& k) {
    return k.V_th <= after[V];
  }
  template <class T, class Mask>
  NS_HD static void jump(Pack<T, n_state>& x, Mask spiked, const Coef<T>& k) {
    x[V] = select(spiked, k.V_reset, x[V]);
  }
};

}  // namespace neurosweep
