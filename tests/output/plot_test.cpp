// Pictures: that they are made, whole, of the right data in the right place, and that no text becomes a command.
#include "host/output/plot.hpp"

#include <sys/stat.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <sstream>

#include "host/output/gnuplot.hpp"
#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

class Plot : public testing::Test {
 protected:
  void SetUp() override {
    try {
      output::require_gnuplot("svg");
    } catch (const std::runtime_error& error) {
      if (contains(error.what(), "was not found")) GTEST_SKIP() << error.what();
      FAIL() << error.what();
    }
  }

  // The picture's bytes; nothing but the picture is left behind.
  std::string draw(const Map& map, const std::string& extension = "svg", std::optional<std::size_t> over = {}) {
    const Folder scratch;
    const std::string path = scratch / ("picture." + extension);
    check_plot_possible(path, map.axes.size());
    EXPECT_EQ(scratch.files().size(), 0u);
    write_plot(map, path, over);
    EXPECT_EQ(scratch.files().size(), 1u);
    return read_file(path);
  }
};

bool has_text(const std::string& svg, const std::string& text) { return contains(svg, "<text>" + text + "</text>"); }

struct Box {
  double left, top, right, bottom;
};

// The first polygon of that colour in an SVG.
Box box_of(const std::string& svg, int red, int green, int blue) {
  char start[64];
  std::snprintf(start, sizeof start, "<polygon fill = 'rgb(%3d, %3d, %3d)' points = '", red, green, blue);
  const std::size_t at = svg.find(start);
  EXPECT_NE(at, std::string::npos) << start;
  if (at == std::string::npos) return {};
  Box box{};
  double ignored = 0;
  std::sscanf(svg.c_str() + at + std::strlen(start), "%lf,%lf %lf,%lf %lf,%lf", &box.left, &box.bottom, &box.right,
              &ignored, &ignored, &box.top);
  return box;
}

struct Size {
  unsigned width, height;
};

Size png_size(const std::string& png) {
  const auto number = [&](std::size_t at) {
    unsigned n = 0;
    for (std::size_t i = at; i < at + 4; ++i) n = n << 8 | static_cast<unsigned char>(png[i]);
    return n;
  };
  return {number(16), number(20)};
}

TEST_F(Plot, EveryFormat) {
  const Map map = small_map({0, 3, 6, 9});
  EXPECT_TRUE(draw(map, "png").starts_with("\x89PNG\r\n\x1a\n"));
  EXPECT_TRUE(draw(map, "pdf").starts_with("%PDF-"));
  EXPECT_TRUE(draw(map, "svg").starts_with("<?xml"));
  EXPECT_TRUE(draw(map, "PNG").starts_with("\x89PNG"));
}

TEST_F(Plot, SaysWhatIsShown) {
  const std::string svg = draw(small_map({0, 3, 6, 9}));
  for (const char* text : {"A small map", "Ae [mV]", "Ai [mV]", "amplitude [mV]", "15", "30", "2", "5"}) {
    EXPECT_TRUE(has_text(svg, text)) << text;
  }
  EXPECT_FALSE(contains(svg, "diverged"));
  EXPECT_FALSE(contains(svg, "no value"));
}

TEST_F(Plot, FirstAxisUpwardsSecondToTheRight) {
  const std::string svg = draw(small_map({0, 4, 8, 16}));  // shares 0, 1/4, 1/2, 1 of the scale
  const Box low_left = box_of(svg, 68, 1, 84), low_right = box_of(svg, 59, 82, 139);
  const Box high_left = box_of(svg, 33, 145, 140), high_right = box_of(svg, 253, 231, 37);
  EXPECT_LT(low_left.left, low_right.left);  // Ai = 15, 30 at Ae = 2
  EXPECT_NEAR(low_left.top, low_right.top, 0.1);
  EXPECT_GT(low_left.top, high_left.top);  // an SVG counts from the top: Ae = 5 is higher
  EXPECT_NEAR(low_left.left, high_left.left, 0.1);
  EXPECT_LT(high_left.left, high_right.left);
  EXPECT_NEAR(high_right.top, high_left.top, 0.1);
}

