#include "lib/model/layers.h"

#include <cmath>
#include <limits>
#include <vector>

#include "lib/model/torch_compat.h"

namespace isoflop {

at::Tensor Normalise(const at::Tensor& x, const at::Tensor& gain,
                     const at::Tensor& bias) {
  if (!gain.defined()) return x;
  if (bias.defined()) {
    return at::layer_norm(x, gain.sizes(), gain, bias, kNormEpsilon);
  }
  return compat::RmsNorm(x, gain, kNormEpsilon);
}

at::Tensor Activate(const at::Tensor& x, FfnKind kind) {
  switch (kind) {
    case FfnKind::kReluSquared: {
      const at::Tensor positive = at::relu(x);
      return positive * positive;
    }
    case FfnKind::kRelu:
      return at::relu(x);
    case FfnKind::kGelu:
      return at::gelu(x);
    case FfnKind::kSwiglu: {
      const std::vector<at::Tensor> halves = at::chunk(x, 2, -1);
      return at::silu(halves[0]) * halves[1];
    }
    case FfnKind::kLinear:
    case FfnKind::kNone:
      return x;
  }
  return {};
}

at::Tensor SinusoidalPositions(const ModelShape& shape,
                               at::TensorOptions options) {
  if (shape.position != Position::kSinusoidal) return {};
  const auto d = static_cast<double>(shape.d_model);
  const auto exact = at::TensorOptions(at::kDouble);
  const at::Tensor rate = at::exp(at::arange(0, shape.d_model, 2, exact) *
                                  (-std::log(10000.0) / d));
  const at::Tensor angle = at::outer(at::arange(0, shape.context, exact), rate);
  // Side by side: sin, cos, sin, ...; an odd width ends in a sine.
  const at::Tensor pairs =
      at::stack({at::sin(angle), at::cos(angle)}, -1).flatten(1);
  return (pairs.narrow(1, 0, shape.d_model) * std::sqrt(2.0 / d)).to(options);
}

AttentionOptions AttentionOptionsOf(const ModelShape& shape) {
  return {.kind = shape.attention,
          .causal = shape.causal,
          .alibi = shape.position == Position::kAlibi};
}

namespace {

/// -slope |t - s|: [heads, T, T].
at::Tensor AlibiBias(std::int64_t heads, std::int64_t length,
                     at::TensorOptions options) {
  const at::Tensor t = at::arange(length, options);
  const at::Tensor distance = (t.unsqueeze(1) - t.unsqueeze(0)).abs();
  const at::Tensor head = at::arange(1, heads + 1, options);
  const at::Tensor slope =
      at::exp(head * (-8.0 * std::log(2.0) / static_cast<double>(heads)));
  return distance * -slope.view({-1, 1, 1});
}

}  // namespace

at::Tensor AttentionWeights(const at::Tensor& q, const at::Tensor& k,
                            std::int64_t context,
                            const AttentionOptions& options) {
  const std::int64_t length = q.size(2);
  at::Tensor scores = at::matmul(q, k.transpose(-2, -1));
  // Not in bf16: weights add up over the whole context.
  if (scores.scalar_type() == at::kBFloat16) scores = scores.to(at::kFloat);
  if (options.kind == AttentionKind::kLinear) {
    scores = scores / static_cast<double>(context);
    return options.causal ? at::tril(scores) : scores;
  }
  scores = scores / std::sqrt(static_cast<double>(q.size(-1)));
  if (options.alibi) {
    scores = scores + AlibiBias(q.size(1), length, scores.options());
  }
  if (options.causal) {
    const double minus_infinity = -std::numeric_limits<double>::infinity();
    scores = scores + at::triu(at::full({length, length}, minus_infinity,
                                        scores.options()),
                               1);
  }
  return at::softmax(scores, -1);
}

at::Tensor AttendByScores(const at::Tensor& q, const at::Tensor& k,
                          const at::Tensor& v, std::int64_t context,
                          const AttentionOptions& options) {
  return at::matmul(
      AttentionWeights(q, k, context, options).to(v.scalar_type()), v);
}

RotaryTables MakeRotaryTables(std::int64_t context, std::int64_t head_size,
                              double base, at::TensorOptions options) {
  // In double and rounded once: the angles of late positions are large.
  const auto exact = at::TensorOptions(at::kDouble);
  const at::Tensor exponent = at::arange(0, head_size, 2, exact) *
                              (-1.0 / static_cast<double>(head_size));
  const at::Tensor frequency = at::exp(exponent * std::log(base));
  const at::Tensor angle = at::outer(at::arange(0, context, exact), frequency);
  return {.cos = at::cos(angle).to(options), .sin = at::sin(angle).to(options)};
}

RotaryTables RotaryTablesOf(const ModelShape& shape,
                            at::TensorOptions options) {
  if (shape.position != Position::kRotary) return {};
  return MakeRotaryTables(shape.context, shape.d_model / shape.heads,
                          shape.rotary_base, options);
}

at::Tensor Rotate(const at::Tensor& x, const RotaryTables& tables) {
  const std::int64_t length = x.size(1);
  std::vector<std::int64_t> broadcast(static_cast<std::size_t>(x.dim()), 1);
  broadcast[1] = length;
  broadcast.back() = tables.cos.size(1);
  const at::Tensor cos = tables.cos.narrow(0, 0, length).view(broadcast);
  const at::Tensor sin = tables.sin.narrow(0, 0, length).view(broadcast);
  const std::vector<at::Tensor> halves = at::chunk(x, 2, -1);
  const at::Tensor& first = halves[0];
  const at::Tensor& second = halves[1];
  // A product of bf16 with the fp32 tables is fp32; rounded once, at the end.
  return at::cat({first * cos - second * sin, second * cos + first * sin}, -1)
      .to(x.scalar_type());
}

}  // namespace isoflop
