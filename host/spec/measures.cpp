#include "host/spec/measures.hpp"

#include <algorithm>
#include <array>

#include "host/spec/sweep_spec.hpp"

namespace neurosweep {
namespace {

// clang-format off
constexpr std::array<MeasureRow, n_measure> table{{
    {Measure::amplitude,      "amplitude",      MeasureUnit::signal,  "maximum - minimum"},
    {Measure::minimum,        "minimum",        MeasureUnit::signal,  "smallest sample"},
    {Measure::maximum,        "maximum",        MeasureUnit::signal,  "largest sample"},
    {Measure::mean,           "mean",           MeasureUnit::signal,  "mean of the samples"},
    {Measure::std,            "std",            MeasureUnit::signal,  "standard deviation of the samples (population)"},
    {Measure::peak_frequency, "peak_frequency", MeasureUnit::hertz,   "frequency of the largest power inside the band"},
    {Measure::peak_power,     "peak_power",     MeasureUnit::density, "power density at the peak"},
    {Measure::power_delta,    "power_delta",    MeasureUnit::power,   "power from 1 to 4 Hz",   1,  4},
    {Measure::power_theta,    "power_theta",    MeasureUnit::power,   "power from 4 to 8 Hz",   4,  8},
    {Measure::power_alpha,    "power_alpha",    MeasureUnit::power,   "power from 8 to 13 Hz",  8,  13},
    {Measure::power_beta,     "power_beta",     MeasureUnit::power,   "power from 13 to 30 Hz", 13, 30},
    {Measure::power_gamma,    "power_gamma",    MeasureUnit::power,   "power from 30 to 80 Hz", 30, 80},
    {Measure::spike_count,    "spike_count",    MeasureUnit::none,    "spikes"},
    {Measure::rate,           "rate",           MeasureUnit::hertz,   "spikes per second"},
    {Measure::isi_mean,       "isi_mean",       MeasureUnit::millisecond, "mean interval between spikes"},
    {Measure::isi_cv,         "isi_cv",         MeasureUnit::none,    "variation of the intervals: their population SD over their mean"},
    {Measure::synchrony,      "synchrony",      MeasureUnit::none,    "SD of the mean v over the root of the mean variance of each cell's v"},
    {Measure::active,         "active",         MeasureUnit::none,    "share of the cells that spiked"},
}};
// clang-format on

constexpr bool in_order() {
  for (int i = 0; i < n_measure; ++i)
    if (table[i].measure != Measure(i) || table[i].band() != is_power_band(Measure(i))) return false;
  return true;
}
static_assert(in_order());

std::string squared(const std::string& unit) {
  const bool compound = unit.find_first_of("/*") != std::string::npos;
  return compound ? "(" + unit + ")^2" : unit + "^2";
}

}  // namespace

std::span<const MeasureRow> measure_table() { return table; }

std::span<const MeasureRow> measures_of(const ModelInfo& model) {
  const auto first = [](auto which) { return std::find_if(table.begin(), table.end(), [&](auto& r) { return which(r.measure); }); };
  return {table.begin(), model.spiking ? first(is_of_networks) : first(is_of_spikes)};
}

std::string measure_name(Measure m) { return std::string(table[std::size_t(m)].name); }

std::string measure_unit(Measure m, const std::string& signal_unit) {
  switch (table[std::size_t(m)].unit) {
    case MeasureUnit::signal: return signal_unit;
    case MeasureUnit::hertz: return "Hz";
    case MeasureUnit::density: return signal_unit.empty() ? "1/Hz" : squared(signal_unit) + "/Hz";
    case MeasureUnit::none: return "";
    case MeasureUnit::millisecond: return "ms";
    case MeasureUnit::power: break;
  }
  return signal_unit.empty() ? "" : squared(signal_unit);
}

}  // namespace neurosweep
