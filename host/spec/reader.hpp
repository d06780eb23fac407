// The steps of reading a sweep, in the order in which they depend on one another.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "host/spec/document.hpp"
#include "host/spec/quantities.hpp"
#include "host/spec/report.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep::spec {

// What the steps share.
struct Context {
  const Node& root;
  const ModelInfo& model;
  Report& report;
  std::vector<Quantity> quantities;
  std::vector<std::optional<Place>> given;  // [quantity] where it is set or, then more precisely, swept
  SweepSpec sweep{};

  Problem& problem() { return sweep.problem; }
};

// A value of a model's quantity: in its unit and domain, and within the precision's numbers.
std::optional<double> read_value(Context& context, const Node& node, const Quantity& quantity, std::string_view name);

void read_axes(Context& context);         // axes.cpp
void check_inputs(Context& context);      // inputs.cpp: sines and pulses are complete and possible
void read_observation(Context& context);  // observation.cpp: signal, measures, spectrum

// load_sweep() over a tree and any list of models.
SweepSpec read_sweep(const std::string& path, Node root, const Overrides& overrides, std::span<const ModelInfo> models);

}  // namespace neurosweep::spec
