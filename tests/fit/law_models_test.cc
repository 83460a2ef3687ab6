// The hand-written derivatives of every law against Ceres' automatic ones and
// against finite differences, and the fitter that uses them on known laws.

#include <ceres/jet.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "analysis/fit/law_fit.h"
#include "analysis/fit/law_model.h"
#include "analysis/fit/law_objective.h"
#include "analysis/laws/broken_power_law.h"
#include "analysis/laws/farseer.h"
#include "analysis/laws/kaplan.h"
#include "analysis/laws/offset_power_law.h"
#include "analysis/laws/overtraining.h"
#include "analysis/laws/repeated_data.h"
#include "lib/core/random.h"

namespace isoflop {
namespace {

template <std::size_t count>
using Jets = std::array<ceres::Jet<double, count>, count>;

template <std::size_t count>
Jets<count> Variables(const std::array<double, count>& values) {
  Jets<count> jets;
  for (std::size_t i = 0; i < count; ++i) {
    jets[i] = ceres::Jet<double, count>(values[i], static_cast<int>(i));
  }
  return jets;
}

template <std::size_t count, int dimension>
void ExpectSame(const LawDerivatives<count>& found,
                const ceres::Jet<double, dimension>& expected) {
  EXPECT_NEAR(found.value, expected.a, 1e-13 * std::abs(expected.a));
  for (std::size_t i = 0; i < count; ++i) {
    const double slope = expected.v[static_cast<int>(i)];
    EXPECT_NEAR(found.gradient[i], slope, 1e-11 * std::abs(slope) + 1e-14)
        << "coefficient " << i;
  }
}

const RepeatedData kRepeated{.E = 1.7,
                             .A = 400.0,
                             .B = 1500.0,
                             .alpha = 0.34,
                             .beta = 0.36,
                             .R_D = 15.0,
                             .R_N = 5.0};

TEST(LawDerivatives, OfRepeatedDataAreTheAutomaticOnes) {
  const RepeatedData& l = kRepeated;
  const auto j = Variables<7>({l.E, l.A, l.B, l.alpha, l.beta, l.R_D, l.R_N});
  using Jet = ceres::Jet<double, 7>;
  const RepeatedDataCoefficients<Jet> jets{j[0], j[1], j[2], j[3],
                                           j[4], j[5], j[6]};
  for (const double N : {1e7, 3e9, 2e11}) {     // few and excess parameters
    for (const double U : {1e9, 2e10, 1e13}) {  // repeated and not
      ExpectSame(Differentiate(l, N, 1e11, U), Loss(jets, N, 1e11, U));
    }
  }
}

TEST(LawDerivatives, OfOvertrainingAreTheAutomaticOnes) {
  const Overtraining law{.E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};
  const auto j = Variables<4>({law.E, law.a, law.b, law.eta});
  const OvertrainingCoefficients<ceres::Jet<double, 4>> jets{j[0], j[1], j[2],
                                                             j[3]};
  ExpectSame(Differentiate(law, 3e8, 2e10), Loss(jets, 3e8, 2e10));
}

TEST(LawDerivatives, OfFarseerAreTheAutomaticOnes) {
  const Farseer l{-0.124, 0.424,  0.123,  88.01, -6.287,
                  -0.1,   -0.021, -0.091, 0.169};
  const auto j = Variables<9>(
      {l.a1, l.b1, l.alpha, l.a2, l.b2, l.beta, l.a3, l.b3, l.gamma});
  const FarseerCoefficients<ceres::Jet<double, 9>> jets{
      j[0], j[1], j[2], j[3], j[4], j[5], j[6], j[7], j[8]};
  ExpectSame(Differentiate(l, 1e9, 2e10), Loss(jets, 1e9, 2e10));
}

TEST(LawDerivatives, OfABrokenPowerLawAreTheAutomaticOnes) {
  const BrokenPowerLaw l{
      .a = 0.5, .b = 3.0, .c0 = 0.1, .c1 = 0.4, .d1 = 1e6, .f1 = 0.3};
  const auto j = Variables<6>({l.a, l.b, l.c0, l.c1, l.d1, l.f1});
  const BrokenPowerLawCoefficients<ceres::Jet<double, 6>> jets{
      j[0], j[1], j[2], j[3], j[4], j[5]};
  for (const double x : {1e3, 9e5, 2e6, 1e11}) {
    ExpectSame(Differentiate(l, x), Evaluate(jets, x));
  }
}

TEST(LawDerivatives, OfKaplansJointLawAreTheAutomaticOnes) {
  const KaplanJoint l{
      .N_c = 6.4e13, .D_c = 1.8e13, .alpha_N = 0.076, .alpha_D = 0.103, .E = 1};
  const auto j = Variables<5>({l.N_c, l.D_c, l.alpha_N, l.alpha_D, l.E});
  const KaplanJointCoefficients<ceres::Jet<double, 5>> jets{j[0], j[1], j[2],
                                                            j[3], j[4]};
  for (const double N : {1e6, 1e10}) {
    ExpectSame(Differentiate(l, N, 2e10), Loss(jets, N, 2e10));
  }
}

TEST(LawDerivatives, OfAnOffsetPowerLawAreTheAutomaticOnes) {
  const OffsetPowerLaw l{.offset = 1.5, .coefficient = 9.0, .exponent = -0.2};
  const auto j = Variables<3>({l.offset, l.coefficient, l.exponent});
  const OffsetPowerLawCoefficients<ceres::Jet<double, 3>> jets{j[0], j[1],
                                                               j[2]};
  ExpectSame(Differentiate(l, 1e8), Evaluate(jets, 1e8));
}

/// Sizes, tokens and unique tokens, with the loss of a function of them.
template <typename Law>
std::vector<LawRun> Grid(const Law& loss, double noise = 0.0) {
  RandomStream stream(7);
  std::vector<LawRun> runs;
  for (const double N : {1e8, 4e8, 1.6e9, 6.4e9, 2.5e10}) {
    for (const double D : {2e9, 8e9, 3e10, 1.2e11}) {
      for (const double share : {1.0, 0.25, 0.04}) {
        LawRun run{.N = N, .D = D, .U = share * D, .x = 6.0 * N * D};
        run.y = loss(run) * std::exp(noise * stream.Normal());
        runs.push_back(run);
      }
    }
  }
  return runs;
}

std::vector<LawRun> RepeatedRuns(double noise = 0.0) {
  return Grid([](const LawRun& r) { return Loss(kRepeated, r.N, r.D, r.U); },
              noise);
}

double Value(const LawFit& fit, const std::string& name) {
  for (const LawCoefficient& coefficient : fit.coefficients) {
    if (coefficient.name == name) return coefficient.value;
  }
  ADD_FAILURE() << "no coefficient " << name;
  return 0.0;
}

TEST(LawObjective, HasTheGradientOfItsValueAndTheHessianOfItsGradient) {
  const std::vector<LawRun> runs = RepeatedRuns(0.01);
  for (const LawModel& model :
       {RepeatedDataModel(runs), OvertrainingModel(runs), FarseerModel(runs),
        OffsetPowerLawModel(runs), BrokenPowerLawModel(runs),
        KaplanJointModel(runs)}) {
    const LawObjective objective(model, runs, Penalty::Squares(),
                                 ResidualKind::kLog, {});
    Eigen::VectorXd z = Eigen::VectorXd::Constant(objective.size(), 0.35);
    z[0] = 0.1;
    const LocalQuadratic local = objective.ModelAt(z);
    for (Eigen::Index j = 0; j < z.size(); ++j) {
      Eigen::VectorXd step = Eigen::VectorXd::Zero(z.size());
      step[j] = 1e-6;
      const double slope =
          (objective.Value(z + step) - objective.Value(z - step)) / 2e-6;
      EXPECT_NEAR(local.gradient[j], slope, 1e-5 * local.gradient.norm() + 1e-9)
          << model.name << " " << j;
      const Eigen::VectorXd column = (objective.ModelAt(z + step).gradient -
                                      objective.ModelAt(z - step).gradient) /
                                     2e-6;
      EXPECT_LT((local.hessian.col(j) - column).norm(),
                1e-4 * local.hessian.norm() + 1e-9)
          << model.name << " " << j;
    }
  }
}

TEST(LawFit, RecoversRepeatedDataWithoutNoise) {
  const std::vector<LawRun> runs = RepeatedRuns();
  const LawFit fit = FitLaw(RepeatedDataModel(runs), runs, {});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(Value(fit, "E"), kRepeated.E, 1e-5);
  EXPECT_NEAR(Value(fit, "alpha"), kRepeated.alpha, 1e-6);
  EXPECT_NEAR(Value(fit, "beta"), kRepeated.beta, 1e-6);
  EXPECT_NEAR(Value(fit, "R_D"), kRepeated.R_D, 1e-4);
  EXPECT_NEAR(Value(fit, "R_N"), kRepeated.R_N, 1e-4);
  EXPECT_TRUE(fit.certificate.converged);
}

TEST(LawFit, HoldsWhatItIsTold) {
  const std::vector<LawRun> runs = RepeatedRuns();
  LawFitOptions options;
  options.held = {{"E", kRepeated.E},
                  {"A", kRepeated.A},
                  {"B", kRepeated.B},
                  {"alpha", kRepeated.alpha},
                  {"beta", kRepeated.beta}};
  const LawFit fit = FitLaw(RepeatedDataModel(runs), runs, options);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_EQ(fit.free, 2);
  EXPECT_TRUE(fit.coefficients[0].held);
  EXPECT_EQ(Value(fit, "A"), kRepeated.A);
  EXPECT_NEAR(Value(fit, "R_D"), kRepeated.R_D, 1e-6);
}

TEST(LawFit, RecoversOvertrainingWithEveryPenalty) {
  const Overtraining law{.E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};
  const auto runs = Grid([&](const LawRun& r) { return Loss(law, r.N, r.D); });
  for (const LossKind loss :
       {LossKind::kHuber, LossKind::kL2, LossKind::kLad}) {
    LawFitOptions options;
    options.objective.loss = loss;
    const LawFit fit = FitLaw(OvertrainingModel(runs), runs, options);
    ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
    EXPECT_NEAR(Value(fit, "E"), law.E, 1e-5);
    EXPECT_NEAR(Value(fit, "eta"), law.eta, 1e-6);
  }
}

TEST(LawFit, ProfilesBracketTheEstimateNearTheTruth) {
  const Overtraining law{.E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};
  const auto runs =
      Grid([&](const LawRun& r) { return Loss(law, r.N, r.D); }, 0.005);
  LawFitOptions options;
  options.objective.loss = LossKind::kStudentT;
  const LawFit fit = FitLaw(OvertrainingModel(runs), runs, options);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const auto& profile = fit.coefficients[3].profile;
  ASSERT_TRUE(profile && profile->low && profile->high);
  const double width = *profile->high - *profile->low;
  EXPECT_LT(*profile->low, fit.coefficients[3].value);
  EXPECT_GT(*profile->high, fit.coefficients[3].value);
  EXPECT_NEAR(fit.coefficients[3].value, law.eta, width);
  EXPECT_LT(profile->improvement, 1e-6);
}

TEST(LawFit, FindsALimitOfZeroAtItsBound) {
  const Overtraining law{.E = 0.0, .a = 150.0, .b = 170.0, .eta = 0.15};
  const auto runs =
      Grid([&](const LawRun& r) { return Loss(law, r.N, r.D); }, 1e-4);
  const LawFit fit = FitLaw(OvertrainingModel(runs), runs, {});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const LawCoefficient& E = fit.coefficients[0];
  EXPECT_TRUE(E.at_bound ? E.value == 0.0 : E.value < 0.05);
}

TEST(LawFit, RecoversLawsOfOneVariable) {
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
  EXPECT_NEAR(Value(fit, "c1"), broken.c1, 1e-5);
  EXPECT_NEAR(std::log(Value(fit, "d1") / broken.d1), 0.0, 1e-4);
  for (LawRun& run : runs) run.y = 4.0 * std::pow(run.x, 0.7) + 3000.0;
  const LawFit offset = FitLaw(OffsetPowerLawModel(runs), runs, options);
  ASSERT_EQ(offset.status, FitStatus::kOk) << offset.reason;
  EXPECT_NEAR(Value(offset, "e"), 0.7, 1e-7);
  EXPECT_NEAR(Value(offset, "c"), 3000.0, 1e-3);
  for (LawRun& run : runs) run.y -= 3000.0;
  const LawFit plain = FitLaw(PowerLawModel(runs), runs, options);
  EXPECT_NEAR(Value(plain, "e"), 0.7, 1e-12);
  EXPECT_NEAR(Value(plain, "k"), 4.0, 1e-9);
}

TEST(LawFit, RecoversWhatFarseerPredicts) {
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

TEST(LawFit, IsUnsupportedWithAReason) {
  const std::vector<LawRun> runs = RepeatedRuns();
  const auto reason = [](const LawModel& model, std::span<const LawRun> some) {
    const LawFit fit = FitLaw(model, some, {});
    EXPECT_EQ(fit.status, FitStatus::kUnsupported) << model.name;
    return fit.reason;
  };
  const auto few = std::span(runs).first(5);
  EXPECT_NE(reason(RepeatedDataModel(few), few).find("at least 8"),
            std::string::npos);
  std::vector<LawRun> unique = runs;
  for (LawRun& run : unique) run.U = run.D;
  EXPECT_NE(reason(RepeatedDataModel(unique), unique).find("unique_tokens"),
            std::string::npos);
  std::vector<LawRun> flat = runs;
  for (LawRun& run : flat) run.N = 1e9;
  EXPECT_NE(reason(OvertrainingModel(flat), flat).find("different N"),
            std::string::npos);
  for (LawRun& run : flat) run.x = 1e9;
  EXPECT_NE(reason(PowerLawModel(flat), flat).find("different x"),
            std::string::npos);
  for (LawRun& run : unique) run.y = 2.0;
  EXPECT_FALSE(reason(OvertrainingModel(unique), unique).empty());
}

TEST(LawFit, ComparesMinimaWithADensityOfTheirOwn) {
  std::vector<LawRun> runs = RepeatedRuns(0.003);
  for (std::size_t i = 0; i < runs.size(); i += 7) runs[i].y *= 1.05;
  LawFitOptions options;
  options.objective.loss = LossKind::kStudentT;
  options.profiles = false;
  const LawFit fit = FitLaw(OvertrainingModel(runs), runs, options);
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const auto again = EstimateStudentT(fit.residuals);
  ASSERT_TRUE(again && fit.student_t);
  EXPECT_LT(LogChange(*fit.student_t, *again), kDensitySettled);
  EXPECT_TRUE(fit.certificate.certified());
  EXPECT_LE(fit.certificate.agreeing, fit.certificate.starts);
}

/// The rise of the objective with a density held and with it estimated anew are
/// the same to second order, because by symmetry location and scale are
/// orthogonal: see law_profile.h.
TEST(LawFit, ProfilesWithTheDensityHeldEndWhereThoseWithItFreeDo) {
  const Overtraining law{.E = 1.7, .a = 150.0, .b = 170.0, .eta = 0.15};
  const auto runs =
      Grid([&](const LawRun& r) { return Loss(law, r.N, r.D); }, 0.005);
  LawFitOptions options;
  options.objective.loss = LossKind::kStudentT;
  const LawModel model = OvertrainingModel(runs);
  const LawFit fit = FitLaw(model, runs, options);
  const auto& profile = fit.coefficients[3].profile;
  ASSERT_TRUE(profile && profile->low && profile->high);
  options.profiles = false;
  for (const double end : {*profile->low, *profile->high}) {
    options.held = {{"eta", end}};
    const LawFit held = FitLaw(model, runs, options);
    ASSERT_EQ(held.status, FitStatus::kOk) << held.reason;
    EXPECT_NEAR((held.objective - fit.objective) / profile->rise, 1.0, 0.1);
  }
}

}  // namespace
}  // namespace isoflop
