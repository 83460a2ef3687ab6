// The step on the CPU.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/data/task.h"
#include "lib/model/model.h"
#include "lib/sweep/plan.h"
#include "lib/train/batch_reader.h"
#include "lib/train/optimizer.h"
#include "lib/train/update_step.h"

namespace isoflop {

class HostStep : public UpdateStep {
 public:
  /// REQUIRES: all outlive the step, and are on the CPU.
  HostStep(const RunGroup& group, const Task& task, Model* model,
           Optimizer* optimizer);

  void Update(std::int64_t step, const LrSchedule& schedule,
              StepProfile* profile) override;
  std::vector<UpdateResult> TakeResults() override;

 private:
  const RunGroup& group_;
  Model* model_;
  Optimizer* optimizer_;
  BatchReader batches_;
  std::int64_t batch_windows_;
  std::int64_t micro_batch_windows_;
  std::vector<UpdateResult> results_;
};

}  // namespace isoflop
