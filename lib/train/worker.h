// What a worker does with a command: holds the group, opens its data, trains
// it, and says how that went.

#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>

#include "lib/data/task.h"
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
  ///
  /// A group fails when its files or data are not as they should be, or for
  /// want of memory. Anything else is thrown, and the process should end: a
  /// device that is not there or broken, a lease that was lost, a bug. After
  /// such an error CUDA fails whatever comes next, so a worker that lived on
  /// would fail one group after another.
  WorkerEvent Train(const TrainCommand& command);

 private:
  WorkerEventKind TrainOn(at::Device device, const SweepDir& dir,
                          const TrainCommand& command);
  const Task& OpenData(const RunGroup& group);

  std::function<void(const WorkerEvent&)> emit_;
  std::function<void(const std::string&)> note_;
  std::function<bool()> stop_;
  std::string task_key_;  // what task_ was opened from
  std::unique_ptr<Task> task_;
};

}  // namespace isoflop
