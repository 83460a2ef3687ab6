// What a sweep still has to train, from its directory alone.

#pragma once

#include <vector>

#include "lib/execute/local_executor.h"

namespace isoflop {

/// Returns the groups with a run that has no result yet; with `retry_failed`
/// also those with a run that failed. Changes nothing.
std::vector<RunGroup> PendingGroups(const SweepDir& dir, const Plan& plan,
                                    bool retry_failed);

/// Returns what Execute returns when nothing is pending: how the runs ended.
ExecuteSummary FinishedSummary(const SweepDir& dir, const Plan& plan);

}  // namespace isoflop
