#include "host/output/ticks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "host/output/text.hpp"

namespace neurosweep::output {
namespace {

constexpr int all_digits[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, four_digits[] = {1, 2, 3, 5}, three_digits[] = {1, 2, 5},
              one_digit[] = {1};
constexpr double character_width = 0.6, narrow_width = 0.4;  // of the font size
constexpr std::string_view narrow = "fijlrt";                // a name has many of them, a number none
constexpr double narrowest_tick = 45, lowest_tick = 40;
constexpr int most_ticks = 12;

// In font sizes, about.
double width_of(std::string_view text) {
  const auto slim = std::count_if(text.begin(), text.end(), [](char c) { return narrow.find(c) != narrow.npos; });
  return double(text_width(text)) * character_width - double(slim) * (character_width - narrow_width);
}

// Marks that fit on `length` pixels when each takes `room`.
int fitting(double length, double room) { return std::clamp(int(length / room), 2, most_ticks); }

// Digits enough to tell neighbours `step` apart, written out unless that would be long.
std::string tick_text(double value, double step, double largest) {
  const int last_digit = static_cast<int>(std::floor(std::log10(step) + 1e-9));
  if (value == 0) return "0";
  if (largest < 1e6 && last_digit >= -5) return fmt::format("{:.{}f}", value, std::max(0, -last_digit));
  const int first_digit = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9));
  return fmt::format("{:.{}e}", value, std::clamp(first_digit - last_digit, 0, 15));
}

// The smallest of 1, 2, 5 times a power of ten that is at least `step`.
double round_step(double step) {
  const double power = std::pow(10.0, std::floor(std::log10(step)));
  for (double digit : {1.0, 2.0, 5.0}) {
    if (digit * power >= step * (1 - 1e-9)) return digit * power;
  }
  return 10 * power;
}

// Every digit times every power of ten in reach, at most `most` of them or none.
std::vector<Tick> decade_ticks(double low, double high, std::size_t most, std::span<const int> digits, int stride) {
  std::vector<Tick> ticks;
  const int first = static_cast<int>(std::floor(std::log10(low))), last = static_cast<int>(std::ceil(std::log10(high)));
  for (int power = first; power <= last; ++power) {
    if (power % stride != 0) continue;
    for (int digit : digits) {
      const double at = digit * std::pow(10.0, power);
      if (at < low * (1 - 1e-9) || at > high * (1 + 1e-9)) continue;
      if (ticks.size() == most) return {};
      ticks.push_back({at, fmt::format("{:g}", at)});
    }
  }
  return ticks;
}

std::vector<Tick> with_minor_ticks(std::vector<Tick> ticks, double low, double high) {
  constexpr std::size_t most_minor = 60;
  for (const Tick& tick : decade_ticks(low, high, most_minor, all_digits, 1)) {
    const bool taken = std::any_of(ticks.begin(), ticks.end(), [&](const Tick& t) { return t.at == tick.at; });
    if (!taken) ticks.push_back({tick.at, ""});
  }
  return ticks;
}

// Whether the texts of neighbours stand apart on a logarithmic axis on which `most` fit.
bool far_enough(const std::vector<Tick>& ticks, double low, double high, int most) {
  const double least = std::pow(high / low, 1.0 / (most + 1));
  return std::adjacent_find(ticks.begin(), ticks.end(), [&](const Tick& a, const Tick& b) { return b.at < a.at * least; }) == ticks.end();
}

bool room_for_values(const AxisView& axis, std::size_t most) {
  if (axis.size() > most) return false;
  const double least = (axis.along(axis.border.back()) - axis.along(axis.border.front())) / double(most + 1);
  for (std::size_t i = 0; i < axis.size(); ++i) {
    if (fmt::format("{}", axis.centre[i]).size() > 5) return false;
    if (i > 0 && axis.along(axis.centre[i]) - axis.along(axis.centre[i - 1]) < least) return false;
  }
  return true;
}

// A mark for each name, also where there is no room for the name itself: it can then be counted out.
std::vector<Tick> name_ticks(const AxisView& axis, double length) {
  const auto stride = static_cast<std::size_t>(std::ceil(double(axis.size()) * name_room / length));
  std::vector<Tick> ticks;
  for (std::size_t i = 0; i < axis.size(); ++i) ticks.push_back({axis.centre[i], i % stride == 0 ? axis.names[i] : ""});
  return ticks;
}

std::vector<Tick> name_ticks_across(const AxisView& axis, double length) {
  auto ticks = name_ticks(axis, length);
  const bool fit = double(axis.size()) * (ticks_width(ticks) + font_size) <= length;
  for (Tick& tick : ticks) tick.turned = !fit;
  return ticks;
}

std::vector<Tick> axis_ticks(const AxisView& axis, int most) {
  const double low = axis.border.front(), high = axis.border.back();
  if (!room_for_values(axis, std::size_t(most))) {
    return axis.log ? log_ticks(low, high, most) : linear_ticks(low, high, most);
  }
  std::vector<Tick> ticks;
  for (double value : axis.centre) ticks.push_back({value, fmt::format("{}", value)});
  return ticks;
}

}  // namespace

