#include "lib/train/host_step.h"

#include <algorithm>
#include <utility>

#include "lib/train/micro_batch.h"

namespace isoflop {

HostStep::HostStep(const RunGroup& group, const Task& task, Model* model,
                   Optimizer* optimizer)
    : group_(group),
      model_(model),
      optimizer_(optimizer),
      batches_(task, group.shape, at::kCPU),
      batch_windows_(BatchWindows(group)),
      micro_batch_windows_(MicroBatchWindows(group)) {}

void HostStep::Update(std::int64_t step, const LrSchedule& schedule,
                      StepProfile* profile) {
  ProfiledSections sections(profile);
  double loss = 0.0;
  for (std::int64_t done = 0; done < batch_windows_;) {
    const std::int64_t windows =
        std::min(micro_batch_windows_, batch_windows_ - done);
    sections.Enter(StepSection::kData);
    const Batch batch =
        batches_.Train(group_.seed, step * batch_windows_ + done, windows);
    sections.Enter(StepSection::kPass);
    // By its windows, of which all have as many positions that count: the last
    // micro-batch may be a smaller one.
    const double weight =
        static_cast<double>(windows) / static_cast<double>(batch_windows_);
    loss += weight * model_->AddGradient(batch, weight).item<double>();
    done += windows;
  }
  sections.Enter(StepSection::kUpdate);
  const at::Tensor grad_norm =
      optimizer_->Update(step, LearningRate(schedule, step));
  model_->WeightsChanged();
  results_.push_back({.loss = loss, .grad_norm = grad_norm.item<double>()});
}

std::vector<UpdateResult> HostStep::TakeResults() {
  return std::exchange(results_, {});
}

}  // namespace isoflop
