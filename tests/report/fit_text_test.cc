#include "analysis/report/fit_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "tests/report/sample_report.h"
#include "tests/support/golden.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::size_t LongestLine(const std::string& text) {
  std::istringstream lines(text);
  std::size_t longest = 0;
  for (std::string line; std::getline(lines, line);) {
    longest = std::max(longest, line.size());
  }
  return longest;
}

TEST(FitText, LooksAsItDid) {
  const std::string text = FitText(SampleReport(), kSampleExact);
  EXPECT_EQ(text, Golden("fit.txt", text));
}

TEST(FitText, FitsItsWidth) {
  EXPECT_LE(LongestLine(FitText(SampleReport(), kSampleExact, 80)), 80U);
  EXPECT_LE(LongestLine(FitText(SampleReport(), kSampleExact, 60)), 60U);
  EXPECT_LE(LongestLine(FitText(UnsupportedReport(), {}, 60)), 60U);
}

TEST(FitText, SaysHowTheMinimaScatterAboutTheirPowerLaw) {
  EXPECT_THAT(FitText(SampleReport()),
              HasSubstr("chi2 per degree of freedom 2.3 (of 1; p = 0.15)"));
  EXPECT_THAT(FitText(SampleReportWithoutBootstrap()),
              Not(HasSubstr("chi2 per degree")));
}

TEST(FitText, SaysWhichFlatValleysAreKept) {
  FitReport report = SampleReport();
  report.isoflop->budgets[0].minimum = MinimumKind::kFlat;
  report.isoflop->budgets[3].minimum = MinimumKind::kFlat;
  const std::string text = FitText(report);
  EXPECT_THAT(text, HasSubstr("flat, kept\n"));
  EXPECT_THAT(text, HasSubstr("flat\n"));
}

TEST(FitText, IsPlainAscii) {
  for (const char c : FitText(SampleReport(), kSampleExact)) {
    ASSERT_TRUE(c == '\n' || (' ' <= c && c <= '~')) << static_cast<int>(c);
  }
}

TEST(FitText, SaysHowFarTheFittedEIsFromTheExactLosses) {
  const std::string text = FitText(SampleReport(), kSampleExact);
  EXPECT_THAT(text, HasSubstr("evaluation set (Bayes loss)  1.119       +1.6 %"
                              "     covers it"));
  EXPECT_THAT(text, HasSubstr("expected (Bayes risk)        1.129       +0.7 %"
                              "     covers it"));
}

TEST(FitText, SaysWhenTheIntervalOfEMissesTheExactLoss) {
  EXPECT_THAT(FitText(SampleReport(), {.bayes_risk = {}, .bayes_loss = 1.2}),
              HasSubstr("1.200       -5.3 %     misses it"));
}

TEST(FitText, DoesNotSpeakOfExactLossesThatAreNotKnown) {
  EXPECT_THAT(FitText(SampleReport()), Not(HasSubstr("exact loss")));
}

TEST(FitText, NamesTheApproachesWhoseIntervalsDoNotOverlap) {
  EXPECT_THAT(FitText(SampleReport()),
              HasSubstr("these intervals do not overlap: 1 and 2, 1 and 3"));
}

TEST(FitText, SaysThatIntervalsOverlap) {
  FitReport report = SampleReport();
  report.envelope->a = report.isoflop->a;
  EXPECT_THAT(FitText(report), HasSubstr("the intervals overlap"));
}

TEST(FitText, HasNoBracketsWithoutBootstrap) {
  const std::string text = FitText(SampleReportWithoutBootstrap());
  EXPECT_THAT(text, HasSubstr("no bootstrap, so no intervals"));
  EXPECT_THAT(text, Not(HasSubstr("[")));
  EXPECT_THAT(text, Not(HasSubstr("overlap")));
}

TEST(FitText, SaysThatRunsAreTooFewToResample) {
  FitReport report = SampleReportWithoutBootstrap();
  report.options.bootstrap.resamples = 1000;
  EXPECT_THAT(FitText(report), HasSubstr("too few runs to resample, so no"));
}

TEST(FitText, SaysPlainlyThatAFitIsNotCertified) {
  FitReport report = SampleReport();
  report.chinchilla->certificate.converged = false;
  EXPECT_THAT(FitText(report), HasSubstr("NOT CERTIFIED: 37 of 49 starts"));
  report.chinchilla->certificate.converged = true;
  report.chinchilla->certificate.agreeing = 1;
  EXPECT_THAT(FitText(report), HasSubstr("NOT CERTIFIED: 1 of 49 starts"));
}

TEST(FitText, SaysThatASampleWasSearched) {
  FitReport report = SampleReport();
  report.chinchilla->certificate.sample = 600;
  EXPECT_THAT(FitText(report), HasSubstr("agree (with 600 of the runs, then"));
}

TEST(FitText, GivesTheReasonOfEveryLawThatIsNotSupported) {
  const std::string text = FitText(UnsupportedReport());
  EXPECT_THAT(text, HasSubstr("2 sizes; at least 3 are needed"));
  EXPECT_THAT(text, HasSubstr("no budget has an interior minimum"));
  EXPECT_THAT(text, HasSubstr("Approach 1 is not supported: 1 run on the"));
  EXPECT_THAT(text, HasSubstr("L(N) is not supported: Approach 3 has no law"));
  EXPECT_THAT(text, HasSubstr("no run has C above 2e+12"));
}

TEST(FitText, CountsBudgetsThatHaveNoProfile) {
  EXPECT_THAT(FitText(UnsupportedReport()),
              HasSubstr("1 of 2 budgets have fewer than four runs or three"));
}

TEST(FitText, LeavesOutLawsThatWereNotAskedFor) {
  FitReport report = SampleReport();
  report.kaplan.reset();
  report.holdouts.clear();
  report.isoflop.reset();
  const std::string text = FitText(report);
  EXPECT_THAT(text, Not(HasSubstr("Kaplan")));
  EXPECT_THAT(text, Not(HasSubstr("Extrapolation")));
  EXPECT_THAT(text, Not(HasSubstr("IsoFLOP")));
}

TEST(FitText, PrintsTheObjectiveToEightDigits) {
  FitReport report = SampleReport();
  report.chinchilla->objective = 0.0010182740178;
  EXPECT_THAT(FitText(report), HasSubstr("objective: 0.001018274, "));
}

}  // namespace
}  // namespace isoflop
