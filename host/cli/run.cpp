// `neurosweep run`: a sweep file in, a store with its map out.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "commands.hpp"
#include "host/output/csv.hpp"
#include "host/output/figure.hpp"
#include "host/output/plot.hpp"
#include "host/output/progress.hpp"
#include "host/output/summary.hpp"
#include "host/output/text.hpp"
#include "host/plan/device.hpp"
#include "host/plan/memory.hpp"
#include "host/plan/ranks.hpp"
#include "host/plan/store_work.hpp"
#include "host/spec/flags.hpp"
#include "host/spec/sweep_spec.hpp"
#include "host/store/store_map.hpp"
#include "show.hpp"
#include "stop.hpp"

namespace neurosweep {
namespace {

namespace fs = std::filesystem;

struct Shard {
  std::uint64_t index = 0, count = 1;
};

struct RunOptions {
  std::string file, out, csv, plot, device = "auto", shard_text;
  Overrides overrides;
  int threads = 0;
  std::uint64_t tile = 0;
  Shard shard;
  bool overwrite = false, dry_run = false, quiet = false, json = false;
};

void tell(const RunOptions& o, const std::string& line) {
  if (!o.quiet) say(line);
}

// ---- ranks ----------------------------------------------------------------------------------------------------------

// Every rank does it to its end, whatever happens to the others. The exit code: the largest; f may return one.
template <class F>
int together(Ranks& ranks, F f) {
  int code = exit_done;
  try {
    if constexpr (std::is_void_v<decltype(f())>) f();
    else code = f();
  } catch (...) {
    code = explain(std::current_exception(), ranks.rank() > 0 ? fmt::format("rank {}: ", ranks.rank()) : "");
  }
  return ranks.largest(code);
}

// The same, rank 0 first and the others only if it went well: what is wrong for all is said once.
template <class F>
int in_turn(Ranks& ranks, F f) {
  const int code = together(ranks, [&] { if (ranks.rank() == 0) f(); });
  return code != exit_done ? code : together(ranks, [&] { if (ranks.rank() > 0) f(); });
}

// ---- before computing -----------------------------------------------------------------------------------------------

Shard parse_shard(const std::string& text) {
  Shard shard{0, 0};
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  const bool slash = index.ec == std::errc() && index.ptr != end && *index.ptr == '/';
  const auto count = slash ? std::from_chars(index.ptr + 1, end, shard.count) : std::from_chars_result{end, std::errc::invalid_argument};
  if (count.ec != std::errc() || count.ptr != end || shard.index >= shard.count)
    throw SpecError(fmt::format("--shard {}: write I/N, with I from 0 to N - 1, such as 0/3, 1/3 and 2/3", text));
  return shard;
}

// results/NAME.zarr for sweeps/NAME.toml.
std::string default_store(const std::string& file) { return (fs::path("results") / fs::path(file).stem()).string() + ".zarr"; }

// What no sweep file and no machine could make right.
void check_flags(const RunOptions& o) {
  check_device_name(o.device);
  if (o.json && o.csv == "-")
    throw SpecError("--json and --csv -: both would go to standard output; name a file for --csv");
  if (!o.shard_text.empty() && o.overwrite)
    throw SpecError("--shard and --overwrite: each part would delete what the others have computed; delete the store before the first");
  if (!o.shard_text.empty() && !(o.csv.empty() && o.plot.empty()))
    throw SpecError("--shard computes a part of the map; once all parts are there, `neurosweep export` and `neurosweep plot` show it");
  try {
    if (!o.plot.empty()) output::picture_format(o.plot);
  } catch (const std::runtime_error& e) {
    throw SpecError(fmt::format("--plot: {}", e.what()));
  }
}

// Checks the flags, and fills in what they leave open.
void settle(RunOptions& o) {
  check_flags(o);
  if (!o.shard_text.empty()) o.shard = parse_shard(o.shard_text);
  if (o.out.empty()) o.out = default_store(o.file);
  while (o.out.size() > 1 && o.out.ends_with('/')) o.out.pop_back();
}

// The outputs' own mistakes first, then whether the system lets them be written.
void check_outputs(const RunOptions& o, const SweepSpec& spec) {
  check_names({{"--out", o.out}, {"--csv", o.csv}, {"--plot", o.plot}}, o.file);
  check_outside("--csv", o.csv, o.out), check_outside("--plot", o.plot, o.out);
  if (lies_in(o.file, o.out)) throw SpecError(fmt::format("{}: lies in the store {}; name another place for one of them", o.file, o.out));
  if (!o.plot.empty() && spec.axes.empty())
    throw SpecError("--plot: a picture needs an axis, and this is a single set; --axis NAME=FROM:TO:COUNT adds one, neurosweep trace draws a set over time");
  if (!o.csv.empty() && o.csv != "-") check_writable(o.csv);
  if (!o.plot.empty()) check_plot_possible(o.plot, spec.axes.size());
  if (!o.plot.empty()) check_memory(map_bytes(metadata_of(spec), {}), spec.problem.sets());
  if (o.overwrite) Store::check_place(o.out);
  else Store::check(o.out, spec);
}

std::string counted_sets(std::uint64_t n) { return fmt::format("{} {}", n, n == 1 ? "set" : "sets"); }

// What is to be done, checked.
struct Plan {
  SweepSpec spec;
  std::unique_ptr<Backend> backend;
  std::string device;                        // as it is shown: rank 0's, and how many ranks there are
  std::uint64_t tile = 0;
};

double node_steps(const Problem& p, std::uint64_t sets) { return double(sets) * p.replicates * double(p.steps) * double(nodes_in(p)); }

std::string plan_text(const Plan& plan) {
  const SweepSpec& spec = plan.spec;
  const Problem& p = spec.problem;
  std::string text = fmt::format("{}: {}", spec.path, counted_sets(p.sets()));
  if (p.replicates > 1) text += fmt::format(" x {} replicates", p.replicates);
  if (p.network) text += fmt::format(" x {} cells", nodes_in(p));
  text += fmt::format(" x {} steps = {:.3g} node-steps; {}, {}", p.steps, node_steps(p, p.sets()), method_names[std::size_t(p.method)],
                      precision_names[std::size_t(p.precision)]);
  if (p.spectrum.engine != Engine::none) text += fmt::format(", spectra by {}", engine_names[std::size_t(p.spectrum.engine)]);
  return text + fmt::format("; tiles of {}\ndevice: {}", counted_sets(std::min(plan.tile, p.sets())), plan.device);
}

// What suits the backend; but several for each rank, of whole warps and vector registers.
std::uint64_t tile_for(const Problem& p, const Backend& backend, const Ranks& ranks) {
  const std::uint64_t tile = backend.tile_size(p);
  return ranks.size() == 1 ? tile : std::min(tile, (p.sets() / (4 * std::uint64_t(ranks.size())) / 64 + 1) * 64);
}

Plan make_plan(const RunOptions& o, const Ranks& ranks) {
  Plan plan{load_sweep(o.file, o.overrides), nullptr, ""};
  for (const std::string& warning : plan.spec.warnings) tell(o, "note: " + warning);
  plan.backend = backend_for(plan.spec.problem, o.device, o.threads, ranks, [&](const std::string& line) { tell(o, line); });
  choose_engine(plan.spec, *plan.backend);
  plan.tile = o.tile > 0 ? o.tile : tile_for(plan.spec.problem, *plan.backend, ranks);
  plan.device = plan.backend->device() + (ranks.size() > 1 ? fmt::format(" ({} ranks)", ranks.size()) : "");
  tell(o, plan_text(plan));
  return plan;
}

// ---- the store ------------------------------------------------------------------------------------------------------

Store open_store(const RunOptions& o, const SweepSpec& spec) {
  std::ifstream in(o.file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return Store::fill(o.out, spec, {program_version(), program_commit(), text, flags_of(o.overrides)});
}

// The chunks of this run: all, or the shard's.
ChunkRange part_of(const RunOptions& o, const Store& store) { return shard_of(store.grid().count(), o.shard.index, o.shard.count); }

// How many sets these are, for people.
std::string whole_part(const RunOptions& o, const Store& store) {
  const std::string sets = counted_sets(sets_of(store.grid(), part_of(o, store)));
  return o.shard_text.empty() ? sets : fmt::format("{} of shard {}", sets, o.shard_text);
}

// Of the shard's chunks, those that are not there, or not as they were written. The ranks look at them in turn. Returns the
// exit code.
int find_missing(const RunOptions& o, const Store& store, Ranks& ranks, std::vector<std::uint64_t>& chunks) {
  const ChunkRange part = part_of(o, store);
  std::vector<std::uint8_t> missing(part.last - part.first, 0);
  const int code = together(ranks, [&] {
    for (std::uint64_t i = std::uint64_t(ranks.rank()); i < missing.size(); i += std::uint64_t(ranks.size())) {
      std::string damage;
      missing[i] = stop_level > 0 || !store.done(part.first + i, damage);     // nothing is begun after a signal
      if (!damage.empty()) tell(o, fmt::format("note: {}; computing its sets again", damage));
    }
  });
  ranks.largest(missing);
  for (std::uint64_t i = 0; i < missing.size(); ++i)
    if (missing[i]) chunks.push_back(part.first + i);
  return code;
}

std::uint64_t sets_in(const Store& store, const std::vector<std::uint64_t>& chunks) {
  std::uint64_t sets = 0;
  for (const std::uint64_t chunk : chunks) sets += store.grid().tile(chunk).count;
  return sets;
}

void tell_resumed(const RunOptions& o, const Store& store, std::uint64_t sets) {
  const std::uint64_t all = sets_of(store.grid(), part_of(o, store));
  if (all == 0) tell(o, fmt::format("{}: shard {} is empty: this sweep is {}", o.out, o.shard_text, output::how_many("chunk", store.grid().count())));
  else if (sets == 0) tell(o, fmt::format("{}: all {} are there already", o.out, whole_part(o, store)));
  else if (!store.added().empty())
    tell(o, fmt::format("{}: new there: {}; sets are integrated once more for it, and what is there stays", o.out, fmt::join(store.added(), ", ")));
  else if (sets < all) tell(o, fmt::format("{}: {} of {} are there already", o.out, all - sets, whole_part(o, store)));
  else tell(o, fmt::format("store: {}", o.out));
}

// ---- computing ------------------------------------------------------------------------------------------------------

void compute(const Plan& plan, Store& store, std::vector<std::uint64_t> chunks, Counter& counter, Progress& progress) {
  const Problem& p = plan.spec.problem;
  StoreWork work(store, p, std::move(chunks), plan.tile, counter, progress, stop_level);
  do plan.backend->run(p, work);
  while (work.wait_for_others());
  work.finish();
}

struct Filled {
  int code = exit_done;
  std::uint64_t computed = 0;                // sets, by all ranks; what other runs computed meanwhile is not among them
  double seconds = 0;
};

Filled fill(const RunOptions& o, const Plan& plan, Store& store, const std::vector<std::uint64_t>& chunks, Ranks& ranks) {
  const Problem& p = plan.spec.problem;
  const std::uint64_t sets = sets_in(store, chunks);
  tell_resumed(o, store, sets);
  if (chunks.empty()) return {};
  const auto start = std::chrono::steady_clock::now();
  Progress progress(progress_to_stderr(sets, std::uint64_t(node_steps(p, sets)), o.quiet));
  ranks.gather(progress);
  const int code = together(ranks, [&] {
    store.note_run(plan.backend->device(), 0);
    compute(plan, store, chunks, ranks.counter(), progress);
  });
  ranks.stop_gathering();
  progress.finish();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const int noted = together(ranks, [&] { if (ranks.rank() == 0) store.note_run(plan.backend->device(), seconds); });
  return {std::max(code, noted), progress.sets() - progress.sets_found(), seconds};
}

// ---- after computing ------------------------------------------------------------------------------------------------

std::string command_line(const RunOptions& o) {
  std::string c = "neurosweep run " + shell_word(o.file);
  auto add = [&c](const std::string& flag, const std::string& value) {
    if (!value.empty()) c += " " + flag + " " + shell_word(value);
  };
  if (o.out != default_store(o.file)) add("--out", o.out);
  add("--csv", o.csv), add("--plot", o.plot);
  if (const std::string text = flags_of(o.overrides); !text.empty()) c += " " + text;
  if (o.device != "auto") add("--device", o.device);
  if (o.threads > 0) add("--threads", std::to_string(o.threads));
  if (o.tile > 0) add("--tile", std::to_string(o.tile));
  add("--shard", o.shard_text);
  if (o.quiet) c += " --quiet";
  if (o.json) c += " --json";
  return c;
}

// What is done is kept, and the same command goes on.
void tell_unfinished(const RunOptions& o, const Store& store, const std::string& why) {
  say(fmt::format("neurosweep: {}: {} of {} are done and kept in {}. To go on:\n  {}", why, sets_done(store, part_of(o, store)),
                  whole_part(o, store), o.out, command_line(o)));
}

void print_json(const RunOptions& o, const Plan& plan, const Summary& s, std::uint64_t computed, double seconds) {
  const Problem& p = plan.spec.problem;
  auto path = [](const std::string& x) { return x.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(x); };
  const nlohmann::ordered_json j{
      {"sets", s.sets}, {"computed", computed}, {"replicates", p.replicates}, {"steps", p.steps}, {"diverged", s.diverged},
      {"out_of_domain", s.out_of_domain}, {"device", plan.device}, {"engine", engine_names[std::size_t(p.spectrum.engine)]},
      {"seconds", seconds}, {"node_steps_per_second", computed > 0 ? nlohmann::ordered_json(node_steps(p, computed) / seconds) : nullptr},
      {"csv", path(o.csv)}, {"plot", path(o.plot)}, {"store", o.out}};
  // A path need not be UTF-8.
  fmt::print("{}\n", j.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

// A full disk behind one file is no reason to lose the other.
void write_files(const RunOptions& o, const Store& store, const std::vector<std::string>& columns) {
  std::exception_ptr error;
  auto attempt = [&](auto write, const std::string& path) {
    try {
      if (!path.empty() && path != "-") write(path);
    } catch (const std::exception&) {
      if (!error) error = std::current_exception();
    }
  };
  const auto blocks = [&] { return until_stopped(map_blocks(store, columns, tell_damage())); };
  attempt([&](const std::string& path) { write_csv_table(blocks(), path); }, o.csv);
  attempt([&](const std::string& path) { write_plot(join(store, columns, blocks()), path); }, o.plot);
  if (error) std::rethrow_exception(error);
}

// The files first: `| head` may end what only prints.
int show(const RunOptions& o, const Plan& plan, const Store& store, std::uint64_t computed, double seconds, std::optional<IgnoreBrokenPipe>& ignore_broken_pipe) {
  std::vector<std::string> columns;
  for (const StoreArray& array : store.arrays())
    if (is_column(array)) columns.push_back(array.name);
  try {
    write_files(o, store, columns);
  } catch (const std::exception& e) {
    if (stop_level == 0) throw;
    say(fmt::format("neurosweep: {}", e.what()));         // Ctrl-C ends gnuplot, too
    return 128 + stop_signal;
  }
  ignore_broken_pipe.reset();
  if (o.csv == "-") write_csv_table(map_blocks(store, columns, tell_damage()), o.csv);
  if (o.quiet && !o.json) return exit_done;
  const Summary summary = summarise(store, columns, tell_damage(), part_of(o, store));
  const Map labels = empty_map(store.metadata(), columns);
  if (!o.shard_text.empty()) tell(o, fmt::format("shard {} is done; neurosweep info {} says what others are", o.shard_text, shell_word(o.out)));
  for (const std::string& line : summary_lines(summary, labels)) tell(o, line);
  if (!o.quiet && !o.json && o.csv != "-" && o.shard_text.empty()) print_preview(store, columns);
  if (o.json) print_json(o, plan, summary, computed, seconds);
  return exit_done;
}

// Rank 0's last words. Every chunk may be there although a rank had an error, or was stopped: another run can have done it.
int conclude(const RunOptions& o, const Plan& plan, const Store& store, const std::vector<std::uint64_t>& chunks, const Filled& filled,
             int stopped_by, std::optional<IgnoreBrokenPipe>& ignore_broken_pipe) {
  const bool complete = std::all_of(chunks.begin(), chunks.end(), [&](std::uint64_t chunk) { return store.recorded(chunk); });
  if (complete) return std::max(filled.code, show(o, plan, store, filled.computed, filled.seconds, ignore_broken_pipe));
  const bool stopped = filled.code == exit_done && stopped_by > 0;
  tell_unfinished(o, store, stopped ? "stopped by " + signal_name(stopped_by) : "not finished");
  return stopped ? 128 + stopped_by : std::max(filled.code, int(exit_failed));
}

// The steps of a run, of which every rank takes each.
int run_rank(const RunOptions& o, Ranks& ranks) {
  const bool first = ranks.rank() == 0;
  Plan plan;
  int code = in_turn(ranks, [&] {
    plan = make_plan(o, ranks);
    if (first) check_outputs(o, plan.spec);
  });
  if (code == exit_done && o.dry_run && o.json && first)
    print_json(o, plan, Summary{.sets = plan.spec.problem.sets(), .extremes = {}}, 0, 0);
  if (code != exit_done || o.dry_run) return code;

  std::optional<IgnoreBrokenPipe> ignore_broken_pipe(std::in_place);
  std::optional<Store> store;
  code = in_turn(ranks, [&] {
    if (first && o.overwrite) Store::remove(o.out);
    store.emplace(open_store(o, plan.spec));
  });
  if (code != exit_done) return code;

  std::vector<std::uint64_t> chunks;
  code = find_missing(o, *store, ranks, chunks);
  if (code != exit_done) return code;
  const Filled filled = fill(o, plan, *store, chunks, ranks);
  const int stopped_by = ranks.largest(stop_level > 0 ? int(stop_signal) : 0);
  return together(ranks, [&] { return first ? conclude(o, plan, *store, chunks, filled, stopped_by, ignore_broken_pipe) : exit_done; });
}

int run(RunOptions o) {
  catch_signals(o.quiet);                    // before anything is created that a signal would leave behind
  const std::unique_ptr<Ranks> ranks = join_ranks([&](const std::string& line) { tell(o, line); });
  if (ranks->rank() > 0) o.quiet = true, catch_signals(o.quiet);
  int code = in_turn(*ranks, [&] { settle(o); });
  if (code == exit_done) code = run_rank(o, *ranks);
  if (ranks->size() > 1) catch_signals(true);     // mpirun stops those that are still there once one has ended with an error
  return code;
}

}  // namespace

void add_run(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("run", "compute the map of a sweep file");
  auto o = std::make_shared<RunOptions>();
  const CLI::Validator named(check_name, "");
  command->add_option("FILE", o->file, "the sweep file (TOML)")
      ->type_name("")->required()->check(named);
  command->add_option("--out", o->out, "the store, a folder; results/NAME.zarr unless given")
      ->type_name("DIR")->check(named);
  command->add_option("--csv", o->csv, "write the map as a table; - is standard output")
      ->type_name("FILE")->check(named);
  command->add_option("--plot", o->plot, "write the map as a picture: .png, .svg or .pdf")
      ->type_name("FILE")->check(named);
  command->add_option("--set", o->overrides.set, "a key of the file (input.E.noise=0), a parameter (Ae=3mV)")
      ->type_name("KEY=VALUE")->allow_extra_args(false);
  command->add_option("--axis", o->overrides.axis, "NAME=FROM:TO:COUNT[:log]: replace or add an axis")
      ->type_name("AXIS")->allow_extra_args(false);
  command->add_option("--device", o->device, "auto (the default), cpu, cuda or cuda:N")->type_name("NAME");
  command->add_option("--threads", o->threads, "threads of the CPU; all cores unless given")
      ->type_name("N")->check(CLI::Range(1, max_threads).description(""));
  command->add_option("--tile", o->tile, "sets computed as one piece of work; changes no result")
      ->type_name("N")->check(CLI::Range(std::uint64_t(1), max_sets).description(""));
  command->add_option("--shard", o->shard_text, "compute part I of N alone; I counts from 0 to N - 1")
      ->type_name("I/N");
  command->add_flag("--overwrite", o->overwrite, "delete the store if it is there already, and start afresh");
  command->add_flag("--dry-run", o->dry_run, "check everything and say what would run, then stop");
  command->add_flag("--quiet", o->quiet, "print nothing but errors");
  command->add_flag("--json", o->json, "print one JSON object at the end instead of the map");
  command->footer("Examples:\n"
                  "  neurosweep run sweeps/jr_gain_map.toml --csv map.csv --plot map.png\n"
                  "  neurosweep run sweeps/jr_gain_map.toml --axis Ae=2:5:99 --out fine.zarr\n"
                  "  neurosweep run sweeps/jr_gain_map.toml --set seed=7 --overwrite --csv - | head");
  command->callback([=, &action] {
    if (o->csv == "/dev/stdout") o->csv = "-";
    action = [=] { return run(*o); };
  });
}

}  // namespace neurosweep
