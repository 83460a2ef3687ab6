#include "analysis/regress/span_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/regress/law_fit.h"
#include "analysis/regress/law_models.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;

std::vector<LawRun> RunsAt(const std::vector<double>& sizes,
                           const std::vector<double>& tokens) {
  std::vector<LawRun> runs;
  for (const double N : sizes) {
    for (const double D : tokens) runs.push_back({.N = N, .D = D});
  }
  return runs;
}

TEST(LackOfSpan, IsNoneWhereAVariableVaries) {
  const auto runs = RunsAt({1e6, 1.2e6}, {1e8});
  EXPECT_EQ(LackOfSpan(runs, &LawRun::N, "N"), "");
}

TEST(LackOfSpan, SaysHowLittleThereIsAndWhichRunsWouldMendIt) {
  const auto runs = RunsAt({1e6, 1.01e6}, {4.4e9});
  EXPECT_THAT(LackOfSpan(runs, &LawRun::N, "N"),
              HasSubstr("N differs by only 1 % between the runs, 1e+06 to "
                        "1.01e+06"));
  EXPECT_THAT(LackOfSpan(runs, &LawRun::D, "D"),
              AllOf(HasSubstr("D is 4.4e+09 in all runs"),
                    HasSubstr("more runs with a third and a tenth of that D")));
}

TEST(LackOfDirections, IsNoneOnAGrid) {
  EXPECT_EQ(LackOfDirections(RunsAt({1e6, 4e6, 2e7}, {1e8, 1e9})), "");
}

/// N rises and D falls: each of two powers has an end of its own.
TEST(LackOfDirections, IsNoneAtOneBudget) {
  std::vector<LawRun> runs;
  for (const double N : {1e6, 2e6, 4e6, 8e6}) {
    runs.push_back({.N = N, .D = 1e15 / N});
  }
  EXPECT_EQ(LackOfDirections(runs), "");
}

TEST(LackOfDirections, IsThereWhereAllRunsHaveNearlyOneRatio) {
  std::vector<LawRun> runs;
  for (int i = 0; i < 8; ++i) {
    const double N = 1e6 * std::pow(2.0, i);
    runs.push_back({.N = N, .D = N * (i % 2 == 0 ? 20.0 : 20.8)});
  }
  EXPECT_THAT(LackOfDirections(runs), HasSubstr("D/N is 20 in all runs"));
  for (LawRun& run : runs) run.D = std::pow(run.N, 1.4);
  EXPECT_THAT(LackOfDirections(runs), HasSubstr("D goes as N^1.4"));
}

TEST(LackOfDirections, IsNoneWhereSomeRunsLeaveTheLine) {
  std::vector<LawRun> runs;
  for (int i = 0; i < 8; ++i) {
    const double N = 1e6 * std::pow(2.0, i);
    runs.push_back({.N = N, .D = N * (i == 3 ? 40.0 : 20.0)});
  }
  EXPECT_EQ(LackOfDirections(runs), "");
}

TEST(LackOfSpan, KeepsEveryLawFromRunsThatHardlyDiffer) {
  std::vector<LawRun> runs;
  for (int i = 0; i < 40; ++i) {
    const double share = 0.005 * (i % 8) / 8.0;
    const double D = 1e9 * std::pow(2.0, i / 8);
    runs.push_back({.N = 2e9 * (1.0 + share),
                    .D = D,
                    .U = 0.25 * D,
                    .x = 1e9 * (1.0 + share),
                    .y = (2.0 + 1e3 * std::pow(D, -0.3)) * (1.0 - share)});
  }
  for (const LawModel& model :
       {ChinchillaModel(runs), KaplanJointModel(runs), CoupledModel(runs),
        OvertrainingModel(runs), FarseerModel(runs), RepeatedDataModel(runs)}) {
    const LawFit fit = FitLaw(model, runs, {});
    EXPECT_EQ(fit.status, FitStatus::kUnsupported) << model.name;
    EXPECT_THAT(fit.reason, HasSubstr("N differs by only")) << model.name;
  }
  for (const LawModel& model : {PowerLawModel(runs), OffsetPowerLawModel(runs),
                                BrokenPowerLawModel(runs)}) {
    EXPECT_THAT(FitLaw(model, runs, {}).reason, HasSubstr("x differs by only"))
        << model.name;
  }
}

/// With all but one number of a term given, that one can be found.
TEST(LackOfSpan, DoesNotMatterWhereTheTermIsGiven) {
  std::vector<LawRun> runs;
  for (const double N : {1e8, 1.04e8}) {
    for (const double D : {1e8, 2e8, 4e8, 8e8, 16e8, 32e8}) {
      const double y =
          1.5 + 100.0 * std::pow(N, -0.3) + 400.0 * std::pow(D, -0.3);
      runs.push_back({.N = N, .D = D, .y = y});
    }
  }
  LawFitOptions options;
  options.objective.fixed = {{"E", 1.5}, {"alpha", 0.3}};
  options.profiles = false;
  EXPECT_EQ(FitLaw(ChinchillaModel(runs), runs, options).status,
            FitStatus::kOk);
}

}  // namespace
}  // namespace isoflop
