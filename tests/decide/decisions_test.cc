#include "analysis/decide/decisions.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/decide/allocation_question.h"
#include "analysis/decide/choices.h"
#include "analysis/laws/tradeoffs.h"
#include "tests/regress/synthetic.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

/// 41 laws around kSmallLaw, whose E goes from 1.02 to 1.22.
std::vector<Chinchilla> Draws() {
  std::vector<Chinchilla> laws(41, kSmallLaw);
  for (std::size_t i = 0; i < laws.size(); ++i) {
    const double shift = (static_cast<double>(i) - 20.0) / 20.0;
    laws[i].E += 0.1 * shift;
    laws[i].alpha += 0.05 * shift;
  }
  return laws;
}

constexpr Goal kBudget{Goal::Kind::kFlops, 1e13};

class DecisionsOfAFit : public testing::Test {
 protected:
  const std::vector<Chinchilla> draws_ = Draws();
  const LawBasis basis_{.law = kSmallLaw,
                        .resampled = draws_,
                        .largest_flops = 1e12,
                        .noise95 = std::nullopt};
};

TEST_F(DecisionsOfAFit, ALossTakesTheBudgetThatHasIt) {
  const double loss = OptimumAt(kSmallLaw, 1e13).loss;
  const LossTarget target = ReachLoss(basis_, loss);
  EXPECT_NEAR(target.flops.value / 1e13, 1.0, 1e-9);
  EXPECT_NEAR(target.params_opt.value / OptimumAt(kSmallLaw, 1e13).N, 1.0,
              1e-9);
  EXPECT_NEAR(*target.extrapolation_decades, 1.0, 1e-9);
}

TEST_F(DecisionsOfAFit, HasNoIntervalWhoseEndNoDrawReaches) {
  const LossTarget target = ReachLoss(basis_, 1.17);
  int above = 0;
  for (const Chinchilla& law : draws_) above += law.E >= 1.17 ? 1 : 0;
  ASSERT_GT(above, 0);
  EXPECT_EQ(target.unreachable_draws, above);
  EXPECT_GT(target.flops.value, 0.0);
  EXPECT_FALSE(target.flops.spread.has_value());
}

TEST(Choices, LeaveAnIntervalWhenFewerAreMissingThanItLeavesOut) {
  EXPECT_TRUE(LeaveAnInterval(0, 2));
  EXPECT_FALSE(LeaveAnInterval(0, 1));
  EXPECT_TRUE(LeaveAnInterval(1, 40));
  EXPECT_FALSE(LeaveAnInterval(1, 39));
}

TEST_F(DecisionsOfAFit, InferenceIsPaidOnceAndTheSavingIsOfTheSum) {
  const auto optimum = OptimizeForInference(basis_, kBudget, 1e9);
  const double N = optimum.params_opt.value;
  const double D = optimum.tokens_opt.value;
  EXPECT_DOUBLE_EQ(optimum.training_flops.value, 6.0 * N * D);
  EXPECT_DOUBLE_EQ(optimum.inference_flops.value, 2.0 * N * 1e9);
  const Optimum plain = OptimumAt(kSmallLaw, 1e13);
  const double before = 1e13 + 2.0 * plain.N * 1e9;
  EXPECT_NEAR(optimum.saving.value, 1.0 - optimum.total_flops.value / before,
              1e-12);
  EXPECT_GT(optimum.saving.value, 0.0);
  EXPECT_NEAR(optimum.loss.value, plain.loss, 1e-14);
  EXPECT_GT(*optimum.extrapolation_decades, 1.0);  // it trains for longer
}

TEST_F(DecisionsOfAFit, NoInferenceSavesNothing) {
  const auto optimum = OptimizeForInference(basis_, kBudget, 0.0);
  EXPECT_NEAR(optimum.saving.value, 0.0, 1e-12);
  EXPECT_NEAR(optimum.training_flops.value / 1e13, 1.0, 1e-12);
}