std::vector<Tick> linear_ticks(double low, double high, int most) {
  const double step = round_step((high - low) / std::max(most, 1));
  if (!std::isfinite(step) || !(step > 0)) return {};
  std::vector<Tick> ticks;
  const double largest = std::max(std::abs(low), std::abs(high));
  const double last = std::floor(high / step + 1e-9);
  for (double k = std::ceil(low / step - 1e-9); k <= last && ticks.size() < 1000; ++k) {
    ticks.push_back({k * step + 0.0, tick_text(k * step, step, largest)});
  }
  return ticks;
}

std::vector<Tick> log_ticks(double low, double high, int most) {
  if (high < 2 * low) return linear_ticks(low, high, most);
  for (const std::span<const int> digits :
       {std::span<const int>(all_digits), std::span<const int>(four_digits), std::span<const int>(three_digits)}) {
    if (auto ticks = decade_ticks(low, high, std::size_t(most), digits, 1); ticks.size() > 1 && far_enough(ticks, low, high, most)) {
      return with_minor_ticks(std::move(ticks), low, high);
    }
  }
  for (int stride = 1; stride < 1000; ++stride) {
    if (auto ticks = decade_ticks(low, high, std::size_t(most), one_digit, stride); !ticks.empty()) {
      return stride == 1 ? with_minor_ticks(std::move(ticks), low, high) : ticks;
    }
  }
  return linear_ticks(low, high, most);
}

std::vector<Tick> ticks_across(const AxisView& axis, double length) {
  if (!axis.names.empty()) return name_ticks_across(axis, length);
  for (int most = fitting(length, narrowest_tick);; --most) {
    auto ticks = axis_ticks(axis, most);
    const auto labelled = std::count_if(ticks.begin(), ticks.end(), [](const Tick& t) { return !t.text.empty(); });
    if (most <= 2 || double(labelled) * (ticks_width(ticks) + font_size) <= length) return ticks;
  }
}

std::vector<Tick> ticks_upwards(const AxisView& axis, double length) {
  return axis.names.empty() ? axis_ticks(axis, fitting(length, lowest_tick)) : name_ticks(axis, length);
}

std::vector<Tick> scale_ticks(const Range& range, double length) {
  return linear_ticks(range.low, range.high, fitting(length, lowest_tick));
}

double text_pixels(std::string_view text) { return width_of(text) * font_size; }

double ticks_width(const std::vector<Tick>& ticks) {
  double widest = 0;
  for (const Tick& tick : ticks) widest = std::max(widest, text_pixels(tick.text));
  return widest;
}

double overhang(const std::vector<Tick>& ticks, const AxisView& axis, double length) {
  const double low = axis.along(axis.border.front()), high = axis.along(axis.border.back());
  double most = 0;
  for (const Tick& tick : ticks) {
    const double place = (axis.along(tick.at) - low) / (high - low) * length;
    const double half = (tick.turned ? font_size : text_pixels(tick.text)) / 2;
    if (!tick.text.empty()) most = std::max(most, half - std::min(place, length - place));
  }
  return most;
}

double ticks_height(const std::vector<Tick>& ticks) {
  const bool turned = std::any_of(ticks.begin(), ticks.end(), [](const Tick& t) { return t.turned; });
  return turned ? std::max(ticks_width(ticks) - font_size, 0.0) : 0;
}

}  // namespace neurosweep::output
