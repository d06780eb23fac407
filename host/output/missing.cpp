#include "host/output/missing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace neurosweep {

Missing::Missing(const Map& labels) {
  for (const MapColumn& column : labels.columns) columns_.push_back({column.name, 0});
}

void Missing::add_none(std::uint64_t sets) {
  for (Column& column : columns_) column.sets += sets;
  any_ += sets, sets_ += sets;
}

void Missing::add(const Map& block) {
  for (std::size_t set = 0; set < block.sets(); ++set) {
    const bool none = block.status[set] == not_computed;
    bool any = none;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const std::vector<std::uint8_t>& missing = block.columns[c].missing;
      const bool here = none || (!missing.empty() && missing[set]);
      columns_[c].sets += here, any = any || here;
    }
    any_ += any;
  }
  sets_ += block.sets();
}

bool Missing::same() const {
  return std::all_of(columns_.begin(), columns_.end(), [&](const Column& c) { return c.sets == any_; });
}

std::vector<std::string> Missing::notes() const {
  const auto note = [&](std::uint64_t n) { return fmt::format("{} of {} {} not computed", n, sets_, sets_ == 1 ? "set is" : "sets are"); };
  if (any_ == 0) return {};
  if (same()) return {note(any_)};
  std::vector<std::string> notes;
  for (std::size_t c = 0; c < columns_.size(); ++c)          // an SD is there where its measure is
    if (columns_[c].sets > 0 && (c == 0 || columns_[c].name != columns_[c - 1].name + "_sd"))
      notes.push_back(columns_[c].name + ": " + note(columns_[c].sets));
  return notes;
}

std::vector<std::string> missing_notes(const Map& map) {
  Missing missing(map);
  missing.add(map);
  return missing.notes();
}

}  // namespace neurosweep
