// The whole model on the CPU, forward and backward by hand: no graph, no
// temporaries. What transformer.h computes from tensor operations, several
// times faster at small sizes, where those are bound by the overhead of each.

#pragma once

#include <cstdint>
#include <memory>

#include "lib/model/layers.h"
#include "lib/model/parameters.h"
#include "lib/model/step_profile.h"
#include "lib/sweep/model_shape.h"
#include "lib/sweep/training_config.h"

namespace isoflop {

/// Forward and backward of a whole model, one batch of windows at a time.
/// Weights and gradients are fp32 whatever products are computed in.
class CpuPass {
 public:
  virtual ~CpuPass() = default;

  /// Takes over the weights, which have changed. To be called before anything
  /// else.
  virtual void WeightsChanged() = 0;

  /// Returns the mean loss in nats per token and adds `weight` times its
  /// gradient. tokens, targets: int64 [windows * context].
  virtual double AddGradient(std::int64_t windows, const std::int64_t* tokens,
                             const std::int64_t* targets, double weight) = 0;

  /// Writes -ln p(target) of every token, in nats. Takes the memory of one
  /// layer only, however many there are.
  virtual void TokenLosses(std::int64_t windows, const std::int64_t* tokens,
                           const std::int64_t* targets, float* losses) = 0;

  /// From now on products and attention count their time there; null, as in the
  /// beginning: nowhere. REQUIRES: it outlives the passes.
  virtual void set_profile(StepProfile* profile) { profile_ = profile; }

 protected:
  StepProfile* profile_ = nullptr;
};

/// Returns the pass for a shape; null where there is none, which is with
/// Precision::kBf16 unless HasBf16Pass(shape). It reads weights from, and adds
/// gradients to, the buffers of `parameters`. REQUIRES: they are fp32 on the
/// CPU.
std::unique_ptr<CpuPass> MakeCpuPass(const ModelShape& shape,
                                     Precision precision,
                                     const Parameters& parameters,
                                     const RotaryTables& rotary);

}  // namespace isoflop
