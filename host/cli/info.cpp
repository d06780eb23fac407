// `neurosweep info`: what a store holds, and how much of it is done.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "commands.hpp"
#include "facts.hpp"
#include "host/output/summary.hpp"
#include "host/output/text.hpp"
#include "show.hpp"

namespace neurosweep {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// What only reading the whole store tells.
struct Contents {
  Missing missing;
  Summary summary;
  std::set<std::string> damaged;                   // files that are not what was written, and how so
  std::uint64_t bytes = 0;                         // of all files
};

Contents read_all(const Store& store) {
  Contents c{Missing(empty_map(store.metadata())), {}, {}};
  const Damage damage = [&](const std::string& what) { c.damaged.insert(what); };
  c.summary = summarise(store, {}, damage, {0, store.grid().count()});
  Map block = empty_map(store.metadata());
  for (std::uint64_t chunk = 0; chunk < store.grid().count(); ++chunk) {
    if (!store.begun(chunk)) {
      c.missing.add_none(store.grid().tile(chunk).count);
      continue;
    }
    store.read(chunk, block, damage);
    c.missing.add(block);
  }
  std::error_code error;
  for (fs::recursive_directory_iterator at(store.folder(), error), end; !error && at != end; at.increment(error))
    if (std::error_code none; at->is_regular_file(none)) c.bytes += at->file_size(none);
  return c;
}

// ---- as text --------------------------------------------------------------------------------------------------------

// Of something unfinished never 100.
double percent(std::uint64_t done, std::uint64_t all) { return std::floor(1000 * double(done) / double(all)) / 10; }

std::string done_text(std::uint64_t missing, std::uint64_t sets) {
  return fmt::format("{} of {} ({} %)", sets - missing, output::how_many("set", sets), percent(sets - missing, sets));
}

std::vector<std::string> done_lines(const Contents& c, const Map& labels) {
  std::vector<std::string> lines{done_text(c.missing.any(), c.missing.sets())};
  if (c.missing.same()) return lines;
  for (const std::size_t m : measures_among(labels.columns))
    lines.push_back(fmt::format("{}: {}", labels.columns[m].name, done_text(c.missing.in_column(m), c.missing.sets())));
  return lines;
}

std::string size_text(const ChunkGrid& grid, std::uint64_t bytes) {
  return fmt::format("{} in {}{}, {}B", output::how_many("set", grid.sets()), output::how_many("chunk", grid.count()),
                     grid.chunk.empty() ? "" : fmt::format(" of {}", fmt::join(grid.chunk, " x ")), output::human_count(double(bytes)));
}

std::vector<std::string> damage_lines(const std::set<std::string>& damaged) {
  constexpr std::size_t most = 20;
  std::vector<std::string> lines(damaged.begin(), std::next(damaged.begin(), std::ptrdiff_t(std::min(most, damaged.size()))));
  if (damaged.empty()) return {"none"};
  if (damaged.size() > most) lines.push_back(fmt::format("and {} more, which --json lists", damaged.size() - most));
  return lines;
}

void print_lines(const std::string& name, const std::vector<std::string>& lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) fmt::print("{:<14}{}\n", i == 0 ? name : "", output::one_line(lines[i]));
}

void print_facts(const std::vector<Fact>& facts) {
  for (const Fact& fact : facts) print_lines(fact.name, fact.lines);
}

void print_text(const Store& store, const Contents& c) {
  const StoreMetadata& m = store.metadata();
  const Map labels = empty_map(m);
  print_lines("store", {store.folder()});
  print_facts(sweep_facts(m));
  print_lines("size", {size_text(m.grid, c.bytes)});
  print_lines("done", done_lines(c, labels));
  print_lines("damaged", damage_lines(c.damaged));
  print_facts(run_facts(m));
  print_lines("summary", summary_lines(c.summary, labels));
}

// ---- as JSON --------------------------------------------------------------------------------------------------------

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

Json axis_json(const MapAxis& axis) {
  const auto [low, high] = std::minmax_element(axis.values.begin(), axis.values.end());
  Json j{{"name", axis.name}, {"unit", axis.unit}, {"count", axis.values.size()}};
  if (axis.names.empty()) j["minimum"] = number(*low), j["maximum"] = number(*high), j["log"] = axis.log;
  else j["names"] = axis.names;
  return j;
}

Json measure_json(const MapColumn& column, std::uint64_t done, const Extremes& extremes) {
  return {{"name", column.name}, {"unit", column.unit}, {"done", done}, {"minimum", number(extremes.minimum)}, {"maximum", number(extremes.maximum)}};
}

Json to_json(const Store& store, const Contents& c) {
  const StoreMetadata& m = store.metadata();
  const Map labels = empty_map(m);
  Json sweep = Json::object(), axes = Json::array(), measures = Json::array();
  for (const auto& [name, value] : m.identity) sweep[name] = value;
  for (const MapAxis& axis : m.axes) axes.push_back(axis_json(axis));
  for (const std::size_t column : measures_among(labels.columns))
    measures.push_back(measure_json(labels.columns[column], c.missing.sets() - c.missing.in_column(column), c.summary.extremes.at(measures.size())));
  return {{"title", m.title}, {"store", store.folder()}, {"model", m.model}, {"version", m.version}, {"commit", m.commit},
          {"created", m.created}, {"updated", m.updated}, {"device", m.device}, {"compute_seconds", m.compute_seconds},
          {"sweep", sweep}, {"sweep_file", m.sweep_file}, {"overrides", m.overrides}, {"axes", axes}, {"sets", m.grid.sets()},
          {"chunks", m.grid.count()}, {"chunk_shape", m.grid.chunk}, {"bytes", c.bytes}, {"done", c.missing.sets() - c.missing.any()},
          {"diverged", c.summary.diverged}, {"out_of_domain", c.summary.out_of_domain}, {"measures", measures}, {"damaged", c.damaged}};
}

int run(const std::string& folder, bool json) {
  const Store store = store_named(folder);
  const Contents contents = read_all(store);
  if (json) fmt::print("{}\n", to_json(store, contents).dump(2, ' ', false, Json::error_handler_t::replace));
  else print_text(store, contents);
  return exit_done;
}

}  // namespace

void add_info(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("info", "say what a store holds, how much is done and what is damaged");
  auto folder = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  command->add_option("STORE", *folder, "the store that a run filled, such as results/NAME.zarr")
      ->type_name("")->required()->check(CLI::Validator(check_name, ""));
  command->add_flag("--json", *json, "as JSON, with all values of the sweep");
  command->footer("Examples:\n"
                  "  neurosweep info results/jr_gain_map.zarr\n"
                  "  neurosweep info results/jr_gain_map.zarr --json | jq .done");
  command->callback([=, &action] { action = [=] { return run(*folder, *json); }; });
}

}  // namespace neurosweep
