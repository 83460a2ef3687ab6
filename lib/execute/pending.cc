#include "lib/execute/pending.h"

#include <algorithm>

#include "lib/record/run_result.h"

namespace isoflop {

std::vector<RunGroup> PendingGroups(const SweepDir& dir, const Plan& plan,
                                    bool retry_failed) {
  const auto statuses = LoadStatuses(dir, plan);
  const auto ended = [&](const PlannedRun& run) {
    const auto found = statuses.find(run.id);
    // No result, or a damaged one: the run is trained again.
    if (found == statuses.end()) return false;
    return !retry_failed || found->second != RunStatus::kFailed;
  };
  std::vector<RunGroup> pending;
  for (const RunGroup& group : plan.groups) {
    if (!std::ranges::all_of(group.runs, ended)) pending.push_back(group);
  }
  return pending;
}

ExecuteSummary FinishedSummary(const SweepDir& dir, const Plan& plan) {
  ExecuteSummary summary;
  for (const auto& [id, status] : LoadStatuses(dir, plan, &summary.messages)) {
    ++summary.runs;
    summary.ok += status == RunStatus::kOk ? 1 : 0;
    summary.diverged += status == RunStatus::kDiverged ? 1 : 0;
    summary.failed += status == RunStatus::kFailed ? 1 : 0;
  }
  return summary;
}

}  // namespace isoflop
