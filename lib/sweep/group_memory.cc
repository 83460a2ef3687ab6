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

/// Floats of a norm, of one position: its input, and its output and statistics
/// where there is one.
std::int64_t NormFloats(const ModelShape& s, bool there) {
  return there ? 2 * s.d_model + 2 : s.d_model;
}

/// What a pass by hand in fp32 keeps, in floats.
struct PassFloats {
  std::int64_t layer = 0;     // of a layer, per position
  std::int64_t backward = 0;  // of gradients within a layer, per position
  std::int64_t window = 0;    // per window
  std::int64_t once = 0;
  bool has_norms = true;
};

PassFloats TransformerFloats(const ModelShape& s) {
  const bool has_norms = s.norm != NormKind::kNone;
  // A norm, queries, keys and values, the softmax of every head, what attention
  // gives; a norm and the feed-forward layer before and after its activation.
  const std::int64_t attention = NormFloats(s, has_norms) + QkvOutputs(s) +
                                 s.heads * s.context + s.d_model;
  const std::int64_t ffn = s.ffn == FfnKind::kNone ? 0
                                                   : NormFloats(s, has_norms) +
                                                         FcOutputs(s) + s.d_ff;
  return {.layer = attention + ffn,
          .backward = std::max(3 * s.d_model, FcOutputs(s)) +
                      std::max(s.d_model, s.d_ff),
          .once = s.context * s.context,
          .has_norms = has_norms};
}

/// `stored` gates are kept for the way back, and `returned` come back.
PassFloats CellFloats(const ModelShape& s, std::int64_t stored,
                      std::int64_t returned) {
  const std::int64_t d = s.d_model;
  // The gates, what the cell remembers, and what it gave before; of one
  // position the products with the state, the state and two gradients.
  return {.layer = NormFloats(s, true) + (stored + 2) * d,
          .backward = returned * d,
          .window = (stored + 2) * d};
}

PassFloats FloatsOfPass(const ModelShape& s) {
  switch (s.architecture) {
    case Architecture::kTransformer:
      return TransformerFloats(s);
    case Architecture::kLstm:
      return CellFloats(s, 4, 4);
    case Architecture::kGru:
      return CellFloats(s, 3, 6);
    case Architecture::kMlp:
      return {
          .layer = 2 * s.d_model, .backward = s.d_model, .has_norms = false};
    case Architecture::kLinear:
      break;
  }
  return {};
}

/// Bytes of the workspace of a pass by hand (lib/model/cpu/fp32_pass.h): that
/// of a micro-batch, or of an evaluation, which takes its place. Beside the
/// layers there are the last norm and the outputs, inputs and targets where
/// these are vectors, and on the way back losses and the gradients of the
/// residual stream and of a norm.
double CpuPassBytes(const RunGroup& group) {
  const ModelShape& s = group.shape;
  const PassFloats floats = FloatsOfPass(s);
  const std::int64_t head =
      NormFloats(s, floats.has_norms) + HeadOutputs(s) + s.d_in + s.d_out;
  const std::int64_t rows = MicroBatchRows(group);
  const std::int64_t training = rows * (s.layers * floats.layer + head +
                                        floats.backward + 2 * s.d_model + 1) +
                                rows / s.context * floats.window + floats.once;
  const std::int64_t eval_rows =
      std::min(EvalBatchTokens(s), group.data.eval_tokens);
  const std::int64_t evaluation =
      eval_rows * (floats.layer + head) + eval_rows / s.context * floats.window;
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
  const ModelShape& s = group.shape;
  if (s.architecture == Architecture::kLinear) return LinearBytes(group);
  if (device == DeviceKind::kCpu) {
    const Precision precision = PrecisionOnCpu(s, group.training.precision);
    if (precision == Precision::kBf16) return Bf16PassBytes(group);
    if (HasCpuPass(s, precision)) return CpuPassBytes(group);
  }
  return HalfCopyBytes(group) +
         std::max(GraphBytes(group, device), GraphUpdateBytes(group));
}

