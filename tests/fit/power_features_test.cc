// Losses of one-pass SGD on power-law features, which are known exactly and lie
// on no additive law: what the fits must find there, and what must be said.
//
// Source: Lin et al. 2024 (arXiv:2406.08466).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include "analysis/fit/fit.h"
#include "analysis/fit/misfit.h"
#include "analysis/regress/law_models.h"
#include "analysis/report/fit_words.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Features of variance i^-a, targets of weights^2 i^-(b - a), and a run of
/// SGD from 0 with batches of 16.
struct Setting {
  double a = 1.2;
  double b = 1.5;
  double noise = 0.25;  // sigma^2
  double eta = 0.2;
  bool cooldown = true;  // by 1 - sqrt(x) over the last fifth of the steps
};

/// sum_{i > M} i^-b: some terms, and the Euler-Maclaurin series of the others.
double Tail(int M, double b) {
  double sum = 0.0;
  const int last = M + 20;
  for (int i = M + 1; i < last; ++i) sum += std::pow(i, -b);
  const double x = last;
  return sum + std::pow(x, 1.0 - b) / (b - 1.0) + 0.5 * std::pow(x, -b) +
         b * std::pow(x, -b - 1.0) / 12.0 -
         b * (b + 1.0) * (b + 2.0) * std::pow(x, -b - 3.0) / 720.0;
}

/// The expected squared error R after `steps` steps of a model of M features:
///
///   S_i <- (1 - eta lambda_i)^2 S_i
///          + (eta^2 / 16) (lambda_i R + lambda_i^2 S_i)
double Risk(const Setting& s, int M, int steps) {
  std::vector<double> lambda;
  std::vector<double> S;
  for (int i = 1; i <= M; ++i) {
    lambda.push_back(std::pow(i, -s.a));
    S.push_back(std::pow(i, s.a - s.b));
  }
  const auto count = static_cast<std::size_t>(M);
  const double rest = Tail(M, s.b) + s.noise;
  double R = rest;
  for (std::size_t i = 0; i < count; ++i) R += lambda[i] * S[i];
  const int cooled = s.cooldown ? (steps + 4) / 5 : 0;
  for (int step = 0; step < steps; ++step) {
    const int k = step - (steps - cooled);
    const double eta =
        k > 0 ? s.eta * (1.0 - std::sqrt(static_cast<double>(k) / cooled))
              : s.eta;
    const double share = eta * eta / 16.0;
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      const double kept = 1.0 - eta * lambda[i];
      S[i] = kept * kept * S[i] + share * lambda[i] * (R + lambda[i] * S[i]);
      sum += lambda[i] * S[i];
    }
    R = rest + sum;
  }
  return R;
}

/// Seven budgets of ND, nine sizes each within a factor of 4 of the best.
std::vector<Observation> Points(const Setting& s) {
  std::vector<Observation> points;
  for (int budget = 0; budget < 7; ++budget) {
    const double product = 1e5 * std::pow(10.0, 0.5 * budget);
    const double best = 0.32 * std::pow(product, 1.0 / (1.0 + s.a));
    for (int j = -4; j <= 4; ++j) {
      const auto M =
          static_cast<int>(std::lround(best * std::pow(4.0, j / 4.0)));
      const int steps = static_cast<int>(product / M / 16.0);
      points.push_back(MakeObservation(M, 16.0 * steps, Risk(s, M, steps)));
    }
  }
  return points;
}

const std::vector<Observation>& Exact() {
  static const std::vector<Observation> points = Points({});
  return points;
}

FitReport FitOf(std::vector<Observation> runs, std::vector<LawKind> laws,
                LossKind loss = LossKind::kHuber) {
  FitOptions options;
  options.laws = std::move(laws);
  options.objective.loss = loss;
  options.bootstrap = {.resamples = 60, .unit = {}, .seed = 1, .threads = 1};
  return InWords(FitScalingLaws(MakeSet(std::move(runs)), options));
}

const FitReport& WithCoupledLaw() {
  static const FitReport report =
      FitOf(Exact(), {LawKind::kChinchilla, LawKind::kIsoflop, LawKind::kKaplan,
                      LawKind::kOvertraining, LawKind::kCoupled});
  return report;
}

