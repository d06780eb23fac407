// CSV files byte for byte, and that every number reads back to itself.
#include "host/output/csv.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <sstream>

#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

std::string table_of(const Map& map) {
  const Folder scratch;
  write_csv_table(map, scratch / "map.csv");
  EXPECT_EQ(scratch.files().size(), 1u);
  return read_file(scratch / "map.csv");
}

TEST(CsvTable, OneRowPerSetInGridOrder) {
  Map map = small_map({0.1, 2, 1e-7, 1234.5});
  map.columns.push_back({"peak_frequency", "Hz", {10.5, 11, nan, 3}});
  map.status = {0, 0, 1, 2};
  EXPECT_EQ(table_of(map),
            "Ae [mV],Ai [mV],amplitude [mV],peak_frequency [Hz],status\n"
            "2,15,0.1,10.5,0\n"
            "2,30,2,11,0\n"
            "5,15,1e-07,nan,1\n"
            "5,30,1234.5,3,2\n");
}

TEST(CsvTable, DimensionlessQuantityHasNoBrackets) {
  Map map = small_map({1, 2, 3, 4});
  map.axes[0] = {"d_V", "", false, {0.5, 0.75}};
  map.columns[0].unit = "";
  EXPECT_EQ(table_of(map).substr(0, 33), "d_V,Ai [mV],amplitude,status\n0.5,");
}

TEST(CsvTable, ReplicatesAddColumns) {
  Map map = small_map({1, 2, 3, 4});
  map.columns.push_back({"amplitude_sd", "mV", {0.5, 0, nan, 0.25}});
  map.failed = {0, 0, 7, 1};
  map.status = {0, 0, 1, 1};
  EXPECT_EQ(table_of(map),
            "Ae [mV],Ai [mV],amplitude [mV],amplitude_sd [mV],n_failed,status\n"
            "2,15,1,0.5,0,0\n2,30,2,0,0,0\n5,15,3,nan,7,1\n5,30,4,0.25,1,1\n");
}

TEST(CsvTable, NotANumberHasNoSign) {
  EXPECT_EQ(table_of(small_map({nan, -nan, infinity, -infinity})),
            "Ae [mV],Ai [mV],amplitude [mV],status\n2,15,nan,0\n2,30,nan,0\n5,15,inf,0\n5,30,-inf,0\n");
}

TEST(CsvTable, SetsThatWereNotComputed) {
  Map map = small_map({1, 2, nan, nan});
  map.status = {0, 0, 255, 255};
  EXPECT_TRUE(contains(table_of(map), "\n5,15,nan,255\n5,30,nan,255\n"));
}

TEST(CsvTable, AxisValuesAreDoublesEvenInAFloatMap) {
  Map map = small_map({0.1f, 0.2f, 0.3f, 0.4f});
  map.axes[0].values = {2 + 3.0 / 7, 0.1};
  EXPECT_EQ(table_of(map),
            "Ae [mV],Ai [mV],amplitude [mV],status\n"
            "2.4285714285714284,15,0.1,0\n2.4285714285714284,30,0.2,0\n0.1,15,0.3,0\n0.1,30,0.4,0\n");
}

TEST(CsvTable, ThreeAxesAndNone) {
  const Map three = map_over({{"a", "", false, {1, 2}}, {"b", "", false, {3}}, {"c", "", false, {4, 5}}},
                             [](std::size_t set) { return double(set); });
  EXPECT_EQ(table_of(three), "a,b,c,amplitude [mV],status\n1,3,4,0,0\n1,3,5,1,0\n2,3,4,2,0\n2,3,5,3,0\n");
  EXPECT_EQ(table_of(map_over({}, [](std::size_t) { return 7.5; })), "amplitude [mV],status\n7.5,0\n");
}

TEST(CsvTable, NamesStandForTheirValues) {
  const Map map = map_over({named_axis({"regular_spiking", "chattering"}), {"I", "pA", false, {4, 5}}},
                           [](std::size_t set) { return double(set); });
  EXPECT_EQ(table_of(map),
            "preset,I [pA],amplitude [mV],status\n"
            "regular_spiking,4,0,0\nregular_spiking,5,1,0\nchattering,4,2,0\nchattering,5,3,0\n");
}

TEST(CsvTable, ANameIsQuotedWhereItHasTo) {
  const Map map = map_over({named_axis({"a b", "c,d", "say \"e\"", "f\ng"})}, [](std::size_t) { return 1.0; });
  EXPECT_EQ(table_of(map), "preset,amplitude [mV],status\na b,1,0\n\"c,d\",1,0\n\"say \"\"e\"\"\",1,0\n\"f\ng\",1,0\n");
}

template <class T, class Bits>
void reads_back(bool single, T (*parse)(const char*, char**)) {
  std::mt19937_64 random(1);
  std::vector<double> values{0,
                             -0.0,
                             1e-45f,
                             double(std::numeric_limits<T>::denorm_min()),
                             double(std::numeric_limits<T>::max()),
                             double(std::numeric_limits<T>::lowest())};
  while (values.size() < 20000) {
    const Bits bits = static_cast<Bits>(random());
    T value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isnan(value)) values.push_back(double(value));
  }
  Map map = map_over({{"n", "", false, count_up(0, values.size())}}, [&](std::size_t set) { return values[set]; });
  map.single = single;
  std::istringstream lines(table_of(map));
  std::string line;
  std::getline(lines, line);
  for (double value : values) {
    ASSERT_TRUE(std::getline(lines, line));
    const std::string cell = line.substr(line.find(',') + 1);
    const T back = parse(cell.c_str(), nullptr), expected = static_cast<T>(value);
    ASSERT_EQ(std::memcmp(&back, &expected, sizeof back), 0) << cell;
  }
}

