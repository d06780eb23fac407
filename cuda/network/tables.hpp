// A network's tables as they lie in a device's memory, with the device's pointers.
#pragma once
#include <cstddef>
#include <cstring>
#include <map>
#include <vector>

#include "network/block.hpp"

namespace neurosweep {

// Puts tables one after the other. Without memory of the host's it only counts; what it gives back then is nobody's.
class TableWriter {
 public:
  TableWriter() = default;
  TableWriter(std::byte* host, const std::byte* device) : host_(host), device_(device) {}

  // Where the device finds them.
  template <class U>
  const U* put(const U* from, std::size_t n) {
    const U* const at = reinterpret_cast<const U*>(device_ + used_);
    if (host_ && n > 0) std::memcpy(host_ + used_, from, n * sizeof(U));
    used_ += (n * sizeof(U) + 15) / 16 * 16;
    return at;
  }
  template <class U>
  const U* put(const std::vector<U>& from) { return put(from.data(), from.size()); }
  std::size_t used() const { return used_; }

 private:
  std::byte* host_ = nullptr;
  const std::byte* device_ = nullptr;
  std::size_t used_ = 0;
};

// The device's copies of rows.
using PlacedRows = std::map<const RowsView*, const RowsView*>;

inline void put_rows(TableWriter& to, const Rows& rows, const RowsView& view, PlacedRows& placed) {
  RowsView there = view;
  there.from = to.put(rows.from), there.to = to.put(rows.to), there.row = to.put(rows.row), there.bits = to.put(rows.bits);
  there.begin = to.put(rows.begin), there.target = to.put(rows.target);
  if (!rows.single_weight.empty()) there.weight = to.put(rows.single_weight);
  if (!rows.double_weight.empty()) there.weight = to.put(rows.double_weight);
  placed[&view] = to.put(&there, 1);
}

// All rows that are not there yet.
inline void put_wirings(TableWriter& to, const Wirings& wirings, PlacedRows& placed) {
  wirings.each([&](const Wirings::Parts& parts) {
    for (std::size_t i = 0; i < parts.views.size(); ++i)
      if (!placed.contains(&parts.views[i]))
        put_rows(to, parts.gaps.empty() ? parts.parts[i].rows : parts.gaps[i], parts.views[i], placed);
  });
}

// Its rows must be there.
inline BlockSet put_set(TableWriter& to, const PreparedSet& from, const PlacedRows& placed) {
  const auto put_blocks = [&](std::vector<Block> blocks) {
    for (Block& b : blocks) b.rows = placed.at(b.rows);
    return to.put(blocks);
  };
  const SetNumbers& numbers = from.numbers;
  std::vector<BlockArrivals> arrivals;
  for (const Arrivals& a : from.arrivals) arrivals.push_back({a.first, int(a.limits.size()), to.put(a.limits), a.weight});
  return {to.put(from.quantity), to.put(numbers.channels), put_blocks(numbers.blocks), put_blocks(numbers.gaps), to.put(numbers.inhibits),
          to.put(arrivals), from.set, int(numbers.channels.size()), int(numbers.blocks.size()), int(numbers.gaps.size())};
}

inline NetworkPlan put_plan(TableWriter& to, const NetworkPlan& from, const Slots& slots) {
  NetworkPlan plan = from;
  plan.slots.groups = to.put(slots.groups), plan.slots.runs = to.put(slots.runs), plan.slots.cell = to.put(slots.cell);
  plan.slots.population = to.put(slots.population), plan.slots.valid = to.put(slots.valid);
  std::vector<NetworkPopulation> populations(from.populations, from.populations + from.n_population);
  for (NetworkPopulation& p : populations) {
    if (p.mean) p.mean = to.put(p.mean, std::size_t(p.size));
    p.spikes = to.put(p.spikes, std::size_t(p.n_spike));
  }
  plan.populations = to.put(populations);
  plan.lanes = to.put(from.lanes, std::size_t(from.n_lane)), plan.columns = to.put(from.columns, std::size_t(from.n_column));
  return plan;
}

}  // namespace neurosweep
