// The groups that wait for a slot, longest first.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/execute/cost_model.h"
#include "lib/execute/group_task.h"
#include "lib/execute/shared_device.h"

namespace isoflop {

class GroupQueue {
 public:
  void Push(GroupTask task) { tasks_.push_back(std::move(task)); }

  /// What is known of a device that asks for a task.
  struct Asker {
    std::string device;
    bool doubtful = false;     // nothing was trained on it since a breakdown
    bool others_work = false;  // there are other devices that work
    const SharedDevice* shared =
        nullptr;  // what is in work there; null: nothing
  };

  /// Removes and returns the task that takes longest on the device; those that
  /// broke before go first, so that a sweep's troubles show early, but last on
  /// a doubtful device: fresh ones tell whether it is to blame.
  ///
  /// A task that broke on this device is left for another one while others
  /// work. Where the groups in work on the device leave no room for the first,
  /// the next that may begin before it does. Returns nothing when there is no
  /// task for the device now.
  std::optional<GroupTask> Pop(const Asker& asker, const CostModel& cost);

  bool empty() const { return tasks_.empty(); }
  const std::vector<GroupTask>& tasks() const { return tasks_; }

 private:
  using Position = std::vector<GroupTask>::iterator;

  /// Returns the first in order of those that `admits` agrees to, or the end.
  template <typename Admits>
  Position First(const Asker& asker, const CostModel& cost, Admits admits);
  GroupTask Take(Position task);

  std::vector<GroupTask> tasks_;
};

}  // namespace isoflop