TEST_F(Plot, CellsEndHalfWayBetweenTheValues) {
  Map map =
      map_over({{"y", "", false, {1, 2}}, {"x", "", false, {0, 1, 4}}}, [](std::size_t set) { return double(set); });
  map.columns[0].values = {0, 1, 1, 1, 1, 1};
  const Box first = box_of(draw(map), 68, 1, 84);  // from -0.5 to 0.5 of -0.5 ... 5.5, and a pixel of overlap
  const Box all = box_of(
      draw(map_over({{"y", "", false, {1}}, {"x", "", false, {1}}}, [](std::size_t) { return 1.0; })), 33, 145, 140);
  EXPECT_NEAR((first.right - first.left - 1) / (all.right - all.left), 1.0 / 6, 0.01);
}

TEST_F(Plot, DivergedAndMissingSetsHaveAKey) {
  Map map = small_map({0, nan, nan, 9});
  map.status = {0, 0, 1, 0};
  const std::string svg = draw(map);
  EXPECT_TRUE(has_text(svg, "diverged"));
  EXPECT_TRUE(has_text(svg, "no value"));
  box_of(svg, 189, 189, 189);
  box_of(svg, 200, 16, 46);
}

// It neither takes the scale of the others, nor looks like one of them.
TEST_F(Plot, WhatLeftItsDomainIsStriped) {
  Map map = small_map({0, 1e9, 6, 9});
  map.status = {0, 2, 0, 0};
  for (const std::size_t axes : {2u, 1u}) {
    if (axes == 1) map.axes = {{"Ae", "mV", false, {1, 2, 3, 4}}};
    const std::string svg = draw(map);
    EXPECT_TRUE(contains(svg, "<pattern"));
    EXPECT_TRUE(has_text(svg, "left its domain"));
    EXPECT_TRUE(has_text(svg, "8")) << "of the scale";
    box_of(svg, 0, 0, 0);
  }
}

TEST_F(Plot, APanelWithoutAValueHasItsName) {
  EXPECT_TRUE(has_text(draw(small_map({nan, nan, nan, nan})), "amplitude [mV]"));
}

TEST_F(Plot, WhatIsNotComputedIsStriped) {
  Map map = small_map({0, nan, 6, 9});
  EXPECT_FALSE(contains(draw(map), "<pattern"));
  map.status = {0, not_computed, 0, 0};
  for (const std::size_t axes : {2u, 1u}) {
    if (axes == 1) map.axes = {{"Ae", "mV", false, {1, 2, 3, 4}}};
    const std::string svg = draw(map);
    EXPECT_TRUE(contains(svg, "<pattern"));
    EXPECT_TRUE(has_text(svg, "not computed"));
    EXPECT_TRUE(has_text(svg, "1 of 4 sets are not computed"));
    EXPECT_FALSE(has_text(svg, "no value"));
  }
}

TEST_F(Plot, TextIsNeverACommand) {
  const Folder scratch;
  const std::string trap = scratch / "trap";
  Map map = small_map({0, 3, 6, 9});
  map.title =
      "it's \"q_u\" \\n %d {/Symbol a}^2 @v `touch " + trap + "` & <b> '\n!touch " + trap + "\n' $(touch " + trap + ")";
  map.axes[0].name = "A'; !touch " + trap + " #_{x}";
  map.axes[1].unit = "µV`touch " + trap + "`";
  map.columns[0].name = "a\\b'\"";
  const std::string svg = draw(map);
  EXPECT_FALSE(std::filesystem::exists(trap));
  EXPECT_TRUE(contains(svg, "it's \"q_u\" \\n %d"));
  EXPECT_TRUE(contains(svg, "&amp;"));
  EXPECT_TRUE(contains(svg, "&lt;b"));
  EXPECT_TRUE(contains(svg, "Ai [µV`touch "));
  EXPECT_TRUE(has_text(svg, "a\\b'\" [mV]"));
  for (const char* extension : {"png", "pdf"}) draw(map, extension);
  EXPECT_FALSE(std::filesystem::exists(trap));
}

TEST_F(Plot, LargeMapsHaveAPixelForEachCell) {
  Map map =
      map_over({{"y", "", false, count_up(0, 700)}, {"x", "", true, {}}}, [](std::size_t set) { return double(set); });
  for (int i = 0; i < 600; ++i) map.axes[1].values.push_back(std::pow(1.01, i));
  map.status.assign(700 * 600, 0);
  map.columns[0].values = count_up(0, 700 * 600);
  const Size size = png_size(draw(map, "png"));
  EXPECT_GT(size.height, 700u);
  EXPECT_GT(size.width, 600u);
  EXPECT_LT(size.width, 1000u);
  const std::string svg = draw(map);
  EXPECT_TRUE(contains(svg, "<image style='image-rendering:pixelated' "));
  EXPECT_LT(svg.size(), 10u << 20);
}

