// `neurosweep init`: a sweep file that runs as it is and shows every key. Names, defaults, units and words come from the
// model's tables and from the keys of a sweep file (host/spec/keys.cpp).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "commands.hpp"
#include "host/output/text.hpp"
#include "host/spec/keys.hpp"
#include "host/spec/measures.hpp"
#include "host/spec/network_labels.hpp"
#include "host/spec/spectrum.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"
#include "host/spec/units.hpp"
#include "models/models.hpp"

namespace neurosweep {
namespace {

// ---- what to show of a model ----------------------------------------------------------------------------------------

// What no table says: an input that makes the model do something, a step that suits it, an axis worth a look. A model
// without a row gets one from example_of().
struct Example {
  std::string_view model;
  double mean = 0, noise = 0;          // of the main port
  double dt = 0.1;                     // ms
  std::string_view axis = "";          // a parameter; "" = the mean input, where there is one
  double from = 0, to = 0;
};
constexpr Example examples[] = {
    {"jansen-rit", 120, 20, 0.5, "Ae", 2.6, 5},
    {"larter-breakspear", 0, 0, 0.1, "d_V", 0.6, 0.7},
    {"izhikevich", 10, 0, 0.25},
    {"hodgkin-huxley", 10, 0, 0.02},
    {"lif", 300},
    {"perfect-if", 200},
    {"adaptive-lif", 400},
    {"adex", 800},
    {"quadratic-if", 100},
    {"srm", 300},
};

// What the tables do not hold but the model's type does.
struct Facts {
  int main_port = 0;
  Method method{};
  std::vector<double> start;           // [states] for the parameters that were given
};

Facts facts_of(const ModelInfo& m, const std::vector<double>& parameters) {
  Facts facts;
  with_model(int(&m - models().data()), [&]<class Model>(std::type_identity<Model>) {
    Pack<double, Model::n_par> p;
    Pack<double, Model::n_state> x;
    for (int i = 0; i < Model::n_par; ++i) p[i] = parameters[std::size_t(i)];
    for (int i = 0; i < Model::n_state; ++i) x[i] = m.states[std::size_t(i)].start;
    if constexpr (requires { Model::start(x, p); }) Model::start(x, p);
    facts = {Model::main_port, Model::main_method, {x.v, x.v + Model::n_state}};
  });
  return facts;
}

Example example_of(const ModelInfo& m, const Port& main_port) {
  for (const Example& e : examples)
    if (e.model == m.name) return e;
  const std::string_view unit = main_port.unit;
  return {m.name, unit == "pA" ? 500.0 : unit == "Hz" ? 120.0 : m.spiking ? 10.0 : 1.0};
}

struct Range {
  std::string name, unit;
  double from, to;
};

// The first parameter with a range, but not `other`; the start of a state where there is none.
Range parameter_range(const ModelInfo& m, std::string_view other) {
  for (const Parameter& p : m.parameters)
    if (p.low < p.high && p.name != other) return {std::string(p.name), std::string(p.unit), p.low, p.high};
  return {"initial." + std::string(m.states[0].name), std::string(m.states[0].unit), 0, 1};
}

Range axis_of(const ModelInfo& m, const Example& e, const Port& port) {
  for (const Parameter& p : m.parameters)
    if (p.name == e.axis) return {std::string(p.name), std::string(p.unit), e.from, e.to};
  if (e.mean > 0) return {fmt::format("input.{}.mean", port.name), std::string(port.unit), 0, 2 * e.mean};
  return parameter_range(m, "");
}

// ---- how a sweep file is written ------------------------------------------------------------------------------------

std::string in_quotes(std::string_view text) {
  std::string toml = "\"";
  for (const char c : text) toml += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  return toml + "\"";
}

std::string amount(double value, std::string_view unit) {
  return unit.empty() ? fmt::format("{}", value) : in_quotes(with_unit(value, unit));
}

std::string list(const std::vector<std::string>& values) { return fmt::format("[{}]", fmt::join(values, ", ")); }

std::string all_of(std::span<const std::string> names) { return listed(names, names.size()); }

enum Use { active, optional };         // an optional line is a comment until its # is removed

// Lines of a sweep file with comments in a column of their own.
class Page {
 public:
  // A line of words: "# ...". Broken where it is long.
  void say(const std::string& words) {
    for (const std::string& line : output::wrap(words, page - 2)) text_ += "# " + line + "\n";
  }
  // A command of this program, between lines of words.
  void command(const std::string& command) { text_ += "#   neurosweep " + command + "\n"; }
  void gap() { text_ += "#\n"; }
  void skip() { text_ += "\n"; }

