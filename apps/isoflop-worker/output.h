// What this program says: JSON to whoever started it, text to people. What
// cannot be said is no reason to stop training.

#pragma once

#include <string>

#include "lib/core/json.h"

namespace isoflop {

/// Prints a line of JSON on standard output, at once.
void Emit(const Json& json);

/// Prints a line for people on standard error.
void Note(const std::string& text);

}  // namespace isoflop
