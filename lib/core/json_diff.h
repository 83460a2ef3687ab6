// What differs between two JSON values, for people.

#pragma once

#include <string>
#include <vector>

#include "lib/core/json.h"

namespace isoflop {

/// Returns one line for every leaf that differs, in the order of `before` and
/// then of what is new: "grid.seeds[1]: 0 -> 1", "model.norm: (absent) ->
/// \"layer\"". Empty when the values are equal, however keys are ordered;
/// 1000 and 1e3 are equal. Long values are cut.
std::vector<std::string> DiffJson(const Json& before, const Json& after);

}  // namespace isoflop
