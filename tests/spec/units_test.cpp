#include "host/spec/units.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "sweep_text.hpp"

namespace neurosweep {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string error_of(const std::string& text, const std::string& unit) {
  try {
    parse_quantity(text, unit);
  } catch (const UnitError& e) { return e.what(); }
  return "";
}

struct Good {
  const char *text, *unit;
  double value;
};

// Exactly these doubles: what means the same is the same sweep.
constexpr Good good[] = {
    {"3 mV", "mV", 3},
    {"3mV", "mV", 3},
    {"  3   mV ", "mV", 3},
    {"+3 mV", "mV", 3},
    {"-65 mV", "mV", -65},
    {"-0.065 V", "mV", -65},
    {"3", "mV", 3},
    {"1e3 uV", "mV", 1},
    {"2.5E-3 V", "mV", 2.5},
    {".5 ms", "s", 0.0005},
    {"0.5 ms", "s", 0.0005},
    {"0.1 ms", "s", 0.0001},
    {"500 ms", "s", 0.5},
    {"7 us", "s", 7e-6},
    {"0.3 ms", "s", 0.0003},
    {"0.3 s", "ms", 300},
    {"120 Hz", "Hz", 120},
    {"0.12 kHz", "Hz", 120},
    {"120 1/s", "Hz", 120},
    {"120 /s", "Hz", 120},
    {"0.12/ms", "Hz", 120},
    {"0.02 1/ms", "1/ms", 0.02},
    {"20 Hz", "1/ms", 0.02},
    {"0.02/ms", "1/ms", 0.02},
    {"0.02 ms^-1", "1/ms", 0.02},
    {"0.02 ms-1", "1/ms", 0.02},
    {"0.02 ms\u207b\u00b9", "1/ms", 0.02},
    {"0.56 /mV", "1/mV", 0.56},
    {"0.56 1/mV", "1/mV", 0.56},
    {"560 1/V", "1/mV", 0.56},
    {"0.56 mV^-1", "1/mV", 0.56},
    {"1 mV/ms", "mV/s", 1000},
    {"1 V/s", "mV/s", 1000},
    {"1 mV*Hz", "mV/s", 1},
    {"10 uA/cm2", "uA/cm2", 10},
    {"10 uA/cm^2", "uA/cm2", 10},
    {"10 \u00b5A/cm\u00b2", "uA/cm2", 10},
    {"10 \u03bcA/cm^2", "uA/cm2", 10},
    {"10 uA cm-2", "uA/cm2", 10},
    {"10 uA cm^-2", "uA/cm2", 10},
    {"10 \u00b5A\u00b7cm\u207b\u00b2", "uA/cm2", 10},
    {"10 \u00b5A cm\u207b\u00b2", "uA/cm2", 10},
    {"10 uA * cm^-2", "uA/cm2", 10},
    {"0.1 A/m2", "uA/cm2", 10},
    {"0.1 pA/um2", "uA/cm2", 10},
    {"120 mS/cm2", "mS/cm2", 120},
    {"120 mS cm\u207b\u00b2", "mS/cm2", 120},
    {"1.2 pS/um2", "mS/cm2", 0.12},
    {"1 uF/cm2", "uF/cm2", 1},
    {"1 \u00b5F/cm\u00b2", "uF/cm2", 1},
    {"0.7 nS/mV", "nS/mV", 0.7},
    {"0.7 nS mV^-1", "nS/mV", 0.7},
    {"0.7 nS mV\u207b\u00b9", "nS/mV", 0.7},
    {"0.7 uS/V", "nS/mV", 0.7},
    {"250 pA", "pA", 250},
    {"0.25 nA", "pA", 250},
    {"100 pF", "pF", 100},
    {"0.1 nF", "pF", 100},
    {"10 nS", "nS", 10},
    {"0.1 1/MOhm", "nS", 100},
    {"100 MOhm", "MOhm", 100},
    {"0 rad", "rad", 0},
    {"180 deg", "rad", 3.14159265358979323846},
    {"90\u00b0", "rad", 1.57079632679489661923},
    {"135", "", 135},
    {"0.8 mV/mV", "", 0.8},
};

TEST(Units, ConvertsExactly) {
  for (const Good& g : good) {
    SCOPED_TRACE(std::string(g.text) + " in " + g.unit);
    EXPECT_EQ(error_of(g.text, g.unit), "");
    EXPECT_EQ(parse_quantity(g.text, g.unit), g.value);
  }
}

struct Bad {
  const char *text, *unit;
  std::vector<const char*> parts;
};

const Bad bad[] = {
    {"3 Hz", "s", {"\"3 Hz\"", "wrong kind (frequency or rate)", "a time (s, ms, us, ns)"}},
    {"3 ms", "mV", {"wrong kind (time)", "a voltage (V, mV, uV, nV)"}},
    {"10 Hz", "rad", {"wrong kind (frequency or rate)", "an angle (rad, deg)"}},
    {"10 rad/s", "Hz", {"wrong kind"}},  // would be off by 2 pi
    {"10 uA", "uA/cm2", {"wrong kind (current)", "a current per area (uA/cm2)"}},
    {"3 mV", "1/mV", {"wrong kind (voltage)", "an inverse voltage (1/mV)"}},
    {"135 mV", "", {"wrong kind (voltage)", "a plain number without a unit"}},
    {"3 mv", "mV", {"unknown unit \"mv\"", "did you mean \"mV\"?", "a voltage"}},
    {"3 MV", "mV", {"unknown unit \"MV\"", "did you mean \"mV\"?"}},
    {"3 hz", "Hz", {"unknown unit \"hz\"", "did you mean \"Hz\"?"}},
    {"3 khz", "Hz", {"did you mean \"kHz\"?"}},
    {"3 sec", "s", {"unknown unit \"sec\"", "a time (s, ms, us, ns)"}},
    {"3 msec", "s", {"unknown unit \"msec\""}},
    {"3 uA/cm", "uA/cm2", {"wrong kind"}},
    {"3 uA/sqcm", "uA/cm2", {"unknown unit \"uA/sqcm\"", "(uA/cm2)"}},
    {"3 m V", "mV", {"unknown unit \"m V\"", "did you mean \"mV\"?"}},
    {"3 mV mV", "mV", {"unknown unit"}},
    {"3 m V s^-1", "mV/s", {"unknown unit"}},
    {"3 cm^-2 uA", "uA/cm2", {"unknown unit"}},
    {"3 cm -2", "1/m2", {"unknown unit"}},
    {"3 mV/", "mV", {"unknown unit"}},
    {"3 /", "mV", {"unknown unit"}},
    {"2,5 mV", "mV", {"comma", "decimal point"}},
    {"mV", "mV", {"\"mV\" is not a number", "a voltage"}},
    {"", "mV", {"\"\" is not a number"}},
    {"three mV", "mV", {"is not a number"}},
    {"-", "mV", {"is not a number"}},
    {".", "mV", {"is not a number"}},
    {"--3 mV", "mV", {"is not a number"}},
    {"1.2.3 mV", "mV", {"unknown unit \".3 mV\""}},
    {"0x10 mV", "mV", {"unknown unit"}},
    {"inf mV", "mV", {"not a finite number"}},
    {"-inf", "mV", {"not a finite number"}},
    {"nan mV", "mV", {"not a finite number"}},
    {"1e400 mV", "mV", {"double precision"}},
    {"1e99999999999999999999 mV", "mV", {"double precision"}},
    {"1e308 kHz", "Hz", {"double precision"}},
};

TEST(Units, SaysWhatIsWrongAndWhatIsWanted) {
  for (const Bad& b : bad) {
    const std::string message = error_of(b.text, b.unit);
    for (const char* part : b.parts) EXPECT_TRUE(test::contains(message, part)) << b.text << ": " << message;
  }
}

TEST(Units, Converts) {
  EXPECT_EQ(convert_unit(0.5, "ms", "s"), 0.0005);
  EXPECT_EQ(convert_unit(7, "ms", "s"), 0.007);
  EXPECT_EQ(convert_unit(0.25, "s", "ms"), 250);
  EXPECT_EQ(convert_unit(3, "mV", "mV"), 3);
  EXPECT_DOUBLE_EQ(convert_unit(180, "deg", "rad"), 3.14159265358979323846);
  EXPECT_THROW(convert_unit(1, "ms", "mV"), UnitError);
  EXPECT_THROW(convert_unit(1, "parsec", "m"), UnitError);
}

TEST(Units, NamesKinds) {
  EXPECT_EQ(unit_kind("mV"), "voltage");
  EXPECT_EQ(unit_kind("kHz"), "frequency or rate");
  EXPECT_EQ(unit_kind("1/ms"), "frequency or rate");
  EXPECT_EQ(unit_kind("nS/mV"), "conductance per voltage");
  EXPECT_EQ(unit_kind(""), "plain number");
  EXPECT_EQ(unit_kind("m/s"), "quantity in m/s");
}

TEST(Units, WritesQuantities) {
  EXPECT_EQ(with_unit(2.5, "mV"), "2.5 mV");
  EXPECT_EQ(with_unit(135, ""), "135");
  EXPECT_EQ(interval(2.6, 9.75, "mV"), "2.6 ... 9.75 mV");
  EXPECT_EQ(interval(0, 1, ""), "0 ... 1");
  EXPECT_EQ(interval(0, infinity, "mV"), "0 mV or more");
  EXPECT_EQ(interval(-infinity, 20, "mV"), "20 mV or less");
}

// Every unit that models.md names has to be known.
TEST(Units, KnowsWhatTheModelsNeed) {
  for (const char* unit : {"mV", "mV/s", "Hz", "1/mV", "1/ms", "ms", "s", "uA/cm2", "uF/cm2", "mS/cm2", "nS", "pA",
                           "pF", "nS/mV", "rad", ""}) {
    EXPECT_NO_THROW(unit_kind(unit)) << unit;
    EXPECT_EQ(parse_quantity(with_unit(1.25, unit), unit), 1.25) << unit;
  }
}

}  // namespace
}  // namespace neurosweep
