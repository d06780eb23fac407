// The lines that a run ends with.
#include "host/output/summary.hpp"

#include "output/maps.hpp"

namespace neurosweep::test {
namespace {

using Lines = std::vector<std::string>;

TEST(Summary, ExtremesAndWhere) {
  Map labels = small_map({});
  labels.columns.push_back({"peak_frequency", "Hz", {}});
  labels.columns.push_back({"rate", "", {}});
  const Summary summary{4, 1, 2, {{0.003, 31.2, 2}, {}, {5, 5, 0}}};
  EXPECT_EQ(summary_lines(summary, labels), (Lines{"4 sets, 1 diverged, 2 out of domain",
                                                   "amplitude [mV]: 0.003 to 31.2, largest at Ae = 5 mV, Ai = 15 mV",
                                                   "peak_frequency [Hz]: no set has a value", "rate: 5"}));
}

TEST(Summary, WhereIsANameOnANamedAxis) {
  Map labels = small_map({});
  labels.axes = {named_axis({"regular_spiking", "chattering"}), {"input.I.mean", "", false, {1, 3}}};
  EXPECT_EQ(summary_lines({4, 0, 0, {{1, 2, 3}}}, labels),
            (Lines{"4 sets", "amplitude [mV]: 1 to 2, largest at preset = chattering, input.I.mean = 3"}));
}

TEST(Summary, StandardDeviationsArePassedOver) {
  Map labels = small_map({});
  labels.columns = {{"a", "", {}}, {"a_sd", "", {}}, {"b", "", {}}, {"b_sd", "", {}}};
  const Summary summary{4, 0, 0, {{1, 2, 3}, {3, 4, 0}}};
  EXPECT_EQ(summary_lines(summary, labels), (Lines{"4 sets", "a: 1 to 2, largest at Ae = 5 mV, Ai = 30 mV",
                                                   "b: 3 to 4, largest at Ae = 2 mV, Ai = 15 mV"}));
}

TEST(Summary, ASingleSet) {
  Map labels;
  labels.columns = {{"amplitude", "mV", {}}};
  EXPECT_EQ(summary_lines({1, 0, 0, {{7, 7, 0}}}, labels), (Lines{"1 set", "amplitude [mV]: 7"}));
}

}  // namespace
}  // namespace neurosweep::test
