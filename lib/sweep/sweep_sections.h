// The "model" and "grid" sections of a sweep file.

#pragma once

#include <string>

#include "lib/core/object_reader.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// Reads the "model" section; keys that are absent keep their default.
/// Everything wrong with it goes to `problems`.
ModelConfig ParseModelConfig(const Json& json, const std::string& path,
                             Problems* problems);

/// Reads the "grid" section: sizes, one rule for D, and what to leave out.
GridConfig ParseGrid(const Json& json, const std::string& path,
                     Problems* problems);

}  // namespace isoflop
