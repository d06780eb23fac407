// Compiled once for each instruction set, as the kernels are.
#include "probe.hpp"

#include "host/cpu/fft.hpp"
#include "host/cpu/lanes_noise.hpp"

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
void logistic_all(const E* x, E* y, int n) {
  using T = isa::Lanes<E>;
  map(x, y, n, [](T t) { return isa::logistic2(t * T(E(logistic_units<T>))); });
}
template <class E>
void sine_all(const E* x, E* y, int n) {
  map(x, y, n, [](auto t) { return sin_half_turns(t); });
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
  return {isa::Lanes<E>::width, exp2_all<E>, expm1_all<E>, logistic_all<E>, sine_all<E>, normals_all<E>, fft_all<E>};
}

}  // namespace

#define NS_TEXT2(x) #x
#define NS_TEXT(x) NS_TEXT2(x)
extern const IsaProbe probe;
const IsaProbe probe{NS_TEXT(NS_ISA), make_probe<float>(), make_probe<double>()};

}  // namespace neurosweep::test::NS_ISA
