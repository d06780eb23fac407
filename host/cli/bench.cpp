// `neurosweep bench`: how fast the time loops are on this machine, and how near to its limits.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/utsname.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "bench_kernels.hpp"
#include "commands.hpp"
#include "host/output/output_file.hpp"
#include "host/output/terminal.hpp"
#include "host/output/text.hpp"
#include "host/plan/device.hpp"
#include "host/plan/one_rank.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {
namespace {

struct BenchOptions {
  std::string device = "auto", report;
  std::vector<std::string> models;
  int threads = 0;
  double seconds = 0.8;                      // of a kernel on a device
  bool json = false, quiet = false;
};

using Facts = std::vector<std::pair<std::string, std::string>>;

struct Row {
  const Kernel* kernel;
  std::vector<Speed> speeds;                 // [DeviceBench::ways]
  double limit;                              // of the first of them; 0 = not known
};
struct DeviceBench {
  std::string name;                          // "cpu", "cuda:0"
  Facts facts;
  std::vector<std::string> ways;             // in which each kernel is measured: "1 thread", "8 threads"
  std::vector<Row> rows;
};

void tell(const BenchOptions& o, const std::string& line) {
  if (!o.quiet) say(line);
}

// ---- progress -------------------------------------------------------------------------------------------------------

// How many of the measurements are done, on standard error: a redrawn line on a terminal, elsewhere a line every ten seconds.
class Countdown {
 public:
  Countdown(std::size_t all, bool quiet) : all_(all), quiet_(quiet), terminal_(can_redraw(STDERR_FILENO)) {}
  ~Countdown() {
    if (terminal_ && !quiet_) print("\r\x1b[K");
  }
  void begins(const std::string& what) {
    const double now = seconds(), left = done_ > 0 ? now * double(all_ - done_) / double(done_) : 0;
    const std::string line = fmt::format("{} of {}: {}{}", ++done_, all_, what, left > 0 ? ", " + output::human_duration(left) + " left" : "");
    if (quiet_) return;
    if (terminal_) print(fmt::format("\r{:.{}}\x1b[K", line, std::size_t(std::max(detect_terminal(STDERR_FILENO).width - 1, 1))));
    else if (now > next_line_) print(line + "\n"), next_line_ = now + 10;
  }

 private:
  static void print(const std::string& text) { (void)!std::fwrite(text.data(), 1, text.size(), stderr); }
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  const std::size_t all_;
  const bool quiet_, terminal_;
  std::size_t done_ = 0;
  double next_line_ = 10;
};

// ---- measuring ------------------------------------------------------------------------------------------------------

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return output::one_line(line);
}

Facts without_empty(Facts facts) {
  std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
  return facts;
}

std::string gigahertz(double hertz) { return fmt::format("{:.2f} GHz", hertz / 1e9); }

std::string kilohertz_in(const std::string& path) {
  const double kilohertz = std::atof(first_line(path).c_str());
  return kilohertz > 0 ? gigahertz(1e3 * kilohertz) : "";
}

// Bare metal says more than a virtual machine.
Facts cpu_facts(const std::string& isa, double vector_rate) {
  const std::string clock = "/sys/devices/system/cpu/cpu0/cpufreq/";
  return without_empty({{"CPU", cpu_name()}, {"cores", fmt::format("{}", usable_cores())}, {"instruction set", isa}, {"clock", gigahertz(core_clock()) + ", measured"},
                        {"highest clock", kilohertz_in(clock + "cpuinfo_max_freq")}, {"governor", first_line(clock + "scaling_governor")},
                        {"vector instructions", output::human_count(vector_rate) + "/s at most, measured on one core"},
                        {"instructions of a step", fmt::format("counted in code by {}; this program is by {}", counted_compiler(), bench_compiler())}});
}

