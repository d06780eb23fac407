#include "host/spec/sweep_spec.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "host/spec/keys.hpp"
#include "host/spec/overrides.hpp"
#include "host/spec/reader.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/units.hpp"
#include "host/spec/values.hpp"
#include "models/models.hpp"

namespace neurosweep {
namespace spec {
namespace {

// The model's index, models.size() for a network.
std::optional<std::size_t> find_model(const Node& root, std::span<const ModelInfo> models, Report& report) {
  const std::optional<Node> node = lookup(root, "model");
  if (!node) return std::nullopt;
  if (node->kind == Node::Kind::array || node->kind == Node::Kind::table) return std::nullopt;  // Keys::check reports it
  std::vector<std::string> names = names_of(models);
  names.emplace_back(network_name);
  return read_choice(*node, "model", names, report);
}

// An index into `names` of the word at `key`, which has a default.
template <class Names>
std::size_t read_name(Context& c, std::string_view key, const Names& names) {
  const std::optional<Node> node = lookup(c.root, key);
  return node ? read_choice(*node, key, names_of(names), c.report).value_or(0) : 0;
}

struct Time {
  double value;
  Place place;
};

std::optional<Time> read_time(Context& c, std::string_view key) {
  const Key& row = file_key(key);
  const std::optional<Node> node = lookup(c.root, key);
  const auto value = node ? read_quantity(*node, key, row.unit, row.domain, c.report) : std::nullopt;
  return value ? std::optional<Time>({*value, node->place}) : std::nullopt;
}

void read_preset(Context& c, const ModelInfo& model, const Node& table, const std::string& prefix) {
  const std::optional<Node> node = lookup(table, "preset");
  if (!node) return;
  if (model.presets.empty())
    return c.report.error(node->place, "preset {}: {} has no presets", quote(node->text), model.name);
  const auto index = read_choice(*node, "preset", names_of(model.presets), c.report);
  if (!index) return;
  for (const Preset::Value& v : model.presets[*index].values) {
    const std::string key = prefix + "parameters." + std::string(v.parameter);
    const auto q = std::size_t(find_quantity(c.quantities, key));
    c.problem().base[q] = v.value, c.given[q] = node->place;
  }
}

// Everything that stands on the model.
SweepSpec read_with(const Node& root, const ModelInfo& model, int index, Report& report) {
  Context c{root, model, report, {}};
  c.problem().model = index;
  read_general(c);
  read_times(c);
  read_quantities(c, model, root, "");
  read_axes(c);
  check_refractory(c, model, 0);
  check_inputs(c, model, 0);
  read_observation(c);
  warn_ranges(c);
  c.sweep.quantities = std::move(c.quantities);
  return std::move(c.sweep);
}

}  // namespace

void read_general(Context& c) {
  const std::optional<Node> title = lookup(c.root, "title");
  c.sweep.model = c.model.name;
  c.sweep.title = title ? title->text : std::string(c.model.title);
  c.problem().method = Method(read_name(c, "method", method_names));
  c.problem().precision = Precision(read_name(c, "precision", precision_names));
  const std::optional<Node> seed = lookup(c.root, "seed"), replicates = lookup(c.root, "replicates");
  if (seed) c.problem().seed = read_whole(*seed, "seed", 0, ~std::uint64_t(0), c.report).value_or(0);
  if (replicates)
    c.problem().replicates =
        std::uint32_t(read_whole(*replicates, "replicates", 1, max_replicates, c.report).value_or(1));
}

void read_times(Context& c) {
  const auto dt = read_time(c, "dt"), duration = read_time(c, "duration"), transient = read_time(c, "transient");
  if (!dt || !duration || !transient) return;
  const double steps = std::round(duration->value / dt->value), hidden = std::round(transient->value / dt->value);
  if (dt->value > duration->value) {
    c.report.error(dt->place, "dt: {} s is longer than the duration, {} s", dt->value, duration->value);
  } else if (!(steps <= double(max_steps))) {
    c.report.error(duration->place, "duration: {} s are {} steps of {} s; at most {} are possible", duration->value,
                   steps, dt->value, max_steps);
  } else if (hidden >= steps) {
    c.report.error(transient->place, "transient: {} s leave nothing to observe of the duration, {} s", transient->value,
                   duration->value);
  } else {
    c.problem().dt = dt->value;
    c.problem().steps = std::int64_t(steps), c.problem().transient = std::int64_t(hidden);
  }
}

// The model's own values, the preset's, and what the table sets.
void read_quantities(Context& c, const ModelInfo& model, const Node& table, const std::string& prefix) {
  const std::size_t first = c.quantities.size();
  for (Quantity& q : quantities(model)) {
    c.problem().base.push_back(q.base);
    c.nodes.push_back(table.find(q.key));
    if (!prefix.empty()) q.name = q.key = prefix + q.key;
    c.quantities.push_back(std::move(q));
  }
  c.given.resize(c.quantities.size());
  read_preset(c, model, table, prefix);
  for (std::size_t i = first; i < c.quantities.size(); ++i) {
    const Node* node = c.nodes[i];
    if (!node || node->kind == Node::Kind::unusable) continue;
    c.given[i] = node->place;
    if (const auto value = read_value(c, *node, c.quantities[i], c.quantities[i].name)) c.problem().base[i] = *value;
  }
}

// If nobody set it, dt is what makes them so many.
void check_refractory(Context& c, const ModelInfo& model, int first) {
  if (model.refractory < 0 || c.problem().steps == 0) return;
  const int index = first + model.refractory;
  const Quantity& q = c.quantities[std::size_t(index)];
  const double dt = c.problem().dt * model.time_units_per_second(), longest = extent(c, index).high;
  const double steps = std::round(longest / dt);
  if (steps <= double(max_refractory)) return;
  c.report.error(c.given[std::size_t(index)].value_or(lookup(c.root, "dt")->place),
                 "{}: {} are {} steps of {} s; at most {} are possible, {:.8g} {}", q.name, with_unit(longest, q.unit), steps,
                 c.problem().dt, max_refractory, double(max_refractory) * dt, q.unit);
}

void warn_ranges(Context& c) {
  for (std::size_t i = 0; i < c.quantities.size(); ++i) {
    const Quantity& q = c.quantities[i];
    const double value = c.problem().base[i];
    const bool outside = value < q.low || value > q.high;  // NaN, the model's own start, is not
    if (!c.given[i] || is_swept(c.problem(), int(i)) || !outside) continue;
    c.report.warn(*c.given[i], "{} = {} is outside {}, {}", q.name, with_unit(value, q.unit), q.range,
                  interval(q.low, q.high, q.unit));
  }
}

std::optional<double> read_value(Context& c, const Node& node, const Quantity& q, std::string_view name) {
  const auto value = read_quantity(node, name, q.unit, q.domain, c.report);
  const bool fits =
      c.problem().precision == Precision::double_ || !value || std::fabs(*value) <= std::numeric_limits<float>::max();
  if (fits) return value;
  c.report.error(node.place, "{}: {} is beyond the numbers of float; precision = \"double\" has it", name, *value);
  return std::nullopt;
}

SweepSpec read_sweep(const std::string& path, const std::string& folder, Node root, const Overrides& overrides,
                     std::span<const ModelInfo> models) {
  Report report(path);
  override_model(root, overrides.set);
  const auto index = find_model(root, models, report);
  const bool is_network = index == models.size();
  const ModelInfo* model = index && !is_network ? &models[*index] : nullptr;
  const Keys keys = is_network ? Keys::of_network() : Keys(model);
  override_keys(root, overrides.set, keys, report);
  override_axes(root, overrides.axis, report);
  keys.check(root, report);
  SweepSpec sweep;
  if (is_network) sweep = read_network(root, folder, models, report);
  if (model) sweep = read_with(root, *model, int(*index), report);
  report.throw_errors();
  sweep.path = path;
  sweep.warnings = report.warnings();
  return sweep;
}

}  // namespace spec

namespace {

std::string folder_of(const std::string& path) { return std::filesystem::path(path).parent_path().string(); }

}  // namespace

SweepSpec load_sweep(const std::string& path, const Overrides& overrides) {
  return spec::read_sweep(path, folder_of(path), spec::read_document(path), overrides, models());
}

SweepSpec load_sweep_text(const std::string& path, const std::string& text, const Overrides& overrides,
                          const std::string& folder) {
  return spec::read_sweep(path, folder.empty() ? folder_of(path) : folder, spec::parse_document(path, text), overrides, models());
}

}  // namespace neurosweep
