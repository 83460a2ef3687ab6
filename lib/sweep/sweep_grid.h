// The "grid" section of a sweep file.

#pragma once

#include <string>

#include "lib/core/object_reader.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// Reads the section: sizes, one rule for D, and what to leave out. Everything
/// wrong with it goes to `problems`.
GridConfig ParseGrid(const Json& json, const std::string& path,
                     Problems* problems);

}  // namespace isoflop
