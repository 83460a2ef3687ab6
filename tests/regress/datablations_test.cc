// Known answers: the 182 runs with repeated data that Muennighoff et al. 2023
// (arXiv:2305.16264) fitted. Their published optimum is a local one, and the
// data do not bound R_D* from above.

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "analysis/fit/fit.h"
#include "analysis/observe/observation_reader.h"
#include "analysis/regress/chart.h"
#include "analysis/regress/law_models.h"
#include "analysis/regress/objective.h"

namespace isoflop {
namespace {

std::filesystem::path Path() {
  return std::filesystem::path(ISOFLOP_SOURCE_DIR) /
         "../shared/data/datablations/c4_fit182.csv";
}

FitOptions Options() {
  FitOptions options;
  options.laws = {LawKind::kRepeatedData};
  options.bootstrap.resamples = 0;
  return options;
}

FitOptions WithPublishedSurface() {
  FitOptions options = Options();
  options.objective.fixed = {{"E", std::exp(0.6254804)},
                             {"A", std::exp(6.255414)},
                             {"B", std::exp(7.3049974)},
                             {"alpha", 0.3526596},
                             {"beta", 0.3526596}};
  return options;
}

class Datablations : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(Path())) {
      GTEST_SKIP() << "no " << Path().string();
    }
    runs_ = ReadObservations(Path(),
                             {.columns = {{"tokens", "D_total_tokens"},
                                          {"unique_tokens", "U_unique_tokens"},
                                          {"loss", "val_loss_C4"}}});
  }

  LawFit Fit(const FitOptions& options) const {
    return FitMoreLaws(runs_.rows, options, {}).fits.at(0);
  }

  ObservationSet runs_;
};

TEST_F(Datablations, TheGlobalOptimumIsReached) {
  const LawFit fit = Fit(WithPublishedSurface());
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.objective, 0.0158046625, 5e-11);
  EXPECT_NEAR(fit.coefficients[5].value, 95.37, 5e-3);
  EXPECT_NEAR(fit.coefficients[6].value, 1.706, 5e-4);
  EXPECT_TRUE(fit.certificate.converged);
  EXPECT_GE(fit.certificate.distinct_minima, 2);
}

TEST_F(Datablations, ThePublishedPointIsALocalOptimum) {
  const std::vector<LawRun> runs = RunsOf(runs_.rows);
  const LawModel model = RepeatedDataModel(runs);
  const Chart chart(model,
                    ConstraintsOf(model, WithPublishedSurface().objective));
  const Objective objective(model, runs, Penalty::Huber(1e-3),
                            ResidualKind::kLog);
  const Eigen::VectorXd published =
      Eigen::Vector2d(std::log(15.387756), std::log(5.309743));
  EXPECT_NEAR(objective.Value(chart.Centred(published)), 0.015825935, 1e-9);
  const SmoothObjective smooth{
      .model = [&](const auto& z) { return objective.ModelAt(chart, z); },
      .roots = [&](const auto& z) { return objective.RootsAt(chart, z); },
      .floor = objective.Floor()};
  const LocalMinimum minimum =
      PolishByNewton(smooth, Descend(smooth, published, 1e-6));
  EXPECT_LT((minimum.point - published).cwiseAbs().maxCoeff(), 2e-3);
  EXPECT_LE(minimum.newton_step, 1e-8);
  EXPECT_GT(minimum.relative_curvature, 0.0);
  EXPECT_NEAR(minimum.value(), 0.015825935, 1e-8);
  EXPECT_GT(minimum.value(), 1.001 * 0.0158046625);
}

TEST_F(Datablations, TheProfileOfRepetitionIsUnboundedAbove) {
  const LawFit fit = Fit(WithPublishedSurface());
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const auto& profile = fit.coefficients[5].profile;
  ASSERT_TRUE(profile.has_value());
  EXPECT_TRUE(profile->low.has_value());
  EXPECT_FALSE(profile->high.has_value());
  for (const ProfilePoint& point : profile->points) {
    if (point.value < 12.0 || point.value > 200.0) continue;
    EXPECT_LT(point.rise, 0.004 * fit.objective) << point.value;
  }
}

// The more a model may exceed U_N for its worth, the better the fit: R_N* has
// no limit, which leaves six coefficients.
TEST_F(Datablations, ExcessParametersLoseNoWorthWhenAllIsFitted) {
  const LawFit fit = Fit(Options());
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_EQ(fit.free, 6);
  EXPECT_TRUE(fit.coefficients[6].at_bound);
  EXPECT_TRUE(std::isinf(fit.coefficients[6].value));
  EXPECT_LE(fit.objective, 0.00657120679);
  EXPECT_TRUE(fit.certificate.converged);
}

}  // namespace
}  // namespace isoflop
