// The step on a GPU: everything that an update needs is there, so that no
// update waits for the CPU, and all of it is launched at once.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/data/task.h"
#include "lib/model/model.h"
#include "lib/model/tensor.h"
#include "lib/sweep/plan.h"
#include "lib/train/example_chunk.h"
#include "lib/train/optimizer.h"
#include "lib/train/replay.h"
#include "lib/train/update_step.h"

namespace isoflop {

/// Examples and learning rates of the next steps lie on the device, which
/// counts the steps itself; losses stay there until they are taken. Works on
/// the CPU too, with tensor operations only, for testing.
class DeviceStep : public UpdateStep {
 public:
  /// REQUIRES: all outlive the step. With `graphs` off every operation is
  /// launched by itself.
  DeviceStep(const RunGroup& group, const Task& task, at::Device device,
             Model* model, Optimizer* optimizer, bool graphs = true);

  void Update(std::int64_t step, const LrSchedule& schedule,
              StepProfile* profile) override;
  std::vector<UpdateResult> TakeResults() override;

  /// Whether an update is launched as a CUDA graph by now, and if not, why that
  /// failed, if it did.
  bool replays() const {
    return last_.recorded() && (micro_batches_ == 1 || gradient_.recorded());
  }
  const std::string& why_not() const {
    return gradient_.why_not().empty() ? last_.why_not() : gradient_.why_not();
  }

 private:
  void Fill(std::int64_t step, const LrSchedule& schedule);
  ChunkRange RangeOf(std::int64_t step, const LrSchedule& schedule) const;
  void AddGradient();
  void Finish();

  Model* model_;
  Optimizer* optimizer_;
  std::int64_t micro_batches_;  // of an update
  std::int64_t batch_windows_;
  std::int64_t chunk_steps_;
  ChunkReader reader_;

  // On the device. Numbers of rows are int64 [1].
  Batch chunk_;             // [chunk steps * micro-batches, examples, T]
  at::Tensor rates_;        // fp32 [chunk steps]
  at::Tensor micro_batch_;  // row of chunk_
  at::Tensor chunk_step_;   // row of rates_
  at::Tensor update_;       // fp32 scalar: number of the update, from 1
  at::Tensor loss_;         // fp32 [1]: of the micro-batches so far
  at::Tensor results_;      // fp32 [kMaxUntaken, 2]: loss, gradient norm
  at::Tensor rows_;         // [kMaxUntaken, 1]: 0, 1, ...
  at::Tensor result_;       // row of results_

  // What the host knows of that.
  std::int64_t next_step_ = -1;
  std::int64_t chunk_end_ = -1;
  LrSchedule schedule_;
  std::int64_t untaken_ = 0;

  Replay gradient_;  // of every micro-batch but the last
  Replay last_;      // of the last one, and the update
};

}  // namespace isoflop
