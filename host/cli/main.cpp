// neurosweep: the command line. Data goes to standard output, everything else to standard error.
#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "commands.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"

namespace neurosweep {
namespace {

// What CLI11 calls an argument that it did not expect: say which, and what was probably meant.
std::string unexpected(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> known;
  if (argument.starts_with("-")) {
    for (const CLI::Option* option : app.get_options())
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    const std::string name = argument.substr(0, argument.find('='));
    return fmt::format("unknown option {}{}", name, did_you_mean(name, known));
  }
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (known.empty()) return fmt::format("unexpected argument \"{}\"", argument);
  return fmt::format("unknown command \"{}\"{}; there are {}", argument, did_you_mean(argument, known), listed(known));
}

int parse_error(const CLI::App& app, const CLI::ParseError& e) {
  if (e.get_exit_code() == 0) return app.exit(e);                       // --help, --version
  const CLI::App* at = &app;
  for (const auto chosen = app.get_subcommands(); !chosen.empty();) {
    at = chosen.front();
    break;
  }
  const auto rest = app.remaining(true);
  const bool extra = dynamic_cast<const CLI::ExtrasError*>(&e) && !rest.empty();
  fmt::print(stderr, "neurosweep: {}\n", extra ? unexpected(*at, rest.front()) : std::string(e.what()));
  fmt::print(stderr, "Try neurosweep {}--help\n", at == &app ? "" : at->get_name() + " ");
  return exit_wrong_input;
}

int run_program(int argc, char** argv) {
  CLI::App app{"neurosweep maps how neural models behave over millions of parameter sets.\n"
               "A sweep file goes in, a labelled map comes out: CSV, a picture, or the terminal.\n", "neurosweep"};
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  app.footer("Examples:\n"
             "  neurosweep run sweeps/jr_gain_map.toml --csv map.csv --plot map.png\n"
             "  neurosweep run sweeps/jr_gain_map.toml --axis Ae=2:5:512 --axis Ai=15:30:512 --device cuda\n"
             "  neurosweep models jansen-rit");
  Action action;
  add_run(app, action), add_models(app, action), add_devices(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return parse_error(app, e);
  }
  try {
    return action();
  } catch (const SpecError& e) {
    fmt::print(stderr, "{}\n", e.what());
    return exit_wrong_input;
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "neurosweep: out of memory\n");
  } catch (const std::exception& e) {
    fmt::print(stderr, "neurosweep: {}\n", e.what());
  }
  return exit_failed;
}

}  // namespace
}  // namespace neurosweep

int main(int argc, char** argv) { return neurosweep::run_program(argc, argv); }
