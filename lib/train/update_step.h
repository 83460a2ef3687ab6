// The step that trains: what is the same of it wherever it runs.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/step_profile.h"
#include "lib/sweep/lr_schedule.h"

namespace isoflop {

/// What an update says of itself.
struct UpdateResult {
  double loss = 0.0;       // mean over the batch, before the update
  double grad_norm = 0.0;  // before clipping
};

/// Makes updates of one model. HostStep does it on the CPU, DeviceStep on a
/// GPU, where nothing should wait.
class UpdateStep {
 public:
  /// Updates that may be made before their results are taken.
  static constexpr std::int64_t kMaxUntaken = 64;

  virtual ~UpdateStep() = default;

  /// Makes update number `step`, counted from 0, with the schedule's rate
  /// there. Its time is counted in `profile`, unless that is null.
  /// REQUIRES: fewer than kMaxUntaken results are untaken.
  virtual void Update(std::int64_t step, const LrSchedule& schedule,
                      StepProfile* profile) = 0;

  /// Returns the results of the updates since the last call, in order; waits
  /// for them.
  virtual std::vector<UpdateResult> TakeResults() = 0;
};

}  // namespace isoflop
