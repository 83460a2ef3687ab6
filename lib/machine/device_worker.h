// A worker process that trains groups of one slot, or of all slots that share a
// device: started when it is first needed, with a log, and with what it says
// sorted by group.

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/machine/worker_log.h"
#include "lib/machine/worker_path.h"
#include "lib/machine/worker_process.h"
#include "lib/record/worker_protocol.h"

namespace isoflop {

/// How a worker's process ended.
struct WorkerEnd {
  std::string cause;  // with the last lines of its log and where they are
  bool from_outside = false;  // see EndedFromOutside
};

/// Knows processes and lines, and decides nothing: whether a group is tried
/// again is for others to say.
class DeviceWorker {
 public:
  /// Starts nothing yet. `log` is where the program's standard error goes.
  DeviceWorker(WorkerProgram program, std::filesystem::path log);

  /// Gives it a group, starting a process if there is none, or only one that
  /// has died with nothing to do. Throws Error when that cannot be started.
  void Train(const TrainCommand& command);

  /// Takes in what it has said; what is no event goes to the log. Never waits.
  void Listen();

  /// Returns what was heard about a group that it was given, since the last
  /// call.
  std::vector<WorkerEvent> TakeEvents(const std::string& group);

  /// Wants to hear no more of a group.
  void Forget(const std::string& group) { heard_.erase(group); }

  bool has_process() const { return process_ != nullptr; }

  /// Whether there is no process, or one that has ended.
  bool Ended() { return !process_ || process_->Ended().has_value(); }

  /// Returns how the process ended and lets go of it: there is none after that.
  /// REQUIRES: has_process() and Ended().
  WorkerEnd Reap();

  /// Returns the last lines of its log and where they are: "its log ends
  /// (logs/worker-0.log:17): out of bounds".
  std::string LastWords() const;

  /// Asks it to stop all groups at a checkpoint and exit.
  void AskToStop();

  /// Kills it, with what it is doing.
  void Discard() { process_.reset(); }

  /// For poll; -1 when it can say nothing more.
  int output() const { return process_ ? process_->output() : -1; }

 private:
  void Start();

  WorkerProgram program_;
  std::filesystem::path log_path_;
  std::unique_ptr<WorkerLog> log_;
  std::unique_ptr<WorkerProcess> process_;
  std::map<std::string, std::vector<WorkerEvent>> heard_;  // by group
};

}  // namespace isoflop
