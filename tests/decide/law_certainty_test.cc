#include "analysis/decide/law_certainty.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/regress/chinchilla_fit.h"
#include "lib/numeric/moments.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

constexpr double kTarget = 1e13;

/// The runs of a size share a trunk, in each of so many copies.
std::vector<PlacedRun> PlacedSweep(std::size_t copies = 1) {
  const std::vector<double> sizes = Doubling(4e3, 6);
  std::vector<PlacedRun> placed;
  for (std::size_t copy = 0; copy < copies; ++copy) {
    for (std::size_t size = 0; size < sizes.size(); ++size) {
      for (const double D : Doubling(2e5, 5)) {
        placed.push_back({sizes[size], D, copy * sizes.size() + size});
      }
    }
  }
  return placed;
}

double VarianceOf(const std::vector<PlacedRun>& runs, bool of_loss,
                  double trunk_share) {
  LawCertainty certainty(kSmallLaw, kTarget, of_loss, trunk_share);
  for (const PlacedRun& run : runs) certainty.Add(run);
  return certainty.Variance();
}

/// ln N* or L of laws fitted by least squares to losses with a little noise.
std::vector<double> GoalsOfFits(bool of_loss, double trunk_share,
                                double noise) {
  RandomStream random(3);
  std::vector<double> goals;
  for (int fit = 0; fit < 200; ++fit) {
    std::vector<double> of_trunk;
    for (int i = 0; i < 6; ++i) of_trunk.push_back(random.Normal());
    std::vector<Observation> runs;
    for (const PlacedRun& run : PlacedSweep()) {
      const double z = std::sqrt(trunk_share) * of_trunk[run.trunk] +
                       std::sqrt(1.0 - trunk_share) * random.Normal();
      runs.push_back(MakeObservation(
          run.N, run.D, Loss(kSmallLaw, run.N, run.D) * std::exp(noise * z)));
    }
    const Optimum best =
        OptimumAt(FitChinchilla(runs, {.loss = LossKind::kL2}).law, kTarget);
    goals.push_back(of_loss ? best.loss : std::log(best.N));
  }
  return goals;
}

// Of 200 fits a standard deviation is known to 5 %.
TEST(LawCertainty, SaysHowMuchFitsScatter) {
  constexpr double kNoise = 1e-4;
  for (const double trunk_share : {0.0, 0.7}) {
    for (const bool of_loss : {false, true}) {
      const double scatter =
          StandardDeviation(GoalsOfFits(of_loss, trunk_share, kNoise));
      const double said =
          kNoise * std::sqrt(VarianceOf(PlacedSweep(), of_loss, trunk_share));
      EXPECT_NEAR(said / scatter, 1.0, 0.15) << of_loss << ' ' << trunk_share;
    }
  }
}

TEST(LawCertainty, TwiceTheTrunksLeaveHalfTheVariance) {
  for (const double share : {0.0, 0.5, 1.0}) {
    const double once = VarianceOf(PlacedSweep(), false, share);
    EXPECT_NEAR(VarianceOf(PlacedSweep(2), false, share) / once, 0.5, 1e-9);
  }
}

TEST(LawCertainty, KnowsWhatARunWouldAdd) {
  LawCertainty certainty(kSmallLaw, kTarget, false, 0.6);
  for (const PlacedRun& run : PlacedSweep()) certainty.Add(run);
  for (const PlacedRun& run :
       {PlacedRun{2e5, 4e6, 3}, PlacedRun{2e5, 4e6, 6}}) {
    const double said = certainty.VarianceWith(run, 2.0);
    certainty.Add(run, 2.0);
    EXPECT_NEAR(certainty.Variance() / said, 1.0, 1e-9);
  }
}

TEST(LawCertainty, ARunOfTwoSeedsIsTwoRunsInTwoTrunks) {
  auto runs = PlacedSweep();
  LawCertainty at_once(kSmallLaw, kTarget, false, 0.6);
  for (const PlacedRun& run : runs) at_once.Add(run);
  at_once.Add({2e5, 4e6, 50}, 2.0);
  at_once.Add({2e5, 1e6, 50}, 2.0);
  for (const std::size_t trunk : {50U, 51U}) {
    runs.push_back({2e5, 4e6, trunk});
    runs.push_back({2e5, 1e6, trunk});
  }
  EXPECT_NEAR(at_once.Variance() / VarianceOf(runs, false, 0.6), 1.0, 1e-9);
}

}  // namespace
}  // namespace isoflop
