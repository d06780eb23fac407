// `neurosweep bench`: what it prints and writes. How fast this machine is decides nothing here.
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "program.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::json;

const Strings short_bench{"bench", "--device", "cpu", "--seconds", "0.001"};

Result bench(const Strings& flags) {
  const Result r = run(short_bench + flags);
  EXPECT_EQ(r.code, 0) << r.err;
  return r;
}

// The cells of a Markdown table's row; empty if it is none.
Strings cells(const std::string& line) {
  Strings found;
  if (!line.starts_with("| ")) return found;
  for (std::size_t at = 2, end; (end = line.find(" |", at)) != std::string::npos; at = end + 3) found.push_back(line.substr(at, end - at));
  return found;
}

TEST(Bench, TablesForPeople) {
  const Result r = bench({"--model", "izhikevich", "--threads", "2"});
  EXPECT_TRUE(r.err.starts_with("measuring 3 kernels on 1 device: about ")) << r.err;
  EXPECT_TRUE(contains(r.out, "\ncpu: ")) << r.out;
  EXPECT_TRUE(std::regex_search(r.out, std::regex("\nkernel +1 thread  spread  of limit  2 threads  times +sets/s\nizhikevich, euler\n"))) << r.out;
  for (const char* loop : {"constant none", "noise none", "noise direct12"})
    EXPECT_TRUE(std::regex_search(r.out, std::regex(std::string("\n  float ") + loop + " +[\\d.]+ +\\d+ % +(\\d+ %|-) +[\\d.]+ +\\d+\\.\\d\\d +[\\d.]+ ?[kMG]?\n")))
        << loop << "\n" << r.out;
  for (const std::string& line : lines_of(r.out)) EXPECT_LE(line.size(), 80u) << line;
}

// The kernels are those whose instructions are counted, so that limits are found: of the CPU's, x86-64's.
TEST(Bench, Json) {
  const Result r = bench({"--model", "jansen-rit", "--threads", "2", "--json", "--quiet"});
  EXPECT_EQ(r.err, "");
  const Json all = Json::parse(r.out);
  for (const char* key : {"date", "version", "commit", "compiler", "system", "command"}) EXPECT_TRUE(all.at(key).is_string()) << key;
  ASSERT_EQ(all.at("devices").size(), 1u);
  const Json& cpu = all["devices"][0];
  EXPECT_EQ(cpu.at("device"), "cpu");
  for (const char* key : {"CPU", "cores", "instruction set", "clock", "vector instructions"}) EXPECT_TRUE(cpu.at("facts").at(key).is_string()) << key;
  std::set<std::string> names;
  for (const Json& kernel : cpu.at("kernels")) {
    names.insert(kernel.at("kernel"));
    ASSERT_EQ(kernel.at("speeds").size(), 2u);
    for (const Json& speed : kernel["speeds"]) {
      EXPECT_GT(speed.at("slowest"), 0.);
      EXPECT_LE(speed["slowest"], speed.at("node_steps_per_second"));
      EXPECT_LE(speed["node_steps_per_second"], speed.at("fastest"));
      EXPECT_DOUBLE_EQ(speed.at("sets_per_second").get<double>() * 4000, speed["node_steps_per_second"].get<double>());
    }
    EXPECT_EQ(kernel["speeds"][0].at("by"), "1 thread");
    EXPECT_EQ(kernel["speeds"][1].at("by"), "2 threads");
#if defined(__x86_64__)
    ASSERT_TRUE(kernel.at("limit").is_number()) << kernel;
    EXPECT_DOUBLE_EQ(kernel.at("share_of_limit").get<double>() * kernel["limit"].get<double>(), kernel["speeds"][0]["node_steps_per_second"].get<double>());
#else
    EXPECT_TRUE(kernel.at("limit").is_null()) << kernel;
#endif
  }
  EXPECT_EQ(names, (std::set<std::string>{"jansen-rit float exp-euler constant none", "jansen-rit float exp-euler noise none", "jansen-rit float exp-euler noise direct12",
                                          "jansen-rit float exp-euler noise fft", "jansen-rit double exp-euler constant none"}));
}

