// Labels, numbers and durations as people read them.
#include "host/output/text.hpp"

#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

using namespace output;

TEST(Text, Labels) {
  EXPECT_EQ(label("Ae", "mV"), "Ae [mV]");
  EXPECT_EQ(label("d_V", ""), "d_V");
}

TEST(Text, ShortNumbers) {
  EXPECT_EQ(short_number(0.003), "0.003");
  EXPECT_EQ(short_number(31.2), "31.2");
  EXPECT_EQ(short_number(12345.6), "12346");
  EXPECT_EQ(short_number(2.428571), "2.429");
  EXPECT_EQ(short_number(1.5e-7), "1.5e-07");
  EXPECT_EQ(short_number(-2e9), "-2e+09");
  EXPECT_EQ(short_number(-nan), "nan");
  EXPECT_EQ(quantity(31.2, "mV"), "31.2 mV");
  EXPECT_EQ(quantity(7, ""), "7");
}

TEST(Text, PlaceOfASet) {
  const std::vector<MapAxis> axes{{"a", "", false, {1, 2}}, {"Ae", "mV", false, {3, 4, 5}}};
  EXPECT_EQ(place(axes, 2, 0), "a = 1, Ae = 3 mV");
  EXPECT_EQ(place(axes, 2, 5), "a = 2, Ae = 5 mV");
  EXPECT_EQ(place(axes, 1, 1), "a = 2");
  EXPECT_EQ(place(axes, 0, 0), "");
}

TEST(Text, PointsOfAnAxis) {
  const MapAxis numbers{"Ae", "mV", false, {2.4285714285714284}}, names = named_axis({"resonator", "chattering"});
  EXPECT_EQ(point(numbers, 0, Digits::few), "2.429");
  EXPECT_EQ(point(numbers, 0, Digits::all), "2.4285714285714284");
  EXPECT_EQ(point(names, 1, Digits::few), "chattering");
  EXPECT_EQ(point(names, 1, Digits::all), "chattering");
  EXPECT_EQ(place({names, numbers}, 2, 1), "preset = chattering, Ae = 2.429 mV");
}

TEST(Text, Counts) {
  EXPECT_EQ(human_count(1.23e9), "1.23 G");
  EXPECT_EQ(human_count(512), "512");
  EXPECT_EQ(human_count(0.5), "0.50");
  EXPECT_EQ(human_count(12.34), "12.3");
  EXPECT_EQ(human_count(999.6), "1.00 k");
  EXPECT_EQ(human_count(45678), "45.7 k");
  EXPECT_EQ(human_count(840e6), "840 M");
  EXPECT_EQ(human_count(3e21), "3000 E");
}

TEST(Text, Durations) {
  EXPECT_EQ(human_duration(0), "0 s");
  EXPECT_EQ(human_duration(12.4), "12 s");
  EXPECT_EQ(human_duration(59.6), "1 min 00 s");
  EXPECT_EQ(human_duration(200), "3 min 20 s");
  EXPECT_EQ(human_duration(3780), "1 h 03 min");
  EXPECT_EQ(human_duration(2 * 86400 + 4 * 3600), "2 d 04 h");
  EXPECT_EQ(human_duration(nan), "?");
  EXPECT_EQ(human_duration(-1), "?");
  EXPECT_EQ(human_duration(infinity), "?");
}

TEST(Text, OneLineKeepsLettersAndDropsCommands) {
  EXPECT_EQ(one_line("a\nb\tc\x1b[31m\x7f"), "a b c [31m ");
  EXPECT_EQ(one_line("Ünïcode µV 脳 😀"), "Ünïcode µV 脳 😀");
  EXPECT_EQ(one_line("\xc2\x9b"
                     "31m\u2028x"),
            " 31m x");  // CSI as a single character, a line separator
  EXPECT_EQ(one_line("\xff"
                     "a\xc3"),
            "?a?");                                      // no such byte, a cut character
  EXPECT_EQ(one_line("\xc0\xaf\xed\xa0\x80"), "?????");  // overlong, surrogate
}

TEST(Text, Widths) {
  EXPECT_EQ(text_width("µV"), 2u);
  EXPECT_EQ(ascii_only("µV°"), "?V?");
  EXPECT_EQ(wrap("a bb  ccc d", 4), (std::vector<std::string>{"a bb", "ccc", "d"}));
  EXPECT_EQ(wrap("toolong x", 3), (std::vector<std::string>{"toolong", "x"}));
  EXPECT_TRUE(wrap("  ", 3).empty());
}

TEST(Text, WrappedLinesAreEnded) {
  EXPECT_EQ(wrapped("one two three", 7), "one two\nthree\n");
  EXPECT_EQ(wrapped("one  two", 8), "one  two\n");
  EXPECT_EQ(wrapped("", 8), "");
}

TEST(Text, StatusNames) {
  EXPECT_EQ(status_name(0), "ok");
  EXPECT_EQ(status_name(1), "diverged");
  EXPECT_EQ(status_name(2), "out of domain");
  EXPECT_EQ(status_name(255), "not computed");
}

}  // namespace
}  // namespace neurosweep::test
