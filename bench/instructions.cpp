// What a CPU executes in the time loop, counted and not timed: for scripts/cpu-budget, which makes figures of what this prints.
//   build-release/bench/bench_instructions [ISA [KERNEL]]       those whose name has KERNEL in it; "" = every ISA
//
// Needs neither privileges nor performance counters, which most virtual machines lack. In between two branches the CPU goes
// straight through a line of instructions. The first time that it comes by a line it is stepped through to the branch at its
// end, which is then overwritten with a breakpoint; from then on only branches stop it, and a line counts by its beginning.
//
// A batch of sets is computed twice, once with more steps: what is in the difference is the time loop's.
#include <cstdio>

#if defined(__x86_64__)
#include <fmt/format.h>
#include <link.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <map>
#include <utility>

#include "host/cli/bench_networks.hpp"
#include "host/spec/sweep_spec.hpp"
#include "tests/common/shelf.hpp"

using Byte = unsigned char;
extern Byte __executable_start[], etext[];              // the linker's: where this program's code lies

namespace neurosweep {
namespace {

// ---- tracing -----------------------------------------------------------------------------------------------------------

using Offset = std::uint32_t;                           // of an instruction from the program's start; 0 = none

struct Place {                                          // of one byte of the program
  std::uint64_t entered;                                // how often this trace came by the line that begins here
  Offset last;                                          // the branch at that line's end; 0 = not known
  Offset next_line, next_branch;                        // lists of the places that are one
  Byte hidden;                                          // a branch's first byte, where the breakpoint stands
  bool line, branch;
};

// What the trap's handler works on. It calls nothing that a traced function may call, too: it would meet its own breakpoints.
struct Trace {
  Place* places;
  Offset lines, branches;                               // the newest of each: they stay known
  Offset line;                                          // on the way through it; 0 = one begins
  Offset lifted;                                        // the branch that is being executed, its breakpoint taken away
  std::int64_t outside;                                 // instructions in shared libraries
  bool on;
} trace;

std::size_t code_size() { return std::size_t(etext - __executable_start); }

constexpr Byte breakpoint = 0xcc;
constexpr greg_t step_flag = 0x100;                     // TF: a trap after the next instruction

// Whether the CPU may go on elsewhere than behind the instruction: Intel's manual, volume 2, appendix A (opcode maps).
bool is_branch(const Byte* at) {
  while (*at == 0xf2 || *at == 0xf3 || *at == 0x2e || *at == 0x3e || *at == 0x66 || (*at & 0xf0) == 0x40) ++at;   // prefixes
  const int op = at[0], more = at[1], kind = more >> 3 & 7;
  if (op == 0x0f) return (more & 0xf0) == 0x80;                                             // jcc
  if (op == 0xff) return kind >= 2 && kind <= 5;                                            // call, jmp to a stored address
  return (op & 0xf0) == 0x70 || (op & 0xfc) == 0xe0 || op == 0xe8 || op == 0xe9 || op == 0xeb || op == 0xc2 || op == 0xc3;
}

// Whether condition cc of jcc holds: Intel's manual, volume 1, appendix B.
bool holds(int cc, greg_t flags) {
  const bool carry = flags & 1, parity = flags & 4, zero = flags & 0x40, sign = flags & 0x80, overflow = flags & 0x800;
  const bool condition[] = {overflow, carry, zero, carry || zero, sign, parity, sign != overflow, zero || sign != overflow};
  return condition[cc >> 1] != bool(cc & 1);
}

// Carries out a jmp or jcc; false if it is none. Stepping over it would take a trap more, which goes through a virtual machine's
// host: ten times as long as a breakpoint.
bool jump(greg_t& ip, greg_t flags, Byte op) {
  const Byte* at = reinterpret_cast<const Byte*>(ip);
  const bool far = op == 0xe9 || (op == 0x0f && (at[1] & 0xf0) == 0x80), conditional = op != 0xe9 && op != 0xeb;
  if (!far && op != 0xeb && (op & 0xf0) != 0x70) return false;
  const int cc = (op == 0x0f ? at[1] : op) & 15;
  const Byte* distance = at + (op == 0x0f ? 2 : 1);
  std::int32_t by = std::int8_t(*distance);
  if (far) __builtin_memcpy(&by, distance, 4);
  ip = reinterpret_cast<greg_t>(distance) + (far ? 4 : 1) + (!conditional || holds(cc, flags) ? by : 0);
  return true;
}

// The CPU is about to execute what stands at `ip`. Returns whether it is to stop after one instruction.
bool about_to_execute(greg_t& ip, greg_t flags) {
  Byte* const code = __executable_start;
  if (trace.lifted) code[trace.lifted] = breakpoint, trace.lifted = 0;
  for (;;) {
    const auto at = std::size_t(ip - reinterpret_cast<greg_t>(code));
    if (at >= code_size()) {
      ++trace.outside, trace.line = 0;
      return true;
    }
    if (!trace.line) {
      trace.line = Offset(at);
      Place& first = trace.places[at];
      if (!first.line) first.line = true, first.next_line = trace.lines, trace.lines = Offset(at);
      ++first.entered;
    }
    Place &line = trace.places[trace.line], &here = trace.places[at];
    if (line.last && line.last != at) return false;     // known: on to its branch
    if (!here.branch) {
      if (!is_branch(code + at)) return true;
      here.branch = true, here.next_branch = trace.branches, trace.branches = Offset(at);
      here.hidden = code[at], code[at] = breakpoint;
    }
    line.last = Offset(at), trace.line = 0;
    if (!jump(ip, flags, here.hidden)) {
      code[at] = here.hidden, trace.lifted = Offset(at);
      return true;
    }
  }
}

// A breakpoint that stands in the program's text. While there is no trace, there are no others.
void start_or_end() {
  trace.on = !trace.on;
  trace.line = trace.lifted = 0;
  for (Offset at = trace.branches; at; at = trace.places[at].next_branch)
    __executable_start[at] = trace.on ? breakpoint : trace.places[at].hidden;
}

void on_trap(int, siginfo_t* info, void* context) {
  greg_t* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  greg_t &ip = registers[REG_RIP], &flags = registers[REG_EFL];
  bool stop_again;
  // A breakpoint's signal is SI_KERNEL. A step's is TRAP_TRACE, but for now and then in a virtual machine that loses the debug
  // register's note of it (Linux, arch/x86/kernel/traps.c: get_si_code).
  if (info->si_code != SI_KERNEL) {
    stop_again = about_to_execute(ip, flags);
  } else if (trace.places[ip - 1 - reinterpret_cast<greg_t>(__executable_start)].branch) {
    stop_again = about_to_execute(--ip, flags);
  } else {
    start_or_end();
    stop_again = trace.on;
  }
  flags = stop_again ? flags | step_flag : flags & ~step_flag;
}

void start_or_end_trace() { asm volatile("int3" ::: "memory"); }

struct Lines {                                          // gone through by one trace
  std::map<std::pair<Offset, Offset>, std::int64_t> times;      // by first and last instruction
  std::int64_t outside = 0;
};

// Computes one batch of sets, and is traced while it does.
class OneBatch : public Work {
 public:
  OneBatch(std::uint64_t sets, bool traced) : sets_(sets), traced_(traced) {}

