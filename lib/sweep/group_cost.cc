// What a plan costs: tokens, FLOPs and disk.

#include <algorithm>

#include "lib/sweep/plan.h"

namespace isoflop {
double StateBytes(const RunGroup& group) {
  constexpr double kFloatBytes = 4.0;
  return 3.0 * kFloatBytes * static_cast<double>(group.params.total);
}

double EstimateCheckpointBytes(const RunGroup& group) {
  constexpr double kOfTrunkAndBranch = 2.0 * 3.0;
  return kOfTrunkAndBranch * StateBytes(group);
}

double EstimateRecordBytes(const RunGroup& group) {
  constexpr double kMetricsLineBytes = 200.0;
  constexpr double kRecordBytes = 16384.0;  // run.json, result.json, ...
  const std::int64_t steps = TokensTrained(group) / group.training.batch_tokens;
  const auto lines = static_cast<double>(steps) /
                     static_cast<double>(group.training.log_every_steps);
  return static_cast<double>(group.runs.size()) * kRecordBytes +
         lines * kMetricsLineBytes;
}

double HiddenLr(const RunGroup& group) {
  return group.training.peak_lr *
         WidthScale(group.training, group.shape.d_model);
}

double TokensPerParam(const RunGroup& group, const PlannedRun& run) {
  return static_cast<double>(run.tokens) /
         static_cast<double>(Count(group.params, group.convention));
}

std::int64_t TokensTrained(const RunGroup& group) {
  std::int64_t trunk = 0;
  std::int64_t branches = 0;
  for (const PlannedRun& run : group.runs) {
    trunk = std::max(trunk, run.branch_step);
    branches += run.steps - run.branch_step;
  }
  return (trunk + branches) * group.training.batch_tokens;
}

PlanTotals Totals(const Plan& plan) {
  PlanTotals totals;
  for (const RunGroup& group : plan.groups) {
    const std::int64_t tokens = TokensTrained(group);
    totals.runs += static_cast<std::int64_t>(group.runs.size());
    totals.tokens += tokens;
    totals.flops += 6.0 *
                    static_cast<double>(Count(group.params, group.convention)) *
                    static_cast<double>(tokens);
    for (const PlannedRun& run : group.runs) {
      totals.flops_without_shared_trunks += run.flops;
    }
    totals.disk_bytes +=
        EstimateCheckpointBytes(group) + EstimateRecordBytes(group);
  }
  return totals;
}

}  // namespace isoflop
