// The integrate-and-fire family against numpy, 80-bit arithmetic and Brian2 (tests/data/integrate-and-fire), against closed
// forms, and the refractory time under every method.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/csv_table.hpp"
#include "measures/spikes.hpp"
#include "models/adaptive_lif.hpp"
#include "models/adex.hpp"
#include "models/izhikevich.hpp"
#include "models/lif.hpp"
#include "models/perfect_if.hpp"
#include "models/quadratic_if.hpp"
#include "models/run_model.hpp"
#include "models/srm.hpp"

namespace neurosweep::test {
namespace {

// Calls f(std::type_identity<Model>{}) for each model.
template <class... Models, class F>
void for_models(F f) {
  (f(std::type_identity<Models>{}), ...);
}
template <class F>
void for_family(F f) {
  for_models<Lif, PerfectIf, AdaptiveLif, Adex, QuadraticIf, Srm>(f);
}
template <class F>
void for_methods(F f) {
  f(std::integral_constant<Method, Method::euler>{}), f(std::integral_constant<Method, Method::exp_euler>{});
  f(std::integral_constant<Method, Method::heun>{}), f(std::integral_constant<Method, Method::rk4>{});
}

std::string data(const std::string& file) { return "integrate-and-fire/" + file; }
template <class Model>
std::string data_of_model(const std::string& file) { return data(std::string(Model::name) + file); }

// "default,260.0" -> parameters and input
template <class Model>
std::map<std::string, Values> sets_of() {
  const CsvTable t = read_csv(data_of_model<Model>("_sets.csv"));
  std::map<std::string, Values> sets;
  for (std::size_t row = 0; row < t.rows.size(); ++row) {
    Values& v = sets[t.text(row, "set") + "," + t.text(row, "I")];
    for (const std::string& name : t.header)
      if (name != "set") v[name == "I" ? "in_I" : name] = t.number(row, name);
  }
  return sets;
}

template <class Model>
double parameter(const Values& values, std::string_view name) {
  const auto found = values.find(name);
  if (found != values.end()) return found->second;
  for (const Parameter& p : Model::parameters)
    if (p.name == name) return p.value;
  ADD_FAILURE() << Model::name << " has no " << name;
  return 0;
}

template <class Model>
Pack<double, Model::n_par> defaults() {
  Pack<double, Model::n_par> p;
  for (int i = 0; i < Model::n_par; ++i) p[i] = Model::parameters[i].value;
  return p;
}

// The spikes of a set computed in float, as a sweep does it.
template <class Model, Method method>
Steps spikes_in_float(const Values& values, double dt, std::int64_t steps) {
  Walk<Model, method, float> walk(values, dt);
  Steps spikes;
  for (std::int64_t i = 0; i < steps; ++i)
    if (walk.step()) spikes.push_back(i);
  return spikes;
}

template <class E>
SpikeTrain<E> train_of(const Steps& spikes, std::int64_t first = 0) {
  SpikeTrain<E> train;
  train.begin();
  for (std::int64_t step : spikes)
    if (step >= first) train.add(typename SpikeTrain<E>::Count(step));
  return train;
}

// ---- against the reference ---------------------------------------------------------------------------------------------

template <class Model>
void expect_spikes_and_intervals(const CsvTable& counts, std::size_t row, const Values& values, const Steps& theirs) {
  const double dt = counts.number(row, "dt");
  ASSERT_EQ(counts.number(row, "robust"), 1);
  const Steps ours = run_model<Model, Method::euler>(values, dt, std::llround(500 / dt)).spikes;
  EXPECT_EQ(ours, theirs);
  EXPECT_EQ(double(ours.size()), counts.number(row, "spike_count"));
  const SpikeStatistics s(train_of<double>(ours));
  const double mean = counts.number(row, "isi_mean");
  ASSERT_EQ(std::isnan(s.isi_mean), std::isnan(mean));
  if (std::isnan(mean)) return;
  EXPECT_NEAR(s.isi_mean * dt, mean, 1e-12 * mean);
  EXPECT_NEAR(s.isi_cv, counts.number(row, "isi_cv"), 1e-9);   // of a regular train theirs is 1e-16, ours 0
}

// All rows are robust: no rounding, nor another order of operations, moves a spike.
TEST(IntegrateAndFire, EverySpikeFallsInTheReferencesStep) {
  const CsvTable counts = read_csv(data("counts.csv"));
  std::map<std::string, Steps> listed = listed_spikes(data("spike_steps.csv"), [](const CsvTable& t, std::size_t row) {
    return t.text(row, "model") + "," + t.text(row, "set") + "," + t.text(row, "I") + "," + t.text(row, "dt");
  });
  ASSERT_EQ(counts.rows.size(), 84u);
  std::size_t rows = 0, spikes = 0;
  for_family([&]<class Model>(std::type_identity<Model>) {
    const std::map<std::string, Values> sets = sets_of<Model>();
    for (std::size_t row = 0; row < counts.rows.size(); ++row) {
      if (counts.text(row, "model") != Model::name) continue;
      const std::string set = counts.text(row, "set") + "," + counts.text(row, "I");
      const Steps& theirs = listed[std::string(Model::name) + "," + set + "," + counts.text(row, "dt")];
      SCOPED_TRACE(std::string(Model::name) + ", " + set + ", dt " + counts.text(row, "dt"));
      ASSERT_EQ(sets.count(set), 1u);
      expect_spikes_and_intervals<Model>(counts, row, sets.at(set), theirs);
      ++rows, spikes += theirs.size();
    }
  });
  EXPECT_EQ(rows, 84u);
  EXPECT_EQ(spikes, 2955u);
}

// How far rounding may have taken V and the other states of an Euler trajectory: the error of a step is that of the step
// before times |1 + dt J|, and its own rounding: some ulp of the state, and of its change some more, as the exponential of
// adex magnifies its argument's (50 mV / D_T = 25). A reset takes V's error away.
template <class Model>
class RoundingBound {
  using State = Pack<double, Model::n_state>;
  Pack<double, Model::n_port> in;
  typename Model::template Coef<double> coef;
  State before;
  double dt, V_reset = 0;

