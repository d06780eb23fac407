#include "host/api/neurosweep.hpp"

#include <fmt/format.h>

#include <utility>

#include "host/plan/device.hpp"
#include "host/plan/map_work.hpp"
#include "host/plan/memory.hpp"
#include "host/plan/one_rank.hpp"
#include "host/spec/sweep_spec.hpp"
#include "host/store/store_map.hpp"

namespace neurosweep {

Sweep::Sweep(SweepSpec spec) : spec_(std::make_shared<const SweepSpec>(std::move(spec))) {}

Sweep Sweep::load(const std::string& path, const Overrides& overrides) { return Sweep(load_sweep(path, overrides)); }

Sweep Sweep::parse(const std::string& text, const Overrides& overrides, const std::string& name) {
  return Sweep(load_sweep_text(name, text, overrides));
}

std::uint64_t Sweep::sets() const { return spec_->problem.sets(); }
const std::vector<std::string>& Sweep::warnings() const { return spec_->warnings; }

Map compute(const Sweep& sweep, const ComputeOptions& options) {
  SweepSpec spec = sweep.spec();
  const Problem& p = spec.problem;
  const auto note = [&](const std::string& line) { if (options.note) options.note(line); };
  check_device_name(options.device);
  if (options.threads < 0 || options.threads > max_threads)
    throw SpecError(fmt::format("threads = {}: allowed are 0 to {}", options.threads, max_threads));
  const std::unique_ptr<Backend> backend = backend_for(p, options.device, options.threads, OneRank(), note);
  choose_engine(spec, *backend);
  const StoreMetadata labels = metadata_of(spec);
  check_memory(map_bytes(labels, {}), p.sets());
  note("device: " + backend->device());
  MapWork work(empty_map(labels), p, backend->tile_size(p), options.progress, note);
  backend->run(p, work);
  return work.take_map();
}

}  // namespace neurosweep
