// Maps made of characters, to the last one.
#include "host/output/preview.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <regex>
#include <sstream>

#include "host/output/text.hpp"
#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

constexpr PreviewOptions ascii{80, 24, false, false, false}, utf8{80, 24, false, false, true},
    colours{80, 24, true, false, true}, ascii_colours{80, 24, true, false, false},
    truecolours{80, 24, true, true, true};

PreviewOptions with_size(PreviewOptions options, int width, int height) {
  options.width = width;
  options.height = height;
  return options;
}

// The smallest terminal: cells of a single character, or half a one.
constexpr PreviewOptions tiny(PreviewOptions options) {
  options.width = 1;
  options.height = 1;
  return options;
}

TEST(Preview, SmallMapsHaveLargeCells) {
  EXPECT_EQ(preview(small_map({0, 3, 6, 9}), ascii),
            "A small map\n"
            "amplitude [mV]\n"
            "Ae [mV]\n"
            "5 |********@@@@@@@@|\n"  // the first axis upwards: 5 mV is on top
            "  |********@@@@@@@@|\n"
            "  |        --------|\n"
            "2 |        --------|\n"
            "   15  Ai [mV]   30\n"
            "0 [ .:-=+*#%@] 9 mV\n");
}

TEST(Preview, MarksInsteadOfValues) {
  Map map = small_map({0, nan, nan, 9});
  map.status = {0, 0, 1, 0};
  EXPECT_EQ(preview(map, utf8),
            "A small map\n"
            "amplitude [mV]\n"
            "Ae [mV]\n"
            "5 │xxxxxxxx@@@@@@@@│\n"
            "  │xxxxxxxx@@@@@@@@│\n"
            "  │        ????????│\n"
            "2 │        ????????│\n"
            "   15  Ai [mV]   30\n"
            "0 [ .:-=+*#%@] 9 mV   ? no value   x diverged\n");
}

TEST(Preview, WhatLeftItsDomain) {
  Map map = small_map({0, 1e9, 6, 9});
  map.status = {0, 2, 0, 0};
  map.title = "";
  EXPECT_EQ(preview(map, with_size(utf8, 1, 1)),
            "amplitude [mV]\n"
            "Ae [mV]\n"
            "5 │****@@@@│\n"
            "  │****@@@@│\n"
            "  │    !!!!│\n"
            "2 │    !!!!│\n"
            "   15 Ai [mV] 30\n"
            "0 [ .:-=+*#%@] 9 mV   ! left its domain\n");
  const std::string black = "\x1b[48;2;0;0;0m", white = "\x1b[48;2;255;255;255m";
  const std::string coloured = preview(map, truecolours);
  EXPECT_TRUE(contains(coloured, black + " " + white + " \x1b[0m left its domain\n")) << coloured;
}

// Without a colour it has a mark of its own, with colours a texture that nothing else has.
TEST(Preview, WhatIsNotComputed) {
  Map map = small_map({0, nan, nan, 9});
  map.status = {0, not_computed, 1, 0};
  map.title = "";
  EXPECT_EQ(preview(map, with_size(utf8, 1, 1)),
            "amplitude [mV]\n"
            "Ae [mV]\n"
            "5 │xxxx@@@@│\n"
            "  │xxxx@@@@│\n"
            "  │    ////│\n"
            "2 │    ////│\n"
            "   15 Ai [mV] 30\n"
            "0 [ .:-=+*#%@] 9 mV   x diverged\n/ not computed\n");
  const std::string light = "\x1b[48;2;240;240;240m", dark = "\x1b[48;2;112;112;112m";
  const std::string coloured = preview(map, truecolours);
  EXPECT_TRUE(contains(coloured, light + " " + dark + " \x1b[0m not computed\n")) << coloured;
  for (const char* texture : {"\x1b[38;2;240;240;240m\x1b[48;2;112;112;112m▀", "\x1b[38;2;112;112;112m\x1b[48;2;240;240;240m▀"})
    EXPECT_TRUE(contains(coloured, texture)) << coloured;
}

