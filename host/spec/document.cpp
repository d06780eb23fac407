#include "host/spec/document.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <tuple>

#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"

// toml++ 3.3 and 3.4 assert things that a mistake in the file can break ("[=x]"): a debug build would abort, and with
// NDEBUG and clang they become assumptions. Without either, the parser goes on to report the very mistake.
#undef NDEBUG
#define TOML_ASSERT(condition) static_assert(true)
#include <toml++/toml.h>

namespace neurosweep::spec {
namespace {

namespace fs = std::filesystem;
using Kind = Node::Kind;

constexpr std::size_t largest_file = std::size_t(4) << 20;  // bytes; a bigger one is something else given by mistake

Place place_of(const toml::source_region& source) { return {int(source.begin.line), int(source.begin.column), ""}; }

Node converted(const toml::node& from);

void convert_entries(const toml::table& table, Node& node) {
  for (auto&& [key, value] : table) {
    Node child = converted(value);
    child.key = std::string(key.str());
    child.key_place = place_of(key.source());
    node.items.push_back(std::move(child));
  }
  // toml++ sorts by name; messages are easier to follow in the order of the file.
  std::stable_sort(node.items.begin(), node.items.end(), [](const Node& a, const Node& b) {
    return std::tie(a.key_place.line, a.key_place.column) < std::tie(b.key_place.line, b.key_place.column);
  });
}

Node converted(const toml::node& from) {
  Node node;
  node.place = place_of(from.source());
  if (const toml::table* table = from.as_table()) {
    node.kind = Kind::table;
    convert_entries(*table, node);
  } else if (const toml::array* array = from.as_array()) {
    node.kind = Kind::array;
    for (const toml::node& item : *array) node.items.push_back(converted(item));
  } else if (const auto* text = from.as_string()) {
    node.kind = Kind::string, node.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    node.kind = Kind::integer, node.integer = integer->get();
  } else if (const auto* real = from.as_floating_point()) {
    node.kind = Kind::real, node.real = real->get();
  } else if (const auto* boolean = from.as_boolean()) {
    node.kind = Kind::boolean, node.boolean = boolean->get();
  } else {
    node.kind = Kind::date;
  }
  return node;
}

// All the bytes of the file; where it is too large, more than allowed.
std::string read_bytes(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  std::string bytes;
  std::array<char, 65536> chunk;
  while (in && bytes.size() <= largest_file) {
    in.read(chunk.data(), chunk.size());
    bytes.append(chunk.data(), std::size_t(in.gcount()));
  }
  if (in.bad()) throw std::runtime_error(fmt::format("{}: cannot be read: {}", path, std::strerror(errno)));
  return bytes;
}

// "; did you mean ...?" with the nearest sweep file of the same folder.
std::string nearest_file(const fs::path& path) {
  std::vector<std::string> files;
  std::error_code ignored;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (fs::directory_iterator i(folder, ignored), end; !ignored && i != end; i.increment(ignored)) {
    if (i->path().extension() == ".toml") files.push_back(i->path().filename().string());
  }
  const std::string found = nearest(path.filename().string(), files);
  return found.empty() ? "" : fmt::format("; did you mean {}?", quote((path.parent_path() / found).string()));
}

void check_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found)
    throw SpecError(fmt::format("{}: no such file{}", path, nearest_file(path)));
  if (status.type() == fs::file_type::directory)
    throw SpecError(fmt::format("{}: is a directory, not a sweep file", path));
}

void check_bytes(const std::string& path, const std::string& bytes) {
  if (bytes.size() > largest_file)
    throw SpecError(fmt::format("{}: is larger than {} MiB: not a sweep file", path, largest_file >> 20));
  const std::size_t nul = bytes.find('\0');
  if (nul != std::string::npos)
    throw SpecError(fmt::format("{}: is not text (byte {} is zero): not a sweep file", path, nul));
  if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return std::strchr(" \t\r\n", c); }))
    throw SpecError(fmt::format("{}:1:1: is empty; a sweep file names at least model, dt and duration", path));
}

// toml++ ends some messages with a line break, or shows control characters as they are.
std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  while (line.ends_with(' ')) line.pop_back();
  return line;
}

// A point shows that it is no whole number to TOML: 8.0.
std::string as_written(double real) {
  const std::string text = fmt::format("{}", real);
  return text.find_first_not_of("-0123456789") == std::string::npos ? text + ".0" : text;
}

void move_all(Node& node, const Place& place) {
  node.place = node.key_place = place;
  for (Node& item : node.items) move_all(item, place);
}

std::pair<std::string_view, std::string_view> split(std::string_view dotted) {
  const std::size_t dot = dotted.find('.');
  if (dot == std::string_view::npos) return {dotted, {}};
  return {dotted.substr(0, dot), dotted.substr(dot + 1)};
}

}  // namespace

const Node* Node::entry(std::string_view wanted) const {
  if (kind != Kind::table) return nullptr;
  for (const Node& item : items)
    if (item.key == wanted) return &item;
  return nullptr;
}

const Node* Node::find(std::string_view dotted) const {
  const Node* node = this;
  while (node && !dotted.empty()) {
    const auto [first, rest] = split(dotted);
    node = node->entry(first);
    dotted = rest;
  }
  return node;
}

Node* Node::find(std::string_view dotted) { return const_cast<Node*>(std::as_const(*this).find(dotted)); }

std::string Node::described() const {
  switch (kind) {
    case Kind::word: return quote(text);
    case Kind::string: return "the string " + quote(text);
    case Kind::integer: return fmt::format("the number {}", integer);
    case Kind::real: return fmt::format("the number {}", as_written(real));
    case Kind::boolean: return fmt::format("the boolean {}", boolean);
    case Kind::date: return "a date or time of day";
    case Kind::array: return fmt::format("an array of {}", items.size());
    case Kind::table: return "a table";
    case Kind::unusable: break;
  }
  return "something unusable";
}

Node word(std::string text, const Place& place) {
  Node node;
  node.text = std::move(text);
  node.place = node.key_place = place;
  return node;
}

bool put(Node& root, std::string_view dotted, Node value) {
  const auto [first, rest] = split(dotted);
  if (root.kind != Kind::table) return false;
  Node* child = const_cast<Node*>(root.entry(first));
  if (!child) {
    child = &root.items.emplace_back(word("", value.place));
    child->kind = Kind::table;
    child->key = std::string(first);
  }
  if (!rest.empty()) return put(*child, rest, std::move(value));
  value.key = child->key;
  *child = std::move(value);
  return true;
}

Node read_document(const std::string& path) {
  check_file(path);
  return parse_document(path, read_bytes(path));
}

Node parse_document(const std::string& path, const std::string& bytes) {
  check_bytes(path, bytes);
  try {
    Node root = converted(toml::parse(std::string_view(bytes), path));
    if (root.place.line == 0) root.place = {1, 1, ""};
    return root;
  } catch (const toml::parse_error& e) {
    const Place place = place_of(e.source());
    throw SpecError(fmt::format("{}:{}:{}: not TOML: {}", path, place.line, place.column, one_line(e.description())));
  }
}

Node parse_value(const std::string& text, const Place& place, Report& report) {
  Node node = word(text, place);
  node.kind = Kind::unusable;
  try {
    const toml::table table = toml::parse("value = " + text);
    if (table.size() == 1)
      node = converted(*table.get("value"));
    else
      report.error(place, "more than one TOML value");  // a line break and another key
  } catch (const toml::parse_error& e) { report.error(place, "not a TOML value: {}", one_line(e.description())); }
  move_all(node, place);
  return node;
}

}  // namespace neurosweep::spec
