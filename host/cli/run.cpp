// `neurosweep run`: a sweep file in, a map out.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "host/output/csv.hpp"
#include "host/output/plot.hpp"
#include "host/output/preview.hpp"
#include "host/output/progress.hpp"
#include "host/output/summary.hpp"
#include "host/output/terminal.hpp"
#include "host/plan/map_work.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {
namespace {

struct Options {
  std::string file, csv, plot, device = "auto";
  Overrides overrides;
  int threads = 0;
  std::uint64_t tile = 0;
  bool dry_run = false, quiet = false, json = false;
};

// ---- signals -----------------------------------------------------------------------------------------------------------

// The first SIGINT or SIGTERM lets the tiles in flight finish; the second ends the program at once.
std::atomic<int> stop_level{0};
std::atomic<int> stop_signal{0};
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int signal) {
  stop_signal = signal;
  if (++stop_level >= 2) _exit(128 + signal);
}

void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// ---- before computing --------------------------------------------------------------------------------------------------

std::unique_ptr<Backend> backend_named(const Options& o) {
  std::string why;
  if (o.device == "cpu") return make_cpu_backend(o.threads);
  if (o.device == "cuda") return make_cuda_backend({});
  if (o.device == "auto") return cuda_devices(why).empty() ? make_cpu_backend(o.threads) : make_cuda_backend({});
  int index = -1;
  if (o.device.starts_with("cuda:")) {
    const char* end = o.device.data() + o.device.size();
    if (std::from_chars(o.device.data() + 5, end, index).ptr != end) index = -1;
  }
  if (index < 0) throw SpecError(fmt::format("--device {}: unknown device; allowed are auto, cpu, cuda and cuda:N", o.device));
  return make_cuda_backend({index});
}

void choose_engine(SweepSpec& spec, const Backend& backend) {
  Engine& engine = spec.problem.spectrum.engine;
  if (engine == Engine::none) return;
  if (spec.engine == EngineChoice::fft) return;
  if (spec.engine == EngineChoice::automatic) {
    engine = backend.preferred_engine(spec.problem);
    return;
  }
  engine = Engine::direct;
  if (const std::string refusal = backend.direct_refusal(spec.problem); !refusal.empty())
    throw SpecError(fmt::format("{}: spectrum.engine = \"direct\" is not possible here: {}; \"auto\" and \"fft\" are", spec.path, refusal));
}

void check_outputs(const Options& o, const SweepSpec& spec) {
  if (!o.csv.empty() && o.csv != "-") check_writable(o.csv);
  if (!o.plot.empty()) check_plot_possible(o.plot, spec.axes.size());
}

std::string plan_text(const SweepSpec& spec, const Backend& backend, std::uint64_t tile) {
  const Problem& p = spec.problem;
  const double node_steps = double(p.sets()) * p.replicates * double(p.steps);
  std::string text = fmt::format("{}: {} sets", spec.path, p.sets());
  if (p.replicates > 1) text += fmt::format(" x {} replicates", p.replicates);
  text += fmt::format(" x {} steps = {:.3g} node-steps; {}, {}", p.steps, node_steps, method_names[std::size_t(p.method)],
                      precision_names[std::size_t(p.precision)]);
  if (p.spectrum.engine != Engine::none) text += fmt::format(", spectra by {}", engine_names[std::size_t(p.spectrum.engine)]);
  return text + fmt::format("; tiles of {} sets\ndevice: {}", std::min(tile, p.sets()), backend.device());
}

// ---- after computing ---------------------------------------------------------------------------------------------------

void print_json(const Options& o, const SweepSpec& spec, const Backend& backend, const Summary& s, double seconds) {
  const Problem& p = spec.problem;
  auto path = [](const std::string& x) { return x.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(x); };
  const nlohmann::ordered_json j{
      {"sets", s.sets}, {"replicates", p.replicates}, {"steps", p.steps}, {"diverged", s.diverged},
      {"out_of_domain", s.out_of_domain}, {"device", backend.device()}, {"engine", engine_names[std::size_t(p.spectrum.engine)]},
      {"seconds", seconds}, {"node_steps_per_second", seconds > 0 ? double(s.sets) * p.replicates * double(p.steps) / seconds : 0},
      {"csv", path(o.csv)}, {"plot", path(o.plot)}, {"store", nullptr}};
  fmt::print("{}\n", j.dump());
}

void write_outputs(const Options& o, const Map& map) {
  if (!o.csv.empty()) write_csv_table(map, o.csv);
  if (!o.plot.empty()) write_plot(map, o.plot);
}

