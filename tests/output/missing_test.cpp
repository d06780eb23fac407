// What is said of an unfinished map.
#include "host/output/missing.hpp"

#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

TEST(Missing, NoneOfAFinishedMap) { EXPECT_TRUE(missing_notes(small_map({0, nan, 6, 9})).empty()); }

TEST(Missing, CountsOverBlocks) {
  Map map = small_map({0, nan, nan, 9});
  map.status = {0, not_computed, 1, 0};
  Missing missing(map);
  missing.add(map);
  missing.add(map);
  EXPECT_EQ(missing.sets(), 8u);
  EXPECT_EQ(missing.any(), 2u);
  EXPECT_TRUE(missing.same());
  EXPECT_EQ(missing.notes(), std::vector<std::string>{"2 of 8 sets are not computed"});
  missing.add_none(2);
  EXPECT_TRUE(missing.same());
  EXPECT_EQ(missing.notes(), std::vector<std::string>{"4 of 10 sets are not computed"});
}

// A measure that a store got later may lack sets that the others have. An SD is there where its measure is.
TEST(Missing, ForEachMeasureWhereTheyDiffer) {
  Map map = small_map({0, 3, nan, nan});
  map.status = {0, 0, 0, not_computed};
  map.columns.push_back({"mean", "mV", {nan, nan, nan, nan}, {1, 1, 0, 0}});
  map.columns.push_back({"mean_sd", "mV", {nan, nan, nan, nan}, {1, 1, 0, 0}});
  EXPECT_EQ(missing_notes(map), (std::vector<std::string>{"amplitude: 1 of 4 sets are not computed", "mean: 3 of 4 sets are not computed"}));
  map.columns[0].missing = {0, 0, 1, 1};
  map.columns[0].values = {0, 3, nan, nan};
  EXPECT_EQ(missing_notes(map).size(), 2u);  // as many of each, but not the same ones
  map.columns.erase(map.columns.begin());
  EXPECT_EQ(missing_notes(map), (std::vector<std::string>{"3 of 4 sets are not computed"}));
}

}  // namespace
}  // namespace neurosweep::test
