// --device, --threads and spectrum.engine: which backend runs a sweep, and how.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "backend.hpp"
#include "host/plan/ranks.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {

inline constexpr int max_threads = 4096;

// SpecError unless it is auto, cpu, cuda or cuda:N.
void check_device_name(const std::string& device);

// Ranks on one machine share it: each has one of its GPUs, or its part of the cores. `tell` is told why "auto" passes over a
// GPU. SpecError or std::runtime_error if the device cannot be had.
std::unique_ptr<Backend> backend_named(const std::string& device, int threads, const Ranks& ranks,
                                       const std::function<void(const std::string&)>& tell);
// The same for a problem that it can run: a network that is too large for a GPU's blocks goes to the CPU where the device is "auto".
std::unique_ptr<Backend> backend_for(const Problem& p, const std::string& device, int threads, const Ranks& ranks,
                                     const std::function<void(const std::string&)>& tell);

// NEUROSWEEP_ISA, which picks another instruction set than this CPU's best: to compare, or to reproduce another machine's map.
// "" = the best. SpecError if there is no such set.
std::string cpu_isa();

// Settles spec.problem.spectrum.engine. SpecError if the engine that the file names is not possible.
void choose_engine(SweepSpec& spec, const Backend& backend);

}  // namespace neurosweep
