// A sweep file as a tree of values that know their place. The only door to the TOML library.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/spec/report.hpp"

namespace neurosweep::spec {

struct Node {
  enum class Kind {
    word,  // from the command line: text whose type the key decides
    string,
    integer,
    real,
    boolean,
    date,
    array,
    table,
    unusable  // was wrong and has been reported: given, but nobody reads it
  };
  Kind kind = Kind::word;
  Place place;      // of the value
  std::string key;  // where the node is an entry of a table
  Place key_place;
  std::string text;  // of a word or string
  std::int64_t integer = 0;
  double real = 0;
  bool boolean = false;
  std::vector<Node> items;  // an array's elements, or a table's entries in the order of the file

  const Node* entry(std::string_view key) const;    // of a table; null if there is none
  const Node* find(std::string_view dotted) const;  // "spectrum.segment"
  Node* find(std::string_view dotted);
  std::string described() const;  // `the string "x"`, for messages
};

// The word `text` of a flag or a default.
Node word(std::string text, const Place& place);

// Puts `value` at the dotted key, making the tables on the way, in place of what is there. Where the way is blocked by
// something that is no table nothing changes: returns false.
bool put(Node& root, std::string_view dotted, Node value);

// Reads a sweep file. Throws SpecError, with line and column, if there is no such file or it is not TOML;
// std::runtime_error if the system refuses to read it.
Node read_document(const std::string& path);

// The same of a sweep file's text, which messages call `path`.
Node parse_document(const std::string& path, const std::string& text);

// A TOML value from the command line ("[1, 2]"), all of it at `place`. Reports what is none, and makes it unusable.
Node parse_value(const std::string& text, const Place& place, Report& report);

}  // namespace neurosweep::spec
