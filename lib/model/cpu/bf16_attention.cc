#include "lib/model/cpu/bf16_attention.h"

#include <algorithm>
#include <cmath>

#include "lib/model/cpu/fp32_attention.h"

namespace isoflop::bf16 {

Attention::Attention(std::int64_t context, std::int64_t heads,
                     std::int64_t head_size)
    : context_(context),
      heads_(heads),
      head_size_(head_size),
      scores_(static_cast<std::size_t>(context * context)),
      plain_(scores_.size()),
      gradient_(static_cast<std::size_t>(context * StrideOf(context))) {}

Right Attention::Transposed(const Factor& x) {
  return PackRightTransposed(
      head_size_, context_, x.data, x.stride,
      room_.Right(PackedSize(head_size_, context_, kRightPanel)));
}

Right Attention::Plain(const Factor& x) {
  return PackRight(context_, head_size_, x.data, x.stride,
                   room_.Right(PackedSize(context_, head_size_, kRightPanel)));
}

Left Attention::TransposedWeights(const Number* weights) {
  return PackLeftTransposed(
      context_, context_, weights, StrideOf(context_),
      room_.Left(PackedSize(context_, context_, kLeftPanel)));
}

/// With zeros above the diagonal, where `scores` are undefined.
void Attention::StoreLower(const float* scores, Number* weights) const {
  const std::int64_t stride = StrideOf(context_);
  for (std::int64_t row = 0; row < context_; ++row) {
    Convert(row + 1, scores, weights);
    std::fill(weights + row + 1, weights + stride, Number(0.0F));
    scores += context_;
    weights += stride;
  }
}

void Attention::Forward(const Number* qkv, Number* weights, float* y) {
  const std::int64_t d = heads_ * head_size_;
  const std::int64_t stride = StrideOf(3 * d);
  const float scale = cpu::AttentionScale(head_size_);
  for (std::int64_t head = 0; head < heads_; ++head) {
    const Number* q = qkv + head * head_size_;
    Multiply(context_, context_, LeftOfRows(q, stride),
             Transposed({q + d, stride}), scores_.data(), context_,
             Into::kOverwrite, Part::kLowerResult);
    cpu::Softmax(context_, {.scale = scale}, scores_.data());
    StoreLower(scores_.data(), weights);
    Multiply(context_, head_size_, LeftOfRows(weights, StrideOf(context_)),
             Plain({q + 2 * d, stride}), y + head * head_size_, d,
             Into::kOverwrite, Part::kLowerLeft);
    weights += context_ * StrideOf(context_);
  }
}

void Attention::Backward(const Number* qkv, const Number* weights,
                         const Number* dy, float* dqkv) {
  const std::int64_t d = heads_ * head_size_;
  const std::int64_t stride = StrideOf(3 * d);
  const float scale = cpu::AttentionScale(head_size_);
  const Left gradient = LeftOfRows(gradient_.data(), StrideOf(context_));
  for (std::int64_t head = 0; head < heads_; ++head) {
    const std::int64_t at = head * head_size_;
    const Factor q{qkv + at, stride};
    const Factor k{q.data + d, stride};
    const Factor v{q.data + 2 * d, stride};
    const Factor dout{dy + at, StrideOf(d)};
    float* dq = dqkv + at;
    // dv = p^T dy
    Multiply(context_, head_size_, TransposedWeights(weights), Plain(dout),
             dq + 2 * d, 3 * d, Into::kOverwrite, Part::kUpperLeft);
    // dp = dy v^T, and from it the gradient of the scores
    Multiply(context_, context_, LeftOfRows(dout.data, dout.stride),
             Transposed(v), scores_.data(), context_, Into::kOverwrite,
             Part::kLowerResult);
    ConvertRows(context_, context_, weights, plain_.data());
    cpu::SoftmaxBackward(context_, {.scale = scale}, plain_.data(),
                         scores_.data());
    StoreLower(scores_.data(), gradient_.data());
    // dq = ds k, dk = ds^T q
    Multiply(context_, head_size_, gradient, Plain(k), dq, 3 * d,
             Into::kOverwrite, Part::kLowerLeft);
    Multiply(context_, head_size_, TransposedWeights(gradient_.data()),
             Plain(q), dq + d, 3 * d, Into::kOverwrite, Part::kUpperLeft);
    weights += context_ * StrideOf(context_);
  }
}

}  // namespace isoflop::bf16
