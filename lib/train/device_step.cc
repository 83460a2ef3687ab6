#include "lib/train/device_step.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cassert>

#include "lib/train/micro_batch.h"

namespace isoflop {
namespace {

/// A few megabytes, and at least a fraction of a second.
constexpr std::int64_t kChunkTokens = std::int64_t{1} << 21;

/// Rates of `count` steps from `first` on: fp32 [count], on the CPU.
at::Tensor Rates(const LrSchedule& schedule, std::int64_t first,
                 std::int64_t count) {
  at::Tensor rates = at::empty({count}, at::kFloat);
  auto* data = rates.data_ptr<float>();
  for (std::int64_t i = 0; i < count; ++i) {
    data[i] = static_cast<float>(LearningRate(schedule, first + i));
  }
  return rates;
}

}  // namespace

DeviceStep::DeviceStep(const RunGroup& group, const Task& task,
                       at::Device device, Model* model, Optimizer* optimizer,
                       bool graphs)
    : model_(model),
      optimizer_(optimizer),
      micro_batches_(BatchWindows(group) / EqualMicroBatchWindows(group)),
      batch_windows_(BatchWindows(group)),
      chunk_steps_(
          std::clamp<std::int64_t>(kChunkTokens / group.training.batch_tokens,
                                   1, group.runs.back().steps)),
      reader_(task, group.shape, group.seed, EqualMicroBatchWindows(group)),
      gradient_(
          device, [this] { AddGradient(); }, nullptr, graphs),
      last_(
          device,
          [this] {
            AddGradient();
            Finish();
          },
          &gradient_, graphs) {
  const at::TensorOptions number = at::TensorOptions(at::kFloat).device(device);
  const at::TensorOptions row = number.dtype(at::kLong);
  chunk_ = ForEachTensor(reader_.Room(chunk_steps_ * micro_batches_),
                         [device](const at::Tensor& room) {
                           return at::zeros_like(room,
                                                 room.options().device(device));
                         });
  rates_ = at::zeros({chunk_steps_}, number);
  micro_batch_ = at::zeros({1}, row);
  chunk_step_ = at::zeros({1}, row);
  update_ = at::zeros({}, number);
  loss_ = at::zeros({1}, number);
  results_ = at::zeros({kMaxUntaken, 2}, number);
  rows_ = at::arange(kMaxUntaken, row).view({-1, 1});
  result_ = at::zeros({1}, row);
}

void DeviceStep::Update(std::int64_t step, const LrSchedule& schedule,
                        StepProfile* profile) {
  assert(untaken_ < kMaxUntaken);
  ProfiledSections sections(profile);
  if (step != next_step_ || step == chunk_end_ || schedule != schedule_) {
    sections.Enter(StepSection::kData);
    Fill(step, schedule);
  }
  sections.Enter(StepSection::kPass);
  // Both are recorded in the same update: only graphs share their memory.
  for (std::int64_t i = 1; i < micro_batches_; ++i) gradient_.Run(last_.warm());
  last_.Run();
  ++next_step_;
  ++untaken_;
}

ChunkRange DeviceStep::RangeOf(std::int64_t step,
                               const LrSchedule& schedule) const {
  const std::int64_t steps =
      std::clamp<std::int64_t>(schedule.total_steps - step, 0, chunk_steps_);
  return {.first_example = step * batch_windows_,
          .rows = steps * micro_batches_};
}

/// Puts the steps from `step` on on the device.
void DeviceStep::Fill(std::int64_t step, const LrSchedule& schedule) {
  const at::NoGradGuard no_grad;
  const ChunkRange range = RangeOf(step, schedule);
  const std::int64_t steps = range.rows / micro_batches_;
  const at::Tensor rates = Rates(schedule, step, steps);
  const Batch read = reader_.Read(range, RangeOf(step + steps, schedule));
  const auto put = [&range](const at::Tensor& from, const at::Tensor& to) {
    if (from.defined()) to.narrow(0, 0, range.rows).copy_(from);
  };
  put(read.inputs, chunk_.inputs);
  put(read.targets, chunk_.targets);
  put(read.counts, chunk_.counts);
  rates_.narrow(0, 0, steps).copy_(rates);
  micro_batch_.zero_();
  chunk_step_.zero_();
  update_.fill_(step);
  next_step_ = step;
  chunk_end_ = step + steps;
  schedule_ = schedule;
}

void DeviceStep::AddGradient() {
  const double weight = 1.0 / static_cast<double>(micro_batches_);
  const at::Tensor part =
      model_->AddGradient(ChunkRow(chunk_, micro_batch_), weight);
  loss_.add_(part, weight);
  micro_batch_.add_(1);
}

/// Makes the update, and stores its result.
void DeviceStep::Finish() {
  const at::NoGradGuard no_grad;
  update_.add_(1);
  const at::Tensor norm = optimizer_->UpdateOnDevice(
      update_, at::index_select(rates_, 0, chunk_step_)[0]);
  model_->WeightsChanged();
  // index_copy_ would wait for the index where digits must not vary.
  results_.copy_(at::where(
      rows_.eq(result_), at::stack({loss_, norm.to(at::kFloat).view({1})}, -1),
      results_));
  loss_.zero_();
  chunk_step_.add_(1);
  result_.add_(1);
}

std::vector<UpdateResult> DeviceStep::TakeResults() {
  const at::Tensor taken =
      results_.narrow(0, 0, untaken_).to(at::kCPU, at::kDouble);
  result_.zero_();
  const auto* data = taken.data_ptr<double>();
  std::vector<UpdateResult> results;
  for (; untaken_ > 0; --untaken_, data += 2) {
    results.push_back({.loss = data[0], .grad_norm = data[1]});
  }
  return results;
}

}  // namespace isoflop
