// `neurosweep init`: what it prints runs as it is, and what is commented out in it is right.
#include <cmath>
#include <set>

#include "host/spec/keys.hpp"
#include "host/spec/quantities.hpp"
#include "host/spec/sweep_spec.hpp"
#include "models/models.hpp"
#include "program.hpp"

namespace neurosweep::test {
namespace {

std::string name_of(const ModelInfo& m) { return std::string(m.name); }

std::string init(const Strings& arguments) {
  const Result r = run(Strings{"init"} + arguments);
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_EQ(r.err, "");
  return r.out;
}

// "#key = value": a line of the file once its # is gone. Words have a space after it.
bool is_optional(const std::string& line) { return line.size() > 1 && line[0] == '#' && line[1] != ' '; }

std::string without_sign(const std::string& line) { return is_optional(line) ? line.substr(1) : line; }

std::string joined(const Strings& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

class Init : public testing::Test {
 protected:
  SweepSpec load(const std::string& text) const { return load_sweep(folder_.write("sweep.toml", text), {}); }

  // `text` with the optional line `at` in use; an axis is one piece, from its heading to its last line.
  static std::string with_optional(Strings lines, std::size_t at) {
    std::size_t end = at + 1;
    if (lines[at].starts_with("#[["))
      while (end < lines.size() && is_optional(lines[end])) ++end;
    for (std::size_t i = at; i < end; ++i) lines[i] = without_sign(lines[i]);
    return joined(lines);
  }

  Folder folder_;
};

TEST_F(Init, RunsAsItIs) {
  for (const ModelInfo& m : models()) {
    SCOPED_TRACE(m.name);
    const std::string file = folder_.write("sweep.toml", init({name_of(m)}));
    const Result r = run({"run", file, "--device", "cpu", "--threads", "2", "--csv", "-"});
    ASSERT_EQ(r.code, 0) << r.err;
    EXPECT_FALSE(contains(r.err, "note: ")) << r.err;
    const CsvTable map = parse_csv(r.out);
    ASSERT_GE(map.rows.size(), 10u);
    std::set<std::string> values;          // of the first measure; the axis comes before, the status last
    for (const Strings& row : map.rows) {
      EXPECT_EQ(row.back(), "0") << testing::PrintToString(row);
      values.insert(row[1]);
    }
    EXPECT_GE(values.size(), 5u) << r.out;
  }
}

TEST_F(Init, AxisOfASpikingModelGoesFromRestToManySpikes) {
  for (const ModelInfo& m : models()) {
    if (!m.spiking) continue;
    SCOPED_TRACE(m.name);
    const CsvTable map = map_of(folder_.write("sweep.toml", init({name_of(m)})), {});
    ASSERT_EQ(map.header[1], "rate [Hz]");
    EXPECT_LE(std::stod(map.rows.front()[1]), 5);
    EXPECT_GE(std::stod(map.rows.back()[1]), 10);
  }
}

TEST_F(Init, EveryOptionalLineIsRight) {
  for (const ModelInfo& m : models()) {
    const Strings lines = lines_of(init({name_of(m)}));
    bool in_axis = false;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      in_axis = is_optional(lines[i]) && (in_axis || lines[i].starts_with("#[["));
      if (!is_optional(lines[i]) || (in_axis && !lines[i].starts_with("#[["))) continue;
      SCOPED_TRACE(name_of(m) + ": " + lines[i]);
      EXPECT_NO_THROW(EXPECT_TRUE(load(with_optional(lines, i)).warnings.empty()));
    }
  }
}

// All of them at once: the parameters are the defaults, and so is what shows one.
TEST_F(Init, OptionalLinesShowTheDefaults) {
  for (const ModelInfo& m : models()) {
    SCOPED_TRACE(m.name);
    const std::string text = init({name_of(m)});
    Strings all = lines_of(text);
    for (std::string& line : all) line = without_sign(line);
    const SweepSpec plain = load(text), used = load(joined(all));
    const Problem &p = plain.problem, &q = used.problem;
    EXPECT_EQ(plain.title, used.title);
    EXPECT_EQ(p.precision, q.precision);
    EXPECT_EQ(p.seed, q.seed);
    EXPECT_EQ(p.replicates, q.replicates);
    EXPECT_EQ(p.signal, q.signal);
    EXPECT_EQ(p.spectrum.segment, q.spectrum.segment);
    EXPECT_EQ(p.spectrum.overlap, q.spectrum.overlap);
    EXPECT_EQ(p.spectrum.peak.count, q.spectrum.peak.count);
    EXPECT_EQ(plain.engine, used.engine);
    EXPECT_EQ(p.axes.size() + 1, q.axes.size());
    EXPECT_EQ(plain.axes[0].values, used.axes[0].values);
    for (std::size_t i = 0; i < m.parameters.size(); ++i) EXPECT_EQ(p.base[i], q.base[i]) << m.parameters[i].name;
    for (std::size_t i = 0; i < m.states.size(); ++i) {
      const double start = q.base[m.parameters.size() + i];
      EXPECT_TRUE(std::isnan(m.states[i].start) ? std::isfinite(start) : start == m.states[i].start) << m.states[i].name;
    }
  }
}

// The start that a rule gives, as a number: b v and E_L.
TEST_F(Init, StartsAreNumbersOfTheModelsRules) {
  EXPECT_TRUE(contains(init({"izhikevich"}), "\n#u = -13 "));
  EXPECT_TRUE(contains(init({"izhikevich", "--preset", "phasic_spiking"}), "\n#u = -16.25 "));
  EXPECT_TRUE(contains(init({"lif"}), "\n#V = \"-75 mV\" "));
}

TEST_F(Init, NamesEveryKey) {
  for (const ModelInfo& m : models()) {
    SCOPED_TRACE(m.name);
    const std::string text = init({name_of(m)});
    const auto expect_key = [&](std::string_view dotted) {
      const std::string last(dotted.substr(dotted.rfind('.') + 1));
      const bool there = contains(text, "\n" + last) || contains(text, "\n#" + last) || contains(text, "[" + last) ||
                         contains(text, "# " + last) || contains(text, " " + last + " = ");
      EXPECT_TRUE(there) << dotted;
    };
    for (const auto table : {spec::file_keys(), spec::node_keys()})
      for (const spec::Key& key : table) expect_key(key.name);
    for (const Quantity& q : quantities(m)) expect_key(q.key);
    for (const Parameter& p : m.parameters) EXPECT_TRUE(contains(text, "\n#" + std::string(p.name) + " ")) << p.name;
    for (const State& s : m.states) EXPECT_TRUE(contains(text, "\n#" + std::string(s.name) + " ")) << s.name;
    for (const Port& p : m.ports) EXPECT_TRUE(contains(text, "\n[input." + std::string(p.name) + "]")) << p.name;
    for (const Preset& p : m.presets) EXPECT_TRUE(contains(text, std::string(p.name))) << p.name;
  }
}

TEST_F(Init, FitsTheScreen) {
  for (const ModelInfo& m : models())
    for (const std::string& line : lines_of(init({name_of(m)}))) {
      EXPECT_LE(line.size(), 120u) << line;
      EXPECT_EQ(line.find_last_not_of(' ') + 1, line.size()) << line;
      EXPECT_FALSE(contains(line, "= nan") || contains(line, "inf\"")) << line;
    }
}

TEST_F(Init, Presets) {
  for (const ModelInfo& m : models()) {
    for (const Preset& preset : m.presets) {
      SCOPED_TRACE(preset.name);
      const std::string text = init({name_of(m), "--preset", std::string(preset.name)});
      EXPECT_TRUE(contains(text, "\npreset "));
      const SweepSpec s = load(text);
      Strings lines = lines_of(text);
      for (std::string& line : lines) line = without_sign(line);
      const SweepSpec used = load(joined(lines));         // [parameters] shows the preset's values
      for (const Preset::Value& v : preset.values) {
        const auto q = std::size_t(find_quantity(quantities(m), v.parameter));
        EXPECT_EQ(s.problem.base[q], v.value) << v.parameter;
        EXPECT_EQ(used.problem.base[q], v.value) << v.parameter;
      }
    }
  }
}

TEST_F(Init, PresetsMakeADifference) {
  std::set<std::string> maps;
  for (const char* preset : {"regular_spiking", "chattering", "fast_spiking"}) {
    std::string bytes;
    map_of(folder_.write("sweep.toml", init({"izhikevich", "--preset", preset})), {}, &bytes);
    maps.insert(bytes);
  }
  EXPECT_EQ(maps.size(), 3u);
}

TEST_F(Init, Mistakes) {
  const std::pair<Strings, Strings> wrong[] = {
      {{}, {"MODEL"}},
      {{"izikevich"}, {"unknown model \"izikevich\"; did you mean \"izhikevich\"?", "models: jansen-rit, "}},
      {{""}, {"unknown model \"\" (models: jansen-rit"}},
      {{"a\nb"}, {"unknown model \"a\\nb\""}},
      {{"izhikevich", "lif"}, {"unexpected argument \"lif\""}},
      {{"izhikevich", "--preset"}, {"--preset"}},
      {{"izhikevich", "--preset", "chatering"},
       {"--preset chatering: unknown preset of izhikevich; did you mean \"chattering\"?", "presets: regular_spiking, "}},
      {{"izhikevich", "--preset", "nonsense"}, {"--preset nonsense: unknown preset of izhikevich (presets: "}},
      {{"izhikevich", "--preset", ""}, {"unknown preset of izhikevich"}},
      {{"lif", "--preset", "chattering"}, {"--preset chattering: lif has no presets"}},
      {{"izhikevich", "--presets", "chattering"}, {"unknown option --presets; did you mean \"--preset\"?"}}};
  for (const auto& [arguments, words] : wrong) {
    const Result r = run(Strings{"init"} + arguments);
    EXPECT_EQ(r.code, 2) << testing::PrintToString(arguments);
    EXPECT_EQ(r.out, "");
    for (const std::string& word : words) EXPECT_TRUE(contains(r.err, word)) << word << "\n" << r.err;
  }
}

}  // namespace
}  // namespace neurosweep::test