void tell(const Options& o, const std::string& line) {
  if (!o.quiet) fmt::print(stderr, "{}\n", line);
}

void show(const Options& o, const MapWork& work) {
  for (const std::string& line : summary_lines(work.summary(), work.map())) tell(o, line);
  if (o.quiet || o.json || o.csv == "-") return;
  fmt::print("{}", preview(work.map(), detect_terminal(STDOUT_FILENO)));
}

// What was computed before a signal is not lost: a partial CSV beside the one that was asked for.
int stopped(const Options& o, const MapWork& work, const std::string& command) {
  const int signal = stop_signal;
  std::string kept = "nothing was written";
  if (!o.csv.empty() && o.csv != "-" && work.summary().sets > 0) {
    write_csv_table(work.map(), o.csv + ".partial");
    kept = fmt::format("they are in {}.partial, the others have status 255 there", o.csv);
  }
  fmt::print(stderr, "neurosweep: stopped by {}: {} of {} sets are done; {}. To compute the map:\n  {}\n",
             signal == SIGINT ? "SIGINT" : "SIGTERM", work.summary().sets, work.map().sets(), kept, command);
  return 128 + signal;
}

std::string command_line(const Options& o) {
  std::string c = "neurosweep run " + o.file;
  auto add = [&c](const std::string& flag, const std::string& value) {
    if (value.empty()) return;
    const bool plain = value.find_first_of(" '\"\\$`&;|<>()*?[]{}!#~") == std::string::npos;
    std::string quoted = value;
    for (std::size_t at = 0; !plain && (at = quoted.find('\'', at)) != std::string::npos; at += 4) quoted.replace(at, 1, "'\\''");
    c += " " + flag + " " + (plain ? value : "'" + quoted + "'");
  };
  add("--csv", o.csv), add("--plot", o.plot);
  for (const std::string& s : o.overrides.set) add("--set", s);
  for (const std::string& a : o.overrides.axis) add("--axis", a);
  if (o.device != "auto") add("--device", o.device);
  if (o.threads > 0) add("--threads", std::to_string(o.threads));
  if (o.tile > 0) add("--tile", std::to_string(o.tile));
  return c;
}

int run(const Options& o) {
  SweepSpec spec = load_sweep(o.file, o.overrides);
  for (const std::string& warning : spec.warnings) tell(o, "note: " + warning);
  const std::unique_ptr<Backend> backend = backend_named(o);
  choose_engine(spec, *backend);
  const std::uint64_t tile = o.tile > 0 ? o.tile : backend->tile_size(spec.problem);
  tell(o, plan_text(spec, *backend, tile));
  check_outputs(o, spec);
  if (o.dry_run) return exit_done;

  catch_signals();
  const Problem& p = spec.problem;
  const auto start = std::chrono::steady_clock::now();
  Progress progress(progress_to_stderr(p.sets(), p.sets() * p.replicates * std::uint64_t(p.steps), o.quiet));
  MapWork work(spec, tile, progress, stop_level);
  backend->run(p, work);
  progress.finish();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!work.complete()) return stopped(o, work, command_line(o));
  write_outputs(o, work.map());
  show(o, work);
  if (o.json) print_json(o, spec, *backend, work.summary(), seconds);
  return exit_done;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("run", "compute the map of a sweep file");
  auto o = std::make_shared<Options>();
  command->add_option("FILE", o->file, "the sweep file (TOML)")->required();
  command->add_option("--csv", o->csv, "write the map as a table; - is standard output");
  command->add_option("--plot", o->plot, "write the map as a picture: .png, .svg or .pdf");
  command->add_option("--set", o->overrides.set, "KEY=VALUE: a key of the file (input.E.noise=0) or a parameter (Ae=3mV)")
      ->allow_extra_args(false);
  command->add_option("--axis", o->overrides.axis, "NAME=FROM:TO:COUNT[:log]: replace the axis of that name, or add one")
      ->allow_extra_args(false);
  command->add_option("--device", o->device, "auto, cpu, cuda or cuda:N")->capture_default_str();
  command->add_option("--threads", o->threads, "threads of the CPU; all cores unless given")->check(CLI::Range(1, 4096));
  command->add_option("--tile", o->tile, "sets computed as one piece of work")->check(CLI::Range(std::uint64_t(1), max_sets));
  command->add_flag("--dry-run", o->dry_run, "check everything and say what would run, then stop");
  command->add_flag("--quiet", o->quiet, "print nothing but errors");
  command->add_flag("--json", o->json, "print one JSON object at the end instead of the map");
  command->callback([=, &action] { action = [=] { return run(*o); }; });
}

}  // namespace neurosweep
