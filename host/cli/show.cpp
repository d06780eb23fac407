#include "show.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <set>

#include "commands.hpp"
#include "host/output/preview.hpp"
#include "host/output/terminal.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {

Damage tell_damage() {
  return [told = std::make_shared<std::set<std::string>>()](const std::string& what) {
    if (told->insert(what).second) say("note: " + what + ": its sets count as not computed; a run computes them again");
  };
}

// Linux promises more memory than there is and kills whoever takes it; so it is asked for first.
void check_memory(double bytes, std::uint64_t sets) {
  const double there = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGE_SIZE));
  if (bytes > there)
    throw std::runtime_error(fmt::format("a map of {} sets takes {:.3g} GB of memory, this machine has {:.3g} GB", sets, bytes / 1e9, there / 1e9));
}

void print_preview(const Store& store, const std::vector<std::string>& columns) {
  try {
    check_memory(map_bytes(store.metadata(), columns), store.grid().sets());
  } catch (const std::runtime_error& e) {
    return say(fmt::format("note: no picture in the terminal: {}", e.what()));
  }
  fmt::print("{}", preview(read_map(store, columns, tell_damage()), detect_terminal(STDOUT_FILENO)));
}

std::vector<std::string> columns_named(const StoreMetadata& m, const std::vector<std::string>& measures) {
  std::vector<std::string> all, chosen;
  for (const MapColumn& column : empty_map(m).columns) all.push_back(column.name);
  for (const std::string& name : measures) {
    if (std::find(all.begin(), all.end(), name) == all.end())
      throw SpecError(fmt::format("--measure {}: the store has no such measure{}; it has {}", name, did_you_mean(name, all), listed(all)));
    chosen.push_back(name);
    if (std::find(all.begin(), all.end(), name + "_sd") != all.end()) chosen.push_back(name + "_sd");
  }
  return measures.empty() ? all : chosen;
}

std::uint64_t sets_done(const Store& store) {
  std::uint64_t sets = 0;
  for (std::uint64_t chunk = 0; chunk < store.grid().count(); ++chunk)
    if (store.recorded(chunk)) sets += store.grid().tile(chunk).count;
  return sets;
}

}  // namespace neurosweep