// Neuron-steps, and how often a spike reached a cell.
TEST(Bench, Networks) {
  const Json all = Json::parse(bench({"--model", "network", "--threads", "1", "--json"}).out);
  const Json& kernels = all.at("devices")[0].at("kernels");
  ASSERT_EQ(kernels.size(), 2u);
  const double cells[] = {200, 100}, fewest_events[] = {0.01, 0.05};             // a neuron-step: rates of 10 Hz at least
  for (std::size_t i = 0; i < 2; ++i) {
    const Json& speed = kernels[i].at("speeds")[0];
    EXPECT_DOUBLE_EQ(speed.at("sets_per_second").get<double>() * 4000 * cells[i], speed.at("node_steps_per_second").get<double>());
    EXPECT_GT(speed.at("synaptic_events_per_second").get<double>(), fewest_events[i] * speed["node_steps_per_second"].get<double>());
  }
  const Result table = bench({"--model", "network", "--threads", "1"});
  for (const char* text : {"\nnetwork, euler\n  float balanced 200 ", "\n  float all to all 100 ", "\nSynaptic events of balanced 200: "}) EXPECT_TRUE(contains(table.out, text)) << table.out;
}

TEST(Bench, OneThreadIsMeasuredOnce) {
  const Result r = bench({"--model", "lif", "--threads", "1", "--json"});
  const Json j = Json::parse(r.out);
  for (const Json& kernel : j.at("devices")[0].at("kernels")) EXPECT_EQ(kernel.at("speeds").size(), 1u);
}

// But nobody's folders.
TEST(Bench, Report) {
  const Folder here;
  const std::string file = here / "bench.md";
  const Result r = bench({"--model", "lif", "--model", "izhikevich", "--threads", "2", "--report", file});
  EXPECT_TRUE(contains(r.out, "\nlif, exp-euler\n")) << r.out;
  const std::string page = read_file(file);
  for (const char* part : {"# neurosweep bench\n", "\n- date: 2", "\n- version: ", "\n- compiler: ", "\n- command: neurosweep bench --device cpu --threads 2 --model lif --model izhikevich --seconds 0.001\n",
                           "\n## cpu\n", "\n- CPU: ", "\n- cores: ", "\n- instruction set: ", "\n- clock: "})
    EXPECT_TRUE(contains(page, part)) << part << "\n" << page;
  Strings kernels;
  for (const std::string& line : lines_of(page))
    if (const Strings row = cells(line); !row.empty()) {
      EXPECT_EQ(row.size(), 7u) << line;
      kernels.push_back(row[0]);
    }
  EXPECT_EQ(kernels, (Strings{"kernel", "---", "izhikevich float euler constant none", "izhikevich float euler noise none", "izhikevich float euler noise direct12",
                              "lif float exp-euler constant none", "lif float exp-euler noise none", "lif float exp-euler noise direct12"}));
  for (const char* meaning : {"\nKernels: precision, input", "direct12", "Sets/s: of 4000 steps each"}) EXPECT_TRUE(contains(page, meaning)) << page;
  EXPECT_FALSE(contains(page, here.path()));
  EXPECT_EQ(here.files(), Strings{"bench.md"});
}

TEST(Bench, ReportOnStandardOutput) {
  EXPECT_TRUE(bench({"--model", "lif", "--report", "-"}).out.starts_with("# neurosweep bench\n"));
}

// Before anything is measured.
TEST(Bench, Mistakes) {
  struct Mistake {
    Strings flags;
    int code;
    Strings words;
  };
  const Mistake mistakes[] = {{{"--model", "izhikevic"}, 2, {"unknown model \"izhikevic\"", "did you mean \"izhikevich\"?"}},
                              {{"--device", "gpu"}, 2, {"--device gpu", "auto, cpu, cuda and cuda:N"}},
                              {{"--seconds", "0"}, 2, {"--seconds", "0.001"}},
                              {{"--seconds", "soon"}, 2, {"--seconds", "soon"}},
                              {{"--threads", "0"}, 2, {"--threads", "4096"}},
                              {{"--report", ""}, 2, {"--report", "the name is empty"}},
                              {{"--json", "--report", "-"}, 2, {"--json", "--report -"}},
                              {{"--report", "no/such/folder.md"}, 1, {"no/such/folder.md", "No such file or directory"}},
                              {{"--device", "cuda:77"}, 1, {"--device cuda:77"}}};
  for (const Mistake& mistake : mistakes) {
    SCOPED_TRACE(testing::PrintToString(mistake.flags));
    const Result r = run(Strings{"bench"} + mistake.flags);
    EXPECT_EQ(r.code, mistake.code);
    EXPECT_EQ(r.out, "");
    EXPECT_FALSE(contains(r.err, "measuring")) << r.err;
    for (const std::string& word : mistake.words) EXPECT_TRUE(contains(r.err, word)) << r.err;
  }
}

TEST(Bench, InstructionSetFromTheEnvironment) {
  const Result r = run({.arguments = short_bench + Strings{"--model", "lif", "--json"}, .environment = {{"NEUROSWEEP_ISA", "baseline"}}});
  EXPECT_EQ(Json::parse(r.out).at("devices")[0].at("facts").at("instruction set"), "baseline");
}

}  // namespace
}  // namespace neurosweep::test
