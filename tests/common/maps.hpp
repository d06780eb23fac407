// Whole maps for tests: worked off by a backend or by hand, and compared.
#pragma once
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "common/problems.hpp"

namespace neurosweep::test {

// ---- working them off -----------------------------------------------------------------------------------------------

struct Map {  // of a whole sweep, as TileResult has it for a tile
  std::vector<double> values;
  std::vector<std::uint8_t> status;
  std::vector<std::uint32_t> failed;
  Summary summary;
  std::vector<std::string> said;
  std::uint64_t node_steps = 0;
  std::uint64_t longest = 0;  // node-steps at a time
  std::uint64_t tiles = 0;
};

// Hands out tiles of one size and joins the results.
class MapWork : public Work {
 public:
  MapWork(const Problem& p, std::uint64_t tile);
  bool next(Tile& tile) override;
  void done(TileResult result) override;
  void advance(std::uint64_t node_steps) override;
  bool abort() const override;
  void say(const std::string& message) override;

  Map map;
  std::uint64_t abort_after = ~std::uint64_t(0);  // node-steps

 private:
  const Problem& p_;
  const std::uint64_t tile_;
  std::uint64_t next_ = 0;
  mutable std::mutex mutex_;
};

Map run(Backend& backend, const Problem& p, std::uint64_t tile = 0);  // 0: the backend's own size

// ---- what must come out ---------------------------------------------------------------------------------------------

// One realisation after the other in double, by Simulation and a Welch estimate written out by its definition.
Map by_hand(const Problem& p);

// The same numbers to `relative`, measured on each column's largest; a column's NaNs must agree.
void expect_close(const Map& got, const Map& expected, const Problem& p, double relative);
// The same bits, but for tiles and messages.
void expect_same(const Map& got, const Map& expected);

}  // namespace neurosweep::test
