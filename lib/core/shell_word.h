// A word of a command line that a person may copy into a shell.

#pragma once

#include <string>

namespace isoflop {

/// Returns `text` as one word of a POSIX shell, in single quotes where it needs
/// them.
std::string ShellWord(const std::string& text);

}  // namespace isoflop
