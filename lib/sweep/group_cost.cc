// What a plan costs: tokens, FLOPs, memory and disk.

#include <algorithm>

#include "lib/sweep/plan.h"

namespace isoflop {
namespace {

constexpr double kFloatBytes = 4.0;
constexpr double kBfloatBytes = 2.0;

/// Bytes of weights and both moments: what a snapshot or checkpoint holds.
double StateBytes(const RunGroup& group) {
  return 3.0 * kFloatBytes * static_cast<double>(group.params.total);
}

std::int64_t MicroBatchTokens(const RunGroup& group) {
  return group.training.micro_batch_tokens.value_or(
      group.training.batch_tokens);
}

/// Bytes kept for the backward pass of one token: per layer about 14 vectors
/// of d_model (norms, queries, keys, values, residuals), 3 of d_ff, and scores
/// and weights of every head; then the logits, their softmax and gradient, in
/// fp32.
double ActivationBytesPerToken(const RunGroup& group) {
  const ModelShape& shape = group.shape;
  const double width =
      group.training.precision == Precision::kBf16 ? kBfloatBytes : kFloatBytes;
  const auto per_layer = static_cast<double>(
      14 * shape.d_model + 3 * shape.d_ff + 2 * shape.heads * shape.context);
  return width * static_cast<double>(shape.layers) * per_layer +
         3.0 * kFloatBytes * static_cast<double>(shape.vocab_size);
}

}  // namespace

double EstimateCheckpointBytes(const RunGroup& group) {
  constexpr double kOfTrunkAndBranch = 2.0 * 3.0;
  return kOfTrunkAndBranch * StateBytes(group);
}

double EstimateRecordBytes(const RunGroup& group) {
  constexpr double kMetricsLineBytes = 200.0;
  constexpr double kRecordBytes = 16384.0;  // run.json, result.json, ...
  const std::int64_t steps = TokensTrained(group) / group.training.batch_tokens;
  const auto lines = static_cast<double>(steps) /
                     static_cast<double>(group.training.log_every_steps);
  return static_cast<double>(group.runs.size()) * kRecordBytes +
         lines * kMetricsLineBytes;
}

double HiddenLr(const RunGroup& group) {
  return group.training.peak_lr *
         WidthScale(group.training, group.shape.d_model);
}

double TokensPerParam(const RunGroup& group, const PlannedRun& run) {
  return static_cast<double>(run.tokens) /
         static_cast<double>(Count(group.params, group.convention));
}

std::int64_t TokensTrained(const RunGroup& group) {
  std::int64_t trunk = 0;
  std::int64_t branches = 0;
  for (const PlannedRun& run : group.runs) {
    trunk = std::max(trunk, run.branch_step);
    branches += run.steps - run.branch_step;
  }
  return (trunk + branches) * group.training.batch_tokens;
}

double EstimateMemoryBytes(const RunGroup& group) {
  const auto params = static_cast<double>(group.params.total);
  const bool bf16 = group.training.precision == Precision::kBf16;
  const bool branches = group.runs.size() > 1;
  const double gradients = kFloatBytes * params;
  const double copies = bf16 ? 2.0 * kBfloatBytes * params : 0.0;
  const double update = kFloatBytes * params;
  return StateBytes(group) * (branches ? 2.0 : 1.0) + gradients + copies +
         update +
         ActivationBytesPerToken(group) *
             static_cast<double>(MicroBatchTokens(group));
}

PlanTotals Totals(const Plan& plan) {
  PlanTotals totals;
  for (const RunGroup& group : plan.groups) {
    const std::int64_t tokens = TokensTrained(group);
    totals.runs += static_cast<std::int64_t>(group.runs.size());
    totals.tokens += tokens;
    totals.flops += 6.0 *
                    static_cast<double>(Count(group.params, group.convention)) *
                    static_cast<double>(tokens);
    for (const PlannedRun& run : group.runs) {
      totals.flops_without_shared_trunks += run.flops;
    }
    totals.disk_bytes +=
        EstimateCheckpointBytes(group) + EstimateRecordBytes(group);
  }
  return totals;
}

}  // namespace isoflop
