// `neurosweep run`: a sweep file in, a map out.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "host/output/csv.hpp"
#include "host/output/figure.hpp"
#include "host/output/plot.hpp"
#include "host/output/preview.hpp"
#include "host/output/progress.hpp"
#include "host/output/summary.hpp"
#include "host/output/terminal.hpp"
#include "host/plan/map_work.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string file, csv, plot, device = "auto";
  Overrides overrides;
  int threads = 0;
  std::uint64_t tile = 0;
  bool dry_run = false, quiet = false, json = false;
};

// ---- signals --------------------------------------------------------------------------------------------------------

// The first SIGINT or SIGTERM lets the tiles in flight finish; the second ends the program at once.
std::atomic<int> stop_level{0};
std::atomic<int> stop_signal{0};
std::atomic<bool> answer_signal{true};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

void on_signal(int signal) {
  stop_signal = signal;
  if (++stop_level >= 2) _exit(128 + signal);
  constexpr std::string_view answer =
      "\nneurosweep: stopping after the tiles in flight; a second signal stops at once\n";
  const int error = errno;
  if (answer_signal) (void)!write(STDERR_FILENO, answer.data(), answer.size());
  errno = error;
}

void catch_signals(bool quiet) {
  answer_signal = !quiet;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

// While this lives, a standard error that nobody reads any more does not end the program before its results are in
// files: Ctrl-C ends `tee`, too, in `neurosweep run ... 2>&1 | tee log`.
class IgnoreBrokenPipe {
 public:
  IgnoreBrokenPipe() {
    struct sigaction ignore = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &ignore, &before_);
  }
  ~IgnoreBrokenPipe() { sigaction(SIGPIPE, &before_, nullptr); }
  IgnoreBrokenPipe(const IgnoreBrokenPipe&) = delete;
  IgnoreBrokenPipe& operator=(const IgnoreBrokenPipe&) = delete;

 private:
  struct sigaction before_ = {};
};

// ---- before computing -----------------------------------------------------------------------------------------------

void tell(const Options& o, const std::string& line) {
  if (!o.quiet) say(line);
}

// The number of cuda:N; none if `device` is something else.
std::optional<int> cuda_index(const std::string& device) {
  constexpr std::string_view prefix = "cuda:";
  if (!device.starts_with(prefix)) return {};
  int index = -1;
  const char* end = device.data() + device.size();
  if (std::from_chars(device.data() + prefix.size(), end, index).ptr != end || index < 0) return {};
  return index;
}

// What no sweep file and no machine could make right.
void check_flags(const Options& o) {
  const bool device = o.device == "auto" || o.device == "cpu" || o.device == "cuda" || cuda_index(o.device);
  if (!device)
    throw SpecError(fmt::format("--device {}: unknown device; allowed are auto, cpu, cuda and cuda:N", o.device));
  if (o.json && o.csv == "-")
    throw SpecError("--json and --csv -: both would go to standard output; name a file for --csv");
  try {
    if (!o.plot.empty()) output::picture_format(o.plot);
  } catch (const std::runtime_error& e) {
    throw SpecError(fmt::format("--plot: {}", e.what()));
  }
}

// NEUROSWEEP_ISA picks another instruction set than this CPU's best: to compare, or to reproduce another machine's map.
std::unique_ptr<Backend> cpu_backend(int threads) {
  const char* isa = std::getenv("NEUROSWEEP_ISA");
  if (isa == nullptr || *isa == '\0') return make_cpu_backend(threads);
  const auto known = cpu_isas();
  if (std::find(known.begin(), known.end(), isa) == known.end())
    throw SpecError(fmt::format("NEUROSWEEP_ISA={}: no such instruction set here{}; there are {}", isa, did_you_mean(isa, known), listed(known)));
  return make_cpu_backend(threads, isa);
}

