// The layers of a Transformer as plain compositions of tensor operations: what
// they compute, for any device and floating dtype. cpu/cpu_pass.h does the same
// faster, and is tested against these.

#pragma once

#include <cstdint>

#include "lib/model/tensor.h"
#include "lib/sweep/model_shape.h"

namespace isoflop {

/// Keeps a norm finite where its input is all zero.
inline constexpr double kNormEpsilon = 1e-6;

/// Normalises the last dimension of x [..., d]:
///
///   rms     gain * x / sqrt(mean(x^2) + eps)
///   layer   gain * (x - mean(x)) / sqrt(var(x) + eps) + bias
///
/// gain, bias [d]; `bias` is undefined for rms. Without a gain x itself.
/// Source: Zhang & Sennrich 2019 (arXiv:1910.07467); Ba et al. 2016
/// (arXiv:1607.06450).
at::Tensor Normalise(const at::Tensor& x, const at::Tensor& gain,
                     const at::Tensor& bias);

/// Applies the nonlinearity to what fc gives, [..., d_ff]:
///
///   relu_squared  max(x, 0)^2                (So et al. 2021)
///   relu          max(x, 0)
///   gelu          x Phi(x), by erf           (Hendrycks & Gimpel 2016)
///   swiglu        silu(x_gate) * x_up        (Shazeer 2020), from
///                 [..., 2 d_ff] = (gate, up)
///   linear        x
at::Tensor Activate(const at::Tensor& x, FfnKind kind);

/// Returns the sinusoidal positions of a Transformer [T, d_model]: with rate_i
/// = 10000^(-2 i / d_model),
///
///   sqrt(2 / d_model) sin(t rate_i), sqrt(2 / d_model) cos(t rate_i), ...
///
/// as large as learned ones begin. Undefined for other positions.
/// Source: Vaswani et al. 2017, section 3.5 (arXiv:1706.03762).
at::Tensor SinusoidalPositions(const ModelShape& shape,
                               at::TensorOptions options);

/// How keys and values are weighted.
struct AttentionOptions {
  AttentionKind kind = AttentionKind::kSoftmax;
  bool causal = true;
  bool alibi = false;
};
AttentionOptions AttentionOptionsOf(const ModelShape& shape);

/// Returns what each position weighs for each, fp32 [B, heads, T, T], rows over
/// s. q, k [B, heads, T, head size]:
///
///   softmax   softmax(q k^T / sqrt(head size) - slope |t - s|)
///   linear    q k^T / context
///
/// over the positions s up to t, or all of them. The slope of head h of H is
/// 2^(-8 h / H), h = 1 ... H, of alibi, and else 0.
/// Source: Press et al. 2021 (arXiv:2108.12409) for alibi; von Oswald et al.
/// 2023 (arXiv:2212.07677) for linear attention without a norm.
at::Tensor AttentionWeights(const at::Tensor& q, const at::Tensor& k,
                            std::int64_t context,
                            const AttentionOptions& options);

/// Returns the weights times v [B, heads, T, head size].
at::Tensor AttendByScores(const at::Tensor& q, const at::Tensor& k,
                          const at::Tensor& v, std::int64_t context,
                          const AttentionOptions& options);

/// cos and sin of the rotary angles, fp32 [T, head size / 2]:
///
///   angle(t, i) = t * base^(-2 i / head_size),  i = 0 ... head_size / 2 - 1
struct RotaryTables {
  at::Tensor cos;
  at::Tensor sin;
};

/// Returns the tables of positions 0 ... context - 1 with the dtype and device
/// of `options`. REQUIRES: head_size is even.
RotaryTables MakeRotaryTables(std::int64_t context, std::int64_t head_size,
                              double base, at::TensorOptions options);

/// Returns the tables of a Transformer with rotary positions, and undefined
/// ones for another.
RotaryTables RotaryTablesOf(const ModelShape& shape, at::TensorOptions options);

/// Rotates the pairs (x_i, x_{i + head_size/2}) of x [B, T, ..., head size] by
/// the angle of their position, in fp32, and returns x's dtype. The product of
/// a rotated query and a rotated key depends on their distance only.
/// Source: Su et al. 2021 (arXiv:2104.09864).
at::Tensor Rotate(const at::Tensor& x, const RotaryTables& tables);

}  // namespace isoflop
