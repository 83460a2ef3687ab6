// Progress on a terminal and in a log file: the only place under lib/ that
// prints.

#pragma once

#include <memory>

#include "lib/execute/progress.h"

namespace isoflop {

/// Returns a display on a file descriptor (usually standard error): redrawn in
/// place where it is a terminal, plain lines where it is not. Colour only on a
/// terminal and never with NO_COLOR.
std::unique_ptr<Progress> MakeProgress(int descriptor);

}  // namespace isoflop
