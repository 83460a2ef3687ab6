#include "lib/model/cpu/fp32_attention.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "lib/core/vectorise.h"
#include "lib/model/cpu/fast_math.h"
#include "lib/model/cpu/fp32_product.h"
#include "lib/model/cpu/reductions.h"

namespace isoflop::cpu {
namespace {

/// The matrices of one head in one window: [context, head_size] each, with rows
/// that are `stride` apart.
template <typename Float>
struct Head {
  Float* q;
  Float* k;
  Float* v;
  std::int64_t stride;
};

template <typename Float>
Head<Float> HeadOf(const AttentionShape& shape, Float* qkv, std::int64_t window,
                   std::int64_t head) {
  const std::int64_t d = shape.d_model();
  Float* q = qkv + window * shape.context * 3 * d + head * shape.head_size;
  return {.q = q, .k = q + d, .v = q + 2 * d, .stride = 3 * d};
}

/// Products skip blocks of zeros, but not what of a block lies above the
/// diagonal: that has to be zero.
std::int64_t EndOfBlock(std::int64_t row, std::int64_t size) {
  return std::min(size, (row / kProductBlock + 1) * kProductBlock);
}

/// Linear attention, and its gradient: x / size, and zero for the future.
ISOFLOP_VECTORISE
void DivideBySize(std::int64_t size, bool causal, float* x) {
  const float factor = 1.0F / static_cast<float>(size);
  for (std::int64_t row = 0; row < size; ++row, x += size) {
    const std::int64_t count = causal ? row + 1 : size;
    for (std::int64_t i = 0; i < count; ++i) x[i] *= factor;
    if (causal) std::fill(x + count, x + EndOfBlock(row, size), 0.0F);
  }
}

SoftmaxRule RuleOf(const AttentionShape& shape, std::int64_t head) {
  const double power =
      -8.0 * static_cast<double>(head + 1) / static_cast<double>(shape.heads);
  return {.scale = AttentionScale(shape.head_size),
          .slope =
              shape.options.alibi ? static_cast<float>(std::exp2(power)) : 0.0F,
          .causal = shape.options.causal};
}

/// What of products is left out where attention is causal.
Part IfCausal(const AttentionShape& shape, Part part) {
  return shape.options.causal ? part : Part::kAll;
}

}  // namespace

ISOFLOP_VECTORISE
void Softmax(std::int64_t size, const SoftmaxRule& rule, float* scores) {
  const float scale = rule.scale;
  for (std::int64_t row = 0; row < size; ++row, scores += size) {
    // What lies beyond the diagonal is the future: it has no part in the sums.
    const std::int64_t count = rule.causal ? row + 1 : size;
    if (rule.slope != 0.0F) {
      const float slope = rule.slope / scale;
      for (std::int64_t i = 0; i < count; ++i) {
        scores[i] -= slope * static_cast<float>(std::abs(row - i));
      }
    }
    const float largest = MaxOf(count, scores);
    for (std::int64_t i = 0; i < count; ++i) {
      scores[i] = FastExp(scale * (scores[i] - largest));
    }
    const float sum = SumOf(count, [=](std::int64_t i) { return scores[i]; });
    const float factor = 1.0F / sum;
    for (std::int64_t i = 0; i < count; ++i) scores[i] *= factor;
    if (rule.causal) {
      std::fill(scores + count, scores + EndOfBlock(row, size), 0.0F);
    }
  }
}

ISOFLOP_VECTORISE
void SoftmaxBackward(std::int64_t size, const SoftmaxRule& rule, const float* p,
                     float* dp) {
  const float scale = rule.scale;
  for (std::int64_t row = 0; row < size; ++row, p += size, dp += size) {
    const std::int64_t count = rule.causal ? row + 1 : size;
    const float sum =
        SumOf(count, [=](std::int64_t i) { return p[i] * dp[i]; });
    for (std::int64_t i = 0; i < count; ++i) {
      dp[i] = scale * p[i] * (dp[i] - sum);
    }
    if (rule.causal) {
      std::fill(dp + count, dp + EndOfBlock(row, size), 0.0F);
    }
  }
}

float AttentionScale(std::int64_t head_size) {
  return 1.0F / std::sqrt(static_cast<float>(head_size));
}

ISOFLOP_VECTORISE
void RotateInPlace(const AttentionShape& shape, std::int64_t first_row,
                   std::int64_t rows, const float* cos, const float* sin,
                   float direction, float* qkv) {
  const std::int64_t half = shape.head_size / 2;
  const std::int64_t d = shape.d_model();
  const std::int64_t end = first_row + rows;
  for (std::int64_t row = first_row; row < end; ++row, qkv += 3 * d) {
    const float* c = cos + row % shape.context * half;
    const float* s = sin + row % shape.context * half;
    for (float* x = qkv; x < qkv + 2 * d; x += shape.head_size) {
      // Heads of queries and of keys lie side by side, so one loop takes both.
      float* y = x + half;
      for (std::int64_t i = 0; i < half; ++i) {
        const float first = x[i];
        const float second = y[i];
        x[i] = first * c[i] - direction * second * s[i];
        y[i] = second * c[i] + direction * first * s[i];
      }
    }
  }
}

void Attend(const AttentionShape& shape, const float* qkv, float* weights,
            float* y) {
  const std::int64_t T = shape.context;
  const std::int64_t d = shape.d_model();
  for (std::int64_t window = 0; window < shape.windows; ++window) {
    for (std::int64_t head = 0; head < shape.heads; ++head) {
      const auto in = HeadOf(shape, qkv, window, head);
      float* out = y + window * T * d + head * shape.head_size;
      Multiply(T, shape.head_size, T, RowMajor(in.q, in.stride),
               RowMajor(in.k, in.stride).Transposed(), weights, T,
               Into::kOverwrite, IfCausal(shape, Part::kLowerResult));
      if (shape.options.kind == AttentionKind::kLinear) {
        DivideBySize(T, shape.options.causal, weights);
      } else {
        Softmax(T, RuleOf(shape, head), weights);
      }
      Multiply(T, T, shape.head_size, RowMajor(weights, T),
               RowMajor(in.v, in.stride), out, d, Into::kOverwrite,
               IfCausal(shape, Part::kLowerLeft));
      weights += T * T;
    }
  }
}

void AttendBackward(const AttentionShape& shape, const float* qkv,
                    const float* weights, const float* dy, float* scratch,
                    float* dqkv) {
  const std::int64_t T = shape.context;
  const std::int64_t d = shape.d_model();
  const std::int64_t size = shape.head_size;
  const Part upper = IfCausal(shape, Part::kUpperLeft);
  for (std::int64_t window = 0; window < shape.windows; ++window) {
    for (std::int64_t head = 0; head < shape.heads; ++head) {
      const auto in = HeadOf(shape, qkv, window, head);
      const auto out = HeadOf(shape, dqkv, window, head);
      const MatrixView dout = RowMajor(dy + window * T * d + head * size, d);
      const MatrixView p = RowMajor(weights, T);
      const MatrixView ds = RowMajor(scratch, T);
      Multiply(T, size, T, dout, RowMajor(in.v, in.stride).Transposed(),
               scratch, T, Into::kOverwrite,
               IfCausal(shape, Part::kLowerResult));
      if (shape.options.kind == AttentionKind::kLinear) {
        DivideBySize(T, shape.options.causal, scratch);
      } else {
        SoftmaxBackward(T, RuleOf(shape, head), weights, scratch);
      }
      // dv = p^T dout,  dq = ds k,  dk = ds^T q
      Multiply(T, T, size, p.Transposed(), dout, out.v, out.stride,
               Into::kOverwrite, upper);
      Multiply(T, T, size, ds, RowMajor(in.k, in.stride), out.q, out.stride,
               Into::kOverwrite, IfCausal(shape, Part::kLowerLeft));
      Multiply(T, T, size, ds.Transposed(), RowMajor(in.q, in.stride), out.k,
               out.stride, Into::kOverwrite, upper);
      weights += T * T;
    }
  }
}

}  // namespace isoflop::cpu
