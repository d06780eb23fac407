#include "host/output/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "problem.hpp"

namespace neurosweep::output {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Bytes of the well-formed UTF-8 character at the start of `text`, 0 if there is none.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues(text[i])) return 0;
  }
  if (size < 3) return size;
  const auto second = static_cast<unsigned char>(text[1]);  // here overlong forms, surrogates and > U+10FFFF show
  const bool bad = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second >= 0xA0) ||
                   (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90);
  return bad ? 0 : size;
}

// C0 and C1 controls and the two Unicode line breaks: what a terminal or a script could take for a command.
bool is_control(std::string_view character) {
  const auto c = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return c < 0x20 || c == 0x7F;
  if (character.size() == 2) return c == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  return character == "\u2028" || character == "\u2029";
}

std::string with_unit(std::string value, std::string_view unit) {
  return unit.empty() ? value : fmt::format("{} {}", value, unit);
}

}  // namespace

std::string label(std::string_view name, std::string_view unit) {
  return unit.empty() ? std::string(name) : fmt::format("{} [{}]", name, unit);
}

std::string short_number(double value) {
  if (std::isnan(value)) return "nan";  // fmt would show the sign of a NaN
  const double size = std::abs(value);
  return size >= 1e3 && size < 1e6 ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

std::string quantity(double value, std::string_view unit) { return with_unit(short_number(value), unit); }

std::string point(const MapAxis& axis, std::size_t index, Digits digits) {
  if (!axis.names.empty()) return axis.names[index];
  return digits == Digits::few ? short_number(axis.values[index]) : fmt::format("{}", axis.values[index]);
}

std::string place(const std::vector<MapAxis>& axes, std::size_t count, std::uint64_t set) {
  std::string text;
  for (std::size_t a = count; a-- > 0;) {  // the last axis is the fastest
    const MapAxis& axis = axes[a];
    const std::string at = with_unit(point(axis, set % axis.values.size(), Digits::few), axis.unit);
    set /= axis.values.size();
    text = fmt::format("{} = {}{}{}", axis.name, at, text.empty() ? "" : ", ", text);
  }
  return text;
}

std::string_view status_name(std::uint8_t status) {
  switch (status) {
    case status_ok: return "ok";
    case status_diverged: return "diverged";
    case status_out_of_domain: return "out of domain";
    default: return "not computed";
  }
}

std::string how_many(std::string_view what, std::uint64_t n) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

std::string human_count(double value) {
  constexpr std::string_view prefixes = " kMGTPE";
  std::size_t prefix = 0;
  while (value >= 999.5 && prefix + 1 < prefixes.size()) {
    value /= 1000;
    ++prefix;
  }
  const int decimals = value == std::floor(value) && prefix == 0 ? 0 : value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  return prefix == 0 ? text : fmt::format("{} {}", text, prefixes[prefix]);
}

std::string human_duration(double seconds) {
  constexpr double longest = 1e9 * 86400;
  if (!(seconds >= 0) || seconds > longest) return "?";
  const auto s = static_cast<std::int64_t>(std::llround(seconds));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
  return fmt::format("{} d {:02} h", s / 86400, s / 3600 % 24);
}

std::string one_line(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    if (size == 0) {
      safe += '?';
    } else if (is_control(character)) {
      safe += ' ';
    } else {
      safe += character;
    }
    text.remove_prefix(character.size());
  }
  return safe;
}

std::string ascii_only(std::string_view text) {
  std::string safe;
  for (char c : text) {
    if (!continues(c)) safe += static_cast<unsigned char>(c) < 0x80 ? c : '?';
  }
  return safe;
}

std::size_t text_width(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return !continues(c); }));
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    if (lines.empty() || text_width(lines.back()) + 1 + text_width(word) > width) {
      lines.emplace_back(word);
    } else {
      lines.back().append(" ").append(word);
    }
  }
  return lines;
}

std::string wrapped(std::string_view text, std::size_t width) {
  if (!text.empty() && text_width(text) <= width) return std::string(text) + "\n";      // with all its spaces
  std::string lines;
  for (const std::string& line : wrap(text, width)) lines += line + "\n";
  return lines;
}

}  // namespace neurosweep::output
