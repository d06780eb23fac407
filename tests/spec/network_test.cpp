// Networks in sweep files: every number of a whole one, and every mistake with its message.
#include "network/network.hpp"

#include <cmath>

#include "host/store/identity.hpp"
#include "host/store/metadata.hpp"
#include "models/models.hpp"
#include "sweep_text.hpp"

namespace neurosweep {
namespace {

using test::base;
using test::contains;
using test::error_of;
using test::load;

constexpr const char* head = "model = \"network\"\ndt = \"0.1 ms\"\nduration = \"1 s\"\n";                                   // lines 1 to 3
constexpr const char* cells = "[[population]]\nname = \"E\"\nmodel = \"lif\"\nsize = 8\n[[population]]\nname = \"I\"\nmodel = \"lif\"\nsize = 2\n";   // 4 to 11
constexpr const char* projection = "[[projection]]\nfrom = \"E\"\nto = \"I\"\n";                                              // 12 to 14

std::string whole(const std::string& more = "", const std::string& ahead = "") { return head + ahead + cells + more; }
std::string joined_by(const std::string& keys) { return whole(projection + keys); }

// A file beside the sweep files, gone at the end of the test.
struct Csv {
  Csv(const std::string& name, const std::string& text) : path(test::write(text, name)), key(path.substr(path.rfind('/') + 1)) {}
  ~Csv() { std::remove(path.c_str()); }
  std::string path, key;               // key: as the sweep file names it
};

int quantity(const SweepSpec& s, const std::string& name) { return find_quantity(s.quantities, name); }

TEST(Network, EveryNumberOfAWholeFile) {
  const Csv drive("drive.csv", "mean [nA]\n0.1\n0.2\n\n0.25\n"), edges("edges.csv", "\xEF\xBB\xBFpre, post, weight, receptor, delay\r\n0,1,5,AMPA,0\r\n4,0,-2.5,slow,0.3\r\n4,0,-2.5,instant,1\r\n");
  const Csv times("times.csv", "time [ms],neuron\n2.5,1\n0.1,0\n2.5,0\n5000,1\n");
  const SweepSpec s = load(std::string(head) + R"(connectivity = "per-set"
[receptor.slow]
decay = "20 ms"
[receptor.GABA_A]
E_rev = "-75 mV"
[[population]]
name = "E"
model = "lif"
size = 3
parameters = { tau = 20, t_ref = "2 ms" }
initial = { V = "-70 mV" }
input.I = { mean = { file = ")" + drive.key + R"(" }, noise = "3 pA" }
poisson = { rate = "0.1 kHz", weight = "0.5 mV", target = "V", sources = 10 }
[[population]]
name = "in"
model = "spikes"
size = 2
file = ")" + times.key + R"x("
[[population]]
name = "I"
model = "adex"
size = 4
input.I.mean = 7
[[projection]]
from = ["in", "E"]
to = "all"
receptor = "AMPA"
weight = "0.1 nA"
probability = 0.25
delay = "1.5 ms"
scale = "1/sqrt(n)"
self = true
[[projection]]
name = "inhibition"
from = "I"
to = ["E", "I"]
receptor = "GABA_A"
mode = "conductance"
weight = 2
[[projection]]
from = "I"
to = "E"
mode = "jump"
weight = "-1 mV"
[[projection]]
from = "I"
to = "E"
decay = "7 ms"
weight = -4
[[projection]]
name = "list"
from = ["in", "E"]
to = "E"
edges = ")x" + edges.key + R"("
[[gap_junction]]
between = ["I", "I"]
conductance = "3 nS"
probability = 0.2
[observe]
signal = "I.v"
measures = ["mean", "rate", "E.synchrony", "E.rate.peak_frequency", "E.I_inh.minimum"]
)");
  const Problem& p = s.problem;
  ASSERT_TRUE(p.network);
  const Network& n = *p.network;
  EXPECT_EQ(p.model, -1);
  EXPECT_EQ(s.model, "network");
  EXPECT_TRUE(n.wired_per_set);
  ASSERT_EQ(n.populations.size(), 3u);
  EXPECT_EQ(n.cells(), 9);
  const Population &E = n.populations[0], &in = n.populations[1], &I = n.populations[2];
  EXPECT_EQ(models()[std::size_t(E.model)].name, "lif");
  EXPECT_EQ(models()[std::size_t(I.model)].name, "adex");
  EXPECT_TRUE(in.spikes_only());
  EXPECT_EQ(E.first, 0); EXPECT_EQ(in.first, 3); EXPECT_EQ(I.first, 5);
  EXPECT_EQ(E.size, 3); EXPECT_EQ(in.size, 2); EXPECT_EQ(I.size, 4);
  EXPECT_EQ(E.mean, (std::vector<double>{100, 200, 250}));                      // pA
  EXPECT_EQ(quantity(s, "population.E.parameters.g_L"), E.quantities);          // in the order of Layout
  EXPECT_EQ(quantity(s, "population.I.parameters." + std::string(models()[std::size_t(I.model)].parameters[0].name)), I.quantities);
  EXPECT_EQ(base(s, "population.E.parameters.tau"), 20);
  EXPECT_EQ(base(s, "population.E.parameters.t_ref"), 2);
  EXPECT_EQ(base(s, "population.E.parameters.V_th"), -55);
  EXPECT_EQ(base(s, "population.E.initial.V"), -70);
  EXPECT_EQ(base(s, "population.E.input.I.noise"), 3);
  EXPECT_EQ(base(s, "population.I.input.I.mean"), 7);
  EXPECT_EQ(p.base[std::size_t(E.poisson.rate)], 100);
  EXPECT_EQ(p.base[std::size_t(E.poisson.weight)], 0.5);
  EXPECT_EQ(p.base[std::size_t(E.poisson.sources)], 10);
  EXPECT_LT(I.poisson.rate, 0);
  ASSERT_EQ(in.spikes.size(), 3u);                                              // the last is after the end
  EXPECT_EQ(in.spikes[0].step, 1); EXPECT_EQ(in.spikes[0].cell, 0);
  EXPECT_EQ(in.spikes[1].step, 25); EXPECT_EQ(in.spikes[1].cell, 0);
  EXPECT_EQ(in.spikes[2].step, 25); EXPECT_EQ(in.spikes[2].cell, 1);

  ASSERT_EQ(n.projections.size(), 5u);
  const Projection& a = n.projections[0];
  EXPECT_EQ(a.name, "in+E-all");
  EXPECT_EQ(a.from, (std::vector<int>{1, 0}));
  EXPECT_EQ(a.to, (std::vector<int>{0, 2}));                                    // nothing reaches cells that only spike
  EXPECT_EQ(p.base[std::size_t(a.weight)], 100);
  EXPECT_EQ(p.base[std::size_t(a.delay)], 1.5);
  EXPECT_EQ(p.base[std::size_t(a.probability)], 0.25);
  EXPECT_DOUBLE_EQ(a.scale, 1.0 / 3);
  EXPECT_TRUE(a.self);
  const auto receptor = [&](int r) { return n.receptors[std::size_t(r)]; };
  EXPECT_EQ(receptor(a.receptor).transmission, Transmission::current);
  EXPECT_EQ(p.base[std::size_t(receptor(a.receptor).decay)], 2);
  EXPECT_LT(receptor(a.receptor).reversal, 0);
  const Projection& b = n.projections[1];
  EXPECT_EQ(receptor(b.receptor).transmission, Transmission::conductance);
  EXPECT_EQ(receptor(b.receptor).decay, quantity(s, "receptor.GABA_A.decay"));
  EXPECT_EQ(base(s, "receptor.GABA_A.decay"), 5);
  EXPECT_EQ(receptor(b.receptor).reversal, quantity(s, "receptor.GABA_A.E_rev"));
  EXPECT_EQ(base(s, "receptor.GABA_A.E_rev"), -75);
  EXPECT_EQ(base(s, "projection.inhibition.weight"), 2);
  EXPECT_EQ(base(s, "projection.inhibition.probability"), 1);
  EXPECT_EQ(base(s, "projection.inhibition.delay"), 0);
  EXPECT_FALSE(b.self);
  EXPECT_EQ(b.scale, 1);
  EXPECT_EQ(receptor(n.projections[2].receptor).transmission, Transmission::jump);
  EXPECT_EQ(base(s, "projection.I-E#1.weight"), -1);
  EXPECT_EQ(receptor(n.projections[3].receptor).decay, quantity(s, "projection.I-E#2.decay"));
  EXPECT_EQ(base(s, "projection.I-E#2.decay"), 7);
  const Projection& list = n.projections[4];
  EXPECT_TRUE(list.listed);
  EXPECT_LT(list.weight, 0); EXPECT_LT(list.receptor, 0);
  ASSERT_EQ(list.edges.size(), 3u);
  EXPECT_EQ(list.edges[1].pre, 4); EXPECT_EQ(list.edges[1].post, 0); EXPECT_EQ(list.edges[1].weight, -2.5); EXPECT_EQ(list.edges[1].delay, 3);
  EXPECT_EQ(list.edges[0].receptor, a.receptor);                                // one decaying number in each cell
  EXPECT_EQ(base(s, "receptor.slow.decay"), 20);
  EXPECT_EQ(receptor(list.edges[1].receptor).decay, quantity(s, "receptor.slow.decay"));
  EXPECT_EQ(receptor(list.edges[2].receptor).transmission, Transmission::instant);
  EXPECT_EQ(list.edges[2].delay, 10);

  ASSERT_EQ(n.gap_junctions.size(), 1u);
  EXPECT_EQ(n.gap_junctions[0].between[0], 2); EXPECT_EQ(n.gap_junctions[0].between[1], 2);
  EXPECT_EQ(base(s, "gap_junction.I-I.conductance"), 3);
  EXPECT_EQ(base(s, "gap_junction.I-I.probability"), 0.2);

  EXPECT_EQ(p.signal, 2 * n_network_signal + signal_v);
  std::vector<std::string> columns;
  for (const ColumnLabel& c : s.columns) columns.push_back(c.name + " [" + c.unit + "]");
  EXPECT_EQ(columns, (std::vector<std::string>{"mean [mV]", "E.rate [Hz]", "in.rate [Hz]", "I.rate [Hz]", "E.synchrony []",
                                               "E.rate.peak_frequency [Hz]", "E.I_inh.minimum [pA]"}));
  EXPECT_EQ(n.measured[0], p.signal);
  EXPECT_EQ(n.measured[2] / n_network_signal, 1);
  EXPECT_EQ(n.measured[5], signal_rate);
  EXPECT_EQ(n.measured[6], signal_inh);
  EXPECT_EQ(p.measures[5], Measure::peak_frequency);
  EXPECT_EQ(p.spectrum.engine, Engine::fft);
  EXPECT_EQ(p.base.size(), s.quantities.size());
}

TEST(Network, DefaultsToWhatSaysMostOfEveryPopulation) {
  const SweepSpec s = load(whole());
  const auto columns = [](const SweepSpec& of) {
    std::vector<std::string> names;
    for (const ColumnLabel& c : of.columns) names.push_back(c.name);
    return names;
  };
  EXPECT_EQ(columns(s), (std::vector<std::string>{"E.rate", "I.rate", "E.isi_cv", "I.isi_cv", "E.synchrony", "I.synchrony"}));
  const Csv times("times.csv", "time [ms],neuron\n2,0\n");
  const std::string given = "[[population]]\nname = \"G\"\nmodel = \"spikes\"\nsize = 2\nfile = \"" + times.key + "\"\n";
  EXPECT_EQ(columns(load(whole(given))), columns(s));
  EXPECT_EQ(columns(load(head + given)), (std::vector<std::string>{"G.rate", "G.isi_cv"}));
  EXPECT_EQ(s.signal, "E.rate");
  EXPECT_EQ(s.folder, "");
}

TEST(Network, FlagsReachQuantitiesByName) {
  const std::string text = joined_by("receptor = \"AMPA\"\nweight = 3\n");
  const SweepSpec s = load(text, {{"population.E.input.I.mean=0.2nA", "population.I.size=5", "projection.E-I.delay=2ms",
                                   "receptor.AMPA.decay=3ms", "projection.E-I.self=true"}, {"projection.E-I.weight=-3:3:5"}});
  EXPECT_EQ(base(s, "population.E.input.I.mean"), 200);
  EXPECT_EQ(s.problem.network->populations[1].size, 5);
  EXPECT_EQ(base(s, "projection.E-I.delay"), 2);
  EXPECT_EQ(base(s, "receptor.AMPA.decay"), 3);
  EXPECT_TRUE(s.problem.network->projections[0].self);
  ASSERT_EQ(s.axes.size(), 1u);
  EXPECT_EQ(s.axes[0].unit, "pA");
  EXPECT_EQ(s.problem.axes[0].quantity, s.problem.network->projections[0].weight);
}

struct Mistake {
  std::string text;
  const char* part;
};

void expect_messages(const std::vector<Mistake>& table) {
  for (const Mistake& m : table) {
    SCOPED_TRACE(m.text);
    const std::string message = error_of(m.text);
    EXPECT_TRUE(contains(message, m.part)) << "no " << m.part << "\n in: " << message;
    EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 0) << message;      // one mistake is told once
  }
}

std::string one(const std::string& keys) { return head + ("[[population]]\nname = \"E\"\n" + keys); }

TEST(BrokenNetwork, Populations) {
  expect_messages({
      {head, ":1:1: population is missing"},
      {one("model = \"lif\"\nsize = 0\n"), ":7:8: population.E.size: found the number 0 where a whole number from 1 to 16777216 is wanted"},
      {one("model = \"lif\"\nsize = -3\n"), "found the number -3"},
      {one("model = \"lif\"\n"), ":4:1: population.E.size is missing (cells)"},
      {one("size = 3\n"), "population.E.model is missing"},
      {one("model = \"lifs\"\nsize = 3\n"), ":6:9: unknown model \"lifs\"; did you mean \"lif\"? (models: izhikevich,"},
      {one("model = \"jansen-rit\"\nsize = 3\n"), "population.E.model: jansen-rit does not spike (models: izhikevich,"},
      {one("model = \"lif\"\nsize = 3\nsizes = 4\n"), ":8:1: unknown key \"sizes\" of [population]; did you mean \"size\"?"},
      {one("model = \"lif\"\nsize = 3\nparameters = { taus = 4 }\n"), "unknown parameter \"taus\" of lif; did you mean \"tau\"?"},
      {one("model = \"lif\"\nsize = 3\nparameters = { tau = \"4 mV\" }\n"), ":8:22: population.E.parameters.tau: \"4 mV\" is of the wrong kind"},
      {one("model = \"lif\"\nsize = 3\ninput.J = { mean = 4 }\n"), "unknown input port \"J\" of lif"},
      {one("model = \"lif\"\nsize = 3\ninput.I = { pulse = { amplitude = 3 } }\n"), "population.E.input.I.pulse.amplitude needs population.E.input.I.pulse.width too"},
      {one("model = \"lif\"\nsize = 3\nfile = \"x.csv\"\n"), "population.E.file is of model \"spikes\"; this one is lif"},
      {one("model = \"spikes\"\nsize = 3\n"), "population.E.file is missing"},
      {one("model = \"spikes\"\nsize = 3\nfile = \"none.csv\"\n"), "none.csv: no such file (paths are relative to the sweep file)"},
      {one("model = \"lif\"\nsize = 3\ninput.I.mean = { file = \"none.csv\" }\n"), "none.csv: no such file"},
      {one("model = \"lif\"\nsize = 3\ninput.I.mean = { fil = 3 }\n"), "population.E.input.I.mean: found a table where a number, or { file"},
      {std::string(head) + "[[population]]\nname = \"a.b\"\nmodel = \"lif\"\nsize = 2\n", ":5:8: population.name: \"a.b\" is none"},
      {std::string(head) + "[[population]]\nname = \"all\"\nmodel = \"lif\"\nsize = 2\n", "\"all\" is none: a name has letters, digits, - and _"},
      {whole("[[population]]\nname = \"E\"\nmodel = \"lif\"\nsize = 2\n"), ":13:8: there are two populations called \"E\""},
      {whole("", "[parameters]\ntau = 3\n"), "unknown key \"parameters\" of a network's sweep file"},
      {whole("", "connectivity = \"both\"\n"), "unknown connectivity choice \"both\" (connectivity choices: fixed, per-set)"},
  });
}

TEST(BrokenNetwork, Poisson) {
  const std::string lif = "model = \"lif\"\nsize = 3\n";
  expect_messages({
      {one(lif + "poisson = { rate = 10, weight = 1, target = \"I\" }\n"), "population.E.poisson.target: \"I\" is not the membrane potential of lif (allowed: V)"},
      {one("model = \"srm\"\nsize = 3\npoisson = { rate = 10, weight = 1 }\n"), ":8:1: population.E.poisson: the potential of srm is no state"},
      {one(lif + "poisson = { rate = \"20 kHz\", weight = 1 }\n"), "population.E.poisson.rate: 20000 Hz are more than one spike in a step of 0.0001 s: at most 10000 Hz are possible"},
      {one(lif + "poisson = { rate = -1, weight = 1 }\n"), "population.E.poisson.rate: found the number -1 where a value 0 or more is wanted"},
      {one(lif + "poisson = { rate = 1, weight = 1, sources = 1.5 }\n"), "population.E.poisson.sources: found 1.5 where a whole number from 0"},
      {one(lif + "poisson = { rate = 1 }\n"), "population.E.poisson.weight is missing"},
      {one(lif + "poisson = { rate = 1, weight = 1 }\n[[axis]]\nname = \"population.E.poisson.sources\"\nfrom = 1\nto = 4\ncount = 3\n"),
       "population.E.poisson.sources: found 2.5 where a whole number"},
  });
}

TEST(BrokenNetwork, Projections) {
  expect_messages({
      {joined_by("weight = 1\n"), ":12:1: projection.E-I: neither receptor nor decay is given, and mode is not \"jump\" (receptors: AMPA, NMDA, GABA_A, GABA_B, instant)"},
      {joined_by("receptor = \"AMPA\"\n"), "projection.E-I.weight is missing"},
      {joined_by("receptor = \"AMPAA\"\nweight = 1\n"), ":15:12: unknown receptor \"AMPAA\"; did you mean \"AMPA\"? (receptors: AMPA, NMDA,"},
      {joined_by("receptor = \"AMPA\"\nweight = \"1 mV\"\n"), "projection.E-I.weight: \"1 mV\" is of the wrong kind"},
      {joined_by("receptor = \"instant\"\ndecay = 3\nweight = 1\n"), ":16:1: projection.E-I.decay: the receptor \"instant\" says how s decays"},
      {joined_by("receptor = \"instant\"\nmode = \"conductance\"\nE_rev = 0\nweight = 1\n"), "projection.E-I.receptor: \"instant\" is of mode \"current\""},
      {joined_by("decay = 3\nmode = \"conductance\"\nweight = 1\n"), "projection.E-I: mode \"conductance\" needs E_rev, and a decay has none"},
      {joined_by("decay = 3\nE_rev = 0\nweight = 1\n"), "projection.E-I.E_rev is of mode \"conductance\", and this one is \"current\""},
      {joined_by("decay = 0\nweight = 1\n"), "projection.E-I.decay: found the number 0 where a value greater than 0 is wanted"},
      {joined_by("mode = \"jump\"\nreceptor = \"AMPA\"\nweight = 1\n"), "projection.E-I.receptor: mode \"jump\" has none"},
      {joined_by("mode = \"jumps\"\nreceptor = \"AMPA\"\nweight = 1\n"), "unknown mode \"jumps\"; did you mean \"jump\"?"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\nprobability = 2\n"), ":17:15: projection.E-I.probability: 2 is no probability: allowed are 0 to 1"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\nprobability = -0.1\n"), "-0.1 is no probability"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\ndelay = \"0.25 ms\"\n"), ":17:9: projection.E-I.delay: 0.25 ms is no multiple of dt, 0.1 ms"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\ndelay = \"-1 ms\"\n"), "projection.E-I.delay: found the string \"-1 ms\" where a value 0 or more is wanted"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\ndelay = \"2 s\"\n"), "projection.E-I.delay: 2000 ms is longer than the duration, 1000 ms"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\nself = 3\n"), "projection.E-I.self: found the number 3 where true or false is wanted"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\n[[axis]]\nname = \"projection.E-I.delay\"\nfrom = 0\nto = 1\ncount = 4\n"), ":18:8: projection.E-I.delay: 0.333"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\n[[axis]]\nname = \"projection.E-I.probability\"\nvalues = [0, 0.5, 1.5]\n"), "1.5 is no probability"},
      {joined_by("receptor = \"AMPA\"\nweight = 1\n[[axis]]\nname = \"projection.E-I.weigth\"\nvalues = [0, 1]\n"),
       ":18:8: unknown quantity \"projection.E-I.weigth\" of the network; did you mean \"projection.E-I.weight\"? (an axis names"},
      {whole("[[projection]]\nfrom = \"E\"\nto = \"X\"\nreceptor = \"AMPA\"\nweight = 1\n"), ":14:6: unknown population \"X\" (populations: E, I)"},
      {whole("[[projection]]\nfrom = [\"E\", \"E\"]\nto = \"I\"\nreceptor = \"AMPA\"\nweight = 1\n"), "projection.E+E-I.from: \"E\" stands there twice"},
      {whole("[[projection]]\nto = \"I\"\nreceptor = \"AMPA\"\nweight = 1\n"), "projection..from is missing"},
      {whole("[[population]]\nname = \"S\"\nmodel = \"srm\"\nsize = 2\n[[projection]]\nfrom = \"E\"\nto = \"S\"\nmode = \"jump\"\nweight = 1\n"),
       "projection.E-S: mode \"jump\": the potential of S (srm) is no state, so nothing can lift it"},
      {whole("[[population]]\nname = \"Z\"\nmodel = \"izhikevich\"\nsize = 2\n[[projection]]\nfrom = \"E\"\nto = \"all\"\nreceptor = \"AMPA\"\nweight = 1\n"),
       "projection.E-all: the current of E is in pA and that of Z in a plain number: they need a projection each"},
      {whole("[receptor.mine]\nE_rev = 0\n"), "receptor.mine.decay is missing"},
      {whole("[receptor.AMPA]\ntau = 0\n"), "unknown key \"tau\" of [receptor]"},
      {whole("[receptor.mine]\ndecay = 3\n[[projection]]\nfrom = \"E\"\nto = \"I\"\nmode = \"conductance\"\nreceptor = \"mine\"\nweight = 1\n"),
       "mode \"conductance\" needs E_rev, and the receptor \"mine\" has none"},
      {whole("[[gap_junction]]\nbetween = [\"I\"]\nconductance = 1\n"), "between: found an array of 1 where two names are wanted"},
      {whole("[[gap_junction]]\nbetween = [\"I\", \"I\"]\nconductance = -1\n"), "gap_junction.I-I.conductance: found the number -1 where a value 0 or more"},
      {whole("[[gap_junction]]\nbetween = [\"I\", \"I\"]\nconductance = 1\nprobability = 3\n"), "gap_junction.I-I.probability: 3 is no probability"},
  });
}

