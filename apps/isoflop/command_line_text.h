// The command line as text for other programs: shells and `man`. Made from the
// commands themselves, so that nothing in it can be out of date.

#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace isoflop {

/// Returns a script that completes commands, options and file names in bash:
/// `source <(isoflop completion bash)`.
std::string BashCompletion(const CLI::App& app);

/// Returns the same for zsh.
std::string ZshCompletion(const CLI::App& app);

/// Returns a page for man(1), in roff, with every command and option.
std::string ManPage(const CLI::App& app);

}  // namespace isoflop
