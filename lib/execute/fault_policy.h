// What follows when training breaks off: which group is charged, which ones are
// tried again and how, which one is given up, which one is left for another
// time, and which device gets nothing more. Does nothing itself: facts come in,
// decisions go out as values.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lib/execute/device_health.h"
#include "lib/execute/group_task.h"

namespace isoflop {

/// A group that was in work in a worker when that broke down.
struct BrokenOff {
  GroupTask task;            // with the tokens that were left then
  bool complete = false;     // all its runs have their results nevertheless
  bool has_trained = false;  // this worker had trained something of it
};

/// A worker that died, or was killed because it said nothing any more.
struct Breakdown {
  std::string device;
  std::string cause;                  // how it ended, for people
  bool from_outside = false;          // see EndedFromOutside
  std::vector<BrokenOff> groups;      // all that it had in work; at least one
  std::optional<std::size_t> silent;  // the one of them that it was killed for
  bool others_at_work = false;        // other workers, on the same device
};

/// What becomes of one group.
struct Decision {
  enum class Kind {
    kNothing,   // there is nothing left to train
    kTryAgain,  // `task` goes back into the queue
    kGiveUp,    // its runs fail, with `message` as the reason
    kLeave,     // its runs stay pending: `message` is a cause that may pass
  };
  Kind kind = Kind::kNothing;
  GroupTask task = {};
  std::string message = {};  // of kTryAgain: what a user should know, if any
};

/// What becomes of a device and of the groups that were in work on it.
struct BreakdownDecision {
  std::vector<std::string> messages;  // what a user should know, said first
  std::vector<Decision> groups;       // to be carried out in this order
};

/// Remembers which devices are fit for work; what is known against a group is
/// in its task.
class FaultPolicy {
 public:
  /// A group is given up at this many breakdowns in a row that it is charged
  /// with, without getting further (see CountBreakdown): after one retry.
  static constexpr int kBreakdownsToFail = 2;

  const DeviceHealth& health() const { return health_; }

  /// Something was trained on the device.
  void Worked(const std::string& device) { health_.Worked(device); }

  /// No worker could be started on the device, though one could before; returns
  /// whether that retires it. `others_at_work` as in Breakdown.
  bool StartFailed(const std::string& device, bool others_at_work);

  /// Charges one group at most: the silent one; else the only one; else the one
  /// that was a suspect already (nobody may join a suspect, so that there is
  /// one at most). Of several that nothing was known against, any may have done
  /// it, and none is charged. Those that are not charged are suspects from now
  /// on, until they get further than now. So a group fails by what it does
  /// itself, and not by what it was beside.
  ///
  /// The group that is charged is tried again once, on another device where one
  /// works. If nothing of it had been trained, the device is charged too, and
  /// is retired if it has broken several groups in a row (see DeviceHealth).
  ///
  /// What ends a worker from outside is no fault of the group: where that ends
  /// the second attempt, the group is left and not given up.
  BreakdownDecision AfterBreakdown(const Breakdown& breakdown);

  /// A worker has said that a group ended, but results are missing: that is
  /// charged like a breakdown, without suspicion against those beside it.
  static Decision AfterEndWithoutResults(GroupTask task,
                                         const std::string& device);

  /// The worker lives and says that a group cannot go on, for a `reason` that a
  /// user can mend: a full disk, a directory that cannot be written, data that
  /// are missing or have changed. The group is left at once.
  static Decision AfterObstacle(GroupTask task, const std::string& reason);

  /// A group ran out of memory, for a `reason` that the worker gave. Had it
  /// been `beside_others`, it is tried again with the device to itself; else
  /// with the next smaller micro-batch, which gives the same result; and where
  /// that is one sequence already, it is given up. No breakdown: the worker has
  /// lived through it.
  static Decision AfterOutOfMemory(GroupTask task, bool beside_others,
                                   const std::string& reason);

  /// Returns the seconds for which a worker may say nothing of a group:
  /// `stall_seconds`, or the time of a hundred steps where those take longer.
  /// `step_seconds` are estimated for a group alone; as many as are `in_work`
  /// in the worker slow each other down.
  static double AllowedSilence(double stall_seconds, double step_seconds,
                               std::size_t in_work);

 private:
  DeviceHealth health_;
  int failed_starts_ = 0;
};

}  // namespace isoflop