TEST(BrokenNetwork, Files) {
  const auto with_edges = [](const std::string& text, const std::string& keys, const std::string& part) {
    const Csv csv("edges.csv", text);
    expect_messages({{joined_by("edges = \"" + csv.key + "\"\n" + keys), part.c_str()}});
  };
  const std::string ampa = "receptor = \"AMPA\"\n";
  with_edges("pre,post,weight\n0,0,1\n8,0,1\n", ampa, "edges.csv:3:1: pre: 8 is out of range: `from` has 8 cells, 0 to 7");
  with_edges("pre,post,weight\n0,2,1\n", ampa, "edges.csv:2:1: post: 2 is out of range: `to` has 2 cells, 0 to 1");
  with_edges("pre,post,weight\n0,-1,1\n", ampa, "edges.csv:2:3: post: found \"-1\" where a whole number from 0 on is wanted");
  with_edges("pre,post,weight\n0,1.5,1\n", ampa, "edges.csv:2:3: post: found \"1.5\"");
  with_edges("pre,post,weight\n0, 1, x\n", ampa, "edges.csv:2:7: weight: \"x\" is not a number");
  with_edges("pre,post,weight\n0,1\n", ampa, "edges.csv:2:1: found 2 fields where the first line names 3 columns");
  with_edges("pre,post\n0,1\n", ampa, "edges.csv:1:1: has no column weight (wanted are pre, post, weight [pA], receptor (optional), delay [ms] (optional))");
  with_edges("pre,post,weight,wieght\n", ampa, "edges.csv:1:17: unknown column \"wieght\"; did you mean \"weight\"?");
  with_edges("pre,post,weight,pre\n", ampa, "the column pre stands there twice");
  with_edges("pre,post,weight [mV]\n", ampa, "edges.csv:1:10: weight: ");
  with_edges("", ampa, "edges.csv:1:1: is empty; wanted are the columns pre,");
  with_edges("pre,post,weight,delay\n0,1,1,0.25\n", ampa, "edges.csv:2:1: delay: 0.25 ms is no multiple of dt, 0.1 ms");
  with_edges("pre,post,weight,delay\n0,1,1,-1\n", ampa, "edges.csv:2:1: delay: -1 ms is negative");
  with_edges("pre,post,weight,receptor\n0,1,1,AMPAA\n", "", "edges.csv:2:1: unknown receptor \"AMPAA\"; did you mean \"AMPA\"?");
  with_edges("pre,post,weight\n0,1,1\n", "", "neither receptor nor decay is given, and ");
  with_edges("pre,post,weight\n0,1,1\n", ampa + "weight = 3\n", ":17:1: projection.E-I.weight: edges say which cells are connected");
  with_edges("pre,post,weight\n0,1,1\n", ampa + "probability = 0.5\n", "projection.E-I.probability: edges say which cells");
  with_edges("pre,post,weight,receptor\n0,1,1,AMPA\n", "mode = \"conductance\"\n", "receptor: \"AMPA\" sets the decay alone, and projection.E-I has no E_rev");
  const auto with_spikes = [](const std::string& text, const char* part) {
    const Csv csv("spikes.csv", text);
    expect_messages({{one("model = \"spikes\"\nsize = 3\nfile = \"" + csv.key + "\"\n"), part}});
  };
  with_spikes("time,neuron\n1,3\n", "spikes.csv:2:1: neuron: 3 is out of range: E has 3 cells, 0 to 2");
  with_spikes("time,neuron\n1.25,0\n", "spikes.csv:2:1: time: 1.25 ms is no whole number of steps of 0.1 ms from 0 on");
  with_spikes("time,neuron\n1,0\n1,0\n", "spikes.csv:3:1: neuron 0 spikes at 1 ms in line 2 already");
  const Csv drive("drive.csv", "mean\n1\n2\n");
  const std::string lif = one("model = \"lif\"\nsize = 3\ninput.I.mean = { file = \"" + drive.key + "\" }\n");
  expect_messages({{lif, "drive.csv has 2 rows, and E has 3 cells"}});
  const Csv good("good.csv", "mean\n1\n2\n3\n");
  expect_messages({{one("model = \"lif\"\nsize = 3\ninput.I.mean = { file = \"" + good.key + "\" }\n[[axis]]\nname = \"population.E.input.I.mean\"\nvalues = [1, 2]\n"),
                    "population.E.input.I.mean: a file gives one for each cell, so nothing is left for an axis to change"}});
}

