// Which runs of a plan have ended, and how. The truth is in result.json; what a
// worker says is only a reason to look.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Counts each run of the plan once, by the first result that is seen of it.
class Tally {
 public:
  /// Reads the results that are there. With `retry_failed`, those that failed
  /// are set aside. REQUIRES: plan outlives the tally.
  Tally(const SweepDir& dir, const Plan& plan, bool retry_failed);

  /// Reads the results of a group's runs that had none before and returns the
  /// new ones.
  std::vector<RunResult> Refresh(const RunGroup& group);

  /// Gives every run of the group without result a failed one; returns them. A
  /// result that cannot be stored (disk full) counts for this session and stays
  /// pending on disk; that is noted.
  std::vector<RunResult> FailPending(const RunGroup& group,
                                     const std::string& reason);

  /// Whether every run of the group has ended.
  bool Complete(const RunGroup& group) const;

  /// Returns the ids of those that have ended, but whose result is not there
  /// any more though it was stored; sorted.
  std::vector<std::string> Vanished() const;

  std::int64_t runs() const { return runs_; }
  std::int64_t ok() const { return Count(RunStatus::kOk); }
  std::int64_t diverged() const { return Count(RunStatus::kDiverged); }
  std::int64_t failed() const { return Count(RunStatus::kFailed); }

  /// Damaged records that were found, results that could not be stored.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  void Add(const std::string& id, RunStatus status);
  std::int64_t Count(RunStatus status) const {
    return counts_[static_cast<std::size_t>(status)];
  }

  SweepDir dir_;
  std::int64_t runs_ = 0;
  std::array<std::int64_t, 3> counts_{};      // by RunStatus
  std::unordered_set<std::string> ended_;     // run ids
  std::unordered_set<std::string> unstored_;  // of these
  std::vector<std::string> notes_;
};

}  // namespace isoflop
