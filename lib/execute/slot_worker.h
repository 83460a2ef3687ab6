// A slot with its part of a resident worker: the group it was given, and what
// is heard of it. Decides nothing.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/execute/group_task.h"
#include "lib/execute/progress.h"
#include "lib/execute/sweep_clock.h"
#include "lib/machine/device_worker.h"
#include "lib/machine/slots.h"
#include "lib/record/sweep_dir.h"
#include "lib/record/worker_protocol.h"

namespace isoflop {

class SlotWorker {
 public:
  /// Other slots of the device may have the same worker.
  SlotWorker(Slot slot, std::shared_ptr<DeviceWorker> worker);

  const Slot& slot() const { return slot_; }
  const std::string& device() const { return slot_.device; }
  DeviceWorker& worker() const { return *worker_; }

  /// Gives the worker a group. Throws Error when it has to be started and
  /// cannot be. REQUIRES: !busy().
  void Begin(const SweepDir& dir, GroupTask task);

  bool busy() const { return task_.has_value(); }
  const GroupTask& task() const { return *task_; }

  /// Takes the group back, with what is left of it. REQUIRES: busy().
  GroupTask End();

  /// Returns what the worker has said about its group since the last call. A
  /// group that has got further than at its breakdown is no suspect any more.
  std::vector<WorkerEvent> TakeEvents();

  /// Whether the worker has trained something of this group.
  bool has_trained() const { return has_trained_; }

  /// Whether the worker has had other groups in work since this one began.
  bool had_others() const { return had_others_; }
  void NoteOthers() { had_others_ = true; }

  /// How long it has said nothing of the group.
  double SilentSeconds() const;

  /// What to show of it.
  SlotProgress progress() const;

  /// What is left of its group. REQUIRES: busy().
  WorkLeft work_left() const;

 private:
  void Note(const WorkerEvent& event);

  Slot slot_;
  std::shared_ptr<DeviceWorker> worker_;
  std::optional<GroupTask> task_;
  WorkerEvent last_;  // progress
  bool has_trained_ = false;
  bool had_others_ = false;
  double heard_at_ = 0.0;  // monotonic seconds
};

}  // namespace isoflop
