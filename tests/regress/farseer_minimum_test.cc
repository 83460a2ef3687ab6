// Farseer's law has many local minima: the one that is reported has to be at
// least as low as the law that the losses were drawn from.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/laws/farseer.h"
#include "analysis/regress/law_fit.h"
#include "analysis/regress/law_models.h"
#include "analysis/regress/objective.h"
#include "lib/core/random.h"

namespace isoflop {
namespace {

/// Its data term takes over where a budget is spent on size.
constexpr Farseer kSteep{.a1 = -316.6,
                         .b1 = -0.18,
                         .alpha = -0.358,
                         .a2 = -97.0,
                         .b2 = 54.07,
                         .beta = -0.0441,
                         .a3 = -1.731,
                         .b3 = 4.297,
                         .gamma = 0.03185};

/// Four budgets, seven sizes each over almost two decades.
std::vector<LawRun> ProfilesWithNoise(std::uint64_t seed) {
  RandomStream stream(seed);
  std::vector<LawRun> runs;
  for (int budget = 0; budget < 4; ++budget) {
    const double C = 1e19 * std::pow(10.0, 0.5 * budget);
    for (int i = 0; i < 7; ++i) {
      const double N = 3.75e7 * std::pow(3.0, 0.5 * budget) * std::pow(2.0, i);
      const double D = C / (6.0 * N);
      const double L = Loss(kSteep, N, D) * std::exp(0.002 * stream.Normal());
      runs.push_back({.N = N, .D = D, .y = L});
    }
  }
  return runs;
}

double ObjectiveOfTruth(const LawModel& model,
                        const std::vector<LawRun>& runs) {
  const Objective objective(model, runs, Penalty::Huber(1e-3),
                            ResidualKind::kLog);
  const Eigen::VectorXd truth{{kSteep.a1, kSteep.b1, kSteep.alpha, kSteep.a2,
                               kSteep.b2, kSteep.beta, kSteep.a3, kSteep.b3,
                               kSteep.gamma}};
  return objective.Value(Chart(model, {}).CentredFrom(truth));
}

TEST(FarseerMinimum, IsNeverAboveTheLawThatTheLossesAreOf) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const std::vector<LawRun> runs = ProfilesWithNoise(seed);
    const LawModel model = FarseerModel(runs);
    const LawFit fit = FitLaw(model, runs, {});
    ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
    EXPECT_TRUE(fit.certificate.certified()) << seed;
    EXPECT_LT(fit.objective, ObjectiveOfTruth(model, runs)) << seed;
  }
}

TEST(FarseerMinimum, StaysTheLowestWhereFourTimesAsManyStartsAreTried) {
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const std::vector<LawRun> runs = ProfilesWithNoise(seed);
    LawModel model = FarseerModel(runs);
    const double found = FitLaw(model, runs, {}).objective;
    model.first_starts *= 4;
    EXPECT_NEAR(FitLaw(model, runs, {}).objective / found, 1.0, 1e-8) << seed;
  }
}

}  // namespace
}  // namespace isoflop
