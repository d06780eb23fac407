// What makes two sweeps the same: everything that changes their numbers, and nothing else (title, tiles, threads, device).
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/spec/sweep_spec.hpp"

namespace neurosweep {

// Names and values, as people write them: {"Ae", "3.25 mV"}, {"spectrum.segment", "512 samples"}. What is swept stands
// with its axis ("axis 1"), spectrum.* only if a spectral measure is wanted. Measures are not among them: a store may be
// given more.
using Identity = std::vector<std::pair<std::string, std::string>>;

Identity identity_of(const SweepSpec& spec);

// 32 hexadecimal digits of XXH3-128 over all names and values, in whatever order they come.
std::string hash_of(Identity identity);

// What arrays depend on, in parts: all that is not spectral; segment, overlap and engine; where peaks are looked for. Later
// parts are there once a measure that needs them is. A part is a text of lines "name = value", sorted, and a file of the store.
inline constexpr std::array<std::string_view, 3> part_names{".neurosweep/sweep", ".neurosweep/spectrum", ".neurosweep/peaks"};
std::vector<std::string> parts_of(Identity identity);

// How many of the parts, from the first on, the array of that name depends on; 0 if no store has such an array.
std::size_t parts_needed(const std::string& array);

// The first difference: "input.E.noise is 20 Hz there and 0 Hz here"; "" if there is none. Names of `spectrum.` that only
// one side has are none: the other has no measure that they change.
std::string first_difference(const Identity& there, const Identity& here);

// What differs from the model's defaults, and what no model has a default for (method, dt, ...).
Identity without_defaults(Identity identity);

// All of `there`, and what only `here` has.
Identity merged(Identity there, const Identity& here);

}  // namespace neurosweep
