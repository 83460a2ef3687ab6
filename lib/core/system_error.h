// What the operating system says, with the way out where a limit was met.

#pragma once

#include <string>

namespace isoflop {

/// Returns the text of an error number: "No such file or directory"; with the
/// limit and how to raise it where it was one that a user has set or can raise:
/// "Too many open files (see `ulimit -n`; raise it, or lower --jobs)".
std::string SystemErrorText(int error);

}  // namespace isoflop
