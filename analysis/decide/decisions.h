// Decisions beyond the compute-optimal run: what use, limits and a smaller
// model cost, and what a loss costs. Each number has its interval over the laws
// of the bootstrap, every law being asked the same question of its own.

#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "analysis/decide/allocation.h"
#include "analysis/solve/estimate.h"
#include "lib/core/names.h"

namespace isoflop {

/// What takes more compute than this counts as never reached.
inline constexpr double kMostFlops = 1e40;

/// Which compute-optimal run is meant: that of a budget, or that of a loss.
struct Goal {
  enum class Kind { kFlops, kLoss };
  Kind kind = Kind::kFlops;
  double value = 0.0;  // FLOPs, or nats per token
};

/// Returns the run, or nothing where the law does not reach the loss within
/// kMostFlops.
std::optional<Optimum> OptimumFor(const Chinchilla& law, const Goal& goal);

/// The cheapest run of a loss.
struct LossTarget : BestRun {
  double loss = 0.0;          // nats per token
  Estimate flops;             // C
  int unreachable_draws = 0;  // laws of the bootstrap that never reach it
  std::optional<double> extrapolation_decades;
};

/// The run of the goal's loss that is cheapest with its inference counted.
struct InferenceOptimum : BestRun {
  Goal goal;
  double inference_tokens = 0.0;  // T
  Estimate loss;
  Estimate training_flops;   // 6 N D
  Estimate inference_flops;  // 2 N T
  Estimate total_flops;
  Estimate saving;  // share of the total of the compute-optimal run, 0 to 1
  int unreachable_draws = 0;
  std::optional<double> extrapolation_decades;  // of training_flops
};

/// How limited data are dealt with: every token seen once at most, or repeated
/// as far as a law of repeated data says that it is worth it.
enum class UniqueTokensRule { kCap, kRepeatedData };

constexpr std::array<NamedValue<UniqueTokensRule>, 2> EnumNames(
    UniqueTokensRule) {
  return {{{UniqueTokensRule::kCap, "cap"},
           {UniqueTokensRule::kRepeatedData, "repeated_data"}}};
}

/// The best run of a budget below a limit on N or on unique tokens.
struct LimitedOptimum : BestRun {
  double flops = 0.0;
  double limit = 0.0;    // largest N, or unique tokens
  bool binding = false;  // whether the compute-optimal run is beyond it
  Estimate loss;
  Estimate loss_penalty;  // over the compute-optimal run, nats per token

  // Of limited data only.
  std::optional<UniqueTokensRule> rule;
  std::optional<Estimate> epochs;  // D over the unique tokens
  std::optional<double> extrapolation_decades;
};

/// A model `factor` times smaller than the goal's, trained to the same loss.
struct SmallerModel {
  Goal goal;
  double factor = 1.0;
  Estimate largest_factor;  // from which on no training is long enough

  // Absent: this model never gets there.
  std::optional<Estimate> params;
  std::optional<Estimate> tokens;
  std::optional<Estimate> flops;
  std::optional<Estimate> flops_ratio;  // to the compute-optimal run, from 1
  int unreachable_draws = 0;
  std::optional<double> extrapolation_decades;  // of flops
};

/// REQUIRES: the law reaches the loss.
LossTarget ReachLoss(const LawBasis& basis, double loss);

/// REQUIRES: the law reaches the goal, inference_tokens >= 0.
InferenceOptimum OptimizeForInference(const LawBasis& basis, const Goal& goal,
                                      double inference_tokens);

/// REQUIRES: flops > 0 and the limit > 0.
LimitedOptimum LimitParams(const LawBasis& basis, double flops,
                           double max_params);

/// With a law of repeated data, tokens are seen as often as it says is best;
/// its numbers have no intervals. Without one each is seen once at most.
LimitedOptimum LimitTokens(const LawBasis& basis, double flops,
                           double unique_tokens);

/// REQUIRES: the law reaches the goal, factor >= 1.
SmallerModel ShrinkModel(const LawBasis& basis, const Goal& goal,
                         double factor);

}  // namespace isoflop