std::unique_ptr<Backend> backend_named(const Options& o) {
  std::string why;
  if (o.device == "cpu" || (o.device == "auto" && cuda_devices(why).empty())) return cpu_backend(o.threads);
  const auto index = cuda_index(o.device);
  try {
    return make_cuda_backend(index ? std::vector<int>{*index} : std::vector<int>{});
  } catch (const std::runtime_error& e) {
    if (o.device != "auto") throw std::runtime_error(fmt::format("--device {}: {}", o.device, e.what()));
    tell(o, fmt::format("note: {}; using the CPU", e.what()));
    return cpu_backend(o.threads);
  }
}

void choose_engine(SweepSpec& spec, const Backend& backend) {
  Engine& engine = spec.problem.spectrum.engine;
  if (engine == Engine::none) return;
  engine = spec.engine == EngineChoice::automatic ? backend.preferred_engine(spec.problem)
           : spec.engine == EngineChoice::direct  ? Engine::direct
                                                  : Engine::fft;
  const std::string direct = backend.direct_refusal(spec.problem), fft = backend.fft_refusal(spec.problem);
  const std::string& refusal = engine == Engine::direct ? direct : fft;
  if (refusal.empty()) return;
  const bool other = engine == Engine::direct ? fft.empty() : direct.empty();
  throw SpecError(fmt::format("{}: spectrum.engine: \"{}\" is not possible here: {}{}", spec.path,
                              engine_names[std::size_t(engine)], refusal, other ? "; \"auto\" is" : ""));
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code none;                                             // a file that does not exist is no error
  auto whole = [&](const std::string& path) { return fs::weakly_canonical(fs::absolute(path, none), none); };
  return fs::equivalent(a, b, none) || whole(a) == whole(b);
}

// The outputs' own mistakes first, then whether the system lets them be written.
void check_outputs(const Options& o, const SweepSpec& spec) {
  for (const std::string& path : {o.csv, o.plot})
    if (!path.empty() && same_file(path, o.file))
      throw SpecError(fmt::format("{}: the output would replace the sweep file", path));
  if (!o.plot.empty() && spec.axes.empty())
    throw SpecError("--plot: a picture needs an axis, and this is a single set; --axis NAME=FROM:TO:COUNT adds one");
  if (!o.csv.empty() && !o.plot.empty() && same_file(o.csv, o.plot))
    throw SpecError(fmt::format("{}: named by both --csv and --plot", o.plot));
  if (!o.csv.empty() && o.csv != "-") check_writable(o.csv);
  if (!o.plot.empty()) check_plot_possible(o.plot, spec.axes.size());
}

// Linux promises more memory than there is and kills whoever takes it; so it is asked for first.
void check_memory(const SweepSpec& spec) {
  const double there = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGE_SIZE)), needed = map_bytes(spec);
  if (needed > there)
    throw std::runtime_error(fmt::format("a map of {} sets takes {:.3g} GB of memory, this machine has {:.3g} GB",
                                         spec.problem.sets(), needed / 1e9, there / 1e9));
}

std::string counted_sets(std::uint64_t n) { return fmt::format("{} {}", n, n == 1 ? "set" : "sets"); }

std::string plan_text(const SweepSpec& spec, const Backend& backend, std::uint64_t tile) {
  const Problem& p = spec.problem;
  const double node_steps = double(p.sets()) * p.replicates * double(p.steps);
  std::string text = fmt::format("{}: {}", spec.path, counted_sets(p.sets()));
  if (p.replicates > 1) text += fmt::format(" x {} replicates", p.replicates);
  text += fmt::format(" x {} steps = {:.3g} node-steps; {}, {}", p.steps, node_steps, method_names[std::size_t(p.method)],
                      precision_names[std::size_t(p.precision)]);
  if (p.spectrum.engine != Engine::none) text += fmt::format(", spectra by {}", engine_names[std::size_t(p.spectrum.engine)]);
  return text + fmt::format("; tiles of {}\ndevice: {}", counted_sets(std::min(tile, p.sets())), backend.device());
}

// ---- after computing ------------------------------------------------------------------------------------------------

