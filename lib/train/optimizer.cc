#include "lib/train/optimizer.h"

#include <algorithm>
#include <cmath>

#include "lib/core/vectorise.h"
#include "lib/train/adamw.h"
#include "lib/train/sgd.h"

namespace isoflop {
namespace {

/// Keeps the clipping factor finite where the gradient is zero.
constexpr double kClipEpsilon = 1e-6;

/// Sums in kLanes partial sums, so that the order of additions is part of the
/// source and not a choice of the compiler. REQUIRES: kLanes divides size.
ISOFLOP_VECTORISE
double SumOfSquares(const float* x, std::int64_t size) {
  constexpr int kLanes = Parameters::kAlignment;
  double sums[kLanes] = {};
  for (std::int64_t i = 0; i < size; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const auto value = static_cast<double>(x[i + lane]);
      sums[lane] += value * value;
    }
  }
  double total = 0.0;
  for (const double sum : sums) total += sum;
  return total;
}

}  // namespace

double GradientNorm(const at::Tensor& gradients) {
  return std::sqrt(
      SumOfSquares(gradients.data_ptr<float>(), gradients.numel()));
}

double ClippingFactor(double norm, double clip_norm) {
  return clip_norm > 0.0 ? std::min(1.0, clip_norm / (norm + kClipEpsilon))
                         : 1.0;
}

at::Tensor ClippingDivisor(const at::Tensor& norm, double clip_norm) {
  if (clip_norm <= 0.0) return at::ones_like(norm);
  return ((norm + kClipEpsilon) / clip_norm).clamp_min(1.0);
}

std::unique_ptr<Optimizer> MakeOptimizer(Parameters* parameters,
                                         const TrainingConfig& config,
                                         std::int64_t d_model) {
  switch (config.optimizer) {
    case OptimizerKind::kAdamW:
      return std::make_unique<AdamW>(parameters, config, d_model);
    case OptimizerKind::kSgd:
      return std::make_unique<Sgd>(parameters, config, d_model);
  }
  return nullptr;
}

}  // namespace isoflop