TEST(BrokenNetwork, MeasuresAndFlags) {
  const Csv times("times.csv", "time [ms],neuron\n2,0\n");
  const auto measured = [](const std::string& m) { return whole("[observe]\nmeasures = [\"" + m + "\"]\n"); };
  expect_messages({
      {measured("E.rat"), ":13:13: unknown measure \"rat\"; did you mean \"rate\"?"},
      {measured("X.rate"), "measure \"X.rate\": rate is of a population, and \"X\" is none (populations: E, I)"},
      {measured("E.mean"), "measure \"E.mean\": mean is of a signal, and \"E\" is none"},
      {measured("E.v.rate"), "rate is of a population, and \"E.v\" is none"},
      {whole("[observe]\nmeasures = [\"rate\", \"E.rate\"]\n"), "measure \"E.rate\" stands there twice"},
      {whole("[observe]\nsignal = \"E.w\"\n"), "unknown signal \"E.w\""},
      {measured("G.synchrony\"]\n[[population]]\nname = \"G\"\nmodel = \"spikes\"\nsize = 2\nfile = \"" + times.key + "\"\n#"),
       "measure \"G.synchrony\": the cells of \"G\" only spike at given times (measures: spike_count, rate, isi_mean, isi_cv, active)"},
      {one("model = \"spikes\"\nsize = 2\nfile = \"" + times.key + "\"\n[observe]\nmeasures = [\"rate\", \"synchrony\"]\n"),
       "measure \"synchrony\": the cells of all populations only spike at given times (measures: spike_count, rate, isi_mean, isi_cv, active)"},
  });
  EXPECT_TRUE(contains(error_of(whole(), {{"population.X.size=3"}, {}}), "--set population.X.size=3: unknown population \"X\" (populations: E, I;"));
  EXPECT_TRUE(contains(error_of(whole(), {{"population.E.sizes=3"}, {}}), "--set population.E.sizes=3: unknown key \"sizes\" of [population]"));
  EXPECT_TRUE(contains(error_of(whole(), {{"population=3"}, {}}), "--set population=3: write --set population.NAME.KEY=VALUE"));
  EXPECT_TRUE(contains(error_of(whole(), {{"population.E.input.I.mean=1"}, {"population.E.input.I.mean=1:2:3"}}), "is swept by the axis"));
}

