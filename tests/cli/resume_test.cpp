// `neurosweep run` and a store that is there already: the same sweep goes on, another one is refused.
#include <memory>
#include <nlohmann/json.hpp>

#include "program.hpp"

namespace neurosweep::test {
namespace {

using Json = nlohmann::json;

class Resume : public testing::Test {
 protected:
  Result in_folder(const Strings& arguments) { return run(command(arguments)); }
  Command command(const Strings& arguments) {
    return {.arguments = Strings{"run", sweep("jr_gain_map"), "--device", "cpu"} + arguments, .folder = here_.path(), .timeout = 60};
  }
  std::string exported(const std::string& store) {
    return run(Command{.arguments = {"export", store, "--csv", "-"}, .folder = here_.path()}).out;
  }
  Folder here_;
};

TEST_F(Resume, WhatIsThereIsNotComputedAgain) {
  const Result first = in_folder({"--csv", "-"}), second = in_folder({"--csv", "-", "--set", "title=\"another\"", "--tile", "7", "--threads", "1"});
  EXPECT_EQ(first.code + second.code, 0) << second.err;
  EXPECT_TRUE(first.out == second.out);
  EXPECT_TRUE(contains(second.err, "results/jr_gain_map.zarr: all 64 sets are there already")) << second.err;
  EXPECT_EQ(Json::parse(in_folder({"--json"}).out)["computed"], 0);
}

TEST_F(Resume, AnotherSweepIsRefused) {
  ASSERT_EQ(in_folder({}).code, 0);
  const std::string before = exported("results/jr_gain_map.zarr");
  const std::pair<Strings, std::string> others[] = {{{"--set", "input.E.noise=0"}, "input.E.noise is 20 Hz there and 0 Hz here"},
                                                    {{"--set", "seed=1"}, "seed is 42 there and 1 here"},
                                                    {{"--axis", "Ae=2:5:9"}, "axis 1 is Ae: 8 values"},
                                                    {{"--dry-run", "--set", "Aee=1"}, "Aee"}};
  for (const auto& [flags, words] : others) {
    const Result r = in_folder(flags + Strings{"--quiet"});
    EXPECT_EQ(r.code, 2);
    EXPECT_TRUE(contains(r.err, words)) << r.err;
  }
  const std::string refusal = in_folder({"--set", "seed=1", "--quiet"}).err;
  EXPECT_TRUE(contains(refusal, "--out DIR") && contains(refusal, "--overwrite")) << refusal;
  EXPECT_TRUE(exported("results/jr_gain_map.zarr") == before);
  EXPECT_EQ(in_folder({"--set", "seed=1", "--out", "results/other.zarr", "--quiet"}).code, 0);
  EXPECT_EQ(in_folder({"--set", "seed=1", "--overwrite", "--quiet"}).code, 0);
  EXPECT_TRUE(exported("results/jr_gain_map.zarr") == exported("results/other.zarr"));
  EXPECT_TRUE(exported("results/jr_gain_map.zarr") != before);
}

TEST_F(Resume, ShardsThatAreNone) {
  for (const char* shard : {"2/2", "1", "x/2", "1/", "/2", "-1/2", "0/0", "1/2/3", "0/ 2"}) {
    const Result r = in_folder({"--shard", shard});
    EXPECT_EQ(r.code, 2) << shard;
    EXPECT_TRUE(contains(r.err, std::string("--shard ") + shard) && contains(r.err, "I/N")) << r.err;
  }
  for (const Strings& flags : {Strings{"--csv", "m.csv"}, {"--plot", "m.png"}, {"--overwrite"}}) {
    const Result r = in_folder(flags + Strings{"--shard", "0/2"});
    EXPECT_EQ(r.code, 2) << flags[0];
    EXPECT_TRUE(contains(r.err, "--shard")) << r.err;
  }
  EXPECT_EQ(here_.files(), Strings{});
}

// 1024 sets in 16 chunks, some seconds of a core.
const Strings sixteen_chunks{"--axis", "Ae=2:5:64", "--axis", "Ai=15:30:16", "--set", "duration=1500s", "--set", "transient=1s"};

// Parts in any order, at the same time, one of them more than once.
TEST_F(Resume, ManyProcessesFillOneStore) {
  ASSERT_EQ(in_folder(sixteen_chunks + Strings{"--out", "alone.zarr"}).code, 0);
  std::vector<std::unique_ptr<Program>> programs;
  for (const Strings& part : {Strings{"--shard", "2/3"}, {"--shard", "0/3"}, {}, {"--shard", "2/3"}})
    programs.push_back(std::make_unique<Program>(command(sixteen_chunks + part + Strings{"--out", "together.zarr", "--quiet", "--threads", "1"})));
  for (const auto& program : programs) {
    const Result r = program->finish();
    EXPECT_EQ(r.code, 0) << r.err;
    EXPECT_EQ(r.err, "");
  }
  EXPECT_TRUE(exported("together.zarr") == exported("alone.zarr"));
}

// Nothing that it could have done about it: SIGKILL, as of a machine that loses its power.
TEST_F(Resume, AfterAKill) {
  ASSERT_EQ(in_folder(sixteen_chunks + Strings{"--out", "whole.zarr"}).code, 0);
  {
    Program program(command(sixteen_chunks + Strings{"--out", "killed.zarr", "--threads", "1"}));
    ASSERT_TRUE(program.wait_for("store: "));
    for (int i = 0; i < 10000 && !std::filesystem::exists(here_ / "killed.zarr/.neurosweep/chunks/2.0") && !program.ended(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    program.send(SIGKILL);
    EXPECT_EQ(program.finish().signal, SIGKILL);
  }
  const Result r = in_folder(sixteen_chunks + Strings{"--out", "killed.zarr", "--json"});
  EXPECT_EQ(r.code, 0) << r.err;
  EXPECT_LE(Json::parse(r.out)["computed"], 1024 - 3 * 64);
  EXPECT_TRUE(exported("killed.zarr") == exported("whole.zarr"));
  EXPECT_TRUE(std::filesystem::is_empty(here_ / "killed.zarr/.neurosweep/tmp"));
}

}  // namespace
}  // namespace neurosweep::test
