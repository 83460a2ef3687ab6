#include "lib/train/trainer.h"

#include <algorithm>
#include <cmath>

namespace isoflop {
namespace {

std::int64_t MicroBatchWindows(const RunGroup& group) {
  const std::int64_t tokens =
      group.training.micro_batch_tokens.value_or(group.training.batch_tokens);
  return std::max<std::int64_t>(1, tokens / group.shape.context);
}

/// Mean of a sample and the standard error of that mean.
Evaluation Summarise(const at::Tensor& window_losses) {
  const at::Tensor losses = window_losses.to(at::kCPU, at::kDouble);
  Evaluation evaluation{.loss = losses.mean().item<double>()};
  if (losses.numel() > 1) {
    evaluation.std_error = losses.std().item<double>() /
                           std::sqrt(static_cast<double>(losses.numel()));
  }
  return evaluation;
}

}  // namespace

TrainingState TrainingState::Clone() const {
  return {.values = values.clone(),
          .first_moment = first_moment.clone(),
          .second_moment = second_moment.clone()};
}

Trainer::Trainer(const RunGroup& group, const DataSource& source,
                 at::Device device)
    : group_(group),
      source_(source),
      device_(device),
      batch_windows_(group.training.batch_tokens / group.shape.context),
      micro_batch_windows_(MicroBatchWindows(group)),
      model_(group.shape,
             {.device = device, .precision = group.training.precision}),
      optimizer_(&model_.parameters(), group.training, group.shape.d_model),
      batches_(source, device) {}

void Trainer::Initialize() {
  model_.parameters().Initialize(group_.seed);
  optimizer_.first_moment().zero_();
  optimizer_.second_moment().zero_();
  model_.WeightsChanged();
}

Trainer::UpdateResult Trainer::Update(std::int64_t step,
                                      const LrSchedule& schedule) {
  ProfiledSections sections(profile_);
  at::Tensor loss;
  for (std::int64_t done = 0; done < batch_windows_;) {
    const std::int64_t windows =
        std::min(micro_batch_windows_, batch_windows_ - done);
    sections.Enter(StepSection::kData);
    const Batch batch =
        batches_.Train(group_.seed, step * batch_windows_ + done, windows);
    sections.Enter(StepSection::kPass);
    const double weight =
        static_cast<double>(windows) / static_cast<double>(batch_windows_);
    const at::Tensor part =
        model_.AddGradient(batch.tokens, batch.targets, weight);
    loss = loss.defined() ? loss + part * weight
                          : (windows == batch_windows_ ? part : part * weight);
    done += windows;
  }
  sections.Enter(StepSection::kUpdate);
  const at::Tensor grad_norm =
      optimizer_.Update(step, LearningRate(schedule, step));
  model_.WeightsChanged();
  return {.loss = loss, .grad_norm = grad_norm};
}

std::optional<Evaluation> Trainer::Evaluate(const std::function<bool()>& stop) {
  std::vector<at::Tensor> window_losses;
  const std::int64_t all = source_.eval_windows();
  const std::int64_t at_a_time =
      EvalBatchTokens(group_.shape) / group_.shape.context;
  for (std::int64_t first = 0; first < all; first += at_a_time) {
    if (stop()) return std::nullopt;
    const Batch batch = batches_.Eval(first, std::min(at_a_time, all - first));
    window_losses.push_back(
        model_.TokenLosses(batch.tokens, batch.targets).mean(-1));
  }
  return Summarise(at::cat(window_losses));
}

TrainingState Trainer::state() const {
  return {.values = model_.parameters().values(),
          .first_moment = optimizer_.first_moment(),
          .second_moment = optimizer_.second_moment()};
}

void Trainer::Load(const TrainingState& from) {
  const TrainingState own = state();
  own.values.copy_(from.values);
  own.first_moment.copy_(from.first_moment);
  own.second_moment.copy_(from.second_moment);
  model_.WeightsChanged();
}

}  // namespace isoflop
