// The whole model on the CPU, forward and backward by hand: no graph, no
// temporaries. What model.h computes from tensor operations, several times
// faster at small sizes, where those are bound by the overhead of each.

#pragma once

#include <cstdint>
#include <memory>

#include "lib/model/parameters.h"
#include "lib/model/step_profile.h"
#include "lib/sweep/model_shape.h"
#include "lib/sweep/training_config.h"

namespace isoflop {

/// A batch of whole windows: `windows` times `context` positions, one after
/// another. What a model has no use for is null.
struct CpuBatch {
  std::int64_t windows = 0;
  const std::int64_t* tokens = nullptr;         // [windows * context]
  const float* vectors = nullptr;               // [windows * context, d_in]
  const std::int64_t* target_tokens = nullptr;  // [windows * context]
  const float* target_vectors = nullptr;        // [windows * context, d_out]
  const float* counts = nullptr;  // [windows * context]: 1 where the loss
                                  // counts, else 0; null: everywhere
};

/// Returns how many of `rows` positions count.
double CountedRows(const float* counts, std::int64_t rows);

/// Forward and backward of a whole model, one batch of windows at a time.
/// Weights and gradients are fp32 whatever products are computed in.
class CpuPass {
 public:
  virtual ~CpuPass() = default;

  /// Takes over the weights, which have changed. To be called before anything
  /// else.
  virtual void WeightsChanged() = 0;

  /// As Model::AddGradient.
  virtual double AddGradient(const CpuBatch& batch, double weight) = 0;

  /// Writes the loss of every position, 0 where it does not count. Takes the
  /// memory of one layer only, however many there are.
  virtual void Losses(const CpuBatch& batch, float* losses) = 0;

  /// From now on products and attention count their time there; null, as in the
  /// beginning: nowhere. REQUIRES: it outlives the passes.
  virtual void set_profile(StepProfile* profile) { profile_ = profile; }

 protected:
  StepProfile* profile_ = nullptr;
};

/// Returns the pass for a shape; null where there is none, as HasCpuPass
/// (lib/sweep/group_memory.h) has it. It reads weights from, and adds gradients
/// to, the buffers of `parameters`. REQUIRES: they are fp32 on the CPU.
std::unique_ptr<CpuPass> MakeCpuPass(const ModelShape& shape,
                                     Precision precision,
                                     const Parameters& parameters);

}  // namespace isoflop
