// Where the cells of a network stand: cells of one model side by side, whatever their population, in registers of `width` lanes (1 on
// a GPU's thread). A slot is a lane of a register; the last register of a model is filled up with copies of its last cell, which
// nobody hears. Cells that only spike come last and have no state.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "network/network.hpp"

namespace neurosweep {

using LaneBits = std::uint16_t;              // which lanes of a register

struct ModelGroup {                          // registers of one model's cells
  int model;                                 // -1: cells that only spike
  int first, registers;
};

// Neighbouring registers whose lanes hold cells of the same populations, and so the same numbers.
struct RegisterRun {
  int group, first, end;
};

// Slots as a time loop sees them.
struct SlotsView {
  int registers, n_group, n_run;
  const ModelGroup* groups;
  const RegisterRun* runs;
  const int *cell, *population;              // [slots]
  const LaneBits* valid;                     // [registers]
};

struct Slots {
  int width, registers = 0;
  double lanes_from;                         // edges to a register's lanes from which a row is kept as lanes (wiring.hpp)
  std::vector<ModelGroup> groups;
  std::vector<RegisterRun> runs;
  std::vector<int> slot;                     // [cells]
  std::vector<int> cell, population;         // [slots] a copy's are the original's
  std::vector<LaneBits> valid;               // [registers] lanes that hold cells, not copies

  Slots(const Network& network, int width_, double lanes_from_) : width(width_), lanes_from(lanes_from_), slot(std::size_t(network.cells())) {
    std::vector<int> models;
    for (const Population& p : network.populations)
      if (!p.spikes_only() && std::find(models.begin(), models.end(), p.model) == models.end()) models.push_back(p.model);
    for (const Population& p : network.populations)
      if (p.spikes_only() && (models.empty() || models.back() >= 0)) models.push_back(-1);
    for (const int model : models) add_group(network, model);
  }

  SlotsView view() const {
    return {registers, int(groups.size()), int(runs.size()), groups.data(), runs.data(), cell.data(), population.data(), valid.data()};
  }

  // The lanes of a list of populations, [registers]; as many more without any that they can be read four at a time.
  std::vector<LaneBits> lanes_of(const std::vector<int>& populations) const {
    std::vector<LaneBits> lanes(std::size_t(registers + 3) / 4 * 4, 0);
    for (std::size_t i = 0; i < cell.size(); ++i)
      if (std::find(populations.begin(), populations.end(), population[i]) != populations.end())
        lanes[i / std::size_t(width)] |= LaneBits(1u << i % std::size_t(width));
    for (std::size_t r = 0; r < valid.size(); ++r) lanes[r] &= valid[r];
    return lanes;
  }

 private:
  void add_group(const Network& network, int model) {
    const std::size_t begin = cell.size();
    for (std::size_t p = 0; p < network.populations.size(); ++p) {
      const Population& population_ = network.populations[p];
      if (population_.model != model) continue;
      for (int i = 0; i < population_.size; ++i) {
        slot[std::size_t(population_.first + i)] = int(cell.size());
        cell.push_back(population_.first + i), population.push_back(int(p));
      }
    }
    const int cells = int(cell.size() - begin), count = (cells + width - 1) / width;
    for (int i = cells; i < count * width; ++i) cell.push_back(cell.back()), population.push_back(population.back());
    groups.push_back({model, registers, count});
    for (int r = 0; r < count; ++r) {
      const int lanes = std::min(width, cells - r * width);
      valid.push_back(LaneBits((1u << lanes) - 1));
      add_to_runs(int(groups.size()) - 1, registers + r, r == 0);
    }
    registers += count;
  }
  void add_to_runs(int number, int r, bool first) {
    const auto at = population.begin() + std::ptrdiff_t(r) * width;
    if (!first && std::equal(at, at + width, at - width)) runs.back().end = r + 1;
    else runs.push_back({number, r, r + 1});
  }
};

}  // namespace neurosweep
