// Small maps.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>

#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/folder.hpp"
#include "host/api/neurosweep.hpp"

namespace neurosweep::test {

inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double infinity = std::numeric_limits<double>::infinity();

// Rows are the first axis, columns the second: Ae = 2, 5 and Ai = 15, 30.
inline Map small_map(std::vector<double> values) {
  Map map;
  map.title = "A small map";
  map.model = "jansen-rit";
  map.axes = {{"Ae", "mV", false, {2, 5}}, {"Ai", "mV", false, {15, 30}}};
  map.status.assign(values.size(), 0);
  map.columns = {{"amplitude", "mV", std::move(values)}};
  return map;
}

// One column whose value is a function of the set's number.
inline Map map_over(std::vector<MapAxis> axes, const std::function<double(std::size_t)>& value) {
  Map map;
  map.title = "A map";
  map.axes = std::move(axes);
  std::size_t sets = 1;
  for (const MapAxis& axis : map.axes) sets *= axis.values.size();
  map.status.assign(sets, 0);
  map.columns = {{"amplitude", "mV", {}}};
  for (std::size_t set = 0; set < sets; ++set) map.columns[0].values.push_back(value(set));
  return map;
}

inline std::vector<double> count_up(double from, std::size_t n, double step = 1) {
  std::vector<double> values;
  for (std::size_t i = 0; i < n; ++i) values.push_back(from + double(i) * step);
  return values;
}

// An axis whose points have names.
inline MapAxis named_axis(std::vector<std::string> names) {
  return {"preset", "", false, count_up(0, names.size()), std::move(names)};
}

inline void write_file(const std::string& path, const std::string& bytes) { std::ofstream(path) << bytes; }

// What the call says when it throws std::runtime_error; fails the test if it does not.
inline std::string error_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::runtime_error& error) { return error.what(); }
  ADD_FAILURE() << "no error";
  return "";
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Sets an environment variable for a while; null unsets it.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = getenv(name)) old_ = old, was_set_ = true;
    value ? setenv(name, value, 1) : unsetenv(name);
  }
  ~Environment() { was_set_ ? setenv(name_, old_.c_str(), 1) : unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::string old_;
  bool was_set_ = false;
};

}  // namespace neurosweep::test
