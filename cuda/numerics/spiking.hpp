// What a step of a spiking model is beyond its drift: who spiked, the jump, the refractory time, and when it was.
#pragma once
#include <cstdint>
#include <type_traits>

#include "models/table.hpp"
#include "numerics/steppers.hpp"

namespace neurosweep {

// Steps: how many a set is still held, or is held after a spike. Nothing for a model without a refractory time.
template <class Model, class T>
struct Hold {};
template <Refractory Model, class T>
struct Hold<Model, T> {
  T steps;                                    // a whole number that counts down: max_refractory at most
};

// Everything that turns one state into the next: the same for all steps of a set.
template <class Model, Method method, class T>
struct Dynamics {
  using E = typename Arithmetic<T>::element;
  using Own = Stepper<Model, method, T>;
  Own stepper;
  static_assert(unbounded_where<Model>(kept_per_step<Own>));
  [[no_unique_address]] Hold<Model, T> refractory;

  // source(quantity, lane): as in numerics/input.hpp; dt in the model's time unit.
  template <class Source>
  NS_HD void prepare(const Source& source, const Pack<T, Model::n_par>& p, const Pack<T, Model::n_port>& mean,
                     const Pack<T, Model::n_port>& scale, double dt) {
    stepper.prepare(p, mean, scale, T(E(dt)));
    if constexpr (Refractory<Model>)          // in double: t_ref is often a whole number of steps, or half of one
      refractory.steps = real_of<T>([&](int lane) { return std::round(source(Model::refractory, lane) / dt); });
  }

  // The states from the model's units to the stepper's, and back.
  NS_HD static Pack<T, Model::n_state> enter(const Pack<T, Model::n_state>& x, double dt) { return rescaled<Own>(x, T(E(dt))); }
  NS_HD static Pack<T, Model::n_state> leave(const Pack<T, Model::n_state>& x, double per_dt) { return rescaled<Own>(x, T(E(per_dt))); }

  // What does not depend on the set, of another: a CPU then keeps it in one register for several registers of sets.
  NS_HD void share([[maybe_unused]] const Dynamics& other) {
    if constexpr (requires { stepper.share(other.stepper); }) stepper.share(other.stepper);
  }

  // One step; a spiking model gives back which sets spiked. The input is as Stepper::step has it.
  template <unsigned Varying>
  NS_HD auto step(Pack<T, Model::n_state>& x, [[maybe_unused]] Hold<Model, T>& hold, const Pack<T, Model::n_port>& u) const {
    if constexpr (!Spiking<Model>) {
      stepper.template step<Varying>(x, u);
    } else {
      const Pack<T, Model::n_state> before = x;
      auto spiked = integrate<Varying>(before, x, hold, u);
      if constexpr (requires { Model::jump(x, spiked, stepper.coef); }) Model::jump(x, spiked, stepper.coef);
      return spiked;
    }
  }

 private:
  template <unsigned Varying>
  NS_HD auto integrate(const Pack<T, Model::n_state>& before, Pack<T, Model::n_state>& x,
                       [[maybe_unused]] Hold<Model, T>& hold, const Pack<T, Model::n_port>& u) const {
    if constexpr (Refractory<Model>) {
      const auto free = hold.steps < T(E(0.5));
      stepper.template step<Varying>(x, u, free);
      const auto spiked = Model::spiked(before, x, stepper.coef) & free;
      hold.steps = select(spiked, refractory.steps, max(hold.steps - T(E(1)), T(E(0))));
      return spiked;
    } else {
      stepper.template step<Varying>(x, u);
      return Model::spiked(before, x, stepper.coef);
    }
  }
};

template <class Bits>
NS_HD int lowest_bit(Bits b) {
#if defined(__CUDA_ARCH__)
  return __ffsll(static_cast<long long>(b)) - 1;
#else
  return __builtin_ctzll(b);
#endif
}

// Who spiked when within `span` steps. For one set a bit for each step, for a register of sets a word of lanes' bits.
template <class Model, class T, int span>
struct SpikeTimes {
  NS_HD void clear() {}
  template <class F> NS_HD void each(int, int, F) const {}
};
template <Spiking Model, class T, int span>
struct SpikeTimes<Model, T, span> {
  static_assert(!Scalar<T> || span <= 64);
  using Bits = std::conditional_t<!Scalar<T>, std::uint16_t, std::conditional_t<(span > 32), std::uint64_t, std::uint32_t>>;
  Bits bits[Scalar<T> ? 1 : span];

  NS_HD void clear() {
    NS_UNROLL for (Bits& b : bits) b = 0;
  }
  template <class Mask>
  NS_HD void set(int q, Mask spiked) {
    if constexpr (Scalar<T>) bits[0] |= Bits(spiked) << q;
    else bits[q] = Bits(bits_of(spiked));
  }
  // Calls f(lane, step) for every spike in steps a ... b - 1.
  template <class F>
  NS_HD void each(int a, int b, F f) const {
    if constexpr (Scalar<T>) {
      Bits left = bits[0] >> a << a;
      while (left != 0) {
        const int q = lowest_bit(left);
        if (q >= b) return;
        f(0, q), left &= left - 1;
      }
    } else {
      // Spikes are rare: a bit for each step that has any, so that no branch depends on a step without.
      for (std::uint64_t steps = nonzero_words(std::type_identity<T>(), bits) >> a << a; steps != 0; steps &= steps - 1) {
        const int q = lowest_bit(steps);
        if (q >= b) return;
        for (std::uint32_t left = bits[q]; left != 0; left &= left - 1) f(lowest_bit(left), q);
      }
    }
  }
};

}  // namespace neurosweep
