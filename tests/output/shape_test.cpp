// Where cells and marks stand.
#include "host/output/shape.hpp"

#include "host/output/colours.hpp"
#include "host/output/ticks.hpp"
#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

using namespace output;
using Values = std::vector<double>;

TEST(AxisView, BordersAreMidpoints) {
  const AxisView view = view_axis({"x", "mV", false, {1, 2, 5, 10}});
  EXPECT_EQ(view.border, (Values{0.5, 1.5, 3.5, 7.5, 12.5}));
  EXPECT_FALSE(view.even);
  EXPECT_EQ(view.label, "x [mV]");
}

TEST(AxisView, LogarithmicBordersAreGeometric) {
  const AxisView view = view_axis({"x", "", true, {1, 100, 10000}});
  ASSERT_EQ(view.border.size(), 4u);
  EXPECT_NEAR(view.border[0], 0.1, 1e-12);
  EXPECT_NEAR(view.border[1], 10, 1e-12);
  EXPECT_NEAR(view.border[3], 1e5, 1e-8);
  EXPECT_TRUE(view.even);
  EXPECT_FALSE(view_axis({"x", "", true, {-1, 1}}).log);  // shown as linear
}

TEST(AxisView, AnyOrderIsSorted) {
  const AxisView down = view_axis({"x", "", false, {3, 2, 1}});
  EXPECT_EQ(down.centre, (Values{1, 2, 3}));
  EXPECT_EQ(down.order, (std::vector<std::size_t>{2, 1, 0}));
  EXPECT_TRUE(down.even);
  EXPECT_EQ(view_axis({"x", "", false, {2, 9, 1}}).order, (std::vector<std::size_t>{2, 0, 1}));
}

TEST(AxisView, OneValueHasWidth) {
  EXPECT_EQ(view_axis({"x", "", false, {3}}).border, (Values{1.5, 4.5}));
  EXPECT_EQ(view_axis({"x", "", false, {0}}).border, (Values{-0.5, 0.5}));
  EXPECT_GT(view_axis({"x", "", true, {3}}).border[0], 0);
}

TEST(AxisView, TheSameValueAgainHasWidth) {
  const AxisView view = view_axis({"x", "", false, {2, 2}});
  EXPECT_EQ(view.border, (Values{1, 2, 3}));
}