// Its texts are read when the whole picture is looked at: it grows as one, and a panel still has a pixel for each cell.
TEST_F(Plot, TextsGrowWithLargeMaps) {
  const auto square = [](std::size_t n) {
    return map_over({{"y", "", false, count_up(0, n)}, {"x", "", false, count_up(0, n)}}, [](std::size_t set) { return double(set); });
  };
  const Size one = png_size(draw(square(440), "png")), four = png_size(draw(square(1760), "png"));
  EXPECT_GT(four.width, 1760u);
  EXPECT_NEAR(double(four.width), 4 * double(one.width), 0.03 * 4 * double(one.width));      // longer numbers at the marks
  EXPECT_NEAR(double(four.height), 4 * double(one.height), 0.03 * 4 * double(one.height));
  EXPECT_EQ(four.width % 4, 0u);
}

// What gnuplot cannot be asked: where a text lies beside its neighbour. Each is 14 pixels high and some 8 a character wide.
TEST_F(Plot, MarksOfNeighbouringPanelsDoNotTouch) {
  const std::string svg = draw(map_over({{"z", "", false, {1, 2, 3}}, {"y", "", false, {1, 2}}, {"x", "Hz", false, count_up(50, 12, 540)}},
                                        [](std::size_t set) { return double(set); }));
  std::vector<double> first, last;      // middles of the texts at the ends of the panels
  for (std::size_t at = 0; (at = svg.find("<text>", at)) != std::string::npos; ++at) {
    const std::string text = svg.substr(at + 6, svg.find("</text>", at) - at - 6);
    if (text != "0" && text != "6000") continue;
    const std::size_t place = svg.rfind("translate(", at);
    (text == "0" ? first : last).push_back(std::strtod(svg.c_str() + place + 10, nullptr));
  }
  ASSERT_GE(first.size(), 2u);
  ASSERT_GE(last.size(), 2u);
  for (const double left : last)
    for (const double right : first)
      if (right > left) {
        EXPECT_GT(right - left, 4 * 4 + 4 + 5);
      }
}

TEST_F(Plot, ExponentsAreRaised) {
  Map map = small_map({0, 3, 6, 9});
  map.columns[0].unit = "mV^2/Hz";
  map.title = "2^20 of x^2";
  const std::string svg = draw(map);
  EXPECT_TRUE(has_text(svg, "amplitude [mV²/Hz]"));
  EXPECT_TRUE(has_text(svg, "2^20 of x²"));
}

TEST_F(Plot, UnevenLargeAxes) {
  Map map = map_over({{"y", "", false, {}}, {"x", "", false, count_up(0, 150)}}, [](std::size_t) { return 1.0; });
  for (int i = 0; i < 150; ++i) map.axes[0].values.push_back(i * i);
  map.columns[0].values = count_up(0, 150 * 150);
  map.status.assign(150 * 150, 0);
  EXPECT_TRUE(draw(map, "png").starts_with("\x89PNG"));
}

TEST_F(Plot, OneAxis) {
  Map map = map_over({{"Ae", "mV", true, {1, 2, 4, 8}}}, [](std::size_t set) { return double(set); });
  map.columns.push_back({"amplitude_sd", "mV", {0.5, 0.5, nan, 1}});
  map.columns.push_back({"rate", "Hz", {1, nan, 3, 4}});
  std::string svg = draw(map);
  for (const char* text : {"Ae [mV]", "amplitude [mV]", "rate [Hz]"}) EXPECT_TRUE(has_text(svg, text)) << text;
  EXPECT_FALSE(contains(svg, "amplitude_sd"));  // it is the error bars
  EXPECT_TRUE(contains(svg, "one standard deviation"));
  EXPECT_FALSE(contains(svg, "diverged"));
  map.status[1] = 1;
  svg = draw(map);
  EXPECT_TRUE(has_text(svg, "diverged"));
  box_of(svg, 200, 16, 46);
}

