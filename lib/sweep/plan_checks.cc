#include "lib/sweep/plan_checks.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/core/text.h"
#include "lib/sweep/lr_schedule.h"
#include "lib/sweep/run_identity.h"

namespace isoflop {
namespace {

std::int64_t MostTokens(const RunGroup& group) {
  return group.runs.back().tokens;
}

/// The fewest steps that hold the schedule; more than `most` if those do not.
std::int64_t FewestSteps(const TrainingConfig& training, std::int64_t most) {
  std::int64_t too_few = 0;
  std::int64_t enough = most + 1;
  while (enough - too_few > 1) {
    const std::int64_t middle = too_few + (enough - too_few) / 2;
    (HoldsSchedule(training, middle) ? enough : too_few) = middle;
  }
  return enough;
}

/// The runs that are too short for their schedule.
struct ShortRuns {
  std::int64_t all = 0;  // runs of the plan
  std::int64_t count = 0;
  const RunGroup* shortest = nullptr;  // by its first run
  std::int64_t fewest_tokens = 0;      // from which on none is too short
  std::int64_t most_tokens = 0;        // of any run
};

ShortRuns FindShortRuns(const std::vector<RunGroup>& groups) {
  ShortRuns found;
  std::int64_t most_steps = 0;
  for (const RunGroup& group : groups) {
    most_steps = std::max(most_steps, group.runs.back().steps);
  }
  for (const RunGroup& group : groups) {
    found.all += std::ssize(group.runs);
    found.most_tokens = std::max(found.most_tokens, MostTokens(group));
    const auto count =
        std::ranges::count_if(group.runs, [&](const PlannedRun& run) {
          return !HoldsSchedule(group.training, run.steps);
        });
    if (count == 0) continue;
    found.count += count;
    found.fewest_tokens =
        std::max(found.fewest_tokens, FewestSteps(group.training, most_steps) *
                                          group.training.batch_tokens);
    if (found.shortest == nullptr ||
        group.runs.front().steps < found.shortest->runs.front().steps) {
      found.shortest = &group;
    }
  }
  return found;
}

/// What to do about runs that are too short, if others are long enough.
std::string WayOut(const ShortRuns& found) {
  if (found.most_tokens < found.fewest_tokens) return {};
  return fmt::format(
      "Leave short runs out with \"tokens_range\": [{}, {}] under \"grid\", "
      "or ",
      found.fewest_tokens, found.most_tokens);
}

}  // namespace

bool HoldsSchedule(const TrainingConfig& training, std::int64_t steps) {
  const LrSchedule schedule = MakeSchedule(training, steps);
  const std::int64_t left =
      steps - schedule.warmup_steps - schedule.cooldown_steps;
  // A cosine begins behind the warm-up, and falls over at least one step.
  return schedule.kind == ScheduleKind::kCosine ? left > 0 : left >= 0;
}

void CheckLengths(const std::vector<RunGroup>& groups, const std::string& file,
                  Problems* problems) {
  const ShortRuns found = FindShortRuns(groups);
  if (found.count == 0) return;
  const TrainingConfig& training = found.shortest->training;
  const std::int64_t steps = found.shortest->runs.front().steps;
  const LrSchedule schedule = MakeSchedule(training, steps);
  const std::string rest =
      schedule.kind == ScheduleKind::kCosine
          ? ", and the cosine behind it needs one more"
          : fmt::format(" and the cooldown {}", schedule.cooldown_steps);
  const std::string way_out = WayOut(found);
  problems->Add(
      file + ": training.schedule",
      fmt::format(
          "{} of {} {} too short: {} has {}, but the warm-up takes {}{}. {} "
          "training.schedule.warmup_steps or training.batch_tokens",
          found.count, Counted(found.all, "run"),
          found.count == 1 ? "is" : "are",
          RunSlug(*found.shortest, found.shortest->runs.front().tokens),
          Counted(steps, "step"), schedule.warmup_steps, rest,
          way_out.empty() ? "Lower" : way_out + "lower"));
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
