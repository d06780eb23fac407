// Izhikevich's neuron: a quadratic voltage, a recovery variable and a reset.
//
//   v' = 0.04 v^2 + 5 v + 140 - u + I     u' = a (b v - u)     where v >= v_peak after a step: spike, v = c, u = u + d
//
// Izhikevich 2003, IEEE Trans. Neural Netw. 14:1569-1572, doi 10.1109/TNN.2003.820440 (equations 1-3 and figure 2).
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct Izhikevich {
  static constexpr std::string_view name = "izhikevich";
  static constexpr std::string_view title = "Izhikevich's simple spiking neuron";
  static constexpr std::string_view citation =
      "Izhikevich 2003, IEEE Trans. Neural Netw. 14:1569-1572, doi 10.1109/TNN.2003.820440";
  static constexpr std::string_view equations =
      "v' = 0.04 v^2 + 5 v + 140 - u + I   u' = a (b v - u)\n"
      "where v >= v_peak after a step: a spike, v = c, u = u + d";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::euler;

  enum ParameterIndex { a, b, c, d, v_peak, n_par };
  static constexpr Parameter parameters[] = {
      {"a", "1/ms", 0.02, 0.02, 0.1, "rate of the recovery variable", "Izhikevich 2003, fig. 2"},
      {"b", "", 0.2, 0.2, 0.26, "sensitivity of the recovery variable to v", "Izhikevich 2003, fig. 2"},
      {"c", "mV", -65, -65, -50, "v after a spike", "Izhikevich 2003, fig. 2"},
      {"d", "", 8, 0.05, 8, "added to u at a spike", "Izhikevich 2003, fig. 2"},
      {"v_peak", "mV", 30, 30, 35, "v at which a spike is counted and v is reset", "Izhikevich 2003, eq. 3"},
  };

  enum StateIndex { v, u, n_state };
  static constexpr State states[] = {
      {"v", "mV", -65, -unbounded, unbounded, "membrane potential"},
      {"u", "", by_rule, -unbounded, unbounded, "recovery: potassium activation and sodium inactivation", "b v"},
  };
  static constexpr unsigned constant_rates = 1u << u;

  enum PortIndex { I, n_port };
  static constexpr int main_port = I;
  static constexpr Port ports[] = {{"I", "", "injected and synaptic current, in the equation's own unit"}};

  enum SignalIndex { signal_v, signal_u, n_signal };
  static constexpr Signal signals[] = {{"v", "mV", "membrane potential"}, {"u", "", "recovery variable"}};

  // Izhikevich 2003, fig. 2; tonic and phasic spiking: Izhikevich 2004, IEEE Trans. Neural Netw. 15:1063, fig. 1.
  static constexpr Preset::Value regular[] = {{"a", 0.02}, {"b", 0.2}, {"c", -65}, {"d", 8}};
  static constexpr Preset::Value tonic[] = {{"a", 0.02}, {"b", 0.2}, {"c", -65}, {"d", 6}};
  static constexpr Preset::Value phasic[] = {{"a", 0.02}, {"b", 0.25}, {"c", -65}, {"d", 6}};
  static constexpr Preset::Value fast[] = {{"a", 0.1}, {"b", 0.2}, {"c", -65}, {"d", 2}};
  static constexpr Preset::Value chatter[] = {{"a", 0.02}, {"b", 0.2}, {"c", -50}, {"d", 2}};
  static constexpr Preset::Value bursting[] = {{"a", 0.02}, {"b", 0.2}, {"c", -55}, {"d", 4}};
  static constexpr Preset::Value low_threshold[] = {{"a", 0.02}, {"b", 0.25}, {"c", -65}, {"d", 2}};
  static constexpr Preset::Value thalamic[] = {{"a", 0.02}, {"b", 0.25}, {"c", -65}, {"d", 0.05}};
  static constexpr Preset::Value resonant[] = {{"a", 0.1}, {"b", 0.26}, {"c", -65}, {"d", 2}};
  static constexpr Preset presets[] = {
      {"regular_spiking", regular}, {"cortical_eig", regular},           {"tonic_spiking", tonic},
      {"phasic_spiking", phasic},   {"fast_spiking", fast},              {"chattering", chatter},
      {"intrinsically_bursting", bursting}, {"low_threshold_spiking", low_threshold},
      {"thalamo_cortical", thalamic}, {"resonator", resonant},
  };

  template <class T>
  NS_HD static T signal(const Pack<T, n_state>& x, int which) {
    return which == signal_v ? x[v] : x[u];
  }

  template <class T>
  NS_HD static void start(Pack<T, n_state>& x, const Pack<T, n_par>& p) {
    x[u] = given_or(x[u], p[b] * x[v]);
  }

  template <class T>
  struct Coef {
    T a, b, c, d, v_peak;
  };
  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    return {p[a], p[b], p[c], p[d], p[v_peak]};
  }

  // dx/dt [1/ms]. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<X, n_state>& dx) {
    dx[v] = fma(x[v], fma(X(T(0.04)), x[v], X(T(5))), X(in[I] + T(140)) - x[u]);
    dx[u] = X(k.a) * fma(X(k.b), x[v], -x[u]);
  }
  // The same, and lambda_i = df_i/dx_i [1/ms].
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    drift(x, in, k, dx);
    lambda[v] = fma(T(0.08), x[v], T(5)), lambda[u] = -k.a;
  }

  template <class T>
  NS_HD static auto spiked(const Pack<T, n_state>&, const Pack<T, n_state>& after, const Coef<T>& k) {
    return k.v_peak <= after[v];
  }
  template <class T, class Mask>
  NS_HD static void jump(Pack<T, n_state>& x, Mask spiked, const Coef<T>& k) {
    x[v] = select(spiked, k.c, x[v]), x[u] = add_where(spiked, x[u], k.d);
  }

  // Forward Euler by hand, dt folded into the coefficients and into u: v + dt v' = v (0.04 dt v + 1 + 5 dt) + dt (140 + I) - dt u.
  // Rounding 1 + 5 dt moves v by as much as rounding v itself. A test holds it to the generic integrator.
  template <class T>
  struct Euler {
    static constexpr unsigned per_step = 1u << u;
    Coef<T> coef;                  // b and d: times dt
    T square, linear, constant, input, rate;

    NS_HD void prepare(const Pack<T, n_par>& p, const Pack<T, n_port>& mean, const Pack<T, n_port>& scale, T dt) {
      coef = Izhikevich::prepare(p), rate = dt * coef.a, coef.b = dt * coef.b, coef.d = dt * coef.d;
      square = dt * T(0.04), linear = fma(dt, T(5), T(1)), constant = dt * (mean[I] + T(140)), input = dt * scale[I];
    }
    NS_HD void share(const Euler& other) { square = other.square, linear = other.linear; }
    template <unsigned Varying>
    NS_HD void step(Pack<T, n_state>& x, const Pack<T, n_port>& in) const {
      T drive = constant;
      if constexpr (Varying & 1u << I) drive = fma(input, in[I], drive);
      const T next = fma(x[v], fma(square, x[v], linear), drive - x[u]);
      x[u] = fma(rate, fma(coef.b, x[v], -x[u]), x[u]), x[v] = next;
    }
  };
};

}  // namespace neurosweep
