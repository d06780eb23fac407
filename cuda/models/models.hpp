// The one list of models. Adding a model is one header and its name here.
#pragma once
#include <array>
#include <tuple>
#include <type_traits>

#include "models/izhikevich.hpp"
#include "models/jansen_rit.hpp"
#include "models/lif.hpp"
#include "problem.hpp"

namespace neurosweep {

using Models = std::tuple<JansenRit, Izhikevich, Lif>;
inline constexpr int n_model = int(std::tuple_size_v<Models>);

// The tables of every model, in the list's order: Problem::model is an index into it.
inline const std::array<ModelInfo, n_model>& models() {
  static constexpr auto table = []<class... M>(std::tuple<M...>*) {
    return std::array<ModelInfo, n_model>{info_of<M>()...};
  }(static_cast<Models*>(nullptr));
  return table;
}

// Calls f(std::type_identity<Model>{}) for the model of that number: the one way from a number to a type.
template <class F>
void with_model(int model, F f) {
  [&]<class... M>(std::tuple<M...>*) {
    int at = 0;
    ((at++ == model ? void(f(std::type_identity<M>{})) : void()), ...);
  }(static_cast<Models*>(nullptr));
}

}  // namespace neurosweep
