// A set step by step is what the sweep saw of it: bit by bit, for every model, path, precision and instruction set.
#include "backend.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "common/shelf.hpp"

namespace neurosweep::test {
namespace {

constexpr int sets = 5;
constexpr std::int64_t steps = 1500;     // spans, flushes and the transient's end fall in many places

// Of the measures, those that the steps give back without rounding.
void expect_measures(const Problem& p, const ModelInfo& model, const Trace& trace) {
  const std::size_t width = model.states.size() + model.signals.size();
  std::vector<double> y;
  for (std::size_t t = std::size_t(p.transient); t < std::size_t(p.steps); ++t)
    y.push_back(trace.rows[t * width + model.states.size() + std::size_t(p.signal)]);
  const auto [low, high] = std::minmax_element(y.begin(), y.end());
  const auto measured = [&](Measure m) { return trace.result.values[std::size_t(std::find(p.measures.begin(), p.measures.end(), m) - p.measures.begin())]; };
  EXPECT_EQ(*low, measured(Measure::minimum));
  EXPECT_EQ(*high, measured(Measure::maximum));
  if (!model.spiking) return;
  EXPECT_EQ(std::count(trace.spiked.begin() + p.transient, trace.spiked.end(), 1), measured(Measure::spike_count));
}

template <class Model>
void expect_what_the_sweep_saw(Precision precision, double noise, bool sine) {
  Problem p = shelf_problem<Model>(sets, steps);
  const Layout layout = layout_of<Model>();
  p.precision = precision;
  quantity(p, layout.drive(Model::main_port, drive_noise)) = noise;
  if (sine) quantity(p, layout.drive(Model::main_port, drive_sine_amplitude)) = 1, quantity(p, layout.drive(Model::main_port, drive_sine_frequency)) = 30;
  for (const std::string& isa : cpu_isas()) {
    Gather map(p, sets);
    make_cpu_backend(1, isa)->run(p, map);
    for (const std::uint64_t set : {0, 3}) {
      const Trace trace = trace_set(p, set, 0, isa);
      for (std::size_t m = 0; m < p.measures.size(); ++m)
        EXPECT_TRUE(trace.result.values[m] == map.value(m, set) || std::isnan(map.value(m, set)))
            << isa << ", set " << set << ", measure " << m << ": " << trace.result.values[m] << " and " << map.value(m, set);
      expect_measures(p, info_of<Model>(), trace);
    }
  }
}

TEST(Trace, IsWhatTheSweepSaw) {
  with_each_model([]<class M>(std::type_identity<M>, int) {
    SCOPED_TRACE(M::name);
    for (const Precision precision : {Precision::single_, Precision::double_})
      for (const auto& [noise, sine] : {std::pair{0.0, false}, {0.01, false}, {0.01, true}})
        expect_what_the_sweep_saw<M>(precision, noise, sine);
  });
}

// A realisation is that of its replicate: their mean is the sweep's.
TEST(Trace, OfAReplicate) {
  Problem p = shelf_problem<JansenRit>(sets, steps);
  quantity(p, layout_of<JansenRit>().drive(JansenRit::main_port, drive_noise)) = 5;
  p.replicates = 3;
  Gather map(p, sets);
  make_cpu_backend(1)->run(p, map);
  double sum = 0;
  for (std::uint32_t r = 0; r < 3; ++r) sum += trace_set(p, 2, r).result.values[0];
  EXPECT_NEAR(sum / 3, map.value(0, 2), 1e-14 * sum);
}

// With a spectrum, by either engine, of a segment that ends nowhere near a span's end.
TEST(Trace, WithSpectra) {
  for (const Engine engine : {Engine::direct, Engine::fft}) {
    Problem p = jansen_rit(120);
    p.measures = {Measure::amplitude, Measure::peak_frequency, Measure::peak_power};
    add_spectrum(p, engine);
    Gather map(p, 1);
    make_cpu_backend(1)->run(p, map);
    const Trace trace = trace_set(p, 0, 0);
    for (std::size_t m = 0; m < 3; ++m) EXPECT_EQ(trace.result.values[m], map.value(m, 0)) << m;
  }
}

}  // namespace
}  // namespace neurosweep::test