DeviceBench bench_cpu(const BenchOptions& o, const std::vector<Kernel>& kernels, Countdown& countdown) {
  OneRank alone;
  const std::string isa = cpu_isa().empty() ? cpu_isas().front() : cpu_isa();
  const int threads = o.threads > 0 ? o.threads : usable_cores();
  std::vector<std::unique_ptr<Backend>> backends;
  DeviceBench bench{"cpu", {}, {}, {}};
  for (const int n : threads > 1 ? std::vector{1, threads} : std::vector{1}) {
    backends.push_back(backend_named("cpu", n, alone, say));
    bench.ways.push_back(n == 1 ? "1 thread" : fmt::format("{} threads", n));
  }
  const PeakLoops& loops = peak_loops(isa);
  double vector_rate = 0;
  for (const Kernel& kernel : kernels) {
    countdown.begins(kernel.name());
    // Right before and after, as the clock depends on what else the machine does.
    const Precision precision = kernel.problem.precision;
    const PeakRates before = peak_rates(loops, precision);
    Row row{&kernel, {speed_of(*backends[0], kernel, o.seconds / double(backends.size()))}, 0};
    const PeakRates after = peak_rates(loops, precision), rates{std::max(before.vector, after.vector), std::max(before.divide, after.divide)};
    for (std::size_t i = 1; i < backends.size(); ++i) row.speeds.push_back(speed_of(*backends[i], kernel, o.seconds / double(backends.size())));
    row.limit = core_limit(kernel, isa, loops.lanes[int(precision)], rates);
    vector_rate = std::max(vector_rate, rates.vector);
    bench.rows.push_back(std::move(row));
  }
  bench.facts = cpu_facts(isa, vector_rate);
  return bench;
}

Facts gpu_facts(const DeviceInfo& gpu) {
  return without_empty({{"GPU", gpu.name}, {"it has", gpu.detail}, {"highest clock", gigahertz(gpu.clock)}, {"CUDA", gpu.cuda},
                        {"driver", first_line("/proc/driver/nvidia/version")},
                        {"limit", "issue slots: instructions of a step as counted in code for compute capability 9.0"}});
}

DeviceBench bench_gpu(const BenchOptions& o, const DeviceInfo& gpu, const std::vector<Kernel>& kernels, Countdown& countdown) {
  const auto backend = make_cuda_backend({gpu.index});
  DeviceBench bench{fmt::format("cuda:{}", gpu.index), gpu_facts(gpu), {"GPU"}, {}};
  for (const Kernel& kernel : kernels) {
    countdown.begins(fmt::format("{}: {}", bench.name, kernel.name()));
    bench.rows.push_back({&kernel, {speed_of(*backend, kernel, o.seconds)}, gpu_limit(kernel, gpu)});
  }
  return bench;
}

// The GPUs that --device means. std::runtime_error if it names one that is not there.
std::vector<DeviceInfo> gpus_named(const std::string& device) {
  if (device == "cpu") return {};
  std::string why;
  std::vector<DeviceInfo> gpus = cuda_devices(why);
  if (device == "auto") return gpus;
  if (device != "cuda") std::erase_if(gpus, [&](const DeviceInfo& gpu) { return fmt::format("cuda:{}", gpu.index) != device; });
  if (gpus.empty()) throw std::runtime_error(fmt::format("--device {}: {}", device, why.empty() ? "there is no such device; `neurosweep devices` lists them" : why));
  return gpus;
}

std::vector<DeviceBench> measure(const BenchOptions& o, const std::vector<Kernel>& kernels) {
  const std::vector<DeviceInfo> gpus = gpus_named(o.device);
  const bool cpu = o.device == "auto" || o.device == "cpu";
  const std::size_t all = kernels.size() * (gpus.size() + cpu);
  tell(o, fmt::format("measuring {} on {}: about {}", output::how_many("kernel", kernels.size()), output::how_many("device", gpus.size() + cpu),
                      output::human_duration(std::ceil(o.seconds * double(all)))));
  Countdown countdown(all, o.quiet);
  std::vector<DeviceBench> benches;
  if (cpu) benches.push_back(bench_cpu(o, kernels, countdown));
  for (const DeviceInfo& gpu : gpus) {
    try {
      benches.push_back(bench_gpu(o, gpu, kernels, countdown));
    } catch (const std::exception& e) {
      if (o.device != "auto") throw;
      tell(o, fmt::format("note: {}", e.what()));        // such as a card that only drives a display
    }
  }
  return benches;
}

// ---- what is shown --------------------------------------------------------------------------------------------------

using Cells = std::vector<std::vector<std::string>>;

// What the columns mean.
std::vector<std::string> explanation() {
  return {fmt::format("Speeds: millions of node-steps (a step of one parameter set, of a network of each cell) per second, of whole maps without a store; the median of {} runs, and their spread.", bench_runs),
          "Kernels: precision, input (constant, or with noise), spectrum (none; direct12: while integrating, up to 12 bins; fft).",
          "Of limit: one thread's share of what nothing can exceed, a core's vector instructions and divisions, or a GPU's issue slots, at their highest rate.",
          fmt::format("Times: all threads over one. Sets/s: of {} steps each, by all threads.", bench_steps)};
}

