// The sweep files of sweeps/ load, and are the experiments that they say they are.
#include <filesystem>

#include "models/models.hpp"
#include "sweep_text.hpp"

namespace neurosweep {
namespace {

namespace fs = std::filesystem;

fs::path sweeps() { return NEUROSWEEP_SWEEPS; }

TEST(Shipped, TheSeedExperiment) {
  const SweepSpec s = load_sweep((sweeps() / "jr_gain_map.toml").string(), {});
  const Problem& p = s.problem;
  EXPECT_EQ(models()[std::size_t(p.model)].name, "jansen-rit");
  EXPECT_EQ(p.sets(), 64u);
  EXPECT_EQ(p.dt, 0.0005);
  EXPECT_EQ(p.steps, 4000);
  EXPECT_EQ(p.transient, 1000);
  EXPECT_EQ(p.seed, 42u);
  ASSERT_EQ(s.axes.size(), 2u);
  EXPECT_EQ(s.axes[0].name, "Ae");
  EXPECT_EQ(s.axes[0].values.front(), 2);
  EXPECT_EQ(s.axes[0].values.back(), 5);
  EXPECT_EQ(s.axes[1].name, "Ai");
  EXPECT_EQ(s.axes[1].values.front(), 15);
  EXPECT_EQ(s.axes[1].values.back(), 30);
  const Layout layout(models()[std::size_t(p.model)]);
  EXPECT_EQ(p.base[std::size_t(layout.drive(1, drive_mean))], 120);
  EXPECT_EQ(p.base[std::size_t(layout.drive(1, drive_noise))], 20);
  EXPECT_EQ(p.measures, (std::vector{Measure::amplitude, Measure::peak_frequency}));
  EXPECT_EQ(p.spectrum.segment, 512);
  EXPECT_EQ(p.spectrum.overlap, 256);
  EXPECT_EQ(p.spectrum.peak.first, 1);
  EXPECT_EQ(p.spectrum.peak.count, 10);
}

// Seconds on a laptop: one core does some 1e8 node-steps a second.
TEST(Shipped, AllLoadAndAreSmall) {
  int files = 0;
  for (const auto& entry : fs::directory_iterator(sweeps())) {
    if (entry.path().extension() != ".toml") continue;
    SCOPED_TRACE(entry.path().string());
    const SweepSpec s = load_sweep(entry.path().string(), {});
    EXPECT_LE(double(s.problem.sets()) * double(s.problem.steps) * s.problem.replicates, 5e8);
    EXPECT_FALSE(s.title.empty());
    ++files;
  }
  EXPECT_GE(files, 3);
}

}  // namespace
}  // namespace neurosweep
