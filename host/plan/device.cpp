#include "host/plan/device.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <tuple>

#include "host/spec/suggest.hpp"

namespace neurosweep {
namespace {

// The number of cuda:N; none if `device` is something else.
std::optional<int> cuda_index(const std::string& device) {
  constexpr std::string_view prefix = "cuda:";
  if (!device.starts_with(prefix)) return {};
  int index = -1;
  const char* end = device.data() + device.size();
  if (std::from_chars(device.data() + prefix.size(), end, index).ptr != end || index < 0) return {};
  return index;
}

// Empty: all that there are.
std::vector<int> gpus_meant(const std::string& device, const Ranks& ranks) {
  if (const auto index = cuda_index(device)) return {*index};
  std::string why;
  const std::vector<DeviceInfo> found = cuda_devices(why);
  if (ranks.local_size() == 1 || found.empty()) return {};
  return {found[std::size_t(ranks.local_rank()) % found.size()].index};
}

std::unique_ptr<Backend> cpu_backend(int threads, const Ranks& ranks) {
  if (threads == 0) threads = std::max(1, usable_cores() / ranks.core_sharers());
  return make_cpu_backend(threads, cpu_isa());
}

}  // namespace

std::string cpu_isa() {
  const char* isa = std::getenv("NEUROSWEEP_ISA");
  if (isa == nullptr || *isa == '\0') return "";
  const auto known = cpu_isas();
  if (std::find(known.begin(), known.end(), isa) == known.end())
    throw SpecError(fmt::format("NEUROSWEEP_ISA={}: no such instruction set here{}; there are {}", isa, did_you_mean(isa, known), listed(known)));
  return isa;
}

void check_device_name(const std::string& device) {
  if (device == "auto" || device == "cpu" || device == "cuda" || cuda_index(device)) return;
  throw SpecError(fmt::format("--device {}: unknown device; allowed are auto, cpu, cuda and cuda:N", device));
}

std::unique_ptr<Backend> backend_named(const std::string& device, int threads, const Ranks& ranks,
                                       const std::function<void(const std::string&)>& tell) {
  std::string why;
  if (device == "cpu" || (device == "auto" && cuda_devices(why).empty())) return cpu_backend(threads, ranks);
  try {
    return make_cuda_backend(gpus_meant(device, ranks));
  } catch (const std::runtime_error& e) {
    if (device != "auto") throw std::runtime_error(fmt::format("--device {}: {}", device, e.what()));
    tell(fmt::format("note: {}; using the CPU", e.what()));
    return cpu_backend(threads, ranks);
  }
}

std::unique_ptr<Backend> backend_for(const Problem& p, const std::string& device, int threads, const Ranks& ranks,
                                     const std::function<void(const std::string&)>& tell) {
  std::unique_ptr<Backend> backend = backend_named(device, threads, ranks, tell);
  const std::string refusal = backend->refusal(p);
  if (refusal.empty()) return backend;
  if (device != "auto") throw SpecError(fmt::format("--device {}: {}; --device cpu has no such limit", device, refusal));
  tell(fmt::format("note: {}; using the CPU", refusal));
  return cpu_backend(threads, ranks);
}

namespace {

// An engine that somebody asks for is to blame itself. "auto" finds none only where the FFT cannot take a segment that was
// given: the default is a power of 2.
[[noreturn]] void refuse(const SweepSpec& spec, const std::string& direct, const std::string& fft) {
  if (spec.engine == EngineChoice::automatic)
    throw SpecError(fmt::format("{}: spectrum.segment: engine \"fft\" is not possible here: {}; nor is \"direct\": {}",
                                spec.segment_at, fft, direct));
  const bool asked_direct = spec.engine == EngineChoice::direct;
  const auto& [refusal, other] = asked_direct ? std::tie(direct, fft) : std::tie(fft, direct);
  throw SpecError(fmt::format("{}: spectrum.engine: \"{}\" is not possible here: {}{}", spec.engine_at,
                              asked_direct ? "direct" : "fft", refusal, other.empty() ? "; \"auto\" is" : ""));
}

}  // namespace

void choose_engine(SweepSpec& spec, const Backend& backend) {
  Engine& engine = spec.problem.spectrum.engine;
  if (engine == Engine::none) return;
  engine = spec.engine == EngineChoice::automatic ? backend.preferred_engine(spec.problem)
           : spec.engine == EngineChoice::direct  ? Engine::direct
                                                  : Engine::fft;
  const std::string direct = backend.direct_refusal(spec.problem), fft = backend.fft_refusal(spec.problem);
  if (!(engine == Engine::direct ? direct : fft).empty()) refuse(spec, direct, fft);
}

}  // namespace neurosweep
