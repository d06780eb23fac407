// The lanes' functions, noise and FFT of every instruction set that this CPU runs, against the C library and the scalars.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <random>

#include "backend.hpp"
#include "models/jansen_rit.hpp"
#include "numerics/noise.hpp"
#include "numerics/steppers.hpp"
#include "probe.hpp"

namespace neurosweep::test {
namespace {

std::vector<const IsaProbe*> probes() {
  const IsaProbe* all[] = {
#if defined(__x86_64__) && !defined(NS_BASELINE_ONLY)
      &avx512::probe, &avx2::probe,
#endif
      &baseline::probe};
  std::vector<const IsaProbe*> runnable;
  const auto isas = cpu_isas();
  for (const IsaProbe* p : all)
    if (std::find(isas.begin(), isas.end(), p->isa) != isas.end()) runnable.push_back(p);
  return runnable;
}

template <class E> const Probe<E>& of(const IsaProbe& p);
template <> const Probe<float>& of(const IsaProbe& p) { return p.single_; }
template <> const Probe<double>& of(const IsaProbe& p) { return p.double_; }

// The largest error of f over [low, high], in units in the last place of the exact value.
template <class E, class Exact>
double worst_ulp(void (*f)(const E*, E*, int), E low, E high, Exact exact) {
  const int n = 1 << 18;
  std::vector<E> x(n), y(n);
  for (int i = 0; i < n; ++i) x[std::size_t(i)] = low + (high - low) * E(i) / E(n - 1);
  f(x.data(), y.data(), n);
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const long double e = exact(static_cast<long double>(x[i]));
    const double ulp = std::ldexp(1.0, std::ilogb(e) - std::numeric_limits<E>::digits + 1);
    worst = std::max(worst, double(std::fabs(static_cast<long double>(y[i]) - e)) / ulp);
  }
  return worst;
}

template <class E>
class LanesOf : public testing::Test {};
using Elements = testing::Types<float, double>;
TYPED_TEST_SUITE(LanesOf, Elements);

// Polynomial 2 ulp; where a register holds the table, logistic2's exp2 8 ulp and the quotient 10.
TYPED_TEST(LanesOf, Functions) {
  using E = TypeParam;
  for (const IsaProbe* p : probes()) {
    SCOPED_TRACE(p->isa);
    const Probe<E>& f = of<E>(*p);
    const E limit = sizeof(E) == 4 ? E(120) : E(1000);
    EXPECT_LT((worst_ulp<E>(f.exp2, -limit, limit, [](long double x) { return std::exp2(x); })), 3);
    EXPECT_LT((worst_ulp<E>(f.logistic2, E(-30), E(30), [](long double x) { return 1 / (1 + std::exp2(x)); })), 12);
    // Beyond the clamp: 0 and 1 to rounding, never NaN.
    std::vector<E> x(std::size_t(f.width)), y(x.size());
    for (E edge : {E(1e4), std::numeric_limits<E>::infinity(), std::numeric_limits<E>::max()}) {
      std::fill(x.begin(), x.end(), edge);
      f.logistic2(x.data(), y.data(), f.width);
      EXPECT_LT(y[0], E(1e-30));
      EXPECT_GE(y[0], E(0));
      std::fill(x.begin(), x.end(), -edge);
      f.logistic2(x.data(), y.data(), f.width);
      EXPECT_EQ(y[0], E(1));
    }
  }
}

// Where the lanes' expm1 stops growing: 2^125 - 1, 2^1020 - 1.
template <class E>
constexpr double limit_of_expm1 = (sizeof(E) == 4 ? 125 : 1020) * ln_2;

// e^z - 1 = 2^k (2^r - 1) + (2^k - 1) is at least 0.7 of its first summand (k = 1, r = -1/2). In that r is rounded twice, and
// the polynomial and the product: with the sum's own rounding 7 ulp if all went one way, and 2.8 at the worst of these points.
// Without fused multiply-adds, which a baseline may lack, z log2(e) is rounded as well: that is up to |z| ulp of e^z.
TYPED_TEST(LanesOf, Expm1) {
  using E = TypeParam;
  for (const IsaProbe* p : probes()) {
    const bool fused = std::string(p->isa) != "baseline";
    for (const E high : {E(0.9999 * limit_of_expm1<E>), E(40), E(5), E(0.7), E(0.34), E(1e-2), E(1e-5), E(1e-10), E(1e-30)})
      EXPECT_LT((worst_ulp<E>(of<E>(*p).expm1, -high, high, [](long double x) { return std::expm1(x); })), 4 + (fused ? 0 : high))
          << p->isa << ", |z| up to " << high;
  }
}

// Exact at zero; beyond the limits, and for NaN, what it is at one of them: finite.
TYPED_TEST(LanesOf, Expm1AtItsEdges) {
  using E = TypeParam;
  using Limits = std::numeric_limits<E>;
  for (const IsaProbe* p : probes()) {
    SCOPED_TRACE(p->isa);
    const auto expm1_of = [&](E z) {
      std::vector<E> x(std::size_t(of<E>(*p).width), z), y(x.size());
      of<E>(*p).expm1(x.data(), y.data(), int(x.size()));
      for (E each : y) EXPECT_EQ(each, y[0]);
      return y[0];
    };
    EXPECT_EQ(expm1_of(E(0)), 0);
    EXPECT_EQ(expm1_of(E(-0.0)), 0);
    for (E tiny : {Limits::denorm_min(), Limits::min()})
      for (E z : {tiny, -tiny}) EXPECT_NEAR(expm1_of(z), z, Limits::denorm_min());
    const E highest = expm1_of(Limits::infinity());
    EXPECT_GT(highest, sizeof(E) == 4 ? E(4e37) : E(1e307));
    EXPECT_LT(highest, Limits::infinity());
    for (double z : {1.001 * limit_of_expm1<E>, 1e4, double(Limits::max())}) {
      EXPECT_EQ(expm1_of(E(z)), highest) << z;
      EXPECT_EQ(expm1_of(E(-z)), -1) << z;
    }
    EXPECT_EQ(expm1_of(-Limits::infinity()), -1);
    const E of_nan = expm1_of(Limits::quiet_NaN());
    EXPECT_TRUE(of_nan == highest || of_nan == -1) << of_nan;
  }
}

// phi(z) = (e^z - 1) / z: expm1 and a division. 1 at 0, NaN where z is.
TYPED_TEST(LanesOf, Phi1) {
  using E = TypeParam;
  for (const IsaProbe* p : probes()) {
    const bool fused = std::string(p->isa) != "baseline";
    for (const E high : {E(0.9999 * limit_of_expm1<E>), E(5), E(0.7), E(1e-2), E(1e-10), E(1e-30)})
      for (const E sign : {E(-1), E(1)})
        EXPECT_LT((worst_ulp<E>(of<E>(*p).phi1, sign * high, sign * high / 1000, [](long double x) { return std::expm1(x) / x; })), 5 + (fused ? 0 : high))
            << p->isa << ", |z| up to " << high;
    std::vector<E> x(std::size_t(of<E>(*p).width)), y(x.size());
    const auto phi_of = [&](E z) {
      std::fill(x.begin(), x.end(), z);
      of<E>(*p).phi1(x.data(), y.data(), int(x.size()));
      return y[0];
    };
    for (E z : {E(0), E(-0.0)}) EXPECT_EQ(phi_of(z), 1) << p->isa << " " << z;
    EXPECT_TRUE(std::isnan(phi_of(std::numeric_limits<E>::quiet_NaN()))) << p->isa;
  }
}

// The bounds of the exponent hide NaN: 2^NaN is 2^limit or 2^-limit, and a sigmoid of NaN 0 or 1. A model's states are looked at for
// that reason (EveryModel.NotANumberIsDiverged), and its parameters (EveryModel.LanesAgreeOnAParameterOfZero).
TYPED_TEST(LanesOf, ABoundedExponentHidesNaN) {
  using E = TypeParam;
  for (const IsaProbe* p : probes()) {
    const std::vector<E> x(std::size_t(of<E>(*p).width), std::numeric_limits<E>::quiet_NaN());
    std::vector<E> y(x.size());
    of<E>(*p).exp2(x.data(), y.data(), int(x.size()));
    const E limit = std::exp2(sizeof(E) == 4 ? E(125) : E(1020));
    EXPECT_TRUE(y[0] == limit || y[0] == 1 / limit) << p->isa << " " << y[0];
    of<E>(*p).logistic2(x.data(), y.data(), int(x.size()));
    EXPECT_TRUE((y[0] >= 0 && y[0] < E(1e-30)) || y[0] == 1) << p->isa << " " << y[0];
  }
}

TYPED_TEST(LanesOf, SineOfHalfTurns) {
  using E = TypeParam;
  for (const IsaProbe* p : probes()) {
    SCOPED_TRACE(p->isa);
    const int n = 4096;
    std::vector<E> x(n), y(n);
    for (int i = 0; i < n; ++i) x[std::size_t(i)] = E(-1 + 2.0 * i / n);
    of<E>(*p).sin_half_turns(x.data(), y.data(), n);
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(y[i], std::sin(pi * double(x[i])), sizeof(E) == 4 ? 4e-7 : 1e-15);
  }
}

// Each instruction set's Box-Muller against the formula in long double: logarithm, root, sine and cosine. In float the fits give
// 2e-6 to 4e-6 (tests/numerics/noise_test.cpp), and u's rounding by up to 3e-8 next to 1 gives 3e-8 / radius, or the whole
// radius where u rounds to 1: 6e-8 / radius.
TYPED_TEST(LanesOf, BoxMullerIsTheFormula) {
  using E = TypeParam;
  constexpr bool is_float = sizeof(E) == 4;
  const int n = 1 << 17;
  std::mt19937 random(3);
  std::vector<std::uint32_t> a(n), b(n);
  for (int i = 0; i < n; ++i) a[std::size_t(i)] = std::uint32_t(random()), b[std::size_t(i)] = std::uint32_t(random());
  for (int i = 0; i < 4096; ++i) a[std::size_t(i)] |= 0xfff00000u;              // radii below 0.03
  std::vector<E> z0(n), z1(n);
  for (const IsaProbe* p : probes()) {
    of<E>(*p).box_muller(a.data(), b.data(), z0.data(), z1.data(), n);
    double large = 0, small = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const long double u = (a[i] >> 1) * 0x1p-31L + 0x1p-32L, angle = std::int32_t(b[i]) * 0x1p-31L * 3.141592653589793238463L;
      const long double radius = std::sqrt(-2 * std::log(u));
      const double error = double(std::max(std::fabs(z0[i] - radius * std::cos(angle)), std::fabs(z1[i] - radius * std::sin(angle))));
      if (radius > 1) large = std::max(large, error);
      else small = std::max(small, is_float ? (error - 2e-6) * double(radius) : error);
    }
    EXPECT_LT(large, is_float ? 4e-6 : 2e-14) << p->isa;
    EXPECT_LT(small, is_float ? 7e-8 : 2e-14) << p->isa;
  }
}

