// The leaky integrate-and-fire neuron.
//
//   g_L tau V' = -g_L (V - E_L) + I     where V >= V_th after a step: spike, V = V_reset, held for t_ref
//
// Lapicque 1907, J. Physiol. Pathol. Gen. 9:620-635; Gerstner, Kistler, Naud & Paninski 2014, Neuronal Dynamics, section 1.3.
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct Lif {
  static constexpr std::string_view name = "lif";
  static constexpr std::string_view title = "leaky integrate-and-fire neuron";
  static constexpr std::string_view citation =
      "Lapicque 1907, J. Physiol. Pathol. Gen. 9:620-635; Gerstner et al. 2014, Neuronal Dynamics, section 1.3";
  static constexpr std::string_view equations =
      "C_m V' = -g_L (V - E_L) + I   C_m = g_L tau\n"
      "where V >= V_th after a step: a spike, V = V_reset, held for t_ref";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::exp_euler;   // exact for a constant current

  enum ParameterIndex { g_L, tau, E_L, V_th, V_reset, t_ref, n_par };
  static constexpr Parameter parameters[] = {   // W2D3_1: the tutorial of that number in its course
      {"g_L", "nS", 10, 1, 50, "leak conductance", "Neuromatch Academy, W2D3_1"},
      {"tau", "ms", 10, 5, 50, "membrane time constant", "Neuromatch Academy, W2D3_1"},
      {"E_L", "mV", -75, -80, -60, "leak potential: rest", "Neuromatch Academy, W2D3_1"},
      {"V_th", "mV", -55, -60, -40, "threshold", "Neuromatch Academy, W2D3_1"},
      {"V_reset", "mV", -75, -80, -50, "V after a spike", "Neuromatch Academy, W2D3_1"},
      {"t_ref", "ms", 4, 0, 10, "refractory time", "this program (Neuromatch Academy, W2D3_1: 2 ms)"},
  };
  static constexpr int refractory = t_ref;

  enum StateIndex { V, n_state };
  static constexpr int held = V;
  static constexpr State states[] = {{"V", "mV", by_rule, -unbounded, unbounded, "membrane potential", "E_L"}};
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
    x[V] = given_or(x[V], p[E_L]);
  }

  template <class T>
  struct Coef {
    T rate, E_L, gain, V_th, V_reset;   // 1/tau [1/ms], 1/C_m [1/pF]
  };
  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    return {T(1) / p[tau], p[E_L], T(1) / (p[g_L] * p[tau]), p[V_th], p[V_reset]};
  }

  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<X, n_state>& dx) {
    dx[V] = X(k.rate) * (X(k.E_L) - x[V]) + X(k.gain * in[I]);
  }
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    drift(x, in, k, dx);
    lambda[V] = -k.rate;
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
