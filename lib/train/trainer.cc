#include "lib/train/trainer.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "lib/sweep/group_memory.h"
#include "lib/train/device_step.h"
#include "lib/train/host_step.h"

namespace isoflop {
namespace {

/// Losses and counts of a whole evaluation set, [examples, T] each, in double:
/// the mean of thousands of examples keeps its digits.
struct PositionLosses {
  at::Tensor losses;
  at::Tensor counts;
};

/// Mean of a sample and the standard error of that mean.
Evaluation Summarise(const PositionLosses& all) {
  // Every example weighs the same, whatever the number of its positions that
  // count.
  const at::Tensor of_examples =
      all.losses.sum(-1) / all.counts.sum(-1).clamp_min(1.0);
  Evaluation evaluation{.loss = of_examples.mean().item<double>()};
  // Over examples and not positions: losses within one are not independent.
  if (of_examples.numel() > 1) {
    evaluation.std_error = of_examples.std().item<double>() /
                           std::sqrt(static_cast<double>(of_examples.numel()));
  }
  return evaluation;
}

}  // namespace

TrainingState TrainingState::Clone() const {
  const EagerTurn turn(values.device());
  TrainingState copy{.values = values.clone(), .moments = {}};
  for (const at::Tensor& moment : moments) {
    copy.moments.push_back(moment.clone());
  }
  return copy;
}

Trainer::Trainer(const RunGroup& group, const Task& task, at::Device device,
                 const TrainerOptions& options)
    : building_(std::in_place, device),
      stream_(device),
      group_(group),
      task_(task),
      device_(device),
      model_(group.shape, {.device = device,
                           .precision = group.training.precision,
                           .by_hand = !options.device_step}),
      optimizer_(MakeOptimizer(&model_.parameters(), group.training,
                               group.shape.d_model)),
      batches_(task, group.shape, device) {
  if (device.is_cpu() && !options.device_step) {
    step_ = std::make_unique<HostStep>(group, task, &model_, optimizer_.get());
  } else {
    step_ = std::make_unique<DeviceStep>(group, task, device, &model_,
                                         optimizer_.get(), options.graphs);
  }
  building_.reset();
}

void Trainer::Initialize() {
  // Drawn on the CPU and copied, which takes long and no turn.
  model_.parameters().Initialize(group_.seed);
  const EagerTurn turn(device_);
  for (const at::Tensor& moment : optimizer_->moments()) moment.zero_();
  model_.WeightsChanged();
}

std::optional<double> Trainer::ExactLoss() const {
  if (group_.shape.architecture != Architecture::kLinear) return std::nullopt;
  const at::Tensor weights =
      model_.parameters().Find("head").detach().to(at::kCPU).contiguous();
  return task_.RiskOfLinear(
      {weights.data_ptr<float>(), static_cast<std::size_t>(weights.numel())});
}

std::optional<Evaluation> Trainer::Evaluate(const std::function<bool()>& stop) {
  if (const auto exact = ExactLoss()) return Evaluation{.loss = *exact};
  std::vector<at::Tensor> losses;
  std::vector<at::Tensor> counts;
  const std::int64_t all = task_.eval_examples();
  const std::int64_t at_a_time =
      EvalBatchTokens(group_.shape) / group_.shape.context;
  for (std::int64_t first = 0; first < all; first += at_a_time) {
    if (stop()) return std::nullopt;
    const EagerTurn turn(device_);
    // A turn is for one batch: in between others get theirs.
    const Batch batch = batches_.Eval(first, std::min(at_a_time, all - first));
    losses.push_back(model_.Losses(batch));
    counts.push_back(batch.counts.defined() ? batch.counts
                                            : at::ones_like(losses.back()));
  }
  const auto whole = [](const std::vector<at::Tensor>& parts) {
    return at::cat(parts).to(at::kCPU, at::kDouble);
  };
  return Summarise({.losses = whole(losses), .counts = whole(counts)});
}

ProbeBatch Trainer::ForProbes(std::int64_t first, std::int64_t examples) {
  const at::NoGradGuard no_grad;
  ProbeBatch batch{.first = first, .batch = batches_.Eval(first, examples)};
  const auto on_cpu = [](const at::Tensor& tensor) {
    return tensor.to(at::kCPU, at::kDouble);
  };
  batch.outputs = model_.Outputs(batch.batch.inputs).to(at::kCPU, at::kFloat);
  batch.losses = on_cpu(model_.Losses(batch.batch));
  batch.counts = batch.batch.counts.defined() ? on_cpu(batch.batch.counts)
                                              : at::ones_like(batch.losses);
  return batch;
}

std::optional<Json> Trainer::MeasureProbes(const std::function<bool()>& stop) {
  if (group_.probes.empty()) return Json();
  std::vector<std::unique_ptr<Probe>> probes;
  for (const ProbeKind kind : group_.probes) {
    probes.push_back(
        MakeProbe(kind, {.group = group_, .task = task_, .model = model_}));
  }
  const std::int64_t all = task_.eval_examples();
  const std::int64_t at_a_time = std::max(
      std::int64_t{1}, EvalBatchTokens(group_.shape) / group_.shape.context);
  for (std::int64_t first = 0; first < all; first += at_a_time) {
    if (stop()) return std::nullopt;
    const EagerTurn turn(device_);
    const auto batch = ForProbes(first, std::min(at_a_time, all - first));
    for (const auto& probe : probes) probe->Take(batch);
  }
  Json results = Json::object();
  for (std::size_t i = 0; i < probes.size(); ++i) {
    results[std::string(NameOf(group_.probes[i]))] = probes[i]->Result();
  }
  return results;
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
          .moments = optimizer_->moments()};
}

void Trainer::Load(const TrainingState& from) {
  const EagerTurn turn(device_);
  const TrainingState own = state();
  own.values.copy_(from.values);
  for (std::size_t i = 0; i < own.moments.size(); ++i) {
    own.moments[i].copy_(from.moments[i]);
  }
  model_.WeightsChanged();
}

}  // namespace isoflop
