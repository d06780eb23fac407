// The Hodgkin-Huxley neuron: the squid's giant axon, space-clamped, at 6.3 degrees Celsius.
//
//   C_m V' = I - g_Na m^3 h (v - E_Na) - g_K n^4 (v - E_K) - g_L (v - E_L)      v = V - V_rest
//   x' = alpha_x(v) (1 - x) - beta_x(v) x, x = m, h, n                            a spike: V crosses v_spike upwards
//
// Hodgkin & Huxley 1952, J. Physiol. 117:500-544, doi 10.1113/jphysiol.1952.sp004764 (equations 7, 15, 16, 26; rates: 12,
// 13, 20, 21, 23, 24), with today's sign of the potential: v here is -V there.
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct HodgkinHuxley {
  static constexpr std::string_view name = "hodgkin-huxley";
  static constexpr std::string_view title = "Hodgkin-Huxley neuron (squid giant axon)";
  static constexpr std::string_view citation =
      "Hodgkin & Huxley 1952, J. Physiol. 117:500-544, doi 10.1113/jphysiol.1952.sp004764";
  static constexpr std::string_view equations =
      "C_m V' = I - g_Na m^3 h (v - E_Na) - g_K n^4 (v - E_K) - g_L (v - E_L)   v = V - V_rest\n"
      "x' = alpha_x (1 - x) - beta_x x, x = m, h, n   (v in mV, rates in 1/ms)\n"
      "alpha_m = 0.1 (25 - v) / (exp((25 - v) / 10) - 1)    beta_m = 4 exp(-v / 18)\n"
      "alpha_h = 0.07 exp(-v / 20)                          beta_h = 1 / (exp((30 - v) / 10) + 1)\n"
      "alpha_n = 0.01 (10 - v) / (exp((10 - v) / 10) - 1)   beta_n = 0.125 exp(-v / 80)\n"
      "a spike: V before the step < v_spike <= V after it";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::exp_euler;   // stable at steps that Euler's is not: m is fast

  enum ParameterIndex { C_m, g_Na, g_K, g_L, V_rest, E_Na, E_K, E_L, v_spike, n_par };
  // Ranges: what Hodgkin & Huxley measured on different axons.
  static constexpr Parameter parameters[] = {
      {"C_m", "uF/cm2", 1, 0.8, 1.5, "membrane capacitance", "Hodgkin & Huxley 1952, table 3"},
      {"g_Na", "mS/cm2", 120, 65, 260, "largest conductance of sodium", "Hodgkin & Huxley 1952, table 3"},
      {"g_K", "mS/cm2", 36, 26, 49, "largest conductance of potassium", "Hodgkin & Huxley 1952, table 3"},
      {"g_L", "mS/cm2", 0.3, 0.13, 0.5, "leak conductance", "Hodgkin & Huxley 1952, table 3"},
      {"V_rest", "mV", -65, -70, -60, "resting potential, from which v and the E are counted", "convention; not in the paper"},
      {"E_Na", "mV", 115, 95, 119, "reversal potential of sodium, relative to V_rest", "Hodgkin & Huxley 1952, table 3"},
      {"E_K", "mV", -12, -14, -9, "reversal potential of potassium, relative to V_rest", "Hodgkin & Huxley 1952, table 3"},
      {"E_L", "mV", 10.6, 4, 22, "reversal potential of the leak, relative to V_rest", "Hodgkin & Huxley 1952, table 3"},
      {"v_spike", "mV", 0, -20, 20, "V whose upward crossing is a spike", "convention"},
  };

  // Gates start where they rest at v = 0: alpha / (alpha + beta).
  enum StateIndex { V, m, h, n, n_state };
  static constexpr State states[] = {
      {"V", "mV", by_rule, -unbounded, unbounded, "membrane potential", "V_rest"},
      {"m", "", 0.052932485257249575, -unbounded, unbounded, "activation of sodium"},
      {"h", "", 0.59612075350846025, -unbounded, unbounded, "inactivation of sodium: 1 = none is inactivated"},
      {"n", "", 0.31767691406069740, -unbounded, unbounded, "activation of potassium"},
  };

  enum PortIndex { I, n_port };
  static constexpr int main_port = I;
  static constexpr Port ports[] = {{"I", "uA/cm2", "injected and synaptic current; positive depolarizes"}};

  enum SignalIndex { signal_V, signal_m, signal_h, signal_n, n_signal };
  static constexpr Signal signals[] = {
      {"V", "mV", "membrane potential"}, {"m", "", "state m"}, {"h", "", "state h"}, {"n", "", "state n"}};

  template <class T>
  NS_HD static T signal(const Pack<T, n_state>& x, int which) {
    return which == signal_V ? x[V] : which == signal_m ? x[m] : which == signal_h ? x[h] : x[n];
  }
  template <class T>
  NS_HD static void start(Pack<T, n_state>& x, const Pack<T, n_par>& p) {
    x[V] = given_or(x[V], p[V_rest]);
  }

  // Per C_m: conductances [1/ms], 1/C_m [cm2/uF]. Potentials [mV].
  template <class T>
  struct Coef {
    T gain, g_Na, g_K, g_L, V_rest, E_Na, E_K, E_L, v_spike;
  };
  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    const T gain = T(1) / p[C_m];
    return {gain, gain * p[g_Na], gain * p[g_K], gain * p[g_L], p[V_rest], p[E_Na], p[E_K], p[E_L], p[v_spike]};
  }

  // The gates' rates [1/ms] at v [mV]. alpha_m and alpha_n are exact at their removable singularities, v = 25 and v = 10.
  template <class X>
  struct Rates {
    X alpha_m, beta_m, alpha_h, beta_h, alpha_n, beta_n;
  };
  template <class X>
  NS_HD static Rates<X> rates(X v) {
    constexpr double units = logistic_units<X>;
    auto number = [](double a) { return X(typename Arithmetic<X>::element(a)); };
    const X tenth = number(0.1) * v;
    return {bernoulli(number(2.5) - tenth), number(4) * exp2(number(-log2_e / 18) * v),
            number(0.07) * exp2(number(-log2_e / 20) * v), logistic2(number(log2_e * units) * (number(3) - tenth)),
            number(0.1) * bernoulli(number(1) - tenth), number(0.125) * exp2(number(-log2_e / 80) * v)};
  }

  // The conductances of sodium and potassium per C_m [1/ms].
  template <class X>
  struct Open {
    X na, k;
  };
  template <class X, class T>
  NS_HD static Open<X> open(const Pack<X, n_state>& x, const Coef<T>& k) {
    const X squared = x[n] * x[n];
    return {X(k.g_Na) * x[h] * (x[m] * x[m] * x[m]), X(k.g_K) * squared * squared};
  }
  // dx/dt [mV/ms, 1/ms] from them and the rates.
  template <class X, class T>
  NS_HD static void flow(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, const Open<X>& g,
                         const Rates<X>& r, Pack<X, n_state>& dx) {
    const X v = x[V] - X(k.V_rest);
    const X passive = fma(X(k.g_L), X(k.E_L) - v, X(k.gain * in[I]));
    dx[V] = fma(g.na, X(k.E_Na) - v, fma(g.k, X(k.E_K) - v, passive));
    dx[m] = r.alpha_m - (r.alpha_m + r.beta_m) * x[m];
    dx[h] = r.alpha_h - (r.alpha_h + r.beta_h) * x[h];
    dx[n] = r.alpha_n - (r.alpha_n + r.beta_n) * x[n];
  }

  // dx/dt [mV/ms, 1/ms]. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<X, n_state>& dx) {
    flow(x, in, k, open(x, k), rates(x[V] - X(k.V_rest)), dx);
  }
  // The same, and lambda_i = df_i/dx_i [1/ms].
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    const Open<T> g = open(x, k);
    const Rates<T> r = rates(x[V] - k.V_rest);
    flow(x, in, k, g, r, dx);
    lambda[V] = -(g.na + g.k + k.g_L);
    lambda[m] = -(r.alpha_m + r.beta_m), lambda[h] = -(r.alpha_h + r.beta_h), lambda[n] = -(r.alpha_n + r.beta_n);
  }

  template <class T>
  NS_HD static auto spiked(const Pack<T, n_state>& before, const Pack<T, n_state>& after, const Coef<T>& k) {
    const auto below = before[V] < k.v_spike, above = k.v_spike <= after[V];
    return below & above;
  }
};

}  // namespace neurosweep
