// Every law, fitted to runs that lie on it.

#include "analysis/regress/law_models.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "analysis/laws/broken_power_law.h"
#include "analysis/laws/coupled.h"
#include "analysis/laws/farseer.h"
#include "analysis/laws/kaplan.h"
#include "analysis/regress/law_fit.h"
#include "tests/regress/law_runs.h"

namespace isoflop {
namespace {

TEST(LawModels, RecoversRepeatedDataWithoutNoise) {
  const std::vector<LawRun> runs = RepeatedRuns();
  const LawFit fit = FitLaw(RepeatedDataModel(runs), runs, {});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(ValueOf(fit, "E"), kRepeatedData.E, 1e-5);
  EXPECT_NEAR(ValueOf(fit, "alpha"), kRepeatedData.alpha, 1e-6);
  EXPECT_NEAR(ValueOf(fit, "beta"), kRepeatedData.beta, 1e-6);
  EXPECT_NEAR(ValueOf(fit, "R_D"), kRepeatedData.R_D, 1e-4);
  EXPECT_NEAR(ValueOf(fit, "R_N"), kRepeatedData.R_N, 1e-4);
  EXPECT_TRUE(fit.certificate.converged);
}

TEST(LawModels, RecoversOvertrainingWithEveryPenalty) {
  const Overtraining& law = kOvertraining;
  const auto runs = OvertrainedRuns();
  for (const LossKind loss :
       {LossKind::kHuber, LossKind::kL2, LossKind::kLad}) {
    LawFitOptions options;
    options.objective.loss = loss;
    const LawFit fit = FitLaw(OvertrainingModel(runs), runs, options);
    ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
    EXPECT_NEAR(ValueOf(fit, "E"), law.E, 1e-5);
    EXPECT_NEAR(ValueOf(fit, "eta"), law.eta, 1e-6);
  }
}

TEST(LawModels, FindsALimitOfZeroAtItsBound) {
  const Overtraining law{.E = 0.0, .a = 150.0, .b = 170.0, .eta = 0.15};
  const auto runs =
      LawGrid([&](const LawRun& r) { return Loss(law, r.N, r.D); }, 1e-4);
  const LawFit fit = FitLaw(OvertrainingModel(runs), runs, {});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const LawCoefficient& E = fit.coefficients[0];
  EXPECT_TRUE(E.at_bound ? E.value == 0.0 : E.value < 0.05);
}

TEST(LawModels, RecoversLawsOfOneVariable) {
  std::vector<LawRun> runs;
  const BrokenPowerLaw broken{
      .a = 0.5, .b = 30.0, .c0 = 0.1, .c1 = 0.3, .d1 = 1e6, .f1 = 0.4};
  for (int i = 0; i < 40; ++i) {
    LawRun run;
    run.x = 1e2 * std::pow(10.0, 0.2 * i);
    run.y = Evaluate(broken, run.x);
    runs.push_back(run);
  }
  LawFitOptions options;
  options.objective.loss = LossKind::kL2;
  const LawFit fit = FitLaw(BrokenPowerLawModel(runs), runs, options);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(ValueOf(fit, "c1"), broken.c1, 1e-5);
  EXPECT_NEAR(std::log(ValueOf(fit, "d1") / broken.d1), 0.0, 1e-4);
  for (LawRun& run : runs) run.y = 4.0 * std::pow(run.x, 0.7) + 3000.0;
  const LawFit offset = FitLaw(OffsetPowerLawModel(runs), runs, options);
  ASSERT_EQ(offset.status, FitStatus::kOk) << offset.reason;
  EXPECT_NEAR(ValueOf(offset, "e"), 0.7, 1e-7);
  EXPECT_NEAR(ValueOf(offset, "c"), 3000.0, 1e-3);
  for (LawRun& run : runs) run.y -= 3000.0;
  const LawFit plain = FitLaw(PowerLawModel(runs), runs, options);
  EXPECT_NEAR(ValueOf(plain, "e"), 0.7, 1e-12);
  EXPECT_NEAR(ValueOf(plain, "k"), 4.0, 1e-9);
}

TEST(LawModels, RecoversWhatFarseerPredicts) {
  const Farseer law{-0.124, 0.424,  0.123,  88.01, -6.287,
                    -0.1,   -0.021, -0.091, 0.169};
  std::vector<LawRun> runs;
  for (int i = 0; i < 9; ++i) {
    for (int k = 0; k < 9; ++k) {
      LawRun run;
      run.N = 2e8 * std::pow(2.0, i);
      run.D = 2e9 * std::pow(2.0, k);
      run.y = Loss(law, run.N, run.D);
      runs.push_back(run);
    }
  }
  LawFitOptions options;
  options.objective.loss = LossKind::kL2;
  const LawModel model = FarseerModel(runs);
  const LawFit fit = FitLaw(model, runs, options);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_LT(fit.max_log_residual, 1e-8);
}

constexpr Coupled kCoupledLaw{.E = 1.7,
                              .A = 400.0,
                              .B = 1500.0,
                              .alpha = 0.34,
                              .beta = 0.36,
                              .kappa = 1.8};

LawFit FitCoupled(const Coupled& law, double noise, const std::string& name) {
  const auto runs =
      LawGrid([&](const LawRun& r) { return Loss(law, r.N, r.D); }, noise);
  return FitLaw(name == "coupled" ? CoupledModel(runs) : ChinchillaModel(runs),
                runs, {.objective = {}, .profiles = false});
}

TEST(LawModels, RecoversACoupledLaw) {
  const LawFit fit = FitCoupled(kCoupledLaw, 0.0, "coupled");
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(ValueOf(fit, "E"), kCoupledLaw.E, 1e-5);
  EXPECT_NEAR(ValueOf(fit, "alpha"), kCoupledLaw.alpha, 1e-5);
  EXPECT_NEAR(ValueOf(fit, "beta"), kCoupledLaw.beta, 1e-5);
  EXPECT_NEAR(ValueOf(fit, "kappa"), kCoupledLaw.kappa, 1e-4);
  EXPECT_TRUE(fit.certificate.certified());
}

/// Terms that add up to more than their sum would want kappa below 1.
TEST(LawModels, FindsACoupledLawWithKappaOneAtItsBound) {
  Coupled law = kCoupledLaw;
  law.kappa = 0.7;
  const LawFit fit = FitCoupled(law, 0.001, "coupled");
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_TRUE(fit.coefficients[5].at_bound);
  EXPECT_EQ(ValueOf(fit, "kappa"), 1.0);
  EXPECT_TRUE(fit.certificate.converged);
  const LawFit plain = FitCoupled(law, 0.001, "chinchilla");
  EXPECT_NEAR(fit.objective / plain.objective, 1.0, 1e-9);
  EXPECT_NEAR(ValueOf(fit, "alpha"), ValueOf(plain, "alpha"), 1e-6);
}

TEST(LawModels, ContainsKaplansJointLawInTheCoupledOne) {
  Coupled law = kCoupledLaw;
  law.kappa = 1.0 / law.beta;
  const auto runs =
      LawGrid([&](const LawRun& r) { return Loss(law, r.N, r.D); });
  const LawFit fit = FitLaw(KaplanJointModel(runs), runs,
                            {.objective = {}, .profiles = false});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(ValueOf(fit, "alpha_N"), law.alpha, 1e-5);
  EXPECT_NEAR(ValueOf(fit, "alpha_D"), law.beta, 1e-5);
  EXPECT_NEAR(std::log(ValueOf(fit, "N_c")), std::log(law.A) / law.alpha, 1e-3);
  EXPECT_NEAR(FitCoupled(law, 0.0, "coupled").coefficients[5].value, law.kappa,
              1e-3);
}

}  // namespace
}  // namespace isoflop
