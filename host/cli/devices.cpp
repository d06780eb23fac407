// `neurosweep devices`: what a sweep could run on.
#include <fmt/format.h>

#include "backend.hpp"
#include "commands.hpp"

namespace neurosweep {
namespace {

int list_devices() {
  fmt::print("cpu     {}\n        instruction sets: {}\n", make_cpu_backend(0)->device(), fmt::join(cpu_isas(), ", "));
  std::string why;
  const auto devices = cuda_devices(why);
  for (const DeviceInfo& d : devices) fmt::print("cuda:{:<2} {}\n        {}\n", d.index, d.name, d.detail);
  if (devices.empty()) fmt::print("cuda    none: {}\n", why);
  return exit_done;
}

}  // namespace

void add_devices(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("devices", "list the devices that a sweep can run on");
  command->footer("Examples:\n"
                  "  neurosweep devices\n"
                  "  neurosweep run sweeps/jr_gain_map.toml --device cpu --out cpu.zarr");
  command->callback([&action] { action = list_devices; });
}

}  // namespace neurosweep
