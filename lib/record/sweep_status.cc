#include "lib/record/sweep_status.h"

#include <algorithm>
#include <map>
#include <utility>

#include "lib/record/checkpoint_files.h"
#include "lib/record/group_status.h"
#include "lib/sweep/group_cost.h"

namespace isoflop {
namespace {

/// FLOPs left and the rate at which they get done, over groups.
struct Work {
  double flops_left = 0.0;
  double flops_per_second = 0.0;
};

void Count(RunStatus run, SweepStatus* status) {
  switch (run) {
    case RunStatus::kOk:
      ++status->ok;
      break;
    case RunStatus::kDiverged:
      ++status->diverged;
      break;
    case RunStatus::kFailed:
      ++status->failed;
      break;
  }
}

using Statuses = std::map<std::string, RunStatus>;

/// Counts the group's results; returns how many there are.
std::int64_t CountEnded(const RunGroup& group, const Statuses& statuses,
                        SweepStatus* status) {
  std::int64_t ended = 0;
  for (const PlannedRun& run : group.runs) {
    const auto found = statuses.find(run.id);
    if (found == statuses.end()) continue;
    Count(found->second, status);
    ++ended;
  }
  return ended;
}

/// Returns the state of a group that has runs without result.
GroupProgress ReadGroupProgress(const SweepDir& dir, const RunGroup& group,
                                const Statuses& statuses) {
  GroupProgress progress;
  progress.group = group.id;
  progress.variant = group.variant;
  progress.runs = static_cast<std::int64_t>(group.runs.size());
  progress.tokens_total = TokensTrained(group);
  const auto lease = dir.group(group.id) / "lease.json";
  progress.holder = CurrentHolder(lease);
  progress.stale = SeemsStale(lease);
  const bool in_work = progress.holder && !progress.stale;
  if (in_work) progress.state = GroupState::kInWork;
  const auto status = FindGroupStatus(dir, group.id);
  if (status) {
    progress.run = status->run;
    progress.cause = status->cause;
    progress.train_loss = status->train_loss;
  }
  if (!in_work) {
    // What came after the last checkpoints is lost, and no rate is left.
    progress.tokens_done = TokensKept(
        dir, group,
        [&statuses](const std::string& run) { return statuses.contains(run); });
  } else if (status) {
    progress.tokens_done = std::min(status->tokens_done, progress.tokens_total);
    progress.tokens_per_second = status->tokens_per_second;
  }
  return progress;
}

void AddWork(const RunGroup& group, const GroupProgress& progress, Work* work) {
  // Not tokens: those of a large model take longer.
  const double flops_per_token = TrainingFlopsPerToken(group.shape);
  work->flops_left +=
      flops_per_token *
      static_cast<double>(progress.tokens_total - progress.tokens_done);
  work->flops_per_second += flops_per_token * progress.tokens_per_second;
}

void AddGroup(const SweepDir& dir, const RunGroup& group,
              const Statuses& statuses, SweepStatus* status, Work* work) {
  const auto runs = static_cast<std::int64_t>(group.runs.size());
  const std::int64_t tokens_total = TokensTrained(group);
  status->runs += runs;
  status->tokens_total += tokens_total;
  const std::int64_t ended = CountEnded(group, statuses, status);
  if (ended == runs) {
    status->tokens_done += tokens_total;
    return;
  }
  GroupProgress progress = ReadGroupProgress(dir, group, statuses);
  progress.ended = ended;
  status->tokens_done += progress.tokens_done;
  status->tokens_per_second += progress.tokens_per_second;
  if (progress.state == GroupState::kInWork) ++status->running;
  AddWork(group, progress, work);
  if (progress.holder || ended > 0 || progress.tokens_done > 0 ||
      !progress.cause.empty()) {
    status->groups.push_back(std::move(progress));
  }
}

Json ToJson(const LeaseHolder& holder, bool stale) {
  Json json{
      {"host", holder.host}, {"pid", holder.pid}, {"since", holder.since}};
  if (stale) json["stale"] = true;
  return json;
}

Json ToJson(const GroupProgress& progress) {
  Json json{{"group", progress.group},
            {"state", NameOf(progress.state)},
            {"runs", progress.runs},
            {"ended", progress.ended}};
  if (!progress.variant.empty()) json["variant"] = progress.variant;
  if (!progress.cause.empty()) json["cause"] = progress.cause;
  if (progress.holder)
    json["holder"] = ToJson(*progress.holder, progress.stale);
  if (!progress.run.empty()) json["run"] = progress.run;
  json["tokens_done"] = progress.tokens_done;
  json["tokens_total"] = progress.tokens_total;
  if (progress.train_loss) json["train_loss"] = *progress.train_loss;
  json["tokens_per_second"] = progress.tokens_per_second;
  return json;
}

}  // namespace

SweepStatus ReadSweepStatus(const SweepDir& dir) {
  const Plan plan = LoadPlan(dir);
  SweepStatus status;
  Work work;
  status.name = plan.name;
  status.go_on = GoOnCommand(dir);
  const Statuses statuses = LoadStatuses(dir, plan, &status.notes);
  for (const RunGroup& group : plan.groups) {
    AddGroup(dir, group, statuses, &status, &work);
    for (const PlannedRun& run : group.runs) {
      const auto found = statuses.find(run.id);
      if (found == statuses.end() || found->second == RunStatus::kOk) continue;
      status.ended_badly.push_back(
          ReadEndedBadly(dir, group.id, run.id, status.go_on));
    }
  }
  // A group in work trains one run at a time.
  status.pending = status.runs - status.done() - status.running;
  status.front_end = CurrentHolder(dir.lock_json());
  status.front_end_stale = SeemsStale(dir.lock_json());
  if (status.front_end && !status.front_end_stale) {
    for (GroupProgress& group : status.groups) {
      if (group.state == GroupState::kStopped && group.cause.empty()) {
        group.state = GroupState::kWaiting;
      }
    }
  }
  if (work.flops_per_second > 0.0) {
    status.seconds_left = work.flops_left / work.flops_per_second;
  }
  return status;
}

Json ToJson(const SweepStatus& status) {
  Json groups = Json::array();
  for (const GroupProgress& group : status.groups) {
    groups.push_back(ToJson(group));
  }
  Json json{{"schema", kStatusSchema},
            {"name", status.name},
            {"runs", status.runs},
            {"done", status.done()},
            {"ok", status.ok},
            {"diverged", status.diverged},
            {"failed", status.failed},
            {"running", status.running},
            {"pending", status.pending},
            {"tokens_done", status.tokens_done},
            {"tokens_total", status.tokens_total},
            {"tokens_per_second", status.tokens_per_second}};
  if (status.seconds_left) json["seconds_left"] = *status.seconds_left;
  if (status.front_end) {
    json["front_end"] = ToJson(*status.front_end, status.front_end_stale);
  }
  json["groups"] = std::move(groups);
  Json ended_badly = Json::array();
  for (const EndedBadly& run : status.ended_badly) {
    ended_badly.push_back(ToJson(run));
  }
  json["ended_badly"] = std::move(ended_badly);
  if (status.pending > 0) json["go_on"] = status.go_on;
  json["notes"] = status.notes;
  return json;
}

}  // namespace isoflop
