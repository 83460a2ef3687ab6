// Causal self-attention of one window with bf16 products; the softmax is in
// fp32. See fp32_attention.h for the formulas.

#pragma once

#include <cstdint>
#include <vector>

#include "lib/model/cpu/bf16_linear.h"
#include "lib/model/cpu/bf16_product.h"

namespace isoflop::bf16 {

/// Forward and backward of one window, for all its heads. Keeps only scratch
/// room from one call to the next.
class Attention {
 public:
  Attention(std::int64_t context, std::int64_t heads, std::int64_t head_size);

  /// Numbers that Forward keeps: the weights, [heads, context, context].
  std::int64_t weights() const {
    return heads_ * context_ * StrideOf(context_);
  }

  /// y [context, d_model] from qkv [context, 3 d_model]; bf16 matrices have
  /// rows StrideOf apart.
  void Forward(const Number* qkv, Number* weights, float* y);

  /// dqkv [context, 3 d_model] from dy [context, d_model] and what Forward
  /// kept.
  void Backward(const Number* qkv, const Number* weights, const Number* dy,
                float* dqkv);

 private:
  /// One factor of one head: rows of head_size, `stride` apart.
  struct Factor {
    const Number* data;
    std::int64_t stride;
  };

  Right Transposed(const Factor& x);  // [head_size, context]
  Right Plain(const Factor& x);       // [context, head_size]
  Left TransposedWeights(const Number* weights);
  void StoreLower(const float* scores, Number* weights) const;

  std::int64_t context_, heads_, head_size_;
  std::vector<float> scores_;     // [context, context]
  std::vector<float> plain_;      // [context, context]
  std::vector<Number> gradient_;  // of the scores, [context, context]
  PackingRoom room_;
};

}  // namespace isoflop::bf16
