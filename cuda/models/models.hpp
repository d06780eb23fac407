// The one list of models. Adding a model is one header and its name here.
#pragma once
#include <array>
#include <tuple>
#include <type_traits>

#include "models/adaptive_lif.hpp"
#include "models/adex.hpp"
#include "models/hodgkin_huxley.hpp"
#include "models/izhikevich.hpp"
#include "models/jansen_rit.hpp"
#include "models/larter_breakspear.hpp"
#include "models/lif.hpp"
#include "models/perfect_if.hpp"
#include "models/quadratic_if.hpp"
#include "models/srm.hpp"
#include "problem.hpp"

namespace neurosweep {

using Models = std::tuple<JansenRit, LarterBreakspear, Izhikevich, HodgkinHuxley, Lif, PerfectIf, AdaptiveLif, Adex, QuadraticIf,
                          Srm>;
inline constexpr int n_model = int(std::tuple_size_v<Models>);

// The tables of every model, in the list's order: Problem::model is an index into it.
inline const std::array<ModelInfo, n_model>& models() {
  static constexpr auto table = []<class... M>(std::tuple<M...>*) {
    return std::array<ModelInfo, n_model>{info_of<M>()...};
  }(static_cast<Models*>(nullptr));
  return table;
}

// Calls f(std::type_identity<Model>{}, number) for every model,
template <class F>
void with_each_model(F f) {
  [&]<class... M>(std::tuple<M...>*) {
    int number = 0;
    (f(std::type_identity<M>{}, number++), ...);
  }(static_cast<Models*>(nullptr));
}
// and f(std::type_identity<Model>{}) for the one of that number: the one way from a number to a type.
template <class F>
void with_model(int model, F f) {
  with_each_model([&]<class M>(std::type_identity<M> type, int number) {
    if (number == model) f(type);
  });
}

}  // namespace neurosweep
