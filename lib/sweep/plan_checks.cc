#include "lib/sweep/plan_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/sweep/run_identity.h"

namespace isoflop {
namespace {

std::int64_t FewestSteps(const RunGroup& group) {
  return group.runs.front().steps;
}

std::int64_t MostTokens(const RunGroup& group) {
  return group.runs.back().tokens;
}

}  // namespace

bool HoldsSchedule(const TrainingConfig& training, std::int64_t steps) {
  const LrSchedule schedule = MakeSchedule(training, steps);
  return schedule.warmup_steps + schedule.cooldown_steps <= steps;
}

void CheckLengths(const std::vector<RunGroup>& groups, const std::string& file,
                  Problems* problems) {
  const auto shortest = std::ranges::min_element(groups, {}, FewestSteps);
  if (shortest == groups.end()) return;
  const PlannedRun& run = shortest->runs.front();
  if (HoldsSchedule(shortest->training, run.steps)) return;
  const LrSchedule schedule = MakeSchedule(shortest->training, run.steps);
  problems->Add(
      file + ": training.schedule",
      fmt::format("the run {} has {} steps, too few for {} of warm-up and {} "
                  "of cooldown; shorten the warm-up, train on more tokens or "
                  "use a smaller batch",
                  RunSlug(*shortest, run.tokens), run.steps,
                  schedule.warmup_steps, schedule.cooldown_steps));
}

void CheckData(const std::vector<RunGroup>& groups, const Task& task,
               const std::string& file, Problems* problems) {
  const auto longest = std::ranges::max_element(groups, {}, MostTokens);
  if (longest == groups.end()) return;
  const std::int64_t tokens = MostTokens(*longest);
  try {
    RequireTokens(task, longest->data, tokens,
                  "the run " + RunSlug(*longest, tokens));
  } catch (const Error& error) {
    problems->Add(file, error.what());
  }
}

}  // namespace isoflop
