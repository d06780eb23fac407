// One time step of a model: euler, exp-euler, heun, rk4, each a template on any model and arithmetic type.
//
// A stepper is prepared once per set and then advances the state. The input of port p is mean[p] + scale[p] * u[p] where
// bit p of the template argument Varying is set, mean[p] elsewhere; it is taken at the beginning of the step and held
// through its stages.
#pragma once
#include "numerics/dual.hpp"
#include "models/table.hpp"
#include "numerics/pack.hpp"
#include "problem.hpp"

namespace neurosweep {

// Or a drift() that also gives lambda_i = df_i/dx_i, which then need not come from dual numbers.
template <class Model, class T>
concept HasRates = requires(Pack<T, Model::n_state> x, Pack<T, Model::n_port> in, typename Model::template Coef<T> c) {
  Model::drift(x, in, c, x, x);
};

// Bit i: lambda_i depends on parameters alone, and so does its factor in exponential Euler.
template <class Model>
constexpr unsigned constant_rates = 0;
template <class Model>
  requires requires { Model::constant_rates; }
constexpr unsigned constant_rates<Model> = Model::constant_rates;

// States that a stepper made by hand keeps times dt, as changes per step, which costs less there: bit i, state i. Such a state has
// no domain and is not the model's first signal.
template <class S>
constexpr unsigned kept_per_step = 0;
template <class S>
  requires requires { S::per_step; }
constexpr unsigned kept_per_step<S> = S::per_step;

template <class Model>
constexpr bool unbounded_where(unsigned states) {
  for (int i = 0; i < Model::n_state; ++i)
    if (states >> i & 1 && (Model::states[i].low > -unbounded || Model::states[i].high < unbounded || Model::states[i].name == Model::signals[0].name)) return false;
  return true;
}

// `factor` is dt for states that enter stepper S, and 1 / dt for those that leave it.
template <class S, class T, int n>
NS_HD Pack<T, n> rescaled(Pack<T, n> x, T factor) {
  NS_UNROLL for (int i = 0; i < n; ++i)
    if (kept_per_step<S> >> i & 1) x[i] = factor * x[i];
  return x;
}

struct NotHeld {};                                        // of a model whose states all move in every step

template <class Model, Method method, class T, bool generic = false>
struct Stepper {
  static constexpr int n = Model::n_state;
  using State = Pack<T, n>;
  using Input = Pack<T, Model::n_port>;

  typename Model::template Coef<T> coef;
  Input mean, scale;
  T dt;                                                   // model time units
  State factor;                                           // exp-euler's, of the states with constant rates

  NS_HD void prepare(const Pack<T, Model::n_par>& p, const Input& mean_, const Input& scale_, T dt_) {
    coef = Model::prepare(p), mean = mean_, scale = scale_, dt = dt_;
    if constexpr (method == Method::exp_euler && known != 0) {
      State dx, lambda, anywhere;
      NS_UNROLL for (int i = 0; i < n; ++i) anywhere[i] = T(0);
      rates(anywhere, mean, dx, lambda);
      NS_UNROLL for (int i = 0; i < n; ++i)
        if (known >> i & 1) factor[i] = dt * phi1(lambda[i] * dt);
    }
  }

  NS_HD void share(const Stepper& other) { dt = other.dt; }

  // `free`: a mask, or NotHeld. Where it is false the state Model::held stays as it is, in all stages of the step.
  template <unsigned Varying, class Free = NotHeld>
  NS_HD void step(State& x, const Input& u, Free free = {}) const {
    Input in = mean;
    NS_UNROLL for (int p = 0; p < Model::n_port; ++p)
      if (Varying >> p & 1) in[p] = fma(scale[p], u[p], mean[p]);
    if constexpr (method == Method::euler) euler(x, in, free);
    if constexpr (method == Method::exp_euler) exp_euler(x, in, free);
    if constexpr (method == Method::heun) heun(x, in, free);
    if constexpr (method == Method::rk4) rk4(x, in, free);
  }

