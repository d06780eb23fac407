// A map as one HTML file that needs nothing else: no network, no library. The page itself lies in report/.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/api/neurosweep.hpp"

namespace neurosweep {

struct Fact {
  std::string name;
  std::vector<std::string> lines;
};

struct ReportText {
  std::vector<std::string> summary = {};   // the map in words, for those who do not see it
  std::vector<Fact> facts = {};            // how it was made
  std::string store = {};                  // its folder, as `trace --from-store` takes it
  std::uint32_t replicates = 1;
};

// Writes the page, whole or not at all; "-" is standard output. It shows each column: two axes as a heat map, more with
// sliders for those that are held, one as a line, none as a list. Throws std::runtime_error: an axis value that is not
// finite, more data than browsers take, the file not writable.
void write_report(const Map& map, const ReportText& text, const std::string& path);

// Throws what write_report() would throw for so many sets and columns, before they are read.
void check_report_size(std::uint64_t sets, std::size_t columns, bool single);

}  // namespace neurosweep
