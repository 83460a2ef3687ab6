#include "lib/record/run_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class RunLogTest : public testing::Test {
 protected:
  RunLogTest() { PrepareSweepDir(dir_, sweep_.spec, sweep_.plan); }

  const RunGroup& group() const { return sweep_.plan.groups.front(); }
  const PlannedRun& run() const { return group().runs.front(); }

  void StoreCurve(const std::filesystem::path& file,
                  const std::vector<std::int64_t>& steps) {
    MetricsLog log(file, 0);
    for (const std::int64_t step : steps) {
      MetricsLine line;
      line.step = step;
      line.tokens = 64 * step;
      line.train_loss = 3.0;
      log.Append(line);
    }
  }

  std::vector<std::int64_t> StepsOf(const RunLog& log) {
    std::vector<std::int64_t> steps;
    for (const MetricsLine& line : log.curve) steps.push_back(line.step);
    return steps;
  }

  TempDir temp_;
  SweepDir dir_{temp_ / "out"};
  TinySweep sweep_;
};

TEST_F(RunLogTest, OfARunThatHasNotBegunIsEmpty) {
  const RunLog log = ReadRunLog(dir_, run().id);
  EXPECT_EQ(log.run, run().id);
  EXPECT_EQ(log.group, group().id);
  EXPECT_THAT(log.curve, SizeIs(0));
  EXPECT_FALSE(log.result.has_value());
  EXPECT_THAT(log.lines, SizeIs(0));
}

TEST_F(RunLogTest, TakesOfTheTrunkWhatTheRunSharesWithIt) {
  const std::int64_t branch = run().branch_step;
  StoreCurve(dir_.group(group().id) / "metrics.jsonl",
             {branch - 1, branch, branch + 1});
  StoreCurve(dir_.run(run().id) / "metrics.jsonl", {branch + 1, branch + 2});
  EXPECT_THAT(StepsOf(ReadRunLog(dir_, run().id)),
              ElementsAre(branch - 1, branch, branch + 1, branch + 2));
}

TEST_F(RunLogTest, SaysWhyARunFailed) {
  RunResult result = ResultFor(group(), run());
  result.status = RunStatus::kFailed;
  result.reason = "the worker was killed";
  StoreResult(dir_, result);
  const RunLog log = ReadRunLog(dir_, run().id);
  ASSERT_TRUE(log.ended_badly.has_value());
  EXPECT_THAT(log.ended_badly->cause, HasSubstr("the worker was killed"));
}

TEST_F(RunLogTest, HasTheLinesThatNameTheRunOrItsGroup) {
  std::filesystem::create_directories(dir_.logs());
  WriteFileAtomically(dir_.logs() / "worker-0.log",
                      "of nobody\n" + group().id + ": slow\n\n" + run().id +
                          ": gone\nd9999-of-another\n");
  const RunLog log = ReadRunLog(dir_, run().id);
  ASSERT_THAT(log.lines, SizeIs(2));
  EXPECT_EQ(log.lines[0].number, 2U);
  EXPECT_EQ(log.lines[1].number, 4U);
  EXPECT_EQ(log.lines[1].text, run().id + ": gone");
  EXPECT_THAT(ReadWorkerLogs(dir_), SizeIs(4));
}

TEST_F(RunLogTest, FindsARunByAPartOfItsName) {
  const std::string hash = run().id.substr(run().id.size() - 6);
  EXPECT_EQ(ReadRunLog(dir_, hash).run, run().id);
}

TEST_F(RunLogTest, RefusesANameOfNoneOrOfSeveral) {
  EXPECT_ERROR(ReadRunLog(dir_, "d7777"), "has no run \"d7777\"");
  EXPECT_ERROR(ReadRunLog(dir_, "d"), "4 runs have \"d\" in their names");
  EXPECT_ERROR(ReadRunLog(SweepDir(temp_ / "none"), "d"), "none");
}

TEST_F(RunLogTest, NamesADamagedCurve) {
  const auto file = dir_.group(group().id) / "metrics.jsonl";
  StoreCurve(file, {1, 2});
  WriteFileAtomically(file, "{\n" + ReadFile(file));
  EXPECT_ERROR(ReadRunLog(dir_, run().id), "metrics.jsonl:1");
}

}  // namespace
}  // namespace isoflop