TEST(Preview, TwoRowsInALineOfHalfBlocks) {
  Map map = map_over({{"y", "", false, count_up(1, 11)}, {"x", "", false, {1, 2}}},
                     [](std::size_t set) { return double(set % 2); });
  map.title = "";
  map.columns[0].values[20] = nan;  // the upper left cell, and the one below
  map.columns[0].values[18] = nan;
  map.status[18] = 1;
  const std::string line =
      "\x1b[38;2;68;1;84m\x1b[48;2;68;1;84m▀▀\x1b[38;2;253;231;37m\x1b[48;2;253;231;37m▀▀\x1b[0m│\n";
  const std::string middle = "   │" + line;
  EXPECT_EQ(
      preview(map, with_size(truecolours, 1, 1)),
      "amplitude [mV]\ny\n"
      "11 │\x1b[38;2;189;189;189m\x1b[48;2;200;16;46m▀▀\x1b[38;2;253;231;37m\x1b[48;2;253;231;37m▀▀\x1b[0m│\n" +
          middle + middle + middle + middle +
          " 1 │\x1b[38;2;68;1;84m▀▀\x1b[38;2;253;231;37m▀▀\x1b[0m│\n"  // eleven rows: the last half is empty
          "    1 x 2\n"
          "0 \x1b[48;2;68;1;84m \x1b[48;2;72;25;107m \x1b[48;2;70;48;125m \x1b[48;2;64;68;135m \x1b[48;2;57;87;140m "
          "\x1b[48;2;48;104;142m \x1b[48;2;42;120;142m \x1b[48;2;35;137;142m \x1b[48;2;31;152;139m "
          "\x1b[48;2;34;167;132m "
          "\x1b[48;2;53;183;121m \x1b[48;2;83;197;104m \x1b[48;2;121;209;81m \x1b[48;2;164;219;54m "
          "\x1b[48;2;210;226;27m "
          "\x1b[48;2;253;231;37m \x1b[0m 1 mV   "
          "\x1b[48;2;189;189;189m  \x1b[0m no value\n\x1b[48;2;200;16;46m  \x1b[0m diverged\n");
}

TEST(Preview, SpacesOf256ColoursWithoutUtf8) {
  const std::string text = preview(small_map({0, 3, 6, 9}), ascii_colours);
  EXPECT_TRUE(contains(text, "5 |\x1b[48;5;72m        \x1b[48;5;220m        \x1b[0m|\n")) << text;
  EXPECT_TRUE(contains(text, "2 |\x1b[48;5;53m        \x1b[48;5;60m        \x1b[0m|\n")) << text;
}

TEST(Preview, DescendingAndUnevenAxes) {
  Map map = small_map({0, 3, 6, 9});
  map.axes[0].values = {5, 2};  // now the first row is on top
  EXPECT_TRUE(contains(preview(map, ascii), "5 |        --------|\n"));
  const Map uneven =
      map_over({{"y", "", true, {1, 10}}, {"x", "", false, {1, 2, 9}}}, [](std::size_t s) { return double(s); });
  EXPECT_TRUE(contains(preview(uneven, ascii), "y (log)\n"));
  EXPECT_TRUE(contains(preview(uneven, ascii), "x (not to scale)"));
}

TEST(Preview, LargeMapsAreAveragedAndSaySo) {
  const Map map = map_over({{"y", "", false, count_up(0, 100)}, {"x", "", false, count_up(0, 300)}},
                           [](std::size_t set) { return double(set % 300); });
  const std::string text = preview(map, with_size(ascii, 64, 20));
  EXPECT_TRUE(contains(text, "each cell is the mean of 8 x 6 of the 100 x 300 sets\n")) << text;
  for (std::size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    EXPECT_LE(end - begin, 64u) << text;
  }
}

TEST(Preview, AMeanLeavesOutWhatHasNoValue) {
  Map map = map_over({{"y", "", false, {1}}, {"x", "", false, count_up(0, 16)}}, [](std::size_t) { return nan; });
  map.columns[0].values[0] = 0;
  map.columns[0].values[2] = map.columns[0].values[3] = 9;
  map.status[5] = 1;
  const std::string text = preview(map, tiny(ascii));  // 8 columns of two sets each
  EXPECT_TRUE(contains(text, "1 | @x?????|\n")) << text;
}

TEST(Preview, EqualValuesAndNone) {
  EXPECT_TRUE(contains(preview(small_map({7.25, 7.25, 7.25, 7.25}), ascii), "all values are 7.25 mV\n"));
  EXPECT_TRUE(contains(preview(small_map({nan, nan, nan, nan}), ascii), "\n? no value\n"));
}

