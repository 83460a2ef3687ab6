// A part of the study of docs/coverage.md: is following `next` worth what it
// says, and more than a repetition? FollowNext throws where a plan advises
// against a run that was proposed. The sweeps are the same every time.

#include "tests/coverage/next_study.h"

#include <gtest/gtest.h>

namespace isoflop {
namespace {

constexpr int kSimulatedSweeps = 24;
constexpr int kResamplesOfEach = 40;

NextSummary SummaryOf(const NextStudy& study) {
  std::vector<NextOutcome> outcomes;
  for (int set = 0; set < kSimulatedSweeps; ++set) {
    outcomes.push_back(FollowNext(study, set, kResamplesOfEach));
  }
  return Summarise(outcomes);
}

// Of 24 sweeps a ratio of two root mean squares is known to 20 %. Where short
// runs lie off the law, its error is no matter of certainty alone, and nothing
// is promised.
TEST(NextStudy, ErrorsShrinkAsPredictedAndMoreThanByARepetition) {
  for (const NextStudy& study : AllNextStudies()) {
    const NextSummary s = SummaryOf(study);
    EXPECT_LT(s.sd_after, 0.75 * s.sd_before) << study.name;
    EXPECT_LT(s.error_after, s.error_repeated) << study.name;
    EXPECT_LE(s.flops_ratio, 1.0) << study.name;
    EXPECT_EQ(s.promised, study.short_run_loss == 0.0) << study.name;
    if (!s.promised) continue;
    EXPECT_LT(s.error_after / s.error_before, 1.3 * s.sd_after / s.sd_before)
        << study.name;
  }
}

}  // namespace
}  // namespace isoflop
