// What training a group takes of memory, in closed form, and how much is done
// at a time, which decides it. Whoever trains asks here, so that the estimate
// and the training cannot differ.

#pragma once

#include <cstdint>

#include "lib/sweep/plan.h"

namespace isoflop {

/// What trains. They do not keep the same things in memory.
enum class DeviceKind { kCpu, kGpu };

/// Returns how many tokens an evaluation takes at a time, whole windows: at
/// most 2048, and at most 2^24 logits. Depends on nothing else, so that a loss
/// does not depend on the machine's memory.
std::int64_t EvalBatchTokens(const ModelShape& shape);

/// Returns of how many of the `rows` tokens of a micro-batch the logits are
/// there at a time where training is made of tensor operations: 2^25 logits,
/// half a gigabyte with what their loss and gradient take, or an eighth of all,
/// if that is more, but no more than 2^28. Every piece reads and writes the
/// gradient of the head.
std::int64_t LossRows(const ModelShape& shape, std::int64_t rows);

/// Of how many examples the probe effective_dimension keeps gradients: 128, or
/// fewer where these would take more than 2^26 numbers, but 16 at least.
std::int64_t GradientExamples(std::int64_t params);

/// Of how many examples, more or less, the probe disentanglement keeps the
/// stream.
inline constexpr std::int64_t kDisentangledExamples = 8192;

/// The longest window that the probe seconds_per_token measures.
inline constexpr std::int64_t kLongestTimedWindow = 1024;

/// Returns how many tokens the bf16 pass on the CPU takes at a time, whole
/// windows: so few that what a layer keeps of them stays in a cache, and at
/// most 2^25 logits.
std::int64_t Bf16PassTokens(const ModelShape& shape);

/// Returns whether there is such a pass: where this processor multiplies bf16
/// numbers, for causal Transformers of tokens, of softmax attention, norms,
/// feed-forward layers and heads of even size.
bool HasBf16Pass(const ModelShape& shape);

/// Returns whether the CPU trains a shape by hand (lib/model/cpu): in fp32
/// everything but Transformers with kv_heads or qk_norm, in bf16 what
/// HasBf16Pass says.
bool HasCpuPass(const ModelShape& shape, Precision precision);

/// Returns what a CPU computes in where `precision` is asked for: fp32 without
/// a bf16 pass, since LibTorch adds up some products of bf16 numbers in bf16
/// there, which stops at 256 times a term.
Precision PrecisionOnCpu(const ModelShape& shape, Precision precision);

/// Returns the bytes that training the group takes at most, beside the process
/// itself. With P parameters, rows = positions of a micro-batch, and outputs =
/// vocab_size or d_out:
///
///   weights, gradients, two moments     16 P, in fp32
///   a snapshot of the trunk             12 P, where there are branches
///   fp32 on a CPU with HasCpuPass       the larger of
///     training    4 rows (layers l + h + b + 2 d + 1) + 4 windows w + 4 o
///     evaluation  4 min(EvalBatchTokens, eval_tokens) (l + h) + 4 windows w
///     of a Transformer (n = 2 d + 2 for a norm, d where there is none)
///       l = n + 4 d + heads context + (n + fc + d_ff), fc = FcOutputs,
///       b = max(3 d, fc) + max(d, d_ff), w = 0, o = context^2
///     of an LSTM   l = n + 6 d, b = 4 d, w = 6 d, o = 0
///     of a GRU     l = n + 5 d, b = 6 d, w = 5 d, o = 0
///     of an mlp    l = 2 d, b = d, w = o = 0
///     h = n + outputs + d_in + d_out, without a norm (mlp) d + ...
///   bf16 on a CPU with HasBf16Pass, tokens at a time at most Bf16PassTokens
///     packed copies of the weights, 4 P, and 12 context^2, and the larger of
///     training    rows (layers l + 16 d + 4 outputs + 6 w)
///     evaluation  eval_tokens (l + 8 d + w)
///     l = 20 d + 2 (fc + d_ff + heads context) + 16,
///     w = max(3 d, fc, outputs)
///   else                                a graph of tensor operations:
///     for bf16 4 P for copies of weights and gradients, and the larger of
///     an update   12 P
///     a gradient  rows layers ((n + 5 w) d + 2 w fc + a heads context)
///                 + max(16 LossRows outputs,
///                       rows (12 d + 2 w d_ff)),
///     w = 4 or 2 bytes, n = 28 for rms and 12 for layer norms, a = 5 on a CPU
///     and 0 on a GPU, whose attention builds no scores; in place of the
///     product of rows and layers by what a layer of a Transformer keeps, a
///     layer of an LSTM or GRU has 120 d, of an mlp 12 d
///
/// With probes, beside that, rows = min(EvalBatchTokens, eval_tokens): rows (28
/// outputs + a layer of the graph, or all of them for gradient_reach, + heads
/// context (4 layers + 8) for attention).
double EstimateMemoryBytes(const RunGroup& group,
                           DeviceKind device = DeviceKind::kCpu);

}  // namespace isoflop