// A store of one network refuses another, whatever differs.
TEST(Network, IdentityKnowsEveryPart) {
  const std::string text = joined_by("receptor = \"AMPA\"\nweight = 3\n");
  const Identity here = identity_of(load(text));
  EXPECT_EQ(first_difference(here, identity_of(load(text))), "");
  const std::vector<std::pair<std::string, const char*>> sets{
      {"population.E.size=9", "population.E.size is 8 there and 9 here"},
      {"population.E.model=perfect-if", "population.E.model is lif there and perfect-if here"},
      {"population.E.parameters.tau=9", "population.E.parameters.tau is 10 ms there and 9 ms here"},
      {"projection.E-I.weight=4", "projection.E-I.weight is 3 pA there and 4 pA here"},
      {"projection.E-I.delay=4", "projection.E-I.delay is 0 ms there and 4 ms here"},
      {"projection.E-I.self=true", "projection.E-I is E to I, current, receptor.AMPA.decay, scale 1, no self there and"},
      {"projection.E-I.scale=1/sqrt(n)", "projection.E-I is"},
      {"projection.E-I.mode=conductance", "projection.E-I is"},
      {"receptor.AMPA.decay=4", "receptor.AMPA.decay is 2 ms there and 4 ms here"},
      {"connectivity=per-set", "connectivity is fixed there and per-set here"},
  };
  for (const auto& [set, part] : sets) EXPECT_TRUE(contains(first_difference(here, identity_of(load(text, {{set}, {}}))), part)) << set << ": " << first_difference(here, identity_of(load(text, {{set}, {}})));
  for (const auto& [name, value] : without_defaults(here)) EXPECT_FALSE(contains(name, ".parameters.") || contains(name, "input.")) << name << " = " << value;
}

