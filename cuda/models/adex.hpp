// The adaptive exponential integrate-and-fire neuron.
//
//   C_m V' = -g_L (V - E_L) + g_L D_T exp((V - V_T) / D_T) + I - w     tau_w w' = a (V - E_L) - w
//   where V >= V_peak after a step: spike, V = V_reset, held for t_ref, and w = w + b; w goes on while V is held
//
// The right-hand sides are evaluated at min(V, V_peak). A step begins beyond the peak only where initial.V or V_reset lies
// there; else only stages of heun and rk4 get there. Unbounded, w takes up a V of 10^10 mV, which silences the cell for good. For the same reason the exponential is at
// most 2^100, which is a spike in any case: where D_T is small it would be infinite in float, and lambda phi(lambda dt) NaN.
//
// Brette & Gerstner 2005, J. Neurophysiol. 94:3637-3642, doi 10.1152/jn.00686.2005 (equations 1-3).
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct Adex {
  static constexpr std::string_view name = "adex";
  static constexpr std::string_view title = "adaptive exponential integrate-and-fire neuron";
  static constexpr std::string_view citation =
      "Brette & Gerstner 2005, J. Neurophysiol. 94:3637-3642, doi 10.1152/jn.00686.2005";
  static constexpr std::string_view equations =
      "C_m V' = -g_L (V - E_L) + g_L D_T exp((V - V_T) / D_T) + I - w   tau_w w' = a (V - E_L) - w\n"
      "both at min(V, V_peak); where V >= V_peak after a step: a spike, V = V_reset, held for t_ref, w = w + b";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::euler;

  enum ParameterIndex { C_m, g_L, E_L, V_T, D_T, tau_w, a, b, V_reset, V_peak, t_ref, n_par };
  // Ranges: hold the eight firing patterns of Naud, Marcille, Clopath & Gerstner 2008, Biol. Cybern. 99:335-347,
  // doi 10.1007/s00422-008-0264-7, and the bursting and fast spiking variants of the defaults (tau_w 20 ms, b 500 pA).
  static constexpr Parameter parameters[] = {
      {"C_m", "pF", 281, 100, 300, "membrane capacitance", "Brette & Gerstner 2005; range: Naud et al. 2008"},
      {"g_L", "nS", 30, 10, 30, "leak conductance", "Brette & Gerstner 2005; range: Naud et al. 2008"},
      {"E_L", "mV", -70.6, -75, -55, "leak potential: rest", "Brette & Gerstner 2005; range: Naud et al. 2008"},
      {"V_T", "mV", -50.4, -60, -40, "threshold: where the exponential is as steep as the leak", "Brette & Gerstner 2005"},
      {"D_T", "mV", 2, 0.5, 5, "slope factor: sharpness of the spike's onset", "Brette & Gerstner 2005"},
      {"tau_w", "ms", 144, 20, 300, "time constant of adaptation", "Brette & Gerstner 2005; range: Naud et al. 2008"},
      {"a", "nS", 4, -11, 10, "adaptation's coupling to V", "Brette & Gerstner 2005; range: Naud et al. 2008"},
      {"b", "pA", 80.5, 0, 500, "added to w at a spike", "Brette & Gerstner 2005; range: Naud et al. 2008"},
      {"V_reset", "mV", -70.6, -75, -45, "V after a spike", "Brette & Gerstner 2005 (E_L); range: Naud et al. 2008"},
      {"V_peak", "mV", 20, -40, 30, "V at which a spike is counted and V is reset", "Brette & Gerstner 2005"},
      {"t_ref", "ms", 0, 0, 10, "refractory time", "none in Brette & Gerstner 2005"},
  };
  static constexpr int refractory = t_ref;

  enum StateIndex { V, w, n_state };
  static constexpr int held = V;
  static constexpr State states[] = {
      {"V", "mV", by_rule, -unbounded, unbounded, "membrane potential", "E_L"},
      {"w", "pA", 0, -unbounded, unbounded, "adaptation current"},
  };
  static constexpr unsigned constant_rates = 1u << w;

  enum PortIndex { I, n_port };
  static constexpr int main_port = I;
  static constexpr Port ports[] = {{"I", "pA", "injected and synaptic current"}};

  enum SignalIndex { signal_V, signal_w, n_signal };
  static constexpr Signal signals[] = {{"V", "mV", "membrane potential"}, {"w", "pA", "adaptation current"}};

  template <class T>
  NS_HD static T signal(const Pack<T, n_state>& x, int which) {
    return which == signal_V ? x[V] : x[w];
  }
  template <class T>
  NS_HD static void start(Pack<T, n_state>& x, const Pack<T, n_par>& p) {
    x[V] = given_or(x[V], p[E_L]);
  }

  // g_L D_T / C_m exp((V - V_T) / D_T) = onset 2^(slope V + offset).
  template <class T>
  struct Coef {
    T rate, E_L, gain;               // g_L/C_m [1/ms], 1/C_m [1/pF]
    T onset, slope, offset;          // [mV/ms], [1/mV], 1
    T rate_w, a, b, V_reset, V_peak; // 1/tau_w [1/ms]
  };
  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    const T gain = T(1) / p[C_m], rate = p[g_L] * gain, slope = T(log2_e) / p[D_T], offset = -slope * p[V_T];
    const T sharp = p[D_T] + (offset - offset);   // NaN where D_T is 0 or nearly: min() in drift() would hide it
    return {rate, p[E_L], gain, rate * sharp, slope, offset, T(1) / p[tau_w], p[a], p[b], p[V_reset], p[V_peak]};
  }

  // dx/dt [mV/ms, pA/ms]. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<X, n_state>& dx) {
    const X at = min(x[V], X(k.V_peak));
    slopes(at, exp2(min(fma(X(k.slope), at, X(k.offset)), X(T(largest)))), x[w], in, k, dx);
  }
  // The same, and lambda_i = df_i/dx_i [1/ms].
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    const T at = min(x[V], k.V_peak), t = fma(k.slope, at, k.offset), e = exp2(min(t, T(largest)));
    slopes(at, e, x[w], in, k, dx);
    lambda[V] = select((x[V] < k.V_peak) & (t < T(largest)), k.rate * (e - T(1)), T(0)), lambda[w] = -k.rate_w;
  }

  template <class T>
  NS_HD static auto spiked(const Pack<T, n_state>&, const Pack<T, n_state>& after, const Coef<T>& k) {
    return k.V_peak <= after[V];
  }
  template <class T, class Mask>
  NS_HD static void jump(Pack<T, n_state>& x, Mask spiked, const Coef<T>& k) {
    x[V] = select(spiked, k.V_reset, x[V]), x[w] = add_where(spiked, x[w], k.b);
  }

 private:
  static constexpr double largest = 100;

  // e = exp((at - V_T) / D_T)
  template <class X, class T>
  NS_HD static void slopes(X at, X e, X adaptation, const Pack<T, n_port>& in, const Coef<T>& k, Pack<X, n_state>& dx) {
    const X above = at - X(k.E_L);
    dx[V] = fma(X(k.onset), e, X(k.gain) * (X(in[I]) - adaptation) - X(k.rate) * above);
    dx[w] = X(k.rate_w) * fma(X(k.a), above, -adaptation);
  }
};

}  // namespace neurosweep
