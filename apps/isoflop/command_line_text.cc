#include "apps/isoflop/command_line_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "lib/core/transformed.h"

namespace isoflop {
namespace {

/// With its sub-commands: "experiments", then "experiments run".
struct NamedCommand {
  std::string name;
  const CLI::App* app;
};

void AddCommands(const CLI::App& app, const std::string& prefix,
                 std::vector<NamedCommand>* commands) {
  for (const CLI::App* command : app.get_subcommands({})) {
    commands->push_back({prefix + command->get_name(), command});
    AddCommands(*command, prefix + command->get_name() + " ", commands);
  }
}

std::vector<NamedCommand> CommandsOf(const CLI::App& app) {
  std::vector<NamedCommand> commands;
  AddCommands(app, "", &commands);
  return commands;
}

/// "-o" and "--output" of "-o,--output"; none of what has a place and no name.
std::vector<std::string> NamesOf(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames())
    names.push_back("-" + name);
  for (const std::string& name : option.get_lnames())
    names.push_back("--" + name);
  return names;
}

std::vector<std::string> OptionNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    const auto own = NamesOf(*option);
    names.insert(names.end(), own.begin(), own.end());
  }
  return names;
}

std::string Replaced(std::string_view text, char c, std::string_view by) {
  std::string result;
  for (const char t : text) {
    if (t == c) {
      result += by;
    } else {
      result += t;
    }
  }
  return result;
}

/// Within '...' of a shell.
std::string InQuotes(std::string_view text) {
  return Replaced(text, '\'', "'\\''");
}

/// Within '...[...]...' of _arguments in zsh, where brackets and colons mean
/// something.
std::string InBrackets(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return InQuotes(escaped);
}

/// An option as _arguments of zsh has it: '(-o --output)'{-o,--output}'[...]'.
std::string ZshOption(const CLI::Option& option) {
  const std::vector<std::string> names = NamesOf(option);
  const bool takes_value = option.get_items_expected_max() > 0;
  std::string text;
  for (const std::string& name : names) {
    text += fmt::format(" \\\n        '{}[{}]{}'", name,
                        InBrackets(option.get_description()),
                        takes_value ? ":value:_files" : "");
  }
  return text;
}

/// What zsh offers behind the name of a command: its own options and files, and
/// where it has commands below it, these and what is behind them.
std::string ZshWords(const CLI::App& command, const std::string& indent) {
  std::string own = indent + "_arguments";
  for (const CLI::Option* option : command.get_options()) {
    own += ZshOption(*option);
  }
  const bool takes_more = std::ranges::any_of(
      command.get_options(),
      [](const CLI::Option* option) { return option->get_positional(); });
  own += takes_more ? " \\\n        '*:file:_files'\n" : "\n";
  const auto below = command.get_subcommands({});
  if (below.empty()) return own;
  std::string names;
  std::string cases;
  for (const CLI::App* one : below) {
    names += fmt::format("{}  '{}:{}'\n", indent, one->get_name(),
                         InBrackets(one->get_description()));
    cases += fmt::format(
        "{0}  {1})\n{0}    shift words; (( CURRENT-- ))\n{2}"
        "{0}    ;;\n",
        indent, one->get_name(), ZshWords(*one, indent + "    "));
  }
  return fmt::format(
      "{0}commands=(\n{1}{0})\n{0}word=$words[2]\n"
      "{0}if (( CURRENT == 2 )); then\n{0}  word=\n"
      "{0}  _describe command commands\n{0}fi\n{0}case $word in\n{2}"
      "{0}  *)\n{3}{0}    ;;\n{0}esac\n",
      indent, names, cases, own);
}

/// Text of a man page: what would be a request or an escape is none.
std::string Roff(std::string_view text) {
  std::string roff;
  bool at_begin = true;
  for (const char c : text) {
    if (at_begin && (c == '.' || c == '\'')) roff += "\\&";
    if (c == '\\') {
      roff += "\\e";
    } else if (c == '-') {
      roff += "\\-";
    } else {
      roff += c;
    }
    at_begin = c == '\n';
  }
  return roff;
}

std::string RoffOption(const CLI::Option& option) {
  std::vector<std::string> names = NamesOf(option);
  if (names.empty()) names.push_back(option.get_name(true));
  const std::string value =
      option.get_items_expected_max() > 0 && !NamesOf(option).empty()
          ? " " + option.get_type_name()
          : "";
  std::string text = fmt::format(
      ".TP\n\\fB{}\\fR{}\n{}", Roff(fmt::format("{}", fmt::join(names, ", "))),
      Roff(value), Roff(option.get_description()));
  if (!option.get_default_str().empty()) {
    text += Roff(fmt::format(" (default: {})", option.get_default_str()));
  }
  return text + "\n";
}

std::string RoffCommand(const NamedCommand& command) {
  std::string text = fmt::format(".SS isoflop {}\n{}.\n", Roff(command.name),
                                 Roff(command.app->get_description()));
  for (const CLI::Option* option : command.app->get_options()) {
    if (option->get_name() != "--help") text += RoffOption(*option);
  }
  const std::string footer = command.app->get_footer();
  if (!footer.empty()) text += fmt::format(".PP\n.nf\n{}\n.fi\n", Roff(footer));
  return text;
}

}  // namespace

std::string BashCompletion(const CLI::App& app) {
  std::string cases;
  for (const NamedCommand& command : CommandsOf(app)) {
    if (command.name.find(' ') != command.name.npos) continue;
    std::vector<std::string> words = OptionNames(*command.app);
    for (const CLI::App* below : command.app->get_subcommands({})) {
      words.push_back(below->get_name());
      const auto more = OptionNames(*below);
      words.insert(words.end(), more.begin(), more.end());
    }
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    cases += fmt::format("    {}) words='{}' ;;\n", command.name,
                         fmt::join(words, " "));
  }
  const auto names = Transformed(app.get_subcommands({}),
                                 [](const auto* a) { return a->get_name(); });
  return fmt::format(R"(# Completion for bash: source <(isoflop completion bash)
_isoflop() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} words=''
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{} --help --version' -- "$word"))
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  # Without a word of its own, bash completes names of files.
  [[ $word == -* || -n $word ]] || COMPREPLY=()
}}
complete -o default -F _isoflop isoflop
)",
                     fmt::join(names, " "), cases);
}

std::string ZshCompletion(const CLI::App& app) {
  return fmt::format(R"(#compdef isoflop
# Completion for zsh: source <(isoflop completion zsh), or put it into a folder
# of fpath as _isoflop
_isoflop() {{
  local word
  local -a commands
{}}}
if [[ $funcstack[1] == _isoflop ]]; then
  _isoflop "$@"
else
  compdef _isoflop isoflop
fi
)",
                     ZshWords(app, "  "));
}

std::string ManPage(const CLI::App& app) {
  std::string text = fmt::format(
      ".TH ISOFLOP 1\n.SH NAME\nisoflop \\- plan, train and fit scaling\\-law "
      "sweeps\n.SH SYNOPSIS\n.B isoflop\n.I command\n[options]\n"
      ".SH DESCRIPTION\n{}\n.SH COMMANDS\n",
      Roff(app.get_description()));
  for (const NamedCommand& command : CommandsOf(app)) {
    text += RoffCommand(command);
  }
  text +=
      ".SH EXIT STATUS\n0 done; 1 internal error; 2 bad usage or bad input; 3 "
      "finished, but some runs\nfailed or diverged; 4 the data cannot support "
      "the fit; 129, 130, 143 stopped by a\nsignal, state intact.\n";
  return text;
}

}  // namespace isoflop
