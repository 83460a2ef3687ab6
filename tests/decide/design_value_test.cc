// Is following the design worth it? On a known law with noise, the recommended
// runs and a repetition of the sweep that cost the same are both added, and
// both fitted again.

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/decide/design.h"
#include "analysis/fit/bootstrap.h"
#include "analysis/regress/chinchilla_fit.h"
#include "lib/numeric/moments.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

constexpr double kNoise = 0.003;  // of ln L
constexpr double kTarget = 1e13;

struct Fitted {
  Chinchilla law;
  std::vector<Chinchilla> draws;
};

Fitted FitWithBootstrap(const std::vector<Observation>& runs) {
  const ChinchillaFit fit = FitChinchilla(runs, {});
  EXPECT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  const Resampling resampling{.resamples = 60,
                              .unit = ResampleUnit::kRun,
                              .units = static_cast<int>(runs.size()),
                              .seed = 5};
  const auto bootstrap =
      ChinchillaSpreads(Resample(runs, resampling, {}, {.chinchilla = &fit}, 1),
                        fit.law, resampling.units);
  EXPECT_TRUE(bootstrap.has_value());
  return {fit.law, bootstrap->laws};
}

double SdOfLogParams(const Fitted& fitted) {
  std::vector<double> values;
  for (const Chinchilla& law : fitted.draws) {
    values.push_back(std::log(OptimumAt(law, kTarget).N));
  }
  return StandardDeviation(values);
}

std::vector<Observation> Together(std::vector<Observation> runs,
                                  const std::vector<Observation>& more) {
  runs.insert(runs.end(), more.begin(), more.end());
  return runs;
}

double TotalFlops(const std::vector<Observation>& runs) {
  double total = 0.0;
  for (const Observation& run : runs) total += run.C;
  return total;
}

/// The runs recommended for `budget`, exactly on the law.
std::vector<Observation> Recommended(const std::vector<Observation>& runs,
                                     const Fitted& fitted, double budget) {
  const ObservedReach reach = ReachOf(runs);
  std::vector<CandidateRun> candidates;
  for (const double N : CandidateAxis(reach.params)) {
    for (const double D : CandidateAxis(reach.tokens)) {
      if (!IsCandidate(N, D, reach, budget)) continue;
      candidates.push_back({N, D, kNoise * Loss(fitted.law, N, D)});
    }
  }
  const Design design = DesignRuns({.draws = fitted.draws,
                                    .objective = DesignObjective::kParamsOpt,
                                    .target_flops = kTarget,
                                    .budget_flops = budget},
                                   candidates);
  std::vector<Observation> chosen;
  for (const DesignedRun& run : design.runs) {
    const CandidateRun& c = candidates[run.candidate];
    chosen.push_back(MakeObservation(c.N, c.D, Loss(kSmallLaw, c.N, c.D)));
  }
  return chosen;
}

TEST(DesignValue, RecommendedRunsShrinkTheUncertaintyOfNMoreThanARepetition) {
  const std::vector<Observation> exact = SmallSweep();
  const double budget = TotalFlops(exact);
  double log_ratio = 0.0;
  constexpr int kTrials = 5;
  for (int trial = 0; trial < kTrials; ++trial) {
    const auto seed = static_cast<std::uint64_t>(trial);
    const auto runs = WithNoise(exact, kNoise, seed);
    const Fitted now = FitWithBootstrap(runs);
    const auto chosen = Recommended(runs, now, budget);
    ASSERT_FALSE(chosen.empty());
    ASSERT_LE(TotalFlops(chosen), budget * (1.0 + 1e-9));
    const double designed = SdOfLogParams(FitWithBootstrap(
        Together(runs, WithNoise(chosen, kNoise, 100 + seed))));
    const double repeated = SdOfLogParams(
        FitWithBootstrap(Together(runs, WithNoise(exact, kNoise, 200 + seed))));
    EXPECT_LT(designed, SdOfLogParams(now)) << "trial " << trial;
    log_ratio += std::log(designed / repeated) / kTrials;
  }
  EXPECT_LT(std::exp(log_ratio), 0.8);
}

}  // namespace
}  // namespace isoflop
