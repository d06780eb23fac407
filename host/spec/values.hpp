// From a node of the sweep file to a checked value. A function that has a Report tells it what is wrong,
// and then returns nothing.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "host/spec/document.hpp"
#include "host/spec/keys.hpp"
#include "host/spec/report.hpp"

namespace neurosweep::spec {

// The value of the key in `table`, or its default; `prefix` + `key` is its row in file_keys(). Nothing if it has no
// default, or if Keys::check() found it missing or of the wrong type.
std::optional<Node> lookup(const Node& table, std::string_view key, std::string_view prefix = "");

// Converted to `unit`, finite and in the domain. `name` is what messages call it.
std::optional<double> read_quantity(const Node& node, std::string_view name, std::string_view unit, Domain domain,
                                    Report& report);

// A whole number in low ... high.
std::optional<std::uint64_t> read_whole(const Node& node, std::string_view name, std::uint64_t low, std::uint64_t high,
                                        Report& report);

// The index of the name in `names`; `noun` is what they are ("method").
std::optional<std::size_t> read_choice(const Node& node, std::string_view noun, std::span<const std::string> names,
                                       Report& report);

// An array's elements; a word is split at its commas and colons.
std::vector<Node> read_list(const Node& node);

}  // namespace neurosweep::spec
