// What `neurosweep bench` measures: each model's time loops, and two networks', through the whole of a backend and without a store.
#pragma once
#include <string>
#include <vector>

#include "backend.hpp"
#include "host/cpu/peak.hpp"

namespace neurosweep {

struct Kernel {
  std::string model, precision, method, loop;    // "jansen-rit", "float", "exp-euler", "noise direct12"; "network", ..., "balanced 200"
  Problem problem;                               // with the values of the one axis that `init` shows; of a network it counts spikes
  double synapses = 0;                           // of a cell of a network: how many cells a spike reaches on average

  // As in scripts/cpu-budget.csv and scripts/sass-budget.csv.
  std::string name() const { return model + " " + precision + " " + method + " " + loop; }
};

inline constexpr int bench_steps = 4000;         // of a set, as the gain map has

// Of every model, or of those named: its main method in float, without and with noise, and with a spectrum by engine direct;
// of the first, Jansen-Rit, engine fft and double, too. Of "network" a sparse one of 200 cells and 100 cells that are all joined.
// SpecError if there is no such model.
std::vector<Kernel> bench_kernels(const std::vector<std::string>& models);

struct Speed {                         // node-steps per second; a network's nodes are its cells
  double median = 0, slowest = 0, fastest = 0;
  double events = 0;                   // of a network: synaptic events per second, spikes times the cells that each reaches
};
inline constexpr int bench_runs = 5;   // of which a Speed is made

// Of maps that are large enough, or computed often enough, that a run takes its part of `seconds`. Returns after about `seconds`.
Speed speed_of(Backend& backend, const Kernel& kernel, double seconds);

// Upper bounds of node-steps per second by what a step executes, which those two tables have; 0 where they have no row.
// Of one core: its vector instructions, and its divisions, at the rates of peak_rates().
double core_limit(const Kernel& kernel, const std::string& isa, int lanes, const PeakRates& rates);
// Of a GPU: its instructions, of which a multiprocessor issues 128 lanes' per clock.
double gpu_limit(const Kernel& kernel, const DeviceInfo& gpu);

std::string counted_compiler();        // of the code whose instructions cpu-budget.csv has: "g++ 12"
std::string bench_compiler();          // of this program: "g++ 12"

}  // namespace neurosweep