void print_json(const Options& o, const SweepSpec& spec, const Backend& backend, const Summary& s, double seconds) {
  const Problem& p = spec.problem;
  auto path = [](const std::string& x) { return x.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(x); };
  const nlohmann::ordered_json j{
      {"sets", s.sets}, {"replicates", p.replicates}, {"steps", p.steps}, {"diverged", s.diverged},
      {"out_of_domain", s.out_of_domain}, {"device", backend.device()}, {"engine", engine_names[std::size_t(p.spectrum.engine)]},
      {"seconds", seconds}, {"node_steps_per_second", seconds > 0 ? double(s.sets) * p.replicates * double(p.steps) / seconds : 0},
      {"csv", path(o.csv)}, {"plot", path(o.plot)}, {"store", nullptr}};
  // A path need not be UTF-8.
  fmt::print("{}\n", j.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

// A full disk behind one file is no reason to lose the other.
void write_files(const Options& o, const Map& map) {
  std::exception_ptr error;
  auto attempt = [&](auto write, const std::string& path) {
    try {
      if (!path.empty() && path != "-") write(map, path);
    } catch (const std::exception&) {
      if (!error) error = std::current_exception();
    }
  };
  attempt(write_csv_table, o.csv), attempt(write_plot, o.plot);
  if (error) std::rethrow_exception(error);
}

void show(const Options& o, const MapWork& work) {
  for (const std::string& line : summary_lines(work.summary(), work.map())) tell(o, line);
  if (o.quiet || o.json || o.csv == "-") return;
  fmt::print("{}", preview(work.map(), detect_terminal(STDOUT_FILENO)));
}

// Where the rest of a stopped run goes: beside the CSV or the picture, but not beside a device or a pipe; "" = nowhere.
std::string partial_path(const Options& o) {
  std::error_code none;
  auto beside = [&](const std::string& path) {
    return !path.empty() && path != "-" && (fs::is_regular_file(path, none) || !fs::exists(path, none));
  };
  return beside(o.csv) ? o.csv + ".partial" : beside(o.plot) ? o.plot + ".partial.csv" : "";
}

// What was computed before a signal is not lost: a partial CSV beside the file that was asked for.
int stopped(const Options& o, const MapWork& work, const std::string& command) {
  const int signal = stop_signal;
  std::string kept = "nothing was written";
  if (const std::string path = partial_path(o); !path.empty() && work.summary().sets > 0) {
    try {
      write_csv_table(work.map(), path);
      kept = fmt::format("they are in {}, the others have status 255 there", path);
    } catch (const std::exception& e) {
      kept = e.what();
    }
  }
  say(fmt::format("neurosweep: stopped by {}: {} of {} sets are done; {}. To compute the map:\n  {}",
                  signal == SIGINT ? "SIGINT" : "SIGTERM", work.summary().sets, work.map().sets(), kept, command));
  return 128 + signal;
}

// `word` as a shell reads it back.
std::string quoted(const std::string& word) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=,+-@%";
  if (word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

std::string command_line(const Options& o) {
  std::string c = "neurosweep run " + quoted(o.file);
  auto add = [&c](const std::string& flag, const std::string& value) {
    if (!value.empty()) c += " " + flag + " " + quoted(value);
  };
  add("--csv", o.csv), add("--plot", o.plot);
  for (const std::string& s : o.overrides.set) add("--set", s);
  for (const std::string& a : o.overrides.axis) add("--axis", a);
  if (o.device != "auto") add("--device", o.device);
  if (o.threads > 0) add("--threads", std::to_string(o.threads));
  if (o.tile > 0) add("--tile", std::to_string(o.tile));
  if (o.quiet) c += " --quiet";
  if (o.json) c += " --json";
  return c;
}

int run(const Options& o) {
  check_flags(o);
  catch_signals(o.quiet);                    // before anything is created that a signal would leave behind
  SweepSpec spec = load_sweep(o.file, o.overrides);
  for (const std::string& warning : spec.warnings) tell(o, "note: " + warning);
  const std::unique_ptr<Backend> backend = backend_named(o);
  choose_engine(spec, *backend);
  const std::uint64_t tile = o.tile > 0 ? o.tile : backend->tile_size(spec.problem);
  tell(o, plan_text(spec, *backend, tile));
  check_outputs(o, spec);
  check_memory(spec);
  if (o.dry_run) return exit_done;

  std::optional<IgnoreBrokenPipe> ignore_broken_pipe(std::in_place);
  const Problem& p = spec.problem;
  const auto start = std::chrono::steady_clock::now();
  Progress progress(progress_to_stderr(p.sets(), p.sets() * p.replicates * std::uint64_t(p.steps), o.quiet));
  MapWork work(spec, tile, progress, stop_level);
  backend->run(p, work);
  progress.finish();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (!work.complete()) return stopped(o, work, command_line(o));
  try {
    write_files(o, work.map());
  } catch (const std::exception& e) {
    if (stop_level == 0) throw;
    say(fmt::format("neurosweep: {}", e.what()));         // Ctrl-C ends gnuplot, too
    return 128 + stop_signal;
  }
  ignore_broken_pipe.reset();                // `| head` may end what only prints
  if (o.csv == "-") write_csv_table(work.map(), o.csv);
  show(o, work);
  if (o.json) print_json(o, spec, *backend, work.summary(), seconds);
  return exit_done;
}

// The complaint about the name of a file, or "". An unset variable or a forgotten name must not end as hours of computing
// for nothing, nor as a file called --quiet.
std::string check_name(const std::string& name) {
  if (name.empty()) return "the name is empty";
  if (name.starts_with("--"))
    return fmt::format("a name is missing before {} (a file of that name is ./{})", name, name);
  return "";
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("run", "compute the map of a sweep file");
  auto o = std::make_shared<Options>();
  const CLI::Validator named(check_name, "");
  command->add_option("FILE", o->file, "the sweep file (TOML)")
      ->type_name("")->required()->check(named);
  command->add_option("--csv", o->csv, "write the map as a table; - is standard output")
      ->type_name("FILE")->check(named);
  command->add_option("--plot", o->plot, "write the map as a picture: .png, .svg or .pdf")
      ->type_name("FILE")->check(named);
  command->add_option("--set", o->overrides.set, "KEY=VALUE: a key of the file (input.E.noise=0) or a parameter (Ae=3mV)")
      ->type_name("KEY=VALUE")->allow_extra_args(false);
  command->add_option("--axis", o->overrides.axis, "NAME=FROM:TO:COUNT[:log]: replace the axis of that name, or add one")
      ->type_name("AXIS")->allow_extra_args(false);
  command->add_option("--device", o->device, "auto (the default), cpu, cuda or cuda:N")->type_name("NAME");
  command->add_option("--threads", o->threads, "threads of the CPU; all cores unless given")
      ->type_name("N")->check(CLI::Range(1, 4096).description(""));
  command->add_option("--tile", o->tile, "sets computed as one piece of work")
      ->type_name("N")->check(CLI::Range(std::uint64_t(1), max_sets).description(""));
  command->add_flag("--dry-run", o->dry_run, "check everything and say what would run, then stop");
  command->add_flag("--quiet", o->quiet, "print nothing but errors");
  command->add_flag("--json", o->json, "print one JSON object at the end instead of the map");
  command->footer("Examples:\n"
                  "  neurosweep run sweeps/jr_gain_map.toml --csv map.csv --plot map.png\n"
                  "  neurosweep run sweeps/jr_gain_map.toml --axis Ae=2:5:512 --axis Ai=15:30:512 --device cuda\n"
                  "  neurosweep run sweeps/jr_gain_map.toml --set input.E.noise=0 --set bi=40Hz --csv - | head");
  command->callback([=, &action] {
    if (o->csv == "/dev/stdout") o->csv = "-";
    action = [=] { return run(*o); };
  });
}

}  // namespace neurosweep
