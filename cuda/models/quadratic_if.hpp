// The quadratic integrate-and-fire neuron.
//
//   C_m V' = k (V - E_L)(V - V_c) + I     where V >= V_peak after a step: spike, V = V_reset, held for t_ref
//
// Izhikevich 2007, Dynamical Systems in Neuroscience, MIT Press, section 8.1.3; the defaults are the regular
// spiking cell of its figure 8.12 without the recovery variable u.
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct QuadraticIf {
  static constexpr std::string_view name = "quadratic-if";
  static constexpr std::string_view title = "quadratic integrate-and-fire neuron";
  static constexpr std::string_view citation =
      "Izhikevich 2007, Dynamical Systems in Neuroscience, MIT Press, chapter 8 (regular spiking cell without u)";
  static constexpr std::string_view equations =
      "C_m V' = k (V - E_L) (V - V_c) + I\n"
      "where V >= V_peak after a step: a spike, V = V_reset, held for t_ref";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::euler;

  enum ParameterIndex { k, C_m, E_L, V_c, V_peak, V_reset, t_ref, n_par };
  static constexpr Parameter parameters[] = {   // ranges: the cortical and thalamic cells of the same chapter
      {"k", "nS/mV", 0.7, 0.25, 1.6, "curvature: leak conductance at rest over V_c - E_L", "Izhikevich 2007, fig. 8.12 (k)"},
      {"C_m", "pF", 100, 20, 200, "membrane capacitance", "Izhikevich 2007, fig. 8.12 (C)"},
      {"E_L", "mV", -60, -80, -55, "rest without a current", "Izhikevich 2007, fig. 8.12 (v_r)"},
      {"V_c", "mV", -40, -50, -25, "threshold without a current", "Izhikevich 2007, fig. 8.12 (v_t)"},
      {"V_peak", "mV", 35, 0, 50, "V at which a spike is counted and V is reset", "Izhikevich 2007, fig. 8.12 (v_peak)"},
      {"V_reset", "mV", -50, -65, -40, "V after a spike", "Izhikevich 2007, fig. 8.12 (c)"},
      {"t_ref", "ms", 0, 0, 10, "refractory time", "none in Izhikevich 2007"},
  };
  static constexpr int refractory = t_ref;

  enum StateIndex { V, n_state };
  static constexpr int held = V;
  static constexpr State states[] = {{"V", "mV", by_rule, -unbounded, unbounded, "membrane potential", "E_L"}};

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
    x[V] = given_or(x[V], p[E_L]);
  }

  template <class T>
  struct Coef {
    T curvature, E_L, V_c, gain, V_peak, V_reset;   // k/C_m [1/(mV ms)], 1/C_m [1/pF]
  };
  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    const T gain = T(1) / p[C_m];
    return {p[k] * gain, p[E_L], p[V_c], gain, p[V_peak], p[V_reset]};
  }

  // dx/dt [mV/ms]. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& c, Pack<X, n_state>& dx) {
    dx[V] = fma(X(c.curvature) * (x[V] - X(c.E_L)), x[V] - X(c.V_c), X(c.gain * in[I]));
  }
  // The same, and lambda_i = df_i/dx_i [1/ms].
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& c, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    drift(x, in, c, dx);
    lambda[V] = c.curvature * ((x[V] - c.E_L) + (x[V] - c.V_c));
  }

  template <class T>
  NS_HD static auto spiked(const Pack<T, n_state>&, const Pack<T, n_state>& after, const Coef<T>& c) {
    return c.V_peak <= after[V];
  }
  template <class T, class Mask>
  NS_HD static void jump(Pack<T, n_state>& x, Mask spiked, const Coef<T>& c) {
    x[V] = select(spiked, c.V_reset, x[V]);
  }
};

}  // namespace neurosweep