// The folded step, sigmoids' slopes in the table's units and all: against the generic integrator over drift() in double. An error is measured on the sum of the state's terms, of
// which each is rounded a few times and a sigmoid is off by 12 ulp of what is at most one: 2 ulp at worst of these steps.
TYPED_TEST(LanesOf, FoldedJansenRitStep) {
  using E = TypeParam;
  using JR = JansenRit;
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> factor(0.5, 1.5), sign(-1, 1);
  const double size[JR::n_state] = {0.2, 30, 20, 5, 1000, 500};
  for (const IsaProbe* p : probes()) {
    const std::size_t width = std::size_t(of<E>(*p).width);
    double worst = 0;
    for (int trial = 0; trial < 500; ++trial) {
      std::vector<E> par(JR::n_par * width), x(JR::n_state * width);
      for (std::size_t i = 0; i < par.size(); ++i) par[i] = E(JR::parameters[i / width].value * factor(random));
      for (std::size_t i = 0; i < x.size(); ++i) x[i] = E(size[i / width] * sign(random));
      const std::vector<E> start = x;
      const E in = E(100 * factor(random)), dt = E(0.5e-3);
      of<E>(*p).jansen_rit(par.data(), in, dt, x.data());
      for (std::size_t lane = 0; lane < width; ++lane) {
        Pack<double, JR::n_par> q;
        Pack<double, JR::n_state> y;
        for (int i = 0; i < JR::n_par; ++i) q[i] = par[std::size_t(i) * width + lane];
        for (int i = 0; i < JR::n_state; ++i) y[i] = start[std::size_t(i) * width + lane];
        const Pack<double, JR::n_port> mean{{0, in, 0}};
        Stepper<JR, Method::exp_euler, double, true> generic;
        generic.prepare(q, mean, {}, dt);
        const auto c = JR::prepare(q);
        const double most[JR::n_state] = {std::fabs(y[JR::M]) + dt * std::fabs(y[JR::Mv]), std::fabs(y[JR::E]) + dt * std::fabs(y[JR::Ev]),
                                          std::fabs(y[JR::I]) + dt * std::fabs(y[JR::Iv]),
                                          dt * c.aM + std::fabs(y[JR::Mv]) + dt * c.be_sq * std::fabs(y[JR::M]),
                                          dt * (c.aE + c.gE * in) + std::fabs(y[JR::Ev]) + dt * c.be_sq * std::fabs(y[JR::E]),
                                          dt * c.aI + std::fabs(y[JR::Iv]) + dt * c.bi_sq * std::fabs(y[JR::I])};
        generic.template step<0>(y, {});
        for (int i = 0; i < JR::n_state; ++i)
          worst = std::max(worst, std::fabs(double(x[std::size_t(i) * width + lane]) - y[i]) / most[i] / double(std::numeric_limits<E>::epsilon()));
      }
    }
    EXPECT_LT(worst, 4) << p->isa;
  }
}

