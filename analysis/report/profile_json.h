// Profile likelihood intervals as JSON, the same way in every section.

#pragma once

#include "analysis/solve/profile.h"
#include "lib/core/json.h"

namespace isoflop {

/// Returns {"low", "high", "unbounded", "rise", "lowest_tried",
/// "highest_tried", "points", "in_words"}; an unbounded side has no number.
Json ToJson(const ProfileInterval& profile);

}  // namespace isoflop