TEST_F(DecisionsOfAFit, ALimitOnParametersCostsLossOnlyWhereItBinds) {
  const double best = OptimumAt(kSmallLaw, 1e13).N;
  const LimitedOptimum tight = LimitParams(basis_, 1e13, best / 4.0);
  EXPECT_TRUE(tight.binding);
  EXPECT_EQ(tight.params_opt.value, best / 4.0);
  EXPECT_GT(tight.loss_penalty.value, 0.0);
  EXPECT_NEAR(tight.loss_penalty.value,
              tight.loss.value - OptimumAt(kSmallLaw, 1e13).loss, 1e-14);
  const LimitedOptimum wide = LimitParams(basis_, 1e13, best * 100.0);
  EXPECT_FALSE(wide.binding);
  EXPECT_EQ(wide.loss_penalty.value, 0.0);
  EXPECT_EQ(wide.params_opt.value, best);
}

TEST_F(DecisionsOfAFit, ALimitOnTokensMakesTheModelLarger) {
  const Optimum best = OptimumAt(kSmallLaw, 1e13);
  const LimitedOptimum limited = LimitTokens(basis_, 1e13, best.D / 4.0);
  EXPECT_TRUE(limited.binding);
  EXPECT_NEAR(limited.params_opt.value / best.N, 4.0, 1e-9);
  EXPECT_EQ(limited.rule, UniqueTokensRule::kCap);
  EXPECT_NEAR(limited.epochs->value, 1.0, 1e-12);
  EXPECT_GT(limited.loss_penalty.value, 0.0);
}

TEST_F(DecisionsOfAFit, ALawOfRepeatedDataSaysHowOftenTokensAreSeen) {
  LawBasis repeating = basis_;
  repeating.repeated =
      RepeatedData{kSmallLaw.E,    kSmallLaw.A, kSmallLaw.B, kSmallLaw.alpha,
                   kSmallLaw.beta, 15.0,        5.0};
  const Optimum best = OptimumAt(kSmallLaw, 1e13);
  const double U = best.D / 4.0;
  const LimitedOptimum limited = LimitTokens(repeating, 1e13, U);
  EXPECT_EQ(limited.rule, UniqueTokensRule::kRepeatedData);
  EXPECT_TRUE(limited.binding);
  EXPECT_GT(limited.epochs->value, 1.0);
  EXPECT_FALSE(limited.loss.spread.has_value());
  EXPECT_GT(limited.loss_penalty.value, 0.0);
  EXPECT_LT(limited.loss_penalty.value,
            LimitTokens(basis_, 1e13, U).loss_penalty.value);
  // No other run of the budget has a lower loss.
  for (double D = U / 4.0; D < 64.0 * U; D *= 1.05) {
    EXPECT_LE(limited.loss.value,
              Loss(*repeating.repeated, 1e13 / (6.0 * D), D, U) + 1e-13);
  }
  const LimitedOptimum plenty = LimitTokens(repeating, 1e13, 2.0 * best.D);
  EXPECT_FALSE(plenty.binding);
  EXPECT_EQ(plenty.loss_penalty.value, 0.0);
}

TEST_F(DecisionsOfAFit, SmallerModelsCostWhatTheClosedFormSays) {
  const SmallerModel model = ShrinkModel(basis_, kBudget, 2.0);
  ASSERT_TRUE(model.flops.has_value());
  EXPECT_NEAR(model.params->value * 2.0 / OptimumAt(kSmallLaw, 1e13).N, 1.0,
              1e-12);
  EXPECT_DOUBLE_EQ(model.flops_ratio->value, *OvertrainingCost(kSmallLaw, 2.0));
  EXPECT_NEAR(Loss(kSmallLaw, model.params->value, model.tokens->value),
              OptimumAt(kSmallLaw, 1e13).loss, 1e-12);
}

TEST_F(DecisionsOfAFit, ModelsThatAreTooSmallNeverGetThere) {
  const double last = LargestShrinkage(kSmallLaw);
  const SmallerModel model = ShrinkModel(basis_, kBudget, last * 1.01);
  EXPECT_FALSE(model.flops.has_value());
  EXPECT_FALSE(model.extrapolation_decades.has_value());
  EXPECT_DOUBLE_EQ(model.largest_factor.value, last);
  EXPECT_TRUE(model.largest_factor.spread.has_value());
  EXPECT_GT(model.unreachable_draws, 0);
  EXPECT_LT(model.unreachable_draws, 41);
}

