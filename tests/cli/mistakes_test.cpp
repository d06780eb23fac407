// Sweep files and machines that are not as `neurosweep run` needs them.
#include "program.hpp"

namespace neurosweep::test {
namespace {

class Mistakes : public testing::Test {
 protected:
  // The program's words about `file`, which it is to refuse with exit code 2 and without a word on standard output.
  std::string refusal(const std::string& file, const Strings& flags = {}) {
    const Result r = run(Command{.arguments = Strings{"run", file} + flags, .folder = folder_.path(), .timeout = 20});
    EXPECT_EQ(r.code, 2) << file << "\n" << r.err;
    EXPECT_EQ(r.out, "");
    return r.err;
  }
  Folder folder_;
};

TEST_F(Mistakes, NoSweepFile) {
  EXPECT_TRUE(contains(refusal("none.toml"), "none.toml: no such file"));
  EXPECT_TRUE(contains(refusal("none/none.toml"), "none/none.toml"));
  EXPECT_TRUE(contains(refusal("."), "directory"));
  folder_.write("empty.toml", "");
  EXPECT_TRUE(contains(refusal("empty.toml"), "empty.toml:1:1: "));
  folder_.write("binary.toml", std::string("\x7f"
                                           "ELF\0\1\2\3",
                                           8));
  EXPECT_TRUE(contains(refusal("binary.toml"), "binary.toml: is not text"));
  EXPECT_TRUE(contains(refusal("/dev/zero"), "/dev/zero"));
}

TEST_F(Mistakes, InTheFile) {
  folder_.write("a.toml", single_set + "[parameters]\nAee = 3\n");
  const std::string parameter = refusal("a.toml");
  EXPECT_TRUE(contains(parameter, "a.toml:10:1: ")) << parameter;
  EXPECT_TRUE(contains(parameter, "\"Aee\"") && contains(parameter, "did you mean \"Ae\"?")) << parameter;
  folder_.write("b.toml", single_set + "[input.E\n");
  EXPECT_TRUE(contains(refusal("b.toml"), "b.toml:9:"));
  folder_.write("c.toml", "model = \"jansen-rot\"\ndt = \"0.5 ms\"\nduration = \"2 s\"\n");
  const std::string model = refusal("c.toml");
  EXPECT_TRUE(contains(model, "c.toml:1:") && contains(model, "did you mean \"jansen-rit\"?")) << model;
}

// What only the machine finds out has its place, too.
TEST_F(Mistakes, SpectraThatAreNotPossible) {
  const Strings on_cpu{"--device", "cpu", "--set", "observe.measures=peak_frequency", "--set", "duration=10s"};
  folder_.write("one.toml", single_set);
  const std::string segment = refusal("one.toml", on_cpu + Strings{"--set", "spectrum.segment=2062", "--set", "spectrum.overlap=7"});
  EXPECT_TRUE(contains(segment, "--set spectrum.segment=2062: spectrum.segment: engine \"fft\" is not possible here: ")) << segment;
  EXPECT_TRUE(contains(segment, "try 2048; nor is \"direct\": it needs an overlap of 0 or half a segment")) << segment;
  folder_.write("two.toml", single_set + "[spectrum]\nsegment = 1024\noverlap = 7\nengine = \"direct\"\n");
  const std::string engine = refusal("two.toml", on_cpu);
  EXPECT_TRUE(contains(engine, "two.toml:12:10: spectrum.engine: \"direct\" is not possible here: it needs an overlap")) << engine;
  EXPECT_TRUE(contains(engine, "; \"auto\" is")) << engine;
}

TEST_F(Mistakes, InTheFlags) {
  folder_.write("one.toml", single_set);
  const std::pair<Strings, std::string> wrong[] = {
      {{"--set", "Aee=3"}, "did you mean \"Ae\"?"},
      {{"--set", "Ae"}, "KEY=VALUE"},
      {{"--set", "Ae=3 Hz"}, "--set Ae=3 Hz"},
      {{"--set", "metod=rk4"}, "did you mean \"method\"?"},
      {{"--set", "spectrum.segmnt=3"}, "did you mean"},
      {{"--axis", "Aee=1:2:3"}, "did you mean \"Ae\"?"},
      {{"--axis", "Ae=1:2"}, "NAME=FROM:TO:COUNT"},
      {{"--axis", "Ae=1:2:x"}, "count"},
      {{"--axis", "Ae=0:2:5:log"}, "log"},
      {{"--axis", "input.E.sine.frequency=5:20:3"}, "input.E.sine.amplitude"}};
  for (const auto& [flags, words] : wrong) {
    const std::string err = refusal("one.toml", flags);
    EXPECT_TRUE(contains(err, flags[1])) << err;  // the place: the flag as it was typed
    EXPECT_TRUE(contains(err, words)) << err;
  }
}

// A flag's own mistake is told before anything about the file, which may take long to put right.
TEST_F(Mistakes, FlagsComeFirst) {
  EXPECT_TRUE(contains(refusal("none.toml", {"--device", "gpu"}), "--device gpu"));
  EXPECT_TRUE(contains(refusal("none.toml", {"--plot", "m.bmp"}), "--plot"));
}

TEST_F(Mistakes, NoCuda) {
  folder_.write("one.toml", single_set);
  const bool none = contains(run({"devices"}).out, "cuda    none");
  for (const char* device : {"cuda", "cuda:0"}) {
    const Result r = run(Command{.arguments = {"run", "one.toml", "--device", device}, .folder = folder_.path()});
    EXPECT_EQ(r.code, none ? 1 : 0) << r.err;
    EXPECT_EQ(contains(r.err, std::string("neurosweep: --device ") + device + ": "), none) << r.err;
  }
  const Result r = run(Command{.arguments = {"run", "one.toml", "--device", "cuda:99"}, .folder = folder_.path()});
  EXPECT_EQ(r.code, 1);
  EXPECT_TRUE(contains(r.err, "--device cuda:99: ")) << r.err;
}

}  // namespace
}  // namespace neurosweep::test