  // [table] or [[table]]; the keys that follow are aligned to the longest of `names`.
  void table(const std::string& heading, const std::string& comment, const std::vector<std::string>& names,
             Use use = active) {
    align(names);
    commented((use == optional ? "#" : "") + heading, comment);
  }
  void align(const std::vector<std::string>& names) {
    width_ = 0;
    for (const std::string& name : names) width_ = std::max(width_, name.size() + 1);
  }
  void key(Use use, const std::string& name, const std::string& value, std::string_view comment) {
    commented(fmt::format("{:<{}} = {}", (use == optional ? "#" : "") + name, width_, value), comment);
  }

  const std::string& text() const { return text_; }

 private:
  static constexpr std::size_t page = 110, column = 37;  // where the lines end, and where comments begin

  void commented(const std::string& code, std::string_view comment) {
    const std::size_t at = std::max(column, code.size() + 1);
    std::string before = fmt::format("{:<{}}", code, at);
    for (const std::string& line : output::wrap(comment, std::max<std::size_t>(page - std::min(page, at + 2), 30))) {
      text_ += before + "# " + line + "\n";
      before.assign(at, ' ');
    }
    if (comment.empty()) text_ += code + "\n";
  }

  std::string text_;
  std::size_t width_ = 0;
};

// ---- the file -------------------------------------------------------------------------------------------------------

std::string help(std::string_view key) { return std::string(spec::file_key(key).help); }
std::string fallback(std::string_view key) { return std::string(spec::file_key(key).fallback); }

class SweepFile {
 public:
  SweepFile(const ModelInfo& model, const Preset* preset)
      : m_(model), preset_(preset), parameters_(values()), facts_(facts_of(model, parameters_)),
        port_(model.ports[std::size_t(facts_.main_port)]), example_(example_of(model, port_)),
        axis_(axis_of(model, example_, port_)) {}

  std::string text() {
    write_head(), write_general(), write_axes();
    write_parameters(), write_initial();
    for (const Port& port : m_.ports) write_input(port);
    write_observe(), write_spectrum();
    return page_.text();
  }

 private:
  std::vector<double> values() const {
    std::vector<double> all;
    for (const Parameter& p : m_.parameters) {
      all.push_back(p.value);
      if (!preset_) continue;
      for (const Preset::Value& v : preset_->values)
        if (v.parameter == p.name) all.back() = v.value;
    }
    return all;
  }

  // Seconds: some periods of a slow rhythm, some tens of spikes.
  double duration() const { return m_.spiking ? 2 : 5; }
  double transient() const { return m_.spiking ? 0.5 : 1; }

  void write_head() {
    const std::string options = preset_ ? fmt::format("{} --preset {}", m_.name, preset_->name) : std::string(m_.name);
    page_.say(fmt::format("{}: {}.", m_.name, m_.title));
    page_.say(std::string(m_.citation));
    page_.gap();
    for (const std::string& command : {fmt::format("init {} > {}.toml", options, m_.name),
                                       fmt::format("run {0}.toml --csv {0}.csv --plot {0}.png", m_.name),
                                       fmt::format("models {}", m_.name)})
      page_.command(command);
    page_.gap();
    page_.say("A quantity is a string with a unit, or a bare number in the unit that stands here.");
    page_.say("A line that begins with # and no space shows a default, or an example: remove the # to use it.");
    page_.skip();
  }

  void write_preset() {
    if (m_.presets.empty()) return page_.say(fmt::format("preset: {} has none.", m_.name));
    const std::vector<std::string> names = names_of(m_.presets);
    const std::string shown = in_quotes(preset_ ? preset_->name : m_.presets[0].name);
    page_.key(preset_ ? active : optional, "preset", shown, help("preset"));
    page_.say("presets: " + all_of(names));
  }

