// The subcommands: each adds itself to the command line and says what runs when it was given.
#pragma once
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>

#include "models/table.hpp"

namespace neurosweep {

// What a chosen subcommand does; returns the exit code.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& action);
void add_models(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);
void add_plot(CLI::App& app, Action& action);
void add_trace(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_info(CLI::App& app, Action& action);
void add_init(CLI::App& app, Action& action);
void add_devices(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_completion(CLI::App& app, Action& action);    // these describe the others, and themselves
void add_man(CLI::App& app, Action& action);

// Exit codes (README, "Exit codes"). A signal's is 128 + its number.
enum ExitCode { exit_done = 0, exit_failed = 1, exit_wrong_input = 2 };

// A line on standard error. A closed or full one is no reason to stop: errors of writing there are not looked at.
inline void say(const std::string& line) {
  const std::string whole = line + "\n";
  (void)!std::fwrite(whole.data(), 1, whole.size(), stderr);
}

// Says what went wrong, on standard error, after `who`; returns the exit code.
int explain(std::exception_ptr error, const std::string& who = "");

// The complaint about the name of a file, or "". An unset variable or a forgotten name must not end as hours of computing
// for nothing, nor as a file called --quiet.
std::string check_name(const std::string& name);

std::string sweep_template(const ModelInfo& m);           // what `init` prints of it
const ModelInfo& model_named(const std::string& name);   // SpecError, with the nearest name, if there is none

std::string program_version();       // "0.1.0"
std::string program_commit();        // "abc1234"; "" if this was not built from a checkout
std::string version_text();          // "neurosweep 0.1.0 (commit abc1234)"

}  // namespace neurosweep
