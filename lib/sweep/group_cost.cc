#include "lib/sweep/group_cost.h"

#include <algorithm>

namespace isoflop {

double StateBytes(const RunGroup& group) {
  constexpr double kFloatBytes = 4.0;
  const int numbers = 1 + MomentsOf(group.training.optimizer);
  return numbers * kFloatBytes * static_cast<double>(group.params.total);
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

std::int64_t TokensTrained(const RunGroup& group) {
  std::int64_t trunk = 0;
  std::int64_t branches = 0;
  for (const PlannedRun& run : group.runs) {
    trunk = std::max(trunk, run.branch_step);
    branches += run.steps - run.branch_step;
  }
  return (trunk + branches) * group.training.batch_tokens;
}

}  // namespace isoflop
