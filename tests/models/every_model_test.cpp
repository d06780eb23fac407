// What every model of the list must satisfy: a model that is added is tested without a line being written.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <set>

#include "backend.hpp"
#include "common/maps.hpp"
#include "common/shelf.hpp"
#include "host/spec/units.hpp"
#include "simulate.hpp"

namespace neurosweep::test {
namespace {

template <class List> struct TypesOf;
template <class... M> struct TypesOf<std::tuple<M...>> { using type = testing::Types<M...>; };

template <class Model>
class EveryModel : public testing::Test {
 protected:
  using State = Pack<double, Model::n_state>;
  using Ports = Pack<double, Model::n_port>;
  using Pars = Pack<double, Model::n_par>;
  static constexpr int n = Model::n_state;

  static Pars defaults() {
    Pars p;
    for (int i = 0; i < Model::n_par; ++i) p[i] = Model::parameters[i].value;
    return p;
  }
  static State start(const Pars& p = defaults()) {
    State x;
    for (int i = 0; i < n; ++i) x[i] = Model::states[i].start;
    if constexpr (requires { Model::start(x, p); }) Model::start(x, p);
    return x;
  }
  static double dt() { return setting_of(Model::name).dt * info_of<Model>().time_units_per_second(); }

  // Parameters from the literature's ranges, an input between the quiet and the busy set's, and a state that the model comes
  // by, some steps after its start, and then up to a half off: beyond thresholds, too.
  struct Drawn {
    Pars p;
    Ports in{};
    State x;
  };
  static Drawn draw(std::mt19937_64& random) {
    auto uniform = [&](double a, double b) { return std::uniform_real_distribution<double>(a, b)(random); };
    Drawn d;
    for (int i = 0; i < Model::n_par; ++i) d.p[i] = uniform(Model::parameters[i].low, Model::parameters[i].high);
    d.in[Model::main_port] = uniform(setting_of(Model::name).low, setting_of(Model::name).high);
    Stepper<Model, Method::euler, double> stepper;
    stepper.prepare(d.p, d.in, {}, dt());
    const State begin = rescaled<decltype(stepper)>(start(d.p), dt());
    d.x = begin;
    for (auto steps = random() % 200; steps > 0; --steps) {
      const State before = d.x;
      stepper.template step<0>(d.x, {});
      if constexpr (Spiking<Model>)
        if (Model::spiked(before, d.x, stepper.coef)) d.x = begin;
    }
    d.x = rescaled<decltype(stepper)>(d.x, 1 / dt());
    for (int i = 0; i < n; ++i) d.x[i] *= uniform(0.5, 1.5);
    return d;
  }
};

struct Names {
  template <class Model>
  static std::string GetName(int) {
    std::string name(Model::name);
    for (char& c : name)
      if (c == '-') c = '_';
    return name;
  }
};
TYPED_TEST_SUITE(EveryModel, TypesOf<Models>::type, Names);

template <class Rows>
void expect_named(const Rows& rows) {
  std::set<std::string_view> names;
  for (const auto& r : rows) {
    EXPECT_FALSE(r.name.empty());
    EXPECT_EQ(r.name.find_first_of(". []=\",\n"), std::string_view::npos) << r.name;
    EXPECT_TRUE(names.insert(r.name).second) << r.name << " stands there twice";
    EXPECT_FALSE(r.description.empty()) << r.name;
    EXPECT_NO_THROW(parse_quantity("1 " + std::string(r.unit), r.unit)) << r.name << " [" << r.unit << "]";
  }
}

// Every number has a unit that sweep files can be written in, a range around its default, a description and a source.
TYPED_TEST(EveryModel, TablesAreComplete) {
  using Model = TypeParam;
  const ModelInfo m = info_of<Model>();
  EXPECT_EQ(int(m.parameters.size()), Model::n_par);
  EXPECT_EQ(int(m.states.size()), Model::n_state);
  EXPECT_EQ(int(m.ports.size()), Model::n_port);
  EXPECT_EQ(int(m.signals.size()), Model::n_signal);
  EXPECT_LE(Layout(m).size(), max_quantity);
  EXPECT_TRUE(m.time_unit == "s" || m.time_unit == "ms");
  for (std::string_view text : {m.name, m.title, m.citation, m.equations}) EXPECT_FALSE(text.empty());
  expect_named(m.parameters), expect_named(m.states), expect_named(m.ports), expect_named(m.signals);
  for (const Parameter& p : m.parameters) {
    EXPECT_FALSE(p.source.empty()) << p.name;
    EXPECT_LE(p.low, p.value) << p.name;
    EXPECT_LE(p.value, p.high) << p.name;
    EXPECT_LT(p.low, p.high) << p.name;
  }
  for (const State& s : m.states) {
    EXPECT_LT(s.low, s.high) << s.name;
    EXPECT_EQ(std::isnan(s.start), !s.rule.empty()) << s.name << ": a start by rule says which";
  }
  for (const Preset& preset : m.presets)
    for (const auto& v : preset.values)
      EXPECT_TRUE(std::any_of(m.parameters.begin(), m.parameters.end(), [&](const Parameter& p) { return p.name == v.parameter; }))
          << preset.name << " sets " << v.parameter;
}

TYPED_TEST(EveryModel, StartsAndRunsFinite) {
  using Model = TypeParam;
  for (int i = 0; i < Model::n_state; ++i) EXPECT_TRUE(std::isfinite(this->start()[i])) << Model::states[i].name;
  for (Precision precision : {Precision::single_, Precision::double_})
    for (Method method : {Method::euler, Method::exp_euler, Method::heun, Method::rk4}) {
      SCOPED_TRACE(method_names[std::size_t(method)]);
      Problem p = shelf_problem<Model>(5, 3000);
      p.precision = precision, p.method = method;
      const Map map = run(*make_cpu_backend(1), p);
      for (std::uint8_t status : map.status) EXPECT_EQ(status, status_ok);
      for (std::size_t c = 0; c < 5; ++c)                        // intervals may be NaN
        for (std::size_t i = 0; i < 5; ++i) EXPECT_TRUE(std::isfinite(map.values[c * 5 + i]));
      EXPECT_GT(map.values[4], 0) << "the busy set does nothing";
    }
}

// lambda_i = df_i/dx_i by dual numbers, by hand where the model gives it, and as a difference quotient.
TYPED_TEST(EveryModel, DerivativesAgree) {
  using Model = TypeParam;
  std::mt19937_64 random(3);
  for (int trial = 0; trial < 300; ++trial) {
    const auto [p, in, x] = this->draw(random);
    const auto coef = Model::prepare(p);
    for (int i = 0; i < Model::n_state; ++i) {
      Pack<Dual<double>, Model::n_state> seeded, dual;
      for (int j = 0; j < Model::n_state; ++j) seeded[j] = Dual<double>(x[j], i == j ? 1 : 0);
      Model::drift(seeded, in, coef, dual);
      auto above = x, below = x, f_above = x, f_below = x, f = x;
      const double h = 1e-5 * (1 + std::fabs(x[i]));
      above[i] += h, below[i] -= h;
      Model::drift(above, in, coef, f_above), Model::drift(below, in, coef, f_below), Model::drift(x, in, coef, f);
      const double quotient = (f_above[i] - f_below[i]) / (above[i] - below[i]);
      // The quotient's error: rounding eps |f| / h, and curvature h^2 f''' / 6, which is 4e-7 of lambda where adex is sharpest
      // (h / D_T = 1.5e-3). The other two sum the same products in another order.
      const double size = 1 + std::fabs(dual[i].d) + std::fabs(f[i]);
      EXPECT_NEAR(dual[i].d, quotient, 1e-6 * size) << Model::states[i].name << " in trial " << trial;
      EXPECT_NEAR(dual[i].v, f[i], 1e-12 * size);
      if constexpr (HasRates<Model, double>) {
        auto dx = x, lambda = x;
        Model::drift(x, in, coef, dx, lambda);
        EXPECT_NEAR(lambda[i], dual[i].d, 1e-12 * size) << Model::states[i].name << " in trial " << trial;
        EXPECT_NEAR(dx[i], f[i], 1e-12 * size);
      }
    }
  }
}

// A step with what the model gives by hand, its rates or the whole step, is the generic one (over dual numbers, where it is
// exponential), with inputs that are constant and that vary. Far beyond its threshold adex is infinite in both; before that,
// e^(lambda dt) has up to 700 times the error of lambda, 1e-14.
template <class Model, Method method, unsigned varying>
void expect_generic(const Pack<double, Model::n_par>& p, const Pack<double, Model::n_port>& in, const Pack<double, Model::n_state>& x,
                    double dt) {
  Pack<double, Model::n_port> scale, u;
  for (int port = 0; port < Model::n_port; ++port) scale[port] = 0.25, u[port] = in[port];
  Stepper<Model, method, double> own;
  Stepper<Model, method, double, true> generic;
  own.prepare(p, in, scale, dt), generic.prepare(p, in, scale, dt);
  auto ours = rescaled<decltype(own)>(x, dt), theirs = x;
  own.template step<varying>(ours, u), generic.template step<varying>(theirs, u);
  ours = rescaled<decltype(own)>(ours, 1 / dt);
  for (int i = 0; i < Model::n_state; ++i)
    EXPECT_TRUE(ours[i] == theirs[i] || std::fabs(ours[i] - theirs[i]) <= 1e-11 * (1 + std::fabs(theirs[i])))
        << Model::states[i].name << ": " << ours[i] << " and " << theirs[i];
}
TYPED_TEST(EveryModel, AStepByHandIsTheGenericOne) {
  using Model = TypeParam;
  constexpr unsigned every_port = (1u << Model::n_port) - 1;
  std::mt19937_64 random(4);
  for (int trial = 0; trial < 300; ++trial) {
    SCOPED_TRACE("trial " + std::to_string(trial));
    const auto [p, in, x] = this->draw(random);
    expect_generic<Model, Method::euler, 0>(p, in, x, this->dt());
    expect_generic<Model, Method::euler, every_port>(p, in, x, this->dt());
    expect_generic<Model, Method::exp_euler, 0>(p, in, x, this->dt());
    expect_generic<Model, Method::exp_euler, every_port>(p, in, x, this->dt());
  }
}

// Every instruction set's lanes against one set after the other, on all three time loops: constant input, noise on the main
// port, everything. In double; rounding grows little in so short a run.
TYPED_TEST(EveryModel, LanesAreTheScalar) {
  using Model = TypeParam;
  const Layout layout = layout_of<Model>();
  const Setting setting = setting_of(Model::name);
  for (int drives = 0; drives < 3; ++drives)
    for (Method method : {Method::euler, Method::exp_euler, Method::heun, Method::rk4}) {
      if (drives < 2 && !has_own_loops<Model>(method)) continue;             // these have the general loop anyway
      Problem p = shelf_problem<Model>(11, 1500);
      p.method = method;
      const double noise = 0.01 * (setting.high - setting.low);
      if (drives > 0) quantity(p, layout.drive(Model::main_port, drive_noise)) = noise;
      if (drives > 1) quantity(p, layout.drive(Model::main_port, drive_sine_amplitude)) = noise;
      if (drives > 1) quantity(p, layout.drive(Model::main_port, drive_sine_frequency)) = 40;
      const Map expected = by_hand(p);
      for (const std::string& isa : cpu_isas()) {
        SCOPED_TRACE(isa + ", drives " + std::to_string(drives) + ", " + std::string(method_names[std::size_t(method)]));
        expect_close(run(*make_cpu_backend(1, isa), p), expected, p, 1e-7);
      }
    }
}

// A batch with few sets may be a single register, with a loop of its own: the same bytes, whatever shares the batch.
TYPED_TEST(EveryModel, AloneOrAmongOthersIsTheSame) {
  using Model = TypeParam;
  const int sets = 65;
  for (double noise : {0.0, 1e-3}) {
    Problem p = shelf_problem<Model>(sets, 700);
    p.precision = Precision::single_;
    quantity(p, layout_of<Model>().drive(Model::main_port, drive_noise)) = noise;
    add_spectrum(p, Engine::direct, 128);
    p.spectrum.kept = p.spectrum.peak = {2, 9};
    p.measures.push_back(Measure::peak_power);
    for (const std::string& isa : cpu_isas()) {
      SCOPED_TRACE(isa);
      const auto backend = make_cpu_backend(1, isa);
      const Map together = run(*backend, p, sets), alone = run(*backend, p, 1);
      EXPECT_EQ(std::memcmp(together.values.data(), alone.values.data(), together.values.size() * sizeof(double)), 0);
      EXPECT_EQ(together.status, alone.status);
    }
  }
}

// Where a model divides by a parameter of 0 the bounds within its functions must not hide the NaN that comes of it.
TYPED_TEST(EveryModel, LanesAgreeOnAParameterOfZero) {
  using Model = TypeParam;
  for (int i = 0; i < Model::n_par; ++i) {
    Problem p = shelf_problem<Model>(2, 400);
    quantity(p, i) = 0;
    const Map expected = by_hand(p);
    for (const std::string& isa : cpu_isas())
      EXPECT_EQ(run(*make_cpu_backend(1, isa), p).status, expected.status) << Model::parameters[i].name << ", " << isa;
  }
}

// An axis that changes several quantities together, beside one that changes one.
TEST(AxisOfSeveral, IsTheSetsOneByOne) {
  Problem p = shelf_problem<Izhikevich>(3, 2000);
  using Iz = Izhikevich;
  p.axes.push_back({Iz::a, {0.02, 0.02, 0.1}, {{Iz::c, {-65, -50, -65}}, {Iz::d, {8, 2, 2}}}});
  const Map map = run(*make_cpu_backend(2), p, 4);
  expect_close(map, by_hand(p), p, 1e-9);
  Problem one = shelf_problem<Izhikevich>(3, 2000);
  quantity(one, Iz::c) = -50, quantity(one, Iz::d) = 2;                // the second of the three
  const Map alone = run(*make_cpu_backend(1), one);
  for (std::size_t c = 0; c < p.measures.size(); ++c)
    for (std::size_t i = 0; i < 3; ++i) {
      const double several = map.values[c * 9 + 3 * i + 1], single = alone.values[c * 3 + i];
      EXPECT_TRUE(several == single || (std::isnan(several) && std::isnan(single))) << several << " and " << single;
    }
}

TYPED_TEST(EveryModel, NotANumberIsDiverged) {
  using Model = TypeParam;
  for (Precision precision : {Precision::single_, Precision::double_}) {
    Problem p = shelf_problem<Model>(4, 400);
    p.precision = precision;
    const double start = this->start()[0];
    p.axes[0] = {layout_of<Model>().initial(0), {start, start, -std::numeric_limits<double>::infinity(), start}};
    const Map map = run(*make_cpu_backend(1), p);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(map.status[i], i == 2 ? status_diverged : status_ok) << i;
      EXPECT_EQ(std::isnan(map.values[i]), i == 2) << i;
    }
  }
}

}  // namespace
}  // namespace neurosweep::test
