// Every mistake in one row: what is wrong, and what the message has to hold (place, value, what is allowed, nearest
// name).
#include <algorithm>
#include <filesystem>

#include "sweep_text.hpp"

namespace neurosweep {
namespace {

using test::contains;
using test::error_of;

struct Broken {
  int line;  // of the good file that `text` replaces; 0 = the whole file
  const char* text;
  std::vector<const char*> parts;  // of the message
  int errors = 1;                  // lines of the message: one mistake is told once
};

void expect_message(const std::string& message, const std::vector<const char*>& parts, int errors) {
  EXPECT_NE(message, "") << "it loaded";
  for (const char* part : parts) EXPECT_TRUE(contains(message, part)) << "no " << part << " in: " << message;
  EXPECT_EQ(1 + std::count(message.begin(), message.end(), '\n'), errors) << message;
}

void check(const std::vector<Broken>& table) {
  for (const Broken& b : table) {
    SCOPED_TRACE(b.text);
    const std::string message = error_of(test::with_line(b.line, b.text));
    expect_message(message, b.parts, b.errors);
    EXPECT_TRUE(contains(message, test::temporary("sweep.toml:"))) << message;
  }
}

TEST(Broken, Keys) {
  check({
      {1,
       "modell = \"jansen-rit\"",
       {":1:1: unknown key \"modell\" of a sweep file; did you mean \"model\"?", "allowed keys: title, model,",
        ":1:1: model is missing"},
       2},
      {2, "dt_ = \"0.5 ms\"", {":2:1: unknown key \"dt_\"", "did you mean \"dt\"?", "dt is missing (time step"}, 2},
      {3,
       "duraton = \"2 s\"",
       {":3:1: unknown key \"duraton\"", "did you mean \"duration\"?", "duration is missing"},
       2},
      {5, "sed = 7", {":5:1: ", "did you mean \"seed\"?"}},
      {5, "seed = 7\nthreads = 4", {":6:1: unknown key \"threads\" of a sweep file", "replicates"}},
      {5, "\"spectrum.segment\" = 512", {":5:1: unknown key \"spectrum.segment\""}},
      {5, "\"\" = 512", {":5:1: unknown key \"\""}},
      {6, "[parameter]", {":6:2: unknown key \"parameter\"", "did you mean \"parameters\"?"}},
      {7,
       "bii = \"50 Hz\"",
       {":7:1: unknown parameter \"bii\" of jansen-rit; did you mean \"bi\"?", "parameters: Ae, Ai, be, bi, C"}},
      {7, "gain = 3", {":7:1: unknown parameter \"gain\" of jansen-rit (parameters: "}},
      {7, "\"input.E.mean\" = 3", {":7:1: unknown parameter \"input.E.mean\""}},
      {9, "N = \"1 mV\"", {":9:1: unknown state \"N\" of jansen-rit", "states: M, E, I, Mv, Ev, Iv"}},
      {9, "mV = 1", {":9:1: unknown state \"mV\"", "did you mean \"Mv\"?"}},
      {15, "[input.X]", {":15:8: unknown input port \"X\" of jansen-rit", "input ports: M, E, I"}},
      {15, "[input.e]", {":15:8: unknown input port \"e\"", "did you mean \"E\"?"}},
      {15, "[inputs.E]", {":15:2: unknown key \"inputs\"", "did you mean \"input\"?"}},
      {16,
       "men = \"120 Hz\"",
       {":16:1: unknown key \"men\" of [input.E]", "did you mean \"mean\"?", "allowed keys: mean, noise, sine, pulse"}},
      {18,
       "sine = { amplitude = 1, frequency = 1, phas = 0 }",
       {":18:40: unknown key \"phas\" of [input.E.sine]", "did you mean \"phase\"?", "amplitude, frequency, phase"}},
      {19,
       "pulse = { amplitude = 1, widht = 1 }",
       {":19:26: unknown key \"widht\" of [input.E.pulse]", "did you mean \"width\"?"},
       2},
      {14,
       "counts = 8",
       {":14:1: unknown key \"counts\" of [axis]", "did you mean \"count\"?", "name, from, to, count, scale, values"},
       2},
      {20, "[observ]", {":20:2: unknown key \"observ\"", "did you mean \"observe\"?"}},
      {21,
       "signals = \"eeg\"",
       {":21:1: unknown key \"signals\" of [observe]", "did you mean \"signal\"?", "signal, measures"}},
      {24,
       "segments = 512",
       {":24:1: unknown key \"segments\" of [spectrum]", "did you mean \"segment\"?",
        "segment, overlap, band, engine, min_amplitude"}},
  });
}

TEST(Broken, Names) {
  check({
      {1, "model = \"jansen-ritt\"", {":1:9: unknown model \"jansen-ritt\"; did you mean \"jansen-rit\"?", "models: "}},
      {1, "model = \"Jansen_Rit\"", {"did you mean \"jansen-rit\"?"}},
      {1, "model = \"\"", {":1:9: unknown model \"\""}},
      {5,
       "method = \"exp_euler\"",
       {":5:10: unknown method \"exp_euler\"; did you mean \"exp-euler\"?", "methods: euler, exp-euler, heun, rk4"}},
      {5, "method = \"rk45\"", {":5:10: ", "did you mean \"rk4\"?"}},
      {5, "method = \"milstein\"", {":5:10: unknown method \"milstein\" (methods: euler, exp-euler, heun, rk4)"}},
      {5, "precision = \"duoble\"", {":5:13: unknown precision \"duoble\"; did you mean \"double\"?", "float, double"}},
      {5, "precision = \"half\"", {":5:13: unknown precision \"half\"", "float, double"}},
      {5, "preset = \"tonic_spiking\"", {":5:10: preset \"tonic_spiking\": jansen-rit has no presets"}},
      {11,
       "name = \"Aee\"",
       {":11:8: unknown quantity \"Aee\" of jansen-rit; did you mean \"Ae\"?", "input.M.mean", "initial.M"}},
      {11, "name = \"input.E.nois\"", {":11:8: ", "did you mean \"input.E.noise\"?"}},
      {11, "name = \"initial.m\"", {":11:8: ", "did you mean \"initial.M\"?"}},
      {11, "name = \"dt\"", {":11:8: unknown quantity \"dt\""}},
      {11, "name = \"\"", {":11:8: unknown quantity \"\""}},
      {14, "count = 8\nscale = \"logarithmic\"", {":15:9: unknown scale \"logarithmic\"", "linear, log"}},
      {21, "signal = \"egg\"", {":21:10: unknown signal \"egg\"; did you mean \"eeg\"?", "signals: eeg, M, E, I"}},
      {22,
       "measures = [\"amplitud\"]",
       {":22:13: unknown measure \"amplitud\"; did you mean \"amplitude\"?", "peak_power, power_delta"}},
      {22, "measures = [\"mean\", \"power_apha\"]", {":22:21: ", "did you mean \"power_alpha\"?"}},
      {22, "measures = [\"mean\", \"mean\"]", {":22:21: measure \"mean\" stands there twice"}},
      {22, "measures = []", {":22:12: observe.measures is empty", "amplitude, minimum"}},
      {27, "engine = \"fftw\"", {":27:10: unknown engine \"fftw\"; did you mean \"fft\"?", "auto, fft, direct"}},
  });
}

TEST(Broken, Units) {
  check({
      {2,
       "dt = \"0.5 Hz\"",
       {":2:6: dt: \"0.5 Hz\" is of the wrong kind (frequency or rate); wanted is a time (s, ms, us, ns)"}},
      {2, "dt = \"0.5 msec\"", {":2:6: dt: unknown unit \"msec\"", "a time (s, ms, us, ns)"}},
      {2, "dt = \"0.5 mS\"", {":2:6: dt: \"0.5 mS\" is of the wrong kind (conductance)"}},
      {2, "dt = \"half a ms\"", {":2:6: dt: \"half a ms\" is not a number"}},
      {2, "dt = \"\"", {":2:6: dt: \"\" is not a number"}},
      {2, "dt = \"0,5 ms\"", {":2:6: dt: \"0,5 ms\" has a comma"}},
      {7, "bi = \"50 hz\"", {":7:6: bi: unknown unit \"hz\"; did you mean \"Hz\"?"}},
      {7,
       "bi = \"50 mV\"",
       {":7:6: bi: \"50 mV\" is of the wrong kind (voltage); wanted is a frequency or rate (Hz, mHz, kHz, MHz)"}},
      {7, "C = \"135 mV\"", {":7:5: C: \"135 mV\" is of the wrong kind (voltage); wanted is a plain number"}},
      {7,
       "r = \"0.5 mV\"",
       {":7:5: r: \"0.5 mV\" is of the wrong kind (voltage); wanted is an inverse voltage (1/mV)"}},
      {9,
       "Mv = \"1 mV\"",
       {":9:6: initial.Mv: \"1 mV\" is of the wrong kind (voltage); wanted is a voltage per time (mV/s)"}},
      {12, "from = \"2.6 ms\"", {":12:8: axis Ae: from: \"2.6 ms\" is of the wrong kind (time); wanted is a voltage"}},
      {13, "to = \"5 mVolt\"", {":13:6: axis Ae: to: unknown unit \"mVolt\""}},
      {16, "mean = \"120 mV\"", {":16:8: input.E.mean: \"120 mV\" is of the wrong kind"}},
      {18,
       "sine = { amplitude = 1, frequency = \"10 rad/s\" }",
       {":18:37: input.E.sine.frequency: \"10 rad/s\" is of the wrong kind"}},
      {18,
       "sine = { amplitude = 1, frequency = 1, phase = \"10 Hz\" }",
       {":18:48: input.E.sine.phase: ", "an angle (rad, deg)"}},
      {26, "band = [\"3 Hz\", \"40 ms\"]", {":26:17: spectrum.band: \"40 ms\" is of the wrong kind (time)"}},
      {28, "min_amplitude = \"1 Hz\"", {":28:17: spectrum.min_amplitude: \"1 Hz\" is of the wrong kind", "a voltage"}},
  });
}

TEST(Broken, Types) {
  check({
      {1, "model = 3", {":1:9: model: found the number 3 where a string is wanted"}},
      {1, "model = [\"jansen-rit\"]", {":1:9: model: found an array of 1 where a string is wanted"}},
      {2, "dt = true", {":2:6: dt: found the boolean true where a number, or a string with a unit"}},
      {2, "dt = 1979-05-27", {":2:6: dt: found a date or time of day where a number"}},
      {2, "dt = [1]", {":2:6: dt: found an array of 1"}},
      {5, "title = 3", {":5:9: title: found the number 3 where a string is wanted"}},
      {5, "seed = \"7\"", {":5:8: seed: found the string \"7\" where a whole number is wanted"}},
      {5, "seed = 7.5", {":5:8: seed: found the number 7.5 where a whole number from 0 to 18446744073709551615 is wanted, without a point"}},
      {5, "method = 3", {":5:10: method: found the number 3 where a string is wanted (methods: euler, exp-euler, heun, rk4)"}},
      {5, "precision = true", {":5:13: precision: found the boolean true where a string is wanted (precisions: float, double)"}},
      {14, "count = 1e12", {":14:9: axis Ae: count: found the number 1000000000000.0 where a whole number from 2 to 16777216 is wanted"}},
      {24, "segment = 4.0", {":24:11: spectrum.segment: found the number 4.0 where a whole number from 3 to 16777216 is wanted, without"}},
      {5, "replicates = 1.0", {":5:14: replicates: found the number 1.0 where a whole number from 1 to 16777216 is wanted, without a point or exponent"}},
      {23, "[observe.spectrum]", {":23:10: unknown key \"spectrum\" of [observe]"}},
      {8, "[[initial]]", {":8:1: initial: found an array of 1 where a table is wanted"}},
      {7, "bi = { value = 3 }", {":7:6: parameters.bi: found a table where a number"}},
      {10, "[axis]", {":10:1: axis: found a table where an array of tables, each headed [[axis]] is wanted"}},
      {11, "name = 1", {":11:8: axis.name: found the number 1 where a string is wanted"}},
      {14, "count = \"8\"", {":14:9: axis.count: found the string \"8\" where a whole number is wanted"}},
      {14, "count = 8.0", {":14:9: axis Ae: count: found the number 8.0 where a whole number from 2 to 16777216 is wanted, without a point"}},
      {16, "mean = false", {":16:8: input.E.mean: found the boolean false"}},
      {18, "sine = \"70 Hz\"", {":18:8: input.E.sine: found the string \"70 Hz\" where a table is wanted"}},
      {22, "measures = \"mean\"", {":22:12: observe.measures: found the string \"mean\" where an array of strings"}},
      {22, "measures = [\"mean\", 3]", {":22:21: measure: found the number 3 where a string is wanted (measures: amplitude, minimum"}},
      {24,
       "segment = \"256 ms\"",
       {":24:11: spectrum.segment: found the string \"256 ms\" where a whole number is wanted"}},
      {26, "band = \"3 Hz\"", {":26:8: spectrum.band: found the string \"3 Hz\" where an array of numbers"}},
      {26, "band = [\"3 Hz\", true]", {":26:17: spectrum.band: found the boolean true"}},
      {26, "band = [[3, 40]]", {":26:9: spectrum.band: found an array of 2 where a number"}},
      {27, "engine = 1", {":27:10: engine: found the number 1 where a string is wanted (engines: auto, fft, direct)"}},
  });
}

TEST(Broken, Times) {
  check({
      {2, "dt = 0", {":2:6: dt: found the number 0 where a value greater than 0 is wanted"}},
      {2, "dt = \"-0.5 ms\"", {":2:6: dt: found the string \"-0.5 ms\" where a value greater than 0"}},
      {2, "dt = nan", {":2:6: dt: nan is not a finite number"}},
      {2, "dt = inf", {":2:6: dt: inf is not a finite number"}},
      {2, "dt = \"inf s\"", {":2:6: dt: \"inf s\" is not a finite number"}},
      {2, "dt = \"3 s\"", {":2:6: dt: 3 s is longer than the duration, 2 s"}},
      {2, "dt = 1e-12", {":3:12: duration: 2 s are 2000000000000 steps of 1e-12 s; at most 17179869184"}},
      {2, "dt = 5e-324", {":3:12: duration: 2 s are inf steps"}},
      {3, "duration = 0", {":3:12: duration: found the number 0 where a value greater than 0"}},
      {3, "duration = -2", {":3:12: duration: ", "greater than 0"}},
      {3, "duration = \"1e400 s\"", {":3:12: duration: \"1e400 s\" is beyond the numbers of double precision"}},
      {3, "duration = \"0.1 ms\"", {":2:6: dt: 0.0005 s is longer than the duration, 0.0001 s"}},
      {4, "transient = \"2 s\"", {":4:13: transient: 2 s leave nothing to observe of the duration, 2 s"}},
      {4, "transient = \"1999.9 ms\"", {":4:13: transient: 1.9999 s leave nothing"}},
      {4, "transient = 1e300", {":4:13: transient: 1e+300 s leave nothing"}},
      {4, "transient = \"-1 ms\"", {":4:13: transient: ", "0 or more"}},
  });
}

TEST(Broken, Numbers) {
  check({
      {5,
       "seed = -1",
       {":5:8: seed: found the number -1 where a whole number from 0 to 18446744073709551615 is wanted"}},
      {5, "seed = 18446744073709551616", {":5:", "not TOML: ", "18446744073709551616"}},
      {5, "replicates = 0", {":5:14: replicates: found the number 0 where a whole number from 1 to 16777216"}},
      {5, "replicates = -3", {":5:14: replicates: found the number -3"}},
      {5, "replicates = 16777217", {":5:14: ", "from 1 to 16777216"}},
      {7, "bi = inf", {":7:6: bi: inf is not a finite number"}},
      {7, "bi = -nan", {":7:6: bi: ", "not a finite number"}},
      {7, "bi = 1e39", {":7:6: bi: 1e+39 is beyond the numbers of float", "precision = \"double\""}},
      {9, "M = \"nan mV\"", {":9:5: initial.M: \"nan mV\" is not a finite number"}},
      {16, "mean = inf", {":16:8: input.E.mean: inf is not a finite number"}},
      {17, "noise = -1", {":17:9: input.E.noise: found the number -1 where a value 0 or more is wanted"}},
      {28, "min_amplitude = -1", {":28:17: spectrum.min_amplitude: ", "0 or more"}},
  });
}

TEST(Broken, Inputs) {
  check({
      {18, "sine = { amplitude = 1 }", {":18:22: input.E.sine.amplitude needs input.E.sine.frequency too"}},
      {18, "sine = { frequency = 1 }", {":18:22: input.E.sine.frequency needs input.E.sine.amplitude too"}},
      {18, "sine = { amplitude = 1, frequency = -1 }", {":18:37: input.E.sine.frequency: ", "0 or more"}},
      {19, "pulse = { amplitude = 1 }", {":19:23: input.E.pulse.amplitude needs input.E.pulse.width too"}},
      {19, "pulse = { width = 1 }", {":19:19: input.E.pulse.width needs input.E.pulse.amplitude too"}},
      {19,
       "pulse = { amplitude = 1, width = 0 }",
       {":19:34: input.E.pulse.width: found the number 0 where a value greater than 0"}},
      {19, "pulse = { amplitude = 1, width = 1, start = -1 }", {":19:45: input.E.pulse.start: ", "0 or more"}},
      {19,
       "pulse = { amplitude = 1, width = 1, period = 0.5 }",
       {":19:46: input.E.pulse.period: a period of 0.5 s is shorter than the pulse's width of 1 s"}},
      {19,
       "pulse = { amplitude = 1, width = 1, period = inf }",
       {":19:46: input.E.pulse.period: inf is not a finite number"}},
  });
}

TEST(Broken, Axes) {
  check({
      {11, "", {":10:1: axis.name is missing"}},
      {12, "", {":10:1: axis Ae has no from; it needs from, to and count, or values"}},
      {13, "", {":10:1: axis Ae has no to"}},
      {14, "", {":10:1: axis Ae has no count"}},
      {14,
       "count = 0",
       {":14:9: axis Ae: count: found the number 0, but an axis has at least 2 values", "[parameters]",
        "values = [...]"}},
      {14, "count = 1", {":14:9: axis Ae: count: found the number 1, but an axis has at least 2 values"}},
      {14, "count = -8", {":14:9: axis Ae: count: found the number -8 where a whole number from 2 to 16777216"}},
      {14, "count = 1000000000000", {":14:9: axis Ae: count: found the number 1000000000000 where", "16777216"}},
      {14, "count = 2.5", {":14:9: axis Ae: count: found the number 2.5 where a whole number from 2 to 16777216 is wanted, without a point"}},
      {13, "to = \"2.6 mV\"", {":13:6: axis Ae: from and to are both 2.6"}},
      {13, "to = inf", {":13:6: axis Ae: to: inf is not a finite number"}},
      {13, "to = 1e300", {":13:6: axis Ae: to: 1e+300 is beyond the numbers of float"}},
      {12, "scale = \"log\"\nfrom = 0", {":14:6: axis Ae: a log axis cannot start or end at 0"}},
      {12, "scale = \"log\"\nfrom = -1", {":14:6: axis Ae: a log axis cannot cross 0 (from -1 to 5)"}},
      {13, "to = 2.6000000000000005", {":10:1: axis Ae: the value 2.6", "stands there twice"}},
      {14, "count = 8\n[[axis]]\nname = \"Ae\"\nvalues = [1]", {":16:8: \"Ae\" is swept twice", ":11:8"}},
      {14, "count = 8\n[[axis]]\nname = \"parameters.Ae\"\nvalues = [1]", {":16:8: \"Ae\" is swept twice"}},
      {14, "count = 8\nvalues = [1, 2]", {":12:1: axis Ae has both values and from"}},
      {14,
       "count = 8\n[[axis]]\nname = \"Ai\"\nvalues = []",
       {":17:10: axis Ai: found 0 values where 1 to 16777216 are wanted"}},
      {14,
       "count = 8\n[[axis]]\nname = \"Ai\"\nvalues = [1, 2, 1]",
       {":15:1: axis Ai: the value 1 stands there twice"}},
      {14, "count = 8\n[[axis]]\nname = \"Ai\"\nvalues = [1, true]", {":17:14: axis.values: found the boolean true"}},
      {14,
       "count = 8\n[[axis]]\nname = \"Ai\"\nvalues = [1, \"2 s\"]",
       {":17:14: axis Ai: values: \"2 s\" is of the wrong kind"}},
      {14,
       "count = 8\n[[axis]]\nname = \"input.E.noise\"\nfrom = -1\nto = 1\ncount = 3",
       {":17:8: axis input.E.noise: from: ", "0 or more"}},
      {14,
       "count = 16777216\n[[axis]]\nname = \"Ai\"\nfrom = 1\nto = 2\ncount = 65537",
       {":15:1: axis Ai: with these 65537 values the axes make more than 1099511627776 sets"}},
  });
}

TEST(Broken, AxesAgainstTheRestOfTheFile) {
  const std::string width = "[[axis]]\nname = \"input.E.pulse.width\"\nvalues = [0.1, 0.6]\n";
  expect_message(error_of(test::good() + width),
                 {"input.E.pulse.period: a period of 0.5 s is shorter than the pulse's width of 0.6 s"}, 1);
  const std::string frequency = "[[axis]]\nname = \"input.I.sine.frequency\"\nvalues = [1, 2]\n";
  expect_message(error_of(test::good() + frequency), {":30:8: input.I.sine.frequency needs input.I.sine.amplitude too"},
                 1);
}

TEST(Broken, Spectrum) {
  check({
      {24, "segment = 0", {":24:11: spectrum.segment: found the number 0 where a whole number from 3"}},
      {24, "segment = 1", {":24:11: spectrum.segment: found the number 1 where a whole number from 3"}},
      {24, "segment = -512", {":24:11: spectrum.segment: found the number -512"}},
      {24, "segment = 99999999999", {":24:11: spectrum.segment: found the number 99999999999"}},
      {24, "segment = 3001", {":24:11: spectrum.segment: 3001 samples are more than the 3000 that are observed"}},
      {25,
       "overlap = 512",
       {":25:11: spectrum.overlap (less than the segment): found the number 512 where a whole number from 0 to 511"}},
      {25, "overlap = -1", {":25:11: spectrum.overlap", "found the number -1"}},
      {26, "band = []", {":26:8: spectrum.band: found 0 values where two are wanted"}},
      {26, "band = [3]", {":26:8: spectrum.band: found 1 values where two are wanted"}},
      {26, "band = [3, 40, 80]", {":26:8: spectrum.band: found 3 values"}},
      {26, "band = [40, 3]", {":26:8: spectrum.band: 40 ... 3 Hz is no band", "lower frequency first"}},
      {26, "band = [3, 3]", {":26:8: spectrum.band: 3 ... 3 Hz is no band"}},
      {26, "band = [-1, 40]", {":26:9: spectrum.band: found the number -1 where a value 0 or more"}},
      {26,
       "band = [3, 1001]",
       {":26:8: spectrum.band: 1001 Hz is above the Nyquist frequency, 1000 Hz at dt = 0.0005 s"}},
      {26, "band = [3, inf]", {":26:12: spectrum.band: inf is not a finite number"}},
      {26,
       "band = [4, 7]",
       {":26:8: spectrum.band: no bin lies inside 4 ... 7 Hz; a segment of 512 samples at dt = 0.0005 s has bins every "
        "3.90625 Hz"}},
      {26, "band = [3.90625, 7.8125]", {":26:8: spectrum.band: no bin lies inside 3.90625 ... 7.8125 Hz"}},
  });
}

TEST(Broken, SpectraThatCannotBe) {
  const std::string head = "model = 'jansen-rit'\ndt = '0.5 ms'\nduration = '1 s'\n";
  expect_message(
      error_of(head + "[observe]\nmeasures = ['power_alpha', 'power_delta']\n[spectrum]\nsegment = 100"),
      {":5:13: power_alpha: no bin lies in 8 ... 13 Hz; a segment of 100 samples at dt = 0.0005 s has bins every 20 Hz",
       ":5:28: power_delta: no bin lies in 1 ... 4 Hz"},
      2);
  expect_message(error_of(head + "[observe]\nmeasures = ['peak_power']\n[spectrum]\nsegment = 10"),
                 {":5:13: spectrum.band: no bin lies inside 1 ... 80 Hz"}, 1);
  expect_message(
      error_of("model = 'jansen-rit'\ndt = '1 ms'\nduration = '50 ms'\n[observe]\nmeasures = ['peak_power']"),
      {":5:13: peak_power needs a spectrum, and the 50 observed samples are too few", "spectrum.segment"}, 1);
  expect_message(error_of(head + "[observe]\nmeasures = ['mean']\n[spectrum]\nsegment = 512\nband = [4, 7]"),
                 {":8:8: spectrum.band: no bin lies inside 4 ... 7 Hz"}, 1);  // not needed, but wrong
}

TEST(Broken, ABandWithoutABinIsToldOnce) {
  const std::string text = test::with_line(26, "band = [4, 7]");
  expect_message(error_of(text, {{"observe.measures=peak_frequency,peak_power,power_beta"}, {}}), {":26:8: "}, 1);
}

TEST(Broken, NotToml) {
  check({
      {0, "model = \"jansen-rit\"\ndt 3\n", {":2:4: not TOML: "}},
      {0, "model = \"jansen-rit\ndt = 3\n", {":1:", "not TOML: "}},
      {0, "[=axis]\n", {":1:2: not TOML: "}},
      {0, "[[axis\n", {":1:", "not TOML: "}},
      {0, "model = \"a\"\nmodel = \"b\"\n", {":2:", "not TOML: "}},
      {0, "dt = 0.5 ms\n", {":1:", "not TOML: "}},
      {0, "model = \"\xff\xfe\"\n", {":1:", "not TOML: "}},
      {0, "", {":1:1: is empty; a sweep file names at least model, dt and duration"}},
      {0, " \n\t\n", {":1:1: is empty"}},
      {0,
       "# nothing\n",
       {":1:1: model is missing", "neurosweep models", ":1:1: dt is missing", ":1:1: duration is missing"},
       3},
      {0, "{\"model\": \"jansen-rit\"}", {":1:1: not TOML: "}},
  });
}

TEST(Broken, NotAFile) {
  const auto message = [](const std::string& path) -> std::string {
    try {
      load_sweep(path, {});
    } catch (const SpecError& e) { return e.what(); }
    return "";
  };
  const std::string there = test::write(test::good(), "there.toml"), absent = test::temporary("their.toml");
  EXPECT_EQ(message(absent), absent + ": no such file; did you mean \"" + there + "\"?");
  EXPECT_EQ(message("/nowhere/x.toml"), "/nowhere/x.toml: no such file");
  EXPECT_EQ(message(testing::TempDir()), testing::TempDir() + ": is a directory, not a sweep file");
  EXPECT_NE(message(""), "");
  const std::string binary = test::write(std::string("\x7f"
                                                     "ELF\0\0\1",
                                                     7),
                                         "binary.toml");
  EXPECT_EQ(message(binary), binary + ": is not text (byte 4 is zero): not a sweep file");
  const std::string huge = test::write(std::string((std::size_t(4) << 20) + 1, '#'), "huge.toml");
  EXPECT_EQ(message(huge), huge + ": is larger than 4 MiB: not a sweep file");
  std::filesystem::remove(there), std::filesystem::remove(binary), std::filesystem::remove(huge);
}

struct BrokenFlags {
  Overrides flags;
  std::vector<const char*> parts;
  int errors = 1;
};

TEST(Broken, Flags) {
  const std::vector<BrokenFlags> table{
      {{{"Aee=3"}, {}}, {"--set Aee=3: unknown parameter or key \"Aee\"; did you mean \"Ae\"?", "parameters: Ae, Ai"}},
      {{{"measures=mean"}, {}}, {"--set measures=mean: ", "\"measures\"; there is observe.measures (parameters"}},
      {{{"noise=0"}, {}}, {"--set noise=0: ", "; there are input.M.noise, input.E.noise, input.I.noise (parameters"}},
      {{{"count=9"}, {}}, {"--set count=9: ", "\"count\" (parameters"}},
      {{{"duraton=3"}, {}}, {"--set duraton=3: ", "did you mean \"duration\"?"}},
      {{{"dt"}, {}}, {"--set dt: write --set KEY=VALUE"}},
      {{{"=3"}, {}}, {"--set =3: write --set KEY=VALUE"}},
      {{{""}, {}}, {"--set : write --set KEY=VALUE"}},
      {{{"dt="}, {}}, {"--set dt=: there is no value after the ="}},
      {{{"dt=3 Hz"}, {}}, {"--set dt=3 Hz: dt: \"3 Hz\" is of the wrong kind"}},
      {{{"dt=x"}, {}}, {"--set dt=x: dt: \"x\" is not a number"}},
      {{{"dt=0"}, {}}, {"--set dt=0: dt: found \"0\" where a value greater than 0"}},
      {{{"Ae=3"}, {}}, {"--set Ae=3: Ae is swept by the axis at ", "sweep.toml:11:8", "--axis Ae=FROM:TO:COUNT"}},
      {{{"parameters.Ae=3"}, {}}, {"--set parameters.Ae=3: Ae is swept"}},
      {{{"bi=3"}, {"bi=1:2:3"}}, {"--set bi=3: bi is swept by the axis at --axis bi=1:2:3"}},
      {{{"bi=inf"}, {}}, {"--set bi=inf: bi: \"inf\" is not a finite number"}},
      {{{"seed=-1"}, {}}, {"--set seed=-1: seed: found \"-1\" where a whole number from 0 to 18446744073709551615"}},
      {{{"seed=18446744073709551616"}, {}}, {"--set seed=18446744073709551616: seed: "}},
      {{{"seed=1.5"}, {}}, {"--set seed=1.5: seed: found \"1.5\""}},
      {{{"replicates=many"}, {}}, {"--set replicates=many: ", "from 1 to 16777216"}},
      {{{"model=jansenrit"}, {}}, {"--set model=jansenrit: unknown model", "did you mean \"jansen-rit\"?"}},
      {{{"model=x", "Ae=3", "input.E.mean=3"}, {"Q=1:2:3"}}, {"--set model=x: unknown model \"x\""}},
      {{{"method=rk5"}, {}}, {"--set method=rk5: unknown method \"rk5\"; did you mean \"rk4\"?"}},
      {{{"observe.measures=mean,medium"}, {}}, {"--set observe.measures=mean,medium: unknown measure \"medium\""}},
      {{{"observe.measures=mean,"}, {}}, {"unknown measure \"\""}},
      {{{"observe.measures=[\"mean\", 3]"}, {}},
       {"--set observe.measures=[\"mean\", 3]: measure: found the number 3"}},
      {{{"spectrum.band=3"}, {}}, {"--set spectrum.band=3: spectrum.band: found 1 values where two"}},
      {{{"spectrum.band=40:3"}, {}}, {"--set spectrum.band=40:3: spectrum.band: 40 ... 3 Hz is no band"}},
      {{{"spectrum.band=[3, 40"}, {}}, {"--set spectrum.band=[3, 40: not a TOML value: "}},
      {{{"spectrum.band=[3, 40]\nx = 1"}, {}}, {"more than one TOML value"}},
      {{{"spectrum=3"}, {}}, {"--set spectrum=3: spectrum: found \"3\" where a table is wanted"}},
      {{{"spectrum.segmnt=3"}, {}},
       {"--set spectrum.segmnt=3: unknown key \"segmnt\" of [spectrum]; did you mean \"segment\"?"}},
      {{{"input.X.mean=3"}, {}}, {"--set input.X.mean=3: unknown input port \"X\""}},
      {{{"input.E.sine.freq=3"}, {}},
       {"--set input.E.sine.freq=3: unknown key \"freq\" of [input.E.sine]; did you mean \"frequency\"?"}},
      {{{"input.E.mean.x=3"}, {}}, {"--set input.E.mean.x=3: \"input.E.mean.x\" does not stand in a table"}},
      {{{"a.b.c.d.e=3"}, {}}, {"--set a.b.c.d.e=3: unknown parameter or key"}},
      {{{"input..mean=3"}, {}}, {"--set input..mean=3: unknown parameter or key"}},
      {{{"axis.count=3"}, {}}, {"--set axis.count=3: an axis is set with --axis"}},
      {{{"axis=3"}, {}}, {"--set axis=3: an axis is set with --axis"}},
      {{{}, {"Aee=1:2:3"}}, {"--axis Aee=1:2:3: unknown quantity \"Aee\" of jansen-rit; did you mean \"Ae\"?"}},
      {{{}, {"Ae"}}, {"--axis Ae: write --axis NAME=FROM:TO:COUNT"}},
      {{{}, {"Ae=1:2"}}, {"--axis Ae=1:2: write --axis"}},
      {{{}, {"Ae=1:2:3:log:5"}}, {"write --axis"}},
      {{{}, {"=1:2:3"}}, {"write --axis"}},
      {{{}, {"Ae=1:2:1"}}, {"--axis Ae=1:2:1: axis Ae: count: found \"1\", but an axis has at least 2 values"}},
      {{{}, {"Ae=1:2:x"}}, {"--axis Ae=1:2:x: axis Ae: count: found \"x\" where a whole number from 2"}},
      {{{}, {"Ae=1:2:1e3"}}, {"found \"1e3\" where a whole number"}},
      {{{}, {"Ae=1:2:1000000000000"}}, {"from 2 to 16777216"}},
      {{{}, {"Ae=1:1:3"}}, {"--axis Ae=1:1:3: axis Ae: from and to are both 1"}},
      {{{}, {"Ae=0:1:3:log"}}, {"a log axis cannot start or end at 0"}},
      {{{}, {"Ae=1:2:3:lag"}}, {"--axis Ae=1:2:3:lag: unknown scale \"lag\"; did you mean \"log\"?"}},
      {{{}, {"Ae=1Hz:2:3"}}, {"--axis Ae=1Hz:2:3: axis Ae: from: \"1Hz\" is of the wrong kind"}},
      {{{}, {"Ae=:2:3"}}, {"axis Ae: from: \"\" is not a number"}},
      {{{}, {"Ae=nan:2:3"}}, {"not a finite number"}},
      {{{}, {"dt=1:2:3"}}, {"--axis dt=1:2:3: unknown quantity \"dt\""}},
  };
  for (const BrokenFlags& b : table) {
    SCOPED_TRACE(b.parts[0]);
    expect_message(error_of(test::good(), b.flags), b.parts, b.errors);
  }
}

TEST(Broken, SpanOfAnAxis) {
  expect_message(error_of(test::good(), {{"precision=double"}, {"Ae=-1e308:1e308:3"}}), {"too far apart"}, 1);
}

TEST(Broken, EveryMistakeIsToldInTheOrderOfTheFile) {
  const std::string message =
      error_of("modle = 1\ndt = \"0.5 Hz\"\nduration = \"2 s\"\nmodel = \"jansen-rit\"\nseed = -1\n");
  expect_message(message, {":1:1: unknown key \"modle\"", ":2:6: dt: ", ":5:8: seed: "}, 3);
  EXPECT_LT(message.find(":1:1:"), message.find(":2:6:"));
  EXPECT_LT(message.find(":2:6:"), message.find(":5:8:"));
}

TEST(Broken, ButNotMoreThanTen) {
  std::string text = test::good();
  for (int i = 0; i < 15; ++i) text += "key" + std::to_string(i) + " = 1\n";
  expect_message(error_of(text), {"unknown key \"key0\"", "unknown key \"key9\"", "... and 5 more"}, 11);
}

TEST(Broken, LongAndStrangeTextIsShownSafely) {
  const std::string message = error_of(test::with_line(1, "model = \"a\\nb\\u0007" + std::string(10000, 'x') + "\""));
  EXPECT_TRUE(contains(message, "\"a\\nb\\x07xxx")) << message;
  EXPECT_LT(message.size(), 400u);
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 0);
}

}  // namespace
}  // namespace neurosweep
