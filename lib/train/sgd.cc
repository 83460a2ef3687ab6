#include "lib/train/sgd.h"

#include <ATen/core/grad_mode.h>

#include "lib/core/vectorise.h"

namespace isoflop {
namespace {

ISOFLOP_VECTORISE
void DescendElements(float keep, float rate, std::int64_t size,
                     float* __restrict p, float* __restrict g) {
  for (std::int64_t i = 0; i < size; ++i) {
    p[i] = keep * p[i] - rate * g[i];
    g[i] = 0.0F;
  }
}

}  // namespace

Sgd::Sgd(Parameters* parameters, const TrainingConfig& config,
         std::int64_t d_model)
    : parameters_(parameters),
      clip_norm_(config.clip_norm),
      weight_decay_(config.weight_decay),
      width_scale_(WidthScale(config, d_model)) {}

at::Tensor Sgd::Update(std::int64_t step, double lr) {
  const at::NoGradGuard no_grad;
  const at::Tensor& g = parameters_->gradients();
  if (!g.is_cpu() || g.scalar_type() != at::kFloat) {
    return UpdateOnDevice(at::full({}, step + 1, g.options()),
                          at::full({}, lr, g.options()));
  }
  const double norm = GradientNorm(g);
  const double clip = ClippingFactor(norm, clip_norm_);
  auto* p = parameters_->values().data_ptr<float>();
  auto* gradient = g.data_ptr<float>();
  const std::int64_t hidden = parameters_->hidden_size();
  const double hidden_lr = lr * width_scale_;
  DescendElements(static_cast<float>(1.0 - hidden_lr * weight_decay_),
                  static_cast<float>(hidden_lr * clip), hidden, p, gradient);
  DescendElements(1.0F, static_cast<float>(lr * clip), g.numel() - hidden,
                  p + hidden, gradient + hidden);
  return at::scalar_tensor(norm, at::kDouble);
}

at::Tensor Sgd::UpdateOnDevice(const at::Tensor& /*t*/, const at::Tensor& lr) {
  const at::NoGradGuard no_grad;
  const at::Tensor& g = parameters_->gradients();
  at::Tensor norm = at::norm(g);
  g.div_(ClippingDivisor(norm, clip_norm_));
  const std::int64_t hidden = parameters_->hidden_size();
  const at::Tensor p = parameters_->values();
  const at::Tensor of_hidden = p.narrow(0, 0, hidden);
  const at::Tensor hidden_lr = lr * width_scale_;
  of_hidden.mul_(1.0 - hidden_lr * weight_decay_);
  of_hidden.sub_(g.narrow(0, 0, hidden) * hidden_lr);
  const std::int64_t rest = g.numel() - hidden;
  p.narrow(0, hidden, rest).sub_(g.narrow(0, hidden, rest) * lr);
  g.zero_();
  return norm;
}

}  // namespace isoflop