TEST(AxisView, NamesKeepTheirOrderInEvenCells) {
  const AxisView view = view_axis(named_axis({"resonator", "chattering", "a\nb"}));
  EXPECT_EQ(view.names, (std::vector<std::string>{"resonator", "chattering", "a b"}));
  EXPECT_EQ(view.order, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_EQ(view.border, (Values{-0.5, 0.5, 1.5, 2.5}));
  EXPECT_TRUE(view.even);
  EXPECT_FALSE(view.log);
  EXPECT_EQ(view_axis(named_axis({"alone"})).border, (Values{-0.5, 0.5}));
}

TEST(AxisView, NoPlaceForInfinity) {
  EXPECT_TRUE(contains(error_of([] { view_axis({"input.E.pulse.period", "s", false, {1, infinity}}); }), "not finite"));
}

TEST(Shape, Cells) {
  Map map = small_map({0, 0, 0, 0});
  const auto cell = [&](double value, std::uint8_t status) {
    map.columns[0].values[2] = value, map.status[2] = status;
    return cell_of(map, map.columns[0], 2);
  };
  EXPECT_EQ(cell(1, 0), Cell::value);
  EXPECT_EQ(cell(1, 2), Cell::outside);
  EXPECT_EQ(cell(nan, 2), Cell::outside);
  EXPECT_EQ(cell(nan, 1), Cell::diverged);
  EXPECT_EQ(cell(1, 1), Cell::value);  // the mean of the replicates that did not diverge
  EXPECT_EQ(cell(nan, 0), Cell::no_value);
  EXPECT_EQ(cell(infinity, 0), Cell::no_value);
  EXPECT_EQ(cell(nan, not_computed), Cell::missing);
  map.columns[0].missing = {0, 0, 1, 0};  // a measure that the store got later
  EXPECT_EQ(cell(nan, 0), Cell::missing);
  EXPECT_EQ(cell_of(map, map.columns[0], 1), Cell::value);
}

TEST(Shape, RangesAndShares) {
  const auto range = finite_range(Values{nan, 3, -1, infinity});
  ASSERT_TRUE(range);
  EXPECT_EQ(range->low, -1);
  EXPECT_EQ(range->high, 3);
  EXPECT_FALSE(finite_range(Values{nan}));
  EXPECT_EQ(share(1, {-1, 3}), 0.5);
  EXPECT_EQ(share(7, {7, 7}), 0.5);
  EXPECT_EQ(share(0, {-1.7e308, 1.7e308}), 0.5);
}

TEST(Shape, WhatLeftItsDomainTakesNoPartInScales) {
  Map map = small_map({3, -1e9, nan, 7});
  map.status = {0, 2, 1, 0};
  const auto range = shown_range(map, map.columns[0]);
  ASSERT_TRUE(range);
  EXPECT_EQ(range->low, 3);
  EXPECT_EQ(range->high, 7);
}

TEST(Colours, ViridisFromEndToEnd) {
  EXPECT_EQ(viridis(0), 0x440154u);
  EXPECT_EQ(viridis(1), 0xFDE725u);
  EXPECT_EQ(viridis(0.5), 0x21918Cu);
  EXPECT_EQ(viridis(-1), 0x440154u);
  EXPECT_EQ(cell_colour(Cell::no_value, 0, {0, 1}), no_value_colour);
  EXPECT_EQ(cell_colour(Cell::diverged, 0, {0, 1}), diverged_colour);
}

std::string texts(const std::vector<Tick>& ticks) {
  std::string all;
  for (const Tick& tick : ticks) {
    if (!tick.text.empty()) all += (all.empty() ? "" : " ") + tick.text;
  }
  return all;
}

TEST(Ticks, LinearOnesAreRound) {
  EXPECT_EQ(texts(linear_ticks(1.8, 5.2, 8)), "2.0 2.5 3.0 3.5 4.0 4.5 5.0");
  EXPECT_EQ(texts(linear_ticks(-0.3, 0.3, 4)), "-0.2 0 0.2");
  EXPECT_EQ(texts(linear_ticks(0, 3e6, 3)), "0 1e+06 2e+06 3e+06");
  EXPECT_EQ(texts(linear_ticks(1e-9, 2e-9, 2)), "1.0e-09 1.5e-09 2.0e-09");
  EXPECT_EQ(texts(linear_ticks(1000.0001, 1000.0003, 2)), "1000.0001 1000.0002 1000.0003");
  EXPECT_TRUE(linear_ticks(-1.7e308, 1.7e308, 3).empty());
}

TEST(Ticks, LogarithmicOnesFillTheRoom) {
  EXPECT_EQ(texts(log_ticks(0.008, 125, 14)), "0.01 0.02 0.05 0.1 0.2 0.5 1 2 5 10 20 50 100");
  EXPECT_EQ(texts(log_ticks(0.008, 125, 6)), "0.01 0.1 1 10 100");
  EXPECT_EQ(texts(log_ticks(1e-9, 1e9, 5)), "1e-08 0.0001 1 10000 1e+08");
  EXPECT_EQ(texts(log_ticks(2, 9, 12)), "2 3 4 5 6 7 8 9");
  EXPECT_EQ(texts(log_ticks(28, 320, 10)), "30 50 100 200 300");      // 80, 90, 100 would touch
  EXPECT_EQ(texts(log_ticks(2, 3, 6)), "2.0 2.2 2.4 2.6 2.8 3.0");
}

TEST(Ticks, AtTheAxisValuesWhereTheyAreFewAndShort) {
  EXPECT_EQ(texts(ticks_across(view_axis({"x", "", false, {1, 2.5, 7}}), 440)), "1 2.5 7");
  EXPECT_EQ(texts(ticks_across(view_axis({"x", "", false, {1, 1.1, 7}}), 440)), "1 2 3 4 5 6 7 8 9");
  EXPECT_EQ(texts(ticks_across(view_axis({"x", "", false, {1, 2 + 1e-9, 3}}), 440)), "0.5 1.0 1.5 2.0 2.5 3.0 3.5");
}

TEST(Ticks, EveryNameThatHasRoom) {
  const AxisView four = view_axis(named_axis({"rs", "ib", "ch", "fs"}));
  EXPECT_EQ(texts(ticks_upwards(four, 64)), "rs ib ch fs");
  EXPECT_EQ(texts(ticks_upwards(four, 63)), "rs ch");  // 16 pixels each
  EXPECT_EQ(texts(ticks_upwards(four, 10)), "rs");
  EXPECT_EQ(ticks_upwards(four, 10).size(), 4u);  // the others have a mark
}

TEST(Ticks, NamesAreTurnedWhereTheyDoNotFitSideBySide) {
  const AxisView view = view_axis(named_axis({"regular_spiking", "chattering"}));
  const auto wide = ticks_across(view, 440), narrow = ticks_across(view, 200);
  EXPECT_EQ(texts(wide), "regular_spiking chattering");
  EXPECT_EQ(texts(narrow), "regular_spiking chattering");
  EXPECT_FALSE(wide[0].turned);
  EXPECT_TRUE(narrow[0].turned);
  EXPECT_EQ(ticks_height(wide), 0);
  EXPECT_GT(ticks_height(narrow), 80);
  EXPECT_FALSE(ticks_upwards(view, 200)[0].turned);
}

TEST(Shape, OverhangOfMarks) {
  const AxisView x = view_axis({"x", "", false, count_up(0, 11)});      // -0.5 to 10.5 on 110 pixels
  EXPECT_NEAR(overhang({{5, "0000"}}, x, 110), 0, 1e-12);
  EXPECT_NEAR(overhang({{10, "0000"}}, x, 110), text_pixels("0000") / 2 - 5, 1e-9);
  EXPECT_NEAR(overhang({{0, "0000"}, {10, ""}}, x, 110), text_pixels("0000") / 2 - 5, 1e-9);
  EXPECT_NEAR(overhang({{0, "0000", true}}, x, 110), font_size / 2 - 5, 1e-9);
}

}  // namespace
}  // namespace neurosweep::test
