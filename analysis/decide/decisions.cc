#include "analysis/decide/decisions.h"

#include <cassert>
#include <cmath>
#include <functional>

#include "analysis/decide/choices.h"
#include "analysis/laws/repeated_data.h"
#include "analysis/laws/tradeoffs.h"
#include "analysis/observe/observation.h"

namespace isoflop {
namespace {

/// A run, and the compute-optimal run that it is compared with.
struct Alternative : Optimum {
  Optimum plain;
};

double TrainingFlops(const Optimum& run) { return SixND(run.N, run.D); }

/// Training and inference together.
double TotalFlops(const Optimum& run, double inference_tokens) {
  return TrainingFlops(run) + 2.0 * run.N * inference_tokens;
}

/// The same number in another unit.
Estimate Scaled(Estimate estimate, double factor) {
  estimate.value *= factor;
  if (auto& spread = estimate.spread) {
    spread->standard_error *= factor;
    spread->interval95.low *= factor;
    spread->interval95.high *= factor;
    spread->percentile95.low *= factor;
    spread->percentile95.high *= factor;
  }
  return estimate;
}

LimitedOptimum LimitedBy(const LawBasis& basis, double flops, double limit,
                         const Choices<Alternative>& choices) {
  LimitedOptimum limited;
  SetBestRun(choices, &limited);
  limited.flops = flops;
  limited.limit = limit;
  limited.binding = choices.best()->N != choices.best()->plain.N;
  limited.loss = choices.Of(&Alternative::loss);
  limited.loss_penalty =
      choices.Of([](const Alternative& a) { return a.loss - a.plain.loss; });
  limited.extrapolation_decades = DecadesBeyond(basis, flops);
  return limited;
}

LimitedOptimum Limited(const LawBasis& basis, double flops, double limit,
                       Optimum (*optimum)(const Chinchilla&, double, double)) {
  const auto choose = [&](const Chinchilla& law) {
    return std::optional(
        Alternative{optimum(law, flops, limit), OptimumAt(law, flops)});
  };
  return LimitedBy(basis, flops, limit, Choices<Alternative>(basis, choose));
}

/// By a law of repeated data, compared with what it says of unlimited data.
LimitedOptimum Repeated(const LawBasis& basis, const RepeatedData& repeated,
                        double flops, double unique_tokens) {
  LawBasis fresh = basis;
  fresh.law = {.E = repeated.E,
               .A = repeated.A,
               .B = repeated.B,
               .alpha = repeated.alpha,
               .beta = repeated.beta};
  fresh.resampled = {};
  const auto choose = [&](const Chinchilla& law) {
    const Optimum plain = OptimumAt(law, flops);
    const bool enough = plain.D <= unique_tokens;
    return std::optional(Alternative{
        enough ? plain : OptimumAt(repeated, flops, unique_tokens), plain});
  };
  return LimitedBy(basis, flops, unique_tokens,
                   Choices<Alternative>(fresh, choose));
}

std::optional<Alternative> SameLossWithSmaller(const Chinchilla& law,
                                               const Goal& goal,
                                               double factor) {
  const auto plain = OptimumFor(law, goal);
  const auto cost = OvertrainingCost(law, factor);
  if (!plain || !cost || !std::isfinite(*cost)) return std::nullopt;
  return Alternative{{.N = plain->N / factor,
                      .D = plain->D * *cost * factor,
                      .loss = plain->loss},
                     *plain};
}

}  // namespace

std::optional<Optimum> OptimumFor(const Chinchilla& law, const Goal& goal) {
  if (goal.kind == Goal::Kind::kFlops) return OptimumAt(law, goal.value);
  const auto flops = FlopsForLoss(law, goal.value);
  if (!flops || !(*flops > 0.0) || *flops > kMostFlops) return std::nullopt;
  return OptimumAt(law, *flops);
}

LossTarget ReachLoss(const LawBasis& basis, double loss) {
  const Goal goal{Goal::Kind::kLoss, loss};
  const Choices<Optimum> choices(
      basis, [&goal](const Chinchilla& law) { return OptimumFor(law, goal); });
  assert(choices.best());
  LossTarget target;
  SetBestRun(choices, &target);
  target.loss = loss;
  target.flops = choices.Of(TrainingFlops);
  target.unreachable_draws = choices.impossible();
  target.extrapolation_decades = DecadesBeyond(basis, target.flops.value);
  return target;
}

InferenceOptimum OptimizeForInference(const LawBasis& basis, const Goal& goal,
                                      double inference_tokens) {
  const Choices<Alternative> choices(
      basis, [&](const Chinchilla& law) -> std::optional<Alternative> {
        const auto plain = OptimumFor(law, goal);
        if (!plain) return std::nullopt;
        return Alternative{CheapestWithInference(law, *plain, inference_tokens),
                           *plain};
      });
  assert(choices.best());
  const double T = inference_tokens;
  InferenceOptimum optimum;
  SetBestRun(choices, &optimum);
  optimum.goal = goal;
  optimum.inference_tokens = T;
  optimum.loss = choices.Of(&Alternative::loss);
  optimum.training_flops = choices.Of(TrainingFlops);
  optimum.inference_flops =
      choices.Of([T](const Alternative& a) { return 2.0 * a.N * T; });
  optimum.total_flops =
      choices.Of([T](const Alternative& a) { return TotalFlops(a, T); });
  optimum.saving = choices.Of([T](const Alternative& a) {
    return 1.0 - TotalFlops(a, T) / TotalFlops(a.plain, T);
  });
  optimum.unreachable_draws = choices.impossible();
  optimum.extrapolation_decades =
      DecadesBeyond(basis, optimum.training_flops.value);
  return optimum;
}

LimitedOptimum LimitParams(const LawBasis& basis, double flops,
                           double max_params) {
  return Limited(basis, flops, max_params, OptimumWithParamsUpTo);
}

LimitedOptimum LimitTokens(const LawBasis& basis, double flops,
                           double unique_tokens) {
  LimitedOptimum limited =
      basis.repeated
          ? Repeated(basis, *basis.repeated, flops, unique_tokens)
          : Limited(basis, flops, unique_tokens, OptimumWithTokensUpTo);
  limited.rule =
      basis.repeated ? UniqueTokensRule::kRepeatedData : UniqueTokensRule::kCap;
  limited.epochs = Scaled(limited.tokens_opt, 1.0 / unique_tokens);
  return limited;
}

SmallerModel ShrinkModel(const LawBasis& basis, const Goal& goal,
                         double factor) {
  const Choices<Alternative> choices(basis, [&](const Chinchilla& law) {
    return SameLossWithSmaller(law, goal, factor);
  });
  const Choices<double> largest(basis, [](const Chinchilla& law) {
    return std::optional(LargestShrinkage(law));
  });
  SmallerModel smaller;
  smaller.goal = goal;
  smaller.factor = factor;
  smaller.largest_factor = largest.Of(std::identity());
  smaller.unreachable_draws = choices.impossible();
  if (!choices.best()) return smaller;
  smaller.params = choices.Of(&Alternative::N);
  smaller.tokens = choices.Of(&Alternative::D);
  smaller.flops = choices.Of(TrainingFlops);
  smaller.flops_ratio = choices.Of([](const Alternative& a) {
    return TrainingFlops(a) / TrainingFlops(a.plain);
  });
  smaller.extrapolation_decades = DecadesBeyond(basis, smaller.flops->value);
  return smaller;
}

}  // namespace isoflop