  bool next(Tile& tile) override {
    tile = {0, sets_};
    return batches_ == 0;
  }
  bool abort() const override {                         // asked before every batch; of a network now and then
    if (traced_ && !std::exchange(tracing_, true)) start_or_end_trace();
    return false;
  }
  void advance(std::uint64_t) override {                // told after it
    if (std::exchange(tracing_, false)) start_or_end_trace();
    ++batches_;
  }
  void done(TileResult r) override { result = std::move(r); }
  void say(const std::string&) override {}

  TileResult result;

 private:
  const std::uint64_t sets_;
  const bool traced_;
  mutable bool tracing_ = false;
  int batches_ = 0;
};

// The lines that the problem's first batch goes through. The first run, which is not traced, is for what is done once only,
// and to see that being traced changes nothing.
Lines lines_of(Backend& backend, const Problem& p) {
  OneBatch plain(p.sets(), false), traced(p.sets(), true);
  backend.run(p, plain), backend.run(p, traced);
  if (traced.result.values != plain.result.values) throw std::runtime_error("the traced run has other results, or they are nan");
  Lines lines;
  for (Offset at = trace.lines; at; at = trace.places[at].next_line) {
    Place& line = trace.places[at];
    const auto times = std::int64_t(std::exchange(line.entered, 0));
    if (line.last) lines.times[{at, line.last}] = times;      // not the one in which the trace ended
  }
  lines.outside = std::exchange(trace.outside, 0);
  return lines;
}

// False if the system does not let a program write its own code.
bool prepare_traces() {
  trace.places = static_cast<Place*>(std::calloc(code_size(), sizeof(Place)));      // few of them are ever touched
  if (!trace.places) throw std::bad_alloc();
  struct sigaction action {};
  action.sa_sigaction = on_trap, action.sa_flags = SA_SIGINFO;
  return sigaction(SIGTRAP, &action, nullptr) == 0 &&
         mprotect(__executable_start, code_size(), PROT_READ | PROT_WRITE | PROT_EXEC) == 0;
}

// ---- what is counted ---------------------------------------------------------------------------------------------------

// Steps of the two runs: between them lie whole moments' flushes (128 steps), hops (256), and pairs of segments of the fft
// engine (every 512 steps after 768 observed ones), and every spiking model's busy sets spike. Hops begin anywhere.
constexpr std::int64_t few_steps = 1408, many_steps = 2432, not_observed = 40;

// The model from its quiet sets to its busy ones by its main method; how many sets is said later.
template <class Model>
Problem problem_of(Path path, Precision precision = Precision::single_) {
  Problem p = test::shelf_problem<Model>(2, many_steps);
  p.precision = precision, p.transient = not_observed;
  p.measures = {Measure::amplitude, Measure::mean, Measure::std};
  if constexpr (Spiking<Model>) p.measures.push_back(Measure::spike_count);
  const test::Setting setting = test::setting_of(Model::name);
  if (path == Path::noise)
    test::quantity(p, layout_of<Model>().drive(Model::main_port, drive_noise)) = (setting.high - setting.low) / 100;
  return p;
}

template <class Model>
Problem by_method(Method method) {
  Problem p = problem_of<Model>(Path::general);
  p.method = method;
  return p;
}

template <class Model>
Problem with_spectrum(Engine engine) {
  Problem p = problem_of<Model>(Path::noise);
  p.spectrum.engine = engine, p.spectrum.segment = 512, p.spectrum.overlap = 256;
  p.spectrum.peak = p.spectrum.kept = {1, 10};          // as in sweeps/jr_gain_map.toml
  p.measures.push_back(Measure::peak_power);
  return p;
}

Problem problem_of(const BenchNetwork& network) {
  Problem p = load_sweep_text("counted", std::string(network.text), {}).problem;
  p.transient = not_observed;
  return p;
}

std::vector<Problem> nodes() {
  std::vector<Problem> all;
  with_each_model([&]<class M>(std::type_identity<M>, int) {
    all.push_back(problem_of<M>(Path::constant)), all.push_back(problem_of<M>(Path::noise)), all.push_back(with_spectrum<M>(Engine::direct));
  });
  all.push_back(with_spectrum<JansenRit>(Engine::fft));
  all.push_back(problem_of<JansenRit>(Path::constant, Precision::double_));
  all.push_back(by_method<Izhikevich>(Method::exp_euler)), all.push_back(by_method<LarterBreakspear>(Method::euler));
  return all;
}

// As scripts/sass-budget names the GPU's.
std::string name_of(const Problem& p) {
  const Setup setup = make_setup(p);
  Path path = Path::general;
  with_model(p.model, [&]<class M>(std::type_identity<M>) { path = path_of<M>(p, setup); });
  std::string engine(engine_names[std::size_t(p.spectrum.engine)]);
  if (p.spectrum.engine == Engine::direct) engine += "12";                       // the GPU's kernel for up to 12 bins; 11 here
  return fmt::format("{} {} {} {} {}", models()[std::size_t(p.model)].name, precision_names[std::size_t(p.precision)],
                     method_names[std::size_t(p.method)], std::array{"constant", "noise", "general"}[std::size_t(path)], engine);
}

struct Counted {
  std::string name;
  Problem problem;
};

std::vector<Counted> what_is_counted() {
  std::vector<Counted> all;
  for (const Problem& p : nodes()) all.push_back({name_of(p), p});
  for (const BenchNetwork& network : bench_networks) {
    const Problem p = problem_of(network);
    all.push_back({fmt::format("{} {} {} {}", network_name, precision_names[std::size_t(p.precision)], method_names[std::size_t(p.method)], network.name), p});
  }
  return all;
}

// One batch of sets from the quiet end to the busy one; of a network the first set.
Problem one_batch(Problem p, const Backend& backend) {
  if (p.network) {
    p.axes.front().values.resize(1);
    return p;
  }
  const Axis axis = p.axes.front();
  const auto with_sets = [&](int sets) {
    p.axes.clear();
    test::add_axis(p, axis.quantity, axis.values.front(), axis.values.back(), sets);
    return p;
  };
  Problem long_one = with_sets(1024);
  long_one.steps = max_steps;                           // a tile is then one batch, and a whole one: few sets have loops of their own
  return with_sets(int(backend.tile_size(long_one)));
}

void count(const Counted& counted, const std::string& isa) {
  const auto backend = make_cpu_backend(1, isa);        // one thread: this one
  Problem p = one_batch(counted.problem, *backend);
  p.steps = few_steps;
  const Lines few = lines_of(*backend, p);
  p.steps = many_steps;
  Lines lines = lines_of(*backend, p);
  for (const auto& [line, times] : few.times) lines.times[line] -= times;

  std::uintptr_t linked_at = reinterpret_cast<std::uintptr_t>(__executable_start);       // which is what objdump shows
  dl_iterate_phdr([](dl_phdr_info* program, std::size_t, void* at) {
    return *static_cast<std::uintptr_t*>(at) -= program->dlpi_addr, 1;
  }, &linked_at);
  const int lanes = (isa == "avx512" ? 64 : isa == "avx2" ? 32 : 16) / (p.precision == Precision::single_ ? 4 : 8);
  fmt::print("kernel {}\nisa {}\nlanes {}\nregister_steps {}\noutside {}\n", counted.name, isa, lanes,
             (many_steps - few_steps) * std::int64_t(p.sets() * nodes_in(p)) / lanes, lines.outside - few.outside);
  for (const auto& [line, times] : lines.times)
    if (times != 0) fmt::print("line {:x} {:x} {}\n", linked_at + line.first, linked_at + line.second, times);
}

}  // namespace
}  // namespace neurosweep

#if defined(__clang__)
#define NS_COMPILER fmt::format("clang++ {}", __clang_major__)
#else
#define NS_COMPILER fmt::format("g++ {}", __GNUC__)
#endif

int main(int argc, char** argv) try {
  using namespace neurosweep;
  const std::string isa = argc > 1 ? argv[1] : "", kernel = argc > 2 ? argv[2] : "";
  if (!prepare_traces()) {
    fmt::print(stderr, "SKIP: this system does not let a program write its own code, so nothing can be counted\n");
    return 77;
  }
  fmt::print("compiler {}\n", NS_COMPILER);
  for (const Counted& counted : what_is_counted())
    if (counted.name.find(kernel) != std::string::npos)
      for (const std::string& one : isa.empty() ? cpu_isas() : std::vector{isa}) count(counted, one);
} catch (const std::exception& e) {
  fmt::print(stderr, "{}\n", e.what());
  return 1;
}
#else
int main() {
  std::fputs("SKIP: only x86-64's instructions are counted\n", stderr);
  return 77;
}
#endif
