// The sweep directory: where everything about a sweep lies, and what may be
// changed in it. No database and no daemon; rsync is a backup.
//
//   <out>/sweep.json              the sweep as given
//   <out>/plan.json               resolved runs and groups; written last, so
//                                 what it lists is there; with a checksum
//                                 of itself and one of sweep.json
//   <out>/sweep.lock.json.<n>     the front end at work (see lease.h)
//   <out>/logs/                   what the workers write on standard error
//   <out>/groups/<group id>/      group.json, lease.json.<n>, status.json,
//                                 metrics.jsonl (of the trunk), checkpoint/
//   <out>/runs/<run id>/          run.json, metrics.jsonl (from the branch on),
//                                 checkpoint/, result.json (its presence means
//                                 that the run has ended)

#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/record/lease.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Paths inside a sweep directory; touches no disk.
class SweepDir {
 public:
  explicit SweepDir(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path sweep_json() const { return root_ / "sweep.json"; }
  std::filesystem::path plan_json() const { return root_ / "plan.json"; }
  std::filesystem::path lock_json() const { return root_ / "sweep.lock.json"; }
  std::filesystem::path logs() const { return root_ / "logs"; }
  std::filesystem::path group(const std::string& id) const {
    return root_ / "groups" / id;
  }
  std::filesystem::path run(const std::string& id) const {
    return root_ / "runs" / id;
  }
  std::filesystem::path group_checkpoints(const std::string& id) const {
    return group(id) / "checkpoint";
  }
  std::filesystem::path run_checkpoints(const std::string& id) const {
    return run(id) / "checkpoint";
  }

 private:
  std::filesystem::path root_;
};

/// Refuses a path that exists and is no sweep directory, but for an empty
/// directory. Throws Error, naming what is there.
void RefuseForeignPath(const SweepDir& dir, const SweepSpec& spec);

/// Writes sweep.json, plan.json, and group.json and run.json of every group
/// and run that is not there yet; group.json anew where it is damaged or gone.
/// So is plan.json, if the plan has every run that the directory has.
///
/// A directory that holds another sweep is refused with the list of what
/// changed; only added runs are taken in (existing results are kept). What
/// RefuseForeignPath refuses is refused, and so is a directory that a front end
/// is at work in. Throws Error. `note` hears of what LockSweepDir waits for.
void PrepareSweepDir(const SweepDir& dir, const SweepSpec& spec,
                     const Plan& plan,
                     const std::function<void(const std::string&)>& note = {});

/// Makes this process the front end of the directory. Throws Error, naming
/// host, pid and since when, if another one is; waits up to a minute to see
/// whether one that is out of sight still lives, and says so to `note`.
Lease LockSweepDir(const SweepDir& dir,
                   const std::function<void(const std::string&)>& note = {});

/// Returns what has become of a directory that a sweep works in, in words:
/// "DIR: was moved or deleted while the sweep was running"; empty where all is
/// in its place, as far as can be told.
std::string LossOf(const SweepDir& dir);

/// Reads plan.json. Throws Error, saying what a sweep directory is, when there
/// is none.
Plan LoadPlan(const SweepDir& dir);

/// The same, but nothing where there is none.
std::optional<Plan> FindPlan(const SweepDir& dir);

/// What is known of a plan that is to be used again.
struct StoredPlan {
  std::optional<Plan> plan = {};
  std::string damage = {};  // of plan.json: then it can be made anew
};

/// The same, with a plan.json that is torn or makes no sense as a value. Throws
/// Error where it cannot be read, or is of another version.
StoredPlan ReadStoredPlan(const SweepDir& dir);

/// Returns the ids of the directories in runs/ that are not of the plan,
/// sorted.
std::vector<std::string> UnplannedRuns(const SweepDir& dir, const Plan& plan);
/// Returns sweep.json. Throws Error when it is damaged, which `plan` knows if
/// it was loaded from the same directory.
Json ReadSweepFile(const SweepDir& dir, const Plan& plan);

/// Returns the runs of the group that have no valid result yet, by rising D.
std::vector<PlannedRun> PendingRuns(const SweepDir& dir, const RunGroup& group);

/// Removes the checkpoints of what has ended and needs none: of every run of
/// the group but those in `pending`, and of its trunk when there are none. A
/// worker that is killed between a result and this leaves them behind.
void RemoveLeftoverCheckpoints(const SweepDir& dir, const RunGroup& group,
                               const std::vector<PlannedRun>& pending);

}  // namespace isoflop
