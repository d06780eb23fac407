// The one place that starts gnuplot.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace neurosweep::output {

struct DataFile {
  std::string name, bytes;
};

// Runs `script` in a new folder that holds `data`, and returns what it wrote to the file `picture`. The script names
// its files without folders, so no path of the user gets into it. Throws std::runtime_error with gnuplot's own words if
// it fails.
std::string run_gnuplot(const std::string& script, const std::vector<DataFile>& data);

// Throws std::runtime_error unless gnuplot can be started and has the terminal, such as "pngcairo".
void require_gnuplot(std::string_view terminal);

// `text` as a gnuplot string. In single quotes nothing is special but the quote itself: no escapes, no command
// substitution, no macros. Line breaks, which would end the command, become spaces.
std::string gnuplot_string(std::string_view text);

}  // namespace neurosweep::output
