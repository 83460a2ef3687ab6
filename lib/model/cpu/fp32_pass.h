// The whole model on the CPU in fp32, forward and backward by hand: no graph,
// no temporaries, one call of a loop or a product per layer and direction. What
// transformer.cc computes from tensor operations, several times faster at small
// sizes, where those are bound by the overhead of each operation.

#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lib/model/cpu/cpu_pass.h"
#include "lib/model/cpu/fp32_attention.h"
#include "lib/model/cpu/fp32_layers.h"
#include "lib/model/cpu/fp32_product.h"
#include "lib/model/layers.h"
#include "lib/model/parameters.h"
#include "lib/sweep/model_shape.h"

namespace isoflop {

class Fp32Pass final : public CpuPass {
 public:
  /// Reads weights from, and adds gradients to, the buffers of `parameters`.
  /// REQUIRES: they are fp32 on the CPU.
  Fp32Pass(const ModelShape& shape, const Parameters& parameters);

  void WeightsChanged() override {}
  double AddGradient(const CpuBatch& batch, double weight) override;
  void Losses(const CpuBatch& batch, float* losses) override;

 private:
  /// The matrices of one layer, or their gradients.
  template <typename Float>
  struct LayerMatrices {
    cpu::NormWeights<Float> attention_norm, ffn_norm;
    Float* qkv;
    Float* out;
    Float* fc;
    Float* proj;
  };

  /// A whole set of parameters, or their gradients.
  template <typename Float>
  struct Matrices {
    std::vector<LayerMatrices<Float>> layers;
    cpu::NormWeights<Float> final_norm;
    Float* embedding;
    Float* input;
    Float* positions;
    Float* head;
  };

  /// A norm's input, output and statistics.
  struct NormState {
    float* x;
    float* y;
    cpu::NormStatistics statistics;
  };

  /// What a layer keeps for its backward pass.
  struct LayerState {
    NormState attention_norm, ffn_norm;
    float* qkv;      // rotated
    float* weights;  // softmax of the scores
    float* attended;
    float* hidden;  // what fc gives
    float* activated;
  };

  template <typename Float>
  static Matrices<Float> Find(const ModelShape& shape,
                              const Parameters& parameters);

  /// What the workspace has room for: all that a backward pass needs, or a
  /// forward pass whose layers use the same room one after another.
  enum class Room { kForwardOnly, kBothWays };

  /// y = x w^T (+ y): x [rows, inputs], w [outputs, inputs].
  void Linear(std::int64_t rows, std::int64_t inputs, std::int64_t outputs,
              const float* x, const float* w, float* y,
              Into into = Into::kOverwrite) const;

  /// dw += dy^T x, and then dx = dy w.
  void LinearBackward(std::int64_t rows, std::int64_t inputs,
                      std::int64_t outputs, const float* x, const float* w,
                      const float* dy, float* dx, float* dw) const;

  void Reserve(std::int64_t windows, Room room);
  void Forward(const CpuBatch& batch);
  void ForwardLayer(const LayerMatrices<const float>& w, const LayerState& s,
                    float* next);
  void Backward(const CpuBatch& batch);
  void BackwardLayer(const LayerMatrices<const float>& w,
                     const LayerMatrices<float>& g, const LayerState& s);
  void BackwardNorm(const NormState& s, const cpu::NormWeights<const float>& w,
                    const cpu::NormWeights<float>& g);
  void LossOf(const CpuBatch& batch, double scale, float* losses);

  ModelShape shape_;
  Parameters parameters_;  // shares the buffers
  RotaryTables rotary_;
  at::Tensor sinusoidal_;  // positions that are added; undefined: none
  Matrices<const float> weights_;
  Matrices<float> gradients_;

  // Of the windows of the last call; one allocation for all of it.
  std::int64_t windows_ = 0;
  Room room_ = Room::kBothWays;
  cpu::AttentionShape attention_;
  at::Tensor memory_;
  std::vector<LayerState> layers_;  // the same one each, of kForwardOnly
  NormState final_norm_;
  float* outputs_ = nullptr;  // logits or predictions, then their gradients
  float* losses_ = nullptr;
  // Gradients: of the residual stream, of a norm's output, and of the widest
  // result within a layer.
  float* dx_ = nullptr;
  float* dnorm_ = nullptr;
  float* dwide_ = nullptr;
  float* dactivated_ = nullptr;
  float* scratch_ = nullptr;
};

}  // namespace isoflop
