// `neurosweep models` and `neurosweep devices`.
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::json;

TEST(Models, List) {
  const Result r = run({"models"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  EXPECT_TRUE(contains(r.out, "jansen-rit ")) << r.out;
}

TEST(Models, OneForPeople) {
  const Result r = run({"models", "jansen-rit"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  for (const char* word :
       {"Jansen & Rit 1995", "Time unit: s", "s_max", "1/mV", "17.6 to 110", "input.NAME.mean", "eeg"})
    EXPECT_TRUE(contains(r.out, word)) << word;
  for (const std::string& line : lines_of(r.out)) EXPECT_EQ(line.find_last_not_of(' ') + 1, line.size()) << line;
}

TEST(Models, OneAsJson) {
  const Result r = run({"models", "jansen-rit", "--json"});
  ASSERT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  const Json j = Json::parse(r.out);
  for (const char* key : {"name", "time_unit", "parameters", "states", "ports", "signals", "presets"})
    EXPECT_TRUE(j.contains(key)) << key;
  EXPECT_EQ(j["name"], "jansen-rit");
  EXPECT_EQ(j["time_unit"], "s");
  for (const Json& p : j["parameters"]) {
    Strings keys;
    for (const auto& [key, value] : p.items()) keys.push_back(key);
    EXPECT_EQ(keys, (Strings{"default", "description", "high", "low", "name", "source", "unit"})) << p;
    EXPECT_LE(p["low"].get<double>(), p["default"].get<double>()) << p;
    EXPECT_GE(p["high"].get<double>(), p["default"].get<double>()) << p;
    EXPECT_FALSE(p["source"].get<std::string>().empty()) << p;
  }
  const Json& ae = j["parameters"][0];
  EXPECT_EQ(ae["name"], "Ae");
  EXPECT_EQ(ae["unit"], "mV");
  EXPECT_EQ(ae["default"], 3.25);
  auto names = [&](const char* table) {
    Strings all;
    for (const Json& row : j[table]) all.push_back(row["name"]);
    return all;
  };
  EXPECT_EQ(names("parameters"), (Strings{"Ae", "Ai", "be", "bi", "C", "a1", "a2", "a3", "a4", "s_max", "v0", "r"}));
  EXPECT_EQ(names("states"), (Strings{"M", "E", "I", "Mv", "Ev", "Iv"}));
  EXPECT_EQ(names("ports"), (Strings{"M", "E", "I"}));
  EXPECT_EQ(names("signals")[0], "eeg");
}

TEST(Models, AllAsJson) {
  const Result list = run({"models"}), r = run({"models", "--json"});
  ASSERT_EQ(r.code, 0);
  const Json all = Json::parse(r.out);
  EXPECT_EQ(all.size(), lines_of(list.out).size());
  for (const Json& j : all) EXPECT_EQ(Json::parse(run({"models", j["name"], "--json"}).out), j);
}

TEST(Models, Unknown) {
  const Result near = run({"models", "jansen_rti"}), far = run({"models", "nonsense"});
  EXPECT_EQ(near.code, 2);
  EXPECT_TRUE(contains(near.err, "unknown model \"jansen_rti\"; did you mean \"jansen-rit\"?")) << near.err;
  EXPECT_EQ(far.code, 2);
  EXPECT_EQ(far.out, "");
  EXPECT_TRUE(contains(far.err, "jansen-rit")) << far.err;
}

TEST(Devices, List) {
  const Result r = run({"devices"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  EXPECT_TRUE(r.out.starts_with("cpu ")) << r.out;
  EXPECT_TRUE(contains(r.out, "baseline")) << r.out;
  EXPECT_TRUE(contains(r.out, "cuda")) << r.out;
}

// Data that does not fit where standard output goes is a failure, not half a table and a 0.
TEST(Devices, FullStandardOutput) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  for (const Strings& arguments :
       {Strings{"devices"}, {"models"}, {"models", "jansen-rit", "--json"}, {"--help"}, {"--version"}}) {
    const Result r = run(Command{.arguments = arguments, .out = full});
    EXPECT_EQ(r.code, 1) << arguments[0];
    EXPECT_TRUE(contains(r.err, "cannot write standard output")) << r.err;
  }
  close(full);
}

}  // namespace
}  // namespace neurosweep::test
