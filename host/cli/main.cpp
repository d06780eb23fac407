// neurosweep: the command line. Data goes to standard output, everything else to standard error.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <system_error>

#include "command_line.hpp"
#include "commands.hpp"
#include "host/plan/ranks.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {
namespace {

std::vector<std::string> command_names(const CLI::App& app) { return names_of(commands_of(app)); }

// What CLI11 calls an argument that it did not expect: say which, and what was probably meant.
std::string unexpected(const CLI::App& app, const std::string& argument) {
  const std::vector<std::string> commands = command_names(app);
  if (argument.starts_with("-")) {
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options())
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    const std::string name = argument.substr(0, argument.find('='));
    const std::string meant = did_you_mean(name, known);
    const bool too_early = meant.empty() && !commands.empty();
    return fmt::format("unknown option {}{}{}", name, meant,
                       too_early ? " (a command's options stand after its name)" : "");
  }
  if (commands.empty()) return fmt::format("unexpected argument \"{}\"", argument);
  return fmt::format("unknown command \"{}\"{} (commands: {})", argument, did_you_mean(argument, commands),
                     listed(commands));
}

int parse_error(const CLI::App& app, const CLI::ParseError& e) {
  if (e.get_exit_code() == 0) return app.exit(e);                       // --help, --version
  // What stands before the command's name was meant for the program, what stands after it for the command.
  const CLI::App* at = &app;
  std::vector<std::string> rest = app.remaining();
  if (const auto chosen = app.get_subcommands(); rest.empty() && !chosen.empty())
    at = chosen.front(), rest = at->remaining();
  // A misspelt command is to CLI11 a missing one and something more: what was typed says more than what is missing.
  const bool missing = dynamic_cast<const CLI::RequiredError*>(&e), extra = dynamic_cast<const CLI::ExtrasError*>(&e);
  std::string what = e.what();
  if ((missing || extra) && !rest.empty()) what = unexpected(*at, rest.front());
  else if (missing && at == &app) what = fmt::format("a command is missing (commands: {})", listed(command_names(app)));
  // The ranks of a job were all told the same. They end together: mpirun would stop rank 0 before it has said it.
  const std::unique_ptr<Ranks> ranks = at != &app && at->get_name() == "run" ? join_ranks([](const std::string&) {}) : nullptr;
  if (!ranks || ranks->rank() == 0) say(fmt::format("neurosweep: {}\nTry neurosweep {}--help", what, at == &app ? "" : at->get_name() + " "));
  return exit_wrong_input;
}

int run_program(int argc, char** argv) {
  CLI::App app{"neurosweep maps how neural models behave over millions of parameter sets.\n"
               "A sweep file goes in, a labelled map comes out: CSV, a picture, or the terminal.", "neurosweep"};
  app.formatter(help_formatter());
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  Action action;
  add_run(app, action), add_export(app, action), add_plot(app, action), add_report(app, action), add_info(app, action);
  add_trace(app, action), add_init(app, action), add_models(app, action), add_devices(app, action), add_bench(app, action);
  add_completion(app, action), add_man(app, action);
  app.footer("Examples:\n"                              // after the commands, which would take it over
             "  neurosweep run sweeps/jr_gain_map.toml --csv map.csv --plot map.png\n"
             "  neurosweep report results/jr_gain_map.zarr -o map.html\n"
             "  neurosweep trace sweeps/jr_gain_map.toml --at Ae=3.25mV --plot trace.png\n"
             "  neurosweep init izhikevich --preset chattering > chattering.toml");
  try {
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
      return parse_error(app, e);
    }
    return action();
  } catch (...) {
    return explain(std::current_exception());
  }
}

}  // namespace

std::string check_name(const std::string& name) {
  if (name.empty()) return "the name is empty";
  if (name.starts_with("--"))
    return fmt::format("a name is missing before {} (a file of that name is ./{})", name, name);
  return "";
}

int explain(std::exception_ptr error, const std::string& who) {
  try {
    std::rethrow_exception(error);
  } catch (const SpecError& e) {
    say(who + e.what());
    return exit_wrong_input;
  } catch (const std::bad_alloc&) {
    say(who + "neurosweep: out of memory");
  } catch (const std::system_error& e) {                  // fmt calls standard output "file"
    const bool output = std::ferror(stdout) != 0;
    say(who + "neurosweep: " + (output ? "cannot write standard output: " + e.code().message() : std::string(e.what())));
  } catch (const std::exception& e) {
    say(who + fmt::format("neurosweep: {}", e.what()));
  }
  return exit_failed;
}

}  // namespace neurosweep

int main(int argc, char** argv) {
  const int code = neurosweep::run_program(argc, argv);
  if (code != neurosweep::exit_done) return code;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;  // what is still buffered may not fit the disk
  neurosweep::say(fmt::format("neurosweep: cannot write standard output: {}", std::strerror(errno)));
  return neurosweep::exit_failed;
}
