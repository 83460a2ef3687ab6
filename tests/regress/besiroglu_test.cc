// Known answers: the 245 points that Besiroglu et al. 2024 (arXiv:2404.10102)
// read off Hoffmann et al. 2022. Each expected number is to all of its digits.

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

#include "analysis/fit/fit.h"
#include "analysis/observe/observation_reader.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

ObservationSet Points() {
  return ReadObservations(
      BesirogluPath(),
      {.columns = {{"params", "Model Size"}, {"flops", "Training FLOP"}}});
}

FitReport FitPoints(const ObjectiveOptions& objective, int dropped,
                    FitOptions options = {}) {
  options.objective = objective;
  options.drop_largest_loss = dropped;
  options.bootstrap.resamples = 0;
  return FitScalingLaws(Points(), options);
}

struct KnownAnswer {
  std::string name;
  ObjectiveOptions objective;
  int dropped;
  double value;  // of the objective
  double value_tolerance;
  Chinchilla law;
};

std::vector<KnownAnswer> KnownAnswers() {
  constexpr double kDelta = 1e-3;
  const auto log = ResidualKind::kLog;
  return {
      {"huber",
       {LossKind::kHuber, kDelta, log},
       5,
       0.0010182740178,
       1e-15,
       {1.817218, 477.826, 2143.417, 0.3473105, 0.3671724}},
      {"lad, the numbers that were published",
       {LossKind::kLad, kDelta, log},
       5,
       1.1294947,
       5e-8,
       {1.81686, 482.006, 2085.43, 0.347813, 0.365854}},
      {"least squares of log losses",
       {LossKind::kL2, kDelta, log},
       5,
       0.0114618870,
       5e-11,
       {1.864550, 593.322, 4875.638, 0.3602528, 0.4058833}},
      {"least squares of losses",
       {LossKind::kL2, kDelta, ResidualKind::kRaw},
       5,
       0.0832038077,
       5e-11,
       {1.882814, 567.805, 7581.851, 0.3576151, 0.4276206}},
      {"student t",
       {LossKind::kStudentT, kDelta, log},
       5,
       -888.404649,
       5e-7,
       {1.807274, 459.193, 1867.18, 0.3449471, 0.3605466}},
      {"huber of all points",
       {LossKind::kHuber, kDelta, log},
       0,
       0.0018260105,
       5e-11,
       {1.891338, 495.726, 12845.6, 0.3493129, 0.4530493}},
  };
}

TEST(Besiroglu, EveryKnownOptimumIsReached) {
  ISOFLOP_NEED_BESIROGLU();
  for (const KnownAnswer& known : KnownAnswers()) {
    const FitReport report = FitPoints(known.objective, known.dropped);
    const ChinchillaFit& fit = *report.chinchilla;
    ASSERT_EQ(fit.status, FitStatus::kOk) << known.name << fit.reason;
    EXPECT_NEAR(fit.objective, known.value, known.value_tolerance)
        << known.name;
    EXPECT_NEAR(fit.law.E, known.law.E, 6e-6) << known.name;
    EXPECT_NEAR(fit.law.A / known.law.A, 1.0, 2e-6) << known.name;
    EXPECT_NEAR(fit.law.B / known.law.B, 1.0, 5e-6) << known.name;
    EXPECT_NEAR(fit.law.alpha, known.law.alpha, 6e-7) << known.name;
    EXPECT_NEAR(fit.law.beta, known.law.beta, 6e-7) << known.name;
    EXPECT_TRUE(fit.certificate.certified()) << known.name;
    EXPECT_EQ(fit.certificate.agreeing, fit.certificate.starts) << known.name;
  }
}

TEST(Besiroglu, TheHuberOptimumIsNeverMissedInTheLastDigits) {
  ISOFLOP_NEED_BESIROGLU();
  const FitReport report = FitPoints({}, 5);
  EXPECT_LE(report.chinchilla->objective, 0.00101827401781);
  EXPECT_LT(report.chinchilla->certificate.gradient_norm, 1e-12);
  EXPECT_NEAR(ParamsExponent(report.chinchilla->law), 0.5138995, 1e-7);
}

