// The keys of a sweep file, each in one row: what is allowed, of which type, with which default. Validation, the
// "did you mean" lists and the meaning of --set all come from here.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "host/spec/document.hpp"
#include "host/spec/quantities.hpp"
#include "host/spec/report.hpp"

namespace neurosweep::spec {

enum class Type {
  text, choice, whole, truth, quantity,
  names,                // a string, or an array of them
  texts, amounts, table, tables,
  section, sections     // a table and an array of tables whose own tables are checked one by one: Keys(section, ...)
};

struct Key {
  std::string_view name;  // dotted
  Type type;
  bool required;
  std::string_view fallback;  // the default, as one would write it; "" = none, or the help says which
  std::string_view help;
  std::string_view unit = "";  // of a bare number, where no model's table says so
  Domain domain = Domain::any;
};

std::span<const Key> file_keys();      // of every sweep file
std::span<const Key> node_keys();      // of one with a single model, and
std::span<const Key> network_keys();   // of a network
const Key& file_key(std::string_view name);  // the row of that name, which exists

// The keys that are the same for all models, and those that a model's quantities add to them.
class Keys {
 public:
  explicit Keys(const ModelInfo* model);  // of a sweep file; null: the model is not known
  static Keys of_network();               // of a network's sweep file
  // Of one table of `section` ("population"), which messages call `title` ("population.E").
  Keys(std::string_view section, std::string title, const ModelInfo* model = nullptr);
  bool model_known() const { return model_; }
  std::optional<Type> type(std::string_view dotted) const;          // nothing if there is no such key
  std::vector<std::string> children(std::string_view table) const;  // "" = the top of the file

  // Reports every key of the tree that does not exist, every required one that is missing, and every value of the wrong
  // type, which becomes unusable.
  void check(Node& root, Report& report) const;

 private:
  void check_table(Node& table, const std::string& name, Report& report) const;
  void check_value(Node& value, const std::string& name, Report& report) const;
  void check_items(Node& array, const std::string& name, Type expected, Report& report) const;
  std::string unknown(const std::string& table, const std::string& key) const;

  Keys() = default;
  std::string titled(std::string_view name) const;

  const ModelInfo* model_ = nullptr;
  std::string owner_ = "a sweep file", title_;
  std::vector<Key> rows_;
  std::vector<std::string> quantity_keys_;
};

}  // namespace neurosweep::spec
