// One call of Execute: the loop, and what it does about each thing that a
// worker can say or fail to say.

#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lib/execute/fault_policy.h"
#include "lib/execute/group_queue.h"
#include "lib/execute/local_executor.h"
#include "lib/execute/slot_worker.h"
#include "lib/execute/sweep_clock.h"
#include "lib/execute/tally.h"
#include "lib/machine/device_worker.h"
#include "lib/machine/signals.h"
#include "lib/record/lease.h"

namespace isoflop {

/// One sweep, from taking the lock to the summary. Carries out what others
/// decide: GroupQueue, which group is next; SharedDevice, whether there is room
/// for it; FaultPolicy, what a fault costs.
class Execution {
 public:
  /// Takes the directory's lock. REQUIRES: all arguments outlive the object.
  Execution(const SweepDir& dir, const Plan& plan,
            const ExecuteOptions& options, Progress& progress);

  /// To be called once.
  ExecuteSummary Run();

 private:
  enum class Stop { kNo, kAtCheckpoint, kNow };

  using BusySlots = std::vector<SlotWorker*>;

  // execution.cc: the loop.
  bool Finished() const;
  void Wait();
  void HandleSignals();
  void KeepLock();
  bool LosesDirectory();
  void BeginStop(Stop stop);
  void EnforceStop();
  void DismissWorkers();
  void Say(const std::string& message);
  SweepProgress State();
  ExecuteSummary Summary();

  // execution_assign.cc: who gets which group.
  void MakeSlots();
  void FillQueue();
  void AssignGroups();
  bool MayWork(const SlotWorker& slot) const;
  bool Assign(SlotWorker* slot);
  void Begin(SlotWorker* slot, const GroupTask& task);
  bool OthersWork(const std::string& device) const;
  bool OthersBusyOn(const SlotWorker& slot) const;
  BusySlots BusySlotsOf(const DeviceWorker& worker) const;

  // execution_events.cc: what workers say.
  void Serve(DeviceWorker* worker);
  void OnEvent(SlotWorker* slot, const WorkerEvent& event);
  void OnProgress(SlotWorker* slot, const WorkerEvent& event);
  void OnGroupEnded(SlotWorker* slot);
  void OnGroupFailed(SlotWorker* slot, const WorkerEvent& event);
  void Fail(const GroupTask& task, const std::string& reason);
  void Conclude(const std::vector<RunResult>& results);

  // execution_faults.cc: what workers fail to say.
  void OnBreakdown(const BusySlots& slots, const WorkerEnd& end,
                   const SlotWorker* silent);
  void CheckStall(SlotWorker* slot);
  void CarryOut(Decision decision);
  void Leave(const GroupTask& task, const std::string& cause);
  void LeaveWhatBroke();
  void PutAside(const GroupTask& task);
  void RecordCause(const LeftGroup& left);
  void RecordCauses();

  const SweepDir& dir_;
  const Plan& plan_;
  const ExecuteOptions& options_;
  Progress& progress_;
  Lease lock_;
  StopSignals signals_;
  Tally tally_;
  SweepClock clock_;
  GroupQueue queue_;
  FaultPolicy faults_;
  std::vector<std::shared_ptr<DeviceWorker>> workers_;
  std::vector<std::unique_ptr<SlotWorker>> slots_;
  ExecuteSummary summary_;
  std::vector<WorkLeft> aside_;        // of groups that nobody goes on with
  std::vector<LeftGroup> unrecorded_;  // of summary_.left
  std::size_t notes_said_ = 0;         // of tally_.notes()
  bool any_started_ = false;           // a worker, ever
  std::string lost_;                   // why the directory is ours no more
  Stop stop_ = Stop::kNo;
  double stop_began_ = 0.0;  // monotonic seconds
  double looked_at_ = 0.0;   // at the directory; monotonic seconds
};

}  // namespace isoflop