  void write_general() {
    page_.align({"replicates"});
    page_.key(active, "model", in_quotes(m_.name), "");
    page_.key(optional, "title", in_quotes(m_.title), "of the picture");
    write_preset();
    page_.key(active, "method", in_quotes(method_names[std::size_t(facts_.method)]), help("method"));
    page_.key(optional, "precision", in_quotes(fallback("precision")), help("precision"));
    page_.key(active, "dt", amount(example_.dt, "ms"), "time step");
    page_.key(active, "duration", amount(duration(), "s"), "integrated");
    page_.key(active, "transient", amount(transient(), "s"), help("transient"));
    page_.key(optional, "seed", fallback("seed"), help("seed"));
    page_.key(optional, "replicates", fallback("replicates"), help("replicates"));
  }

  void write_axes() {
    page_.skip();
    page_.table("[[axis]]", help("axis"), {"scale"});
    page_.key(active, "name", in_quotes(axis_.name), help("axis.name"));
    page_.key(active, "from", amount(axis_.from, axis_.unit), help("axis.from"));
    page_.key(active, "to", amount(axis_.to, axis_.unit), help("axis.to"));
    page_.key(active, "count", "21", help("axis.count"));
    page_.key(optional, "scale", in_quotes(fallback("axis.scale")), help("axis.scale"));
    const Range second = parameter_range(m_, axis_.name);
    page_.skip();
    page_.say("One more axis makes a map of two dimensions (remove the # of all three lines):");
    page_.table("[[axis]]", "", {"values"}, optional);
    page_.key(optional, "name", in_quotes(second.name), "");
    page_.key(optional, "values", list({amount(second.from, second.unit), amount(second.to, second.unit)}),
              help("axis.values"));
  }

  void write_parameters() {
    page_.skip();
    page_.table("[parameters]", "what is not named keeps the value that stands here", names_of(m_.parameters));
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const Parameter& p = m_.parameters[i];
      page_.key(optional, std::string(p.name), amount(parameters_[i], p.unit), p.description);
    }
  }

  void write_initial() {
    page_.skip();
    page_.table("[initial]", help("initial"), names_of(m_.states));
    for (std::size_t i = 0; i < m_.states.size(); ++i) {
      const State& s = m_.states[i];
      const std::string rule = std::isnan(s.start) ? fmt::format("; default: {}", s.rule) : "";
      page_.key(optional, std::string(s.name), amount(facts_.start[i], s.unit), std::string(s.description) + rule);
    }
  }

  // The main port shows all that an input may have, the others where it stands.
  void write_input(const Port& port) {
    const bool main = port.name == port_.name, swept = axis_.name == fmt::format("input.{}.mean", port.name);
    page_.skip();
    page_.table(fmt::format("[input.{}]", port.name), std::string(port.description), {"noise"});
    const auto key = [&](const char* name, double value, const std::string& comment) {
      page_.key(main && value != 0 ? active : optional, name, amount(main ? value : 0, port.unit), comment);
    };
    key("mean", example_.mean, swept ? "of a single set; here the axis has its values" : "");
    key("noise", example_.noise, main ? "white noise, SD per root second" : "");
    if (!main) return page_.say(fmt::format("sine and pulse as of input.{}", port_.name));
    const std::string none = amount(0, port.unit);
    page_.key(optional, "sine", fmt::format("{{ amplitude = {}, frequency = \"10 Hz\", phase = \"0 rad\" }}", none), "");
    page_.key(optional, "pulse",
              fmt::format("{{ amplitude = {}, start = \"0 s\", width = \"100 ms\", period = \"500 ms\" }}", none), "");
    page_.say("without period: one pulse; start, phase and period may be left out");
  }

  void write_observe() {
    const std::vector<std::string> signals = names_of(m_.signals), measures = names_of(measures_of(m_));
    page_.skip();
    page_.table("[observe]", help("observe"), {"measures"});
    page_.key(optional, "signal", in_quotes(signals[0]), all_of(signals));
    page_.key(active, "measures", m_.spiking ? "[\"rate\", \"isi_cv\"]" : "[\"amplitude\", \"peak_frequency\"]", "");
    page_.say("measures: " + all_of(measures));
  }

