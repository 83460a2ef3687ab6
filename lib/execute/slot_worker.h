// A slot with its resident worker: what it was given, what it says, and whether
// it still lives. Decides nothing.

#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/execute/group_queue.h"
#include "lib/execute/progress.h"
#include "lib/execute/slots.h"
#include "lib/execute/sweep_clock.h"
#include "lib/execute/worker_log.h"
#include "lib/execute/worker_process.h"
#include "lib/record/sweep_dir.h"
#include "lib/record/worker_protocol.h"

namespace isoflop {

class SlotWorker {
 public:
  /// Starts nothing yet. `log` is where the worker's standard error goes.
  SlotWorker(Slot slot, std::filesystem::path worker,
             std::filesystem::path log);

  const std::string& device() const { return slot_.device; }

  /// Gives the worker a group, starting one if there is none. Throws Error when
  /// it cannot be started. REQUIRES: !busy().
  void Begin(const SweepDir& dir, GroupTask task);

  bool busy() const { return task_.has_value(); }
  const GroupTask& task() const { return *task_; }

  /// Takes the group back, with what is left of it. REQUIRES: busy().
  GroupTask End();

  /// Returns what the worker has said about its group since the last call; what
  /// is no event goes to its log.
  std::vector<WorkerEvent> TakeEvents();

  /// Whether the worker has trained something of this group.
  bool has_trained() const { return has_trained_; }

  /// How long it has said nothing.
  double SilentSeconds() const;

  bool has_worker() const { return process_ != nullptr; }

  /// Whether there is no worker, or one that has ended.
  bool WorkerEnded() { return !process_ || process_->Ended().has_value(); }

  /// Returns how the worker ended, with the last lines of its log; there is
  /// none after that. REQUIRES: has_worker() and WorkerEnded().
  std::string Bury();

  /// Asks it to stop at a checkpoint and exit.
  void AskToStop();

  /// Kills it, with what it is doing.
  void Discard();

  /// For poll; -1 when it can say nothing more.
  int output() const { return process_ ? process_->output() : -1; }

  /// What to show of it.
  SlotProgress progress() const;

  /// What is left of its group. REQUIRES: busy().
  WorkLeft work_left() const;

 private:
  bool Concerns(const WorkerEvent& event) const;

  Slot slot_;
  std::filesystem::path worker_;
  std::filesystem::path log_path_;
  std::unique_ptr<WorkerLog> log_;
  std::unique_ptr<WorkerProcess> process_;
  std::optional<GroupTask> task_;
  WorkerEvent last_;  // progress
  bool has_trained_ = false;
  double heard_at_ = 0.0;  // monotonic seconds
};

}  // namespace isoflop
