// Names, numbers and durations as people read them. Every text output (CSV, picture, terminal) takes its labels from
// here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/api/neurosweep.hpp"

namespace neurosweep::output {

// "Ae [mV]"; a quantity without a unit has no brackets ("d_V").
std::string label(std::string_view name, std::string_view unit);

// Four significant digits, whole thousands in full: "0.003", "31.2", "12346", "1.5e-07".
std::string short_number(double value);

// short_number() with the unit: "31.2 mV", "7".
std::string quantity(double value, std::string_view unit);

// What stands at a point of an axis: its name if it has one, else its value with the digits of short_number() or with
// all that it takes to read it back.
enum class Digits { few, all };
std::string point(const MapAxis& axis, std::size_t index, Digits digits);

// Where a set stands on the first `count` axes: "preset = chattering, Ai = 15 mV". `set` counts in grid order of these
// axes alone.
std::string place(const std::vector<MapAxis>& axes, std::size_t count, std::uint64_t set);

// "ok", "diverged", "out of domain" or "not computed".
std::string_view status_name(std::uint8_t status);

// "1 set", "3 sets".
std::string how_many(std::string_view what, std::uint64_t n);

// 1.23e9 -> "1.23 G", 512 -> "512": three digits and an SI prefix, to be followed by a space and what is counted.
std::string human_count(double value);

// Seconds as "12 s", "3 min 20 s", "1 h 03 min", "2 d 04 h"; "?" for what is not a duration.
std::string human_duration(double seconds);

// User text made safe for a single line anywhere: control characters become spaces, invalid UTF-8 becomes '?'.
std::string one_line(std::string_view text);

// `text` with everything outside ASCII replaced by '?', one for each character.
std::string ascii_only(std::string_view text);

// Columns that valid UTF-8 takes, one for each code point.
std::size_t text_width(std::string_view utf8);

// `text` broken at spaces into lines of at most `width` columns (a longer word has a line of its own). Never empty
// lines.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

// The same as a text, each line ended; what fits one line is left as it is.
std::string wrapped(std::string_view text, std::size_t width);

}  // namespace neurosweep::output
