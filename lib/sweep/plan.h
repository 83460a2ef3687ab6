// A plan: every run of a sweep with its identity and cost, before anything is
// spent. A plan is a value: it can be printed, compared, stored and read back.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/core/blas_core.h"
#include "lib/data/data_source.h"
#include "lib/sweep/lr_schedule.h"
#include "lib/sweep/sweep_spec.h"

namespace isoflop {

inline constexpr std::string_view kPlanSchema = "isoflop.plan/1";

/// Raised whenever the same configuration would train to another result, by
/// more than rounding.
inline constexpr int kSemanticsVersion = 1;

/// One training to one D at one seed: one observation (N, D, L).
struct PlannedRun {
  std::string id;                // "d32-l2-D262k-s0-1f0a9c3b5d7e", the
                                 // run's directory; ends in 12 hex digits of
                                 // the SHA-256 of what changes its result
  std::int64_t steps = 0;        // optimizer updates, trunk included
  std::int64_t branch_step = 0;  // updates that it shares with its trunk
  std::int64_t tokens = 0;       // D = steps * batch_tokens, exactly
  double flops = 0.0;            // C = 6ND, N as the grid's convention says
  double flops_exact = 0.0;      // TrainingFlopsPerToken * D
  std::optional<double> budget_flops;  // the IsoFLOP budget asked for
  double epochs = 0.0;                 // passes over the data; 0: endless
};

/// A trunk and its cooldown branches: what is scheduled, retried and handed to
/// a worker. Everything the worker needs to know is in here.
struct RunGroup {
  std::string id;  // "d32-l2-s0-9a8b7c6d5e4f"; does not depend on the D's: one
                   // added later joins, and trains a finished trunk again
  ModelShape shape;
  ParameterCounts params;
  TrainingConfig training;
  DataConfig data;
  std::string data_fingerprint;
  std::int64_t seed = 0;
  ParamsConvention convention = ParamsConvention::kTotal;
  Json variant = Json::object();  // settings of the "vary" axes, or empty
  std::vector<PlannedRun> runs;   // by rising D
  std::string shape_note;         // how a parameter count became this shape
};

/// A cell of the grid that is not trained.
struct LeftOutCell {
  std::string size;     // "d96 L2"
  double tokens = 0.0;  // the D that it would have had
  std::string reason;   // "D 65.1k below tokens_range[0] 130k"
};

/// Sums over a plan.
struct PlanTotals {
  std::int64_t runs = 0;
  std::int64_t tokens = 0;  // trained on, trunks counted once
  double flops = 0.0;       // 6ND, trunks counted once
  double flops_without_shared_trunks = 0.0;
  double disk_bytes = 0.0;  // at most: with every group in work at once
};

struct Plan {
  std::string name;
  ParamsConvention convention = ParamsConvention::kTotal;
  DataInfo data;
  std::vector<RunGroup> groups;  // in the order of the file
  std::vector<LeftOutCell> left_out;
  std::vector<std::string> notes;  // advice, such as "check the learning rate"

  // What precision "auto" of the sweep has become; absent without.
  std::optional<Precision> auto_precision = {};

  // What OpenBLAS multiplies as, where that was in doubt or the user's choice.
  std::optional<BlasCore> blas_core = {};
};

/// Expands a sweep. Opens the data to know its size. Throws Error when a cell
/// needs more tokens than there are, fewer steps than warm-up and cooldown
/// take, or when nothing is left to train. `auto_precision` stands for
/// Precision::kAuto; REQUIRES: it is another one.
Plan MakePlan(const SweepSpec& spec,
              Precision auto_precision = Precision::kFp32);

PlanTotals Totals(const Plan& plan);

/// Returns the ids of all runs, group by group.
std::vector<std::string> RunIds(const Plan& plan);

/// Returns the peak learning rate of the group's hidden matrices, as its width
/// scales it.
double HiddenLr(const RunGroup& group);

/// Returns D / N, N by the group's convention.
double TokensPerParam(const RunGroup& group, const PlannedRun& run);

/// Returns the tokens a group trains on with its trunk shared: the longest
/// trunk once, and every cooldown.
std::int64_t TokensTrained(const RunGroup& group);

/// Returns the bytes on disk of the group's checkpoints while it is in work: of
/// the trunk and of a branch, two each and one being written. They are gone
/// when it has ended.
double EstimateCheckpointBytes(const RunGroup& group);

/// Returns the bytes on disk that the group leaves: records and loss curves.
double EstimateRecordBytes(const RunGroup& group);

/// Returns the bytes of weights and both moments: what a snapshot or a
/// checkpoint holds.
double StateBytes(const RunGroup& group);

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
/// numbers, for heads of even size.
bool HasBf16Pass(const ModelShape& shape);

/// What trains. They do not keep the same things in memory.
enum class DeviceKind { kCpu, kGpu };

/// Returns the bytes that training the group takes at most, beside the process
/// itself. With P parameters and rows = tokens of a micro-batch:
///
///   weights, gradients, two moments     16 P, in fp32
///   a snapshot of the trunk             12 P, where there are branches
///   fp32 on a CPU                       the larger of
///     training    4 rows (layers l + h + b) + 4 context^2
///     evaluation  4 min(EvalBatchTokens, eval_tokens) (l + h)
///     l = 8 d + heads context + fc + d_ff + 4, fc = FcOutputs,
///     h = 2 d + vocab_size + 2,
///     b = 2 d + max(3 d, fc) + max(d, d_ff) + 1
///   bf16 on a CPU with HasBf16Pass, tokens at a time at most Bf16PassTokens
///     packed copies of the weights, 4 P, and 12 context^2, and the larger of
///     training    rows (layers l + 16 d + 4 vocab_size + 6 w)
///     evaluation  eval_tokens (l + 8 d + w)
///     l = 20 d + 2 (fc + d_ff + heads context) + 16,
///     w = max(3 d, fc, vocab_size)
///   else                                a graph of tensor operations:
///     for bf16 4 P for copies of weights and gradients, and the larger of
///     an update   12 P
///     a gradient  rows layers ((n + 5 w) d + 2 w fc + a heads context)
///                 + max(16 LossRows vocab_size,
///                       rows (12 d + 2 w d_ff)),
///     w = 4 or 2 bytes, n = 28 for rms and 12 for layer norms, a = 5 on a CPU
///     and 0 on a GPU, whose attention builds no scores
double EstimateMemoryBytes(const RunGroup& group,
                           DeviceKind device = DeviceKind::kCpu);

Json ToJson(const Plan& plan);
Json ToJson(const RunGroup& group);

/// Returns ToJson(plan) with what follows from it and people ask for: of every
/// group lr_hidden and memory_bytes, of every run tokens_per_param.
Json ReportJson(const Plan& plan, DeviceKind device = DeviceKind::kCpu);

/// Read what ToJson writes. Throw Error, naming `source`.
Plan PlanFromJson(const Json& json, const std::string& source);
RunGroup RunGroupFromJson(const Json& json, const std::string& source);

/// Returns what changes the result of a run, and nothing else: hashing its
/// canonical text gives the id.
Json RunIdentity(const RunGroup& group, std::int64_t steps);

}  // namespace isoflop
