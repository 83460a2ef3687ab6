// What training a group takes of memory, in closed form.

#include <algorithm>

#include "lib/core/cpu_features.h"
#include "lib/sweep/plan.h"

namespace isoflop {
namespace {

constexpr double kFloatBytes = 4.0;
constexpr double kBfloatBytes = 2.0;

std::int64_t MicroBatchRows(const RunGroup& group) {
  return std::max(
      group.shape.context,
      group.training.micro_batch_tokens.value_or(group.training.batch_tokens));
}

/// Floats that a layer keeps of one token: two norms (input, output, mean and
/// inverse deviation), queries, keys and values, the softmax of every head,
/// what attention gives, and the feed-forward layer before and after its
/// activation.
std::int64_t LayerFloats(const ModelShape& s) {
  return 2 * (2 * s.d_model + 2) + 3 * s.d_model + s.heads * s.context +
         s.d_model + FcOutputs(s) + s.d_ff;
}

/// Floats beside the layers: the final norm and the logits.
std::int64_t HeadFloats(const ModelShape& s) {
  return 2 * s.d_model + 2 + s.vocab_size;
}

/// Floats of one token's gradients on their way back: of the residual stream,
/// of a norm, and of the widest results within a layer.
std::int64_t BackwardFloats(const ModelShape& s) {
  return 1 + 2 * s.d_model + std::max(3 * s.d_model, FcOutputs(s)) +
         std::max(s.d_model, s.d_ff);
}

/// Bytes of the workspace of the pass by hand (lib/model/fp32_pass.h): that of
/// a micro-batch, or of an evaluation, which takes its place.
double CpuPassBytes(const RunGroup& group) {
  const ModelShape& s = group.shape;
  const std::int64_t training =
      MicroBatchRows(group) *
          (s.layers * LayerFloats(s) + HeadFloats(s) + BackwardFloats(s)) +
      s.context * s.context;
  const std::int64_t evaluation =
      std::min(EvalBatchTokens(s), group.data.eval_tokens) *
      (LayerFloats(s) + HeadFloats(s));
  return kFloatBytes * static_cast<double>(std::max(training, evaluation));
}

/// Bytes of the bf16 pass by hand (lib/model/bf16_pass.h): the packed weights,
/// what layers keep of a part of a batch, the gradients on their way back, and
/// the packed factors of a product.
double Bf16PassBytes(const RunGroup& group) {
  const ModelShape& s = group.shape;
  const std::int64_t fc = FcOutputs(s);
  const std::int64_t widest = std::max({3 * s.d_model, fc, s.vocab_size});
  const std::int64_t per_layer =
      20 * s.d_model + 2 * (fc + s.d_ff + s.heads * s.context) + 16;
  const std::int64_t per_token =
      s.layers * per_layer + 16 * s.d_model + 4 * s.vocab_size + 6 * widest;
  const std::int64_t rows = std::min(MicroBatchRows(group), Bf16PassTokens(s));
  return 2.0 * kBfloatBytes * static_cast<double>(group.params.total) +
         static_cast<double>(rows * per_token);
}

/// Bytes that a graph of tensor operations keeps of a micro-batch: per token
/// and layer about 14 vectors of d_model, 3 of d_ff, and scores and weights of
/// every head; then the logits, their softmax and gradient, in fp32.
double GraphBytes(const RunGroup& group) {
  const ModelShape& s = group.shape;
  const double width =
      group.training.precision == Precision::kBf16 ? kBfloatBytes : kFloatBytes;
  const auto per_layer = static_cast<double>(14 * s.d_model + 3 * s.d_ff +
                                             2 * s.heads * s.context);
  const double per_token =
      width * static_cast<double>(s.layers) * per_layer +
      3.0 * kFloatBytes * static_cast<double>(s.vocab_size);
  return per_token * static_cast<double>(MicroBatchRows(group));
}

/// Copies of weights and gradients for products in bf16, and what an update by
/// tensor operations keeps per weight for a moment.
double GraphCopyBytes(const RunGroup& group) {
  const bool bf16 = group.training.precision == Precision::kBf16;
  return static_cast<double>(group.params.total) *
         (kFloatBytes + (bf16 ? 2.0 * kBfloatBytes : 0.0));
}

/// What the pass or the graph of a device takes beside weights, gradients and
/// moments.
double WorkspaceBytes(const RunGroup& group, DeviceKind device) {
  const bool bf16 = group.training.precision == Precision::kBf16;
  if (device == DeviceKind::kCpu && !bf16) return CpuPassBytes(group);
  if (device == DeviceKind::kCpu && HasBf16Pass(group.shape)) {
    return Bf16PassBytes(group);
  }
  return GraphBytes(group) + GraphCopyBytes(group);
}

}  // namespace

std::int64_t EvalBatchTokens(const ModelShape& shape) {
  constexpr std::int64_t kTokens = 2048;
  constexpr std::int64_t kLogits = std::int64_t{1} << 24;
  const std::int64_t tokens = std::min(kTokens, kLogits / shape.vocab_size);
  return std::max<std::int64_t>(1, tokens / shape.context) * shape.context;
}

std::int64_t Bf16PassTokens(const ModelShape& shape) {
  constexpr std::int64_t kTokens = 1024;
  constexpr std::int64_t kLogits = std::int64_t{1} << 25;
  const std::int64_t tokens = std::min(kTokens, kLogits / shape.vocab_size);
  return std::max<std::int64_t>(1, tokens / shape.context) * shape.context;
}

bool HasBf16Pass(const ModelShape& shape) {
  return HasAvx512Bf16() && shape.d_model / shape.heads % 2 == 0;
}

double EstimateMemoryBytes(const RunGroup& group, DeviceKind device) {
  const bool branches = group.runs.size() > 1;
  const double gradients =
      kFloatBytes * static_cast<double>(group.params.total);
  return StateBytes(group) * (branches ? 2.0 : 1.0) + gradients +
         WorkspaceBytes(group, device);
}

}  // namespace isoflop
