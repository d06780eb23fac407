#include "host/plan/map_work.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "host/plan/columns.hpp"

namespace neurosweep {

MapWork::MapWork(Map labels, const Problem& p, std::uint64_t tile, std::function<bool(double)> progress,
                 std::function<void(const std::string&)> note)
    : map_(std::move(labels)), p_(p), sets_(p.sets()), tile_(tile), progress_(std::move(progress)), note_(std::move(note)) {
  for (MapColumn& column : map_.columns) column.values.assign(sets_, std::numeric_limits<double>::quiet_NaN());
  map_.status.assign(sets_, not_computed);
  if (p.replicates > 1) map_.failed.assign(sets_, 0);
}

bool MapWork::next(Tile& tile) {
  const std::lock_guard lock(mutex_);
  if (stop_ || next_ == sets_) return false;
  tile = {next_, std::min(tile_, sets_ - next_)};
  next_ += tile.count;
  return true;
}

// No two tiles share a set, so there is nothing to lock. Numbers are what a store would keep of them.
void MapWork::done(TileResult r) {
  const auto first = std::ptrdiff_t(r.tile.first);
  for (std::size_t c = 0; c < map_.columns.size(); ++c) {
    const double* const values = &r.values[column_of_tile(c, p_) * r.tile.count];
    std::transform(values, values + r.tile.count, map_.columns[c].values.begin() + first,
                   [&](double value) { return map_.single ? double(float(value)) : value; });
  }
  std::copy(r.status.begin(), r.status.end(), map_.status.begin() + first);
  if (!r.failed.empty()) std::copy(r.failed.begin(), r.failed.end(), map_.failed.begin() + first);
}

void MapWork::advance(std::uint64_t node_steps) {
  const std::lock_guard lock(mutex_);
  node_steps_ += node_steps;
  const auto now = std::chrono::steady_clock::now();
  if (!progress_ || stop_ || now < due_) return;
  due_ = now + std::chrono::milliseconds(100);
  const double all = double(sets_) * p_.replicates * double(p_.steps) * double(nodes_in(p_));
  if (!progress_(std::min(1.0, double(node_steps_) / all))) stop_ = true;
}

void MapWork::say(const std::string& message) {
  const std::lock_guard lock(mutex_);
  note_(message);
}

}  // namespace neurosweep
