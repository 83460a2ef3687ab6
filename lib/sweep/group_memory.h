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

/// Returns how many tokens the bf16 pass on the CPU takes at a time, whole
/// windows: so few that what a layer keeps of them stays in a cache, and at
/// most 2^25 logits.
std::int64_t Bf16PassTokens(const ModelShape& shape);

/// Returns whether there is such a pass: where this processor multiplies bf16
/// numbers, for Transformers of tokens with heads of even size.
bool HasBf16Pass(const ModelShape& shape);

/// Returns whether the CPU trains a shape by hand (lib/model/cpu): linear
/// models and causal Transformers of softmax attention, with norms and
/// feed-forward layers, without qk_norm, kv_heads and alibi, in fp32, and in
/// bf16 where HasBf16Pass says so.
bool HasCpuPass(const ModelShape& shape, Precision precision);

/// Returns the bytes that training the group takes at most, beside the process
/// itself. With P parameters, rows = positions of a micro-batch, and outputs =
/// vocab_size or d_out:
///
///   weights, gradients, two moments     16 P, in fp32
///   a snapshot of the trunk             12 P, where there are branches
///   fp32 on a CPU                       the larger of
///     training    4 rows (layers l + h + b) + 4 context^2
///     evaluation  4 min(EvalBatchTokens, eval_tokens) (l + h)
///     l = 8 d + heads context + fc + d_ff + 4, fc = FcOutputs,
///     h = 2 d + outputs + d_in + d_out + 2,
///     b = 2 d + max(3 d, fc) + max(d, d_ff) + 1
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
double EstimateMemoryBytes(const RunGroup& group,
                           DeviceKind device = DeviceKind::kCpu);

}  // namespace isoflop
