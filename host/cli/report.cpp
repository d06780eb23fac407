// `neurosweep report`: a store's map as a page for a browser, with the command that shows each set over time.
#include "host/output/report.hpp"

#include <fmt/format.h>

#include <memory>

#include "commands.hpp"
#include "facts.hpp"
#include "host/output/summary.hpp"
#include "host/plan/memory.hpp"
#include "host/spec/sweep_spec.hpp"
#include "show.hpp"

namespace neurosweep {
namespace {

struct ReportOptions {
  std::string store, file;
  std::vector<std::string> measures;
};

// A picture's name would end as a page that no picture viewer opens.
void check_extension(const std::string& file) {
  if (file != "-" && !file.ends_with(".html") && !file.ends_with(".htm"))
    throw SpecError(fmt::format("-o {}: a report is a page: name it .html, or - for standard output", file));
}

ReportText text_of(const Store& store, const std::vector<std::string>& columns, const Missing& missing) {
  const StoreMetadata& m = store.metadata();
  ReportText text{summary_lines(summarise(store, columns, [](const std::string&) {}, {0, store.grid().count()}), empty_map(m, columns)),
                  sweep_facts(m), store.folder(), m.replicates};
  for (std::string& note : missing.notes()) text.summary.push_back(std::move(note));
  for (Fact& fact : run_facts(m)) text.facts.push_back(std::move(fact));
  return text;
}

void write(const ReportOptions& o) {
  check_extension(o.file);
  const Store store = store_named(o.store);
  const StoreMetadata& m = store.metadata();
  const std::vector<std::string> columns = columns_named(m, o.measures);
  check_report_size(m.grid.sets(), columns.size(), empty_map(m).single);
  check_memory(map_bytes(m, columns), m.grid.sets());
  check_output("-o", o.file, store);
  Missing missing(empty_map(m, columns));
  const Map map = join(store, columns, counted(map_blocks(store, columns, tell_damage()), missing));
  tell_missing(missing);
  write_report(map, text_of(store, columns, missing), o.file);
}

}  // namespace

void add_report(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("report", "write a store's map as a page for a browser");
  auto o = std::make_shared<ReportOptions>();
  const CLI::Validator named(check_name, "");
  command->add_option("STORE", o->store, "the store that a run filled, such as results/NAME.zarr")
      ->type_name("")->required()->check(named);
  command->add_option("-o,--output", o->file, "the page, one .html file; - is standard output")
      ->type_name("FILE")->required()->check(named);
  command->add_option("--measure", o->measures, "this measure alone, with its SD if it has one")
      ->type_name("NAME")->allow_extra_args(false);
  command->footer("The page shows the map of each measure, the values of the set under the pointer,\n"
                  "and on a click the command that shows this set over time. It needs no network.\n\nExamples:\n"
                  "  neurosweep report results/jr_gain_map.zarr -o map.html\n"
                  "  neurosweep report results/jr_gain_map.zarr --measure amplitude -o a.html");
  command->callback([=, &action] {
    if (o->file == "/dev/stdout") o->file = "-";
    action = [=] { return stoppable([&] { write(*o); }); };
  });
}

}  // namespace neurosweep
