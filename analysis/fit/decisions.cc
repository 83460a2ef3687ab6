#include "analysis/fit/decisions.h"

#include <cassert>
#include <cmath>

#include "analysis/fit/choices.h"
#include "analysis/fit/observation.h"
#include "analysis/laws/decisions.h"
#include "analysis/laws/repeated_data.h"

namespace isoflop {
namespace {

/// A run and the compute-optimal run that it is compared with.
struct Alternative {
  Optimum run;
  Optimum plain;

  double flops() const { return SixND(run.N, run.D); }
  double plain_flops() const { return SixND(plain.N, plain.D); }
};

double Params(const Alternative& a) { return a.run.N; }
double Tokens(const Alternative& a) { return a.run.D; }
double Ratio(const Alternative& a) { return a.run.D / a.run.N; }
double RunLoss(const Alternative& a) { return a.run.loss; }

/// Training and inference together.
double TotalFlops(const Optimum& run, double inference_tokens) {
  return SixND(run.N, run.D) + 2.0 * run.N * inference_tokens;
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
  limited.flops = flops;
  limited.limit = limit;
  limited.binding = choices.best()->run.N != choices.best()->plain.N;
  limited.params_opt = choices.Of(Params);
  limited.tokens_opt = choices.Of(Tokens);
  limited.tokens_per_param = choices.Of(Ratio);
  limited.loss = choices.Of(RunLoss);
  limited.loss_penalty = choices.Of(
      [](const Alternative& a) { return a.run.loss - a.plain.loss; });
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
  target.loss = loss;
  target.flops = choices.Of([](const Optimum& o) { return SixND(o.N, o.D); });
  target.params_opt = choices.Of([](const Optimum& o) { return o.N; });
  target.tokens_opt = choices.Of([](const Optimum& o) { return o.D; });
  target.tokens_per_param =
      choices.Of([](const Optimum& o) { return o.D / o.N; });
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
  optimum.goal = goal;
  optimum.inference_tokens = T;
  optimum.params_opt = choices.Of(Params);
  optimum.tokens_opt = choices.Of(Tokens);
  optimum.tokens_per_param = choices.Of(Ratio);
  optimum.loss = choices.Of(RunLoss);
  optimum.training_flops =
      choices.Of([](const Alternative& a) { return a.flops(); });
  optimum.inference_flops =
      choices.Of([T](const Alternative& a) { return 2.0 * a.run.N * T; });
  optimum.total_flops =
      choices.Of([T](const Alternative& a) { return TotalFlops(a.run, T); });
  optimum.saving = choices.Of([T](const Alternative& a) {
    return 1.0 - TotalFlops(a.run, T) / TotalFlops(a.plain, T);
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
  smaller.largest_factor = largest.Of([](double k) { return k; });
  smaller.unreachable_draws = choices.impossible();
  if (!choices.best()) return smaller;
  smaller.params = choices.Of(Params);
  smaller.tokens = choices.Of(Tokens);
  smaller.flops = choices.Of([](const Alternative& a) { return a.flops(); });
  smaller.flops_ratio = choices.Of(
      [](const Alternative& a) { return a.flops() / a.plain_flops(); });
  smaller.extrapolation_decades = DecadesBeyond(basis, smaller.flops->value);
  return smaller;
}

}  // namespace isoflop