TEST(Preview, WithoutUtf8EverythingIsAscii) {
  Map map = small_map({0, 3, 6, 9});
  map.title = "Größe";
  map.columns[0].unit = "µV";
  for (const PreviewOptions& options : {ascii, ascii_colours}) {
    for (const char c : preview(map, options)) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
  }
  EXPECT_TRUE(contains(preview(map, ascii), "Gr??e\namplitude [?V]\n"));
  EXPECT_TRUE(contains(preview(map, colours), "Größe\namplitude [µV]\n"));
}

TEST(Preview, ATitleCannotCommandTheTerminal) {
  Map map = small_map({0, 3, 6, 9});
  map.title = "x\x1b]0;y\x07\nz";
  EXPECT_TRUE(preview(map, utf8).starts_with("x ]0;y  z\n"));
}

TEST(Preview, ATableForOneAxis) {
  Map map = map_over({{"Ae", "mV", false, {5, 2, 3.5}}}, [](std::size_t set) { return double(set) + 0.5; });
  map.title = "";
  map.columns.push_back({"rate", "Hz", {100, nan, 12345}});
  map.status = {0, 1, 2};
  EXPECT_EQ(preview(map, ascii),
            "Ae [mV]  amplitude [mV]  rate [Hz]         status\n"
            "      2             1.5        nan       diverged\n"
            "    3.5             2.5      12345  out of domain\n"
            "      5             0.5        100             ok\n");
  EXPECT_EQ(preview(map, with_size(ascii, 30, 24)),
            "Ae [mV]  amplitude [mV]\n"
            "      2             1.5\n"
            "    3.5             2.5\n"
            "      5             0.5\n"
            "\n"
            "Ae [mV]  rate [Hz]\n"
            "      2        nan\n"
            "    3.5      12345\n"
            "      5        100\n"
            "\n"
            "Ae [mV]         status\n"
            "      2       diverged\n"
            "    3.5  out of domain\n"
            "      5             ok\n");
}

TEST(Preview, NamesAtTheEndsOfAnAxis) {
  Map map = small_map({0, 3, 6, 9});
  map.axes[0] = named_axis({"resonator", "chattering"});
  EXPECT_EQ(preview(map, ascii),
            "A small map\n"
            "amplitude [mV]\n"
            "preset\n"
            "chattering |********@@@@@@@@|\n"
            "           |********@@@@@@@@|\n"
            "           |        --------|\n"
            " resonator |        --------|\n"
            "            15  Ai [mV]   30\n"
            "0 [ .:-=+*#%@] 9 mV\n");
  std::swap(map.axes[0], map.axes[1]);
  EXPECT_TRUE(contains(preview(map, ascii), "    resonator preset chattering\n")) << preview(map, ascii);
}

// Each name beside its row; the outer ones alone where there are fewer lines than rows.
TEST(Preview, NamesBesideTheirRows) {
  Map map = map_over({named_axis({"resonator", "bursting", "chattering"}), {"Ai", "mV", false, {15, 30}}}, [](std::size_t set) { return double(set); });
  map.title = "";
  EXPECT_TRUE(contains(preview(map, ascii),
                       "preset\n"
                       "           |########@@@@@@@@|\n"
                       "chattering |########@@@@@@@@|\n"
                       "           |========++++++++|\n"
                       "  bursting |========++++++++|\n"
                       "           |        ::::::::|\n"
                       " resonator |        ::::::::|\n")) << preview(map, ascii);
  PreviewOptions narrow = ascii;
  narrow.width = 19;                                                 // less than twice "chattering"
  EXPECT_FALSE(contains(preview(map, narrow), "bursting")) << preview(map, narrow);
  PreviewOptions low = ascii;
  low.height = 0;                                                    // six lines
  const Map tall = map_over({named_axis({"a", "b", "c", "d", "e", "f", "g"}), map.axes[1]}, [](std::size_t set) { return double(set); });
  const std::string text = preview(tall, low);
  EXPECT_TRUE(contains(text, "g |") && contains(text, "a |")) << text;
  EXPECT_FALSE(contains(text, "d |")) << text;
}

