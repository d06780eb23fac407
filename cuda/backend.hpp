// The one door between the host and what integrates: a Backend pulls tiles from Work and hands back results.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "network/network.hpp"
#include "problem.hpp"

namespace neurosweep {

// Where a backend's workers get tiles and leave results. Every member is called from any thread.
class Work {
 public:
  virtual ~Work() = default;
  virtual bool next(Tile& tile) = 0;                     // false: nothing left, or a stop was asked for
  virtual void done(TileResult result) = 0;
  virtual void advance(std::uint64_t node_steps) = 0;    // for the progress line
  virtual bool abort() const = 0;                        // true: give up at once, tiles in flight too
  virtual void say(const std::string& message) = 0;      // something the user should know, such as a halved tile
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string device() const = 0;                // printed and stored: what ran
  virtual Engine preferred_engine(const Problem&) const = 0;      // what engine = "auto" means here
  // Why this backend cannot use engine `direct` for the problem; empty if it can.
  virtual std::string direct_refusal(const Problem&) const = 0;
  // The same for engine `fft`.
  virtual std::string fft_refusal(const Problem&) const { return {}; }
  // Why this backend cannot run the problem at all.
  virtual std::string refusal(const Problem&) const { return {}; }
  virtual std::uint64_t tile_size(const Problem&) const = 0;      // sets per tile unless the user says otherwise
  virtual void run(const Problem&, Work&) = 0;           // returns when next() gave false everywhere; throws on error
};

struct DeviceInfo {
  int index = 0;
  std::string name;
  std::string detail;                                    // memory, multiprocessors, compute capability
  int multiprocessors = 0;
  double clock = 0;                                      // Hz, the highest
  std::string cuda;                                      // versions of the runtime, and of what the driver supports
};

// threads = 0: one for each of usable_cores(). isa "" = the best this CPU has, else one of cpu_isas().
std::unique_ptr<Backend> make_cpu_backend(int threads, const std::string& isa = "");

// One realisation of one set, step by step, as the CPU backend of that instruction set computes it in a sweep: the same
// bits. n = steps.
struct Trace {
  std::vector<double> rows;                              // [n][states then signals of the model], after each step
  std::vector<std::uint8_t> spiked;                      // [n] in that step
  TileResult result;                                     // the measures that a sweep has of it
};
Trace trace_set(const Problem& p, std::uint64_t set, std::uint32_t replicate, const std::string& isa = "");

// The same of a network.
struct NetworkSteps {
  std::vector<double> signals;                           // [n][populations][n_network_signal]
  std::vector<TimedSpike> spikes;                        // in the order of their steps; `cell` is the network's number
  TileResult result;
};
NetworkSteps trace_network(const Problem& p, std::uint64_t set, std::uint32_t replicate, const std::string& isa = "");

std::vector<std::string> cpu_isas();                     // instruction sets this program holds and this CPU runs, best first
int usable_cores();                                      // those that the process may use
std::string cpu_name();

// devices: indexes to use; empty = all. Throws std::runtime_error if there is none, or none can be used.
std::unique_ptr<Backend> make_cuda_backend(std::vector<int> devices);
// Devices found. Empty, with `why` saying the reason (built without CUDA, no driver, ...), where there is none.
std::vector<DeviceInfo> cuda_devices(std::string& why);

}  // namespace neurosweep
