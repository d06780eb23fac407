// Larter-Breakspear neural mass: pyramidal cells (V) with calcium, sodium and potassium channels (W: open potassium
// channels), and inhibitory interneurons (Z).
//
//   V' = t_scale (-(gCa + rNMDA g) m_Ca (V - VCa) - (gNa m_Na + g) (V - VNa) - gK W (V - VK) - gL (V - VL)
//                 - aie Z QZ + ane Iext)                           g = aee ((1 - C) QV + C in_V)
//   W' = t_scale phi (m_K - W) / tau_K        Z' = t_scale b (ani Iext + aei V QV)
//   m_X = (1 + tanh((V - T_X) / d_X)) / 2     QV = QV_max (1 + tanh((V - VT) / d_V)) / 2, QZ likewise of Z
//
// Larter, Speelman & Worth 1999, Chaos 9:795-804; Breakspear, Terry & Friston 2003, Network 14:703-732 (equations: section
// 2); the form and names of brainmass 0.1.1's LarterBreakspearStep, which are The Virtual Brain's.
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct LarterBreakspear {
  static constexpr std::string_view name = "larter-breakspear";
  static constexpr std::string_view title = "Larter-Breakspear neural mass (voltage-gated channels, inhibition)";
  static constexpr std::string_view citation =
      "Larter, Speelman & Worth 1999, Chaos 9:795-804, doi 10.1063/1.166453; Breakspear, Terry & Friston 2003, Network "
      "14:703-732; the form of brainmass LarterBreakspearStep 0.1.1";
  static constexpr std::string_view equations =
      "V' = t_scale (-(gCa + rNMDA g) m_Ca (V - VCa) - (gNa m_Na + g) (V - VNa) - gK W (V - VK) - gL (V - VL)\n"
      "              - aie Z QZ + ane Iext)   g = aee ((1 - C) QV + C in_V)\n"
      "W' = t_scale phi (m_K - W) / tau_K   Z' = t_scale b (ani Iext + aei V QV)\n"
      "m_X = (1 + tanh((V - T_X) / d_X)) / 2   QV = QV_max (1 + tanh((V - VT) / d_V)) / 2, QZ likewise of Z";
  static constexpr std::string_view time_unit = "ms";
  static constexpr Method main_method = Method::exp_euler;

  enum ParameterIndex {
    gCa, gK, gL, gNa, TCa, TK, TNa, d_Ca, d_K, d_Na, VCa, VK, VL, VNa, phi, tau_K,
    aee, aei, aie, ane, ani, b, C, Iext, rNMDA, VT, d_V, ZT, d_Z, QV_max, QZ_max, t_scale, n_par
  };
  // Dimensionless throughout; with t_scale = 1 a unit of time is 1 ms. Ranges: those of The Virtual Brain's model ("TVB":
  // its source code; Sanz-Leon, Knock, Spiegler & Jirsa 2015, NeuroImage 111:385-430).
  static constexpr Parameter parameters[] = {
      {"gCa", "", 1.1, 0.9, 1.5, "conductance of the calcium channels", "Breakspear et al. 2003, table 1"},
      {"gK", "", 2, 1.95, 2.05, "conductance of the potassium channels", "Breakspear et al. 2003, table 1"},
      {"gL", "", 0.5, 0.45, 0.55, "conductance of the leak channels", "Breakspear et al. 2003, table 1"},
      {"gNa", "", 6.7, 0, 10, "conductance of the sodium channels", "Breakspear et al. 2003, table 1"},
      {"TCa", "", -0.01, -0.02, -0.01, "V at which half of the calcium channels are open", "Breakspear et al. 2003, table 1"},
      {"TK", "", 0, 0, 0.0001, "V at which half of the potassium channels are open", "Breakspear et al. 2003, table 1"},
      {"TNa", "", 0.3, 0.25, 0.3, "V at which half of the sodium channels are open", "Breakspear et al. 2003, table 1"},
      {"d_Ca", "", 0.15, 0.1, 0.2, "width of the calcium channels' threshold", "Breakspear et al. 2003, table 1"},
      {"d_K", "", 0.3, 0.1, 0.4, "width of the potassium channels' threshold", "Breakspear et al. 2003, table 1"},
      {"d_Na", "", 0.15, 0.1, 0.2, "width of the sodium channels' threshold", "Breakspear et al. 2003, table 1"},
      {"VCa", "", 1, 0.9, 1.1, "reversal potential of calcium", "Breakspear et al. 2003, table 1"},
      {"VK", "", -0.7, -0.8, 1, "reversal potential of potassium", "Breakspear et al. 2003, table 1"},
      {"VL", "", -0.5, -0.7, -0.4, "reversal potential of the leak", "Breakspear et al. 2003, table 1"},
      {"VNa", "", 0.53, 0.51, 0.55, "reversal potential of sodium", "Breakspear et al. 2003, table 1"},
      {"phi", "", 0.7, 0.3, 0.9, "temperature scaling of the potassium channels' rate", "Breakspear et al. 2003, table 1"},
      {"tau_K", "", 1, 1, 10, "time constant of the potassium channels, of which phi is a factor", "Larter et al. 1999"},
      {"aee", "", 0.4, 0, 0.6, "synaptic strength, excitatory to excitatory", "Breakspear et al. 2003, table 1"},
      {"aei", "", 2, 0.1, 2, "synaptic strength, excitatory to inhibitory", "Breakspear et al. 2003, table 1"},
      {"aie", "", 2, 0.5, 2, "synaptic strength, inhibitory to excitatory", "Breakspear et al. 2003, table 1"},
      {"ane", "", 1, 0.4, 1, "strength of the nonspecific input to excitatory cells", "Breakspear et al. 2003, table 1"},
      {"ani", "", 0.4, 0.3, 0.5, "strength of the nonspecific input to inhibitory cells", "Breakspear et al. 2003, table 1"},
      {"b", "", 0.1, 0.0001, 1, "rate of the inhibitory cells", "Breakspear et al. 2003, table 1"},
      {"C", "", 0.1, 0, 1, "share of other columns (port V) in the excitation", "Breakspear et al. 2003; value: TVB"},
      {"Iext", "", 0.3, 0.165, 0.3, "nonspecific (subcortical) input", "Breakspear et al. 2003, table 1"},
      {"rNMDA", "", 0.25, 0.2, 0.3, "ratio of NMDA to AMPA receptors", "Breakspear et al. 2003, table 1"},
      {"VT", "", 0, 0, 0.7, "V at which the excitatory cells fire at half of QV_max", "Breakspear et al. 2003, table 1"},
      {"d_V", "", 0.65, 0.49, 0.7, "width of the excitatory threshold; sets the regime", "Breakspear et al. 2003; value: TVB"},
      {"ZT", "", 0, 0, 0.1, "Z at which the inhibitory cells fire at half of QZ_max", "Breakspear et al. 2003, table 1"},
      {"d_Z", "", 0.7, 0.001, 0.75, "width of the inhibitory cells' threshold", "Breakspear et al. 2003, table 1"},
      {"QV_max", "", 1, 0.1, 1, "largest firing rate of the excitatory cells", "TVB; 1 in Breakspear et al. 2003"},
      {"QZ_max", "", 1, 0.1, 1, "largest firing rate of the inhibitory cells", "TVB; 1 in Breakspear et al. 2003"},
      {"t_scale", "", 1, 0.1, 1, "factor of all rates", "TVB; 1 in Breakspear et al. 2003"},
  };

  // The domain is far outside every oscillation (|V| < 0.6): below d_V = 0.47 V falls for ever, by 0.048 per ms.
  enum StateIndex { V, W, Z, n_state };
  static constexpr State states[] = {
      {"V", "", 0, -10, 10, "mean membrane potential of the excitatory (pyramidal) cells"},
      {"W", "", 0, -10, 10, "share of the potassium channels that are open"},
      {"Z", "", 0, -10, 10, "mean membrane potential of the inhibitory interneurons"},
  };

  enum PortIndex { in_V, n_port };
  static constexpr int main_port = in_V;
  static constexpr Port ports[] = {{"V", "", "mean firing rate of other columns: <QV>, the long-range coupling"}};

  enum SignalIndex { signal_V, signal_W, signal_Z, n_signal };
  static constexpr Signal signals[] = {{"V", "", "state V"}, {"W", "", "state W"}, {"Z", "", "state Z"}};

  template <class T>
  NS_HD static T signal(const Pack<T, n_state>& x, int which) {
    return which == signal_V ? x[V] : which == signal_W ? x[W] : x[Z];
  }

  // (1 + tanh((x - threshold) / width)) / 2 = logistic2(slope x + offset), and `rate` = 2 / width: s' = rate s (1 - s).
  template <class T>
  struct Sigmoid {
    T slope, offset, rate;

    NS_HD static Sigmoid of(T threshold, T width) {
      const T rate = T(2) / width, slope = -rate * T(log2_e * logistic_units<T>);
      return {slope, -slope * threshold, rate};
    }
    template <class X>
    NS_HD X operator()(X x) const { return logistic2(fma(X(slope), x, X(offset))); }
    NS_HD T gap() const { return offset - offset; }   // 0; NaN where the width is 0 or nearly
  };

  // What depends on the parameters alone, computed once per set; t_scale is a factor of all conductances and rates.
  template <class T>
  struct Coef {
    Sigmoid<T> ca, k, na, v, z;                    // the channels m_X and the firing rates QV / QV_max, QZ / QZ_max
    T gCa, gK, gL, gNa, gE, gC, rNMDA;             // gE, gC: of own (QV / QV_max) and of other columns' (in_V) excitation
    T VCa, VK, VNa, I;                             // I: leak and nonspecific current, gL VL + ane Iext
    T aie, rate, aei, drift_Z;                     // of Z QZ / QZ_max, of W, of V QV / QV_max in Z', Z's constant drift
  };

  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    Coef<T> c;
    c.ca = Sigmoid<T>::of(p[TCa], p[d_Ca]), c.k = Sigmoid<T>::of(p[TK], p[d_K]), c.na = Sigmoid<T>::of(p[TNa], p[d_Na]);
    c.v = Sigmoid<T>::of(p[VT], p[d_V]), c.z = Sigmoid<T>::of(p[ZT], p[d_Z]);
    // Lanes bound the exponent, and a bound hides NaN: it comes in by a factor of everything.
    const T s = p[t_scale] * (T(1) + (c.ca.gap() + c.k.gap() + c.na.gap() + c.v.gap() + c.z.gap()));
    c.gCa = s * p[gCa], c.gK = s * p[gK], c.gL = s * p[gL], c.gNa = s * p[gNa];
    c.gE = s * p[aee] * (T(1) - p[C]) * p[QV_max], c.gC = s * p[aee] * p[C], c.rNMDA = p[rNMDA];
    c.VCa = p[VCa], c.VK = p[VK], c.VNa = p[VNa], c.I = fma(c.gL, p[VL], s * p[ane] * p[Iext]);
    c.aie = s * p[aie] * p[QZ_max], c.rate = s * p[phi] / p[tau_K];
    c.aei = s * p[b] * p[aei] * p[QV_max], c.drift_Z = s * p[b] * p[ani] * p[Iext];
    return c;
  }

  // The open shares and conductances that drift and its derivative have in common.
  template <class X>
  struct Open {
    X v, ca, na;                                   // QV / QV_max, m_Ca, m_Na
    X g_ca, g_na, g_k;                             // calcium and NMDA, sodium and AMPA, potassium
  };
  template <class X, class T>
  NS_HD static Open<X> open(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& c) {
    Open<X> o;
    o.v = c.v(x[V]), o.ca = c.ca(x[V]), o.na = c.na(x[V]);
    const X g = fma(X(c.gE), o.v, X(c.gC * in[in_V]));
    o.g_ca = fma(X(c.rNMDA), g, X(c.gCa)) * o.ca, o.g_na = fma(X(c.gNa), o.na, g), o.g_k = X(c.gK) * x[W];
    return o;
  }
  // dx/dt [1/ms] from them.
  template <class X, class T>
  NS_HD static void flow(const Pack<X, n_state>& x, const Coef<T>& c, const Open<X>& o, Pack<X, n_state>& dx) {
    const X inhibition = X(c.aie) * x[Z] * c.z(x[Z]);
    const X passive = fma(o.g_k, X(c.VK) - x[V], fma(X(-c.gL), x[V], X(c.I) - inhibition));
    dx[V] = fma(o.g_ca, X(c.VCa) - x[V], fma(o.g_na, X(c.VNa) - x[V], passive));
    dx[W] = X(c.rate) * (c.k(x[V]) - x[W]);
    dx[Z] = fma(X(c.aei) * x[V], o.v, X(c.drift_Z));
  }

  // dx/dt [1/ms]. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& c, Pack<X, n_state>& dx) {
    flow(x, c, open(x, in, c), dx);
  }
  // The same, and lambda_i = df_i/dx_i [1/ms]: the conductances, and the sigmoids' slopes times the driving forces.
  template <class T>
  NS_HD static void drift(const Pack<T, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& c, Pack<T, n_state>& dx,
                          Pack<T, n_state>& lambda) {
    const Open<T> o = open(x, in, c);
    flow(x, c, o, dx);
    const T one(1), slope_g = c.gE * c.v.rate * o.v * (one - o.v);
    const T slope_ca = fma(c.rNMDA * slope_g, o.ca, o.g_ca * c.ca.rate * (one - o.ca));
    const T slope_na = fma(c.gNa * c.na.rate * o.na, one - o.na, slope_g);
    const T driven = fma(slope_ca, c.VCa - x[V], slope_na * (c.VNa - x[V]));
    lambda[V] = driven - (o.g_ca + o.g_na + o.g_k + c.gL), lambda[W] = -c.rate, lambda[Z] = T(0);
  }

  // Forward and exponential Euler by hand: dt, products of coefficients and the constant part of the input are folded. A test
  // holds both to the generic integrators over drift(). What they have in common:
  template <class T>
  struct Folded {
    Sigmoid<T> ca, k, na, v, z;
    T dt, gE, drive, input;                       // g = gE v + drive + input u
    T gE_ca, drive_ca, input_ca;                  // gCa + rNMDA g likewise
    T gNa, gK, gL, VCa, VNa, KVK, I, aie;         // KVK: gK VK
    T rate_W, aei, drift_Z;                       // of a step

    NS_HD void prepare(const Pack<T, n_par>& p, const Pack<T, n_port>& mean, const Pack<T, n_port>& scale, T step) {
      const Coef<T> c = LarterBreakspear::prepare(p);
      ca = c.ca, k = c.k, na = c.na, v = c.v, z = c.z, dt = step;
      gE = c.gE, drive = c.gC * mean[in_V], input = c.gC * scale[in_V];
      gE_ca = c.rNMDA * gE, drive_ca = fma(c.rNMDA, drive, c.gCa), input_ca = c.rNMDA * input;
      gNa = c.gNa, gK = c.gK, gL = c.gL, VCa = c.VCa, VNa = c.VNa, KVK = c.gK * c.VK, I = c.I, aie = c.aie;
      rate_W = dt * c.rate, aei = dt * c.aei, drift_Z = dt * c.drift_Z;
    }
    NS_HD void share(const Folded& other) { dt = other.dt; }

    template <unsigned Varying>
    NS_HD void conductances(const Pack<T, n_port>& u, T open_v, T& g, T& full_ca) const {
      g = fma(gE, open_v, drive), full_ca = fma(gE_ca, open_v, drive_ca);
      if constexpr (Varying & 1u << in_V) g = fma(input, u[in_V], g), full_ca = fma(input_ca, u[in_V], full_ca);
    }
    NS_HD void step_W_Z(Pack<T, n_state>& x, T open_v) const {
      x[Z] = fma(aei * x[V], open_v, x[Z] + drift_Z);
      x[W] = fma(rate_W, k(x[V]) - x[W], x[W]);
    }
  };

  // The driving forces, times dt, need V alone: they are there before the open shares, and V waits for few operations after these.
  template <class T>
  struct Euler : Folded<T> {
    using F = Folded<T>;
    using F::dt, F::VCa, F::VNa, F::KVK, F::gK, F::gL, F::I, F::aie;      // all of a step: times dt

    NS_HD void prepare(const Pack<T, n_par>& p, const Pack<T, n_port>& mean, const Pack<T, n_port>& scale, T step) {
      F::prepare(p, mean, scale, step);
      VCa = dt * VCa, VNa = dt * VNa, KVK = dt * KVK, gK = dt * gK, gL = dt * gL, I = dt * I, aie = dt * aie;
    }
    template <unsigned Varying>
    NS_HD void step(Pack<T, n_state>& x, const Pack<T, n_port>& u) const {
      const T open_v = F::v(x[V]), open_ca = F::ca(x[V]), open_na = F::na(x[V]);
      T g, full_ca;
      F::template conductances<Varying>(u, open_v, g, full_ca);
      const T to_ca = fnma(dt, x[V], VCa) * open_ca, to_na = fnma(dt, x[V], VNa);
      const T passive = fma(x[W], fnma(gK, x[V], KVK), fnma(gL, x[V], fnma(aie * x[Z], F::z(x[Z]), I)));
      const T dV = fma(full_ca, to_ca, fma(fma(F::gNa, open_na, g), to_na, passive));
      F::step_W_Z(x, open_v);
      x[V] = x[V] + dV;
    }
  };

  // The driving forces are summed as G V against the currents, and only V's lambda changes from step to step.
  template <class T>
  struct ExpEuler : Folded<T> {
    using F = Folded<T>;
    T slope_g, slope_gca, slope_ca, slope_na;     // of g by V: gE 2 / d_V; rNMDA times that; 2 / d_Ca; gNa 2 / d_Na

    NS_HD void prepare(const Pack<T, n_par>& p, const Pack<T, n_port>& mean, const Pack<T, n_port>& scale, T step) {
      F::prepare(p, mean, scale, step);
      F::rate_W = F::rate_W * phi1(-F::rate_W);
      slope_g = F::gE * F::v.rate, slope_gca = F::gE_ca * F::v.rate, slope_ca = F::ca.rate, slope_na = F::gNa * F::na.rate;
    }
    template <unsigned Varying>
    NS_HD void step(Pack<T, n_state>& x, const Pack<T, n_port>& u) const {
      const T open_v = F::v(x[V]), open_ca = F::ca(x[V]), open_na = F::na(x[V]);
      T g, full_ca;
      F::template conductances<Varying>(u, open_v, g, full_ca);
      const T g_ca = full_ca * open_ca, g_na = fma(F::gNa, open_na, g), G = fma(F::gK, x[W], F::gL) + g_na + g_ca;
      const T currents = fma(g_ca, F::VCa, fma(g_na, F::VNa, fma(F::KVK, x[W], fnma(F::aie * x[Z], F::z(x[Z]), F::I))));
      const T bend = fnma(open_v, open_v, open_v);
      const T by_ca = fma(slope_gca * bend, open_ca, slope_ca * fnma(g_ca, open_ca, g_ca));
      const T by_na = fma(slope_na, fnma(open_na, open_na, open_na), slope_g * bend);
      const T lambda = fma(by_ca, F::VCa - x[V], fma(by_na, F::VNa - x[V], -G));
      const T f = fnma(G, x[V], currents), h = F::dt * phi1(lambda * F::dt);
      F::step_W_Z(x, open_v);
      x[V] = fma(h, f, x[V]);
    }
  };
};

}  // namespace neurosweep
