#include "analysis/observe/sweep_curves.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/core/files.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

class SweepCurvesTest : public testing::Test {
 protected:
  SweepCurvesTest() {
    PrepareSweepDir(dir_, sweep_.spec, sweep_.plan);
    for (const RunGroup& group : sweep_.plan.groups) {
      for (const PlannedRun& run : group.runs) {
        results_.push_back(ResultFor(group, run));
        results_.back().loss = 2.0;
      }
    }
  }

  const RunGroup& group() const { return sweep_.plan.groups[0]; }

  static std::string Line(std::int64_t step, const std::string& loss) {
    return "{\"step\": " + std::to_string(step) +
           ", \"tokens\": " + std::to_string(64 * step) + loss +
           ", \"lr\": 0.001, \"tokens_per_second\": 1.0}\n";
  }

  std::vector<TrainingCurve> Curves() const {
    return SweepCurves(dir_, sweep_.plan, results_);
  }

  TempDir temp_;
  SweepDir dir_{temp_ / "out"};
  TinySweep sweep_;
  std::vector<RunResult> results_;
};

TEST_F(SweepCurvesTest, ReadsTrunksAtTheMiddleOfWhatALineIsAMeanOver) {
  WriteFileAtomically(
      dir_.group(group().id) / "metrics.jsonl",
      Line(10, ", \"train_loss\": 4.0") + Line(20, ", \"train_loss\": 3.0"));
  const auto curves = Curves();
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_TRUE(curves[0].trunk);
  EXPECT_EQ(curves[0].group, group().id);
  EXPECT_EQ(curves[0].N, static_cast<double>(group().params.total));
  ASSERT_EQ(curves[0].points.size(), 2U);
  EXPECT_EQ(curves[0].points[0].tokens, 320.0);
  EXPECT_EQ(curves[0].points[1].tokens, 960.0);
  EXPECT_EQ(curves[0].points[1].loss, 3.0);
}

TEST_F(SweepCurvesTest, TurnIntoBitsPerByteWhereTheTextIsKnown) {
  WriteFileAtomically(dir_.group(group().id) / "metrics.jsonl",
                      Line(10, ", \"train_loss\": 4.0"));
  auto unknown = Curves();
  ASSERT_EQ(unknown.size(), 1U);
  ToBitsPerByte(&unknown);
  EXPECT_TRUE(unknown.empty());
  sweep_.plan.groups[0].bytes_per_token = 2.0 / std::log(2.0);
  auto known = Curves();
  ToBitsPerByte(&known);
  ASSERT_EQ(known.size(), 1U);
  EXPECT_DOUBLE_EQ(known[0].points[0].loss, 2.0);
}

TEST_F(SweepCurvesTest, ReadsBranchesFromWhereTheyLeaveTheTrunk) {
  const PlannedRun& run = group().runs[0];
  ASSERT_GT(run.branch_step, 0);
  WriteFileAtomically(dir_.run(run.id) / "metrics.jsonl",
                      Line(run.branch_step + 10, ", \"train_loss\": 2.5"));
  const auto curves = Curves();
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_FALSE(curves[0].trunk);
  EXPECT_EQ(curves[0].points[0].tokens,
            64.0 * (static_cast<double>(run.branch_step) + 5.0));
}

TEST_F(SweepCurvesTest, LeavesOutLossesThatAreNotFinite) {
  WriteFileAtomically(dir_.group(group().id) / "metrics.jsonl",
                      Line(10, ", \"train_loss\": 4.0") + Line(20, ""));
  EXPECT_EQ(Curves().at(0).points.size(), 1U);
}

TEST_F(SweepCurvesTest, LeavesOutGroupsOfWhichNoRunEndedWell) {
  WriteFileAtomically(dir_.group(group().id) / "metrics.jsonl",
                      Line(10, ", \"train_loss\": 4.0"));
  for (RunResult& result : results_) result.status = RunStatus::kDiverged;
  EXPECT_TRUE(Curves().empty());
}

}  // namespace
}  // namespace isoflop