  void write_spectrum() {
    const double dt = example_.dt * 1e-3;
    const int segment = default_segment(std::llround((duration() - transient()) / dt), dt);
    page_.skip();
    page_.table("[spectrum]", help("spectrum") + ", for peak_frequency, peak_power and the powers", {"min_amplitude"});
    page_.key(optional, "segment", fmt::format("{}", segment), help("spectrum.segment"));
    page_.key(optional, "overlap", fmt::format("{}", segment / 2), help("spectrum.overlap"));
    page_.key(optional, "band", "[\"1 Hz\", \"80 Hz\"]", help("spectrum.band"));
    page_.key(optional, "engine", in_quotes(fallback("spectrum.engine")), help("spectrum.engine"));
    page_.key(optional, "min_amplitude", amount(0, m_.signals[0].unit), help("spectrum.min_amplitude"));
  }

  const ModelInfo& m_;
  const Preset* preset_;
  std::vector<double> parameters_;     // the model's, with the preset's
  Facts facts_;
  const Port& port_;                   // the main one
  Example example_;
  Range axis_;
  Page page_;
};

// ---- a network ------------------------------------------------------------------------------------------------------

// An E-I network; its numbers are an example, its words come from the keys.
class NetworkFile {
 public:
  std::string text() {
    write_head(), write_general(), write_axis();
    write_population("E", "160", "excitatory cells"), write_population("I", "40", "inhibitory cells");
    write_projection("E", "AMPA", "30"), write_projection("I", "GABA_A", "-120");
    write_rest(), write_observe();
    return page_.text();
  }

 private:
  void key(Use use, const std::string& section, const std::string& name, const std::string& value) {
    page_.key(use, name, value, help(section.empty() ? name : section + "." + name));
  }

  void write_head() {
    page_.say(fmt::format("{}: {}.", network_name, network_model().title));
    page_.gap();
    for (const char* command : {"init network > network.toml", "run network.toml --csv network.csv --plot network.png", "models network"})
      page_.command(command);
    page_.gap();
    page_.say("A quantity is a string with a unit, or a bare number in the unit that stands here.");
    page_.say("A line that begins with # and no space shows a default, or an example: remove the # to use it.");
    page_.skip();
  }

  void write_general() {
    page_.align({"connectivity"});
    page_.key(active, "model", in_quotes(network_name), "");
    key(optional, "", "title", in_quotes(network_model().title));
    key(active, "", "method", in_quotes("exp-euler"));
    key(optional, "", "precision", in_quotes(fallback("precision")));
    key(active, "", "dt", in_quotes("0.1 ms"));
    key(active, "", "duration", in_quotes("1 s"));
    key(active, "", "transient", in_quotes("200 ms"));
    key(optional, "", "seed", fallback("seed"));
    key(optional, "", "replicates", fallback("replicates"));
    key(optional, "", "connectivity", in_quotes(fallback("connectivity")));
  }

  void write_axis() {
    page_.skip();
    page_.table("[[axis]]", "a quantity of a population, projection, gap junction or receptor", {"count"});
    page_.key(active, "name", in_quotes("projection.I-all.weight"), "such as population.E.input.I.mean");
    page_.key(active, "from", "0", help("axis.from"));
    page_.key(active, "to", "-240", help("axis.to"));
    page_.key(active, "count", "13", help("axis.count"));
  }

  void write_population(const std::string& name, const std::string& size, const std::string& what) {
    page_.skip();
    page_.table("[[population]]", what, {"parameters"});
    key(active, "population", "name", in_quotes(name));
    key(active, "population", "model", in_quotes("lif"));
    key(active, "population", "size", size);
    key(optional, "population", "parameters", "{ tau = \"20 ms\" }");
    key(optional, "population", "initial", "{ V = \"-65 mV\" }");
    page_.key(active, "input.I", "{ mean = 210, noise = 2 }", help("population.input"));
    key(optional, "population", "poisson", "{ rate = \"100 Hz\", weight = \"0.5 mV\", sources = 10 }");
  }

