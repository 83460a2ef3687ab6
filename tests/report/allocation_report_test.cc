#include "analysis/report/allocation_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/sample_report.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<Allocation> Samples() { return SampleReport().allocations; }

TEST(AllocationText, PutsIntervalsAndDecadesBelowTheNumbers) {
  EXPECT_EQ(AllocationText(Samples(), 9.28e11),
            "  C                          N*              D*           D*/N*"
            "            loss\n"
            "  5.00e11                 44.8k           1.86M           41.50"
            "           1.234\n"
            "                 [40.1k, 52.2k]  [1.60M, 2.08M]  [30.60, 51.90]"
            "  [1.229, 1.240]\n"
            "  1.00e13                  177k           9.42M           53.20"
            "           1.163\n"
            "  +1.03 decades    [141k, 252k]  [6.61M, 11.8M]  [26.20, 83.70]"
            "  [1.147, 1.174]\n"
            "  decades: beyond the largest C in the data, 9.28e11\n");
}

TEST(AllocationText, ListsTheNumbersWhereATableIsTooWide) {
  const std::vector<Allocation> one = {Samples()[1]};
  EXPECT_EQ(AllocationText(one, 9.28e11, 60),
            "  C      1.00e13   +1.03 decades\n"
            "  N*        177k    [141k, 252k]\n"
            "  D*       9.42M  [6.61M, 11.8M]\n"
            "  D*/N*    53.20  [26.20, 83.70]\n"
            "  loss     1.163  [1.147, 1.174]\n"
            "  decades: beyond the largest C in the data, 9.28e11\n");
}

TEST(AllocationText, SaysNothingOfDecadesInsideTheData) {
  const std::vector<Allocation> inside = {Samples()[0]};
  EXPECT_THAT(AllocationText(inside, 9.28e11), Not(HasSubstr("decades")));
}

TEST(AllocationText, SaysWhatSingleRunsWillHave) {
  std::vector<Allocation> one = {Samples()[1]};
  EXPECT_THAT(AllocationText(one, 9.28e11), Not(HasSubstr("one run")));
  one[0].loss_prediction = Interval{1.1411, 1.1802};
  EXPECT_THAT(AllocationText(one, 9.28e11),
              HasSubstr("  C        loss of one run, with its noise\n"
                        "  1.00e13                   [1.141, 1.180]\n"));
}

TEST(AllocationJson, HasNumbersAndIntervals) {
  Allocation allocation = Samples()[1];
  allocation.loss_prediction = Interval{1.1411, 1.1802};
  const Json row = ToJson(allocation);
  EXPECT_EQ(row["flops"], 1e13);
  EXPECT_EQ(row["params_opt"], 177e3);
  EXPECT_EQ(row["extrapolation_decades"], 1.0325);
  EXPECT_EQ(row["interval95"]["loss"], Json({1.147, 1.1739}));
  EXPECT_EQ(row["loss_prediction_interval95"], Json({1.1411, 1.1802}));
}

TEST(AllocationJson, HasNoExtrapolationWhereTheDataAreNotKnown) {
  Allocation allocation = Samples()[1];
  allocation.extrapolation_decades.reset();
  EXPECT_FALSE(ToJson(allocation).contains("extrapolation_decades"));
}

}  // namespace
}  // namespace isoflop
