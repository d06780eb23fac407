// The leaky integrate-and-fire neuron with two adaptation currents.
//
//   g_L tau V' = -g_L (V - E_L) + I - w1 - w2     tau_k w_k' = a_k (V - E_L) - w_k,  k = 1, 2
//   where V >= V_th after a step: spike, V = V_reset, held for t_ref, and w_k = w_k + b_k; w_k goes on while V is held
//
// Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 6.1: linear, with a threshold in place of the
// exponential.
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct AdaptiveLif {
  static constexpr std::string_view name = "adaptive-lif";
  static constexpr std::string_view title = "leaky integrate-and-fire neuron with two adaptation currents";
  static constexpr std::string_view citation =
      "Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, Cambridge University Press, section 6.1";
  static constexpr std::string_view equations =
      "C_m V' = -g_L (V - E_L) + I - w1 - w2   C_m = g_L tau\n"
      "tau1 w1' = a1 (V - E_L) - w1   tau2 w2' = a2 (V - E_L) - w2\n"
      "where V >= V_th after a step: a spike, V = V_reset, held for t_ref, w1 = w1 + b1, w2 = w2 + b2";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::exp_euler;   // linear below the threshold

  enum ParameterIndex { g_L, tau, E_L, V_th, V_reset, t_ref, a1, tau1, b1, a2, tau2, b2, n_par };
  // Ranges of the adaptation's: the firing patterns of Naud, Marcille, Clopath & Gerstner 2008, Biol. Cybern. 99:335-347,
  // doi 10.1007/s00422-008-0264-7.
  static constexpr Parameter parameters[] = {
      {"g_L", "nS", 10, 1, 50, "leak conductance", "as the model lif"},
      {"tau", "ms", 10, 5, 50, "membrane time constant", "as the model lif"},
      {"E_L", "mV", -75, -80, -60, "leak potential: rest", "as the model lif"},
      {"V_th", "mV", -55, -60, -40, "threshold", "as the model lif"},
      {"V_reset", "mV", -75, -80, -50, "V after a spike", "as the model lif"},
      {"t_ref", "ms", 4, 0, 10, "refractory time", "as the model lif"},
      {"a1", "nS", 1, -11, 10, "first adaptation current: coupling to V", "range: Naud et al. 2008 (a)"},
      {"tau1", "ms", 100, 20, 300, "first adaptation current: time constant", "range: Naud et al. 2008 (tau_w)"},
      {"b1", "pA", 30, 0, 120, "first adaptation current: added at a spike", "range: Naud et al. 2008 (b)"},
      {"a2", "nS", 0, -11, 10, "second adaptation current: coupling to V; 0 and b2 0: off", "range: Naud et al. 2008 (a)"},
      {"tau2", "ms", 20, 5, 300, "second adaptation current: time constant", "range: Naud et al. 2008 (tau_w)"},
      {"b2", "pA", 0, 0, 120, "second adaptation current: added at a spike", "range: Naud et al. 2008 (b)"},
  };
  static constexpr int refractory = t_ref;

  enum StateIndex { V, w1, w2, n_state };
  static constexpr int held = V;
  static constexpr State states[] = {
      {"V", "mV", by_rule, -unbounded, unbounded, "membrane potential", "E_L"},
      {"w1", "pA", 0, -unbounded, unbounded, "first adaptation current"},
      {"w2", "pA", 0, -unbounded, unbounded, "second adaptation current"},
  };
  static constexpr unsigned constant_rates = 1u << V | 1u << w1 | 1u << w2;

  enum PortIndex { I, n_port };
  static constexpr int main_port = I;
  static constexpr Port ports[] = {{"I", "pA", "injected and synaptic current"}};

  enum SignalIndex { signal_V, signal_w1, signal_w2, n_signal };
  static constexpr Signal signals[] = {
      {"V", "mV", "membrane potential"},
      {"w1", "pA", "first adaptation current"},
      {"w2", "pA", "second adaptation current"},
  };

  template <class T>
  NS_HD static T signal(const Pack<T, n_state>& x, int which) {
    return which == signal_V ? x[V] : which == signal_w1 ? x[w1] : x[w2];
  }
  template <class T>
  NS_HD static void start(Pack<T, n_state>& x, const Pack<T, n_par>& p) {
    x[V] = given_or(x[V], p[E_L]);
  }

  template <class T>
  struct Coef {
    T rate, E_L, gain, V_th, V_reset;       // 1/tau [1/ms], 1/C_m [1/pF]
    T rate1, a1, b1, rate2, a2, b2;         // 1/tau_k [1/ms]
  };
  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    return {T(1) / p[tau],  p[E_L], T(1) / (p[g_L] * p[tau]), p[V_th], p[V_reset],
            T(1) / p[tau1], p[a1],  p[b1], T(1) / p[tau2], p[a2], p[b2]};
  }

  // dx/dt [mV/ms, pA/ms]. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<X, n_state>& dx) {
    const X above = x[V] - X(k.E_L);
    dx[V] = X(k.gain) * (X(in[I]) - x[w1] - x[w2]) - X(k.rate) * above;
    dx[w1] = X(k.rate1) * fma(X(k.a1), above, -x[w1]);
    dx[w2] = X(k.rate2) * fma(X(k.a2), above, -x[w2]);
  }
  // The same, and lambda_i = df_i/dx_i [1/ms].
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    drift(x, in, k, dx);
    lambda[V] = -k.rate, lambda[w1] = -k.rate1, lambda[w2] = -k.rate2;
  }

  template <class T>
  NS_HD static auto spiked(const Pack<T, n_state>&, const Pack<T, n_state>& after, const Coef<T>& k) {
    return k.V_th <= after[V];
  }
  template <class T, class Mask>
  NS_HD static void jump(Pack<T, n_state>& x, Mask spiked, const Coef<T>& k) {
    x[V] = select(spiked, k.V_reset, x[V]);
    x[w1] = add_where(spiked, x[w1], k.b1), x[w2] = add_where(spiked, x[w2], k.b2);
  }
};

}  // namespace neurosweep