// Every lane draws what the scalar stream of its set draws: the same words (checked by the same normals to rounding).
TYPED_TEST(LanesOf, NormalsAreTheScalarOnes) {
  using E = TypeParam;
  const std::uint64_t seed = 0x123456789abcdef0u;
  for (const IsaProbe* p : probes()) {
    SCOPED_TRACE(p->isa);
    const int width = of<E>(*p).width, blocks = 50;
    for (const std::uint64_t base : {std::uint64_t(0), (std::uint64_t(5) << 32) + 17}) {
      std::vector<std::uint64_t> set;
      std::vector<std::uint32_t> replicate;
      for (int i = 0; i < width; ++i) set.push_back(base + 3 * std::uint64_t(i)), replicate.push_back(std::uint32_t(i % 3) * 70000);
      for (const std::uint32_t first : {0u, 0xffffff00u}) {
        std::vector<E> z(std::size_t(blocks * 4 * width));
        of<E>(*p).normals(seed, set.data(), replicate.data(), 2, first, blocks, z.data());
        for (int i = 0; i < width; ++i) {
          Normals<E> scalar;
          scalar.init(seed, set[std::size_t(i)], replicate[std::size_t(i)], 2);
          for (int b = 0; b < blocks; ++b) {
            E expected[4];
            scalar.template draw<4>(first + std::uint32_t(b), expected);
            for (int k = 0; k < 4; ++k)
              ASSERT_NEAR(z[std::size_t((b * 4 + k) * width + i)], expected[k], sizeof(E) == 4 ? 2e-6 : 1e-14) << "lane " << i << " block " << b;
          }
        }
      }
    }
  }
}

