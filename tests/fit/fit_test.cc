#include "analysis/fit/fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/fit_words.h"
#include "tests/regress/synthetic.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

FitOptions Quick() {
  FitOptions options;
  options.bootstrap = {.resamples = 20, .unit = {}, .seed = 1, .threads = 1};
  return options;
}

TEST(FitScalingLaws, GivesEveryLawThatTheDataSupport) {
  const auto report = FitScalingLaws(MakeSet(SmallSweep()), Quick());
  EXPECT_EQ(report.chinchilla->status, FitStatus::kOk);
  EXPECT_EQ(report.isoflop->status, FitStatus::kOk);
  EXPECT_EQ(report.envelope->status, FitStatus::kOk);
  EXPECT_EQ(report.kaplan->L_C.status, FitStatus::kOk);
  EXPECT_TRUE(report.usable());
}

TEST(FitScalingLaws, GivesOnlyTheLawsAskedFor) {
  FitOptions options = Quick();
  options.laws = {LawKind::kIsoflop};
  const auto report = FitScalingLaws(MakeSet(SmallSweep()), options);
  EXPECT_FALSE(report.chinchilla.has_value());
  EXPECT_FALSE(report.chinchilla_bootstrap.has_value());
  EXPECT_FALSE(report.envelope.has_value());
  EXPECT_FALSE(report.kaplan.has_value());
  EXPECT_EQ(report.isoflop->status, FitStatus::kOk);
  EXPECT_TRUE(report.isoflop->a_bias.has_value());
}

TEST(FitScalingLaws, AgreesBetweenItsApproaches) {
  const auto report =
      FitScalingLaws(MakeSet(WithNoise(SmallSweep(), 0.003, 30)), Quick());
  const double a = ParamsExponent(report.chinchilla->law);
  EXPECT_NEAR(a, ParamsExponent(kSmallLaw), 0.03);
  EXPECT_NEAR(report.isoflop->a.value, a, 0.05);
}

TEST(FitScalingLaws, SummarisesWhatItUsed) {
  FitOptions options = Quick();
  options.drop_largest_loss = 2;
  const auto report = FitScalingLaws(MakeSet(SmallSweep()), options);
  EXPECT_EQ(report.observations.source, "synthetic");
  EXPECT_EQ(report.observations.read, 42);
  EXPECT_EQ(report.observations.dropped, 2);
  EXPECT_EQ(report.observations.used, 40);
  EXPECT_EQ(report.used.size(), 40U);
  EXPECT_NEAR(report.observations.largest_flops / 2e10,
              std::pow(10.0, 5.0 / 3.0), 1e-9);
}

TEST(FitScalingLaws, DropsTheLargestLossesAndKeepsTheOrder) {
  auto runs = SmallSweep();
  runs[10].L = 9.0;
  runs[20].L = 8.0;
  FitOptions options = Quick();
  options.drop_largest_loss = 2;
  const auto report = FitScalingLaws(MakeSet(runs), options);
  EXPECT_EQ(report.used[9].N, runs[9].N);
  EXPECT_EQ(report.used[10].N, runs[11].N);
  EXPECT_EQ(report.used[19].N, runs[21].N);
}

TEST(FitScalingLaws, CountsParametersAsAsked) {
  auto runs = SmallSweep();
  for (Observation& o : runs) {
    o.params_total = o.N;
    o.params_non_embedding = 0.5 * o.N;
  }
  ObservationSet set = MakeSet(runs);
  set.params = ParamsKind::kTotal;
  FitOptions options = Quick();
  const auto total = FitScalingLaws(set, options);
  options.params = ParamsKind::kNonEmbedding;
  const auto non_embedding = FitScalingLaws(set, options);
  EXPECT_EQ(total.observations.params, ParamsKind::kTotal);
  EXPECT_EQ(non_embedding.observations.params, ParamsKind::kNonEmbedding);
  EXPECT_NEAR(
      non_embedding.chinchilla->law.A,
      total.chinchilla->law.A * std::pow(0.5, total.chinchilla->law.alpha),
      1e-6);
}

