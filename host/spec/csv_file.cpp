#include "host/spec/csv_file.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "host/spec/suggest.hpp"
#include "host/spec/units.hpp"

namespace neurosweep::spec {
namespace {

constexpr double largest_whole = 9007199254740992.0;   // a double holds every whole number up to it

struct Field {
  std::string_view text;
  int column;                                           // from 1
};

class Reader {
 public:
  Reader(const std::string& path, std::span<const CsvColumn> columns, Report& report) : columns_(columns), report_(report) {
    table_.path = path;
    table_.numbers.resize(columns.size()), table_.texts.resize(columns.size());
  }

  std::optional<CsvTable> read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (int line = 1; !text.empty(); ++line) {
      const std::string_view row = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(row.size() + 1, text.size()));
      if (row.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      if (!(asked_.empty() ? read_names(row, line) : read_row(row, line))) return std::nullopt;
    }
    if (asked_.empty()) return fail({1, 1}, "is empty; wanted are the columns {}", wanted()), std::nullopt;
    return std::move(table_);
  }

 private:
  struct Asked {
    int index = -1;                                     // of columns_
    double factor = 1;                                  // to its unit
  };

  static std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
    return first == std::string_view::npos ? "" : text.substr(first, last - first + 1);
  }

  static std::vector<Field> fields_of(std::string_view row) {
    std::vector<Field> fields;
    for (std::size_t at = 0; at <= row.size();) {
      const std::size_t end = std::min(row.find(',', at), row.size());
      const std::string_view whole = row.substr(at, end - at);
      const std::size_t blanks = std::min(whole.find_first_not_of(" \t"), whole.size());
      fields.push_back({trimmed(whole), int(at + blanks) + 1});
      at = end + 1;
    }
    return fields;
  }

  std::string wanted() const {
    std::string text;
    for (const CsvColumn& c : columns_)
      text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", c.name, c.unit.empty() ? "" : fmt::format(" [{}]", c.unit),
                          c.required ? "" : " (optional)");
    return text;
  }

  template <class... A>
  bool fail(Place place, fmt::format_string<A...> text, A&&... values) {
    place.file = table_.path;
    report_.error(place, "{}", fmt::format(text, std::forward<A>(values)...));
    return false;
  }

  bool read_names(std::string_view row, int line) {
    for (const Field& f : fields_of(row)) {
      const std::size_t bracket = f.text.ends_with(']') ? f.text.find('[') : std::string_view::npos;
      const std::string_view name = trimmed(f.text.substr(0, bracket));
      const auto found = std::find_if(columns_.begin(), columns_.end(), [&](const CsvColumn& c) { return c.name == name; });
      const Place place{line, f.column};
      if (found == columns_.end())
        return fail(place, "unknown column {}{} (columns: {})", quote(f.text), did_you_mean(name, names_of(columns_)), wanted());
      Asked asked{int(found - columns_.begin())};
      if (std::any_of(asked_.begin(), asked_.end(), [&](const Asked& a) { return a.index == asked.index; }))
        return fail(place, "the column {} stands there twice", name);
      if (bracket != std::string_view::npos) try {
          asked.factor = convert_unit(1, f.text.substr(bracket + 1, f.text.size() - bracket - 2), found->unit);
        } catch (const UnitError& e) { return fail(place, "{}: {}", name, e.what()); }
      asked_.push_back(asked);
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const bool there = std::any_of(asked_.begin(), asked_.end(), [&](const Asked& a) { return a.index == int(i); });
      if (columns_[i].required && !there)
        return fail({line, 1}, "has no column {} (wanted are {})", columns_[i].name, wanted());
    }
    return true;
  }

  bool read_row(std::string_view row, int line) {
    const std::vector<Field> fields = fields_of(row);
    if (fields.size() != asked_.size())
      return fail({line, 1}, "found {} fields where the first line names {} columns", fields.size(), asked_.size());
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (!read_field(fields[i], line, asked_[i])) return false;
    table_.lines.push_back(line);
    return true;
  }

  bool read_field(const Field& f, int line, const Asked& asked) {
    const CsvColumn& column = columns_[std::size_t(asked.index)];
    if (column.type == CsvColumn::text) return table_.texts[std::size_t(asked.index)].emplace_back(f.text), true;
    std::string_view digits = f.text;
    if (digits.starts_with('+')) digits.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value))
      return fail({line, f.column}, "{}: {} is not a number", column.name, quote(f.text));
    if (column.type == CsvColumn::whole && !(value >= 0 && value <= largest_whole && value == std::floor(value)))
      return fail({line, f.column}, "{}: found {} where a whole number from 0 on is wanted", column.name, quote(f.text));
    table_.numbers[std::size_t(asked.index)].push_back(value * asked.factor);
    return true;
  }

  std::span<const CsvColumn> columns_;
  Report& report_;
  CsvTable table_;
  std::vector<Asked> asked_;                            // [column of the file]
};

}  // namespace

std::optional<CsvTable> read_csv(const std::string& path, const Place& named, std::span<const CsvColumn> columns, Report& report) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::is_regular_file(status)) {
    report.error(named, "{}: {}", visible(path), std::filesystem::exists(status) ? "is no file" : "no such file (paths are relative to the sweep file)");
    return std::nullopt;
  }
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) {
    report.error(named, "{}: cannot be read: {}", visible(path), std::strerror(errno));
    return std::nullopt;
  }
  return Reader(path, columns, report).read(text);
}

}  // namespace neurosweep::spec
