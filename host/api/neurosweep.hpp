// neurosweep as a library: a sweep in, its map out. The one header that other programs include; C++17.
//
//   find_package(neurosweep REQUIRED)                                  # in a CMakeLists.txt
//   target_link_libraries(mine PRIVATE neurosweep::neurosweep)
//
//   const auto sweep = neurosweep::Sweep::load("sweeps/jr_gain_map.toml", {{"duration=3s"}, {"Ae=2:5:64"}});
//   const neurosweep::Map map = neurosweep::compute(sweep);
//
// The map is held in memory and nothing is written. Its numbers are those that `neurosweep run` stores, bit for bit on one
// device.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace neurosweep {

// ---- a sweep --------------------------------------------------------------------------------------------------------

// The user's mistake, in the sweep file or on the command line (exit code 2). The message is complete:
// "sweeps/x.toml:12:9: unknown parameter \"Aee\" of jansen-rit; did you mean \"Ae\"? ...".
struct SpecError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Overrides {                 // the command line's, in order
  std::vector<std::string> set;    // "KEY=VALUE" of --set
  std::vector<std::string> axis;   // "NAME=FROM:TO:COUNT[:log]" of --axis
};

struct SweepSpec;                  // the library's own form of it

// A sweep file, read and checked. Never changes; copies are cheap, and any number of threads may use one.
class Sweep {
 public:
  // Throws SpecError; std::runtime_error if the file cannot be read for another reason.
  static Sweep load(const std::string& path, const Overrides& overrides = {});
  // The same of a sweep file's text; messages call it `name`.
  static Sweep parse(const std::string& text, const Overrides& overrides = {}, const std::string& name = "sweep");

  std::uint64_t sets() const;                          // parameter sets: the product of the axes' lengths
  const std::vector<std::string>& warnings() const;    // such as a value outside the literature's range
  const SweepSpec& spec() const { return *spec_; }     // of no use outside the library

 private:
  explicit Sweep(SweepSpec spec);
  std::shared_ptr<const SweepSpec> spec_;
};

// ---- its map --------------------------------------------------------------------------------------------------------

inline constexpr std::uint8_t not_computed = 255;   // a set's status before anything else is known of it

struct MapAxis {
  std::string name, unit;              // unit "" = dimensionless
  bool log = false;
  std::vector<double> values;
  std::vector<std::string> names = {};  // of the values 0, 1, 2, ...; empty where the values are numbers
};

struct MapColumn {
  std::string name, unit;
  std::vector<double> values;          // [set] in grid order (first axis slowest); NaN = no value
  std::vector<std::uint8_t> missing = {};   // [set] 1 = not computed though other columns are; empty = 0 everywhere
};

// A map with its labels: what the CSV, the picture and the terminal show. Of axes with m and n values, set i * n + j has
// value i of the first and value j of the second.
struct Map {
  std::string title, model;
  bool single = true;                  // computed in float: numbers are printed as floats
  std::vector<MapAxis> axes;           // none = a single set
  std::vector<MapColumn> columns;      // measures in the order asked for, each followed by its SD if replicates > 1
  std::vector<std::uint8_t> status;    // [set] 0 ok, 1 diverged, 2 left the model's domain, or not_computed
  std::vector<std::uint32_t> failed;   // [set] realisations that diverged; empty unless replicates > 1

  std::size_t sets() const { return status.size(); }
};

struct ComputeOptions {
  std::string device = "auto";         // auto, cpu, cuda or cuda:N, as --device has it
  int threads = 0;                     // of the CPU, up to 4096; 0: one for each usable core
  // Is told, about ten times a second, which share of the work is done, from 0 to 1; false ends the computation. Called by
  // the threads that compute, one at a time. What it throws comes out of compute().
  std::function<bool(double share)> progress;
  // Is told what a user may want to know: the device that was taken, first of all. Called as `progress` is.
  std::function<void(const std::string& line)> note;
};

// Integrates every set. A computation that was ended early gives what was finished, the other sets' status being
// not_computed and their values NaN. Throws SpecError for options that are not allowed or an engine that is not possible there,
// std::runtime_error where the device cannot be had or the map does not fit the memory. May be called by several threads at
// a time.
Map compute(const Sweep& sweep, const ComputeOptions& options = {});

}  // namespace neurosweep
