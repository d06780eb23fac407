#include "host/spec/suggest.hpp"

#include <gtest/gtest.h>

namespace neurosweep {
namespace {

const std::vector<std::string> known{"amplitude", "peak_frequency", "mean", "Ae", "Ai", "exp-euler", "jansen-rit"};

TEST(Suggest, FindsASlipOfTheFinger) {
  EXPECT_EQ(nearest("amplitud", known), "amplitude");
  EXPECT_EQ(nearest("amplitdue", known), "amplitude");  // two neighbours swapped
  EXPECT_EQ(nearest("amplitudes", known), "amplitude");
  EXPECT_EQ(nearest("peek_frequency", known), "peak_frequency");
  EXPECT_EQ(nearest("Aee", known), "Ae");
  EXPECT_EQ(nearest("meen", known), "mean");
}

TEST(Suggest, CaseAndHyphensCountLittle) {
  EXPECT_EQ(nearest("exp_euler", known), "exp-euler");
  EXPECT_EQ(nearest("EXP-EULER", known), "exp-euler");
  EXPECT_EQ(nearest("ae", known), "Ae");
  EXPECT_EQ(nearest("AI", known), "Ai");
}

TEST(Suggest, KnowsTheBeginningOfAName) {
  EXPECT_EQ(nearest("jansen", known), "jansen-rit");
  EXPECT_EQ(nearest("peak", known), "peak_frequency");
}

TEST(Suggest, SaysNothingWhereNothingIsNear) {
  EXPECT_EQ(nearest("bifurcation", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest("x", known), "");
  EXPECT_EQ(nearest("F", std::vector<std::string>{"M", "E"}), "");
  EXPECT_EQ(nearest("e", std::vector<std::string>{"M", "E"}), "E");
  EXPECT_EQ(nearest(std::string(100000, 'a'), known), "");
  EXPECT_EQ(nearest("Ae", {}), "");
}

TEST(Suggest, EndsAMessage) {
  EXPECT_EQ(did_you_mean("Aee", known), "; did you mean \"Ae\"?");
  EXPECT_EQ(did_you_mean("bifurcation", known), "");
}

TEST(Suggest, Lists) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed(std::vector<std::string>{"a"}), "a");
  EXPECT_EQ(listed(std::vector<std::string>{"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(listed(std::vector<std::string>{"a", "b", "c"}, 2), "a, b, ...");
}

}  // namespace
}  // namespace neurosweep
