// Self-attention on the CPU in fp32, forward and backward, without moving
// queries, keys and values to other places first.

#pragma once

#include <cstdint>

#include "lib/model/layers.h"

namespace isoflop::cpu {

/// Queries, keys and values of whole windows lie side by side: qkv
/// [windows * context, 3, heads, head_size].
struct AttentionShape {
  std::int64_t windows = 0;
  std::int64_t context = 0;
  std::int64_t heads = 0;
  std::int64_t head_size = 0;
  AttentionOptions options = {};

  std::int64_t d_model() const { return heads * head_size; }
  std::int64_t rows() const { return windows * context; }
  /// Elements of the weights of one call: [windows, heads, context, context].
  std::int64_t weights() const { return windows * heads * context * context; }
};

/// Rotates queries and keys in place by the angles of their positions (see
/// Rotate in layers.h), or back with direction -1. `qkv` holds `rows` rows, the
/// first of which is row `first_row` of all. cos, sin [context, head_size / 2].
void RotateInPlace(const AttentionShape& shape, std::int64_t first_row,
                   std::int64_t rows, const float* cos, const float* sin,
                   float direction, float* qkv);

/// Returns 1 / sqrt(head_size), which scores are multiplied by.
float AttentionScale(std::int64_t head_size);

/// What a softmax makes of the products of a query and its keys.
struct SoftmaxRule {
  float scale = 1.0F;
  float slope = 0.0F;  // of alibi
  bool causal = true;
};

/// Each row t of scores [size, size] becomes
///
///   softmax over s of (scale score(t, s) - slope |t - s|)
///
/// up to the diagonal, with zeros beyond it to the end of its kProductBlock, or
/// over the whole row where the rule is not causal. REQUIRES: scale > 0.
void Softmax(std::int64_t size, const SoftmaxRule& rule, float* scores);

/// The gradient of the scores from that of the weights p, in place:
///
///   ds = scale p (dp - sum(p dp))
void SoftmaxBackward(std::int64_t size, const SoftmaxRule& rule, const float* p,
                     float* dp);

/// y as AttendByScores has it; y [rows, d_model]. Keeps what values are
/// multiplied with in `weights`; where attention is causal, elements above the
/// diagonal are undefined.
void Attend(const AttentionShape& shape, const float* qkv, float* weights,
            float* y);

/// dqkv from dy and what Attend kept. `scratch` holds [context, context].
void AttendBackward(const AttentionShape& shape, const float* qkv,
                    const float* weights, const float* dy, float* scratch,
                    float* dqkv);

}  // namespace isoflop::cpu