 private:
  static constexpr unsigned known = generic ? 0 : constant_rates<Model>;
  template <class Free>
  static constexpr bool holds = Held<Model> && !std::is_same_v<Free, NotHeld>;

  template <class Free>
  NS_HD State drift(const State& x, const Input& in, [[maybe_unused]] Free free) const {
    State dx;
    Model::drift(x, in, coef, dx);
    if constexpr (holds<Free>) dx[Model::held] = select(free, dx[Model::held], T(typename Arithmetic<T>::element(0)));
    return dx;
  }
  NS_HD static State along(const State& x, T h, const State& dx) {   // x + h dx
    State y;
    NS_UNROLL for (int i = 0; i < n; ++i) y[i] = fma(h, dx[i], x[i]);
    return y;
  }

  template <class Free>
  NS_HD void euler(State& x, const Input& in, Free free) const { x = along(x, dt, drift(x, in, free)); }

  // x_i += dt phi(lambda_i dt) f_i, lambda_i = df_i/dx_i, everything at the state before the step; phi(z) = (e^z - 1)/z.
  // Exponential (Rosenbrock-)Euler of the diagonal: Hochbruck & Ostermann 2010, Acta Numerica 19:209, eq. 2.39.
  template <class Free>
  NS_HD void exp_euler(State& x, const Input& in, [[maybe_unused]] Free free) const {
    State dx, lambda;
    rates(x, in, dx, lambda);
    [[maybe_unused]] const State before = x;                               // held at the end: phi may be infinite
    NS_UNROLL for (int i = 0; i < n; ++i) x[i] = fma(known >> i & 1 ? factor[i] : dt * phi1(lambda[i] * dt), dx[i], x[i]);
    if constexpr (holds<Free>) x[Model::held] = select(free, x[Model::held], before[Model::held]);
  }
  NS_HD void rates(const State& x, const Input& in, State& dx, State& lambda) const {
    if constexpr (HasRates<Model, T> && !generic) Model::drift(x, in, coef, dx, lambda);
    else differentiate(x, in, dx, lambda);
  }
  NS_HD void differentiate(const State& x, const Input& in, State& dx, State& lambda) const {
    NS_UNROLL for (int i = 0; i < n; ++i) {
      Pack<Dual<T>, n> seeded, result;
      NS_UNROLL for (int j = 0; j < n; ++j) seeded[j] = Dual<T>(x[j], j == i ? T(1) : T(0));
      Model::drift(seeded, in, coef, result);
      dx[i] = result[i].v, lambda[i] = result[i].d;
    }
  }

  // The explicit trapezoid: order 2; for noise the Stratonovich scheme, which equals Ito's as all noise here is additive.
  template <class Free>
  NS_HD void heun(State& x, const Input& in, Free free) const {
    const State k1 = drift(x, in, free), k2 = drift(along(x, dt, k1), in, free);
    NS_UNROLL for (int i = 0; i < n; ++i) x[i] = fma(T(0.5) * dt, k1[i] + k2[i], x[i]);
  }

  // The classical Runge-Kutta method of order 4.
  template <class Free>
  NS_HD void rk4(State& x, const Input& in, Free free) const {
    const T half = T(0.5) * dt;
    const State k1 = drift(x, in, free), k2 = drift(along(x, half, k1), in, free);
    const State k3 = drift(along(x, half, k2), in, free), k4 = drift(along(x, dt, k3), in, free);
    NS_UNROLL for (int i = 0; i < n; ++i)
      x[i] = fma(dt * T(1.0 / 6), fma(T(2), k2[i] + k3[i], k1[i] + k4[i]), x[i]);
  }
};

// The folded one where the model has it.
template <class Model, class T>
  requires HasOwnExpEuler<Model, T>
struct Stepper<Model, Method::exp_euler, T, false> : Model::template ExpEuler<T> {};
template <class Model, class T>
  requires HasOwnEuler<Model, T>
struct Stepper<Model, Method::euler, T, false> : Model::template Euler<T> {};

}  // namespace neurosweep