// Positions of the polyline of that colour in an SVG, in the order of its points.
std::vector<std::pair<double, double>> line_of(const std::string& svg, int red, int green, int blue) {
  char colour[64];
  std::snprintf(colour, sizeof colour, "stroke='rgb(%3d, %3d, %3d)'  d='M", red, green, blue);
  std::vector<std::pair<double, double>> points;
  for (std::size_t at = 0; (at = svg.find(colour, at)) != std::string::npos; ++at) {
    std::istringstream path(svg.substr(at + std::strlen(colour), svg.find('\'', at + std::strlen(colour)) - at - std::strlen(colour)));
    points.clear();
    double x = 0, y = 0;
    for (char separator = 0; path >> x >> separator >> y; path >> std::ws, path.peek() == 'L' ? path.get() : 0) points.push_back({x, y});
    if (points.size() > 2) break;       // a sample of the legend has two
  }
  return points;
}

// Values 1, 2, 3 over x for y = 10 and 10, 20, 30 for y = 20: two lines, told apart by the legend, over either axis.
TEST_F(Plot, ALineForEachValueOfTheOtherAxis) {
  Map map = map_over({{"y", "Hz", false, {20, 10}}, {"x", "mV", false, {1, 2, 3}}}, [](std::size_t) { return 0.0; });
  map.columns[0].values = {10, 20, 30, 1, 2, 3};
  const std::string svg = draw(map, "svg", 1);
  for (const char* text : {"x [mV]", "amplitude [mV]", "y [Hz]", "10", "20"}) EXPECT_TRUE(has_text(svg, text)) << text;
  EXPECT_LT(svg.find("<text>y [Hz]</text>"), svg.rfind("<text>20</text>"));
  const auto low = line_of(svg, 68, 1, 84), high = line_of(svg, 153, 217, 61);     // viridis at 0 and 0.85
  ASSERT_EQ(low.size(), 3u);
  ASSERT_EQ(high.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(low[i].first, high[i].first, 0.1);
  EXPECT_NEAR((high[0].second - high[2].second) / (low[0].second - low[2].second), 10, 0.2);    // 20 units for 2
  EXPECT_LT(high[0].second, low[2].second);                                                       // 10 is above 3
  const std::string other = draw(map, "svg", 0);
  for (const char* text : {"y [Hz]", "x [mV]", "1", "2", "3"}) EXPECT_TRUE(has_text(other, text)) << text;
  for (const char* format : {"png", "pdf"}) EXPECT_GT(draw(map, format, 0).size(), 1000u);
}

TEST_F(Plot, ManyLinesAreSpreadAndNamed) {
  Map map = map_over({{"be", "", false, {1, 2}}, {"y", "", false, count_up(1, 8)}, {"x", "", false, {1, 2}}}, [](std::size_t set) { return double(set); });
  const std::string svg = draw(map, "svg", 2);
  EXPECT_TRUE(has_text(svg, "10 of the 16 lines, spread over all"));
  EXPECT_TRUE(has_text(svg, "be = 1, y = 1"));
  EXPECT_TRUE(has_text(svg, "be = 2, y = 8"));
  const std::string over_y = draw(map, "svg", 1);
  EXPECT_TRUE(has_text(over_y, "be = 2, x = 1"));
  EXPECT_FALSE(contains(over_y, "spread over all"));
}

// Strips at the bottom, one a line, so that they hide no other line and take no place where there are none.
TEST_F(Plot, LinesWithoutAValueHaveStrips) {
  Map map = map_over({{"y", "", false, {1, 2}}, {"x", "", false, {1, 2, 3}}}, [](std::size_t set) { return double(set); });
  EXPECT_FALSE(contains(draw(map, "svg", 1), "strips"));
  map.status = {1, 0, 0, 0, 255, 2};
  map.columns[0].values[0] = map.columns[0].values[4] = nan;
  const std::string svg = draw(map, "svg", 1);
  for (const char* text : {"diverged", "left its domain", "not computed"}) EXPECT_TRUE(has_text(svg, text)) << text;
  EXPECT_TRUE(contains(svg, "strips at the bottom"));
  const Box diverged = box_of(svg, 200, 16, 46), outside = box_of(svg, 0, 0, 0);
  EXPECT_NEAR(diverged.bottom - diverged.top, 6, 0.5);
  EXPECT_NEAR(diverged.top, outside.bottom, 0.5);               // the second line's lies above the first's
  EXPECT_LT(diverged.right, outside.left);
}

TEST_F(Plot, ThreeAxesAreSlices) {
  Map map = map_over({{"be", "1/s", false, count_up(50, 40)}, {"y", "", false, {1, 2}}, {"x", "", false, {1, 2, 3}}},
                     [](std::size_t set) { return double(set); });
  map.columns.push_back({"rate", "Hz", map.columns[0].values});
  const std::string svg = draw(map);
  EXPECT_TRUE(has_text(svg, "25 of the 40 slices, spread over the leading axes"));
  EXPECT_TRUE(has_text(svg, "amplitude alone, the first of 2 columns"));
  EXPECT_TRUE(has_text(svg, "be = 50 1/s"));
  EXPECT_TRUE(has_text(svg, "be = 89 1/s"));
  EXPECT_TRUE(draw(map, "png").starts_with("\x89PNG"));
}

TEST_F(Plot, FiveAxes) {
  const MapAxis two{"p", "", false, {1, 2}}, three{"q", "mV", false, {1, 2, 3}};
  EXPECT_TRUE(has_text(draw(map_over({three, two, two, three, two}, [](std::size_t set) { return double(set); })),
                       "8 of the 12 slices, spread over the leading axes"));
}

const std::vector<std::string> presets{"regular_spiking", "intrinsically_bursting", "chattering",
                                       "fast_spiking",    "thalamo_cortical",       "resonator",
                                       "mixed_mode",      "low_threshold_spiking",  "inhibition_induced_spikes"};

// Where the first text of that kind stands in an SVG, counted from the top left; `how` is what follows the place.
struct Point {
  double x, y;
};
Point place_of(const std::string& svg, const std::string& text, const std::string& how) {
  const std::size_t end = svg.find("<text>" + text + "</text>"), start = svg.rfind("translate(", end);
  EXPECT_NE(end, std::string::npos) << text;
  if (end == std::string::npos) return {};
  EXPECT_TRUE(contains(svg.substr(start, end - start), how)) << text;
  Point point{};
  std::sscanf(svg.c_str() + start, "translate(%lf,%lf)", &point.x, &point.y);
  return point;
}

TEST_F(Plot, NamesUpwards) {
  const std::string svg = draw(map_over({named_axis(presets), {"I", "pA", false, count_up(0, 41)}},
                                        [](std::size_t set) { return double(set); }));
  double last = infinity;
  for (const std::string& name : presets) {
    const Point at = place_of(svg, name, "text-anchor=\"end\"");
    EXPECT_GT(at.x, 7.0 * double(name.size())) << name;  // room for all its letters
    EXPECT_LT(at.y, last - 40) << name;
    last = at.y;
  }
  EXPECT_TRUE(has_text(svg, "preset"));
}

TEST_F(Plot, NamesAcross) {
  const MapAxis numbers{"I", "pA", false, count_up(0, 41)};
  const std::string svg = draw(map_over({numbers, named_axis(presets)}, [](std::size_t set) { return double(set); }));
  const double label = place_of(svg, "preset", "text-anchor=\"middle\"").y;
  double last = 0;
  for (const std::string& name : presets) {
    const Point at = place_of(svg, name, "rotate(-90");  // it ends here, below the panel
    EXPECT_GT(at.x, last + 40) << name;
    EXPECT_GT(label - at.y, 7.0 * double(name.size())) << name;
    last = at.x;
  }
  const std::string few =
      draw(map_over({numbers, named_axis({"resonator", "chattering"})}, [](std::size_t set) { return double(set); }));
  EXPECT_FALSE(contains(few.substr(few.rfind("translate(", few.find("<text>chattering")), 60), "rotate(-90"));
}

TEST_F(Plot, ThePanelGrowsWithItsNames) {
  std::vector<std::string> names;
  for (int i = 0; i < 60; ++i) names.push_back("preset_" + std::to_string(i));
  const std::string svg = draw(map_over({named_axis(names), named_axis(names)}, [](std::size_t) { return 1.0; }));
  for (const std::string& name : names) EXPECT_TRUE(has_text(svg, name)) << name;
}

TEST_F(Plot, OneAxisOfNames) {
  const std::string svg = draw(map_over({named_axis(presets)}, [](std::size_t set) { return double(set); }));
  for (const std::string& name : presets) place_of(svg, name, "rotate(-90");
  EXPECT_TRUE(has_text(svg, "preset"));
  EXPECT_TRUE(has_text(svg, "amplitude [mV]"));
}

TEST_F(Plot, SlicesHaveNames) {
  const std::string svg = draw(map_over({named_axis(presets), {"y", "", false, {1, 2}}, {"x", "", false, {1, 2, 3}}},
                                        [](std::size_t set) { return double(set); }));
  for (const std::string& name : presets) EXPECT_TRUE(has_text(svg, "preset = " + name)) << name;
}

TEST_F(Plot, OddValues) {
  draw(small_map({7, 7, 7, 7}));
  draw(small_map({0, 0, 0, 0}));
  draw(small_map({nan, nan, nan, nan}));
  draw(small_map({infinity, -infinity, 1, 2}));
  draw(small_map({1e300, -1e300, 1e-300, 0}));
  draw(small_map({1, 1 + 1e-15, 1, 1}));
  draw(map_over({{"x", "", false, {3}}}, [](std::size_t) { return 1.0; }));
  draw(map_over({{"x", "", false, {3, 4}}}, [](std::size_t) { return nan; }));
  draw(map_over({{"y", "", true, {3}}, {"x", "", false, {0}}}, [](std::size_t) { return 1.0; }));
  draw(map_over({{"y", "", false, {2, 2, 1}}, {"x", "", false, {0}}}, [](std::size_t) { return 1.0; }));
  draw(map_over({{"y", "", false, {2, 2}}, {"x", "", false, {0}}}, [](std::size_t) { return 1.0; }));
  draw(map_over({{"y", "", false, {1}}, {"x", "", false, count_up(0, 12000)}},
                [](std::size_t set) { return double(set); }));
}

TEST_F(Plot, GnuplotsOwnWordsAreInTheError) {
  const Folder scratch;
  write_file(scratch / "gnuplot", "#!/bin/sh\necho 'no such colour' >&2\nexit 3\n");
  chmod((scratch / "gnuplot").c_str(), 0755);
  const Environment path("PATH", scratch.path().c_str());
  EXPECT_EQ(error_of([&] {
              write_plot(small_map({0, 3, 6, 9}), scratch / "a.png");
            }),
            "gnuplot failed: no such colour ");
  EXPECT_EQ(scratch.files().size(), 1u);
}

TEST(PlotErrors, GnuplotIsMissing) {
  const Folder scratch;
  const Environment path("PATH", scratch.path().c_str());
  for (const auto& call :
       {std::function<void()>([&] { check_plot_possible(scratch / "a.png", 2); }), std::function<void()>([&] {
          write_plot(small_map({0, 3, 6, 9}), scratch / "a.png");
        })}) {
    EXPECT_TRUE(contains(error_of(call), "gnuplot-nox"));
  }
  EXPECT_EQ(scratch.files().size(), 0u);
}

TEST(PlotErrors, Extension) {
  const std::string expected = "cannot draw \"a.jpg\": the name of a picture ends in .png, .svg or .pdf";
  EXPECT_EQ(error_of([] { check_plot_possible("a.jpg", 2); }), expected);
  EXPECT_EQ(error_of([] { write_plot(small_map({0, 3, 6, 9}), "a.jpg"); }), expected);
  EXPECT_TRUE(contains(error_of([] { check_plot_possible("-", 2); }), ".svg"));
}

TEST(PlotErrors, NoAxis) {
  const std::string expected = "a picture needs an axis: this is a single parameter set";
  EXPECT_EQ(error_of([] { check_plot_possible("a.png", 0); }), expected);
  EXPECT_EQ(error_of([] { write_plot(map_over({}, [](std::size_t) { return 1.0; }), "a.png"); }), expected);
}

TEST(PlotErrors, NotWritable) {
  EXPECT_TRUE(
      contains(error_of([] { check_plot_possible("/none/a.png", 2); }), "folder \"/none\": No such file or directory"));
}

TEST(GnuplotString, NothingIsSpecial) {
  EXPECT_EQ(output::gnuplot_string("it's"), "'it''s'");
  EXPECT_EQ(output::gnuplot_string("a\n!b"), "'a !b'");
  EXPECT_EQ(output::gnuplot_string("\\"), "'\\'");
}

}  // namespace
}  // namespace neurosweep::test
