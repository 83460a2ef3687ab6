#include "analysis/report/plausibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/regress/synthetic.h"
#include "tests/report/sample_report.h"

namespace isoflop {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Plausibility, HasNothingToSayOfAnOrdinaryFit) {
  EXPECT_THAT(PlausibilityWarnings(SampleReport(), {}), IsEmpty());
}

TEST(Plausibility, NamesRunsThatAreNearlyOnOneLine) {
  FitReport report = SampleReport();
  report.used.clear();
  for (int i = 0; i < 12; ++i) {
    const double N = 1e6 * std::pow(2.0, i);
    report.used.push_back(MakeObservation(N, N * (18.0 + i % 3 * 6.0), 3.0));
  }
  EXPECT_THAT(PlausibilityWarnings(report, {}),
              Contains(HasSubstr("N and D rise together: all runs are near D ~ "
                                 "N^1")));
  report.used.front().D *= 3.0;
  EXPECT_THAT(PlausibilityWarnings(report, {}), IsEmpty());
}

TEST(Plausibility, NamesAnExponentThatIsNone) {
  FitReport report = SampleReport();
  report.chinchilla->law.alpha = 26.6;
  EXPECT_THAT(PlausibilityWarnings(report, {}),
              Contains(HasSubstr("alpha = 26.6 is steeper than losses are")));
  EXPECT_EQ(TooSteepInWords({.E = 1, .A = 1, .B = 1, .alpha = 0.3, .beta = 1}),
            "");
}

TEST(Plausibility, NamesAnOptimumThatFallsWithCompute) {
  FitReport report = SampleReport();
  report.isoflop->a.value = -0.2;
  EXPECT_THAT(PlausibilityWarnings(report, {}),
              Contains(HasSubstr("Approach 2: a = -0.2, so N* would fall")));
  report.isoflop->a.value = 1.3;
  EXPECT_THAT(PlausibilityWarnings(report, {}),
              Contains(HasSubstr("so D* would fall")));
}

TEST(Plausibility, NamesTokensPerParameterThatNobodyTrainsWith) {
  for (const double ratio : {1e-6, 1e9}) {
    FitReport report = SampleReport();
    report.allocations.front().tokens_per_param.value = ratio;
    EXPECT_THAT(PlausibilityWarnings(report, {}),
                Contains(HasSubstr("tokens per parameter, which nobody")));
    report.observations.reach->tokens_per_param = {1e-7, 1e10};
    EXPECT_THAT(PlausibilityWarnings(report, {}), IsEmpty());
  }
}

TEST(Plausibility, NamesALossBelowTheLeastThatIsKnown) {
  FitReport report = SampleReport();
  const double loss = report.allocations.front().loss.value;
  EXPECT_THAT(
      PlausibilityWarnings(report,
                           {.bayes_risk = {}, .bayes_loss = loss + 0.1}),
      Contains(HasSubstr("is below the least that any model can have")));
}

}  // namespace
}  // namespace isoflop
