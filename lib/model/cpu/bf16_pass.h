// The whole model on the CPU with bf16 products, forward and backward by hand:
// what model.h computes with Precision::kBf16, on processors that have
// the instructions (bf16_product.h). The residual stream, norms, softmax and
// cross-entropy stay in fp32; what layers keep for their backward pass is bf16.
//
// Between two products everything is done for a few rows at a time, which stay
// in the nearest cache; and a batch goes through in parts of about a thousand
// tokens, so that what a layer keeps stays in a cache as well.

#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "lib/model/cpu/bf16_attention.h"
#include "lib/model/cpu/bf16_linear.h"
#include "lib/model/cpu/cpu_pass.h"
#include "lib/model/cpu/fp32_attention.h"
#include "lib/model/cpu/fp32_layers.h"
#include "lib/model/layers.h"
#include "lib/model/parameters.h"
#include "lib/sweep/model_shape.h"

namespace isoflop::bf16 {

class Pass final : public CpuPass {
 public:
  /// Reads weights from, and adds gradients to, the buffers of `parameters`.
  /// REQUIRES: HasBf16Pass(shape); they are fp32 on the CPU.
  Pass(const ModelShape& shape, const Parameters& parameters);

  void WeightsChanged() override;
  double AddGradient(const CpuBatch& batch, double weight) override;
  void Losses(const CpuBatch& batch, float* losses) override;
  void set_profile(StepProfile* profile) override;

 private:
  struct Norm {
    cpu::NormWeights<const float> weights;
    cpu::NormWeights<float> gradients;
  };
  struct Layer {
    Norm attention_norm, ffn_norm;
    Linear qkv, out, fc, proj;
  };

  /// A norm's input, output and statistics.
  struct NormState {
    float* x;
    Number* y;
    cpu::NormStatistics statistics;
  };

  /// What a layer keeps for its backward pass.
  struct LayerState {
    NormState attention_norm, ffn_norm;
    Number* qkv;      // rotated
    Number* weights;  // softmax of the scores
    Number* attended;
    Number* hidden;  // what fc gives
    Number* activated;
  };

  /// Rows that are worked on at once, of those of a part.
  struct Chunk {
    std::int64_t first, rows;

    /// Where they begin in a matrix of so many columns.
    float* Of(float* matrix, std::int64_t columns) const {
      return matrix + first * columns;
    }
    Number* Of(Number* matrix, std::int64_t columns) const {
      return matrix + first * StrideOf(columns);
    }
    cpu::NormStatistics Of(const cpu::NormStatistics& all) const {
      return {.mean = all.mean + first, .inverse = all.inverse + first};
    }
  };

  enum class Room { kForwardOnly, kBothWays };

  std::int64_t rows() const { return shape_of_part_.rows(); }
  std::int64_t d() const { return shape_.d_model; }
  void ForEachLinear(const std::function<void(Linear&)>& work);
  static void ForEachChunk(std::int64_t rows,
                           const std::function<void(const Chunk&)>& work);
  void ForEachPart(std::int64_t windows, Room room,
                   const std::function<void(std::int64_t)>& work);

  void Reserve(std::int64_t windows, Room room);
  std::int64_t Divide(char* memory, Room room);

  void Forward(const std::int64_t* tokens);
  void ForwardLayer(const Layer& layer, const LayerState& s, float* next);
  void FeedForward(const Chunk& chunk, const Layer& layer, const LayerState& s,
                   float* next);
  void Attend(const LayerState& s);
  void Normalise(const Chunk& chunk, const Norm& norm, const NormState& s);
  /// The logits of the chunk's rows become their gradient times `scale`.
  void CrossEntropy(const Chunk& chunk, const std::int64_t* targets,
                    const float* counts, double scale, float* losses);
  void Backward(const std::int64_t* tokens);
  void BackwardFeedForward(const Layer& layer, const LayerState& s);
  void BackwardAttention(const Layer& layer, const LayerState& s);
  void BackwardAttend(const LayerState& s);
  void BackwardNorm(const Chunk& chunk, const Norm& norm, const NormState& s,
                    const float* dy);
  void Rotate(std::int64_t first_row, std::int64_t rows, float direction,
              float* qkv) const;

  ModelShape shape_;
  Parameters parameters_;  // shares the buffers
  RotaryTables rotary_;
  Attention attention_;
  std::vector<Layer> layers_;
  Norm final_norm_;
  std::optional<Linear> head_;  // always there
  const float* embedding_;
  const float* positions_;
  float* embedding_gradient_;
  float* positions_gradient_;
  PackingRoom packing_;

  // Of the windows of the last part; one allocation for all of it.
  Room room_ = Room::kBothWays;
  cpu::AttentionShape shape_of_part_;
  at::Tensor memory_;
  std::vector<LayerState> states_;
  NormState final_state_{};
  Number* dlogits_ = nullptr;
  Number* dwide_ = nullptr;    // gradient of hidden, or of qkv
  Number* dnarrow_ = nullptr;  // of the residual stream, rounded
  Number* dattended_ = nullptr;
  float* dx_ = nullptr;  // of the residual stream
  float* window_ = nullptr;
  // Of one chunk each.
  float* narrow_ = nullptr;
  float* wide_ = nullptr;
  float* activated_ = nullptr;
  float* dactivated_ = nullptr;
};

}  // namespace isoflop::bf16
