// AdamW over the flat buffers of a model.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/parameters.h"
#include "lib/model/tensor.h"
#include "lib/sweep/training_config.h"
#include "lib/train/optimizer.h"

namespace isoflop {

/// The optimizer with its two moments. With g clipped to a norm of clip_norm,
/// update t = 1, 2, ... is
///
///   m = beta1 m + (1 - beta1) g           v = beta2 v + (1 - beta2) g^2
///   p = p - lr wd p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
///
/// Source: Loshchilov & Hutter 2019, algorithm 2 (arXiv:1711.05101).
class AdamW final : public Optimizer {
 public:
  /// REQUIRES: `parameters` outlives the optimizer. On the CPU an update is one
  /// pass over memory, unless `by_hand` is off: then it is made as on other
  /// devices, for comparing.
  AdamW(Parameters* parameters, const TrainingConfig& config,
        std::int64_t d_model, bool by_hand = true);

  at::Tensor Update(std::int64_t step, double lr) override;
  at::Tensor UpdateOnDevice(const at::Tensor& t, const at::Tensor& lr) override;
  std::vector<at::Tensor> moments() const override {
    return {first_moment_, second_moment_};
  }

 private:
  /// What differs between the two segments of the buffer.
  struct Segment {
    std::int64_t begin = 0;
    std::int64_t size = 0;
    double lr_scale = 1.0;
    double weight_decay = 0.0;
  };

  void UpdateOnCpu(const Segment& segment, std::int64_t step, double lr,
                   double gradient_scale);
  void UpdateOnDevice(const Segment& segment, const at::Tensor& t,
                      const at::Tensor& lr, const at::Tensor& divisor);

  Parameters* parameters_;
  TrainingConfig config_;
  bool by_hand_;
  Segment segments_[2];
  at::Tensor first_moment_;
  at::Tensor second_moment_;
};

}  // namespace isoflop
