// The wiring of a network: for each cell that may spike, the row of cells that it reaches. Drawn by the rule of network.hpp, or listed.
//
// A row is kept as the lanes it reaches (a bit each), or as a list of slots where the lanes would be mostly empty; weights are kept
// only where a list's edges differ. A projection of every pair needs no rows: its spikes are counted.
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "network/slots.hpp"
#include "numerics/noise.hpp"

namespace neurosweep {

enum class RowKind {
  all,                                       // every lane of `to`
  lanes,                                     // bits[row][register], one weight for all
  slots,                                     // target[begin ... begin of the next slot), one weight for all or one for each
  weights                                    // weight[row][lane], 0 where there is no edge
};

// Rows as a time loop sees them; arrays of the precision E are untyped.
struct RowsView {
  RowKind kind;
  int from_first, from_end, first, end;      // registers that spike and that are reached
  bool self;                                 // all: whether a cell reaches itself
  const LaneBits *from, *to;                 // [registers]
  const std::int32_t* row;                   // [slots] lanes, weights: number of the row; -1: none
  const LaneBits* bits;
  const std::uint64_t* begin;                // [slots + 1]
  const std::uint32_t* target;
  const void* weight;                        // null: the block's
};

struct Rows {
  RowKind kind = RowKind::all;
  int from_first = 0, from_end = 0, first = 0, end = 0;
  bool self = true;
  std::vector<LaneBits> from, to, bits;
  std::vector<std::int32_t> row;
  std::vector<std::uint64_t> begin;
  std::vector<std::uint32_t> target;
  std::vector<float> single_weight;
  std::vector<double> double_weight;

