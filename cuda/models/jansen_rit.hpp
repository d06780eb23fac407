// Jansen-Rit neural mass: one cortical column as three populations.
//
//   M' = Mv    Mv' = Ae be S(E - I + in_M)               - 2 be Mv - be^2 M      pyramidal cells
//   E' = Ev    Ev' = Ae be (in_E + C a2 S(C a1 M))       - 2 be Ev - be^2 E      excitatory interneurons
//   I' = Iv    Iv' = Ai bi (C a4 S(C a3 M + in_I))       - 2 bi Iv - bi^2 I      inhibitory interneurons
//   S(v) = s_max / (1 + exp(r (v0 - v)))                 eeg = E - I
//
// Jansen & Rit 1995, Biol. Cybern. 73:357-366 (equations 1-6); the form, names and units of brainmass 0.1.1's
// JansenRitStep. s_max is the whole height of the sigmoid: 2 e0 = 5 Hz in the paper.
#pragma once
#include "models/table.hpp"
#include "numerics/maths.hpp"
#include "numerics/pack.hpp"

namespace neurosweep {

struct JansenRit {
  static constexpr std::string_view name = "jansen-rit";
  static constexpr std::string_view title = "Jansen-Rit neural mass (one cortical column)";
  static constexpr std::string_view citation =
      "Jansen & Rit 1995, Biol. Cybern. 73:357-366, doi 10.1007/BF00199471; the form of brainmass JansenRitStep 0.1.1";
  static constexpr std::string_view equations =
      "M' = Mv   Mv' = Ae be S(E - I + in_M) - 2 be Mv - be^2 M\n"
      "E' = Ev   Ev' = Ae be (in_E + C a2 S(C a1 M)) - 2 be Ev - be^2 E\n"
      "I' = Iv   Iv' = Ai bi (C a4 S(C a3 M + in_I)) - 2 bi Iv - bi^2 I\n"
      "S(v) = s_max / (1 + exp(r (v0 - v)))   eeg = E - I";
  static constexpr std::string_view time_unit = "s";
  static constexpr Method main_method = Method::exp_euler;   // has time loops of its own: what people use

  enum ParameterIndex { Ae, Ai, be, bi, C, a1, a2, a3, a4, s_max, v0, r, n_par };
  static constexpr Parameter parameters[] = {
      {"Ae", "mV", 3.25, 2.6, 9.75, "excitatory gain: height of the excitatory postsynaptic potential", "Jansen & Rit 1995, p. 358 (A)"},
      {"Ai", "mV", 22, 17.6, 110, "inhibitory gain: height of the inhibitory postsynaptic potential", "Jansen & Rit 1995, p. 358 (B)"},
      {"be", "Hz", 100, 5, 150, "rate constant of the excitatory synapse", "Jansen & Rit 1995, p. 358 (a)"},
      {"bi", "Hz", 50, 25, 75, "rate constant of the inhibitory synapse", "Jansen & Rit 1995, p. 358 (b)"},
      {"C", "", 135, 65, 1350, "average number of synapses between populations", "Jansen & Rit 1995, p. 360"},
      {"a1", "", 1, 0.5, 1.5, "synapses, pyramidal to excitatory, as a share of C", "Jansen & Rit 1995, p. 360 (C1 = C)"},
      {"a2", "", 0.8, 0.4, 1.2, "synapses, excitatory to pyramidal, as a share of C", "Jansen & Rit 1995, p. 360 (C2 = 0.8 C)"},
      {"a3", "", 0.25, 0.125, 0.375, "synapses, pyramidal to inhibitory, as a share of C", "Jansen & Rit 1995, p. 360 (C3 = 0.25 C)"},
      {"a4", "", 0.25, 0.125, 0.375, "synapses, inhibitory to pyramidal, as a share of C", "Jansen & Rit 1995, p. 360 (C4 = 0.25 C)"},
      {"s_max", "Hz", 5, 1, 10, "largest firing rate of a population", "Jansen & Rit 1995, p. 358 (2 e0)"},
      {"v0", "mV", 6, 3.12, 6, "potential at which half of s_max is reached", "Jansen & Rit 1995, p. 358 (v0)"},
      {"r", "1/mV", 0.56, 0.28, 0.84, "slope of the sigmoid", "Jansen & Rit 1995, p. 358 (r)"},
  };

  enum StateIndex { M, E, I, Mv, Ev, Iv, n_state };
  static constexpr State states[] = {
      {"M", "mV", 0, -unbounded, unbounded, "potential that the pyramidal cells cause in the interneurons"},
      {"E", "mV", 0, -unbounded, unbounded, "excitatory potential of the pyramidal cells"},
      {"I", "mV", 0, -unbounded, unbounded, "inhibitory potential of the pyramidal cells"},
      {"Mv", "mV/s", 0, -unbounded, unbounded, "rate of change of M"},
      {"Ev", "mV/s", 0, -unbounded, unbounded, "rate of change of E"},
      {"Iv", "mV/s", 0, -unbounded, unbounded, "rate of change of I"},
  };

  enum PortIndex { in_M, in_E, in_I, n_port };
  static constexpr int main_port = in_E;      // where noise usually goes: the one that gets a time loop of its own
  static constexpr Port ports[] = {
      {"M", "mV", "added to the pyramidal cells' potential"},
      {"E", "Hz", "firing rate that reaches the pyramidal cells from elsewhere: p(t) of the paper, 120 to 320 Hz there"},
      {"I", "mV", "added to the inhibitory interneurons' potential"},
  };

  enum SignalIndex { eeg, signal_M, signal_E, signal_I, n_signal };
  static constexpr Signal signals[] = {
      {"eeg", "mV", "E - I: what an electrode over the column sees"},
      {"M", "mV", "state M"},
      {"E", "mV", "state E"},
      {"I", "mV", "state I"},
  };