TEST(Preview, ASingleRowHasOneWord) {
  Map map = map_over({{"Ae", "mV", false, {3}}, {"Ai", "mV", false, {15, 30}}}, [](std::size_t set) { return double(set); });
  const std::string text = preview(map, ascii);
  EXPECT_EQ(text.find("3 |"), text.rfind("3 |")) << text;
  EXPECT_TRUE(contains(text, "3 |")) << text;
}

TEST(Preview, ATableOfNames) {
  Map map = map_over({named_axis({"resonator", "chattering"})}, [](std::size_t set) { return double(set) + 0.5; });
  map.title = "";
  EXPECT_EQ(preview(map, ascii),
            "    preset  amplitude [mV]\n"
            " resonator             0.5\n"
            "chattering             1.5\n");
  const Map many = map_over({named_axis(std::vector<std::string>(30, "resonator"))}, [](std::size_t) { return 1.0; });
  EXPECT_TRUE(contains(preview(many, ascii), "\nresonator               1\n"));  // a chart could not name them
}

TEST(Preview, AChartForManyValues) {
  Map map = map_over({{"Ae", "mV", false, count_up(0, 24)}}, [](std::size_t set) { return double(set % 8); });
  map.title = "";
  map.columns[0].values[3] = nan;
  map.columns[0].values[12] = nan;
  map.status[12] = 1;
  EXPECT_EQ(preview(map, with_size(ascii, 30, 24)),
            "amplitude [mV]\n"
            "7 |       #       #       #\n"
            "  |      ##      ##      ##\n"
            "  |     ###     ###     ###\n"
            "  |    ####     ###    ####\n"
            "  |    ####   # ###   #####\n"
            "  |  # ####  ## ###  ######\n"
            "  | ## #### ### ### #######\n"
            "0 |###?########x###########\n"
            "   0       Ae [mV]       23\n"
            "? no value\n"
            "x diverged\n");
  const std::string text = preview(map, with_size(utf8, 30, 24));
  EXPECT_TRUE(contains(text, "0 │▁██?████▁███x███▁███████\n")) << text;
}

TEST(Preview, ASingleSet) {
  Map map = map_over({}, [](std::size_t) { return 31.25; });
  map.columns.push_back({"rate", "", {nan}});
  EXPECT_EQ(preview(map, ascii), "A map\namplitude = 31.25 mV\nrate = nan\n");
  map.status[0] = 2;
  EXPECT_TRUE(preview(map, ascii).ends_with("status: out of domain\n"));
}

TEST(Preview, ThreeAxesShowTheFirstSlice) {
  const Map map = map_over({{"be", "1/s", false, {50, 60}}, {"y", "", false, {1, 2}}, {"x", "", false, {1, 2}}},
                           [](std::size_t set) { return double(set); });
  const std::string text = preview(map, ascii);
  EXPECT_TRUE(contains(text, "A map\nthe first of 2 slices: be = 50 1/s\namplitude [mV]\ny\n")) << text;
  EXPECT_TRUE(contains(text, "0 [ .:-=+*#%@] 7 mV\n")) << text;  // the scale of all slices
}

TEST(Preview, TheFirstSliceHasAName) {
  const Map map =
      map_over({named_axis({"resonator", "chattering"}), {"y", "", false, {1, 2}}, {"x", "", false, {1, 2}}},
               [](std::size_t set) { return double(set); });
  EXPECT_TRUE(contains(preview(map, ascii), "the first of 2 slices: preset = resonator\n"));
}

TEST(Preview, SaysThatReplicatesDiverged) {
  Map map = small_map({0, 3, 6, 9});
  map.failed = {0, 2, 0, 1};
  map.status = {0, 1, 0, 1};
  EXPECT_TRUE(preview(map, ascii).ends_with("in 2 sets some replicates diverged: the means leave them out\n"));
}

// What a line takes in the terminal: its colours take nothing.
std::size_t columns_of(const std::string& line) {
  static const std::regex codes("\x1b\\[[0-9;]*m");
  return output::text_width(std::regex_replace(line, codes, ""));
}

