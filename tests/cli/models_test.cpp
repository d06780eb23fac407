// `neurosweep models` and `neurosweep devices`.
#include <nlohmann/json.hpp>
#include <set>

#include "models/models.hpp"
#include "program.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::json;

TEST(Models, List) {
  const Result r = run({"models"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  EXPECT_TRUE(contains(r.out, "jansen-rit ")) << r.out;
  std::set<std::size_t> columns;             // where the titles begin
  for (const ModelInfo& m : models()) {
    const Strings lines = lines_of(r.out);
    const std::string start = std::string(m.name) + " ";
    const auto line = std::find_if(lines.begin(), lines.end(), [&](auto& l) { return l.starts_with(start); });
    ASSERT_NE(line, lines.end()) << m.name;
    columns.insert(line->find(m.title));
    EXPECT_EQ(contains(*line, "  spikes  "), m.spiking) << *line;
  }
  EXPECT_EQ(columns.size(), 1u) << r.out;
}

TEST(Models, OneForPeople) {
  const Result r = run({"models", "jansen-rit"});
  EXPECT_EQ(r.code, 0);
  EXPECT_EQ(r.err, "");
  for (const char* word :
       {"Jansen & Rit 1995", "Time unit: s", "s_max", "1/mV", "17.6 to 110", "input.NAME.mean", "eeg"})
    EXPECT_TRUE(contains(r.out, word)) << word;
  for (const char* word : {"starts at 0 mV/s", "Spikes: none", "Jansen & Rit 1995, p. 358 (A)"})
    EXPECT_TRUE(contains(r.out, word)) << word;
  EXPECT_FALSE(contains(r.out, "Preset")) << r.out;
}

TEST(Models, ASpikingOneForPeople) {
  const Result r = run({"models", "izhikevich"});
  EXPECT_EQ(r.code, 0);
  for (const char* word : {"Time unit: ms", "Spikes: ", "isi_cv", "starts at -65 mV", "starts at b v",
                           "where v >= v_peak after a step: a spike",
                           "\nintrinsically_bursting  a = 0.02 1/ms, b = 0.2, c = -55 mV, d = 4\n"})
    EXPECT_TRUE(contains(r.out, word)) << word << "\n" << r.out;
}

// Every model in a terminal of 80 columns and of 100: all of its names, no line that is too long, and no NaN.
TEST(Models, AllForPeople) {
  for (const int width : {80, 100}) {
    for (const ModelInfo& m : models()) {
      SCOPED_TRACE(m.name);
      const Result r =
          run({.arguments = {"models", std::string(m.name)}, .environment = {{"COLUMNS", std::to_string(width)}}});
      EXPECT_EQ(r.code, 0);
      EXPECT_FALSE(contains(r.out, "nan"));
      EXPECT_FALSE(contains(r.out, "inf "));
      for (const std::string& line : lines_of(r.out)) {
        EXPECT_EQ(line.find_last_not_of(' ') + 1, line.size()) << line;
        EXPECT_LE(line.size(), std::size_t(width)) << line;
      }
      for (const Parameter& p : m.parameters) EXPECT_TRUE(contains(r.out, "\n" + std::string(p.name) + " ")) << p.name;
      for (const Preset& p : m.presets) EXPECT_TRUE(contains(r.out, "\n" + std::string(p.name) + " ")) << p.name;
      for (const State& s : m.states) EXPECT_TRUE(contains(r.out, "starts at " + std::string(s.rule.substr(0, 5)))) << s.name;
    }
  }
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
  EXPECT_EQ(j["spiking"], false);
  EXPECT_EQ(j["presets"], Json::array());
  for (const Json& s : j["states"]) EXPECT_EQ(s["start"], 0) << s;
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

TEST(Models, ASpikingOneAsJson) {
  const Json j = Json::parse(run({"models", "izhikevich", "--json"}).out);
  EXPECT_EQ(j["spiking"], true);
  EXPECT_EQ(j["states"][0]["start"], -65);
  EXPECT_EQ(j["states"][1]["start"], "b v");
  EXPECT_EQ(j["states"][1]["low"], nullptr);
  EXPECT_EQ(j["presets"].size(), 10u);
  const auto chattering =
      std::find_if(j["presets"].begin(), j["presets"].end(), [](const Json& p) { return p["name"] == "chattering"; });
  ASSERT_NE(chattering, j["presets"].end());
  EXPECT_EQ((*chattering)["parameters"], (Json{{"a", 0.02}, {"b", 0.2}, {"c", -50}, {"d", 2}}));
}

// What only a rule can say is its text, not a null.
TEST(Models, StartsAsJson) {
  for (const ModelInfo& m : models()) {
    const Json model = Json::parse(run({"models", std::string(m.name), "--json"}).out);
    for (const Json& s : model["states"])
      EXPECT_TRUE(s["start"].is_number() || (s["start"].is_string() && s["start"] != "")) << m.name << s;
  }
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
       {Strings{"devices"}, {"models"}, {"models", "jansen-rit", "--json"}, {"init", "lif"}, {"--help"}, {"--version"}}) {
    const Result r = run(Command{.arguments = arguments, .out = full});
    EXPECT_EQ(r.code, 1) << arguments[0];
    EXPECT_TRUE(contains(r.err, "cannot write standard output")) << r.err;
  }
  close(full);
}

}  // namespace
}  // namespace neurosweep::test
