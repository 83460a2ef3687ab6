// Turns the losses of updates into the lines of a curve, and watches them.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lib/record/metrics.h"
#include "lib/sweep/lr_schedule.h"
#include "lib/sweep/training_config.h"
#include "lib/train/training_progress.h"
#include "lib/train/update_step.h"

namespace isoflop {

/// What kind of curve is recorded, and how.
struct CurveKind {
  bool ends_in_evaluation = false;  // a branch does, a trunk does not
  bool read_at_once = true;         // false where reading a loss waits for it
};

/// Returns the results of the updates since the last call: see UpdateStep.
using TakeResults = std::function<std::vector<UpdateResult>()>;

/// Records the updates of one trunk or one branch. On an accelerator losses are
/// read a few steps at a time, because reading one waits for it.
class CurveRecorder {
 public:
  /// A line is written every config.log_every_steps, but where an evaluation
  /// follows not at the last step of `schedule`: that line waits for it, see
  /// WriteLine. REQUIRES: config, log and progress outlive the recorder.
  CurveRecorder(const TrainingConfig& config, const LrSchedule& schedule,
                CurveKind kind, TakeResults take, MetricsLog* log,
                TrainingProgress* progress);

  /// Mean loss since the last line, of what has been read.
  std::optional<double> MeanLoss() const { return progress_->MeanLoss(); }

  /// Updates made: those of `progress`, and those not read yet.
  std::int64_t step() const { return progress_->step + unread_; }

  /// Takes note that an update has been made, and writes its line if one is
  /// due. Returns why the training has diverged, if that is known by now.
  std::optional<std::string> RecordUpdate();

  /// Waits for all updates made so far, so that `progress` is complete.
  std::optional<std::string> Read();

  /// Writes a line now, whatever has come since the last one.
  /// REQUIRES: everything has been read, and a step has been made.
  void WriteLine(std::optional<double> eval_loss);

 private:
  std::optional<std::string> TakeIn(const UpdateResult& update);
  void ChargeTime();

  const TrainingConfig& config_;
  LrSchedule schedule_;
  CurveKind kind_;
  TakeResults take_;
  MetricsLog* log_;
  TrainingProgress* progress_;
  std::int64_t unread_ = 0;       // updates
  double line_start_;             // monotonic seconds
  std::int64_t line_tokens_ = 0;  // trained on since line_start_
  double charged_until_;          // monotonic seconds
};

}  // namespace isoflop
