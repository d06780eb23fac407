#include "host/signal/decimate.hpp"

#include <algorithm>
#include <cmath>

namespace neurosweep {
namespace {

LowHigh low_high_of(std::span<const double> y, std::size_t begin, std::size_t end) {
  LowHigh found{begin, begin, false};
  for (std::size_t i = begin; i < end; ++i) {
    if (!std::isfinite(y[i])) continue;
    if (!found.finite) found = {i, i, true};
    if (y[i] < y[found.low]) found.low = i;
    if (y[i] > y[found.high]) found.high = i;
  }
  return found;
}

}  // namespace

std::vector<LowHigh> low_high(std::span<const double> y, std::size_t parts) {
  const std::size_t n = y.size();
  parts = std::min(parts, n);
  std::vector<LowHigh> found;
  found.reserve(parts);
  for (std::size_t k = 0; k < parts; ++k) found.push_back(low_high_of(y, k * n / parts, (k + 1) * n / parts));
  return found;
}

std::vector<std::size_t> decimated(std::span<const double> y, std::size_t parts) {
  std::vector<std::size_t> chosen;
  if (y.size() <= 2 * parts) {
    for (std::size_t i = 0; i < y.size(); ++i) chosen.push_back(i);
    return chosen;
  }
  chosen.push_back(0);
  for (const LowHigh& part : low_high(y, parts))
    for (const std::size_t i : {std::min(part.low, part.high), std::max(part.low, part.high)})
      if (i > chosen.back()) chosen.push_back(i);
  if (chosen.back() != y.size() - 1) chosen.push_back(y.size() - 1);
  return chosen;
}

}  // namespace neurosweep
