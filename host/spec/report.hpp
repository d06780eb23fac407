// Where something stands, and what is wrong with it: every mistake of a sweep is collected before the user is told.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

namespace neurosweep::spec {

struct Place {
  int line = 0, column = 0;  // of the sweep file, from 1
  std::string flag = {};     // "--set Ae=3": stands on the command line instead; "" = in the file
  std::string file = {};     // another one, which the sweep file names; "" = the sweep file
};

class Report {
 public:
  explicit Report(std::string path) : path_(std::move(path)) {}

  template <class... A>
  void error(const Place& place, fmt::format_string<A...> text, A&&... values) {
    errors_.push_back({place, fmt::format(text, std::forward<A>(values)...)});
  }
  template <class... A>
  void warn(const Place& place, fmt::format_string<A...> text, A&&... values) {
    warnings_.push_back({place, fmt::format(text, std::forward<A>(values)...)});
  }

  std::string where(const Place&) const;  // "sweeps/x.toml:12:9" or the flag
  std::size_t errors() const { return errors_.size(); }
  void throw_errors() const;                  // SpecError with all of them, one a line, if there are any
  std::vector<std::string> warnings() const;  // complete lines

 private:
  struct Entry {
    Place place;
    std::string text;
  };
  std::vector<std::string> lines(std::vector<Entry>) const;

  std::string path_;
  std::vector<Entry> errors_, warnings_;
};

// Control characters escaped, and cut where it is long: anything a user typed may then stand in a message.
std::string visible(std::string_view text, std::size_t longest = 200);

// The same in quotes, cut sooner.
std::string quote(std::string_view text);

}  // namespace neurosweep::spec
