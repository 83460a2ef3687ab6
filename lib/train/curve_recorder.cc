#include "lib/train/curve_recorder.h"

#include <utility>

#include "lib/core/clock.h"

namespace isoflop {

CurveRecorder::CurveRecorder(const TrainingConfig& config,
                             const LrSchedule& schedule, CurveKind kind,
                             TakeResults take, MetricsLog* log,
                             TrainingProgress* progress)
    : config_(config),
      schedule_(schedule),
      kind_(kind),
      take_(std::move(take)),
      log_(log),
      progress_(progress),
      line_start_(MonotonicSeconds()),
      charged_until_(line_start_) {}

std::optional<std::string> CurveRecorder::RecordUpdate() {
  ++unread_;
  line_tokens_ += config_.batch_tokens;
  const bool line_due = step() % config_.log_every_steps == 0;
  const bool guard_due = step() % DivergenceGuard::kInterval == 0;
  // The guard judges whole intervals, so it loses nothing by waiting for the
  // end of one.
  if (!line_due && !guard_due && !kind_.read_at_once) return std::nullopt;
  if (auto diverged = Read()) return diverged;
  const bool waits =
      kind_.ends_in_evaluation && step() == schedule_.total_steps;
  if (line_due && !waits) WriteLine(std::nullopt);
  return std::nullopt;
}

std::optional<std::string> CurveRecorder::Read() {
  std::optional<std::string> diverged;
  for (const UpdateResult& update : take_()) {
    // Updates after the one that diverged belong to no curve.
    diverged = TakeIn(update);
    if (diverged) break;
  }
  unread_ = 0;
  ChargeTime();
  return diverged;
}

std::optional<std::string> CurveRecorder::TakeIn(const UpdateResult& update) {
  progress_->grad_norm = update.grad_norm;
  auto diverged =
      progress_->guard.Add(progress_->step, update.loss, update.grad_norm);
  ++progress_->step;
  progress_->tokens += config_.batch_tokens;
  progress_->interval_loss_sum += update.loss;
  ++progress_->interval_steps;
  return diverged;
}

void CurveRecorder::ChargeTime() {
  const double now = MonotonicSeconds();
  progress_->seconds += now - charged_until_;
  charged_until_ = now;
}

void CurveRecorder::WriteLine(std::optional<double> eval_loss) {
  ChargeTime();
  progress_->last_mean_loss = progress_->MeanLoss();
  log_->Append({.step = progress_->step,
                .tokens = progress_->step * config_.batch_tokens,
                .train_loss = progress_->last_mean_loss.value_or(0.0),
                // Of the last update, which are counted from 0.
                .lr = LearningRate(schedule_, progress_->step - 1),
                .grad_norm = progress_->grad_norm,
                .tokens_per_second = static_cast<double>(line_tokens_) /
                                     (charged_until_ - line_start_),
                .eval_loss = eval_loss});
  progress_->interval_loss_sum = 0.0;
  progress_->interval_steps = 0;
  line_start_ = charged_until_;
  line_tokens_ = 0;
}

}  // namespace isoflop
