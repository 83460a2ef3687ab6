// What a worker does with a command: holds the group, opens its data, trains
// it, and says how that went.

#pragma once

#include <functional>
#include <memory>
#include <string>

#include "lib/data/data_source.h"
#include "lib/record/sweep_dir.h"
#include "lib/record/worker_protocol.h"
#include "lib/sweep/plan.h"

namespace isoflop {

class Worker {
 public:
  /// `emit` gets every event, `note` what a person should know, and `stop` is
  /// asked before every step whether to stop at a checkpoint.
  Worker(std::function<void(const WorkerEvent&)> emit,
         std::function<void(const std::string&)> note,
         std::function<bool()> stop)
      : emit_(std::move(emit)),
        note_(std::move(note)),
        stop_(std::move(stop)) {}

  /// Trains what is pending in a group, and returns the event that it ended
  /// with, which `emit` has got as well: kGroupEnded, kGroupFailed or kStopped.
  /// Nothing that goes wrong in a group is thrown.
  WorkerEvent Train(const TrainCommand& command);

 private:
  WorkerEventKind TrainHeld(const SweepDir& dir, const TrainCommand& command);
  const DataSource& OpenData(const RunGroup& group);

  std::function<void(const WorkerEvent&)> emit_;
  std::function<void(const std::string&)> note_;
  std::function<bool()> stop_;
  std::string source_key_;  // what source_ was opened from
  std::unique_ptr<DataSource> source_;
};

}  // namespace isoflop
