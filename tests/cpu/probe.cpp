// Compiled once for each instruction set, as the kernels are.
#include "probe.hpp"

#include "host/cpu/fft.hpp"
#include "host/cpu/lanes_noise.hpp"
#include "models/jansen_rit.hpp"
#include "numerics/steppers.hpp"

namespace neurosweep::test::NS_ISA {
namespace {

namespace isa = neurosweep::NS_ISA;

template <class E, class F>
void map(const E* x, E* y, int n, F f) {
  using T = isa::Lanes<E>;
  for (int i = 0; i < n; i += T::width) f(T::load(x + i)).store(y + i);
}

template <class E>
void exp2_all(const E* x, E* y, int n) {
  map(x, y, n, [](auto t) { return isa::exp2(t); });
}
template <class E>
void expm1_all(const E* x, E* y, int n) {
  map(x, y, n, [](auto t) { return isa::expm1(t); });
}
template <class E>
void phi1_all(const E* x, E* y, int n) {
  map(x, y, n, [](auto t) { return phi1(t); });
}
template <class E>
void logistic_all(const E* x, E* y, int n) {
  using T = isa::Lanes<E>;
  map(x, y, n, [](T t) { return isa::logistic2(t * T(E(logistic_units<T>))); });
}
template <class E>
void sine_all(const E* x, E* y, int n) {
  map(x, y, n, [](auto t) { return sin_half_turns(t); });
}
template <class E>
void box_muller_all(const std::uint32_t* a, const std::uint32_t* b, E* z0, E* z1, int n) {
  using T = isa::Lanes<E>;
  for (int i = 0; i < n; i += T::width) {
    typename Arithmetic<T>::Word w[2];
    for (int lane = 0; lane < T::width; ++lane) w[0][lane] = a[i + lane], w[1][lane] = b[i + lane];
    T z[2];
    box_muller<T, 1>(w, z);
    z[0].store(z0 + i), z[1].store(z1 + i);
  }
}
template <class E>
void normals_all(std::uint64_t seed, const std::uint64_t* set, const std::uint32_t* replicate, std::uint32_t port,
                 std::uint32_t first_block, int blocks, E* z) {
  using T = isa::Lanes<E>;
  typename Arithmetic<T>::Wide sets;
  typename Arithmetic<T>::Word replicates;
  for (int i = 0; i < T::width; ++i) sets[i] = set[i], replicates[i] = replicate[i];
  Normals<T> stream;
  stream.init(seed, sets, replicates, port);
  // Three blocks at a time one after the other, four at a time by twos; what is left alone.
  for (int b = 0, n = 0; b < blocks; b += n) {
    T some[16];
    const std::uint32_t block = first_block + std::uint32_t(b);
    if (blocks - b >= 7) stream.template draw<12>(block, some), n = 3;
    else if (blocks - b >= 4) stream.template draw<16>(block, some), n = 4;
    else stream.template draw<4>(block, some), n = 1;
    for (int k = 0; k < 4 * n; ++k) some[k].store(z + (b * 4 + k) * T::width);
  }
}
template <class E>
void jansen_rit_step(const E* p, E in, E dt, E* x) {
  using T = isa::Lanes<E>;
  Pack<T, JansenRit::n_par> par;
  Pack<T, JansenRit::n_state> state;
  Pack<T, JansenRit::n_port> mean, none;
  for (int i = 0; i < JansenRit::n_par; ++i) par[i] = T::load(p + i * T::width);
  for (int i = 0; i < JansenRit::n_state; ++i) state[i] = T::load(x + i * T::width);
  for (int i = 0; i < JansenRit::n_port; ++i) mean[i] = T(i == JansenRit::in_E ? in : E(0)), none[i] = T(E(0));
  JansenRit::ExpEuler<T> stepper;
  stepper.prepare(par, mean, none, T(dt));
  state = rescaled<decltype(stepper)>(state, T(dt));
  stepper.template step<0>(state, none);
  state = rescaled<decltype(stepper)>(state, T(E(1) / dt));
  for (int i = 0; i < JansenRit::n_state; ++i) state[i].store(x + i * T::width);
}
template <class E>
void fft_all(const FftPlan& plan, const E* x, E* y, const E* root) {
  using T = isa::Lanes<E>;
  constexpr int longest = 2048;
  static isa::Complex<E> a[longest], b[longest];
  for (int j = 0; j < plan.length; ++j) a[j] = {T::load(x + 2 * j * T::width), T::load(x + (2 * j + 1) * T::width)};
  const isa::Complex<E>* z = isa::fft(plan, a, b, root);
  for (int j = 0; j < plan.length; ++j) z[j].re.store(y + 2 * j * T::width), z[j].im.store(y + (2 * j + 1) * T::width);
}

template <class E>
constexpr Probe<E> make_probe() {
  return {isa::Lanes<E>::width, exp2_all<E>, expm1_all<E>, phi1_all<E>, logistic_all<E>, sine_all<E>,
          box_muller_all<E>, normals_all<E>, jansen_rit_step<E>, fft_all<E>};
}

}  // namespace

#define NS_TEXT2(x) #x
#define NS_TEXT(x) NS_TEXT2(x)
extern const IsaProbe probe;
const IsaProbe probe{NS_TEXT(NS_ISA), make_probe<float>(), make_probe<double>()};

}  // namespace neurosweep::test::NS_ISA
