// `isoflop help`, `isoflop completion` and `isoflop man`: the command line
// about itself.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

#include "apps/isoflop/command_line_text.h"
#include "apps/isoflop/commands.h"
#include "lib/core/error.h"
#include "lib/core/quote.h"
#include "lib/core/standard_streams.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    names.push_back(command->get_name());
  }
  return names;
}

const CLI::App* SubcommandOf(const CLI::App& command, const std::string& name) {
  const auto found = command.get_subcommands(
      [&name](const CLI::App* below) { return below->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

/// The help of the command that the words name, one below the other. Throws
/// Error.
std::string HelpOf(const CLI::App& app, const std::vector<std::string>& words) {
  const CLI::App* command = &app;
  std::string name = "isoflop";
  for (const std::string& word : words) {
    const CLI::App* next = SubcommandOf(*command, word);
    const auto names = CommandNames(*command);
    Require(next != nullptr, "there is no command {}{}{}", Quoted(word),
            Suggestion(word, names),
            names.empty()
                ? ""
                : fmt::format("; there are {}", fmt::join(names, ", ")));
    name += " " + word;
    command = next;
  }
  // App::help would show the command that was given, which is this one.
  return command->get_formatter()->make_help(command, name,
                                             CLI::AppFormatMode::Normal);
}

}  // namespace

void AddHelpCommands(CLI::App& app, ExitCode* exit_code) {
  auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* help = app.add_subcommand("help", "Show what a command does");
  help->add_option("command", *words, "Command, such as fit");
  help->footer("Example:\n  isoflop help fit");
  help->callback([&app, words, exit_code] {
    Print(HelpOf(app, *words));
    *exit_code = ExitCode::kOk;
  });

  auto shell = std::make_shared<std::string>();
  CLI::App* completion = app.add_subcommand(
      "completion", "Print a script that completes commands in a shell");
  completion->add_option("shell", *shell, "bash | zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  completion->footer(
      "Example:\n  isoflop completion bash > "
      "~/.local/share/bash-completion/completions/isoflop");
  completion->callback([&app, shell, exit_code] {
    Print(*shell == "bash" ? BashCompletion(app) : ZshCompletion(app));
    *exit_code = ExitCode::kOk;
  });

  CLI::App* man = app.add_subcommand("man", "Print a manual page");
  man->footer("Example:\n  isoflop man > ~/.local/share/man/man1/isoflop.1");
  man->callback([&app, exit_code] {
    Print(ManPage(app));
    *exit_code = ExitCode::kOk;
  });
}

}  // namespace isoflop
