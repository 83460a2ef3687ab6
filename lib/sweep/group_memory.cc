#include "lib/sweep/group_memory.h"

#include <algorithm>

#include "lib/core/cpu_features.h"
#include "lib/sweep/group_cost.h"

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
  return 2 * (2 * s.d_model + 2) + QkvOutputs(s) + s.heads * s.context +
         s.d_model + FcOutputs(s) + s.d_ff;
}

/// Floats beside the layers: the final norm and the outputs, and inputs and
/// targets where these are vectors.
std::int64_t HeadFloats(const ModelShape& s) {
  return 2 * s.d_model + 2 + HeadOutputs(s) + s.d_in + s.d_out;
}

/// Floats of one token's gradients on their way back: of the residual stream,
/// of a norm, and of the widest results within a layer.
std::int64_t BackwardFloats(const ModelShape& s) {
  return 1 + 2 * s.d_model + std::max(3 * s.d_model, FcOutputs(s)) +
         std::max(s.d_model, s.d_ff);
}

/// Bytes of the workspace of the pass by hand (lib/model/cpu/fp32_pass.h): that
/// of a micro-batch, or of an evaluation, which takes its place.
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

/// Bytes of the bf16 pass by hand (lib/model/cpu/bf16_pass.h): the packed
/// weights, what layers keep of a part of a batch, or one of a part of an
/// evaluation, the gradients on their way back, and the packed factors of a
/// product.
double Bf16PassBytes(const RunGroup& group) {
  const ModelShape& s = group.shape;
  const std::int64_t fc = FcOutputs(s);
  const std::int64_t widest = std::max({3 * s.d_model, fc, HeadOutputs(s)});
  const std::int64_t per_layer =
      20 * s.d_model + 2 * (fc + s.d_ff + s.heads * s.context) + 16;
  const std::int64_t training =
      std::min(MicroBatchRows(group), Bf16PassTokens(s)) *
      (s.layers * per_layer + 16 * s.d_model + 4 * HeadOutputs(s) + 6 * widest);
  const std::int64_t evaluation =
      std::min(group.data.eval_tokens, Bf16PassTokens(s)) *
      (per_layer + 8 * s.d_model + widest);
  const std::int64_t scores = 12 * s.context * s.context;
  return 2.0 * kBfloatBytes * static_cast<double>(group.params.total) +
         static_cast<double>(std::max(training, evaluation) + scores);
}

/// Whether the passes by hand know what a Transformer is made of.
bool HasPassByHand(const ModelShape& s) {
  return HasPlainAttention(s) && s.ffn != FfnKind::kNone &&
         s.norm != NormKind::kNone;
}

/// Bytes of the inputs, targets and outputs of a linear model.
double LinearBytes(const RunGroup& group) {
  const ModelShape& s = group.shape;
  const std::int64_t rows =
      std::max(MicroBatchRows(group),
               std::min(EvalBatchTokens(s), group.data.eval_tokens));
  return kFloatBytes * static_cast<double>(rows * (s.d_in + 3 * s.d_out));
}

double NumberBytes(const RunGroup& group) {
  return group.training.precision == Precision::kBf16 ? kBfloatBytes
                                                      : kFloatBytes;
}

/// Bytes that a graph of tensor operations keeps of a token and layer: the
/// residual stream twice and what norms make of it, in fp32; then queries, keys
/// and values, their copies for attention, and the feed-forward layer before
/// and after its activation. Only a GPU is sure to build no scores.
double GraphLayerBytes(const RunGroup& group, DeviceKind device) {
  const ModelShape& s = group.shape;
  const double width = NumberBytes(group);
  // Of a cell about a dozen results at every position, and their copies.
  constexpr double kCellFloats = 30.0;
  if (s.architecture == Architecture::kMlp) {
    return 3.0 * kFloatBytes * static_cast<double>(s.d_model);
  }
  if (s.architecture != Architecture::kTransformer) {
    return kCellFloats * kFloatBytes * static_cast<double>(s.d_model);
  }
  const double norms = s.norm == NormKind::kRms ? 28.0 : 12.0;
  // Only a plain causal softmax has a kernel that builds none.
  const double scores =
      device == DeviceKind::kCpu || !HasPlainAttention(s) ? 5.0 : 0.0;
  return (norms + 5.0 * width) * static_cast<double>(s.d_model) +
         2.0 * width * static_cast<double>(FcOutputs(s)) +
         scores * static_cast<double>(s.heads * s.context);
}

