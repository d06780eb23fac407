#include "host/spec/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <vector>

#include "host/spec/report.hpp"
#include "host/spec/suggest.hpp"

namespace neurosweep {
namespace {

using spec::quote;

enum Base { volt, ampere, second, metre, radian, n_base };
using Dimension = std::array<int, n_base>;

struct Unit {
  Dimension dimension{};
  int exponent = 0;  // unit = factor * 10^exponent of the base units
  double factor = 1;
};

struct Symbol {
  std::string_view name;
  Unit unit;
  std::string_view prefixes;  // those that make sense: so "MV" is an unknown unit and not a million volts
};

// Electrical units stand on volt and ampere: a model never needs the kilogram.
constexpr double degree = 0.017453292519943295;
// clang-format off
constexpr Symbol symbols[] = {
    //        V   A   s  m  rad
    {"V",   {{1,  0,  0, 0, 0}}, "mun"},
    {"A",   {{0,  1,  0, 0, 0}}, "munpf"},
    {"S",   {{-1, 1,  0, 0, 0}}, "munp"},
    {"F",   {{-1, 1,  1, 0, 0}}, "munpf"},
    {"Ohm", {{1,  -1, 0, 0, 0}}, "kMG"},
    {"s",   {{0,  0,  1, 0, 0}}, "mun"},
    {"Hz",  {{0,  0, -1, 0, 0}}, "mkM"},
    {"m",   {{0,  0,  0, 1, 0}}, "cmun"},
    {"rad", {{0,  0,  0, 0, 1}}, ""},
    {"deg", {{0,  0,  0, 0, 1}, 0, degree}, ""},
};
// clang-format on

struct Prefix {
  char letter;
  int exponent;
};
constexpr Prefix prefixes[] = {{'G', 9},  {'M', 6},  {'k', 3},   {'c', -2}, {'m', -3},
                               {'u', -6}, {'n', -9}, {'p', -12}, {'f', -15}};

struct Kind {
  std::string_view name, unit;
};
constexpr Kind kinds[] = {
    {"plain number", ""},
    {"time", "s"},
    {"frequency or rate", "Hz"},
    {"voltage", "V"},
    {"current", "A"},
    {"conductance", "S"},
    {"capacitance", "F"},
    {"resistance", "Ohm"},
    {"length", "m"},
    {"angle", "rad"},
    {"voltage per time", "V/s"},
    {"inverse voltage", "1/V"},
    {"current per area", "A/m2"},
    {"conductance per area", "S/m2"},
    {"capacitance per area", "F/m2"},
    {"conductance per voltage", "S/V"},
    {"current per time", "A/s"},
};

// How people write what this file spells in ASCII.
constexpr std::pair<std::string_view, std::string_view> spellings[] = {
    {"\u00b5", "u"},   {"\u03bc", "u"},   {"\u00b9", "1"}, {"\u00b2", "2"}, {"\u207b", "-"},
    {"\u2212", "-"},   {"\u03a9", "Ohm"}, {"\u2126", "Ohm"}, {"\u00b0", "deg"}, {"\u00b7", "*"}};

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

std::string in_ascii(std::string_view text) {
  std::string result(text);
  for (const auto& [from, to] : spellings) {
    for (std::size_t at; (at = result.find(from)) != std::string::npos;) result.replace(at, from.size(), to);
  }
  return result;
}

std::optional<Unit> find_symbol(std::string_view text) {
  for (const Symbol& symbol : symbols) {
    if (!text.ends_with(symbol.name)) continue;
    const std::string_view prefix = text.substr(0, text.size() - symbol.name.size());
    Unit unit = symbol.unit;
    if (prefix.empty()) return unit;
    if (prefix.size() > 1 || symbol.prefixes.find(prefix[0]) == std::string_view::npos) continue;
    for (const Prefix& p : prefixes) {
      if (p.letter == prefix[0]) unit.exponent += p.exponent;
    }
    return unit;
  }
  return std::nullopt;
}

// One factor of a unit, to the power that it carries: "cm2", "ms^-1", "1".
std::optional<Unit> parse_factor(std::string_view text) {
  if (text == "1") return Unit{};
  int power = 1;
  if (!text.empty() && text.back() >= '1' && text.back() <= '9') {
    power = text.back() - '0';
    text.remove_suffix(1);
    if (text.ends_with('-')) power = -power, text.remove_suffix(1);
    if (text.ends_with('^')) text.remove_suffix(1);
  }
  std::optional<Unit> unit = find_symbol(text);
  if (!unit) return std::nullopt;
  for (int& d : unit->dimension) d *= power;
  unit->exponent *= power;
  unit->factor = std::pow(unit->factor, power);
  return unit;
}

// Multiplies `unit` by `factor`, or divides by it.
void accumulate(Unit& unit, const Unit& factor, bool divide) {
  const int sign = divide ? -1 : 1;
  for (int i = 0; i < n_base; ++i) unit.dimension[i] += sign * factor.dimension[i];
  unit.exponent += sign * factor.exponent;
  unit.factor = divide ? unit.factor / factor.factor : unit.factor * factor.factor;
}

// Spaces before a factor with a negative power become a *: "uA cm^-2". Any other is a mistake, such as "m V".
std::string joined_by_signs(std::string text) {
  for (std::size_t minus = text.find('-'); minus != std::string::npos; minus = text.find('-', minus + 1)) {
    const std::size_t space = text.find_last_of(" /*", minus);
    if (space == std::string::npos || text[space] != ' ') continue;
    const char before = text[text.find_last_not_of(' ', space)];
    if (before != '*' && before != '/') text[space] = '*';
  }
  return text;
}

std::optional<Unit> parse_unit(std::string_view given) {
  const std::string ascii = joined_by_signs(in_ascii(trimmed(given)));
  std::string_view text = ascii;
  Unit unit;
  if (text.empty()) return unit;
  bool divide = false;
  if (text.front() == '/') divide = true, text.remove_prefix(1);  // "/mV" as in "0.56 /mV"
  for (int factors = 0; factors < 8; ++factors) {
    const std::size_t end = text.find_first_of("/*");
    const std::optional<Unit> factor = parse_factor(trimmed(text.substr(0, end)));
    if (!factor) return std::nullopt;
    accumulate(unit, *factor, divide);
    if (end == std::string_view::npos) return unit;
    divide = text[end] == '/';
    text.remove_prefix(end + 1);
  }
  return std::nullopt;
}

std::string kind_name(const Dimension& dimension, std::string_view unit) {
  for (const Kind& kind : kinds) {
    if (parse_unit(kind.unit)->dimension == dimension) return std::string(kind.name);
  }
  return "quantity in " + std::string(unit);
}

// Every prefixed symbol of that dimension; of any dimension if it is null.
std::vector<std::string> known_units(const Dimension* dimension) {
  std::vector<std::string> units;
  for (const Symbol& symbol : symbols) {
    if (dimension && symbol.unit.dimension != *dimension) continue;
    units.emplace_back(symbol.name);
    for (const char prefix : symbol.prefixes) units.push_back(prefix + std::string(symbol.name));
  }
  return units;
}

// "a time (s, ms, us, ns)": what should have been written.
std::string wanted(const Unit& unit, std::string_view name) {
  if (name.empty()) return "a plain number without a unit";
  std::vector<std::string> units = known_units(&unit.dimension);
  if (units.empty()) units.emplace_back(name);
  const std::string kind = kind_name(unit.dimension, name);
  const bool vowel = std::string_view("aeiou").find(kind[0]) != std::string_view::npos;
  return fmt::format("{} {} ({})", vowel ? "an" : "a", kind, listed(units));
}

Unit unit_or_throw(std::string_view text, const std::string& instead) {
  if (const auto unit = parse_unit(text)) return *unit;
  std::vector<std::string> known = known_units(nullptr);
  for (const char* compound : {"1/s", "1/ms", "mV/s", "mV/ms", "1/mV", "uA/cm2", "mS/cm2", "uF/cm2", "nS/mV"})
    known.emplace_back(compound);
  throw UnitError(fmt::format("unknown unit {}{}{}", quote(text), did_you_mean(in_ascii(text), known), instead));
}

struct Number {
  std::string mantissa;   // digits and a point, as from_chars reads them
  long exponent = 0;      // of ten
  std::string_view rest;  // what follows: the unit
};

bool digit(char c) { return c >= '0' && c <= '9'; }

// Reads "e-3" at the start of `text` into `exponent` and removes it. An `e` without digits belongs to the unit.
void take_exponent(std::string_view& text, long& exponent) {
  if (text.size() < 2 || (text[0] != 'e' && text[0] != 'E')) return;
  std::size_t at = text[1] == '+' || text[1] == '-' ? 2 : 1;
  if (at >= text.size() || !digit(text[at])) return;
  const bool negative = text[1] == '-';
  for (; at < text.size() && digit(text[at]); ++at) {
    if (exponent < 100000)
      exponent = 10 * exponent + (text[at] - '0');  // far beyond any double: more digits change nothing
  }
  if (negative) exponent = -exponent;
  text.remove_prefix(at);
}

std::optional<Number> scan_number(std::string_view text) {
  Number number;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    if (text[0] == '-') number.mantissa = "-";
    text.remove_prefix(1);
  }
  bool any = false, point = false;
  while (!text.empty() && (digit(text[0]) || (text[0] == '.' && !point))) {
    any |= digit(text[0]), point |= text[0] == '.';
    number.mantissa += text[0];
    text.remove_prefix(1);
  }
  if (!any) return std::nullopt;
  take_exponent(text, number.exponent);
  number.rest = trimmed(text);
  return number;
}

bool spells_not_finite(std::string_view text) {
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
  for (const std::string_view word : {"inf", "nan", "Inf", "NaN", "INF", "NAN"})
    if (text.starts_with(word)) return true;
  return false;
}

// mantissa * 10^exponent, rounded once.
double to_double(const Number& number, int shift, std::string_view text) {
  const std::string digits = fmt::format("{}e{}", number.mantissa, number.exponent + shift);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool all = end == digits.data() + digits.size();
  if (error != std::errc() || !all)
    throw UnitError(fmt::format("{} is beyond the numbers of double precision", quote(text)));
  return value;
}

}  // namespace

