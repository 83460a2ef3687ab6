// What makes of a gradient an update, over the flat buffers of a model.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "lib/model/parameters.h"
#include "lib/model/tensor.h"
#include "lib/sweep/training_config.h"

namespace isoflop {

class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// Makes update number `step`, counted from 0, with the gradients of the
  /// parameters, and leaves these zero. Returns the norm of the gradient before
  /// clipping, a scalar on the device: nothing here waits for it.
  virtual at::Tensor Update(std::int64_t step, double lr) = 0;

  /// The same for the update and the rate that the device knows: t counts
  /// updates from 1; both fp32 scalars there. Can be recorded in a CUDA graph.
  virtual at::Tensor UpdateOnDevice(const at::Tensor& t,
                                    const at::Tensor& lr) = 0;

  /// What it keeps of every weight: MomentsOf(kind) flat buffers, of the layout
  /// of the parameters' values.
  virtual std::vector<at::Tensor> moments() const = 0;
};

/// Returns the norm of a flat fp32 buffer on the CPU.
double GradientNorm(const at::Tensor& gradients);

/// Returns what a gradient is multiplied with, or divided by, so that its norm
/// is at most clip_norm; 1 for a clip_norm of 0.
double ClippingFactor(double norm, double clip_norm);
at::Tensor ClippingDivisor(const at::Tensor& norm, double clip_norm);

/// Returns the optimizer of a configuration. Hidden matrices have their rate
/// scaled by width (see LrScaling) and the configuration's weight decay; every
/// other parameter has the rate itself and no decay. REQUIRES: `parameters`
/// outlives it.
std::unique_ptr<Optimizer> MakeOptimizer(Parameters* parameters,
                                         const TrainingConfig& config,
                                         std::int64_t d_model);

}  // namespace isoflop