/// Bytes of the graph of a micro-batch, with the larger of what comes on top
/// while its loss is computed, logits with their softmax and gradient, and what
/// comes on the way back through a layer.
double GraphBytes(const RunGroup& group, DeviceKind device) {
  const ModelShape& s = group.shape;
  const std::int64_t rows = MicroBatchRows(group);
  const double logits = 4.0 * kFloatBytes *
                        static_cast<double>(LossRows(s, rows) * HeadOutputs(s));
  const double backward =
      static_cast<double>(rows) *
      (12.0 * static_cast<double>(s.d_model) +
       2.0 * NumberBytes(group) * static_cast<double>(s.d_ff));
  return static_cast<double>(rows * s.layers) * GraphLayerBytes(group, device) +
         std::max(logits, backward);
}

/// Bytes of an update by tensor operations: three numbers for every weight.
double GraphUpdateBytes(const RunGroup& group) {
  return 3.0 * kFloatBytes * static_cast<double>(group.params.total);
}

/// Bytes of the copies of weights and gradients for products in bf16.
double HalfCopyBytes(const RunGroup& group) {
  const bool bf16 = group.training.precision == Precision::kBf16;
  return bf16 ? 2.0 * kBfloatBytes * static_cast<double>(group.params.total)
              : 0.0;
}

/// What the pass or the graph of a device takes beside weights, gradients and
/// moments.
double WorkspaceBytes(const RunGroup& group, DeviceKind device) {
  const bool bf16 = group.training.precision == Precision::kBf16;
  if (group.shape.architecture == Architecture::kLinear) {
    return LinearBytes(group);
  }
  if (device == DeviceKind::kCpu &&
      HasCpuPass(group.shape, group.training.precision)) {
    return bf16 ? Bf16PassBytes(group) : CpuPassBytes(group);
  }
  return HalfCopyBytes(group) +
         std::max(GraphBytes(group, device), GraphUpdateBytes(group));
}

}  // namespace

std::int64_t EvalBatchTokens(const ModelShape& shape) {
  constexpr std::int64_t kTokens = 2048;
  constexpr std::int64_t kLogits = std::int64_t{1} << 24;
  const std::int64_t tokens = std::min(kTokens, kLogits / HeadOutputs(shape));
  return std::max<std::int64_t>(1, tokens / shape.context) * shape.context;
}

std::int64_t LossRows(const ModelShape& shape, std::int64_t rows) {
  constexpr std::int64_t kFew = std::int64_t{1} << 25;  // logits
  constexpr std::int64_t kMany = std::int64_t{1} << 28;
  const std::int64_t wanted =
      std::clamp((rows + 7) / 8, kFew / HeadOutputs(shape),
                 std::max<std::int64_t>(1, kMany / HeadOutputs(shape)));
  return std::min(rows, wanted);
}

std::int64_t Bf16PassTokens(const ModelShape& shape) {
  constexpr std::int64_t kTokens = 1024;
  constexpr std::int64_t kLogits = std::int64_t{1} << 25;
  const std::int64_t tokens = std::min(kTokens, kLogits / HeadOutputs(shape));
  return std::max<std::int64_t>(1, tokens / shape.context) * shape.context;
}

bool HasBf16Pass(const ModelShape& shape) {
  return HasAvx512Bf16() && shape.architecture == Architecture::kTransformer &&
         HasPassByHand(shape) && shape.position != Position::kSinusoidal &&
         shape.d_in == 0 && shape.d_out == 0 &&
         shape.d_model / shape.heads % 2 == 0;
}

bool HasCpuPass(const ModelShape& shape, Precision precision) {
  switch (shape.architecture) {
    case Architecture::kTransformer:
      return HasPassByHand(shape) &&
             (precision == Precision::kFp32 || HasBf16Pass(shape));
    case Architecture::kLinear:
      return precision == Precision::kFp32;
    default:
      return false;
  }
}

double EstimateMemoryBytes(const RunGroup& group, DeviceKind device) {
  const bool branches = group.runs.size() > 1;
  const double gradients =
      kFloatBytes * static_cast<double>(group.params.total);
  return StateBytes(group) * (branches ? 2.0 : 1.0) + gradients +
         WorkspaceBytes(group, device);
}

}  // namespace isoflop
