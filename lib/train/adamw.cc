#include "lib/train/adamw.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

#include "lib/core/vectorise.h"
#include "lib/model/torch_adamw.h"

namespace isoflop {
namespace {

/// Everything of an update that is the same for all elements.
struct Coefficients {
  float beta1, beta2;
  float keep;       // 1 - lr wd
  float step_size;  // lr / (1 - beta1^t)
  float v_scale;    // 1 / sqrt(1 - beta2^t)
  float epsilon;
  float gradient_scale;
};

ISOFLOP_VECTORISE
void UpdateElements(const Coefficients& c, std::int64_t size,
                    float* __restrict p, float* __restrict g,
                    float* __restrict m, float* __restrict v) {
  for (std::int64_t i = 0; i < size; ++i) {
    const float gradient = g[i] * c.gradient_scale;
    m[i] = c.beta1 * m[i] + (1.0F - c.beta1) * gradient;
    v[i] = c.beta2 * v[i] + (1.0F - c.beta2) * gradient * gradient;
    const float denominator = std::sqrt(v[i]) * c.v_scale + c.epsilon;
    p[i] = p[i] * c.keep - c.step_size * m[i] / denominator;
    g[i] = 0.0F;
  }
}

}  // namespace

AdamW::AdamW(Parameters* parameters, const TrainingConfig& config,
             std::int64_t d_model, bool by_hand)
    : parameters_(parameters),
      config_(config),
      by_hand_(by_hand && parameters->values().is_cpu()),
      segments_{{.begin = 0,
                 .size = parameters->hidden_size(),
                 .lr_scale = WidthScale(config, d_model),
                 .weight_decay = config.weight_decay},
                {.begin = parameters->hidden_size(),
                 .size = parameters->size() - parameters->hidden_size()}},
      first_moment_(at::zeros_like(parameters->values())),
      second_moment_(at::zeros_like(parameters->values())) {}

at::Tensor AdamW::Update(std::int64_t step, double lr) {
  const at::NoGradGuard no_grad;
  const at::Tensor& g = parameters_->gradients();
  if (by_hand_) {
    const double norm = GradientNorm(g);
    const double scale = ClippingFactor(norm, config_.clip_norm);
    for (const Segment& segment : segments_) {
      UpdateOnCpu(segment, step, lr, scale);
    }
    return at::scalar_tensor(norm, at::kDouble);
  }
  const at::TensorOptions number = g.options();
  return UpdateOnDevice(at::full({}, step + 1, number),
                        at::full({}, lr, number));
}

at::Tensor AdamW::UpdateOnDevice(const at::Tensor& t, const at::Tensor& lr) {
  const at::NoGradGuard no_grad;
  const at::Tensor& g = parameters_->gradients();
  at::Tensor norm = at::norm(g);
  const at::Tensor divisor = ClippingDivisor(norm, config_.clip_norm);
  for (const Segment& segment : segments_) {
    UpdateOnDevice(segment, t, lr, divisor);
  }
  g.zero_();
  return norm;
}

void AdamW::UpdateOnCpu(const Segment& segment, std::int64_t step, double lr,
                        double gradient_scale) {
  const double t = static_cast<double>(step + 1);
  const double segment_lr = lr * segment.lr_scale;
  const Coefficients coefficients{
      .beta1 = static_cast<float>(config_.beta1),
      .beta2 = static_cast<float>(config_.beta2),
      .keep = static_cast<float>(1.0 - segment_lr * segment.weight_decay),
      .step_size =
          static_cast<float>(segment_lr / (1.0 - std::pow(config_.beta1, t))),
      .v_scale =
          static_cast<float>(1.0 / std::sqrt(1.0 - std::pow(config_.beta2, t))),
      .epsilon = static_cast<float>(config_.epsilon),
      .gradient_scale = static_cast<float>(gradient_scale)};
  const auto at_segment = [&](const at::Tensor& buffer) {
    return buffer.data_ptr<float>() + segment.begin;
  };
  UpdateElements(coefficients, segment.size, at_segment(parameters_->values()),
                 at_segment(parameters_->gradients()),
                 at_segment(first_moment_), at_segment(second_moment_));
}

void AdamW::UpdateOnDevice(const Segment& segment, const at::Tensor& t,
                           const at::Tensor& lr, const at::Tensor& divisor) {
  const auto in_segment = [&](const at::Tensor& buffer) {
    return buffer.narrow(0, segment.begin, segment.size);
  };
  compat::AdamWUpdate({.values = in_segment(parameters_->values()),
                       .gradients = in_segment(parameters_->gradients()),
                       .first_moment = in_segment(first_moment_),
                       .second_moment = in_segment(second_moment_)},
                      t, lr * segment.lr_scale, divisor,
                      {.beta1 = config_.beta1,
                       .beta2 = config_.beta2,
                       .epsilon = config_.epsilon,
                       .weight_decay = segment.weight_decay});
}

}  // namespace isoflop
