#include "lib/train/progress_meter.h"

#include "lib/core/clock.h"
#include "lib/sweep/group_cost.h"

namespace isoflop {
namespace {

constexpr double kShowSeconds = 0.5;

std::int64_t CooldownSteps(const PlannedRun& run) {
  return run.steps - run.branch_step;
}

}  // namespace

ProgressMeter::ProgressMeter(const RunGroup& group)
    : group_(group),
      tokens_total_(TokensTrained(group)),
      last_shown_(MonotonicSeconds()) {}

void ProgressMeter::Start(const std::vector<PlannedRun>& pending) {
  std::int64_t steps = 0;
  for (const PlannedRun& run : group_.runs) steps += CooldownSteps(run);
  for (const PlannedRun& run : pending) steps -= CooldownSteps(run);
  cooldown_tokens_ = steps * group_.training.batch_tokens;
}

void ProgressMeter::RunEnded(const PlannedRun& run) {
  cooldown_tokens_ += CooldownSteps(run) * group_.training.batch_tokens;
}

std::optional<GroupStatus> ProgressMeter::Update(const PlannedRun* branch,
                                                 std::int64_t step,
                                                 std::optional<double> loss) {
  ++updates_;
  const double now = MonotonicSeconds();
  const double elapsed = now - last_shown_;
  if (elapsed < kShowSeconds) return std::nullopt;
  const std::int64_t batch = group_.training.batch_tokens;
  const double tokens_since = static_cast<double>(updates_ * batch);
  updates_ = 0;
  last_shown_ = now;
  // The steps of a branch count its part of the trunk.
  return GroupStatus{.run = branch != nullptr ? branch->id : "",
                     .step = step,
                     .tokens_done = step * batch + cooldown_tokens_,
                     .tokens_total = tokens_total_,
                     .train_loss = loss,
                     .tokens_per_second = tokens_since / elapsed,
                     .updated_at = UtcNow()};
}

}  // namespace isoflop
