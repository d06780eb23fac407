// The subcommands: each adds itself to the command line and says what runs when it was given.
#pragma once
#include <CLI/CLI.hpp>
#include <functional>

namespace neurosweep {

// What a chosen subcommand does; returns the exit code.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& action);
void add_models(CLI::App& app, Action& action);
void add_devices(CLI::App& app, Action& action);

// Exit codes (README, "Exit codes"). A signal's is 128 + its number.
enum ExitCode { exit_done = 0, exit_failed = 1, exit_wrong_input = 2 };

std::string version_text();          // "neurosweep 0.1.0 (commit abc1234)"

}  // namespace neurosweep