std::string millions(double x) { return fmt::format("{:.{}f}", x / 1e6, x < 1e7 ? 2 : x < 1e8 ? 1 : 0); }

std::string percent(double part, double whole) { return whole > 0 ? fmt::format("{:.0f} %", 100 * part / whole) : "-"; }

double sets_per_second(const Row& row, const Speed& speed) { return speed.median / double(row.kernel->problem.steps) / double(nodes_in(row.kernel->problem)); }

// "network float euler balanced 200: 6.7 M synaptic events/s on 1 thread, 13.1 M on 2 threads"
std::vector<std::string> event_lines(const DeviceBench& bench) {
  std::vector<std::string> lines;
  for (const Row& row : bench.rows) {
    if (row.kernel->synapses == 0) continue;
    std::vector<std::string> speeds;
    for (std::size_t i = 0; i < row.speeds.size(); ++i) speeds.push_back(fmt::format("{}/s by {}", output::human_count(row.speeds[i].events), bench.ways[i]));
    lines.push_back(fmt::format("Synaptic events of {}: {}.", row.kernel->loop, fmt::join(speeds, ", ")));
  }
  return lines;
}

// The head, then a row for each kernel.
Cells cells_of(const DeviceBench& bench) {
  Cells cells{{"kernel", bench.ways[0], "spread", "of limit"}};
  for (std::size_t i = 1; i < bench.ways.size(); ++i) cells[0].insert(cells[0].end(), {bench.ways[i], "times"});
  cells[0].push_back("sets/s");
  for (const Row& row : bench.rows) {
    const Speed& first = row.speeds[0];
    std::vector<std::string> line{row.kernel->name(), millions(first.median), percent(first.fastest - first.slowest, first.median), percent(first.median, row.limit)};
    for (std::size_t i = 1; i < row.speeds.size(); ++i)
      line.insert(line.end(), {millions(row.speeds[i].median), fmt::format("{:.2f}", row.speeds[i].median / first.median)});
    line.push_back(output::human_count(sets_per_second(row, row.speeds.back())));
    cells.push_back(std::move(line));
  }
  return cells;
}

void print_line(const std::vector<std::string>& line, const std::vector<std::size_t>& width) {
  std::string text = fmt::format("{:<{}}", line[0], width[0]);
  for (std::size_t i = 1; i < line.size(); ++i) text += fmt::format("  {:>{}}", line[i], width[i]);
  fmt::print("{}\n", text);
}

// What a model's kernels have in common stands above them.
void print_table(const DeviceBench& bench) {
  Cells cells = cells_of(bench);
  for (std::size_t i = 0; i < bench.rows.size(); ++i) cells[i + 1][0] = "  " + bench.rows[i].kernel->precision + " " + bench.rows[i].kernel->loop;
  std::vector<std::size_t> width(cells[0].size());
  for (const auto& line : cells)
    for (std::size_t i = 0; i < line.size(); ++i) width[i] = std::max(width[i], line[i].size());
  fmt::print("\n{}: {}\n", bench.name, bench.facts.front().second);
  print_line(cells[0], width);
  std::string model;
  for (std::size_t i = 0; i < bench.rows.size(); ++i) {
    const Kernel& kernel = *bench.rows[i].kernel;
    if (kernel.model != model) fmt::print("{}, {}\n", kernel.model, kernel.method);
    model = kernel.model;
    print_line(cells[i + 1], width);
  }
  for (const std::string& line : event_lines(bench)) fmt::print("{}\n", line);
}

std::string date() { return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()))); }

std::string system_text() {
  utsname system{};
  uname(&system);
  return fmt::format("{} {} {}", system.sysname, system.release, system.machine);
}

// But for --report: where a user keeps files is nobody's business.
std::string command_line(const BenchOptions& o) {
  std::string text = "neurosweep bench";
  if (o.device != "auto") text += " --device " + o.device;
  if (o.threads > 0) text += fmt::format(" --threads {}", o.threads);
  for (const std::string& model : o.models) text += " --model " + model;
  return text + fmt::format(" --seconds {}", o.seconds);
}

Facts program_facts(const BenchOptions& o) {
  return {{"date", date()}, {"version", program_version()}, {"commit", program_commit()}, {"compiler", bench_compiler()}, {"system", system_text()}, {"command", command_line(o)}};
}

std::string markdown_list(const Facts& facts) {
  std::string text;
  for (const auto& [name, value] : without_empty(facts)) text += fmt::format("- {}: {}\n", name, value);
  return text + "\n";
}

