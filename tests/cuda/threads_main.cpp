// test_networks_threads: networks_test.cpp with few kernels. No node runs in it; and networks only by those that CMakeLists.txt links.
#include <tuple>

#include "kernels.cuh"
#include "network/blocks.cuh"
#include "standin.hpp"
#include "sweeps.hpp"

namespace neurosweep {

template <class Model, class T>
Instance<T> ModelKernels<Model, T>::find(Method, Path, Engine, int) { return {}; }
template <class Model, class T>
cudaError_t ModelKernels<Model, T>::upload_table(const T*, std::size_t, cudaStream_t) { return cudaErrorInvalidValue; }

template <class Model>
concept Linked = std::is_same_v<Model, Lif> || std::is_same_v<Model, Izhikevich>;
template <class Model, class T>
BlockKernels<T> ModelNetworks<Model, T>::find(Method) { return {}; }
template <Method method, class T>
BlockKernels<T> MixedNetworks<method, T>::get() { return {}; }

// Makes them symbols.
template <class Model, class T>
BlockKernels<T> (*networks_of())(Method) {
  if constexpr (Linked<Model>) return nullptr;
  else return &ModelNetworks<Model, T>::find;
}
template <class T, class... M>
auto make(std::tuple<M...>*) {
  return std::tuple(&ModelKernels<M, T>::find..., &ModelKernels<M, T>::upload_table..., networks_of<M, T>()...,
                    &MixedNetworks<Method::exp_euler, T>::get, &MixedNetworks<Method::heun, T>::get, &MixedNetworks<Method::rk4, T>::get);
}
auto of_float = make<float>(static_cast<Models*>(nullptr));
auto of_double = make<double>(static_cast<Models*>(nullptr));

}  // namespace neurosweep

std::string neurosweep::test::prepare_device() {
  standin::reset({});
  return "";
}