TEST(FitScalingLaws, RefusesWhatIsNoObservation) {
  struct BadRow {
    double Observation::*number;
    double value;
  };
  for (const BadRow& bad : std::vector<BadRow>{{&Observation::N, 0.0},
                                               {&Observation::D, -1.0},
                                               {&Observation::L, NAN},
                                               {&Observation::C, INFINITY},
                                               {&Observation::weight, 0.0}}) {
    auto runs = SmallSweep();
    runs[3].*bad.number = bad.value;
    EXPECT_ERROR(FitScalingLaws(MakeSet(runs), Quick()),
                 "synthetic: observation 4: N, D, L, C and weight must be");
  }
  EXPECT_ERROR(FitScalingLaws(MakeSet({}), Quick()),
               "synthetic: no observations");
}

TEST(FitScalingLaws, RefusesToDropEverything) {
  FitOptions options = Quick();
  options.drop_largest_loss = 42;
  EXPECT_ERROR(FitScalingLaws(MakeSet(SmallSweep()), options),
               "--drop-largest-loss: 42 would leave none of the 42");
}

TEST(FitScalingLaws, KeepsTheNotesOfTheObservations) {
  ObservationSet set = MakeSet(SmallSweep());
  set.notes = {"columns not read: colour"};
  EXPECT_THAT(FitScalingLaws(set, Quick()).notes,
              Contains("columns not read: colour"));
}

TEST(FitScalingLaws, WeighsRunsByTheirStandardErrorsWhenAsked) {
  auto runs = WithNoise(SmallSweep(), 0.005, 6);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].loss_std = (i % 3 == 0 ? 2e-3 : 1e-3) * runs[i].L;
  }
  FitOptions options;
  options.objective.loss = LossKind::kL2;
  options.bootstrap.resamples = 0;
  options.laws = {LawKind::kChinchilla};
  options.weights = WeightKind::kLossStd;
  const auto weighted = FitScalingLaws(MakeSet(runs), options);
  options.weights = WeightKind::kColumn;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].weight = i % 3 == 0 ? 0.25 : 1.0;
    runs[i].loss_std.reset();
  }
  const auto expected = FitScalingLaws(MakeSet(runs), options);
  EXPECT_NEAR(weighted.chinchilla->law.alpha, expected.chinchilla->law.alpha,
              1e-9);
  EXPECT_NEAR(weighted.chinchilla->law.E, expected.chinchilla->law.E, 1e-9);
}

TEST(FitScalingLaws, SaysThatStandardErrorsAreNotUsed) {
  auto runs = SmallSweep();
  for (Observation& o : runs) o.loss_std = 0.01;
  FitOptions options;
  options.bootstrap.resamples = 0;
  const auto report = FitScalingLaws(MakeSet(runs), options);
  ASSERT_EQ(report.notes.size(), 1U);
  EXPECT_NE(report.notes[0].find("--weights loss_std"), std::string::npos);
}

TEST(FitScalingLaws, RefusesToWeighByStandardErrorsThatAreNotThere) {
  auto runs = SmallSweep();
  for (Observation& o : runs) o.loss_std = 0.01;
  runs[4].loss_std.reset();
  FitOptions options;
  options.weights = WeightKind::kLossStd;
  EXPECT_ERROR(FitScalingLaws(MakeSet(runs), options),
               "--weights: loss_std needs a standard error above 0 for every "
               "run, and observation 5");
}

TEST(FitReport, IsNotUsableWhenNothingCouldBeFitted) {
  auto runs = SmallSweep();
  runs.resize(2);
  const auto report = FitScalingLaws(MakeSet(runs), Quick());
  EXPECT_FALSE(report.usable());
  EXPECT_EQ(report.chinchilla->status, FitStatus::kUnsupported);
  EXPECT_FALSE(report.isoflop->reason.empty());
  EXPECT_FALSE(report.envelope->reason.empty());
  EXPECT_FALSE(report.kaplan->L_C.reason.empty());
}

