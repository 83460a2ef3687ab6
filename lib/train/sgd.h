// Stochastic gradient descent without momentum.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/parameters.h"
#include "lib/model/tensor.h"
#include "lib/sweep/training_config.h"
#include "lib/train/optimizer.h"

namespace isoflop {

/// p = p - lr wd p - lr g, with g clipped to a norm of clip_norm.
class Sgd final : public Optimizer {
 public:
  /// REQUIRES: `parameters` outlives the optimizer.
  Sgd(Parameters* parameters, const TrainingConfig& config,
      std::int64_t d_model);

  at::Tensor Update(std::int64_t step, double lr) override;
  at::Tensor UpdateOnDevice(const at::Tensor& t, const at::Tensor& lr) override;
  std::vector<at::Tensor> moments() const override { return {}; }

 private:
  Parameters* parameters_;
  double clip_norm_;
  double weight_decay_;
  double width_scale_;
};

}  // namespace isoflop
