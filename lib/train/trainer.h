// One model in training: weights, optimizer and data, and the step that trunks,
// branches and separate runs share.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/data/task.h"
#include "lib/model/model.h"
#include "lib/model/step_profile.h"
#include "lib/model/tensor.h"
#include "lib/probe/probe.h"
#include "lib/sweep/lr_schedule.h"
#include "lib/sweep/plan.h"
#include "lib/train/batch_reader.h"
#include "lib/train/gpu.h"
#include "lib/train/optimizer.h"
#include "lib/train/replay.h"
#include "lib/train/update_step.h"

namespace isoflop {

/// Weights, and what the optimizer keeps of each: flat fp32 buffers of the same
/// layout.
struct TrainingState {
  at::Tensor values;
  std::vector<at::Tensor> moments;

  /// Returns a copy of its own, on the same device.
  TrainingState Clone() const;
};

/// Validation loss of a model, in the unit of the task.
struct Evaluation {
  double loss = 0.0;                     // mean over the positions that count
  std::optional<double> std_error = {};  // of that mean, over examples; absent
                                         // where the loss is exact
};

/// How updates are made, where that is not left to the device: for comparing.
struct TrainerOptions {
  bool device_step = false;  // as on a GPU, on the CPU too
  bool graphs = true;        // off: no CUDA graphs
};

class Trainer {
 public:
  /// On a GPU everything it does is done on a stream of its own, so that
  /// several trainers, each on a thread of its own, share it.
  /// REQUIRES: `group` and `task` outlive the trainer, which stays on the
  /// thread that it is made on.
  Trainer(const RunGroup& group, const Task& task, at::Device device,
          const TrainerOptions& options = {});

  /// Draws the weights from the group's seed and clears the moments.
  void Initialize();

  /// Makes update number `step`, counted from 0. What it does depends on
  /// nothing but the state, the step and the schedule's rate there.
  /// REQUIRES: fewer than UpdateStep::kMaxUntaken results are untaken.
  void Update(std::int64_t step, const LrSchedule& schedule) {
    step_->Update(step, schedule, profile_);
  }

  /// Returns the results of the updates since the last call, in order. A GPU is
  /// waited for.
  std::vector<UpdateResult> TakeResults() { return step_->TakeResults(); }

  /// Returns the loss on the evaluation set, or, of a linear predictor where
  /// the task knows it, its exact expectation; nothing when `stop` said so
  /// meanwhile.
  std::optional<Evaluation> Evaluate(const std::function<bool()>& stop);

  /// Measures the group's probes on the evaluation set: an object of their
  /// results by word, null where there are none; nothing when `stop` said so
  /// meanwhile. The model is left as it is.
  std::optional<Json> MeasureProbes(const std::function<bool()>& stop);

  /// The buffers themselves, not copies.
  TrainingState state() const;
  void Load(const TrainingState& state);

  at::Device device() const { return device_; }

  /// Returns how updates are launched on a GPU: "CUDA graph", or "operations"
  /// with the reason, if there is one; nothing for the CPU.
  std::optional<std::string> DescribeLaunch() const;

  /// From now on updates count their time there; null, as in the beginning:
  /// nowhere. REQUIRES: it outlives the updates.
  void set_profile(StepProfile* profile) {
    profile_ = profile;
    model_.set_profile(profile);
  }

 private:
  std::optional<double> ExactLoss() const;
  ProbeBatch ForProbes(std::int64_t first, std::int64_t examples);

  std::optional<EagerTurn> building_;  // until all the rest is there
  OwnStream stream_;
  const RunGroup& group_;
  const Task& task_;
  at::Device device_;
  Model model_;
  std::unique_ptr<Optimizer> optimizer_;
  BatchReader batches_;
  std::unique_ptr<UpdateStep> step_;
  StepProfile* profile_ = nullptr;
};

}  // namespace isoflop