// Pictures shrink with the terminal, sentences and legends are broken.
TEST(Preview, NothingIsWiderThanTheTerminal) {
  Map plane = map_over({{"be", "Hz", false, {50, 60}}, {"Ae", "mV", false, count_up(2, 300)}, {"Ai", "mV", false, count_up(15, 300)}},
                       [](std::size_t set) { return double(set); });
  plane.title = "A title that is much longer than the terminal on which it is shown here is wide";
  for (const std::size_t cell : {0u, 1u, 2u}) {
    const std::uint8_t status[] = {1, 2, not_computed};
    std::fill_n(plane.status.begin() + std::ptrdiff_t(cell) * 30000, 15000, status[cell]);
    plane.columns[0].values[cell] = nan;
  }
  Map curve = map_over({{"Ae", "mV", false, count_up(2, 300)}}, [](std::size_t set) { return double(set); });
  curve.failed.assign(300, 1);
  Map table = map_over({{"Ae", "mV", false, {2, 3}}}, [](std::size_t set) { return double(set); });
  for (int k = 0; k < 8; ++k) table.columns.push_back(table.columns[0]);
  for (const Map& map : {plane, curve, table})
    for (const PreviewOptions& terminal : {ascii, utf8, ascii_colours, truecolours})
      for (const int width : {40, 66, 80, 200}) {
        const std::string text = preview(map, with_size(terminal, width, 24));
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) EXPECT_LE(columns_of(line), std::size_t(width)) << line;
      }
}

class Terminal {  // the far end of a pseudo terminal
 public:
  Terminal(unsigned short width, unsigned short height) : near_(posix_openpt(O_RDWR | O_NOCTTY)) {
    if (near_ < 0 || grantpt(near_) != 0 || unlockpt(near_) != 0) return;
    far_ = open(ptsname(near_), O_RDWR | O_NOCTTY);
    winsize size{};
    size.ws_col = width;
    size.ws_row = height;
    ioctl(far_, TIOCSWINSZ, &size);
  }
  ~Terminal() {
    if (far_ >= 0) close(far_);
    if (near_ >= 0) close(near_);
  }
  int fd() const { return far_; }

 private:
  int near_ = -1, far_ = -1;
};

TEST(DetectTerminal, OfATerminal) {
  const Terminal terminal(132, 50);
  if (terminal.fd() < 0) GTEST_SKIP() << "this machine has no pseudo terminals";
  const Environment columns("COLUMNS", nullptr), no_colour("NO_COLOR", nullptr), term("TERM", "xterm-256color"),
      depth("COLORTERM", nullptr), all("LC_ALL", nullptr), type("LC_CTYPE", nullptr), lang("LANG", "de_DE.UTF-8");
  PreviewOptions options = detect_terminal(terminal.fd());
  EXPECT_EQ(options.width, 132);
  EXPECT_EQ(options.height, 50);
  EXPECT_TRUE(options.colour);
  EXPECT_FALSE(options.truecolour);
  EXPECT_TRUE(options.utf8);
  EXPECT_TRUE(can_redraw(terminal.fd()));
  {
    const Environment truecolour("COLORTERM", "truecolor"), width("COLUMNS", "66"), c("LC_ALL", "C");
    options = detect_terminal(terminal.fd());
    EXPECT_TRUE(options.truecolour);
    EXPECT_EQ(options.width, 66);
    EXPECT_FALSE(options.utf8);
  }
  {
    const Environment no("NO_COLOR", "1"), truecolour("COLORTERM", "truecolor");
    EXPECT_FALSE(detect_terminal(terminal.fd()).colour);
    EXPECT_FALSE(detect_terminal(terminal.fd()).truecolour);
  }
  for (const char* few : {"vt100", "linux", "ansi", "xterm-16color", "xterm-mono"}) {
    const Environment plain("TERM", few);
    EXPECT_FALSE(detect_terminal(terminal.fd()).colour) << few;
  }
  for (const char* many : {"xterm", "screen", "tmux-256color"}) {
    const Environment rich("TERM", many);
    EXPECT_TRUE(detect_terminal(terminal.fd()).colour) << many;
  }
  const Environment dumb("TERM", "dumb");
  EXPECT_FALSE(detect_terminal(terminal.fd()).colour);
  EXPECT_FALSE(can_redraw(terminal.fd()));
}

TEST(DetectTerminal, OfAPipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const Environment columns("COLUMNS", "none"), term("TERM", "xterm-256color"), no_colour("NO_COLOR", nullptr);
  const PreviewOptions options = detect_terminal(ends[1]);
  EXPECT_EQ(options.width, 80);
  EXPECT_EQ(options.height, 24);
  EXPECT_FALSE(options.colour);
  EXPECT_FALSE(can_redraw(ends[1]));
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace neurosweep::test