const LawFit& CoupledFit(const FitReport& report) {
  return *std::ranges::find(report.more_laws.fits, "coupled", &LawFit::name);
}

TEST(PowerFeatures, HaveTheirGoldenRisks) {
  const Setting constant{
      .a = 1.5, .b = 1.5, .noise = 0.0, .eta = 0.3, .cooldown = false};
  EXPECT_NEAR(Risk(constant, 64, 1000), 0.271829111, 6e-10);
  EXPECT_NEAR(Risk(constant, 32, 6400), 0.359179737, 6e-10);
  const Setting cooled{.a = 1.5, .b = 1.4, .noise = 0.25, .eta = 0.3};
  EXPECT_NEAR(Risk(cooled, 64, 1000), 0.757770377, 6e-10);
}

TEST(PowerFeatures, AreThoseOfTheTable) {
  const std::string file =
      ISOFLOP_SOURCE_DIR "/../shared/data/power-features/a1.2_b1.5.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  std::ifstream table(file);
  std::string line;
  std::getline(table, line);
  std::size_t row = 0;
  for (; std::getline(table, line); ++row) {
    double N = 0.0, D = 0.0, budget = 0.0, L = 0.0;
    ASSERT_EQ(std::sscanf(line.c_str(), "%lf,%lf,%lf,%lf", &N, &D, &budget, &L),
              4);
    ASSERT_LT(row, Exact().size());
    EXPECT_EQ(Exact()[row].N, N);
    EXPECT_EQ(Exact()[row].D, D);
    // Its sums over the features that the model lacks end at 1e-10.
    EXPECT_NEAR(Exact()[row].L, L, 2e-10) << line;
  }
  EXPECT_EQ(row, Exact().size());
}

TEST(PowerFeatures, AreFittedByTheCoupledLaw) {
  const LawFit& fit = CoupledFit(WithCoupledLaw());
  ASSERT_EQ(fit.status, FitStatus::kOk);
  EXPECT_TRUE(fit.certificate.certified());
  EXPECT_NEAR(fit.coefficients[0].value, 0.25, 0.01);    // E = sigma^2
  EXPECT_NEAR(fit.coefficients[3].value, 0.5, 0.01);     // b - 1
  EXPECT_NEAR(fit.coefficients[4].value, 0.4167, 0.01);  // (b - 1) / a
  const LawAllocation& allocation =
      WithCoupledLaw().more_laws.allocations.at("coupled");
  EXPECT_NEAR(allocation.a, 1.0 / 2.2, 0.01);
  EXPECT_NEAR(allocation.a + allocation.b, 1.0, 1e-12);
  for (const LawFit& other : WithCoupledLaw().more_laws.fits) {
    if (other.name == "coupled") continue;
    EXPECT_GT(other.rms_log_residual, 4.0 * fit.rms_log_residual) << other.name;
  }
}

TEST(PowerFeatures, MisleadApproach3WhateverItsPenalty) {
  for (const LossKind loss : {LossKind::kHuber, LossKind::kL2}) {
    const FitReport report = FitOf(
        Exact(), {LawKind::kChinchilla, LawKind::kIsoflop, LawKind::kCoupled},
        loss);
    EXPECT_TRUE(report.chinchilla->certificate.certified());
    EXPECT_LT(ParamsExponent(report.chinchilla->law), 0.41);
    EXPECT_NEAR(report.isoflop->a.value, 1.0 / 2.2, 0.01);
    ASSERT_TRUE(report.misfit.has_value());
    EXPECT_EQ(report.misfit->rival, "coupled");
    EXPECT_EQ(report.misfit->believed, "coupled");
    EXPECT_NEAR(*report.misfit->a, 1.0 / 2.2, 0.01);
  }
}

