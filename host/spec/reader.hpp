// The steps of reading a sweep, in the order in which they depend on one another.
#pragma once
#include <optional>
#include <span>
#include <vector>

#include "host/spec/document.hpp"
#include "host/spec/quantities.hpp"
#include "host/spec/report.hpp"
#include "host/spec/sweep_spec.hpp"
#include "network/network.hpp"

namespace neurosweep::spec {

// What the steps share.
struct Context {
  const Node& root;
  const ModelInfo& model;
  Report& report;
  std::vector<Quantity> quantities;
  std::vector<std::optional<Place>> given = {};  // [quantity] where it is set or, then more precisely, swept
  std::vector<const Node*> nodes = {};           // [quantity] the value that the file or a flag sets; null: none
  Network* network = nullptr;                    // null: a single model
  std::span<const ModelInfo> models = {};
  SweepSpec sweep{};

  Problem& problem() { return sweep.problem; }
};

// The smallest and the largest value of the quantity in any set.
struct Extent {
  double low, high;
};
Extent extent(Context& context, int quantity);

void read_general(Context& context);      // sweep_spec.cpp: title, method, precision, seed, replicates
void read_times(Context& context);        // dt, duration and transient; leaves steps = 0 where they are wrong

// Appends the model's quantities under names that begin with `prefix`, with the values that `table` sets.
void read_quantities(Context& context, const ModelInfo& model, const Node& table, const std::string& prefix);

// The model's refractory time, whose quantities begin with `first`, is not too many steps.
void check_refractory(Context& context, const ModelInfo& model, int first);
void warn_ranges(Context& context);

// A value of a model's quantity: in its unit and domain, and within the precision's numbers.
std::optional<double> read_value(Context& context, const Node& node, const Quantity& quantity, std::string_view name);

void read_axes(Context& context);         // axes.cpp
void check_inputs(Context& context, const ModelInfo& model, int first);  // inputs.cpp: sines and pulses are complete and possible
void read_observation(Context& context);  // observation.cpp: signal, measures, spectrum

// network.cpp: a tree whose top-level keys have been checked; `folder` is where its paths begin.
SweepSpec read_network(const Node& root, const std::string& folder, std::span<const ModelInfo> models, Report& report);

// Why a quantity of a network, whose steps are known, cannot have that value; "" if it can.
std::string impossible_in_network(const Problem& problem, int quantity, double value);

std::string network_examples(const Context& context);     // "population.E.input.I.mean, ...": what an axis may name

// load_sweep() over a tree and any list of models.
SweepSpec read_sweep(const std::string& path, const std::string& folder, Node root, const Overrides& overrides,
                     std::span<const ModelInfo> models);

}  // namespace neurosweep::spec
