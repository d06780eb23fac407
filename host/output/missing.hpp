// How much of a map was not computed: whoever shows an unfinished one says so.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/api/neurosweep.hpp"

namespace neurosweep {

// Counts over a map's blocks.
class Missing {
 public:
  explicit Missing(const Map& labels);     // with the columns that all blocks have
  void add(const Map& block);
  void add_none(std::uint64_t sets);       // so many of which nothing was computed

  std::uint64_t sets() const { return sets_; }                                   // seen
  std::uint64_t any() const { return any_; }                                     // not computed of one column at least
  std::uint64_t in_column(std::size_t c) const { return columns_.at(c).sets; }   // not computed of that one
  bool same() const;                                                             // for all columns the same sets

  // "12 of 64 sets are not computed", or a line for each measure where they differ; none if all are computed.
  std::vector<std::string> notes() const;

 private:
  struct Column {
    std::string name;
    std::uint64_t sets;
  };
  std::uint64_t sets_ = 0, any_ = 0;
  std::vector<Column> columns_;
};

std::vector<std::string> missing_notes(const Map& map);

}  // namespace neurosweep
