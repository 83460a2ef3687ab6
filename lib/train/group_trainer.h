// Trains a run group: its trunk, and at each branch point the cooldown of a
// run. Everything it finds in the sweep directory it goes on from.

#pragma once

#include <string>

#include "lib/data/task.h"
#include "lib/model/tensor.h"
#include "lib/record/group_status.h"
#include "lib/record/run_result.h"
#include "lib/record/sweep_dir.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// Whoever started a training: hears of it, and may stop it.
class TrainingObserver {
 public:
  virtual ~TrainingObserver() = default;

  /// How far it is; a few times a second at most.
  virtual void OnProgress(const GroupStatus& status) = 0;

  /// A run has ended and its result is stored.
  virtual void OnRunEnded(const RunResult& result) = 0;

  /// Something that a user should know, such as a damaged checkpoint.
  virtual void OnNote(const std::string& note) = 0;

  /// Whether to stop at a checkpoint now. Asked before every step, so it has to
  /// be cheap. May throw, and then nothing more is written.
  virtual bool StopRequested() = 0;
};

enum class GroupOutcome {
  kEnded,    // nothing is pending any more
  kStopped,  // at a checkpoint, because the observer asked for it
};

/// Trains every run of the group that has no result yet, by rising D:
///
///   trunk --+-- constant rate --+-- constant rate --+
///           +-- cooldown: run 1 +-- cooldown: run 2 +-- cooldown: run 3
///
/// At a branch point weights and moments are kept in memory and restored after
/// the cooldown, so that a branch and a separate run of the same length make
/// the same updates. A run that diverges gets its result, and a trunk that does
/// ends all runs beyond.
///
/// Checkpoints are written every checkpoint_every_seconds and on a stop, never
/// just because a branch begins: what is at stake there is less than that
/// interval anyway. In a cooldown, the trunk's state at the branch point is
/// stored with the first checkpoint.
///
/// Throws Error, and c10::Error or std::bad_alloc, when it cannot go on; the
/// last checkpoints are intact then. So it does before a checkpoint or a result
/// is written of data that have changed since the task was opened. REQUIRES:
/// this process holds the group.
GroupOutcome TrainGroup(const SweepDir& dir, const RunGroup& group,
                        const Task& task, at::Device device,
                        TrainingObserver& observer);

}  // namespace isoflop
