// Where an axis has its marks, and what they say.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "host/output/shape.hpp"

namespace neurosweep::output {

inline constexpr double font_size = 14;  // pixels, of everything but titles
inline constexpr double name_room = 16;  // pixels that a cell's name takes along the axis, if it is read across it

struct Tick {
  double at;
  std::string text;     // empty: a minor mark
  bool turned = false;  // the text reads upwards
};

// Round numbers from `low` to `high` (low < high), at most about `most`; 1, 2 or 5 times a power of ten apart.
std::vector<Tick> linear_ticks(double low, double high, int most);

// For a log axis: powers of ten, with more between them where there is room, and minor marks.
std::vector<Tick> log_ticks(double low, double high, int most);

// For an axis of a map that is `length` pixels long: at its own values where they are few and short, else as above.
// Names are all there if each of them has name_room, else every second one, every third, ...; across they are turned
// unless they fit side by side.
std::vector<Tick> ticks_across(const AxisView& axis, double length);
std::vector<Tick> ticks_upwards(const AxisView& axis, double length);

// For a scale of values that is `length` pixels high.
std::vector<Tick> scale_ticks(const Range& range, double length);

// Width of a text in pixels, about.
double text_pixels(std::string_view text);

// The widest one's.
double ticks_width(const std::vector<Tick>& ticks);

// How far texts below an axis that is `length` pixels long stand out beyond its ends, about.
double overhang(const std::vector<Tick>& ticks, const AxisView& axis, double length);

// By how many pixels, about, texts below an axis are higher than a line.
double ticks_height(const std::vector<Tick>& ticks);

}  // namespace neurosweep::output
