// One parameter set computed step by step, and its spectra: from a checked sweep to what `neurosweep trace` shows.
#pragma once
#include <cstdint>
#include <string>

#include "host/output/trace_view.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {

// Bytes that trace_of() takes, about.
double trace_bytes(const SweepSpec& sweep);

// Set number `set` of the sweep, whose engine is settled, as the CPU's instruction set `isa` sweeps it ("" = its best).
TraceView trace_of(const SweepSpec& sweep, std::uint64_t set, std::uint32_t replicate, const std::string& isa);

// Fills in the rate over the input, where the model spikes and the sweep goes over its main input's mean or the amplitude of that input's
// pulse or sine: of the sets of the sweep that differ from this one in nothing else, at most about 200 of them. The same numbers as a run's.
void add_rates(TraceView& trace, const SweepSpec& sweep, std::uint64_t set, const std::string& isa);

// Fills in the observed signal's spectra; where the sweep leaves too few samples, why there are none.
void add_spectra(TraceView& trace, const SweepSpec& sweep);

}  // namespace neurosweep
