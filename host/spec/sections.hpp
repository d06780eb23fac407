// The named tables of a network's sweep file, which keys and axes reach by name: population.E.parameters.d.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/spec/document.hpp"

namespace neurosweep::spec {

// The names of the tables of an array: `name`, or of a projection or gap junction without one what it joins, "E-I", lists as
// "E+I". Those that would be the same get a number: "E-I#1", "E-I#2". "" where neither is given rightly.
std::vector<std::string> section_names(const Node& root, std::string_view section);

bool is_named_section(std::string_view section);      // population, projection, gap_junction

}  // namespace neurosweep::spec