  RowsView view() const {
    const void* weight = !single_weight.empty() ? static_cast<const void*>(single_weight.data())
                         : !double_weight.empty() ? static_cast<const void*>(double_weight.data()) : nullptr;
    return {kind, from_first, from_end, first, end, self, from.data(), to.data(), row.data(), bits.data(), begin.data(), target.data(), weight};
  }
};

struct SlotEdge {
  std::uint32_t from, to;                    // slots
  double weight;
};

namespace detail {

inline std::pair<int, int> registers_with(const std::vector<LaneBits>& lanes) {
  int first = int(lanes.size()), end = 0;
  for (int r = 0; r < int(lanes.size()); ++r)
    if (lanes[std::size_t(r)]) first = std::min(first, r), end = r + 1;
  return {std::min(first, end), end};
}

inline Rows empty_rows(std::vector<LaneBits> from, std::vector<LaneBits> to) {
  Rows rows;
  std::tie(rows.from_first, rows.from_end) = registers_with(from);
  std::tie(rows.first, rows.end) = registers_with(to);
  rows.from = std::move(from), rows.to = std::move(to);
  return rows;
}

inline bool is_dense(double edges, double pairs, const Slots& slots) { return edges * slots.width >= slots.lanes_from * pairs; }

inline std::int32_t number_rows(Rows& rows, int width) {
  std::int32_t n = 0;
  for (const LaneBits lanes : rows.from)
    for (int lane = 0; lane < width; ++lane) rows.row.push_back(lanes >> lane & 1 ? n++ : -1);
  return n;
}

// Whether word post % 4 of the block decides for the edge: with probability p exactly, in steps of 2^-32.
inline std::uint64_t edge_bound(double p) { return std::uint64_t(p * 0x1p32 + 0.5); }

}  // namespace detail

// Edges from `width` cells to cells first ... end - 1, drawn by the rule of network.hpp: reached[post - first] has the lanes of the pre that
// reach post. `bound`: edge_bound(probability).
struct EdgeDraw {
  std::uint64_t seed, n;                     // n: as in network.hpp
  int projection;
  const int* pre;
  int first, end;
  std::uint64_t bound;
};
using DrawEdges = void (*)(int width, const EdgeDraw& draw, LaneBits* reached);

// Plainly; an instruction set has a faster one.
inline void draw_edges(int width, const EdgeDraw& d, LaneBits* reached) {
  std::fill(reached, reached + (d.end - d.first), LaneBits(0));
  for (int lane = 0; lane < width; ++lane) {
    Pack<std::uint32_t, 4> word{};
    for (int post = d.first; post < d.end; ++post) {
      if (post == d.first || post % 4 == 0)
        word = philox4x32(std::uint32_t(post) / 4, wiring_stream + max_ports * std::uint32_t(d.projection),
                          std::uint32_t(d.pre[lane]) + std::uint32_t(d.n >> 32 << 24), std::uint32_t(d.n), std::uint32_t(d.seed), std::uint32_t(d.seed >> 32));
      if (word[post % 4] < d.bound) reached[post - d.first] |= LaneBits(1u << lane);
    }
  }
}

// Calls f(lane, post) for the edges from the cells of a register, `among` its lanes, to a population; for each lane in rising order of post.
template <class F>
void each_drawn(DrawEdges draw_, const Slots& slots, EdgeDraw draw, int r, unsigned among, const Population& to, F f) {
  std::vector<LaneBits> reached(std::size_t(to.size));
  draw.pre = slots.cell.data() + std::ptrdiff_t(r) * slots.width, draw.first = to.first, draw.end = to.first + to.size;
  draw_(slots.width, draw, reached.data());
  for (int i = 0; i < to.size; ++i)
    for (unsigned left = reached[std::size_t(i)] & among; left != 0; left &= left - 1) f(std::countr_zero(left), to.first + i);
}

// Rows without weights, a register of cells at a time: row(r, lanes, targets) lists the slots that each of these lanes reaches, once.
template <class F>
Rows rows_by_register(const Slots& slots, std::vector<LaneBits> from, std::vector<LaneBits> to, double density, F row) {
  Rows rows = detail::empty_rows(std::move(from), std::move(to));
  const std::size_t width = std::size_t(slots.width), across = std::size_t(rows.end - rows.first);
  rows.kind = detail::is_dense(density, 1, slots) ? RowKind::lanes : RowKind::slots;
  if (rows.kind == RowKind::lanes) rows.bits.resize(std::size_t(detail::number_rows(rows, slots.width)) * across);
  else rows.begin.push_back(0);
  std::vector<std::vector<std::uint32_t>> targets(width);
  for (int r = 0; r < slots.registers; ++r) {
    for (auto& of_lane : targets) of_lane.clear();
    if (rows.from[std::size_t(r)]) row(r, rows.from[std::size_t(r)], targets);
    for (std::size_t lane = 0; lane < width; ++lane) {
      std::vector<std::uint32_t>& reached = targets[lane];
      if (rows.kind == RowKind::slots) {
        std::sort(reached.begin(), reached.end());
        rows.target.insert(rows.target.end(), reached.begin(), reached.end()), rows.begin.push_back(rows.target.size());
      } else {
        for (const std::uint32_t t : reached)
          rows.bits[std::size_t(rows.row[std::size_t(r) * width + lane]) * across + t / width - std::size_t(rows.first)] |= LaneBits(1u << t % width);
      }
    }
  }
  return rows;
}

// Rows from edges in any order, of which some may be there twice.
inline Rows rows_of(std::vector<SlotEdge> edges, const Slots& slots, std::vector<LaneBits> from, std::vector<LaneBits> to, bool is_double) {
  const auto less = [](const SlotEdge& a, const SlotEdge& b) { return std::pair(a.from, a.to) < std::pair(b.from, b.to); };
  if (!std::is_sorted(edges.begin(), edges.end(), less)) std::stable_sort(edges.begin(), edges.end(), less);
  const auto again = [](const SlotEdge& a, const SlotEdge& b) { return a.from == b.from && a.to == b.to; };
  const bool twice = std::adjacent_find(edges.begin(), edges.end(), again) != edges.end();
  const bool alike = std::all_of(edges.begin(), edges.end(), [&](const SlotEdge& e) { return e.weight == edges[0].weight; });
  Rows rows = detail::empty_rows(std::move(from), std::move(to));
  const std::size_t width = std::size_t(slots.width), across = std::size_t(rows.end - rows.first);
  double pre = 0;
  for (const LaneBits lanes : rows.from) pre += std::popcount(lanes);
  const bool dense = detail::is_dense(double(edges.size()), pre * double(across * width), slots);
  if (dense && !(alike && twice)) {
    const std::size_t n = std::size_t(detail::number_rows(rows, slots.width));
    rows.kind = alike ? RowKind::lanes : RowKind::weights;
    if (alike) rows.bits.resize(n * across);
    else if (is_double) rows.double_weight.resize(n * across * width);
    else rows.single_weight.resize(n * across * width);
    for (const SlotEdge& e : edges) {
      const std::size_t at = std::size_t(rows.row[e.from]) * across * width + e.to - std::size_t(rows.first) * width;
      if (alike) rows.bits[at / width] |= LaneBits(1u << at % width);
      else if (is_double) rows.double_weight[at] += e.weight;
      else rows.single_weight[at] += float(e.weight);
    }
    return rows;
  }
  rows.kind = RowKind::slots;
  rows.begin.assign(slots.cell.size() + 1, 0);
  for (const SlotEdge& e : edges) {
    ++rows.begin[e.from + 1], rows.target.push_back(e.to);
    if (alike) continue;
    if (is_double) rows.double_weight.push_back(e.weight);
    else rows.single_weight.push_back(float(e.weight));
  }
  for (std::size_t i = 1; i < rows.begin.size(); ++i) rows.begin[i] += rows.begin[i - 1];
  return rows;
}

// A projection, or a part of it, between its spikes and one kind of synapse.
struct WiredPart {
  Rows rows;
  int receptor;
  int delay;                                 // steps; -1: the projection's
  int sign;                                  // of the weights; 0: of the projection's
  double weight;                             // of all edges, where the rows have none of their own and sign is not 0
};

// How many parts a projection has.
inline int parts_of(const Projection& p) {
  if (!p.listed) return 1;
  std::set<std::tuple<int, int, int>> apart;
  for (const Edge& e : p.edges) apart.insert({e.receptor, e.delay, e.weight < 0 ? -1 : 1});
  return int(apart.size());
}

// The parts of projection number j. `n` = 0, or set + 1 where every set is wired anew.
inline std::vector<WiredPart> wire(const Network& network, const Slots& slots, std::uint64_t seed, int j, double probability,
                                   std::uint64_t n, bool is_double, DrawEdges draw_ = draw_edges) {
  const Projection& p = network.projections[std::size_t(j)];
  std::vector<WiredPart> parts;
  if (p.listed) {
    std::vector<int> pre, post;
    const auto lay = [&](std::vector<int>& cells, const std::vector<int>& populations) {
      for (const int q : populations)
        for (int i = 0; i < network.populations[std::size_t(q)].size; ++i) cells.push_back(slots.slot[std::size_t(network.populations[std::size_t(q)].first + i)]);
    };
    lay(pre, p.from), lay(post, p.to);
    std::map<std::tuple<int, int, int>, std::vector<SlotEdge>> apart;
    for (const Edge& e : p.edges)
      apart[{e.receptor, e.delay, e.weight < 0 ? -1 : 1}].push_back({std::uint32_t(pre[std::size_t(e.pre)]), std::uint32_t(post[std::size_t(e.post)]), e.weight * p.scale});
    for (auto& [key, edges] : apart) {
      const auto [receptor, delay, sign] = key;
      const double weight = edges[0].weight;
      parts.push_back({rows_of(std::move(edges), slots, slots.lanes_of(p.from), slots.lanes_of(p.to), is_double), receptor, delay, sign, weight});
    }
    return parts;
  }
  if (probability >= 1) {
    Rows rows = detail::empty_rows(slots.lanes_of(p.from), slots.lanes_of(p.to));
    rows.self = p.self;
    parts.push_back({std::move(rows), p.receptor, -1, 0, 0});
    return parts;
  }
  const EdgeDraw draw{seed, n, j, nullptr, 0, 0, detail::edge_bound(probability)};
  Rows rows = rows_by_register(slots, slots.lanes_of(p.from), slots.lanes_of(p.to), probability, [&](int r, unsigned lanes, auto& targets) {
    for (const int b : p.to)
      each_drawn(draw_, slots, draw, r, lanes, network.populations[std::size_t(b)], [&](int lane, int post) {
        if (p.self || slots.cell[std::size_t(r * slots.width + lane)] != post) targets[std::size_t(lane)].push_back(std::uint32_t(slots.slot[std::size_t(post)]));
      });
  });
  parts.push_back({std::move(rows), p.receptor, -1, 0, 0});
  return parts;
}

// Gap junctions number j: rows both ways; the numbers of network.hpp stand for pairs with the first cell in the first population.
inline std::vector<Rows> wire_gaps(const Network& network, const Slots& slots, std::uint64_t seed, int j, double probability,
                                   std::uint64_t n, bool is_double, DrawEdges draw_ = draw_edges) {
  const GapJunction& g = network.gap_junctions[std::size_t(j)];
  const Population& b = network.populations[std::size_t(g.between[1])];
  const auto first = slots.lanes_of({g.between[0]}), second = slots.lanes_of({g.between[1]});
  std::vector<Rows> rows;
  if (probability >= 1) {
    rows.push_back(detail::empty_rows(first, second));
    if (g.between[0] != g.between[1]) rows.push_back(detail::empty_rows(second, first));
    return rows;
  }
  std::vector<SlotEdge> edges;
  const EdgeDraw draw{seed, n, int(network.projections.size()) + j, nullptr, 0, 0, detail::edge_bound(probability)};
  for (int r = 0; r < slots.registers; ++r)
    if (first[std::size_t(r)])
      each_drawn(draw_, slots, draw, r, first[std::size_t(r)], b, [&](int lane, int post) {
        const int x = r * slots.width + lane, y = slots.slot[std::size_t(post)];
        if (g.between[0] == g.between[1] && post <= slots.cell[std::size_t(x)]) return;
        edges.push_back({std::uint32_t(x), std::uint32_t(y), 1}), edges.push_back({std::uint32_t(y), std::uint32_t(x), 1});
      });
  const auto both = slots.lanes_of({g.between[0], g.between[1]});
  rows.push_back(rows_of(std::move(edges), slots, both, both, is_double));
  return rows;
}

}  // namespace neurosweep
