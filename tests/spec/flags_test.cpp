// Overrides as text, and back.
#include "host/spec/flags.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace neurosweep::test {
namespace {

TEST(Flags, ComeBackAsTheyWere) {
  const Overrides given{{"duration=3s", "title=it's \"so\": a\\b $HOME", "title=", "", "spectrum.band=[1, 40]", "title='"}, {"Ae=2 mV:5 mV:8", "Ai=1:2:3:log"}};
  const Overrides back = overrides_of(flags_of(given));
  EXPECT_EQ(back.set, given.set);
  EXPECT_EQ(back.axis, given.axis);
  EXPECT_EQ(flags_of({{"duration=3s"}, {"Ae=2:5:8"}}), "--set duration=3s --axis Ae=2:5:8");
  EXPECT_EQ(flags_of({}), "");
  EXPECT_TRUE(overrides_of("").set.empty());
}

TEST(Flags, OtherTextIsRefused) {
  for (const char* text : {"--set", "duration=3s", "--axes Ae=2:5:8", "--set a=1 --axis", "--set a=1 b=2"})
    EXPECT_THROW(overrides_of(text), std::runtime_error) << text;
}

}  // namespace
}  // namespace neurosweep::test
