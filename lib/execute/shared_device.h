// Which groups train on a device at the same time, in one worker.
//
// A small group leaves most of a GPU idle. Others train beside it where all of
// them fit into its memory and leave each other time, which takes no more than
// adding up what each takes of the device.

#pragma once

#include <vector>

#include "lib/execute/cost_model.h"
#include "lib/execute/group_task.h"
#include "lib/machine/slots.h"
#include "lib/sweep/plan.h"

namespace isoflop {

/// What groups take of a device, as shares of what they may take together.
struct DeviceLoad {
  double memory = 0.0;      // of nine tenths of it; 0 where it is not known
  double arithmetic = 0.0;  // of its time

  bool fits() const;
};
DeviceLoad operator+(const DeviceLoad& a, const DeviceLoad& b);

/// Returns the estimated memory of a group as a share of what groups may take
/// of the device together; 0 where that is not known.
double MemoryShare(const GroupTask& task, const Slot& slot);

/// Returns what a group takes of the device of a slot: its memory, and its busy
/// share, which does not count where somebody has asked for so many groups at
/// once.
DeviceLoad LoadOf(const GroupTask& task, const Slot& slot,
                  const CostModel& cost);

/// The groups in work on a device, and which others may join them.
class SharedDevice {
 public:
  /// REQUIRES: all arguments outlive the object.
  SharedDevice(const Slot& slot, const CostModel& cost,
               const std::vector<const GroupTask*>& in_work);

  /// Whether the group may begin now. The first always may. Others join it if
  /// they fit, once a rate was measured on the device, and unless one of them
  /// is to be alone (see GroupTask): what a breakdown was due to is then known.
  bool Admits(const GroupTask& task) const;

  /// Whether the group may begin though `first`, whose turn it is, has to wait:
  /// if that would still fit beside it, and beside all that have overtaken
  /// others before. So nobody waits for a group that began later.
  bool AdmitsBefore(const GroupTask& task, const GroupTask& first) const;

 private:
  const Slot& slot_;
  const CostModel& cost_;
  bool empty_;
  bool closed_ = false;  // somebody wants nobody to join
  DeviceLoad load_;
  DeviceLoad load_of_overtakers_;
};

/// Returns the share of a worker that a group takes while it trains: all of one
/// that trains a group at a time; else the larger share that it takes of the
/// memory and the time of the device, and at least that of one slot. The first
/// slot's worker stands for all. REQUIRES: slots is not empty.
double ShareOfWorker(const RunGroup& group, const std::vector<Slot>& slots,
                     const CostModel& cost);

}  // namespace isoflop
