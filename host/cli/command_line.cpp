#include "command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "host/output/text.hpp"

namespace neurosweep {
namespace {

OptionRow row_of(const CLI::Option& option) {
  OptionRow row{option.get_positional() ? option.get_name(true) : "", "", "", option.get_description(), option.get_required(), option.get_expected_max() > 1};
  for (const std::string& name : option.get_snames()) row.names += (row.names.empty() ? "-" : ", -") + name;
  for (const std::string& name : option.get_lnames()) row.names += (row.names.empty() ? "--" : ", --") + name, row.name = name;
  if (!option.get_positional() && option.get_items_expected_max() > 0) row.value = option.get_type_name();
  return row;
}

// ---- help -----------------------------------------------------------------------------------------------------------

constexpr std::size_t page_width = 80;

// Terms and what they mean, side by side.
std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t widest = 0;
  for (const auto& [term, text] : rows) widest = std::max(widest, term.size());
  std::string page;
  for (const auto& [term, text] : rows) {
    std::string start = fmt::format("  {:<{}}  ", term, widest);
    for (const std::string& line : output::wrap(text, page_width - start.size())) {
      page += start + line + "\n";
      start.assign(start.size(), ' ');
    }
  }
  return page;
}

std::string help_of_command(const CommandRow& command) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto* options : {&command.arguments, &command.options})
    for (const OptionRow& option : *options)
      if (option.name != "help") rows.emplace_back(option.text(), option.description);
  std::string page = fmt::format("Usage: {}\n{}\n", command.usage(), sentence(command.description));
  if (!rows.empty()) page += "\n" + two_columns(rows);
  return command.footer.empty() ? page : page + "\n" + command.footer + "\n";
}

std::string help_of_program(const CLI::App& app) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const CommandRow& command : commands_of(app)) rows.emplace_back(command.name, command.description);
  const CommandRow program = describe(app);
  return fmt::format("{}\n\nUsage: neurosweep COMMAND ...; neurosweep COMMAND --help; neurosweep --version\n\nCommands:\n{}\n{}\n",
                     program.description, two_columns(rows), program.footer);
}

class HelpFormatter : public CLI::FormatterBase {
 public:
  std::string make_help(const CLI::App* app, std::string, CLI::AppFormatMode) const override {
    return app->get_parent() ? help_of_command(describe(*app)) : help_of_program(*app);
  }
};

}  // namespace

std::string sentence(std::string text) {
  text[0] = char(std::toupper(text[0]));
  return text + ".";
}

std::string OptionRow::text() const { return fmt::format("{}{}{}{}", names, value.empty() ? "" : " ", value, repeatable ? " ..." : ""); }

std::string CommandRow::usage() const {
  std::string text = "neurosweep " + name;
  for (const OptionRow& a : arguments) text += a.required ? " " + a.names : " [" + a.names + "]";
  bool optional = false;
  for (const OptionRow& o : options) {
    if (o.required) text += fmt::format(" {} {}", o.names.substr(0, o.names.find(',')), o.value);
    else optional = optional || o.name != "help";
  }
  return optional ? text + " [OPTIONS]" : text;
}

CommandRow describe(const CLI::App& app) {
  CommandRow command{app.get_parent() ? app.get_name() : "", app.get_description(), app.get_footer(), {}, {}};
  for (const CLI::Option* option : app.get_options()) (option->get_positional() ? command.arguments : command.options).push_back(row_of(*option));
  return command;
}

std::vector<CommandRow> commands_of(const CLI::App& app) {
  std::vector<CommandRow> commands;
  for (const CLI::App* command : app.get_subcommands({}))
    if (!command->get_group().empty()) commands.push_back(describe(*command));
  return commands;
}

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<HelpFormatter>(); }

}  // namespace neurosweep
