// The "model" section of a sweep file.

#pragma once

#include <string>

#include "lib/core/object_reader.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

/// Reads the section; keys that are absent keep their default. Everything wrong
/// with it goes to `problems`, but for what depends on the width (do the heads
/// divide it?): that is checked where sizes become shapes.
ModelConfig ParseModelConfig(const Json& json, const std::string& path,
                             Problems* problems);

}  // namespace isoflop