 public:
  State bound{};
  RoundingBound(const Values& values, double step) : dt(step) {
    Pack<double, Model::n_par> p;
    for (int i = 0; i < Model::n_par; ++i) p[i] = parameter<Model>(values, Model::parameters[i].name);
    for (int i = 0; i < Model::n_state; ++i) before[i] = Model::states[i].start;
    Model::start(before, p);
    coef = Model::prepare(p), in[0] = values.at("in_I");
    if constexpr (Held<Model>) V_reset = parameter<Model>(values, "V_reset");
  }
  void step(const State& after) {
    constexpr double eps = 2.3e-16;
    State next{};
    for (int j = 0; j < Model::n_state; ++j) {
      Pack<Dual<double>, Model::n_state> x, dx;
      for (int i = 0; i < Model::n_state; ++i) x[i] = Dual<double>(before[i], i == j ? 1 : 0);
      Model::drift(x, in, coef, dx);
      for (int i = 0; i < Model::n_state; ++i) {
        next[i] += std::fabs((i == j ? 1 : 0) + dt * dx[i].d) * bound[j];
        if (i == j) next[i] += 4 * eps * std::fabs(before[i]) + 100 * eps * dt * std::fabs(dx[i].v);
      }
    }
    bound = next, before = after;
    if constexpr (Held<Model>)
      if (after[Model::held] == V_reset) bound[Model::held] = 0;
  }
};

// What the reference's column shows, from our state.
template <class Model>
double column_value(const std::string& column, const Pack<double, Model::n_state>& x, const Values& values) {
  if constexpr (std::is_same_v<Model, Srm>) {
    if (column == "V") return x[Srm::h] + x[Srm::eta];
    return column == "eta" ? x[Srm::eta] : x[Srm::theta] - parameter<Srm>(values, "theta0");
  } else {
    for (int i = 0; i < Model::n_state; ++i)
      if (column == Model::states[i].name) return x[i];
    ADD_FAILURE() << column;
    return 0;
  }
}

template <class Model>
void expect_trace(const std::string& set, const std::string& I, const CsvTable& trace) {
  const double dt = 0.1;
  const Values values = sets_of<Model>().at(set + "," + I + ".0");
  RoundingBound<Model> rounding(values, dt);
  const auto ours = run_model<Model, Method::euler>(values, dt, std::int64_t(trace.rows.size()));
  double largest = 0;
  for (std::size_t i = 0; i < ours.x.size(); ++i) {
    rounding.step(ours.x[i]);
    double bound = 0;                                   // ours and theirs round; V of srm is a sum of two states
    for (int k = 0; k < Model::n_state; ++k) bound += 2 * rounding.bound[k];
    largest = std::max(largest, bound);
    for (const std::string column : {"V", "w", "w1", "w2", "eta", "theta_excess"}) {
      const std::string name = column + "_" + set + "_I" + I;
      if (std::find(trace.header.begin(), trace.header.end(), name) == trace.header.end()) continue;
      ASSERT_NEAR(column_value<Model>(column, ours.x[i], values), trace.number(i, name), bound) << name << " in step " << i;
    }
  }
  EXPECT_LT(largest, 1e-7) << "the bound says nothing";
}

TEST(IntegrateAndFire, TracesAreTheReferencesUpToRounding) {
  int traces = 0;
  for_family([&]<class Model>(std::type_identity<Model>) {
    const CsvTable trace = read_csv(data_of_model<Model>("_trace_dt0.1.csv"));
    ASSERT_EQ(trace.rows.size(), 1500u);
    for (const std::string& column : trace.header) {
      if (column.rfind("V_", 0) != 0) continue;
      const std::size_t I = column.rfind("_I");
      SCOPED_TRACE(std::string(Model::name) + ", " + column);
      expect_trace<Model>(column.substr(2, I - 2), column.substr(I + 2), trace);
      ++traces;
    }
  });
  EXPECT_EQ(traces, 15);
}

// Exponential Euler is exact for lif with a constant current: an interval is n_ref + ceil(climb / dt) steps.
TEST(IntegrateAndFire, LifByExponentialEulerHasTheExactInterval) {
  const CsvTable t = read_csv(data("lif_exp_euler_isi_steps.csv"));
  const std::map<std::string, Values> sets = sets_of<Lif>();
  int compared = 0;
  for (std::size_t row = 0; row < t.rows.size(); ++row) {
    const double dt = t.number(row, "dt"), expected = t.number(row, "isi_steps");
    const Steps s = run_model<Lif, Method::exp_euler>(sets.at(t.text(row, "set") + "," + t.text(row, "I")), dt,
                                                      std::llround(500 / dt)).spikes;
    SCOPED_TRACE(t.text(row, "set") + ", I " + t.text(row, "I") + ", dt " + t.text(row, "dt"));
    ASSERT_EQ(s.size() >= 3, expected > 0);
    ASSERT_EQ(s.empty(), expected < 0);
    if (expected < 0 || t.number(row, "distance_to_tie") < 1e-9) continue;
    for (std::size_t i = 1; i < s.size(); ++i) EXPECT_EQ(double(s[i] - s[i - 1]), expected) << "interval " << i;
    ++compared;
  }
  EXPECT_EQ(compared, 18);
}

// ---- against closed forms ----------------------------------------------------------------------------------------------

struct Room {                                  // [ms], of a discrete interval minus the exact one
  double low, high;
};

// The steady interval at every current of analytic_fi.csv; room(I, exact) bounds the error. Returns the largest one.
template <class Model, Method method, class F>
double largest_error(double dt, double threshold, F room) {
  const CsvTable t = read_csv(data("analytic_fi.csv"));
  double largest = 0;
  int firing = 0;
  for (std::size_t row = 0; row < t.rows.size(); ++row) {
    const double I = t.number(row, "I"), exact = t.number(row, "isi");
    if (t.text(row, "model") != Model::name || I == threshold) continue;
    SCOPED_TRACE(std::string(Model::name) + ", I " + std::to_string(I) + ", dt " + std::to_string(dt));
    const Steps s = run_model<Model, method>({{"in_I", I}}, dt, std::llround(400 / dt)).spikes;
    if (std::isinf(exact)) {
      EXPECT_TRUE(s.empty());
      continue;
    }
    EXPECT_GE(s.size(), 3u);
    if (s.size() < 3) continue;
    const double error = double(s.back() - s[s.size() - 2]) * dt - exact;
    const Room r = room(I, exact);
    EXPECT_GE(error, r.low - 1e-9);
    EXPECT_LE(error, r.high + 1e-9);
    largest = std::max(largest, std::fabs(error)), ++firing;
  }
  EXPECT_GE(firing, 40);
  return largest;
}

// The bounds hold at dt, dt / 2 and dt / 4, and a quarter of dt leaves about a quarter of the largest error: about, since
// that is where in a step the crossing happens to fall.
template <class Model, Method method, class F>
void expect_first_order(double threshold, F room) {
  std::vector<double> errors;
  for (double dt : {0.1, 0.05, 0.025})
    errors.push_back(
        largest_error<Model, method>(dt, threshold, [&](double I, double exact) { return room(I, exact, dt); }));
  EXPECT_LT(errors[1], errors[0]) << Model::name;
  EXPECT_LT(errors[2], errors[1]) << Model::name;
  EXPECT_NEAR(errors[2] / errors[0], 0.25, 0.1) << Model::name;
}

// At 200 pA V of lif and srm tends to the threshold itself, and rounding decides.
constexpr double marginal = 200, none = -1;

// A spike falls on the first multiple of dt after the threshold is crossed: up to dt late, never early, where the climb
// itself is exact. t_ref is a multiple of dt here.
Room up_to_a_step(double, double, double dt) { return {0, dt}; }

TEST(IntegrateAndFire, ExactClimbsAreAtMostAStepLate) {
  expect_first_order<Lif, Method::exp_euler>(marginal, up_to_a_step);
  expect_first_order<PerfectIf, Method::euler>(none, up_to_a_step);
  expect_first_order<PerfectIf, Method::exp_euler>(none, up_to_a_step);
  // eta and theta too are exact, h is at rest by then, and V - theta rises at all times, so srm fires at the first step
  // after its root; where that is before t_ref, the first step that can fire is n_ref + 1.
  expect_first_order<Srm, Method::exp_euler>(marginal, up_to_a_step);
}

// Euler's V - V_inf shrinks by 1 - z a step, z = dt / tau, and not by e^-z: the climb is z / -ln(1 - z) < 1 times as long,
// and then up to a step late.
TEST(IntegrateAndFire, LifByEulerIsEarlyByHalfAStepInTau) {
  expect_first_order<Lif, Method::euler>(marginal, [](double, double exact, double dt) {
    const double z = dt / parameter<Lif>({}, "tau"), climb = exact - parameter<Lif>({}, "t_ref");
    return Room{climb * (z / -std::log1p(-z) - 1), dt};
  });
}

// With V' = f(V) > 0 the climb takes the integral of g = 1/f over V, and n steps of Euler are its left Riemann sum, since
// dt = (V_(k+1) - V_k) g(V_k). f rises from V_reset = (E_L + V_c) / 2 on, so the sum is too large, in step k by at most
// dt (1 - f_k / f_(k+1)) <= dt ln(f_(k+1) / f_k): together dt ln(f(V_peak) / f(V_reset)), and dt for the last step.
TEST(IntegrateAndFire, QuadraticByEulerIsLateByALogarithm) {
  expect_first_order<QuadraticIf, Method::euler>(none, [](double I, double, double dt) {
    auto at = [](const char* name) { return parameter<QuadraticIf>({}, name); };
    auto f = [&](double V) { return at("k") * (V - at("E_L")) * (V - at("V_c")) + I; };
    EXPECT_EQ(at("V_reset"), (at("E_L") + at("V_c")) / 2);
    return Room{0, dt * (1 + std::log(f(at("V_peak")) / f(at("V_reset"))))};
  });
}

// ---- who spikes --------------------------------------------------------------------------------------------------------

TEST(IntegrateAndFire, TheThresholdItselfIsASpike) {
  for_models<Lif, PerfectIf, AdaptiveLif, Adex, QuadraticIf, Izhikevich>([]<class Model>(std::type_identity<Model>) {
    const auto coef = Model::prepare(defaults<Model>());
    for (const char* name : {"V_th", "V_peak", "v_peak"})
      for (const Parameter& p : Model::parameters) {
        if (p.name != name) continue;
        const Pack<double, Model::n_state> at{{p.value}}, below{{std::nextafter(p.value, -1000)}};
        EXPECT_TRUE(Model::spiked(below, at, coef)) << Model::name;
        EXPECT_FALSE(Model::spiked(below, below, coef)) << Model::name;
      }
  });
  const auto coef = Srm::prepare(defaults<Srm>());
  const Pack<double, Srm::n_state> at{{-50, -5, -55}}, below{{-50.001, -5, -55}};
  EXPECT_TRUE(Srm::spiked(below, at, coef));
  EXPECT_FALSE(Srm::spiked(at, below, coef));
}

// Above its threshold srm spikes only while V rises: not while it falls, nor while it stands still.
TEST(Srm, SpikesOnlyWhileVRises) {
  EXPECT_TRUE((run_model<Srm, Method::euler>({{"h_0", -40}}, 0.1, 1000).spikes.empty()));
  const Values still{{"h_0", -43}, {"tau_m", 8}, {"C_m", 128}, {"in_I", 512}};      // h' = 0 without rounding
  const auto t = run_model<Srm, Method::euler>(still, 0.1, 1000);
  EXPECT_TRUE(t.spikes.empty());
  EXPECT_EQ(t.x.back()[Srm::h], -43);
  Values rising = still;
  rising["in_I"] = 512.001;
  EXPECT_EQ((run_model<Srm, Method::euler>(rising, 0.1, 1000).spikes.front()), 0);
}

// ---- the refractory time -----------------------------------------------------------------------------------------------

// With this current every model fires in any step in which it may.
constexpr double at_once = 1e6;

TEST(Refractory, TimeIsRoundedToSteps) {
  const std::pair<double, std::int64_t> cases[] = {{0, 0},    {0.04, 0},  {0.06, 1},  {0.1, 1}, {0.14, 1},
                                                   {0.16, 2}, {3.96, 40}, {4.04, 40}, {4, 40},  {12.3, 123}};
  for_family([&]<class Model>(std::type_identity<Model>) {
    for (const auto& [t_ref, n_ref] : cases) {
      SCOPED_TRACE(std::string(Model::name) + ", t_ref " + std::to_string(t_ref));
      const Steps s = run_model<Model, Method::euler>({{"in_I", at_once}, {"t_ref", t_ref}}, 0.1, 600).spikes;
      ASSERT_GE(s.size(), 4u);
      EXPECT_EQ(s[0], 0);
      for (std::size_t i = 1; i < s.size(); ++i) EXPECT_EQ(s[i] - s[i - 1], n_ref + 1) << "interval " << i;
    }
  });
}

// In the spike's step and the n_ref after it V is V_reset to the bit, in the next one no more.
template <class Model, Method method>
void expect_held(double I, double t_ref, std::size_t n_ref) {
  const double V_reset = parameter<Model>({}, "V_reset");
  const auto t = run_model<Model, method>({{"in_I", I}, {"t_ref", t_ref}}, 0.1, 3000);
  ASSERT_GE(t.spikes.size(), 3u);
  for (std::int64_t spike : t.spikes) {
    const std::size_t from = std::size_t(spike), to = std::min(from + n_ref + 1, t.x.size());
    for (std::size_t i = from; i < to; ++i) ASSERT_EQ(t.x[i][Model::held], V_reset) << "step " << i;
    const bool again = std::binary_search(t.spikes.begin(), t.spikes.end(), std::int64_t(to));
    if (to == t.x.size()) break;
    ASSERT_EQ(t.x[to][Model::held] == V_reset, again) << "step " << to;
  }
}

TEST(Refractory, VIsHeldInAllStagesOfEveryMethod) {
  for_models<Lif, PerfectIf, AdaptiveLif, Adex, QuadraticIf>([]<class Model>(std::type_identity<Model>) {
    for_methods([]<Method method>(std::integral_constant<Method, method>) {
      SCOPED_TRACE(std::string(Model::name) + ", " + std::string(method_names[std::size_t(method)]));
      expect_held<Model, method>(1500, 4, 40);
      expect_held<Model, method>(1500, 0, 0);
      expect_held<Model, method>(at_once, 2.5, 25);
    });
  });
}

// By what a method multiplies w - w_inf in a step where V stands still, z = dt / tau_w.
double decay(Method method, double z) {
  switch (method) {
    case Method::euler: return 1 - z;
    case Method::exp_euler: return std::exp(-z);
    case Method::heun: return 1 - z + z * z / 2;
    default: return 1 - z + z * z / 2 - z * z * z / 6 + z * z * z * z / 24;
  }
}

// w goes on while V is held, and sees V_reset in all stages. The factors differ by 5e-7 and more (adex) of some 100 pA.
template <class Model, Method method>
void expect_adaptation_goes_on(int state, double a, double tau) {
  const double dt = 0.1, V_reset = -65;
  const auto t = run_model<Model, method>({{"in_I", at_once}, {"V_reset", V_reset}, {"t_ref", 5}}, dt, 1000);
  const double w_inf = a * (V_reset - parameter<Model>({}, "E_L")), factor = decay(method, dt / tau);
  ASSERT_GT(t.spikes.size(), 10u);
  for (std::size_t i = 1; i < t.x.size(); ++i) {
    if (std::binary_search(t.spikes.begin(), t.spikes.end(), std::int64_t(i))) continue;
    ASSERT_NEAR(t.x[i][state] - w_inf, factor * (t.x[i - 1][state] - w_inf), 1e-11) << "step " << i;
  }
  EXPECT_GT(t.x.back()[state], 50);
}

TEST(Refractory, AdaptationGoesOnWhileVIsHeld) {
  for_methods([]<Method method>(std::integral_constant<Method, method>) {
    SCOPED_TRACE(method_names[std::size_t(method)]);
    expect_adaptation_goes_on<AdaptiveLif, method>(AdaptiveLif::w1, 1, 100);
    expect_adaptation_goes_on<Adex, method>(Adex::w, 4, 144);
  });
}

// ---- adex beyond the peak ----------------------------------------------------------------------------------------------

// The stages of heun and rk4 see V far beyond the peak; the spikes are nevertheless those of small steps, each interval
// late by a few steps, and w does not take up a V that no cell has.
TEST(Adex, EveryMethodAgreesWithSmallSteps) {
  const Values busy{{"in_I", 1000}};
  const auto exact = run_model<Adex, Method::rk4>(busy, 0.001, 500'000);
  for_methods([&]<Method method>(std::integral_constant<Method, method>) {
    SCOPED_TRACE(method_names[std::size_t(method)]);
    const auto t = run_model<Adex, method>(busy, 0.05, 10'000);
    ASSERT_EQ(t.spikes.size(), exact.spikes.size());
    for (std::size_t i = 0; i < t.spikes.size(); ++i)
      EXPECT_NEAR(double(t.spikes[i]) * 0.05, double(exact.spikes[i]) * 0.001, 4 * 0.05 * double(i + 1)) << "spike " << i;
    for (const auto& x : t.x) ASSERT_LT(std::fabs(x[Adex::w]), 500);
  });
}

// A sharp onset in float: the exponential reaches e^140, which no float is.
TEST(Adex, DoesNotOverflowInFloat) {
  for_methods([]<Method method>(std::integral_constant<Method, method>) {
    SCOPED_TRACE(method_names[std::size_t(method)]);
    const Values sharp{{"in_I", 1000}, {"D_T", 0.5}};
    const std::size_t in_double = run_model<Adex, method>(sharp, 0.1, 5000).spikes.size();
    EXPECT_GT(in_double, 10u);
    EXPECT_EQ((spikes_in_float<Adex, method>(sharp, 0.1, 5000).size()), in_double);
  });
  const auto coef = Adex::prepare([] {
    Pack<float, Adex::n_par> p;
    for (int i = 0; i < Adex::n_par; ++i) p[i] = float(Adex::parameters[i].value);
    p[Adex::D_T] = 0.5f;
    return p;
  }());
  for (float V : {-20.0f, 0.0f, 19.0f, 30.0f, 1e30f}) {
    Pack<float, Adex::n_state> dx, lambda;
    const Pack<float, Adex::n_state> x{{V, 0}};
    Adex::drift(x, Pack<float, 1>{{0}}, coef, dx, lambda);
    EXPECT_TRUE(std::isfinite(dx[Adex::V]) && std::isfinite(dx[Adex::w]) && std::isfinite(lambda[Adex::V])) << V;
    Adex::drift(x, Pack<float, 1>{{0}}, coef, dx);
    EXPECT_TRUE(std::isfinite(dx[Adex::V])) << V;
  }
}

// No exponential is that sharp: the set has no value, whatever bounds it.
template <class T>
void expect_nan_without_a_slope_factor() {
  for_methods([]<Method method>(std::integral_constant<Method, method>) {
    SCOPED_TRACE(method_names[std::size_t(method)]);
    for (const double D_T : {0.0, -0.0, double(std::numeric_limits<T>::denorm_min())})
      for (const double V_T : {-50.4, 0.0, 10.0}) {
        Walk<Adex, method, T> walk({{"D_T", D_T}, {"V_T", V_T}}, 0.1);
        walk.step();
        EXPECT_TRUE(std::isnan(walk.x[Adex::V])) << D_T << " " << V_T << " gives " << walk.x[Adex::V];
      }
  });
}
TEST(Adex, HasNoValueWithoutASlopeFactor) {
  expect_nan_without_a_slope_factor<float>();
  expect_nan_without_a_slope_factor<double>();
}

// ---- starts, float -----------------------------------------------------------------------------------------------------

TEST(IntegrateAndFire, StartsByRule) {
  auto started = []<class Model>(std::type_identity<Model>, double given) {
    Pack<double, Model::n_state> x;
    for (int i = 0; i < Model::n_state; ++i) x[i] = Model::states[i].start;
    if (!std::isnan(given)) x[0] = given;
    Model::start(x, defaults<Model>());
    return x;
  };
  for (double given : {by_rule, -62.0, 0.0, 7.0}) {
    auto or_given = [&](double own) { return std::isnan(given) ? own : given; };
    EXPECT_EQ(started(std::type_identity<Lif>{}, given)[0], or_given(-75));
    EXPECT_EQ(started(std::type_identity<PerfectIf>{}, given)[0], or_given(-75));
    EXPECT_EQ(started(std::type_identity<AdaptiveLif>{}, given)[0], or_given(-75));
    EXPECT_EQ(started(std::type_identity<Adex>{}, given)[0], or_given(-70.6));
    EXPECT_EQ(started(std::type_identity<QuadraticIf>{}, given)[0], or_given(-60));
    EXPECT_EQ(started(std::type_identity<Srm>{}, given)[Srm::h], or_given(-75));
    EXPECT_EQ(started(std::type_identity<Srm>{}, given)[Srm::theta], -55);
  }
  const auto moved = run_model<PerfectIf, Method::euler>({{"V_reset", -68}}, 0.1, 1);
  EXPECT_EQ(moved.x[0][PerfectIf::V], -68);
}

TEST(IntegrateAndFire, SignalsAreTheStates) {
  const Pack<double, Srm::n_state> srm{{-60, -8, -52}};
  EXPECT_EQ(Srm::signal(srm, Srm::signal_V), -68);
  EXPECT_EQ(Srm::signal(srm, Srm::signal_theta), -52);
  for_models<Lif, PerfectIf, AdaptiveLif, Adex, QuadraticIf>([]<class Model>(std::type_identity<Model>) {
    Pack<double, Model::n_state> x;
    for (int i = 0; i < Model::n_state; ++i) x[i] = 10 + i;
    ASSERT_EQ(int(Model::n_signal), int(Model::n_state));
    for (int i = 0; i < Model::n_state; ++i) {
      EXPECT_EQ(Model::signals[i].name, Model::states[i].name);
      EXPECT_EQ(Model::signal(x, i), x[i]);
    }
  });
}

// Float rounds V (up to 128 mV) by up to 4e-6 mV a step. A leak remembers 100 steps of that, at most 4e-4 mV, while the
// slowest set nears its threshold by 1e-3 mV a step (lif at 201 pA); without a leak it is 2e-3 mV after the longest climb
// against 4e-2 mV a step. Where V is slowest in quadratic-if (71 pA) a step is 1e-3 mV too and rounding goes either way. So
// the first spike is off by at most a step, and each interval may add as much.
TEST(IntegrateAndFire, FloatSpikesWithinAStep) {
  for_family([]<class Model>(std::type_identity<Model>) {
    for (const auto& [set, values] : sets_of<Model>()) {
      SCOPED_TRACE(std::string(Model::name) + ", " + set);
      const Steps ours = spikes_in_float<Model, Method::euler>(values, 0.1, 5000);
      const Steps exact = run_model<Model, Method::euler>(values, 0.1, 5000).spikes;
      ASSERT_NEAR(double(ours.size()), double(exact.size()), 1);
      for (std::size_t i = 0; i < std::min(ours.size(), exact.size()); ++i)
        EXPECT_NEAR(double(ours[i]), double(exact[i]), double(i + 1)) << "spike " << i;
    }
  });
}

// ---- spike trains ------------------------------------------------------------------------------------------------------

// `n` intervals of interval(i) steps, in float and in double, the first spike at step `start`.
template <class F>
std::pair<SpikeStatistics, SpikeStatistics> long_trains(std::int64_t n, std::int64_t start, F interval) {
  SpikeTrain<float> single;
  SpikeTrain<double> twice;
  single.begin(), twice.begin();
  std::int64_t step = start;
  for (std::int64_t i = 0; i <= n; ++i) {
    single.add(std::uint32_t(step)), twice.add(std::uint64_t(step));
    step += interval(i);
  }
  return {SpikeStatistics(single), SpikeStatistics(twice)};
}

TEST(SpikeTrain, AMillionEqualIntervalsHaveNoVariation) {
  for (std::int64_t interval : {1, 133, 5000}) {                // the last: steps beyond 2^32
    const auto [single, twice] = long_trains(1'000'000, 77, [&](std::int64_t) { return interval; });
    for (const SpikeStatistics& s : {single, twice}) {
      EXPECT_EQ(s.spikes, 1'000'001);
      EXPECT_EQ(s.isi_mean, double(interval));
      EXPECT_EQ(s.isi_cv, 0);
    }
  }
}

// Intervals of 50 to 849 steps: sums of 4e8 and 2e11 in float. Double's are exact, as they are whole numbers. Float's sum
// of squares has 24 bits in its low half too: beyond 2^24 the ones are lost, which is less than 1 a spike, of a variance of
// 5e4: 1e-5 of cv.
TEST(SpikeTrain, AMillionIrregularIntervalsInFloat) {
  std::mt19937_64 random(7);
  std::vector<std::int64_t> drawn(1'000'001);
  for (std::int64_t& i : drawn) i = 50 + std::int64_t(random() % 800);
  const auto [single, twice] = long_trains(1'000'000, 0, [&](std::int64_t i) { return drawn[std::size_t(i)]; });
  drawn.pop_back();                                             // begins with the last spike
  long double sum = 0, square = 0;
  for (std::int64_t i : drawn) sum += static_cast<long double>(i);
  const long double mean = sum / 1'000'000;
  for (std::int64_t i : drawn) square += (static_cast<long double>(i) - mean) * (static_cast<long double>(i) - mean);
  const double cv = double(std::sqrt(square / 1'000'000) / mean);
  EXPECT_NEAR(twice.isi_mean / double(mean), 1, 1e-14);
  EXPECT_NEAR(twice.isi_cv / cv, 1, 1e-12);
  EXPECT_NEAR(single.isi_mean / double(mean), 1, 1e-7);
  EXPECT_NEAR(single.isi_cv / cv, 1, 1e-5);
}

// Adaptation: a first interval far from all others, whose differences have squares that no float holds.
TEST(SpikeTrain, AnUntypicalFirstIntervalInFloat) {
  Steps spikes{0, 50};
  for (int i = 0; i < 1000000; ++i) spikes.push_back(spikes.back() + 5001 + i % 2);
  const SpikeStatistics single(train_of<float>(spikes)), twice(train_of<double>(spikes));
  EXPECT_NEAR(single.isi_mean, twice.isi_mean, 1e-9 * twice.isi_mean);
  EXPECT_NEAR(single.isi_cv, twice.isi_cv, 1e-4 * twice.isi_cv);
}

TEST(SpikeTrain, AnIntervalThatBeginsBeforeTheObservationDoesNotCount) {
  const Steps spikes{10, 50, 90, 100, 112};
  const SpikeStatistics all(train_of<double>(spikes)), observed(train_of<double>(spikes, 60));
  const SpikeStatistics two(train_of<double>(spikes, 91));
  EXPECT_EQ(all.spikes, 5);
  EXPECT_NEAR(all.isi_mean, 102.0 / 4, 1e-13);
  EXPECT_EQ(observed.spikes, 3);
  EXPECT_EQ(observed.isi_mean, 11);                             // of 10 and 12, not the 40 from 50 to 90
  EXPECT_NEAR(observed.isi_cv, 1.0 / 11, 1e-15);
  EXPECT_EQ(two.spikes, 2);                                     // one interval says nothing of their mean
  EXPECT_TRUE(std::isnan(two.isi_mean) && std::isnan(two.isi_cv));
  const SpikeStatistics none_at_all(train_of<float>({}));
  EXPECT_EQ(none_at_all.spikes, 0);
  EXPECT_TRUE(std::isnan(none_at_all.isi_mean) && std::isnan(none_at_all.isi_cv));
}

}  // namespace
}  // namespace neurosweep::test
