#include "host/spec/suggest.hpp"

#include <algorithm>

namespace neurosweep {
namespace {

char folded(char c) {
  if (c >= 'A' && c <= 'Z') return char(c - 'A' + 'a');
  return c == '_' ? '-' : c;
}

// In quarters of an edit, so that a slip of letter case or of - for _ costs less than any other slip.
constexpr int edit = 4;

int replacement_cost(char a, char b) {
  if (a == b) return 0;
  return folded(a) == folded(b) ? 1 : edit;
}

int distance(std::string_view a, std::string_view b) {
  std::vector<int> before(b.size() + 1), row(b.size() + 1), next(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = edit * int(j);
  for (std::size_t i = 0; i < a.size(); ++i) {
    next[0] = edit * int(i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      next[j + 1] = std::min({row[j + 1] + edit, next[j] + edit, row[j] + replacement_cost(a[i], b[j])});
      const bool swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (swapped) next[j + 1] = std::min(next[j + 1], before[j - 1] + edit);
    }
    std::swap(before, row), std::swap(row, next);
  }
  return row[b.size()];
}

// "freq" was meant for "frequency", and "jansen" for "jansen-rit", though most letters are missing.
bool abbreviates(std::string_view name, std::string_view known) {
  return name.size() >= 3 && known.size() > name.size() &&
         std::equal(name.begin(), name.end(), known.begin(), [](char a, char b) { return folded(a) == folded(b); });
}

}  // namespace

std::string nearest(std::string_view name, std::span<const std::string> known) {
  constexpr std::size_t longest = 100;  // nobody mistypes a name of more letters; keeps this cheap
  if (name.empty() || name.size() > longest) return "";
  // One slip in three letters; a single letter is no slip for another one unless only its case differs.
  int best = name.size() == 1 ? 2 : edit * std::max(1, int(name.size()) / 3) + 1;
  const std::string* found = nullptr;
  for (const std::string& candidate : known) {
    const int d = std::min(distance(name, candidate), abbreviates(name, candidate) ? edit : 1000 * edit);
    if (d < best) best = d, found = &candidate;
  }
  return found ? *found : "";
}

std::string did_you_mean(std::string_view name, std::span<const std::string> known) {
  const std::string found = nearest(name, known);
  return found.empty() ? "" : "; did you mean \"" + found + "\"?";
}

std::string listed(std::span<const std::string> names, std::size_t at_most) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += ", ";
    if (i == at_most) return text + "...";
    text += names[i];
  }
  return text;
}

}  // namespace neurosweep
