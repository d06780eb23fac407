#include "host/spec/sweep_spec.hpp"

#include <algorithm>
#include <cmath>

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

const ModelInfo* find_model(const Node& root, std::span<const ModelInfo> models, Report& report) {
  const std::optional<Node> node = lookup(root, "model");
  if (!node) return nullptr;
  if (node->kind == Node::Kind::array || node->kind == Node::Kind::table) return nullptr;  // Keys::check reports it
  const auto index = read_choice(*node, "model", names_of(models), report);
  return index ? &models[*index] : nullptr;
}

// An index into `names` of the word at `key`, which has a default.
template <class Names>
std::size_t read_name(Context& c, std::string_view key, const Names& names) {
  const std::optional<Node> node = lookup(c.root, key);
  return node ? read_choice(*node, key, names_of(names), c.report).value_or(0) : 0;
}

void read_general(Context& c) {
  const std::optional<Node> title = lookup(c.root, "title");
  c.sweep.title = title ? title->text : std::string(c.model.title);
  c.problem().method = Method(read_name(c, "method", method_names));
  c.problem().precision = Precision(read_name(c, "precision", precision_names));
  const std::optional<Node> seed = lookup(c.root, "seed"), replicates = lookup(c.root, "replicates");
  if (seed) c.problem().seed = read_whole(*seed, "seed", 0, ~std::uint64_t(0), c.report).value_or(0);
  if (replicates)
    c.problem().replicates =
        std::uint32_t(read_whole(*replicates, "replicates", 1, max_replicates, c.report).value_or(1));
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

// dt, duration and transient; leaves steps = 0 where they are wrong.
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

void read_preset(Context& c) {
  const std::optional<Node> node = lookup(c.root, "preset");
  if (!node) return;
  if (c.model.presets.empty())
    return c.report.error(node->place, "preset {}: {} has no presets", quote(node->text), c.model.name);
  const auto index = read_choice(*node, "preset", names_of(c.model.presets), c.report);
  if (!index) return;
  for (const Preset::Value& v : c.model.presets[*index].values) {
    const auto q = std::size_t(find_quantity(c.quantities, v.parameter));
    c.problem().base[q] = v.value, c.given[q] = node->place;
  }
}

// The model's own values, the preset's, and what the file or a flag sets.
void read_base(Context& c) {
  for (const Quantity& q : c.quantities) c.problem().base.push_back(q.base);
  read_preset(c);
  for (std::size_t i = 0; i < c.quantities.size(); ++i) {
    const Node* node = c.root.find(c.quantities[i].key);
    if (!node || node->kind == Node::Kind::unusable) continue;
    c.given[i] = node->place;
    if (const auto value = read_value(c, *node, c.quantities[i], c.quantities[i].name)) c.problem().base[i] = *value;
  }
}

// The largest value of the quantity in any set.
double largest(Context& c, int quantity) {
  for (const SweptColumn& column : swept_columns(c.problem()))
    if (column.quantity == quantity) return *std::max_element(column.values->begin(), column.values->end());
  return c.problem().base[std::size_t(quantity)];
}

// A refractory time is not too many steps. If nobody set it, dt is what makes them so many.
void check_refractory(Context& c) {
  const int index = c.model.refractory;
  if (index < 0 || c.problem().steps == 0) return;
  const Quantity& q = c.quantities[std::size_t(index)];
  const double dt = c.problem().dt * c.model.time_units_per_second(), longest = largest(c, index);
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

// Everything that stands on the model.
SweepSpec read_with(const Node& root, const ModelInfo& model, int index, Report& report) {
  Context c{root, model, report, quantities(model), {}};
  c.given.resize(c.quantities.size());
  c.problem().model = index;
  read_general(c);
  read_times(c);
  read_base(c);
  read_axes(c);
  check_refractory(c);
  check_inputs(c);
  read_observation(c);
  warn_ranges(c);
  return std::move(c.sweep);
}

}  // namespace

std::optional<double> read_value(Context& c, const Node& node, const Quantity& q, std::string_view name) {
  const auto value = read_quantity(node, name, q.unit, q.domain, c.report);
  const bool fits =
      c.problem().precision == Precision::double_ || !value || std::fabs(*value) <= std::numeric_limits<float>::max();
  if (fits) return value;
  c.report.error(node.place, "{}: {} is beyond the numbers of float; precision = \"double\" has it", name, *value);
  return std::nullopt;
}

SweepSpec read_sweep(const std::string& path, Node root, const Overrides& overrides,
                     std::span<const ModelInfo> models) {
  Report report(path);
  override_model(root, overrides.set);
  const ModelInfo* model = find_model(root, models, report);
  const Keys keys(model);
  override_keys(root, overrides.set, keys, report);
  override_axes(root, overrides.axis, report);
  keys.check(root, report);
  SweepSpec sweep;
  if (model) sweep = read_with(root, *model, int(model - models.data()), report);
  report.throw_errors();
  sweep.path = path;
  sweep.warnings = report.warnings();
  return sweep;
}

}  // namespace spec

SweepSpec load_sweep(const std::string& path, const Overrides& overrides) {
  return spec::read_sweep(path, spec::read_document(path), overrides, models());
}

SweepSpec load_sweep_text(const std::string& path, const std::string& text, const Overrides& overrides) {
  return spec::read_sweep(path, spec::parse_document(path, text), overrides, models());
}

}  // namespace neurosweep