TEST(Besiroglu, StudentsTHasTheKnownScale) {
  ISOFLOP_NEED_BESIROGLU();
  const FitReport report = FitPoints({.loss = LossKind::kStudentT}, 5);
  ASSERT_TRUE(report.chinchilla->student_t.has_value());
  EXPECT_NEAR(report.chinchilla->student_t->scale, 0.0039424, 6e-8);
  EXPECT_NEAR(report.chinchilla->student_t->degrees_of_freedom, 2.5777, 6e-5);
}

TEST(Besiroglu, TheFiveLargestLossesAreDropped) {
  ISOFLOP_NEED_BESIROGLU();
  const FitReport report = FitPoints({}, 5);
  EXPECT_EQ(report.observations.read, 245);
  EXPECT_EQ(report.observations.dropped, 5);
  EXPECT_EQ(report.observations.used, 240);
  EXPECT_EQ(report.observations.flops, FlopsKind::kSixND);
}

TEST(Besiroglu, ChinchillasBudgetIsAllocatedAsKnown) {
  ISOFLOP_NEED_BESIROGLU();
  FitOptions options;
  options.budgets_flops = {5.76e23};
  const FitReport report = FitPoints({}, 5, options);
  ASSERT_EQ(report.allocations.size(), 1U);
  const Allocation& best = report.allocations[0];
  EXPECT_NEAR(best.params_opt.value, 7.319e10, 5e6);
  EXPECT_NEAR(best.tokens_opt.value, 1.3117e12, 5e8);
  EXPECT_NEAR(best.tokens_per_param.value, 17.92, 5e-3);
  EXPECT_NEAR(*best.extrapolation_decades, 1.65, 0.01);
}

TEST(Besiroglu, LargeRunsArePredictedFromSmallOnesAsKnown) {
  ISOFLOP_NEED_BESIROGLU();
  FitOptions options;
  options.holdout_above = 1e21;
  const FitReport report = FitPoints({}, 5, options);
  ASSERT_EQ(report.holdouts.size(), 4U);  // three more of its own
  const Holdout& test = report.holdouts.front();
  EXPECT_EQ(test.fitted, 217);
  EXPECT_EQ(test.held_out, 23);
  EXPECT_NEAR(test.mean_absolute_error, 0.02377, 5e-6);
  EXPECT_NEAR(test.rms_error, 0.02823, 5e-6);
  EXPECT_TRUE(test.certificate.converged);
}

TEST(Besiroglu, TheFiveLargestLossesMoveBetaAsKnown) {
  ISOFLOP_NEED_BESIROGLU();
  const Chinchilla all = FitPoints({}, 0).chinchilla->law;
  const Chinchilla without = FitPoints({}, 5).chinchilla->law;
  EXPECT_NEAR(without.beta - all.beta, 0.3671724 - 0.4530493, 1e-6);
  EXPECT_NEAR(without.alpha - all.alpha, 0.3473105 - 0.3493129, 1e-6);
}

TEST(Besiroglu, TheFivePointsOfLargestResidualMoveBetaByAsMuchAsARefitDoes) {
  ISOFLOP_NEED_BESIROGLU();
  const FitReport report = FitPoints({}, 0);
  const auto& worst = report.diagnostics.influence->worst;
  ASSERT_TRUE(worst.has_value());
  ASSERT_EQ(worst->runs.size(), 5U);
  std::vector<Observation> others = report.used;
  for (auto run = worst->runs.rbegin(); run != worst->runs.rend(); ++run) {
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(*run));
  }
  const double beta = FitChinchilla(others, {}).law.beta;
  EXPECT_NEAR(worst->beta, beta - report.chinchilla->law.beta, 1e-7);
  EXPECT_LT(worst->beta, -0.05);
}

}  // namespace
}  // namespace isoflop
