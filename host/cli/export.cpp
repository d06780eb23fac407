// `neurosweep export`: a store's map as CSV.
#include <fmt/format.h>

#include <memory>

#include "commands.hpp"
#include "host/output/csv.hpp"
#include "host/plan/memory.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"
#include "show.hpp"

namespace neurosweep {
namespace {

struct ExportOptions {
  std::string store, csv, layout = "table";
  std::vector<std::string> measures;
};

void check_flags(const ExportOptions& o) {
  const std::vector<std::string> layouts{"table", "grid"};
  if (o.layout != "table" && o.layout != "grid")
    throw SpecError(fmt::format("--layout {}: no such layout{}; there are {}", o.layout, did_you_mean(o.layout, layouts), listed(layouts)));
}

// A block at a time: a map need not fit the memory.
void write_table(const ExportOptions& o, const Store& store, const std::vector<std::string>& columns) {
  Missing missing(empty_map(store.metadata(), columns));
  write_csv_table(counted(map_blocks(store, columns, tell_damage()), missing), o.csv);
  tell_missing(missing, missing.same() ? ": nan, with status 255" : ": nan; status is 255 where no measure is computed");
}

void check_grid(const ExportOptions& o, const StoreMetadata& m, const std::vector<std::string>& columns) {
  if (m.axes.size() != 2)
    throw SpecError(fmt::format("--layout grid: needs two axes, and {} has {}; --layout table shows any number", o.store, m.axes.size()));
  if (o.csv == "-" && columns.size() > 1)
    throw SpecError(fmt::format("--layout grid writes one file for each of {}: name a file for --csv, or choose one by --measure", listed(columns)));
  check_memory(map_bytes(m, columns), m.grid.sets());
}

void write_grid(const ExportOptions& o, const Store& store, const std::vector<std::string>& columns) {
  Missing missing(empty_map(store.metadata(), columns));
  write_csv_grid(join(store, columns, counted(map_blocks(store, columns, tell_damage()), missing)), o.csv);
  tell_missing(missing, ": nan");
}

void write(const ExportOptions& o) {
  check_flags(o);
  const Store store = store_named(o.store);
  const std::vector<std::string> columns = columns_named(store.metadata(), o.measures);
  const bool grid = o.layout == "grid";
  if (grid) check_grid(o, store.metadata(), columns);
  for (const std::string& path : grid ? csv_grid_paths(o.csv, columns) : std::vector{o.csv}) check_output("--csv", path, store);
  if (grid) write_grid(o, store, columns);
  else write_table(o, store, columns);
}

}  // namespace

void add_export(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("export", "write a store's map as CSV, finished or not");
  auto o = std::make_shared<ExportOptions>();
  const CLI::Validator named(check_name, "");
  command->add_option("STORE", o->store, "the store that a run filled, such as results/NAME.zarr")
      ->type_name("")->required()->check(named);
  command->add_option("--csv", o->csv, "the file; - is standard output")
      ->type_name("FILE")->required()->check(named);
  command->add_option("--measure", o->measures, "this measure alone, with its SD if it has one")
      ->type_name("NAME")->allow_extra_args(false);
  command->add_option("--layout", o->layout, "table (the default): a row for each set; grid: a file for each measure")
      ->type_name("NAME");
  command->footer("Examples:\n"
                  "  neurosweep export results/jr_gain_map.zarr --csv map.csv\n"
                  "  neurosweep export results/jr_gain_map.zarr --measure amplitude --csv - | head\n"
                  "  neurosweep export results/jr_gain_map.zarr --layout grid --csv map.csv");
  command->callback([=, &action] {
    if (o->csv == "/dev/stdout") o->csv = "-";
    action = [=] { return stoppable([&] { write(*o); }); };
  });
}

}  // namespace neurosweep