  // Signal `which` of the state; `which` is the same for all sets.
  template <class T>
  NS_HD static T signal(const Pack<T, n_state>& x, int which) {
    return which == eeg ? x[E] - x[I] : which == signal_M ? x[M] : which == signal_E ? x[E] : x[I];
  }

  // What depends on the parameters alone, computed once per set. S(v) = s_max logistic2(q v + q0).
  template <class T>
  struct Coef {
    T q, q0, C1, C3;               // the sigmoid's slope and offset, C a1, C a3
    T be2, be_sq, bi2, bi_sq;      // 2 be, be^2, 2 bi, bi^2
    T gE, aM, aE, aI;              // Ae be, and the three sigmoids' factors
  };

  template <class T>
  NS_HD static Coef<T> prepare(const Pack<T, n_par>& p) {
    const T slope = p[r] * T(log2_e * logistic_units<T>);
    Coef<T> c;
    c.q = -slope, c.q0 = slope * p[v0], c.C1 = p[C] * p[a1], c.C3 = p[C] * p[a3];
    c.be2 = T(2) * p[be], c.be_sq = p[be] * p[be], c.bi2 = T(2) * p[bi], c.bi_sq = p[bi] * p[bi];
    c.gE = p[Ae] * p[be], c.aM = c.gE * p[s_max], c.aE = c.aM * (p[C] * p[a2]);
    c.aI = p[Ai] * p[bi] * p[s_max] * (p[C] * p[a4]);
    return c;
  }

  // dx/dt. X is T, or Dual<T> where a derivative is wanted.
  template <class X, class T>
  NS_HD static void drift(const Pack<X, n_state>& x, const Pack<T, n_port>& in, const Coef<T>& c, Pack<X, n_state>& dx) {
    const X sM = logistic2(c.q * (x[E] - x[I] + in[in_M]) + c.q0);
    const X sE = logistic2(c.q * (c.C1 * x[M]) + c.q0);
    const X sI = logistic2(c.q * (c.C3 * x[M] + in[in_I]) + c.q0);
    dx[M] = x[Mv], dx[E] = x[Ev], dx[I] = x[Iv];
    dx[Mv] = c.aM * sM - c.be2 * x[Mv] - c.be_sq * x[M];
    dx[Ev] = c.gE * in[in_E] + c.aE * sE - c.be2 * x[Ev] - c.be_sq * x[E];
    dx[Iv] = c.aI * sI - c.bi2 * x[Iv] - c.bi_sq * x[I];
  }

  // Exponential Euler by hand: the integrator's factors and the constant part of the input are folded into the
  // coefficients, and velocities are kept per step, which leaves 19 multiply-adds, additions and products and three logistics
  // a step. A test holds it to the generic integrator over drift().
  //
  // The input of port p is mean[p] + scale[p] * u[p] where bit p of `Varying` is set, and mean[p] elsewhere.
  template <class T>
  struct ExpEuler {
    static constexpr unsigned per_step = 1u << Mv | 1u << Ev | 1u << Iv;
    T q, q2, q3, qM, q0, qI;       // the sigmoids' slopes and offsets, of E - I, M and M
    T bE, bI, cE, cI;              // factors of the velocities and of the positions
    T aM, aE, aI, dE;              // factors of the sigmoids, constant input
    T uM, uE, uI;                  // factors of the varying inputs

    NS_HD void prepare(const Pack<T, n_par>& p, const Pack<T, n_port>& mean, const Pack<T, n_port>& scale, T step) {
      const Coef<T> c = JansenRit::prepare(p);
      const T dt = step, kE = dt * dt * phi1(-c.be2 * dt), kI = dt * dt * phi1(-c.bi2 * dt);   // dt^2 phi(lambda dt), lambda = -2 be, -2 bi
      q = c.q, q2 = c.q * c.C1, q3 = c.q * c.C3;
      qM = fma(c.q, mean[in_M], c.q0), q0 = c.q0, qI = fma(c.q, mean[in_I], c.q0);
      bE = exp(-c.be2 * dt), bI = exp(-c.bi2 * dt);                       // 1 + lambda dt phi(lambda dt) = e^(lambda dt)
      cE = -kE * c.be_sq, cI = -kI * c.bi_sq;
      aM = kE * c.aM, aE = kE * c.aE, aI = kI * c.aI, dE = kE * c.gE * mean[in_E];
      uM = c.q * scale[in_M], uE = kE * c.gE * scale[in_E], uI = c.q * scale[in_I];
    }

    template <unsigned Varying>
    NS_HD void step(Pack<T, n_state>& x, const Pack<T, n_port>& u) const {
      T tM = fma(q, x[E] - x[I], qM), tE = fma(q2, x[M], q0), tI = fma(q3, x[M], qI), in = dE;
      if constexpr (Varying & 1u << in_M) tM = fma(uM, u[in_M], tM);
      if constexpr (Varying & 1u << in_E) in = fma(uE, u[in_E], in);
      if constexpr (Varying & 1u << in_I) tI = fma(uI, u[in_I], tI);
      const Pack<T, 3> rest{{fma(bE, x[Mv], cE * x[M]), fma(bE, x[Ev], fma(cE, x[E], in)), fma(bI, x[Iv], cI * x[I])}};
      const Pack<T, 3> v = fma_logistics2(Pack<T, 3>{{aM, aE, aI}}, Pack<T, 3>{{tM, tE, tI}}, rest);
      x[M] = x[M] + x[Mv], x[E] = x[E] + x[Ev], x[I] = x[I] + x[Iv];
      x[Mv] = v[0], x[Ev] = v[1], x[Iv] = v[2];
    }
  };
};

}  // namespace neurosweep
