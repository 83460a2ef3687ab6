// What passes by hand in fp32 have in common: inputs, norms, the head and the
// loss, forward and backward. One call of a loop or a product per layer and
// direction. A pass is a subclass that knows its layers.

#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>

#include "lib/model/cpu/cpu_pass.h"
#include "lib/model/cpu/divider.h"
#include "lib/model/cpu/fp32_layers.h"
#include "lib/model/cpu/fp32_product.h"
#include "lib/model/parameters.h"
#include "lib/sweep/model_shape.h"

namespace isoflop {

/// Rows are the positions of all windows of a batch, one after another; the
/// residual stream is what goes from layer to layer, [rows, d_model].
class Fp32Pass : public CpuPass {
 public:
  void WeightsChanged() override {}
  double AddGradient(const CpuBatch& batch, double weight) override;
  void Losses(const CpuBatch& batch, float* losses) override;

 protected:
  /// Reads weights from, and adds gradients to, the buffers of `parameters`.
  /// REQUIRES: they are fp32 on the CPU.
  Fp32Pass(const ModelShape& shape, const Parameters& parameters);

  /// A parameter and its gradient; null where the shape has none.
  struct Weights {
    const float* values = nullptr;
    float* gradient = nullptr;
  };

  /// Gain and bias; without a gain there is no norm.
  struct Norm {
    cpu::NormWeights<const float> weights;
    cpu::NormWeights<float> gradients;
  };

  /// A norm's input, output and statistics; without a norm y is x.
  struct NormState {
    float* x = nullptr;
    float* y = nullptr;
    cpu::NormStatistics statistics = {};
  };

  /// What the workspace has room for: all that a backward pass needs, or a
  /// forward pass whose layers use the same room one after another.
  enum class Room { kForwardOnly, kBothWays };

  /// Takes what the layers need, of rows() rows. Twice for a batch: the first
  /// time only to count.
  virtual void DivideLayers(Room room, Divider* divider) = 0;

  /// Returns where the first layer finds the residual stream; null where it
  /// reads the inputs of the batch as they are.
  virtual float* FirstInput() = 0;

  /// Writes what the last layer leaves to `last` [rows, d_model].
  virtual void ForwardLayers(const CpuBatch& batch, float* last) = 0;

  /// Turns dx(), the gradient of what the last layer left, into that of
  /// FirstInput, if there is one, and adds to those of the weights.
  virtual void BackwardLayers(const CpuBatch& batch) = 0;

  Weights Find(const std::string& name) const;
  Norm FindNorm(const std::string& name) const;
  NormState TakeNorm(const Norm& norm, Divider* divider) const;

  void ForwardNorm(const Norm& norm, const NormState& state) const;

  /// Adds to dx() what dnorm(), the gradient of state.y, gives.
  void BackwardNorm(const Norm& norm, const NormState& state);

  /// y = x w^T (+ y): x [rows, inputs], w [outputs, inputs].
  void Linear(std::int64_t inputs, std::int64_t outputs, const float* x,
              const Weights& w, float* y, Into into = Into::kOverwrite) const;

  /// dw += dy^T x, and then dx = dy w, unless dx is null.
  void LinearBackward(std::int64_t inputs, std::int64_t outputs, const float* x,
                      const Weights& w, const float* dy, float* dx) const;

  const ModelShape& shape() const { return shape_; }
  std::int64_t windows() const { return windows_; }
  std::int64_t rows() const { return windows_ * shape_.context; }
  float* dx() const { return dx_; }
  float* dnorm() const { return dnorm_; }

 private:
  void Reserve(std::int64_t windows, Room room);
  void Forward(const CpuBatch& batch);
  void ReadInputs(const CpuBatch& batch, float* x) const;
  void ReadInputsBackward(const CpuBatch& batch) const;
  void LossOf(const CpuBatch& batch, double scale, float* losses);

  ModelShape shape_;
  Parameters parameters_;  // shares the buffers
  at::Tensor sinusoidal_;  // positions that are added; undefined: none
  Weights embedding_, input_, positions_, head_;
  Norm final_norm_;

  // Of the windows of the last call; one allocation for all of it.
  std::int64_t windows_ = 0;
  Room room_ = Room::kBothWays;
  at::Tensor memory_;
  NormState final_norm_state_;
  float* outputs_ = nullptr;  // logits or predictions, then their gradients
  float* losses_ = nullptr;
  float* dx_ = nullptr;     // of the residual stream [rows, d_model]
  float* dnorm_ = nullptr;  // of a norm's output, likewise
};

}  // namespace isoflop
