#include "lib/model/layers.h"

#include <cmath>
#include <vector>

#include "lib/model/torch_compat.h"

namespace isoflop {

at::Tensor Normalise(const at::Tensor& x, const at::Tensor& gain,
                     const at::Tensor& bias) {
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
  }
  return {};
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
