// Quantities as people write them: "2.5 mV", "0.02/ms", "10 uA/cm2".
//
// A unit is a product of symbols, each with an SI prefix and a power: V A S F Ohm s Hz m rad deg, joined by / or *, or by
// a space before a negative power ("uA cm^-2").
// Its kind (voltage, time, ...) follows by algebra, so that mV/ms, V/s and uV/us are the same kind without a list.
#pragma once
#include <stdexcept>
#include <string>
#include <string_view>

namespace neurosweep {

// The message says what is wrong and what is wanted; whoever catches it adds the place and the name.
struct UnitError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

// The number in `text`, converted to `unit`; a bare number is in `unit` already. "" is the unit of a plain number.
// Correctly rounded: "500 ms" and "0.5 s" are the same double. Throws UnitError, also where the number is not finite.
double parse_quantity(std::string_view text, std::string_view unit);

// `value` in `from`, converted to `to`. Throws UnitError if a unit is unknown or the kinds differ.
double convert_unit(double value, std::string_view from, std::string_view to);

// "voltage", "time", ... Throws UnitError if the unit is unknown.
std::string unit_kind(std::string_view unit);

// "2.5 mV"; a plain number where `unit` is empty.
std::string with_unit(double value, std::string_view unit);

// "2.5 ... 5 mV"; of an interval with one end "2.5 mV or more", "5 mV or less".
std::string interval(double low, double high, std::string_view unit);

}  // namespace neurosweep