TEST(FitWarnings, AreAbsentForAGoodSweep) {
  const auto runs = IsoflopGrid(kSmallLaw, {1e11, 1e12, 1e13}, 7, 2.0);
  FitOptions options = Quick();
  options.seed_noise = 3e-4;
  EXPECT_THAT(
      InWords(FitScalingLaws(MakeSet(WithNoise(runs, 1e-4, 2)), options))
          .warnings,
      IsEmpty());
}

TEST(FitWarnings, NameBudgetsWithTheirMinimumAtAnEdge) {
  auto runs = SmallSweep();
  auto edge = IsoflopGrid(kSmallLaw, {1e14}, 9, 8.0);
  edge.resize(4);
  runs.insert(runs.end(), edge.begin(), edge.end());
  EXPECT_THAT(InWords(FitScalingLaws(MakeSet(runs), Quick())).warnings,
              Contains(HasSubstr("outside of the sizes tried at C = 1e+14")));
}

TEST(FitWarnings, NameAnEAtItsBound) {
  auto runs = FullGrid(kSmallLaw, Doubling(1e4, 5), Doubling(1e6, 5));
  for (Observation& o : runs) o.L = 10.0 - 0.1 * std::log(o.N * o.D);
  EXPECT_THAT(InWords(FitScalingLaws(MakeSet(runs), Quick())).warnings,
              Contains(HasSubstr("E is at its lower bound 0")));
}

TEST(FitWarnings, NameTrunksThatWereDrawnRunByRun) {
  auto runs = SmallSweep();
  runs[0].group = runs[7].group = "trunk";
  FitOptions options = Quick();
  options.bootstrap.unit = ResampleUnit::kRun;
  EXPECT_THAT(InWords(FitScalingLaws(MakeSet(runs), options)).warnings,
              Contains(HasSubstr("runs that share a trunk")));
}

TEST(FitWarnings, NameFlopsThatAreNot6ND) {
  ObservationSet set = MakeSet(SmallSweep());
  for (Observation& o : set.rows) o.C *= 1.3;
  set.flops = FlopsKind::kAsGiven;
  EXPECT_THAT(InWords(FitScalingLaws(set, Quick())).warnings,
              Contains(HasSubstr("FLOPs are 1.3 to 1.3 times 6ND; N")));
  for (Observation& o : set.rows) o.C /= 1e18;
  EXPECT_THAT(InWords(FitScalingLaws(set, Quick())).warnings,
              Contains(HasSubstr("have to be parameters, tokens and FLOPs")));
}

int BoundedProfiles(const std::vector<LawCoefficient>& coefficients) {
  return static_cast<int>(
      std::ranges::count_if(coefficients, [](const LawCoefficient& c) {
        return c.profile && c.profile->low && c.profile->high;
      }));
}

TEST(FitScalingLaws, TellsNoBoundedProfilesOfRunsThatShareTrunks) {
  FitOptions options = Quick();
  options.laws = {LawKind::kChinchilla, LawKind::kCoupled};
  auto runs = WithNoise(SmallSweep(), 0.003, 30);
  const auto apart = FitScalingLaws(MakeSet(runs), options);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].group = "trunk-" + std::to_string(i % 7);
  }
  const auto shared = FitScalingLaws(MakeSet(runs), options);
  EXPECT_GT(BoundedProfiles(apart.chinchilla->coefficients), 0);
  EXPECT_GT(BoundedProfiles(apart.more_laws.fits[0].coefficients), 0);
  EXPECT_EQ(BoundedProfiles(shared.chinchilla->coefficients), 0);
  EXPECT_EQ(BoundedProfiles(shared.more_laws.fits[0].coefficients), 0);
  EXPECT_THAT(shared.notes, Contains(HasSubstr("no profile likelihood")));
  EXPECT_THAT(apart.notes, Not(Contains(HasSubstr("no profile likelihood"))));
}

}  // namespace
}  // namespace isoflop