/// Bytes of what probes keep from batch to batch, and of models of their own.
double KeptByProbes(const RunGroup& group, DeviceKind device) {
  const ModelShape& s = group.shape;
  const auto params = static_cast<double>(group.params.total);
  // What is kept is kept in the memory of the CPU.
  const double on_cpu = device == DeviceKind::kCpu ? 1.0 : 0.0;
  double bytes = 0.0;
  for (const ProbeKind probe : group.probes) {
    if (probe == ProbeKind::kEffectiveDimension) {
      const auto examples =
          static_cast<double>(GradientExamples(group.params.total));
      bytes += kFloatBytes * params * (on_cpu * examples + 2.0);
      RunGroup one = group;
      one.probes.clear();
      one.training.precision = Precision::kFp32;
      one.training.micro_batch_tokens = s.context;
      bytes += WorkspaceBytes(one, device);
    } else if (probe == ProbeKind::kDisentanglement) {
      bytes +=
          on_cpu * 3.0 * sizeof(double) *
          static_cast<double>(kDisentangledExamples * s.layers * s.d_model);
    } else if (probe == ProbeKind::kSecondsPerToken) {
      RunGroup one = group;
      one.probes.clear();
      one.shape.context = kLongestTimedWindow;
      one.training.micro_batch_tokens = kLongestTimedWindow;
      bytes += 2.0 * kFloatBytes * params + WorkspaceBytes(one, device);
    }
  }
  return bytes;
}

/// Bytes of a batch of probes: tensor operations without a graph keep one
/// layer, with one all of them; attention is kept of all layers, and of one in
/// double; outputs are there on the device, on the CPU, as ln p, and twice in
/// double.
double ProbeBytes(const RunGroup& group, DeviceKind device) {
  if (group.probes.empty()) return 0.0;
  const ModelShape& s = group.shape;
  const auto has = [&](ProbeKind kind) {
    return std::ranges::find(group.probes, kind) != group.probes.end();
  };
  constexpr double kOutputBytes = 28.0;
  const auto rows =
      static_cast<double>(std::min(EvalBatchTokens(s), group.data.eval_tokens));
  const auto layers = static_cast<double>(s.layers);
  double of_row = kOutputBytes * static_cast<double>(HeadOutputs(s)) +
                  GraphLayerBytes(group, device) *
                      (has(ProbeKind::kGradientReach) ? layers : 1.0);
  if (has(ProbeKind::kAttention)) {
    of_row += static_cast<double>(s.heads * s.context) *
              (kFloatBytes * layers + 2.0 * kFloatBytes);
  }
  if (has(ProbeKind::kFfnMemory)) {
    of_row += kFloatBytes * static_cast<double>(s.d_ff) * (layers + 2.0);
  }
  if (has(ProbeKind::kDisentanglement)) {
    of_row += 3.0 * kFloatBytes * static_cast<double>(s.d_model) * layers;
  }
  return rows * of_row + KeptByProbes(group, device);
}

}  // namespace

std::int64_t EvalBatchTokens(const ModelShape& shape) {
  constexpr std::int64_t kTokens = 2048;
  constexpr std::int64_t kLogits = std::int64_t{1} << 24;
  const std::int64_t tokens = std::min(kTokens, kLogits / HeadOutputs(shape));
  return std::max<std::int64_t>(1, tokens / shape.context) * shape.context;
}

std::int64_t GradientExamples(std::int64_t params) {
  constexpr std::int64_t kNumbers = std::int64_t{1} << 26;
  return std::clamp<std::int64_t>(kNumbers / params, 16, 128);
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
         HasPlainAttention(shape) && shape.ffn != FfnKind::kNone &&
         shape.norm != NormKind::kNone &&
         shape.position != Position::kSinusoidal && shape.d_in == 0 &&
         shape.d_out == 0 && shape.d_model / shape.heads % 2 == 0;
}

bool HasCpuPass(const ModelShape& shape, Precision precision) {
  if (precision == Precision::kBf16) return HasBf16Pass(shape);
  return KvHeads(shape) == shape.heads && !shape.qk_norm;
}

Precision PrecisionOnCpu(const ModelShape& shape, Precision precision) {
  return HasBf16Pass(shape) ? precision : Precision::kFp32;
}

double EstimateMemoryBytes(const RunGroup& group, DeviceKind device) {
  const bool branches = group.runs.size() > 1;
  const double gradients =
      kFloatBytes * static_cast<double>(group.params.total);
  return StateBytes(group) * (branches ? 2.0 : 1.0) + gradients +
         WorkspaceBytes(group, device) + ProbeBytes(group, device);
}

}  // namespace isoflop
