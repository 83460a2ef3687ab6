#include "lib/model/model.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <vector>

#include "lib/sweep/group_memory.h"

namespace isoflop {
namespace {

at::TensorOptions MasterOptions(const ComputeOptions& options) {
  return at::TensorOptions(options.dtype).device(options.device);
}

/// REQUIRES: the tensor is contiguous.
template <typename Number>
const Number* DataOf(const at::Tensor& tensor) {
  return tensor.defined() ? tensor.data_ptr<Number>() : nullptr;
}

CpuBatch ForCpuPass(const ModelShape& shape, const Batch& batch) {
  CpuBatch view{.windows = batch.inputs.size(0),
                .counts = DataOf<float>(batch.counts)};
  if (shape.d_in > 0) {
    view.vectors = DataOf<float>(batch.inputs);
  } else {
    view.tokens = DataOf<std::int64_t>(batch.inputs);
  }
  if (shape.d_out > 0) {
    view.target_vectors = DataOf<float>(batch.targets);
  } else {
    view.target_tokens = DataOf<std::int64_t>(batch.targets);
  }
  return view;
}

/// One row per position: [B T], or [B T, width] of vectors.
at::Tensor Rows(const at::Tensor& by_position, bool vectors) {
  return vectors ? by_position.reshape({-1, by_position.size(-1)})
                 : by_position.reshape({-1});
}

}  // namespace

Model::Model(const ModelShape& shape, const ComputeOptions& options)
    : shape_(shape),
      options_(options),
      parameters_(std::make_unique<Parameters>(ParameterSpecs(shape),
                                               MasterOptions(options))) {
  if (options.by_hand && options.device.is_cpu() &&
      options.dtype == at::kFloat) {
    options_.precision = PrecisionOnCpu(shape, options.precision);
    cpu_pass_ = MakeCpuPass(shape, options_.precision, *parameters_);
  }
  if (options_.precision == Precision::kBf16 && !cpu_pass_) {
    half_parameters_ = std::make_unique<Parameters>(
        parameters_->specs(), MasterOptions(options).dtype(at::kBFloat16));
  }
  const Parameters& products = product_parameters();
  network_ =
      MakeNetwork(shape, {.masters = *parameters_, .products = products});
  const char* head = HasTiedHead(shape) ? "embedding" : "head";
  head_ = products.Find(head);
  head_master_ = parameters_->Find(head);
}

void Model::WeightsChanged() {
  if (half_parameters_) half_parameters_->values().copy_(parameters_->values());
  if (cpu_pass_) cpu_pass_->WeightsChanged();
}

at::Tensor Model::Head(const at::Tensor& hidden) const {
  return at::linear(hidden, head_).to(options_.dtype);
}

at::Tensor Model::Outputs(const at::Tensor& inputs) const {
  return OutputsOf(Embed(inputs));
}

/// A pass by hand takes whole windows, one after another.
bool Model::UsesCpuPass(const Batch& batch) const {
  return cpu_pass_ && batch.inputs.size(1) == shape_.context &&
         batch.inputs.is_contiguous() && batch.targets.is_contiguous() &&
         (!batch.counts.defined() || batch.counts.is_contiguous());
}

/// outputs [R, V] and targets [R], or both [R, d_out]: the losses [R].
at::Tensor Model::RowLosses(const at::Tensor& outputs,
                            const at::Tensor& targets) const {
  if (shape_.d_out > 0) {
    const at::Tensor error = outputs - targets.to(outputs.scalar_type());
    return (error * error).sum(-1);
  }
  return at::cross_entropy_loss(outputs, targets, {}, at::Reduction::None);
}

at::Tensor Model::LossesOf(const at::Tensor& outputs,
                           const Batch& batch) const {
  const at::Tensor losses =
      RowLosses(Rows(outputs, true), Rows(batch.targets, shape_.d_out > 0))
          .view(batch.inputs.sizes().slice(0, 2));
  return batch.counts.defined() ? losses * batch.counts : losses;
}

at::Tensor Model::Losses(const Batch& batch) const {
  const at::NoGradGuard no_grad;
  if (UsesCpuPass(batch)) {
    at::Tensor losses = at::empty(batch.inputs.sizes().slice(0, 2), at::kFloat);
    cpu_pass_->Losses(ForCpuPass(shape_, batch), losses.data_ptr<float>());
    return losses;
  }
  return LossesOf(Outputs(batch.inputs), batch);
}

/// Adds the head's gradient to that of its master: pieces add up in fp32.
void Model::TakeHeadGradient() {
  const at::NoGradGuard no_grad;
  head_master_.grad().add_(head_.grad());
  head_.grad().zero_();
}

at::Tensor Model::AddGradient(const Batch& batch, double weight) {
  if (UsesCpuPass(batch)) {
    return at::scalar_tensor(
        cpu_pass_->AddGradient(ForCpuPass(shape_, batch), weight), at::kDouble);
  }
  const at::Tensor hidden = Rows(network_->Hidden(batch.inputs), true);
  const at::Tensor targets = Rows(batch.targets, shape_.d_out > 0);
  const at::Tensor counts =
      batch.counts.defined() ? batch.counts.reshape({-1}) : at::Tensor();
  const at::Tensor counted = counts.defined() ? counts.sum() : at::Tensor();
  const std::int64_t rows = hidden.size(0);
  // The gradient of half a squared error is the error times its input.
  const double slope = shape_.d_out > 0 ? 0.5 * weight : weight;
  at::Tensor loss = at::zeros({}, MasterOptions(options_));
  std::vector<at::Tensor> gradients;
  const std::int64_t most = LossRows(shape_, rows);
  for (std::int64_t begin = 0; begin < rows;) {
    const std::int64_t size = std::min(most, rows - begin);
    // A leaf of its own, so that backward ends there and frees the outputs.
    const at::Tensor piece =
        hidden.narrow(0, begin, size).detach().set_requires_grad(true);
    at::Tensor losses = RowLosses(Head(piece), targets.narrow(0, begin, size));
    if (counts.defined()) losses = losses * counts.narrow(0, begin, size);
    // Summed afterwards: LibTorch's own sum keeps one block of a GPU busy.
    const at::Tensor part =
        counts.defined() ? losses.sum() / counted : losses.sum() / rows;
    part.backward(at::full_like(part, slope));
    if (half_parameters_) TakeHeadGradient();
    loss.add_(part.detach());
    gradients.push_back(piece.grad());
    begin += size;
  }
  if (hidden.requires_grad()) {
    hidden.backward(gradients.size() == 1 ? gradients[0] : at::cat(gradients));
  }
  if (half_parameters_) {
    parameters_->gradients().add_(half_parameters_->gradients());
    half_parameters_->gradients().zero_();
  }
  return loss;
}

}  // namespace isoflop