  void write_projection(const std::string& from, const std::string& receptor, const std::string& weight) {
    page_.skip();
    page_.table("[[projection]]", help("projection"), {"probability"});
    key(optional, "projection", "name", in_quotes(from + "-all"));
    key(active, "projection", "from", in_quotes(from));
    key(active, "projection", "to", in_quotes("all"));
    key(active, "projection", "receptor", in_quotes(receptor));
    key(active, "projection", "weight", weight);
    key(active, "projection", "probability", "0.1");
    key(active, "projection", "delay", in_quotes("1 ms"));
    if (from != "E") return page_.say("mode, scale and self as above");
    key(optional, "projection", "mode", in_quotes(fallback("projection.mode")));
    key(optional, "projection", "scale", in_quotes(fallback("projection.scale")));
    key(optional, "projection", "self", fallback("projection.self"));
    page_.say("Instead of receptor: decay = \"10 ms\"; instead of weight and probability: edges = \"file.csv\".");
  }

  void write_rest() {
    page_.skip();
    page_.table("[[gap_junction]]", help("gap_junction"), {"conductance"}, optional);
    key(optional, "gap_junction", "between", "[\"I\", \"I\"]");
    key(optional, "gap_junction", "conductance", in_quotes("0.1 nS"));
    key(optional, "gap_junction", "probability", "0.2");
    page_.skip();
    page_.table("[receptor.GABA_A]", help("receptor"), {"decay"}, optional);
    key(optional, "receptor", "decay", in_quotes("5 ms"));
    key(optional, "receptor", "E_rev", in_quotes("-80 mV"));
  }

  void write_observe() {
    page_.skip();
    page_.table("[observe]", help("observe"), {"measures"});
    page_.key(optional, "signal", in_quotes("E.rate"), "POPULATION.SIGNAL: rate, v, I_exc, I_inh, lfp");
    page_.key(active, "measures", "[\"rate\", \"isi_cv\", \"synchrony\"]", "of every population; E.rate of one");
    page_.say("measures: " + all_of(names_of(measure_table())));
    page_.say("E.rate.peak_frequency is of a signal that is named; [spectrum] as of single models (neurosweep init lif).");
  }

  Page page_;
};

// Null where nobody named one.
const Preset* preset_named(const ModelInfo& m, const std::optional<std::string>& given) {
  if (!given) return nullptr;
  const std::string name = spec::visible(*given);
  for (const Preset& p : m.presets)
    if (p.name == name) return &p;
  const auto known = names_of(m.presets);
  if (known.empty()) throw SpecError(fmt::format("--preset {}: {} has no presets", name, m.name));
  throw SpecError(fmt::format("--preset {}: unknown preset of {}{} (presets: {})", name, m.name,
                              did_you_mean(name, known), listed(known)));
}

int run(const std::string& model, const std::optional<std::string>& preset) {
  if (model == network_name) {
    if (preset) throw SpecError(fmt::format("--preset {}: a network has none; its populations do", spec::visible(*preset)));
    fmt::print("{}", NetworkFile().text());
    return exit_done;
  }
  const ModelInfo& m = model_named(model);
  fmt::print("{}", SweepFile(m, preset_named(m, preset)).text());
  return exit_done;
}

}  // namespace

std::string sweep_template(const ModelInfo& m) { return SweepFile(m, nullptr).text(); }

void add_init(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("init", "print a commented sweep file of a model that runs as it is");
  auto model = std::make_shared<std::string>();
  auto preset = std::make_shared<std::optional<std::string>>();
  command->add_option("MODEL", *model, "a model's name, or network; `neurosweep models` lists them")->type_name("")->required();
  command->add_option("--preset", *preset, "start from values that the model names")->type_name("NAME");
  command->footer("Example:\n"
                  "  neurosweep init izhikevich --preset chattering > chattering.toml\n"
                  "  neurosweep run chattering.toml");
  command->callback([=, &action] { action = [=] { return run(*model, *preset); }; });
}

}  // namespace neurosweep
