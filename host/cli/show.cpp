#include "show.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <stdexcept>

#include "commands.hpp"
#include "host/output/output_file.hpp"
#include "host/output/preview.hpp"
#include "host/output/terminal.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"
#include "stop.hpp"

namespace neurosweep {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_beside(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code none;
  const fs::path parent = path.has_parent_path() ? path.parent_path() : ".";
  for (const auto& entry : fs::directory_iterator(parent, none))
    if (looks_like_store(entry.path().string())) names.push_back((path.parent_path() / entry.path().filename()).string());
  return names;
}

bool same_file(const std::string& a, const std::string& b) {
  std::error_code none;                                             // a file that does not exist is no error
  auto whole = [&](const std::string& path) { return fs::weakly_canonical(fs::absolute(path, none), none); };
  return fs::equivalent(a, b, none) || whole(a) == whole(b);
}

}  // namespace

Store store_named(const std::string& folder) {
  std::string name = folder;
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  if (looks_like_store(name)) return Store::open(name);
  std::error_code none;
  const char* const what = !fs::exists(name, none) ? "no such folder" : fs::is_directory(name, none) ? "no store of neurosweep" : "a file, and no store";
  throw SpecError(fmt::format("{}: {}{}", folder, what, did_you_mean(name, names_beside(name))));
}

Damage tell_damage() {
  return [told = std::make_shared<std::set<std::string>>()](const std::string& what) {
    if (told->insert(what).second) say("note: " + what + ": its sets count as not computed; a run computes them again");
  };
}

// A glimpse at the end of a run is not worth gigabytes.
void print_preview(const Store& store, const std::vector<std::string>& columns) {
  constexpr double most = 1e9;
  if (const double bytes = map_bytes(store.metadata(), columns); bytes > most)
    return say(fmt::format("note: no picture in the terminal, since a map of {} sets takes {:.3g} GB of memory; neurosweep plot draws it all the same",
                           store.grid().sets(), bytes / 1e9));
  fmt::print("{}", preview(read_map(store, columns, tell_damage()), detect_terminal(STDOUT_FILENO)));
}

std::vector<std::string> columns_named(const StoreMetadata& m, const std::vector<std::string>& measures) {
  std::vector<std::string> all, chosen;
  for (const MapColumn& column : empty_map(m).columns) all.push_back(column.name);
  for (const std::string& name : measures) {
    if (std::find(all.begin(), all.end(), name) == all.end())
      throw SpecError(fmt::format("--measure {}: the store has no such measure{}; it has {}", name, did_you_mean(name, all), listed(all)));
    for (const std::string& column : {name, name + "_sd"})
      if (std::find(all.begin(), all.end(), column) != all.end() && std::find(chosen.begin(), chosen.end(), column) == chosen.end())
        chosen.push_back(column);
  }
  return measures.empty() ? all : chosen;
}

MapBlocks until_stopped(MapBlocks blocks) {
  return [blocks = std::move(blocks)] {
    if (stop_level > 0) throw std::runtime_error("stopped by " + signal_name(stop_signal));
    return blocks();
  };
}

MapBlocks counted(MapBlocks blocks, Missing& missing) {
  return [blocks = until_stopped(std::move(blocks)), &missing] {
    const Map* block = blocks();
    if (block) missing.add(*block);
    return block;
  };
}

void tell_missing(const Missing& missing, const std::string& more) {
  for (const std::string& note : missing.notes()) say("note: " + note + more);
}

void check_names(const std::vector<NamedOutput>& outputs, const std::string& sweep_file) {
  for (auto a = outputs.begin(); a != outputs.end(); ++a) {
    if (a->path.empty()) continue;
    if (!sweep_file.empty() && same_file(a->path, sweep_file))
      throw SpecError(fmt::format("{}: the output would replace the sweep file", a->path));
    for (auto b = a + 1; b != outputs.end(); ++b)
      if (!b->path.empty() && same_file(a->path, b->path))
        throw SpecError(fmt::format("{}: named by both {} and {}", a->path, a->flag, b->flag));
  }
}

bool lies_in(const std::string& path, const std::string& folder) {
  if (path == "-") return false;
  std::error_code none;
  const auto whole = [&](const std::string& p) { return fs::weakly_canonical(fs::absolute(p, none), none); };
  const fs::path from = whole(path).lexically_relative(whole(folder));
  return !from.empty() && *from.begin() != "..";
}

void check_outside(const std::string& flag, const std::string& path, const std::string& store) {
  if (!path.empty() && lies_in(path, store)) throw SpecError(fmt::format("{} {}: lies in the store; name another place", flag, path));
}

void check_output(const std::string& flag, const std::string& path, const Store& store) {
  check_outside(flag, path, store.folder());
  check_writable(path);
}

int stoppable(const std::function<void()>& write) {
  catch_signals(true);
  try {
    write();
  } catch (const std::exception&) {                      // gnuplot ends by Ctrl-C, too
    if (stop_level == 0) throw;
    say("neurosweep: stopped by " + signal_name(stop_signal));
    return 128 + stop_signal;
  }
  return exit_done;
}

std::uint64_t sets_done(const Store& store, const ChunkRange& part) {
  std::uint64_t sets = 0;
  for (std::uint64_t chunk = part.first; chunk < part.last; ++chunk)
    if (store.recorded(chunk)) sets += store.grid().tile(chunk).count;
  return sets;
}

}  // namespace neurosweep
