// A plan as JSON for people: with what follows from it.

#pragma once

#include "lib/core/json.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Returns ToJson(plan) with what follows from it and people ask for: of every
/// group lr_hidden and memory_bytes, of every run tokens_per_param.
Json ReportJson(const Plan& plan, DeviceKind device = DeviceKind::kCpu);

}  // namespace isoflop
