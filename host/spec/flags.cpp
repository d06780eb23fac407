#include "host/spec/flags.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <string_view>
#include <vector>

namespace neurosweep {
namespace {

// The words of a line that shell_word() made each of.
std::vector<std::string> shell_words(const std::string& line) {
  std::vector<std::string> words;
  bool inside = false, quoted = false;         // of a word, of quotes
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (!quoted && c == ' ') {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back(), inside = true;
    if (c == '\'') {
      quoted = !quoted;
      continue;
    }
    if (!quoted && c == '\\' && i + 1 < line.size()) c = line[++i];
    words.back() += c;
  }
  return words;
}

}  // namespace

std::string shell_word(const std::string& word) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=,+-@%";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  std::string text = "'";
  for (char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

std::string flags_of(const Overrides& overrides) {
  std::string text;
  for (const std::string& s : overrides.set) text += " --set " + shell_word(s);
  for (const std::string& a : overrides.axis) text += " --axis " + shell_word(a);
  return text.empty() ? "" : text.substr(1);
}

Overrides overrides_of(const std::string& flags) {
  Overrides overrides;
  const std::vector<std::string> words = shell_words(flags);
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const bool set = words[i] == "--set", axis = words[i] == "--axis";
    if (!(set || axis) || i + 1 == words.size())
      throw std::runtime_error(fmt::format("\"{}\" are no flags --set and --axis, each with its value", flags));
    (set ? overrides.set : overrides.axis).push_back(words[i + 1]);
  }
  return overrides;
}

}  // namespace neurosweep
