// Where things stand in a trace's picture.
#include "host/output/trace_panels.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace neurosweep::test {
namespace {

using namespace output;

TraceView network_of(int first, int second) {
  TraceView view;
  view.network = true;
  view.populations = {{"A", first, 0}, {"B", second, first}};
  return view;
}

// A cell's row is a whole number of pixels, the same for all, where cells are fewer than pixels.
TEST(TracePanels, RowsOfFewCellsAreEquallyHigh) {
  for (int cells = 2; cells <= 220; ++cells) {
    const double height = raster_height(network_of(1, cells - 1));
    EXPECT_EQ(std::fmod(height, cells), 0) << cells;
    EXPECT_GE(height, 2. / 3 * 220) << cells;
    EXPECT_LE(height, 4. / 3 * 220) << cells;
  }
  EXPECT_EQ(raster_height(network_of(800, 200)), 220);
}

// There is no cell 0.5, nor one above the last.
TEST(TracePanels, CellsAreWholeNumbers) {
  for (const int cells : {2, 3, 5, 7, 30, 100, 1000, 123456}) {
    const std::vector<Tick> ticks = raster_ticks(network_of(1, cells - 1), 220);
    EXPECT_GE(ticks.size(), 2u) << cells;
    EXPECT_LE(ticks.size(), 12u) << cells;
    EXPECT_EQ(ticks.front().at, 0) << cells;
    EXPECT_LE(ticks.back().at, cells - 1) << cells;
    for (const Tick& tick : ticks) EXPECT_EQ(tick.at, std::round(tick.at)) << cells;
  }
  const std::vector<Tick> alone = raster_ticks(network_of(1, 0), 220);
  ASSERT_EQ(alone.size(), 1u);
  EXPECT_EQ(alone[0].text, "0");
}

}  // namespace
}  // namespace neurosweep::test
