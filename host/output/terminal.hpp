// What the user's terminal can show.
#pragma once
#include <algorithm>
#include <cstddef>

namespace neurosweep {

struct PreviewOptions {
  int width = 80, height = 24;  // of the terminal, in characters
  bool colour = false;          // 256 colours; without it values are shades made of characters
  bool truecolour = false;      // 24-bit colours; only with `colour`
  bool utf8 = false;            // half blocks and line drawing; without it ASCII only

  // Where sentences and legends are broken; narrower terminals do that by themselves.
  std::size_t text_columns() const { return static_cast<std::size_t>(std::max(width, 40)); }
};

// What the terminal behind `fd` can show: its size (COLUMNS overrides the width; 80 x 24 if unknown), colours unless
// NO_COLOR is set, it is no terminal, it has no size, or TERM is one of few colours, 24 bits if COLORTERM says so, UTF-8 if
// LC_ALL, LC_CTYPE or LANG does.
PreviewOptions detect_terminal(int fd);

// Whether a line can be redrawn there: it is a terminal, and not one that only prints.
bool can_redraw(int fd);

}  // namespace neurosweep
