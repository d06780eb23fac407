#include "host/output/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

namespace neurosweep {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// A width that people set by hand; 0 if it is none.
int positive_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value > 0 && value < 10000 ? value : 0;
}

// Terminals that paint 256 colours with the 8 or 16 that they have, where a scale loses its order, or that have none.
bool few_colours(std::string_view term) {
  for (const std::string_view plain : {"vt", "linux", "ansi", "cons", "sun", "wyse"})
    if (term.starts_with(plain)) return true;
  return term.ends_with("-16color") || term.ends_with("-mono");
}

bool utf8_locale() {
  std::string locale;
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {  // the first one that is set counts
    locale = environment(name);
    if (!locale.empty()) break;
  }
  for (char& c : locale) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
}

}  // namespace

bool can_redraw(int fd) {
  const std::string_view term = environment("TERM");
  return isatty(fd) == 1 && !term.empty() && term != "dumb";
}

PreviewOptions detect_terminal(int fd) {
  PreviewOptions options;
  winsize size{};
  const bool screen = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;     // not mpirun's, which may end in a file
  if (screen) {
    options.width = size.ws_col;
    if (size.ws_row > 0) options.height = size.ws_row;
  }
  if (const int columns = positive_number(environment("COLUMNS"))) options.width = columns;
  options.colour = screen && can_redraw(fd) && environment("NO_COLOR").empty() && !few_colours(environment("TERM"));
  const std::string_view depth = environment("COLORTERM");
  options.truecolour = options.colour && (depth == "truecolor" || depth == "24bit");
  options.utf8 = utf8_locale();
  return options;
}

}  // namespace neurosweep