std::string markdown(const Facts& program, const std::vector<DeviceBench>& benches) {
  std::string page = "# neurosweep bench\n\n" + markdown_list(program) + fmt::format("{}\n", fmt::join(explanation(), "\n\n"));
  for (const DeviceBench& bench : benches) {
    page += fmt::format("\n## {}\n\n", bench.name) + markdown_list(bench.facts);
    const Cells cells = cells_of(bench);
    for (const auto& line : cells) {
      page += fmt::format("| {} |\n", fmt::join(line, " | "));
      if (&line == cells.data()) page += fmt::format("| --- |{}\n", fmt::join(std::vector<std::string>(line.size() - 1, " ---: |"), ""));
    }
    for (const std::string& line : event_lines(bench)) page += "\n" + line + "\n";
  }
  return page;
}

using Json = nlohmann::ordered_json;

Json json_of(const Facts& facts) {
  Json object = Json::object();
  for (const auto& [name, value] : facts) object[name] = value;
  return object;
}

Json json_of(const DeviceBench& bench) {
  Json kernels = Json::array();
  for (const Row& row : bench.rows) {
    Json speeds = Json::array();
    for (std::size_t i = 0; i < bench.ways.size(); ++i) {
      const Speed& s = row.speeds[i];
      speeds.push_back({{"by", bench.ways[i]}, {"node_steps_per_second", s.median}, {"slowest", s.slowest}, {"fastest", s.fastest},
                        {"sets_per_second", sets_per_second(row, s)}});
      if (row.kernel->synapses > 0) speeds.back()["synaptic_events_per_second"] = s.events;
    }
    const bool known = row.limit > 0;
    kernels.push_back({{"kernel", row.kernel->name()}, {"speeds", speeds}, {"limit", known ? Json(row.limit) : Json()},
                       {"share_of_limit", known ? Json(row.speeds[0].median / row.limit) : Json()}});
  }
  return {{"device", bench.name}, {"facts", json_of(bench.facts)}, {"kernels", kernels}};
}

int run(const BenchOptions& o) {
  check_device_name(o.device);
  if (o.json && o.report == "-") throw SpecError("--json and --report -: both would go to standard output; name a file for --report");
  const std::vector<Kernel> kernels = bench_kernels(o.models);
  if (!o.report.empty()) check_writable(o.report);
  const std::vector<DeviceBench> benches = measure(o, kernels);
  const Facts program = program_facts(o);
  if (!o.report.empty()) {
    OutputFile file(o.report);
    file.write(markdown(program, benches));
    file.commit();
  }
  if (o.json) {
    Json all = json_of(program);
    for (const DeviceBench& bench : benches) all["devices"].push_back(json_of(bench));
    fmt::print("{}\n", all.dump(-1, ' ', false, Json::error_handler_t::replace));
  } else if (o.report != "-") {
    for (const std::string& sentence : explanation())
      for (const std::string& line : output::wrap(sentence, detect_terminal(STDOUT_FILENO).text_columns())) fmt::print("{}\n", line);
    for (const DeviceBench& bench : benches) print_table(bench);
  }
  return exit_done;
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("bench", "measure how fast this machine is, and how near to its limit");
  auto o = std::make_shared<BenchOptions>();
  const CLI::Validator named(check_name, "");
  command->add_option("--device", o->device, "auto (the default: the CPU and each GPU), cpu, cuda or cuda:N")->type_name("NAME");
  command->add_option("--threads", o->threads, "CPU threads to measure beside a single one; all cores unless given")
      ->type_name("N")->check(CLI::Range(1, max_threads).description(""));
  command->add_option("--model", o->models, "this model alone")->type_name("NAME")->allow_extra_args(false);
  command->add_option("--seconds", o->seconds, "how long to measure each kernel; 0.8 unless given")
      ->type_name("S")->check(CLI::Range(0.001, 3600.0).description(""));
  command->add_option("--report", o->report, "also write the tables as a page (Markdown), with the machine's parts; - is standard output")
      ->type_name("FILE.md")->check(named);
  command->add_flag("--json", o->json, "print one JSON object instead of the tables");
  command->add_flag("--quiet", o->quiet, "no progress on standard error");
  command->footer("Examples:\n"
                  "  neurosweep bench --report bench.md\n"
                  "  neurosweep bench --device cpu --threads 1 --model jansen-rit");
  command->callback([=, &action] {
    if (o->report == "/dev/stdout") o->report = "-";
    action = [=] { return run(*o); };
  });
}

}  // namespace neurosweep