// Lengths of all radices, primes, and mixtures, against the definition in long double.
TYPED_TEST(LanesOf, FftOfAnyLength) {
  using E = TypeParam;
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> number(-1, 1);
  for (const IsaProbe* p : probes()) {
    const int width = of<E>(*p).width;
    for (int n : {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 15, 16, 20, 25, 30, 32, 49, 60, 64, 77, 100, 101, 128, 243, 250, 255, 256, 500, 512}) {
      SCOPED_TRACE(std::string(p->isa) + " length " + std::to_string(n));
      const std::size_t size = std::size_t(2 * n * width);
      std::vector<E> x(size), y(size), root;
      for (E& v : x) v = E(number(random));
      for (int j = 0; j < n; ++j) root.push_back(E(std::cos(2 * pi * j / n))), root.push_back(E(std::sin(2 * pi * j / n)));
      of<E>(*p).fft(fft_plan(n), x.data(), y.data(), root.data());
      const int lane = n % width;
      double worst = 0;
      for (int k = 0; k < n; ++k) {
        std::complex<double> sum = 0;
        for (int j = 0; j < n; ++j)
          sum += std::complex<double>(x[std::size_t(2 * j * width + lane)], x[std::size_t((2 * j + 1) * width + lane)]) *
                 std::polar(1.0, -2 * pi * double(std::int64_t(j) * k % n) / n);
        worst = std::max({worst, std::fabs(sum.real() - double(y[std::size_t(2 * k * width + lane)])),
                          std::fabs(sum.imag() - double(y[std::size_t((2 * k + 1) * width + lane)]))});
      }
      EXPECT_LT(worst, (sizeof(E) == 4 ? 1.2e-7 : 2.3e-16) * 8 * std::sqrt(n) * (1 + std::log2(n)));
    }
  }
}

}  // namespace
}  // namespace neurosweep::test