TEST(PredictionIntervals, AddTheNoiseInQuadratureOnEachSide) {
  const Interval interval = PredictionInterval(2.0, {1.7, 2.4}, 0.2);
  EXPECT_NEAR(interval.low, 2.0 - std::sqrt(0.3 * 0.3 + 0.2 * 0.2), 1e-9);
  EXPECT_NEAR(interval.high, 2.0 + std::sqrt(0.4 * 0.4 + 0.2 * 0.2), 1e-9);
}

TEST(PredictionIntervals, AreThatOfTheNoiseWhereTheLawIsCertain) {
  const Interval interval = PredictionInterval(2.0, {2.0, 2.0}, 0.1);
  EXPECT_NEAR(interval.low, 2.0 - 0.1, 1e-9);
  EXPECT_NEAR(interval.high, 2.0 + 0.1, 1e-9);
}

TEST_F(DecisionsOfAFit, AllocationsPredictRunsWhereTheNoiseIsKnown) {
  LawBasis noisy = basis_;
  noisy.noise95 = 0.1;
  const std::vector<double> budgets = {1e13};
  const Allocation with = Allocate(noisy, budgets)[0];
  ASSERT_TRUE(with.loss_prediction.has_value());
  EXPECT_LT(with.loss_prediction->low, with.loss.spread->interval95.low);
  EXPECT_GT(with.loss_prediction->high, with.loss.spread->interval95.high);
  EXPECT_FALSE(Allocate(basis_, budgets)[0].loss_prediction.has_value());
  noisy.resampled = {};
  EXPECT_FALSE(Allocate(noisy, budgets)[0].loss_prediction.has_value());
}

TEST_F(DecisionsOfAFit, AnswersOneRowForEachBudgetAndFactor) {
  const AllocationAnswer answer =
      Answer(basis_, {.flops = {1e12, 1e13}, .overtrain = {2.0, 3.0, 1e6}});
  EXPECT_EQ(answer.allocations.size(), 2U);
  EXPECT_EQ(answer.smaller_models.size(), 6U);
  EXPECT_TRUE(answer.inference.empty());
}

TEST_F(DecisionsOfAFit, RefuseALossThatNoComputeReaches) {
  EXPECT_ERROR(Answer(basis_, {.loss = {1.12}}),
               "irreducible loss E = 1.12: no compute reaches it");
  EXPECT_ERROR(Answer(basis_, {.loss = {1.12 + 1e-14}}), "1e+40 FLOPs");
}

TEST(AllocationQuestions, AreRefusedWhereTheyHaveNoMeaning) {
  const double nan = std::nan("");
  EXPECT_ERROR(Validate(AllocationQuestion{}), "--flops: is required");
  EXPECT_ERROR(Validate({.flops = {0.0}}), "--flops: must be above 0");
  EXPECT_ERROR(Validate({.flops = {nan}}), "--flops: must be above 0");
  EXPECT_ERROR(Validate({.flops = {1e41}}), "at most 1e40, got 1e+41");
  EXPECT_ERROR(Validate({.flops = {1.0}, .loss = {2.0}}),
               "--flops: cannot be given with --loss");
  EXPECT_ERROR(Validate({.loss = {-1.0}}), "--loss: must be finite");
  EXPECT_ERROR(Validate({.flops = {1.0}, .inference_tokens = 0.0}),
               "--inference-tokens: must be above 0");
  EXPECT_ERROR(Validate({.flops = {1.0}, .max_params = -3.0}),
               "--max-params: must be above 0");
  EXPECT_ERROR(Validate({.flops = {1.0}, .unique_tokens = nan}),
               "--unique-tokens: must be above 0");
  EXPECT_ERROR(Validate({.flops = {1.0}, .overtrain = {0.5}}),
               "--overtrain: must be from 1");
  EXPECT_ERROR(
      Validate({.flops = {1.0}, .inference_tokens = 1.0, .max_params = 1.0}),
      "--max-params: cannot be given with --inference-tokens");
  EXPECT_ERROR(Validate({.loss = {2.0}, .max_params = 1.0}),
               "--max-params: limits what a budget can buy");
  EXPECT_ERROR(Validate({.loss = {2.0}, .unique_tokens = 1.0}),
               "--unique-tokens: limits what a budget can buy");
}

}  // namespace
}  // namespace isoflop
