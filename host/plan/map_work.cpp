#include "map_work.hpp"

#include <algorithm>
#include <limits>

#include "models/models.hpp"
#include "summary.hpp"

namespace neurosweep {
namespace {

constexpr std::uint8_t not_computed = 255;

void add_column(Map& map, std::string name, std::string unit) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  map.columns.push_back({std::move(name), std::move(unit), std::vector<double>(map.sets(), nan)});
}

}  // namespace

Map empty_map(const SweepSpec& spec) {
  const Problem& p = spec.problem;
  const ModelInfo& model = models()[std::size_t(p.model)];
  const std::string unit(model.signals[std::size_t(p.signal)].unit);
  Map map;
  map.title = spec.title, map.model = model.name, map.single = p.precision == Precision::single_;
  for (const AxisLabel& a : spec.axes) map.axes.push_back({a.name, a.unit, a.log, a.values, a.names});
  map.status.assign(p.sets(), not_computed);
  if (p.replicates > 1) map.failed.assign(p.sets(), 0);
  for (Measure m : p.measures) {
    add_column(map, measure_name(m), measure_unit(m, unit));
    if (p.replicates > 1) add_column(map, measure_name(m) + "_sd", measure_unit(m, unit));
  }
  return map;
}

double map_bytes(const SweepSpec& spec) {
  const Problem& p = spec.problem;
  const bool spread = p.replicates > 1;
  const std::size_t columns = p.measures.size() * (spread ? 2 : 1) * sizeof(double);
  return double(p.sets()) * double(columns + sizeof(std::uint8_t) + (spread ? sizeof(std::uint32_t) : 0));
}

MapWork::MapWork(const SweepSpec& spec, std::uint64_t tile, Progress& progress, const std::atomic<int>& stop)
    : map_(empty_map(spec)),
      summary_(empty_summary(spec.problem)),
      sets_(spec.problem.sets()),
      tile_(tile),
      progress_(progress),
      stop_(stop) {}

bool MapWork::next(Tile& tile) {
  const std::lock_guard lock(mutex_);
  if (next_ >= sets_ || stop_.load(std::memory_order_relaxed) > 0) return false;
  tile = {next_, std::min(tile_, sets_ - next_)};
  next_ += tile.count;
  return true;
}

void MapWork::done(TileResult r) {
  const std::uint64_t n = r.tile.count, measures = map_.columns.size() / (map_.failed.empty() ? 1 : 2);
  for (std::uint64_t m = 0; m < measures; ++m) {
    auto copy = [&](std::uint64_t from, std::uint64_t to) {
      std::copy_n(&r.values[from * n], n, &map_.columns[to].values[r.tile.first]);
    };
    if (map_.failed.empty()) copy(m, m);
    else copy(m, 2 * m), copy(measures + m, 2 * m + 1);      // each measure is followed by its SD
  }
  std::copy_n(r.status.data(), n, &map_.status[r.tile.first]);
  if (!map_.failed.empty()) std::copy_n(r.failed.data(), n, &map_.failed[r.tile.first]);
  {
    const std::lock_guard lock(mutex_);
    merge(summary_, r.summary);
  }
  progress_.sets_done(n);
}

}  // namespace neurosweep
