// Small sweeps for the CUDA backend, who works them off, and what must come out.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "common/problems.hpp"

namespace neurosweep::test {

// ---- problems -------------------------------------------------------------------------------------------------------

inline constexpr Layout layout = layout_of<JansenRit>();

// Ae times Ai in float, no spectrum.
inline Problem gain_plane(int n_Ae, int n_Ai, std::int64_t steps, std::int64_t transient) {
  Problem p = jansen_rit();
  p.precision = Precision::single_, p.steps = steps, p.transient = transient;
  add_axis(p, JansenRit::Ae, 2, 5, n_Ae), add_axis(p, JansenRit::Ai, 15, 30, n_Ai);
  p.measures = {Measure::amplitude, Measure::minimum, Measure::maximum, Measure::mean, Measure::std};
  return p;
}

// Peak, its power, and the alpha band.
inline void ask_for_spectrum(Problem& p, Engine engine, int segment, int overlap) {
  add_spectrum(p, engine, segment);
  p.spectrum.overlap = overlap;
  for (int k = p.spectrum.kept.first; k < p.spectrum.kept.first + p.spectrum.kept.count; ++k)
    if (const double f = k / (segment * p.dt); f >= 8 && f < 13) {
      BinRange& alpha = p.spectrum.band[2];
      if (alpha.count++ == 0) alpha.first = k;
    }
  p.measures.insert(p.measures.end(), {Measure::peak_frequency, Measure::peak_power, Measure::power_alpha});
}

inline void add_noise(Problem& p, double sd = 20) { drive_of(p, JansenRit::in_E, drive_noise) = sd; }
inline void add_everything(Problem& p) {  // every kind of input: the time loop's general path
  add_noise(p);
  drive_of(p, JansenRit::in_M, drive_sine_amplitude) = 0.5, drive_of(p, JansenRit::in_M, drive_sine_frequency) = 11;
  drive_of(p, JansenRit::in_E, drive_pulse_amplitude) = 60, drive_of(p, JansenRit::in_E, drive_pulse_start) = 0.02;
  drive_of(p, JansenRit::in_E, drive_pulse_width) = 0.01, drive_of(p, JansenRit::in_E, drive_pulse_period) = 0.05;
}

// ---- working them off -----------------------------------------------------------------------------------------------

struct Map {  // of a whole sweep, as TileResult has it for a tile
  std::vector<double> values;
  std::vector<std::uint8_t> status;
  std::vector<std::uint32_t> failed;
  Summary summary;
  std::vector<std::string> said;
  std::uint64_t node_steps = 0;
  std::uint64_t longest = 0;  // node-steps at a time
  std::uint64_t tiles = 0;
};

// Hands out tiles of one size and joins the results.
class MapWork : public Work {
 public:
  MapWork(const Problem& p, std::uint64_t tile);
  bool next(Tile& tile) override;
  void done(TileResult result) override;
  void advance(std::uint64_t node_steps) override;
  bool abort() const override;
  void say(const std::string& message) override;

  Map map;
  std::uint64_t abort_after = ~std::uint64_t(0);  // node-steps

 private:
  const Problem& p_;
  const std::uint64_t tile_;
  std::uint64_t next_ = 0;
  mutable std::mutex mutex_;
};

Map run(Backend& backend, const Problem& p, std::uint64_t tile = 0);  // 0: the backend's own size

// ---- what must come out ---------------------------------------------------------------------------------------------

// One realisation after the other in double, by Simulation and a Welch estimate written out by its definition.
Map by_hand(const Problem& p);

// The same numbers to `relative`, measured on each column's largest; a column's NaNs must agree.
void expect_close(const Map& got, const Map& expected, const Problem& p, double relative);
// The same bits, but for tiles and messages.
void expect_same(const Map& got, const Map& expected);

// ---- the device -----------------------------------------------------------------------------------------------------

// Defined by each test program: makes the device ready, or returns why there is none.
std::string prepare_device();

}  // namespace neurosweep::test