double parse_quantity(std::string_view text, std::string_view unit) {
  const std::string_view bare = trimmed(text);
  const Unit to = unit_or_throw(unit, "");
  if (spells_not_finite(bare)) throw UnitError(fmt::format("{} is not a finite number", quote(text)));
  const std::optional<Number> number = scan_number(bare);
  if (!number) throw UnitError(fmt::format("{} is not a number; wanted is {}", quote(text), wanted(to, unit)));
  if (number->rest.empty()) return to_double(*number, 0, text);
  if (number->rest[0] == ',')
    throw UnitError(fmt::format("{} has a comma where a decimal point is wanted", quote(text)));
  const Unit from = unit_or_throw(number->rest, fmt::format("; wanted is {}", wanted(to, unit)));
  if (from.dimension != to.dimension) {
    const std::string kind = kind_name(from.dimension, number->rest);
    throw UnitError(fmt::format("{} is of the wrong kind ({}); wanted is {}", quote(text), kind, wanted(to, unit)));
  }
  const double value = to_double(*number, from.exponent - to.exponent, text);
  return from.factor == to.factor ? value : value * (from.factor / to.factor);
}

double convert_unit(double value, std::string_view from, std::string_view to) {
  const Unit a = unit_or_throw(from, ""), b = unit_or_throw(to, "");
  if (a.dimension != b.dimension) {
    throw UnitError(fmt::format("{} is of the wrong kind ({}); wanted is {}", quote(from), kind_name(a.dimension, from),
                                wanted(b, to)));
  }
  const int shift = a.exponent - b.exponent;
  const double ten = std::pow(10.0, std::abs(shift));  // exact to 10^22: a division by it is rounded once
  const double ratio = a.factor == b.factor ? 1 : a.factor / b.factor;
  return (shift < 0 ? value / ten : value * ten) * ratio;
}

std::string unit_kind(std::string_view unit) { return kind_name(unit_or_throw(unit, "").dimension, unit); }

std::string with_unit(double value, std::string_view unit) {
  return unit.empty() ? fmt::format("{}", value) : fmt::format("{} {}", value, unit);
}

std::string interval(double low, double high, std::string_view unit) {
  if (std::isfinite(low) && std::isfinite(high)) return fmt::format("{} ... {}", low, with_unit(high, unit));
  return std::isfinite(low) ? with_unit(low, unit) + " or more" : with_unit(high, unit) + " or less";
}

}  // namespace neurosweep
