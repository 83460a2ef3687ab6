// Plans as JSON, read: what plan_json.cc writes.

#pragma once

#include <string>

#include "lib/core/json.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Return what ToJson has written. Throw Error, naming `source` and the key,
/// for anything else.
Plan PlanFromJson(const Json& json, const std::string& source);
RunGroup RunGroupFromJson(const Json& json, const std::string& source);

}  // namespace isoflop
