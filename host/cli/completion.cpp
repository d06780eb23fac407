// `neurosweep completion`: what a shell needs to complete commands, options, models and measures. Made from the command
// line's own description, so that it is never behind.
#include <fmt/format.h>

#include <algorithm>

#include "command_line.hpp"
#include "commands.hpp"
#include "host/spec/measures.hpp"
#include "host/spec/suggest.hpp"
#include "host/spec/sweep_spec.hpp"
#include "models/models.hpp"
#include "network/network.hpp"

namespace neurosweep {
namespace {

using Strings = std::vector<std::string>;

const Strings shells{"bash", "zsh", "fish"};

Strings model_names() {
  Strings names;
  for (const ModelInfo& m : models()) names.emplace_back(m.name);
  names.emplace_back(network_name);
  return names;
}

Strings measure_names() {
  Strings names;
  for (const MeasureRow& row : measure_table()) names.emplace_back(row.name);
  return names;
}

// Of all models.
Strings preset_names() {
  Strings names;
  for (const ModelInfo& m : models())
    for (const Preset& preset : m.presets)
      if (std::find(names.begin(), names.end(), preset.name) == names.end()) names.emplace_back(preset.name);
  return names;
}

// What may follow an option: some words, a file, or what nobody can guess.
Strings values_of(const OptionRow& option) {
  if (option.name == "device") return {"auto", "cpu", "cuda", "cuda:0"};
  if (option.name == "measure") return measure_names();
  if (option.name == "model") return model_names();
  if (option.name == "preset") return preset_names();
  if (option.name == "layout") return {"table", "grid"};
  return {};
}

bool takes_file(const OptionRow& option) {
  return option.value.starts_with("FILE") || option.value == "DIR" || option.value == "STORE";
}

Strings words_of(const std::string& command) {
  if (command == "models" || command == "init") return model_names();
  if (command == "completion") return shells;
  return {};
}

std::string joined(const Strings& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Strings option_words(const CommandRow& command) {
  Strings words;
  for (const OptionRow& o : command.options) words.push_back("--" + o.name);
  return words;
}

// `text` with a backslash before each of these characters.
std::string escaped(const std::string& text, std::string_view characters) {
  std::string result;
  for (const char c : text) {
    if (characters.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

// `text` between single quotes, for any of the shells.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "'\\''" : std::string(1, c);
  return result + "'";
}

// ---- bash -----------------------------------------------------------------------------------------------------------

// The case of what stands after this option; "" where it takes no value.
std::string bash_values(const OptionRow& o) {
  if (o.value.empty()) return "";
  const Strings words = values_of(o);
  const std::string action = !words.empty() ? "words=" + quoted(joined(words)) : takes_file(o) ? ":" : "compopt +o bashdefault +o default 2> /dev/null; return";
  return fmt::format("    --{}) {} ;;\n", o.name, action);
}

std::string bash_script(const std::vector<CommandRow>& commands) {
  Strings names;
  std::string cases, values;
  for (const CommandRow& c : commands) {
    names.push_back(c.name);
    cases += fmt::format("      {}) options={}; words={} ;;\n", c.name, quoted(joined(option_words(c))), quoted(joined(words_of(c.name))));
    for (const OptionRow& o : c.options)
      if (const std::string entry = bash_values(o); values.find(entry) == std::string::npos) values += entry;
  }
  return fmt::format(R"(# bash completion for neurosweep
_neurosweep() {{
  local now=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}} options='' words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W {} -- "$now"))
    return
  fi
  case $before in
{}    *) case ${{COMP_WORDS[1]}} in
{}    esac ;;
  esac
  case $now in
    -*) COMPREPLY=($(compgen -W "$options" -- "$now")) ;;
    *) if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$now")); fi ;;
  esac
}}
complete -o bashdefault -o default -F _neurosweep neurosweep
)", quoted(joined(names) + " --help --version"), values, cases);
}

// ---- zsh ------------------------------------------------------------------------------------------------------------

std::string zsh_option(const OptionRow& o) {
  const Strings words = values_of(o);
  const std::string what = !words.empty() ? "(" + escaped(joined(words), ":") + ")" : takes_file(o) ? "_files" : "";
  return quoted(fmt::format("{}--{}[{}]{}", o.repeatable ? "*" : "", o.name, escaped(o.description, "[]:"), o.value.empty() ? "" : ":" + escaped(o.value, ":") + ":" + what));
}

std::string zsh_script(const std::vector<CommandRow>& commands) {
  std::string described, cases;
  for (const CommandRow& c : commands) {
    described += "    " + quoted(c.name + ":" + escaped(c.description, ":")) + "\n";
    cases += fmt::format("    {}) _arguments", c.name);
    for (const OptionRow& o : c.options) cases += " \\\n      " + zsh_option(o);
    cases += " \\\n      " + quoted(words_of(c.name).empty() ? "*:file:_files" : "*:name:(" + joined(words_of(c.name)) + ")") + " ;;\n";
  }
  return fmt::format(R"(#compdef neurosweep
_neurosweep() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = _neurosweep ]; then _neurosweep "$@"; else compdef _neurosweep neurosweep; fi
)", described, cases);
}

// ---- fish -----------------------------------------------------------------------------------------------------------

std::string fish_script(const std::vector<CommandRow>& commands) {
  std::string text = "# fish completion for neurosweep\n";
  for (const CommandRow& c : commands) {
    text += fmt::format("complete -c neurosweep -f -n __fish_use_subcommand -a {} -d {}\n", c.name, quoted(c.description));
    const std::string within = fmt::format("complete -c neurosweep -n '__fish_seen_subcommand_from {}'", c.name);
    for (const OptionRow& o : c.options) {
      const Strings words = values_of(o);
      const std::string value = o.value.empty() ? "" : !words.empty() ? " -x -a " + quoted(joined(words)) : takes_file(o) ? " -r" : " -x";
      text += fmt::format("{} -l {}{} -d {}\n", within, o.name, value, quoted(o.description));
    }
    if (!words_of(c.name).empty()) text += fmt::format("{} -f -a {}\n", within, quoted(joined(words_of(c.name))));
  }
  return text;
}

int completion(const CLI::App& app, const std::string& shell) {
  const std::vector<CommandRow> commands = commands_of(app);
  if (shell == "bash") fmt::print("{}", bash_script(commands));
  else if (shell == "zsh") fmt::print("{}", zsh_script(commands));
  else if (shell == "fish") fmt::print("{}", fish_script(commands));
  else throw SpecError(fmt::format("completion {}: unknown shell{}; there are {}", shell, did_you_mean(shell, shells), listed(shells)));
  return exit_done;
}

}  // namespace

void add_completion(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("completion", "print what a shell needs to complete this command line");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")->type_name("")->required();
  command->footer("Examples:\n"
                  "  source <(neurosweep completion bash)                  # in ~/.bashrc\n"
                  "  source <(neurosweep completion zsh)                   # in ~/.zshrc\n"
                  "  neurosweep completion fish > ~/.config/fish/completions/neurosweep.fish");
  command->callback([=, &app, &action] { action = [=, &app] { return completion(app, *shell); }; });
}

}  // namespace neurosweep
