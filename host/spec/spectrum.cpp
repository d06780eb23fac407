#include "host/spec/spectrum.hpp"

#include <algorithm>
#include <cmath>

namespace neurosweep {
namespace {

// Where the frequency stands in units of bins. f dt segment is rounded twice or thrice, so what is within 1e-9 of a
// whole number is that number.
double position(double frequency, double dt, int segment) {
  const double x = frequency * dt * segment, whole = std::round(x);
  return std::fabs(x - whole) <= 1e-9 * std::max(1.0, whole) ? whole : x;
}

BinRange range(double first, double last, int segment) {
  first = std::max(first, 1.0), last = std::min(last, double(segment / 2));
  return first <= last ? BinRange{int(first), int(last - first) + 1} : BinRange{};
}

}  // namespace

BinRange bins_inside(double lower, double upper, double dt, int segment) {
  return range(std::floor(position(lower, dt, segment)) + 1, std::ceil(position(upper, dt, segment)) - 1, segment);
}

BinRange bins_from(double lower, double upper, double dt, int segment) {
  return range(std::ceil(position(lower, dt, segment)), std::ceil(position(upper, dt, segment)) - 1, segment);
}

BinRange cover(BinRange a, BinRange b) {
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  const int first = std::min(a.first, b.first), end = std::max(a.first + a.count, b.first + b.count);
  return {first, end - first};
}

int default_segment(std::int64_t observed, double dt) {
  const double longest = std::min(double(observed) / 4, 4.0 / dt);
  int segment = 16;
  if (longest < segment) return 0;
  while (2.0 * segment <= longest && segment < (1 << 23)) segment *= 2;
  return segment;
}

}  // namespace neurosweep
