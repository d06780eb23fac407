// Every number of a parameter set that somebody may set or sweep, by name: generated from a model's tables.
#pragma once
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "problem.hpp"

namespace neurosweep {

enum class Domain { any, not_negative, positive };  // what a value must be, beyond finite

struct Quantity {
  std::string name;  // as an axis and --set name it: "Ae", "initial.M", "input.E.sine.frequency"
  std::string key;   // where a sweep file sets it: "parameters.Ae"; inputs and initial values: the name
  std::string unit;  // of bare numbers, and of Problem's
  double base;       // unless somebody sets it; NaN: an initial value that the model computes
  Domain domain = Domain::any;
  double low = -std::numeric_limits<double>::infinity();  // outside of low ... high: a warning, which names
  double high = std::numeric_limits<double>::infinity();  // `range` ("the literature's range")
  std::string range = "";
  std::string description = "";
};

// In the order of Layout: quantities(m)[i] is quantity i of a Problem.
std::vector<Quantity> quantities(const ModelInfo& model);

// Index of the quantity whose name or key that is; -1 if there is none.
int find_quantity(const std::vector<Quantity>& all, std::string_view name);

}  // namespace neurosweep
