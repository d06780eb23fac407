#include "host/spec/point.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "host/spec/overrides.hpp"
#include "host/spec/quantities.hpp"
#include "host/spec/reader.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/units.hpp"
#include "host/spec/values.hpp"
#include "models/models.hpp"

namespace neurosweep {
namespace spec {
namespace {

class Locator {
 public:
  explicit Locator(SweepSpec& sweep)
      : sweep_(sweep), quantities_(sweep.quantities), report_(sweep.path),
        index_(sweep.axes.size()), named_(sweep.axes.size(), false) {}

  void move(const Flag& flag) {
    if (!flag.complete || flag.value.empty()) return report_.error(flag.place, "write --at NAME=VALUE, such as --at Ae=3.25mV");
    const std::optional<std::size_t> axis = axis_of(flag);
    if (!axis) return;
    if (named_[*axis]) return report_.error(flag.place, "the axis {} is named twice", sweep_.axes[*axis].name);
    named_[*axis] = true;
    sweep_.axes[*axis].names.empty() ? move_to_value(*axis, flag) : move_to_name(*axis, flag);
  }

  Point point() {
    report_.throw_errors();
    Point point{0, notes_};
    for (std::size_t a = 0; a < index_.size(); ++a) point.set = point.set * sweep_.axes[a].values.size() + index_[a];
    for (std::string& note : point.notes) note += fmt::format("; it has the noise of set {}", point.set + 1);
    return point;
  }

 private:
  std::optional<std::size_t> axis_of(const Flag& flag) {
    const int quantity = find_quantity(quantities_, flag.name);
    const std::string name = quantity < 0 ? flag.name : quantities_[std::size_t(quantity)].name;
    const std::vector<std::string> known = names_of(sweep_.axes);
    const auto found = std::find(known.begin(), known.end(), name);
    if (found != known.end()) return std::size_t(found - known.begin());
    const std::string axes = known.empty() ? "this sweep has none" : "axes: " + listed(known);
    if (quantity < 0) report_.error(flag.place, "unknown axis {}{} ({})", quote(flag.name), did_you_mean(flag.name, known), axes);
    else if (is_swept(sweep_.problem, quantity)) report_.error(flag.place, "{} goes with another axis, the preset's ({})", name, axes);
    else report_.error(flag.place, "{} is no axis of this sweep ({}); --set {}={} sets it", name, axes, name, flag.value);
    return std::nullopt;
  }

  void move_to_name(std::size_t axis, const Flag& flag) {
    const AxisLabel& label = sweep_.axes[axis];
    if (const auto index = read_choice(word(flag.value, flag.place), label.name, label.names, report_)) index_[axis] = *index;
  }

  void move_to_value(std::size_t axis, const Flag& flag) {
    const int quantity = sweep_.problem.axes[axis].quantity;
    const Quantity& q = quantities_[std::size_t(quantity)];
    const auto value = read_quantity(word(flag.value, flag.place), q.name, q.unit, q.domain, report_);
    if (!value || !possible(quantity, *value, flag.place)) return;
    const std::size_t nearest = index_[axis] = nearest_value(sweep_.axes[axis], *value);
    const double there = sweep_.axes[axis].values[nearest];
    if (std::fabs(*value - there) <= 1e-9 * std::max(std::fabs(there), spacing(sweep_.axes[axis].values, nearest))) return;
    sweep_.axes[axis].values[nearest] = sweep_.problem.axes[axis].values[nearest] = *value;
    notes_.push_back(fmt::format("{} = {} is not on the axis: it is computed all the same, in the place of the nearest value, {}",
                                 q.name, with_unit(*value, q.unit), with_unit(there, q.unit)));
  }

  // What the sweep file's checks say of the values that stand there.
  bool possible(int quantity, double value, const Place& place) {
    const Problem& p = sweep_.problem;
    const Quantity& q = quantities_[std::size_t(quantity)];
    if (p.precision == Precision::single_ && std::fabs(value) > std::numeric_limits<float>::max()) {
      report_.error(place, "{}: {} is beyond the numbers of float; --set precision=double has it", q.name, value);
      return false;
    }
    if (p.network)
      if (const std::string why = impossible_in_network(p, quantity, value); !why.empty()) return report_.error(place, "{}: {}", q.name, why), false;
    const ModelInfo* const model = refractory_model(quantity);
    if (!model || std::round(value / (p.dt * model->time_units_per_second())) <= double(max_refractory)) return true;
    report_.error(place, "{}: {} are more than {} steps, which are possible", q.name, with_unit(value, q.unit), max_refractory);
    return false;
  }

  // The model whose refractory time the quantity is, if it is one.
  const ModelInfo* refractory_model(int quantity) const {
    const auto is_that = [&](int model, int first) { return model >= 0 && models()[std::size_t(model)].refractory >= 0 && quantity == first + models()[std::size_t(model)].refractory; };
    const Problem& p = sweep_.problem;
    if (is_that(p.model, 0)) return &models()[std::size_t(p.model)];
    if (p.network)
      for (const Population& cells : p.network->populations)
        if (is_that(cells.model, cells.quantities)) return &models()[std::size_t(cells.model)];
    return nullptr;
  }

  static std::size_t nearest_value(const AxisLabel& axis, double value) {
    const auto distance = [&](double v) {      // in the axis's own measure
      return axis.log && v * value > 0 ? std::fabs(std::log(v / value)) : std::fabs(v - value);
    };
    const auto nearer = [&](double a, double b) { return distance(a) < distance(b); };
    return std::size_t(std::min_element(axis.values.begin(), axis.values.end(), nearer) - axis.values.begin());
  }

  // From that value to the next one; 0 if it is alone.
  static double spacing(const std::vector<double>& values, std::size_t at) {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < values.size(); ++i)
      if (i != at) least = std::min(least, std::fabs(values[i] - values[at]));
    return values.size() > 1 ? least : 0;
  }

  SweepSpec& sweep_;
  const std::vector<Quantity> quantities_;
  Report report_;
  std::vector<std::size_t> index_;             // [axis]
  std::vector<bool> named_;
  std::vector<std::string> notes_;
};

}  // namespace
}  // namespace spec

Point locate(SweepSpec& sweep, const std::vector<std::string>& at) {
  spec::Locator locator(sweep);
  for (const std::string& text : at) locator.move(spec::parse_flag("--at", text));
  return locator.point();
}

}  // namespace neurosweep