TEST(PowerFeatures, HaveTheMisfitAsTheFirstWarning) {
  const FitReport& report = WithCoupledLaw();
  ASSERT_TRUE(report.misfit.has_value());
  ASSERT_FALSE(report.warnings.empty());
  const std::string& first = report.warnings.front();
  EXPECT_THAT(first,
              StartsWith("the form of the Chinchilla law does not suit"));
  EXPECT_THAT(first, HasSubstr("the distance from the middle of D/N"));
  EXPECT_THAT(first, HasSubstr("coupled leaves residuals"));
  EXPECT_THAT(first, HasSubstr("believe coupled, a = 0.45"));
  EXPECT_THAT(first, HasSubstr("the parabolas of Approach 2 support"));
  EXPECT_THAT(first, HasSubstr("not the exponent 0.36"));
}

TEST(PowerFeatures, AreSeenToMisfitWithoutAnotherLaw) {
  const FitReport report =
      FitOf(Exact(), {LawKind::kChinchilla, LawKind::kIsoflop});
  ASSERT_TRUE(report.misfit.has_value());
  EXPECT_EQ(report.misfit->rival, "");
  EXPECT_EQ(report.misfit->believed, "isoflop");
  EXPECT_NEAR(*report.misfit->a, 1.0 / 2.2, 0.01);
  EXPECT_THAT(report.warnings.front(), HasSubstr("--laws all"));
}

TEST(PowerFeatures, PreferTheCoupledLawWithoutSignificance) {
  const auto& comparison = WithCoupledLaw().more_laws.comparison;
  ASSERT_TRUE(comparison.has_value());
  EXPECT_EQ(comparison->noise, ResidualNoise::kCorrelated);
  EXPECT_EQ(comparison->lowest_aicc, "coupled");
  EXPECT_EQ(comparison->lowest_held_out, "coupled");
  EXPECT_THAT(comparison->verdict.front(),
              StartsWith("AICc decides nothing here"));
  EXPECT_THAT(comparison->verdict,
              ::testing::Contains(HasSubstr(
                  "coupled is preferred by its residuals and by every test of "
                  "prediction; with no independent noise to judge by, no "
                  "significance is claimed")));
}

/// A report with what FindMisfit looks at, and no more: the rest takes long.
FitReport Glance(std::vector<Observation> runs, const ObjectiveOptions& how) {
  FitReport report;
  report.options.objective = how;
  report.options.laws = {LawKind::kChinchilla, LawKind::kCoupled};
  report.used = std::move(runs);
  report.chinchilla = FitChinchilla(report.used, how);
  if (report.chinchilla->status != FitStatus::kOk) return report;
  report.diagnostics.residuals =
      ResidualsOf(report.used, report.chinchilla->law);
  const std::vector<LawRun> law_runs = RunsOf(report.used);
  report.more_laws.fits = {FitLaw(CoupledModel(law_runs), law_runs,
                                  {.objective = how, .profiles = false})};
  return report;
}

TEST(Misfit, IsHardlyEverSeenWhereTheLawIsTrue) {
  const Chinchilla law{1.8, 480.0, 2100.0, 0.35, 0.37};
  const auto budgets = Doubling(1e18, 7);
  int seen = 0;
  constexpr int kSets = 40;
  for (int set = 0; set < kSets; ++set) {
    const int points = 4 + set % 5;
    const double noise = set % 2 == 0 ? 0.002 : 0.01;
    auto runs = WithNoise(IsoflopGrid(law, budgets, points, 4.0), noise,
                          static_cast<std::uint64_t>(set));
    if (set % 4 == 3) runs[runs.size() / 2].L *= 1.1;  // one wild run
    const LossKind loss = set % 3 == 0 ? LossKind::kL2 : LossKind::kHuber;
    if (FindMisfit(Glance(std::move(runs), {.loss = loss}))) ++seen;
  }
  EXPECT_LE(seen, 1);
}

TEST(Misfit, IsNotSeenInDataWithoutNoise) {
  const Chinchilla law{1.8, 480.0, 2100.0, 0.35, 0.37};
  EXPECT_FALSE(
      FindMisfit(Glance(IsoflopGrid(law, Doubling(1e18, 6), 5, 4.0), {}))
          .has_value());
}

}  // namespace
}  // namespace isoflop
