// The spike response model with exponential kernels, as three states.
//
//   V(t) = E_L + eta(t - t_last) + integral of kappa(s) I(t - s) ds     kappa(s) = e^(-s/tau_m) / C_m
//   eta(s) = -eta0 e^(-s/tau_eta)                                       theta(s) = theta0 + theta1 e^(-s/tau_theta)
//
// fires where V >= theta and V is rising, not within t_ref of the last spike t_last. The kernels are what the states below
// come to, since an exponential is the response of a linear equation:
//
//   h' = -(h - E_L) / tau_m + I / C_m     eta' = -eta / tau_eta     theta' = -(theta - theta0) / tau_theta     V = h + eta
//   at a spike eta = -eta0, theta = theta0 + theta1: set, not added, as only the last spike counts
//
// V is not reset and not held: what the input has left in h outlasts a spike.
//
// Gerstner & Kistler 2002, Spiking Neuron Models, Cambridge University Press, section 4.2 (SRM0).
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct Srm {
  static constexpr std::string_view name = "srm";
  static constexpr std::string_view title = "spike response model with exponential kernels";
  static constexpr std::string_view citation =
      "Gerstner & Kistler 2002, Spiking Neuron Models, Cambridge University Press, section 4.2";
  static constexpr std::string_view equations =
      "h' = -(h - E_L) / tau_m + I / C_m   eta' = -eta / tau_eta   theta' = -(theta - theta0) / tau_theta   V = h + eta\n"
      "where V >= theta and V rose in the step, not within t_ref of the last spike: a spike, eta = -eta0,\n"
      "theta = theta0 + theta1";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::exp_euler;   // exact for a constant current

  enum ParameterIndex { E_L, C_m, tau_m, eta0, tau_eta, theta0, theta1, tau_theta, t_ref, n_par };
  // Ranges of the threshold's: Kobayashi, Tsubo & Shinomoto 2009, Front. Comput. Neurosci. 3:9,
  // doi 10.3389/neuro.10.009.2009: the same kernels for the input and the threshold, fitted to cortical cells.
  static constexpr Parameter parameters[] = {
      {"E_L", "mV", -75, -80, -60, "rest", "as the model lif"},
      {"C_m", "pF", 100, 50, 500, "membrane capacitance", "g_L tau of the model lif"},
      {"tau_m", "ms", 10, 5, 50, "membrane time constant", "as the model lif"},
      {"eta0", "mV", 20, 0, 40, "depth of the potential after a spike", "V_th - V_reset of the model lif"},
      {"tau_eta", "ms", 20, 5, 100, "time constant of that potential", "Gerstner & Kistler 2002, section 4.2"},
      {"theta0", "mV", -55, -60, -40, "threshold long after a spike", "as the model lif (V_th)"},
      {"theta1", "mV", 5, 0, 40, "what a spike lifts the threshold by", "range: Kobayashi et al. 2009 (alpha)"},
      {"tau_theta", "ms", 30, 10, 200, "time constant of the threshold", "range: Kobayashi et al. 2009 (tau)"},
      {"t_ref", "ms", 4, 0, 10, "refractory time", "as the model lif"},
  };
  static constexpr int refractory = t_ref;                   // no `held`: h, eta and theta go on

  enum StateIndex { h, eta, theta, n_state };
  static constexpr State states[] = {
      {"h", "mV", by_rule, -unbounded, unbounded, "input potential: rest and the response to the input", "E_L"},
      {"eta", "mV", 0, -unbounded, unbounded, "potential after a spike"},
      {"theta", "mV", by_rule, -unbounded, unbounded, "threshold", "theta0"},
  };
  static constexpr unsigned constant_rates = 1u << h | 1u << eta | 1u << theta;

  enum PortIndex { I, n_port };
  static constexpr int main_port = I;
  static constexpr Port ports[] = {{"I", "pA", "injected and synaptic current"}};

  enum SignalIndex { signal_V, signal_theta, n_signal };
  static constexpr Signal signals[] = {{"V", "mV", "membrane potential: h + eta"}, {"theta", "mV", "threshold"}};

  template <class T>
  NS_HD static T signal(const Pack<T, n_state>& x, int which) {
    return which == signal_V ? x[h] + x[eta] : x[theta];
  }
  template <class T>
  NS_HD static void start(Pack<T, n_state>& x, const Pack<T, n_par>& p) {
    x[h] = given_or(x[h], p[E_L]), x[theta] = given_or(x[theta], p[theta0]);
  }

  template <class T>
  struct Coef {
    T rate_h, E_L, gain, rate_eta, eta0, rate_theta, theta0, lifted;   // 1/tau [1/ms], 1/C_m [1/pF], theta0 + theta1
  };
  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    return {T(1) / p[tau_m], p[E_L],  T(1) / p[C_m],       T(1) / p[tau_eta],
            p[eta0],         T(1) / p[tau_theta], p[theta0], p[theta0] + p[theta1]};
  }

  // dx/dt [mV/ms]. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<X, n_state>& dx) {
    dx[h] = X(k.rate_h) * (X(k.E_L) - x[h]) + X(k.gain * in[I]);
    dx[eta] = -(X(k.rate_eta) * x[eta]);
    dx[theta] = X(k.rate_theta) * (X(k.theta0) - x[theta]);
  }
  // The same, and lambda_i = df_i/dx_i [1/ms].
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& k, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    drift(x, in, k, dx);
    lambda[h] = -k.rate_h, lambda[eta] = -k.rate_eta, lambda[theta] = -k.rate_theta;
  }

  // `before` is the state after its own jump, so V falls at a spike and rises after it.
  template <class T>
  NS_HD static auto spiked(const Pack<T, n_state>& before, const Pack<T, n_state>& after, const Coef<T>&) {
    const T V = after[h] + after[eta];
    const auto above = after[theta] <= V, rising = before[h] + before[eta] < V;
    return above & rising;
  }
  template <class T, class Mask>
  NS_HD static void jump(Pack<T, n_state>& x, Mask spiked, const Coef<T>& k) {
    x[eta] = select(spiked, -k.eta0, x[eta]), x[theta] = select(spiked, k.lifted, x[theta]);
  }
};

}  // namespace neurosweep
