#include "lib/execute/fault_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace isoflop {
namespace {

constexpr double kStallSteps = 100.0;  // of silence allowed

Decision TryAgain(GroupTask task, std::string message = {}) {
  return {.kind = Decision::Kind::kTryAgain,
          .task = std::move(task),
          .message = std::move(message)};
}

Decision GiveUp(GroupTask task, std::string reason) {
  return {.kind = Decision::Kind::kGiveUp,
          .task = std::move(task),
          .message = std::move(reason)};
}

Decision Leave(GroupTask task, std::string cause) {
  return {.kind = Decision::Kind::kLeave,
          .task = std::move(task),
          .message = std::move(cause)};
}

Decision Charge(GroupTask task, const std::string& device,
                const std::string& cause, bool from_outside = false) {
  CountBreakdown(&task);
  if (task.breakdowns >= FaultPolicy::kBreakdownsToFail) {
    return from_outside ? Leave(std::move(task), cause)
                        : GiveUp(std::move(task), cause);
  }
  task.broke_on = device;
  task.cause = cause;
  std::string message =
      fmt::format("{}: {}; trying again", task.group->id, cause);
  return TryAgain(std::move(task), std::move(message));
}

/// Of a group that was beside the one to blame, or may be that itself. Where it
/// stands is noted, so that it is cleared only by getting further than that.
Decision Suspect(const BrokenOff& group) {
  if (group.complete) return {};
  GroupTask task = group.task;
  NoteBreakdown(&task);
  task.suspect = true;
  return TryAgain(std::move(task));
}

Decision ChargeOne(const BrokenOff& group, const Breakdown& breakdown) {
  if (group.complete) return {};
  GroupTask task = group.task;
  task.suspect = true;
  return Charge(std::move(task), breakdown.device, breakdown.cause,
                breakdown.from_outside);
}

/// Returns the number of the group to blame; nothing where it may be any.
std::optional<std::size_t> FindCulprit(const Breakdown& breakdown) {
  if (breakdown.silent) return breakdown.silent;
  if (breakdown.groups.size() == 1) return 0;
  const auto suspect = std::ranges::find_if(
      breakdown.groups,
      [](const BrokenOff& group) { return group.task.suspect; });
  if (suspect == breakdown.groups.end()) return std::nullopt;
  return suspect - breakdown.groups.begin();
}

}  // namespace

bool FaultPolicy::StartFailed(const std::string& device, bool others_at_work) {
  // There is no group to charge: every attempt counts as one of its own.
  return health_.BrokeAtOnce(device, fmt::format("start {}", ++failed_starts_),
                             others_at_work);
}

BreakdownDecision FaultPolicy::AfterBreakdown(const Breakdown& breakdown) {
  BreakdownDecision decision;
  const auto culprit = FindCulprit(breakdown);
  for (std::size_t i = 0; i < breakdown.groups.size(); ++i) {
    if (i != culprit) decision.groups.push_back(Suspect(breakdown.groups[i]));
  }
  if (!culprit) {
    decision.messages.push_back(fmt::format(
        "{}: {}, with {} groups in work; trying again one by one",
        breakdown.device, breakdown.cause, breakdown.groups.size()));
    return decision;
  }
  const BrokenOff& charged = breakdown.groups[*culprit];
  if (!charged.has_trained &&
      health_.BrokeAtOnce(breakdown.device, charged.task.group->id,
                          breakdown.others_at_work)) {
    decision.messages.push_back(fmt::format(
        "{}: retired after breakdowns of {} groups in a row: {}",
        breakdown.device, DeviceHealth::kGroupsToRetire, breakdown.cause));
  }
  decision.groups.push_back(ChargeOne(charged, breakdown));
  return decision;
}

Decision FaultPolicy::AfterEndWithoutResults(GroupTask task,
                                             const std::string& device) {
  return Charge(std::move(task), device,
                "its worker says that it has ended, but there are no results");
}

Decision FaultPolicy::AfterObstacle(GroupTask task, const std::string& reason) {
  return Leave(std::move(task), reason);
}

Decision FaultPolicy::AfterOutOfMemory(GroupTask task, bool beside_others,
                                       const std::string& reason) {
  const std::string& id = task.group->id;
  if (beside_others) {
    std::string message =
        fmt::format("{}: out of memory beside others; trying it alone", id);
    task.alone = true;
    return TryAgain(std::move(task), std::move(message));
  }
  const auto smaller = SmallerMicroBatch(*task.group, MicroBatchOf(task));
  if (!smaller) {
    return GiveUp(std::move(task),
                  "out of memory with one sequence at a time: " + reason);
  }
  std::string message = fmt::format(
      "{}: out of memory; trying micro-batches of {} tokens", id, *smaller);
  task.micro_batch_tokens = smaller;
  return TryAgain(std::move(task), std::move(message));
}

double FaultPolicy::AllowedSilence(double stall_seconds, double step_seconds,
                                   std::size_t in_work) {
  return std::max(stall_seconds,
                  kStallSteps * (step_seconds * static_cast<double>(in_work)));
}

}  // namespace isoflop
