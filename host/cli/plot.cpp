// `neurosweep plot`: a store's map as a picture, in a file or in the terminal.
#include "host/output/plot.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "commands.hpp"
#include "host/output/figure.hpp"
#include "host/output/preview.hpp"
#include "host/output/terminal.hpp"
#include "host/plan/memory.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"
#include "show.hpp"

namespace neurosweep {
namespace {

struct PlotOptions {
  std::string store, file, over;
  std::vector<std::string> measures;
};

// The number of the axis that --over names.
std::optional<std::size_t> axis_named(const PlotOptions& o, const Store& store) {
  if (o.over.empty()) return {};
  if (o.file.empty()) throw SpecError("--over: the terminal has no lines; name a picture with -o");
  const std::vector<std::string> names = names_of(store.metadata().axes);
  const auto found = std::find(names.begin(), names.end(), o.over);
  if (found == names.end())
    throw SpecError(fmt::format("--over {}: the store has no such axis{}; it has {}", o.over, did_you_mean(o.over, names), listed(names)));
  return std::size_t(found - names.begin());
}

// Before gigabytes are read.
void check_file(const PlotOptions& o, const Store& store) {
  try {
    output::picture_format(o.file);
  } catch (const std::runtime_error& e) {
    throw SpecError(fmt::format("-o: {}", e.what()));
  }
  const std::size_t axes = store.metadata().axes.size();
  if (axes == 0) throw SpecError(fmt::format("-o: a picture needs an axis, and {} holds a single set; neurosweep trace --from-store draws it over time", o.store));
  check_output("-o", o.file, store);
  check_plot_possible(o.file, axes);
}

void draw(const PlotOptions& o) {
  const Store store = store_named(o.store);
  const std::vector<std::string> columns = columns_named(store.metadata(), o.measures);
  const std::optional<std::size_t> over = axis_named(o, store);
  if (!o.file.empty()) check_file(o, store);
  check_memory(map_bytes(store.metadata(), columns), store.grid().sets());
  Missing missing(empty_map(store.metadata(), columns));
  const Map map = join(store, columns, counted(map_blocks(store, columns, tell_damage()), missing));
  tell_missing(missing);
  if (!o.file.empty()) write_plot(map, o.file, over);
  else fmt::print("{}", preview(map, detect_terminal(STDOUT_FILENO)));
}

}  // namespace

void add_plot(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("plot", "draw a store's map, finished or not, in a file or in the terminal");
  auto o = std::make_shared<PlotOptions>();
  const CLI::Validator named(check_name, "");
  command->add_option("STORE", o->store, "the store that a run filled, such as results/NAME.zarr")
      ->type_name("")->required()->check(named);
  command->add_option("-o,--output", o->file, "the picture: .png, .svg or .pdf; without it the terminal shows the map")
      ->type_name("FILE")->check(named);
  command->add_option("--measure", o->measures, "this measure alone, with its SD if it has one")
      ->type_name("NAME")->allow_extra_args(false);
  command->add_option("--over", o->over, "lines over this axis, one for each value of the others")
      ->type_name("NAME");
  command->footer("Examples:\n"
                  "  neurosweep plot results/jr_gain_map.zarr\n"
                  "  neurosweep plot results/jr_gain_map.zarr -o map.png\n"
                  "  neurosweep plot results/jr_gain_map.zarr --over Ae -o lines.pdf\n"
                  "  neurosweep plot results/jr_gain_map.zarr --measure amplitude -o a.svg");
  command->callback([=, &action] { action = [=] { return stoppable([&] { draw(*o); }); }; });
}

}  // namespace neurosweep
