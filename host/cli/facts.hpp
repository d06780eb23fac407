// What a store's attributes say of its sweep and its runs, for whoever shows it.
#pragma once
#include <vector>

#include "host/output/report.hpp"
#include "host/store/metadata.hpp"

namespace neurosweep {

std::vector<Fact> sweep_facts(const StoreMetadata& m);   // title, model, what the sweep file chose, axes
std::vector<Fact> run_facts(const StoreMetadata& m);     // devices, time, dates, version

}  // namespace neurosweep
