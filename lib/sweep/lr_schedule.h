// Learning-rate schedule: warm up, hold, cool down; or one half cosine.
//
// A schedule is a pure function of the step: it is tested without a model, and
// a resumed run computes the same rates as an uninterrupted one.

#pragma once

#include <cstdint>

#include "lib/sweep/training_config.h"

namespace isoflop {

/// All lengths are in optimizer steps.
struct LrSchedule {
  ScheduleKind kind = ScheduleKind::kWsd;
  double peak_lr = 0.0;
  std::int64_t warmup_steps = 0;
  std::int64_t total_steps = 0;
  std::int64_t cooldown_steps = 0;  // of kWsd; 0 never cools down
  double final_lr_fraction = 0.0;   // of kCosine

  bool operator==(const LrSchedule&) const = default;
};

/// Returns the schedule of a run of `total_steps`; the cooldown takes
/// cooldown_fraction of them, rounded, at least one step.
LrSchedule MakeSchedule(const TrainingConfig& config, std::int64_t total_steps);

/// Returns the first step at which this schedule differs from that of a longer
/// run: where the run branches off its trunk. 0 when nothing can be shared.
std::int64_t BranchStep(const LrSchedule& schedule);

/// Returns the learning rate of update `step`, counted from 0.
///
///   warmup    peak_lr * (step + 1) / warmup_steps
///   hold      peak_lr
///   cooldown  peak_lr * (1 - sqrt(x)),  x = (step - start + 1) / (length + 1)
///   cosine    peak_lr * (f + (1 - f) (1 + cos(pi x)) / 2),
///             x = fraction of the steps after warmup,  f = final_lr_fraction
///
/// The +1 makes no update of a cooldown idle: rates fall from just below the
/// peak to just above zero.
/// REQUIRES: 0 <= step < total_steps, warmup + cooldown <= total_steps.
/// Source: Hägele et al. 2024, "1-sqrt" cooldown (arXiv:2405.18392).
double LearningRate(const LrSchedule& schedule, std::int64_t step);

}  // namespace isoflop
