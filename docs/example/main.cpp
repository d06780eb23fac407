// A sweep file's map in a program of one's own:
//   cmake -B build && cmake --build build
//   build/gain_map SWEEP.toml [KEY=VALUE]...
#include <cstdio>
#include <exception>
#include <neurosweep.hpp>

int main(int argc, char** argv) try {
  if (argc < 2) return std::fprintf(stderr, "usage: gain_map SWEEP.toml [KEY=VALUE]...\n"), 2;
  const auto sweep = neurosweep::Sweep::load(argv[1], {{argv + 2, argv + argc}, {}});
  neurosweep::ComputeOptions options;
  options.note = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  const neurosweep::Map map = neurosweep::compute(sweep, options);

  // The first measure over its range.
  const neurosweep::MapColumn& measure = map.columns.front();
  for (std::size_t set = 0; set < map.sets(); ++set) {
    std::size_t rest = map.sets(), at = set;
    for (const neurosweep::MapAxis& axis : map.axes) {
      rest /= axis.values.size();
      std::printf("%s = %g %s, ", axis.name.c_str(), axis.values[at / rest], axis.unit.c_str());
      at %= rest;
    }
    std::printf("%s = %.17g %s\n", measure.name.c_str(), measure.values[set], measure.unit.c_str());
  }
} catch (const neurosweep::SpecError& mistake) {
  std::fprintf(stderr, "%s\n", mistake.what());
  return 2;
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
