// One step of a cell (or of a register of cells) of a network, and what arrives at it: the order of a step is
//   current from what was there before - integrate - spike - decay - arrivals - reset.
#pragma once
#include <string_view>

#include "numerics/spiking.hpp"

namespace neurosweep {

// The state that is the membrane potential: the model's first signal; -1 where that is not one state.
template <class Model>
constexpr int potential_of() {
  for (int i = 0; i < Model::n_state; ++i)
    if (Model::states[i].name == Model::signals[0].name) return i;
  return -1;
}

NS_HD bool and_not(bool a, bool b) { return a && !b; }

// A channel in one register of cells (numbers.hpp).
template <class T>
struct ChannelLanes {
  T factor, offset, slope;

  // Adds its current at the old v to `current`, and lets it decay.
  NS_HD void act(T& s, T v, T& current) const {
    current = fma(s, fma(slope, v, offset), current);
    s = s * factor;
  }
};

template <class Model, class T>
struct CellState {
  Pack<T, Model::n_state> x;
  [[no_unique_address]] Hold<Model, T> hold;

  // Integrates with input u, resets, and gives who spiked and, in `open`, whom a jump of this step moves: those that neither
  // spiked nor are held. To reset before the jumps of the step is the same, as they are lost where a reset is.
  template <class Dynamics, class Mask>
  NS_HD auto step(const Dynamics& dynamics, const Pack<T, Model::n_port>& u, Mask everywhere, Mask& open) {
    using E = typename Arithmetic<T>::element;
    Mask free = everywhere;
    if constexpr (Refractory<Model>) free = hold.steps < T(E(0.5));
    const Mask spiked = dynamics.template step<(1u << Model::n_port) - 1>(x, hold, u);
    open = and_not(free, spiked);
    return spiked;
  }
};

}  // namespace neurosweep
