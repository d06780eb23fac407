// The command line as tables: what --help, the completions and the man page are made of.
#pragma once
#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace neurosweep {

struct OptionRow {
  std::string names;                   // "-o, --output"; of an argument "STORE"
  std::string name;                    // "output"; of an argument ""
  std::string value;                   // "FILE"; "" = takes none
  std::string description;
  bool required, repeatable;

  std::string text() const;            // "-o, --output FILE", "--at NAME=VALUE ..."
};

struct CommandRow {
  std::string name, description, footer;   // name: "run"; of the program itself "". footer: notes, then examples
  std::vector<OptionRow> arguments, options;

  std::string usage() const;           // "neurosweep export STORE --csv FILE [OPTIONS]"
};

CommandRow describe(const CLI::App& app);
std::vector<CommandRow> commands_of(const CLI::App& app);     // those that --help lists

std::string sentence(std::string description);                // "Compute the map of a sweep file."

// Help that fits a terminal of 80 columns and 24 lines, and reads well line by line.
std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace neurosweep
