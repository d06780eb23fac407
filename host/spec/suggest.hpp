// The nearest known name, for "did you mean ...?".
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace neurosweep {

// The one of `known` that is nearest to `name` by edit distance (insert, delete, replace, swap two neighbours; letter
// case and - for _ count little), or "" if none is near enough to have been meant.
std::string nearest(std::string_view name, std::span<const std::string> known);

// "; did you mean "Ae"?", or "" if no name is near: the end of an error message.
std::string did_you_mean(std::string_view name, std::span<const std::string> known);

// "a, b, c"; of many names only the first `at_most`, then ", ...".
std::string listed(std::span<const std::string> names, std::size_t at_most = 40);

// The names of a table's rows, as the functions above take them.
template <class Rows>
std::vector<std::string> names_of(const Rows& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    if constexpr (requires { row.name; }) {
      names.emplace_back(row.name);
    } else {
      names.emplace_back(row);
    }
  }
  return names;
}

}  // namespace neurosweep
