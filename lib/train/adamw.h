// AdamW over the flat buffers of a model.

#pragma once

#include <cstdint>

#include "lib/model/parameters.h"
#include "lib/model/tensor.h"
#include "lib/sweep/training_config.h"

namespace isoflop {

/// The optimizer with its two moments. With g clipped to a norm of clip_norm,
/// update t = 1, 2, ... is
///
///   m = beta1 m + (1 - beta1) g           v = beta2 v + (1 - beta2) g^2
///   p = p - lr wd p - lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps)
///
/// Hidden matrices have lr scaled by width (see LrScaling) and wd of the
/// configuration; every other parameter has lr itself and wd = 0.
/// Source: Loshchilov & Hutter 2019, algorithm 2 (arXiv:1711.05101).
class AdamW {
 public:
  /// REQUIRES: `parameters` outlives the optimizer. On the CPU an update is one
  /// pass over memory, unless `by_hand` is off: then it is made as on other
  /// devices, for comparing.
  AdamW(Parameters* parameters, const TrainingConfig& config,
        std::int64_t d_model, bool by_hand = true);

  /// Makes update number `step`, counted from 0, with the gradients of
  /// `parameters`, and leaves these zero. Returns the norm of the gradient
  /// before clipping, a scalar on the device: nothing here waits for it.
  at::Tensor Update(std::int64_t step, double lr);

  /// The same for the update and the rate that the device knows: t counts
  /// updates from 1; both fp32 scalars there. Can be recorded in a CUDA graph.
  at::Tensor UpdateOnDevice(const at::Tensor& t, const at::Tensor& lr);

  /// Moments, flat, of the layout of parameters->values().
  const at::Tensor& first_moment() const { return first_moment_; }
  const at::Tensor& second_moment() const { return second_moment_; }

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