TEST(CsvTable, FloatsReadBackToTheSameFloat) { reads_back<float, std::uint32_t>(true, std::strtof); }
TEST(CsvTable, DoublesReadBackToTheSameDouble) { reads_back<double, std::uint64_t>(false, std::strtod); }

TEST(CsvTable, FloatsAreShort) {
  Map map = small_map({double(0.1f), double(16777216.0f), double(1.0f / 3), double(1e-10f)});
  EXPECT_TRUE(contains(table_of(map), "2,15,0.1,0\n"));
  map.single = false;
  EXPECT_TRUE(contains(table_of(map), "2,15,0.10000000149011612,0\n"));
}

TEST(CsvTable, ManyRowsPassTheBuffer) {
  const Map map = map_over({{"i", "", false, count_up(0, 300)}, {"j", "", false, count_up(0, 300)}},
                           [](std::size_t set) { return double(set); });
  const std::string text = table_of(map);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 90001);
  EXPECT_TRUE(text.ends_with("\n299,298,89998,0\n299,299,89999,0\n"));
}

TEST(CsvTable, StandardOutput) {
  testing::internal::CaptureStdout();
  std::printf("before\n");
  write_csv_table(small_map({1, 2, 3, 4}), "-");
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            "before\nAe [mV],Ai [mV],amplitude [mV],status\n2,15,1,0\n2,30,2,0\n5,15,3,0\n5,30,4,0\n");
}

TEST(CsvTable, DoesNotFitTogether) {
  Map map = small_map({1, 2, 3, 4});
  map.columns[0].values.pop_back();
  EXPECT_THROW(write_csv_table(map, "-"), std::logic_error);
  Map named = small_map({1, 2, 3, 4});
  named.axes[0].names = {"one_of_two"};
  EXPECT_THROW(write_csv_table(named, "-"), std::logic_error);
}

TEST(CsvGrid, OneFileForOneMeasure) {
  const Folder scratch;
  write_csv_grid(small_map({0.1, nan, 3, 4}), scratch / "map.csv");
  EXPECT_EQ(scratch.files().size(), 1u);
  EXPECT_EQ(read_file(scratch / "map.csv"), "Ae [mV]\\Ai [mV],15,30\n2,0.1,nan\n5,3,4\n");
}

TEST(CsvGrid, NamesOnEitherAxis) {
  const Folder scratch;
  Map map = small_map({1, 2, 3, 4});
  map.axes[0] = named_axis({"resonator", "chattering"});
  write_csv_grid(map, scratch / "down.csv");
  EXPECT_EQ(read_file(scratch / "down.csv"), "preset\\Ai [mV],15,30\nresonator,1,2\nchattering,3,4\n");
  std::swap(map.axes[0], map.axes[1]);
  write_csv_grid(map, scratch / "across.csv");
  EXPECT_EQ(read_file(scratch / "across.csv"), "Ai [mV]\\preset,resonator,chattering\n15,1,2\n30,3,4\n");
}

TEST(CsvGrid, OneFileForEachOfSeveral) {
  const Folder scratch;
  Map map = small_map({1, 2, 3, 4});
  map.columns.push_back({"peak_frequency", "Hz", {5, 6, 7, 8}});
  write_csv_grid(map, scratch / "map.csv");
  EXPECT_EQ(scratch.files().size(), 2u);
  EXPECT_EQ(read_file(scratch / "map.amplitude.csv"), "Ae [mV]\\Ai [mV],15,30\n2,1,2\n5,3,4\n");
  EXPECT_EQ(read_file(scratch / "map.peak_frequency.csv"), "Ae [mV]\\Ai [mV],15,30\n2,5,6\n5,7,8\n");
}

TEST(CsvGrid, Paths) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(csv_grid_paths("map.csv", {"amplitude"}), Names{"map.csv"});
  EXPECT_EQ(csv_grid_paths("a.d/map", {"x", "y"}), (Names{"a.d/map.x", "a.d/map.y"}));
  EXPECT_EQ(csv_grid_paths("map.v2.csv", {"x", "y"}), (Names{"map.v2.x.csv", "map.v2.y.csv"}));
  EXPECT_EQ(csv_grid_paths("-", {"x"}), Names{"-"});
  EXPECT_TRUE(contains(error_of([] { csv_grid_paths("-", {"x", "y"}); }), "one file per measure"));
}

TEST(CsvGrid, NeedsTwoAxes) {
  const Map map = map_over({{"n", "", false, {1, 2}}}, [](std::size_t) { return 1.0; });
  EXPECT_EQ(error_of([&] { write_csv_grid(map, "-"); }), "the grid layout needs two axes, this map has 1");
}

TEST(CsvGrid, AllFilesOrNone) {
  const Folder scratch;
  Map map = small_map({1, 2, 3, 4});
  map.columns.push_back({"rate", "Hz", {5, 6, 7, 8}});
  std::filesystem::create_directory(scratch / "map.rate.csv");  // the second file cannot be written
  EXPECT_TRUE(contains(error_of([&] { write_csv_grid(map, scratch / "map.csv"); }), "Is a directory"));
  EXPECT_EQ(scratch.files().size(), 1u);
}

TEST(CsvColumns, SideBySide) {
  const Folder scratch;
  write_csv_columns({{{"time", "ms", {0.5, 1}}, false}, {{"v", "mV", {0.1f, -nan}}, true}, {{"u", "", {1, 2}}, true}},
                    scratch / "trace.csv");
  EXPECT_EQ(read_file(scratch / "trace.csv"), "time [ms],v [mV],u\n0.5,0.1,1\n1,nan,2\n");
}

}  // namespace
}  // namespace neurosweep::test
