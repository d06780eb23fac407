// `neurosweep man`: the man page, made from the command line's own description. The build writes it to a file that
// `cmake --install` installs; a user has no need of the command, so --help does not list it.
#include <fmt/format.h>

#include <algorithm>

#include "command_line.hpp"
#include "commands.hpp"

namespace neurosweep {
namespace {

// Text for roff: characters that it would take for its own, or print as ones that cannot be copied.
std::string roff(std::string_view text) {
  std::string safe = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (const char c : text) {
    switch (c) {
      case '\\': safe += "\\e"; break;
      case '-': safe += "\\-"; break;
      case '\'': safe += "\\(aq"; break;
      case '`': safe += "\\(ga"; break;
      case '^': safe += "\\(ha"; break;
      case '~': safe += "\\(ti"; break;
      default: safe += c;
    }
  }
  return safe;
}

// Lines that begin with blanks stand as they are; what is before an empty line is a paragraph.
std::string body(const std::string& text) {
  std::string page;
  bool literal = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    if (line.starts_with("  ") != literal) literal = !literal, page += !literal ? ".EE\n" : page.empty() ? ".EX\n" : ".PP\n.EX\n";
    page += line.empty() ? ".PP\n" : roff(line) + "\n";
    at = end + 1;
  }
  return literal ? page + ".EE\n" : page;
}

std::string options(const std::vector<OptionRow>& rows) {
  std::string page;
  for (const OptionRow& row : rows)
    if (row.name != "help") page += fmt::format(".TP\n.B {}\n{}\n", roff(row.text()), roff(row.description));
  return page;
}

std::string section_of(const CommandRow& command) {
  std::string page = fmt::format(".SS {}\n{}\n", roff(command.usage()), roff(sentence(command.description)));
  page += options(command.arguments) + options(command.options);
  return command.footer.empty() ? page : page + ".PP\n" + body(command.footer);
}

constexpr std::string_view after = R"(.SH EXIT STATUS
.TP
.B 0
It is done.
.TP
.B 1
It failed; what was computed is kept.
.TP
.B 2
The command line or the sweep file is wrong.
.TP
.B 130, 143
Stopped by a signal, SIGINT or SIGTERM.
What was computed is kept, and the same command goes on.
.SH ENVIRONMENT
.TP
.B NEUROSWEEP_ISA
The CPU's instruction set, where the best is not wanted;
.B neurosweep devices
lists them.
.TP
.B NEUROSWEEP_MPI
.B off
keeps neurosweep out of the MPI job that it was started in.
.TP
.B NO_COLOR
If set, maps in the terminal have no colours.
.SH FILES
.TP
.I results/NAME.zarr
Where
.B neurosweep run
keeps the results of
.I NAME.toml
unless told otherwise: a Zarr folder that xarray opens.
.TP
.I /usr/share/neurosweep/sweeps
The sweeps that the examples name, and more; or
.I share/neurosweep/sweeps
where else neurosweep is installed.
.TP
.I /usr/share/doc/neurosweep/docs
Experiments, methods and their errors, large sweeps, messages and what to do.
)";

int man(const CLI::App& app) {
  const CommandRow program = describe(app);
  fmt::print(".TH NEUROSWEEP 1 \"\" \"neurosweep {}\" \"User Commands\"\n", program_version());
  fmt::print(".SH NAME\nneurosweep \\- map how neural models behave over millions of parameter sets\n");
  fmt::print(".SH SYNOPSIS\n.B neurosweep\n.I COMMAND\n[...]\n.br\n.B neurosweep\n.I COMMAND\n.B \\-\\-help\n.br\n.B neurosweep \\-\\-version\n");
  fmt::print(".SH DESCRIPTION\n{}.SH COMMANDS\n", body(program.description));
  for (const CommandRow& command : commands_of(app)) fmt::print("{}", section_of(command));
  fmt::print("{}.SH EXAMPLES\n{}", after, body(program.footer.substr(program.footer.find('\n') + 1)));
  return exit_done;
}

}  // namespace

void add_man(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("man", "print the man page")->group("");
  command->callback([&app, &action] { action = [&app] { return man(app); }; });
}

}  // namespace neurosweep
