// Hodgkin-Huxley: rates, start, the four methods, against solutions of the differential equation, and spikes.
#include "models/hodgkin_huxley.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "common/csv_table.hpp"
#include "models/run_model.hpp"

namespace neurosweep::test {
namespace {

using HH = HodgkinHuxley;
template <class T> using HHState = Pack<T, HH::n_state>;

// ---- rates and start ---------------------------------------------------------------------------------------------------

// 1e-15 is what exp's last bit does to a rate: at v = 110 e^(-v/18) = e^-6.1 has 6 times its argument's rounding error.
TEST(HodgkinHuxleyModel, RatesAreTheTables) {
  const CsvTable t = read_csv("hodgkin-huxley/rates.csv");
  ASSERT_EQ(t.rows.size(), 11u);
  for (std::size_t row = 0; row < t.rows.size(); ++row) {
    const auto r = HH::rates(t.number(row, "v"));
    const std::pair<const char*, double> all[] = {{"alpha_m", r.alpha_m}, {"beta_m", r.beta_m},   {"alpha_h", r.alpha_h},
                                                  {"beta_h", r.beta_h},   {"alpha_n", r.alpha_n}, {"beta_n", r.beta_n}};
    for (const auto& [name, rate] : all)
      EXPECT_NEAR(rate / t.number(row, name), 1, 2e-15) << name << " at " << t.text(row, "v");
  }
}

// x / (e^x - 1) = 1 - x/2 + x^2/12 - x^4/720 + ... about the removable singularities, from both sides, and in float too.
TEST(HodgkinHuxleyModel, RatesAreSmoothAtTheirSingularities) {
  EXPECT_EQ(HH::rates(25.0).alpha_m, 1);
  EXPECT_EQ(HH::rates(10.0).alpha_n, 0.1);
  EXPECT_EQ(HH::rates(25.0f).alpha_m, 1);
  EXPECT_EQ(HH::rates(10.0f).alpha_n, 0.1f);
  for (double d = 0.03; d > 1e-15; d /= 2)
    for (double x : {d, -d}) {
      const double series = 1 - x / 2 + x * x / 12 - x * x * x * x / 720;
      EXPECT_NEAR(HH::rates(25 - 10 * x).alpha_m, series, std::pow(d, 6) + 3e-15) << x;
      EXPECT_NEAR(10 * HH::rates(10 - 10 * x).alpha_n, series, std::pow(d, 6) + 3e-15) << x;
      EXPECT_NEAR(HH::rates(float(25 - 10 * x)).alpha_m, series, 1e-6) << x;
    }
}

TEST(HodgkinHuxleyModel, StartsAtRest) {
  const CsvTable t = read_csv("hodgkin-huxley/rest.csv");
  const auto r = HH::rates(0.0);
  const double rest[] = {0, r.alpha_m / (r.alpha_m + r.beta_m), r.alpha_h / (r.alpha_h + r.beta_h),
                         r.alpha_n / (r.alpha_n + r.beta_n)};
  for (int i = HH::m; i < HH::n_state; ++i) {
    EXPECT_DOUBLE_EQ(HH::states[i].start, t.number(0, std::string(HH::states[i].name) + "_0"));
    EXPECT_DOUBLE_EQ(HH::states[i].start, rest[i]);
  }
  for (int i = 0; i < HH::n_par; ++i) EXPECT_EQ(HH::parameters[i].value, t.number(0, std::string(HH::parameters[i].name)));
  Pack<double, HH::n_par> p;
  p[HH::V_rest] = -60;
  HHState<double> own{{by_rule, 0, 0, 0}}, given{{-50, 0, 0, 0}};
  HH::start(own, p), HH::start(given, p);
  EXPECT_EQ(own[HH::V], -60);
  EXPECT_EQ(given[HH::V], -50);
}

// ---- against other programs --------------------------------------------------------------------------------------------

// The same operations in another order: 20 ms with two spikes amplify rounding (1e-14 mV) by some hundreds: 3e-12 mV.
template <Method method>
void expect_same_steps(const std::string& file) {
  const CsvTable t = read_csv("hodgkin-huxley/" + file);
  ASSERT_EQ(t.rows.size(), 500u);
  const auto x = run_model<HH, method>({{"in_I", 10}}, 0.01, 2000).x;
  for (std::size_t row = 0; row < t.rows.size(); ++row)
    for (int k = 0; k < HH::n_state; ++k)
      ASSERT_NEAR(x[std::size_t(t.number(row, "step"))][k], t.number(row, std::string(HH::states[k].name)), 1e-10)
          << file << ", row " << row;
}
TEST(HodgkinHuxleyModel, MethodsFollowAnotherProgram) {
  expect_same_steps<Method::euler>("method_euler.csv");
  expect_same_steps<Method::exp_euler>("method_exp-euler.csv");
  expect_same_steps<Method::heun>("method_heun.csv");
  expect_same_steps<Method::rk4>("method_rk4.csv");
}

// Largest difference of V [mV] from the solution, whose rows are 0.05 ms apart; 0.05 ms = `every` steps.
double error(const CsvTable& t, double I, int every) {
  const auto x = run_model<HH, Method::rk4>({{"in_I", I}}, 0.05 / every, 1000 * every).x;
  double worst = 0;
  for (std::size_t row = 0; row < t.rows.size(); ++row)
    worst = std::max(worst, std::fabs(x[(row + 1) * std::size_t(every) - 1][HH::V] - t.number(row, "V")));
  return worst;
}

// Steps of 0.05 ... 0.00625 ms. Order 4 in the limit and from above: an error of the spikes' times counts times the flank,
// 400 mV/ms. At rest (I = 0) the error is soon below the solution's own, 1e-8 mV.
TEST(HodgkinHuxleyModel, Rk4ConvergesToTheSolution) {
  for (int I : {7, 10, 50}) {
    const CsvTable t = read_csv("hodgkin-huxley/trajectory_default_I" + std::to_string(I) + ".csv");
    ASSERT_EQ(t.rows.size(), 1000u);
    const double e[] = {error(t, I, 1), error(t, I, 2), error(t, I, 4), error(t, I, 8)};
    EXPECT_NEAR(std::log2(e[0] / e[1]), 4.5, 0.5) << "I = " << I;
    EXPECT_NEAR(std::log2(e[1] / e[2]), 4.2, 0.3) << "I = " << I;
    EXPECT_NEAR(std::log2(e[2] / e[3]), 4.1, 0.2) << "I = " << I;
    EXPECT_LT(e[2], 1e-3) << "I = " << I;
  }
  EXPECT_LT(error(read_csv("hodgkin-huxley/trajectory_default_I0.csv"), 0, 1), 1e-8);
}

// ---- spikes ------------------------------------------------------------------------------------------------------------

// 1000 ms by rk4 at 0.01 ms, which is good to 1e-4 ms here; step i goes from i dt to (i + 1) dt.
TEST(HodgkinHuxleyModel, SpikesAreTheSolutions) {
  const CsvTable t = read_csv("hodgkin-huxley/counts.csv");
  ASSERT_EQ(t.rows.size(), 21u);
  const double dt = 0.01, slack = 1e-4;
  for (std::size_t row = 0; row < t.rows.size(); ++row) {
    const auto spikes = run_model<HH, Method::rk4>({{"in_I", t.number(row, "I")}}, dt, 100000).spikes;
    ASSERT_EQ(spikes.size(), std::size_t(t.number(row, "count_dop853"))) << "I = " << t.text(row, "I");
    auto expect_at = [&](std::size_t spike, const char* column) {
      if (spike >= spikes.size()) return;
      const double before = double(spikes[spike]) * dt, time = t.number(row, column);
      EXPECT_GT(time, before - slack) << column << ", I = " << t.text(row, "I");
      EXPECT_LT(time, before + dt + slack) << column << ", I = " << t.text(row, "I");
    };
    expect_at(0, "t_first"), expect_at(1, "t_second"), expect_at(spikes.size() - 1, "t_last");
  }
}

// Before < v_spike <= after: the start counts as before step 0, and a start at or above v_spike is no crossing.
TEST(HodgkinHuxleyModel, ASpikeIsAnUpwardCrossing) {
  Pack<double, HH::n_par> p;
  for (int i = 0; i < HH::n_par; ++i) p[i] = HH::parameters[i].value;
  const auto coef = HH::prepare(p);
  auto spiked = [&](double before, double after) {
    return bool(HH::spiked(HHState<double>{{before}}, HHState<double>{{after}}, coef));
  };
  EXPECT_TRUE(spiked(-0.1, 0.1));
  EXPECT_TRUE(spiked(-0.1, 0));
  EXPECT_FALSE(spiked(0, 0.1));
  EXPECT_FALSE(spiked(0.1, -0.1));
  EXPECT_FALSE(spiked(-0.2, -0.1));
  const auto kicked = run_model<HH, Method::rk4>({{"V_0", -1}, {"in_I", 100}}, 0.05, 20).spikes;
  ASSERT_FALSE(kicked.empty());
  EXPECT_EQ(kicked[0], 0);
  EXPECT_TRUE((run_model<HH, Method::rk4>({{"V_0", 1}, {"m_0", 1}}, 0.01, 50).spikes.empty()));
}

// V_rest moves V, the start and nothing else; v_spike is on V's scale, so it moves along here.
TEST(HodgkinHuxleyModel, OnlyDistancesFromRestCount) {
  const auto here = run_model<HH, Method::rk4>({{"in_I", 10}}, 0.01, 5000);
  const auto there = run_model<HH, Method::rk4>({{"in_I", 10}, {"V_rest", 0}, {"v_spike", 65}}, 0.01, 5000);
  EXPECT_EQ(here.spikes, there.spikes);
  for (std::size_t i = 0; i < here.x.size(); ++i) ASSERT_NEAR(here.x[i][HH::V] + 65, there.x[i][HH::V], 1e-8) << i;
}

// ---- precision ---------------------------------------------------------------------------------------------------------

// V = -65 has a last bit of 7.6e-6 mV in float; 2000 steps of half of it at random are 2e-4 mV, and where a spike is late by
// 1e-5 ms its flank, 400 mV/ms, is off by 4e-3 mV. Gates change by 10 a ms there at most.
template <Method method>
void expect_float_follows() {
  Walk<HH, method, float> single({{"in_I", 10}}, 0.01);
  Walk<HH, method, double> exact({{"in_I", 10}}, 0.01);
  int spikes = 0;
  for (int i = 0; i < 2000; ++i) {
    const bool spiked = exact.step();
    spikes += spiked;
    ASSERT_EQ(single.step(), spiked) << "step " << i;
    for (int k = 0; k < HH::n_state; ++k)
      ASSERT_NEAR(double(single.x[k]), exact.x[k], k == HH::V ? 2e-2 : 2e-4) << "state " << k << ", step " << i;
  }
  EXPECT_EQ(spikes, 2);
}
TEST(HodgkinHuxleyModel, FloatFollowsDouble) {
  expect_float_follows<Method::exp_euler>();
  expect_float_follows<Method::rk4>();
}

}  // namespace
}  // namespace neurosweep::test