TEST(Network, IdentityKnowsItsFiles) {
  const auto difference = [](const std::string& keys, const std::string& a, const std::string& b) {
    const auto read = [&](const std::string& content) {
      const Csv csv("file.csv", content);
      std::string text = keys;
      text.replace(text.find("FILE"), 4, csv.key);
      return identity_of(load(text));
    };
    EXPECT_EQ(first_difference(read(a), read(a)), "");
    return first_difference(read(a), read(b));
  };
  const std::string edges = joined_by("edges = \"FILE\"\nreceptor = \"AMPA\"\n"), names = "pre,post,weight\n";
  for (const char* other : {"1,0,1\n", "0,1,1\n", "0,0,1.0000000001\n"})
    EXPECT_TRUE(contains(difference(edges, names + "0,0,1\n", names + other), "projection.E-I is E to I, 1 edges (")) << other;
  EXPECT_TRUE(contains(difference(edges, names + "0,0,1\n", "pre,post,weight,receptor\n0,0,1,NMDA\n"), "projection.E-I is"));
  EXPECT_TRUE(contains(difference(edges, names + "0,0,1\n", "pre,post,weight,delay\n0,0,1,1\n"), "projection.E-I is"));
  EXPECT_TRUE(contains(difference(one("model = \"spikes\"\nsize = 3\nfile = \"FILE\"\n"), "time,neuron\n1,0\n", "time,neuron\n1,1\n"), "population.E.spikes is 1 spikes ("));
  EXPECT_TRUE(contains(difference(one("model = \"lif\"\nsize = 2\ninput.I.mean = { file = \"FILE\" }\n"), "mean\n1\n2\n", "mean\n2\n1\n"), "population.E.means is 2 values ("));
}

// A store keeps where the files of its sweep lie.
TEST(Network, TextOfAStoreFindsItsFiles) {
  const Csv drive("drive.csv", "mean\n1\n2\n");
  const std::string text = one("model = \"lif\"\nsize = 2\ninput.I.mean = { file = \"" + drive.key + "\" }\n");
  const StoreMetadata m = metadata_of(load(text));
  EXPECT_EQ(m.sweep_folder + "/" + drive.key, drive.path);
  EXPECT_EQ(load_sweep_text("a store", text, {}, m.sweep_folder).problem.network->populations[0].mean, (std::vector<double>{1, 2}));
  EXPECT_THROW(load_sweep_text("a store", text, {}), SpecError);
  EXPECT_EQ(m.model, "network");
  EXPECT_EQ(m.arrays[0].name, "E.rate");
}

}  // namespace
}  // namespace neurosweep
