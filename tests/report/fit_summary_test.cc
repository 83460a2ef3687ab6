#include "analysis/report/fit_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

#include "tests/report/sample_report.h"
#include "tests/support/golden.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kDetails = "--details";

std::ptrdiff_t LineCount(const std::string& text) {
  return std::ranges::count(text, '\n');
}

TEST(FitSummary, LooksAsItDid) {
  const std::string text = FitSummary(SampleReport(), kSampleExact, kDetails);
  EXPECT_EQ(text, Golden("fit_summary.txt", text));
}

TEST(FitSummary, FitsOneScreenWhateverThereIsToDoubt) {
  FitReport report = SampleReport();
  for (int doubts = 0; doubts < 12; ++doubts) {
    EXPECT_LE(LineCount(FitSummary(report, kSampleExact, kDetails)), 24)
        << doubts << " doubts more";
    report.warnings.push_back(
        "a long warning, " +
        std::string("of which only the beginning finds a place where there "
                    "are many others, each of which wants one as well"));
  }
}

TEST(FitSummary, SaysHowManyDoubtsAndNotesItLeavesOut) {
  FitReport report = SampleReport();
  report.warnings.assign(20, "of one line");
  report.notes.assign(3, "a note");
  const std::string text = FitSummary(report, kSampleExact, kDetails);
  EXPECT_THAT(text, HasSubstr("more doubts"));
  EXPECT_THAT(text, HasSubstr("3 notes"));
  EXPECT_THAT(text, HasSubstr("  - of one line\n"));
}

TEST(FitSummary, GivesOneDoubtItsWholeText) {
  FitReport report = SampleReport();
  report.misfit.reset();
  report.allocations.clear();
  report.warnings = {
      "first words of a doubt that needs more than one line of "
      "eighty columns, and its last words"};
  EXPECT_THAT(FitSummary(report, kSampleExact, kDetails),
              HasSubstr("last words\n"));
}

TEST(FitSummary, KeepsOneAllocationWhereThereAreMany) {
  FitReport report = SampleReport();
  ASSERT_FALSE(report.allocations.empty());
  report.allocations.resize(30, report.allocations.front());
  const std::string text = FitSummary(report, kSampleExact, kDetails);
  EXPECT_LE(LineCount(text), 24);
  EXPECT_THAT(text, HasSubstr("Compute-optimal allocation"));
  EXPECT_THAT(text, HasSubstr("larger budgets"));
}

TEST(FitSummary, LeavesOtherLawsOutBeforeWhatToDoubt) {
  FitReport report = SampleReport();
  LawFit another;
  another.name = "another";
  another.reason = std::string(200, 'r');
  report.more_laws.fits.assign(2, another);
  report.more_laws.comparison.emplace().verdict = {std::string(200, 'v')};
  report.warnings.clear();
  report.misfit.emplace().in_words =
      std::string(150, 'd') + " believe another law " + std::string(250, 'd');
  const std::string text = FitSummary(report, kSampleExact, kDetails);
  EXPECT_LE(LineCount(text), 24) << text;
  EXPECT_THAT(text, HasSubstr("believe another law"));
  EXPECT_THAT(text, Not(HasSubstr("Other laws")));
  EXPECT_THAT(text, HasSubstr("every law"));
}

TEST(FitSummary, SaysWhyThereIsNoLaw) {
  const std::string text = FitSummary(UnsupportedReport(), {}, kDetails);
  EXPECT_THAT(text, HasSubstr("not supported by these data: "));
  EXPECT_THAT(text, Not(HasSubstr("N* =")));
}

TEST(FitSummary, UsesAWideTerminal) {
  const std::string text =
      FitSummary(SampleReport(), kSampleExact, kDetails, {.columns = 100});
  EXPECT_LE(LineCount(text), 24);
}

}  // namespace
}  // namespace isoflop
