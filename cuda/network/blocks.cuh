// What the backend knows about the kernels of networks, and how to find those for a problem. The kernels themselves are in block.cuh, and
// are compiled once for each model, for networks of its cells alone, and once for networks of several models (CMakeLists.txt).
#pragma once
#include <cuda_runtime.h>

#include "models/models.hpp"
#include "network/block.hpp"

namespace neurosweep {

template <class T>
struct BlockKernels {
  void (*begin)(BlockArguments<T>) = nullptr;      // a block's memory at the start
  void (*run)(BlockArguments<T>) = nullptr;        // a launch's steps, with shape.bytes of dynamic shared memory
};

// Those for networks of cells of one model, and of any. Instantiated in objects of their own.
template <class Model, class T>
struct ModelNetworks {
  static BlockKernels<T> find(Method method);
};
template <Method method, class T>
struct MixedNetworks {
  static BlockKernels<T> get();
};

// A model's place in the list of models: what Population::model is.
template <class Model, int number = 0>
constexpr int number_of_model() {
  if constexpr (std::is_same_v<std::tuple_element_t<std::size_t(number), Models>, Model>) return number;
  else return number_of_model<Model, number + 1>();
}
template <class Model>
inline constexpr int model_number = number_of_model<Model>();

// Calls f(std::integral_constant<Method, method>{}).
template <class F>
auto with_method(Method method, F f) {
  switch (method) {
    case Method::euler: return f(std::integral_constant<Method, Method::euler>{});
    case Method::exp_euler: return f(std::integral_constant<Method, Method::exp_euler>{});
    case Method::heun: return f(std::integral_constant<Method, Method::heun>{});
    default: return f(std::integral_constant<Method, Method::rk4>{});
  }
}

template <class T>
BlockKernels<T> block_kernels(const Network& network, Method method) {
  int model = -1;
  for (const Population& p : network.populations) {
    if (p.spikes_only() || p.model == model) continue;
    if (model >= 0) return with_method(method, [](auto m) { return MixedNetworks<m, T>::get(); });
    model = p.model;
  }
  BlockKernels<T> found;
  with_model(model >= 0 ? model : model_number<Lif>, [&]<class M>(std::type_identity<M>) { found = ModelNetworks<M, T>::find(method); });
  return found;
}

// out[c * n + j], status[j] for realisations j = 0 ... n - 1. Queues its kernel.
template <class T>
void measure_networks(const BlockArguments<T>& arguments, cudaStream_t stream);

}  // namespace neurosweep
