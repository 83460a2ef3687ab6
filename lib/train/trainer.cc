#include "lib/train/trainer.h"

#include <algorithm>
#include <cmath>

#include "lib/sweep/group_memory.h"
#include "lib/train/device_step.h"
#include "lib/train/host_step.h"

namespace isoflop {
namespace {

/// Mean of a sample and the standard error of that mean.
Evaluation Summarise(const at::Tensor& window_losses) {
  // In double: the mean of thousands of windows keeps its digits.
  const at::Tensor losses = window_losses.to(at::kCPU, at::kDouble);
  Evaluation evaluation{.loss = losses.mean().item<double>()};
  // Over windows and not tokens: losses within a window are not independent.
  if (losses.numel() > 1) {
    evaluation.std_error = losses.std().item<double>() /
                           std::sqrt(static_cast<double>(losses.numel()));
  }
  return evaluation;
}

}  // namespace

TrainingState TrainingState::Clone() const {
  const EagerTurn turn(values.device());
  return {.values = values.clone(),
          .first_moment = first_moment.clone(),
          .second_moment = second_moment.clone()};
}

Trainer::Trainer(const RunGroup& group, const DataSource& source,
                 at::Device device, const TrainerOptions& options)
    : building_(std::in_place, device),
      stream_(device),
      group_(group),
      source_(source),
      device_(device),
      model_(group.shape, {.device = device,
                           .precision = group.training.precision,
                           .by_hand = !options.device_step}),
      optimizer_(&model_.parameters(), group.training, group.shape.d_model),
      batches_(source, device) {
  if (device.is_cpu() && !options.device_step) {
    step_ = std::make_unique<HostStep>(group, source, &model_, &optimizer_);
  } else {
    step_ = std::make_unique<DeviceStep>(group, source, device, &model_,
                                         &optimizer_, options.graphs);
  }
  building_.reset();
}

void Trainer::Initialize() {
  // Drawn on the CPU and copied, which takes long and no turn.
  model_.parameters().Initialize(group_.seed);
  const EagerTurn turn(device_);
  optimizer_.first_moment().zero_();
  optimizer_.second_moment().zero_();
  model_.WeightsChanged();
}

std::optional<Evaluation> Trainer::Evaluate(const std::function<bool()>& stop) {
  std::vector<at::Tensor> window_losses;
  const std::int64_t all = source_.eval_windows();
  const std::int64_t at_a_time =
      EvalBatchTokens(group_.shape) / group_.shape.context;
  for (std::int64_t first = 0; first < all; first += at_a_time) {
    if (stop()) return std::nullopt;
    const EagerTurn turn(device_);
    // A turn is for one batch: in between others get theirs.
    const Batch batch = batches_.Eval(first, std::min(at_a_time, all - first));
    window_losses.push_back(
        model_.TokenLosses(batch.tokens, batch.targets).mean(-1));
  }
  return Summarise(at::cat(window_losses));
}

std::optional<std::string> Trainer::DescribeLaunch() const {
  const auto* step = dynamic_cast<const DeviceStep*>(step_.get());
  if (step == nullptr || device_.is_cpu()) return std::nullopt;
  if (step->replays()) return "CUDA graph";
  return step->why_not().empty() ? "operations"
                                 : "operations: " + step->why_not();
}

TrainingState Trainer::state() const {
  return {.values = model_.parameters().values(),
          .first_moment = optimizer_.first_moment(),
          .second_moment = optimizer_.second_moment()};
}

void Trainer::Load(const TrainingState& from) {
  const EagerTurn turn(device_);
  const TrainingState own = state();
  own.values.copy_(from.values);
  own.first_moment.copy_(from.first_moment);
  own.second_moment.copy_(from.second_moment);
  model_.WeightsChanged();
}

}  // namespace isoflop
