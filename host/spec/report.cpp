#include "host/spec/report.hpp"

#include <algorithm>
#include <tuple>

#include "host/spec/sweep_spec.hpp"

namespace neurosweep::spec {
namespace {

constexpr std::size_t most_errors = 10;  // in one message; the first ones usually explain the rest

}  // namespace

std::string Report::where(const Place& place) const {
  if (!place.flag.empty()) return place.flag;
  return fmt::format("{}:{}:{}", place.file.empty() ? path_ : place.file, place.line, place.column);
}

// In the order of the file, then of those that it names, then the flags in theirs.
std::vector<std::string> Report::lines(std::vector<Entry> entries) const {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    const auto key = [](const Place& p) { return std::tuple(!p.flag.empty(), std::string_view(p.file), p.line, p.column); };
    return key(a.place) < key(b.place);
  });
  std::vector<std::string> lines;
  for (const Entry& e : entries) lines.push_back(fmt::format("{}: {}", where(e.place), e.text));
  return lines;
}

void Report::throw_errors() const {
  if (errors_.empty()) return;
  const std::vector<std::string> all = lines(errors_);
  const std::size_t shown = std::min(all.size(), most_errors);
  std::string message = fmt::format("{}", fmt::join(all.begin(), all.begin() + std::ptrdiff_t(shown), "\n"));
  if (all.size() > shown) message += fmt::format("\n... and {} more", all.size() - shown);
  throw SpecError(message);
}

std::vector<std::string> Report::warnings() const { return lines(warnings_); }

std::string visible(std::string_view text, std::size_t longest) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool continues = (c & 0xC0) == 0x80;  // inside a UTF-8 character: never cut there
    if (i >= longest && !continues) return out + "...";
    if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || c == 0x7F) {
      out += fmt::format("\\x{:02x}", int(c));
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string quote(std::string_view text) { return '"' + visible(text, 80) + '"'; }

}  // namespace neurosweep::spec
