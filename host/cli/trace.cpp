// `neurosweep trace`: one parameter set of a sweep over time, as the sweep saw it.
#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <memory>
#include <stdexcept>

#include "commands.hpp"
#include "host/output/csv.hpp"
#include "host/output/figure.hpp"
#include "host/output/terminal.hpp"
#include "host/output/trace_view.hpp"
#include "host/plan/device.hpp"
#include "host/plan/memory.hpp"
#include "host/spec/flags.hpp"
#include "host/spec/point.hpp"
#include "models/models.hpp"
#include "show.hpp"
#include "trace_set.hpp"

namespace neurosweep {
namespace {

struct TraceOptions {
  std::string file, store, csv, raster, psd, spectrogram, plot;
  std::vector<std::string> at;
  Overrides overrides;
  std::uint32_t replicate = 0;
  bool quiet = false;

  bool spectra_only_shown() const { return psd.empty() && spectrogram.empty(); }
  bool needs_spectra() const { return in_terminal() || !spectra_only_shown() || !plot.empty(); }
  bool in_terminal() const { return spectra_only_shown() && plot.empty() && csv.empty() && raster.empty(); }
  std::vector<NamedOutput> outputs() const {
    return {{"--csv", csv}, {"--raster", raster}, {"--psd", psd}, {"--spectrogram", spectrogram}, {"--plot", plot}};
  }
};

void tell(const TraceOptions& o, const std::string& line) {
  if (!o.quiet) say(line);
}

// ---- before computing -----------------------------------------------------------------------------------------------

void check_one_printed(const TraceOptions& o) {
  std::string printed;
  for (const auto& [flag, path] : o.outputs()) {
    if (path != "-") continue;
    if (!printed.empty()) throw SpecError(fmt::format("{} - and {} -: both would go to standard output; name a file for one of them", printed, flag));
    printed = flag;
  }
}

void check_flags(const TraceOptions& o) {
  if (o.file.empty() == o.store.empty())
    throw SpecError(o.file.empty() ? "a sweep file is missing: neurosweep trace FILE, or --from-store STORE"
                                   : fmt::format("{} and --from-store {}: name one of them", o.file, o.store));
  try {
    if (!o.plot.empty()) output::picture_format(o.plot);
  } catch (const std::runtime_error& e) {
    throw SpecError(fmt::format("--plot: {}", e.what()));
  }
  check_one_printed(o);
  check_names(o.outputs(), o.file);
}

Overrides stored_overrides(const TraceOptions& o, const StoreMetadata& m) {
  try {
    return overrides_of(m.overrides);
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(fmt::format("{}: its attribute \"overrides\": {}", o.store, e.what()));
  }
}

// The sweep that the store was made of; the command line's overrides come after the store's.
SweepSpec load_stored(const TraceOptions& o, const StoreMetadata& m) {
  if (m.sweep_file.empty()) throw std::runtime_error(fmt::format("{}: its attributes lack \"sweep_file\", the text of the file that it was made of", o.store));
  Overrides all = stored_overrides(o, m);
  all.set.insert(all.set.end(), o.overrides.set.begin(), o.overrides.set.end());
  all.axis.insert(all.axis.end(), o.overrides.axis.begin(), o.overrides.axis.end());
  SweepSpec sweep = load_sweep_text(o.store + " (its sweep file)", m.sweep_file, all, m.sweep_folder);
  const std::string other = first_difference(m.identity, identity_of(sweep));
  if (!other.empty() && o.overrides.set.empty() && o.overrides.axis.empty())     // such as another version's default
    sweep.warnings.push_back(fmt::format("{}: its sweep file now means another sweep: {}", o.store, other));
  return sweep;
}

SweepSpec load(const TraceOptions& o) {
  if (o.store.empty()) return load_sweep(o.file, o.overrides);
  const Store store = store_named(o.store);
  for (const auto& [flag, path] : o.outputs())
    if (!path.empty() && path != "-") check_output(flag, path, store);
  return load_stored(o, store.metadata());
}

void check_replicate(const TraceOptions& o, const SweepSpec& sweep) {
  if (o.replicate < sweep.problem.replicates) return;
  throw SpecError(fmt::format("--replicate {}: {} has {}; allowed are 0 to {}", o.replicate, sweep.path,
                              sweep.problem.replicates == 1 ? "one replicate" : fmt::format("{} replicates", sweep.problem.replicates),
                              sweep.problem.replicates - 1));
}

// What a spectrum needs is known before the trace is.
void check_spectra(const TraceOptions& o, const SweepSpec& sweep) {
  if (sweep.problem.spectrum.segment > 0 || o.spectra_only_shown()) return;
  throw SpecError(fmt::format("{}: {}: {} observed samples are too few to choose a segment of the spectrum; give spectrum.segment, or a longer duration",
                              sweep.path, o.psd.empty() ? "--spectrogram" : "--psd", sweep.problem.observed()));
}

void check_spikes(const TraceOptions& o, const SweepSpec& sweep) {
  if (o.raster.empty() || sweep.problem.network || models()[std::size_t(sweep.problem.model)].spiking) return;
  throw SpecError(fmt::format("--raster: {} has the model {}, which does not spike; --csv writes its states and signals", sweep.path, sweep.model));
}

void check(const TraceOptions& o, const SweepSpec& sweep) {
  check_spikes(o, sweep);
  check_replicate(o, sweep);
  check_spectra(o, sweep);
  check_memory(trace_bytes(sweep), fmt::format("a trace of {} steps", sweep.problem.steps));
  for (const std::string& path : {o.csv, o.raster, o.psd, o.spectrogram})
    if (!path.empty()) check_writable(path);
  if (!o.plot.empty()) check_trace_plot_possible(o.plot);
}

// ---- after computing ------------------------------------------------------------------------------------------------

void write_csv(const TraceView& t, const std::string& path) {
  std::vector<CsvColumn> columns{{{"time", "ms", t.time}}};
  for (const MapColumn& series : t.series) columns.push_back({series, t.single});
  write_csv_columns(columns, path);
}

void write_raster(const TraceView& t, const std::string& path) {
  CsvColumn time{{"time", "ms", {}}}, population{{"population", "", {}}}, neuron{{"neuron", "", {}}};
  for (const TracedPopulation& p : t.populations) population.names.push_back(p.name);
  for (const TracedSpike& spike : t.spikes) {
    time.data.values.push_back(t.time[spike.sample]);
    population.data.values.push_back(spike.population), neuron.data.values.push_back(spike.neuron);
  }
  write_csv_columns({time, population, neuron}, path);
}

void write_psd(const TraceView& t, const std::string& path) {
  write_csv_columns({{{"frequency", "Hz", t.psd.frequency}}, {{t.observed().name, t.density_unit, t.psd.density}, t.single}}, path);
}

void write_spectrogram(const TraceView& t, const std::string& path) {
  const Spectrogram& s = t.spectrogram;
  MapColumn time{"time", "ms", {}}, frequency{"frequency", "Hz", {}};
  for (const double at : s.time) {
    time.values.insert(time.values.end(), s.frequency.size(), at * 1e3);
    frequency.values.insert(frequency.values.end(), s.frequency.begin(), s.frequency.end());
  }
  write_csv_columns({{time}, {frequency}, {{t.observed().name, t.density_unit, s.density}, t.single}}, path);
}

// A full disk behind one file is no reason to lose the others; `| head` may end what only prints, so that comes last.
void write_all(const TraceOptions& o, const TraceView& trace) {
  const std::pair<const std::string&, void (*)(const TraceView&, const std::string&)> writers[] = {
      {o.csv, write_csv}, {o.raster, write_raster}, {o.psd, write_psd}, {o.spectrogram, write_spectrogram}, {o.plot, write_trace_plot}};
  std::exception_ptr error;
  for (const bool printed : {false, true})
    for (const auto& [path, write] : writers) {
      if (path.empty() || (path == "-") != printed) continue;
      try {
        write(trace, path);
      } catch (const std::exception&) {
        if (!error) error = std::current_exception();
      }
    }
  if (error) std::rethrow_exception(error);
}

int run(const TraceOptions& o) {
  check_flags(o);
  SweepSpec sweep = load(o);
  const Point point = locate(sweep, o.at);
  check(o, sweep);
  const std::string isa = cpu_isa();
  choose_engine(sweep, *make_cpu_backend(1, isa));
  for (const std::vector<std::string>& notes : {sweep.warnings, point.notes})
    for (const std::string& note : notes) tell(o, "note: " + note);
  TraceView trace = trace_of(sweep, point.set, o.replicate, isa);
  if (!trace.where.empty()) tell(o, fmt::format("{}: {}", sweep.path, trace.where));
  if (o.needs_spectra()) add_spectra(trace, sweep);
  if (o.in_terminal() || !o.plot.empty()) add_rates(trace, sweep, point.set, isa);
  if (!o.in_terminal()) return stoppable([&] { write_all(o, trace); });
  fmt::print("{}", trace_preview(trace, detect_terminal(STDOUT_FILENO)));
  return exit_done;
}

void add_inputs(CLI::App& command, TraceOptions& o, const CLI::Validator& named) {
  command.add_option("FILE", o.file, "the sweep file (TOML)")->type_name("")->check(named);
  command.add_option("--from-store", o.store, "instead of FILE: the sweep of a store that a run filled")
      ->type_name("STORE")->check(named);
  command.add_option("--at", o.at, "a value of an axis; others stand at their first value")
      ->type_name("NAME=VALUE")->allow_extra_args(false);
  command.add_option("--replicate", o.replicate, "which realisation of the noise, from 0 on; 0 unless given")->type_name("N");
  command.add_option("--set", o.overrides.set, "a key of the file (input.E.noise=0), a parameter (Ae=3mV)")
      ->type_name("KEY=VALUE")->allow_extra_args(false);
  command.add_option("--axis", o.overrides.axis, "NAME=FROM:TO:COUNT[:log]: replace or add an axis")
      ->type_name("AXIS")->allow_extra_args(false);
}

void add_outputs(CLI::App& command, TraceOptions& o, const CLI::Validator& named) {
  command.add_option("--csv", o.csv, "write all states and signals; - is standard output")
      ->type_name("FILE")->check(named);
  command.add_option("--raster", o.raster, "write the spikes: time, population, neuron")->type_name("FILE")->check(named);
  command.add_option("--psd", o.psd, "write the observed signal's power spectrum (Welch)")
      ->type_name("FILE")->check(named);
  command.add_option("--spectrogram", o.spectrogram, "write its power over time and frequency")->type_name("FILE")->check(named);
  command.add_option("--plot", o.plot, "write all of this as a picture: .png, .svg or .pdf")->type_name("FILE")->check(named);
  command.add_flag("--quiet", o.quiet, "say nothing but errors on standard error");
}

}  // namespace

void add_trace(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("trace", "show one set over time: every state and signal, and the spectrum");
  auto o = std::make_shared<TraceOptions>();
  const CLI::Validator named(check_name, "");
  add_inputs(*command, *o, named);
  add_outputs(*command, *o, named);
  command->footer("Without an output the terminal shows it.\n\nExamples:\n"
                  "  neurosweep trace sweeps/jr_gain_map.toml --at Ae=3.25mV --at Ai=22mV\n"
                  "  neurosweep trace sweeps/jr_gain_map.toml --csv t.csv --psd p.csv --plot t.png\n"
                  "  neurosweep trace sweeps/izhikevich_presets.toml --at preset=chattering\n"
                  "  neurosweep trace --from-store results/jr_gain_map.zarr --at Ae=5 --set seed=7");
  command->callback([=, &action] {
    for (std::string* path : {&o->csv, &o->raster, &o->psd, &o->spectrogram})
      if (*path == "/dev/stdout") *path = "-";
    action = [=] { return run(*o); };
  });
}

}  // namespace neurosweep
