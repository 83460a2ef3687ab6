// One model in training: weights, optimizer and data, and the step that trunks,
// branches and separate runs share.

#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <functional>
#include <optional>

#include "lib/model/transformer.h"
#include "lib/sweep/lr_schedule.h"
#include "lib/sweep/plan.h"
#include "lib/train/adamw.h"
#include "lib/train/batch.h"
#include "lib/train/step_profile.h"

namespace isoflop {

/// Weights and both moments: three flat fp32 buffers of the same layout.
struct TrainingState {
  at::Tensor values;
  at::Tensor first_moment;
  at::Tensor second_moment;

  /// Returns a copy of its own, on the same device.
  TrainingState Clone() const;
};

/// Validation loss of a model.
struct Evaluation {
  double loss = 0.0;                     // mean, nats per token
  std::optional<double> std_error = {};  // of that mean, over windows
};

class Trainer {
 public:
  /// Scalars on the device; nothing waits for them until they are read.
  struct UpdateResult {
    at::Tensor loss;       // mean over the batch, nats per token, before the
                           // update
    at::Tensor grad_norm;  // before clipping
  };

  /// REQUIRES: `group` and `source` outlive the trainer.
  Trainer(const RunGroup& group, const DataSource& source, at::Device device);

  /// Draws the weights from the group's seed and clears the moments.
  void Initialize();

  /// Makes update number `step`, counted from 0. What it does depends on
  /// nothing but the state, the step and the schedule's rate there.
  UpdateResult Update(std::int64_t step, const LrSchedule& schedule);

  /// Returns the loss on the evaluation set, or nothing when `stop` said so
  /// meanwhile.
  std::optional<Evaluation> Evaluate(const std::function<bool()>& stop);

  /// The buffers themselves, not copies.
  TrainingState state() const;
  void Load(const TrainingState& state);

  at::Device device() const { return device_; }

  /// From now on updates count their time there; null, as in the beginning:
  /// nowhere. REQUIRES: it outlives the updates.
  void set_profile(StepProfile* profile) { profile_ = profile; }

 private:
  const RunGroup& group_;
  const DataSource& source_;
  at::Device device_;
  std::int64_t batch_windows_;
  std::int64_t micro_batch_windows_;
  Transformer model_;
  AdamW optimizer_;
  BatchReader batches_;
  StepProfile* profile_ = nullptr;
};

}  // namespace isoflop
