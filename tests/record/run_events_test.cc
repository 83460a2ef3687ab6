#include "lib/record/run_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/record/metrics.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

/// A group of two runs: the trunk with a line every eight steps, and branches
/// of two lines.
class RunEventsTest : public testing::Test {
 protected:
  RunEventsTest() {
    MakeDirectories(dir_.group(group().id));
    for (const PlannedRun& run : group().runs) {
      MakeDirectories(dir_.run(run.id));
      ended_[run.id] = "2026-01-31T23:59:59Z";
    }
    WriteTrunk();
    WriteBranch(group().runs[0]);
    WriteBranch(group().runs[1]);
  }

  const RunGroup& group() const { return sweep_.plan.groups[0]; }
  std::int64_t batch() const { return group().training.batch_tokens; }

  MetricsLine LineAt(std::int64_t step) const {
    return {.step = step,
            .tokens = step * batch(),
            .train_loss = 3.0,
            .lr = 1e-3,
            .grad_norm = 0.5,
            .tokens_per_second = 2.0 * static_cast<double>(batch()),
            .eval_loss = {}};
  }

  void WriteTrunk() {
    MetricsLog log(dir_.group(group().id) / "metrics.jsonl", 0);
    for (std::int64_t step = 8; step <= group().runs[1].branch_step;
         step += 8) {
      log.Append(LineAt(step));
    }
  }

  void WriteBranch(const PlannedRun& run) {
    MetricsLog log(dir_.run(run.id) / "metrics.jsonl", 0);
    log.Append(LineAt(run.steps - 1));
    MetricsLine last = LineAt(run.steps);
    last.eval_loss = 2.5;
    log.Append(last);
  }

  std::vector<RunEvents> Curves() const {
    return EventsOf(dir_, group(), ended_);
  }

  TempDir temp_;
  SweepDir dir_{temp_.path()};
  TinySweep sweep_;
  std::map<std::string, std::string> ended_;
};

double ValueOf(const ScalarEvent& event, const std::string& tag) {
  for (const Scalar& scalar : event.scalars) {
    if (scalar.tag == tag) return scalar.value;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

TEST_F(RunEventsTest, AreTheTrunkUpToTheBranchAndThenTheBranch) {
  const auto curves = Curves();
  ASSERT_EQ(curves.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const PlannedRun& run = group().runs[i];
    const auto& events = curves[i].events;
    EXPECT_EQ(curves[i].run, run.id);
    ASSERT_EQ(events.size(), static_cast<std::size_t>(run.branch_step / 8 + 2));
    for (std::size_t k = 1; k < events.size(); ++k) {
      EXPECT_GT(events[k].step, events[k - 1].step);
      EXPECT_GT(events[k].wall_time, events[k - 1].wall_time);
    }
    EXPECT_EQ(events.back().step, run.steps * batch());
  }
}

TEST_F(RunEventsTest, HaveTheNumbersOfTheLines) {
  const ScalarEvent last = Curves()[0].events.back();
  EXPECT_EQ(ValueOf(last, "loss/train"), 3.0);
  EXPECT_EQ(ValueOf(last, "loss/validation"), 2.5);
  EXPECT_EQ(ValueOf(last, "learning_rate"), 1e-3);
  EXPECT_EQ(ValueOf(last, "gradient_norm"), 0.5);
  EXPECT_EQ(ValueOf(last, "tokens_per_second"),
            2.0 * static_cast<double>(batch()));
  EXPECT_EQ(ValueOf(last, "step"), static_cast<double>(group().runs[0].steps));
  EXPECT_EQ(Curves()[0].events.front().scalars.size(), 5U);
}

TEST_F(RunEventsTest, EndWhenTheRunEnded) {
  // Two updates a second.
  const std::vector<ScalarEvent> events = Curves()[0].events;
  const double steps = static_cast<double>(group().runs[0].steps);
  EXPECT_DOUBLE_EQ(events.back().wall_time, 1769903999.0);
  EXPECT_DOUBLE_EQ(events.front().wall_time,
                   1769903999.0 - (steps - 8.0) / 2.0);
}

TEST_F(RunEventsTest, BeginAtZeroWhereNoTimeIsKnown) {
  ended_[group().runs[0].id] = "yesterday";
  EXPECT_DOUBLE_EQ(Curves()[0].events.front().wall_time, 4.0);
}

TEST_F(RunEventsTest, AreThoseOfRunsThatEnded) {
  ended_.erase(group().runs[0].id);
  const auto curves = Curves();
  ASSERT_EQ(curves.size(), 1U);
  EXPECT_EQ(curves[0].run, group().runs[1].id);
  ended_.clear();
  EXPECT_TRUE(Curves().empty());
}

TEST_F(RunEventsTest, LeaveOutWhatIsNotFinite) {
  MetricsLine line = LineAt(group().runs[0].steps + 1);
  line.train_loss = std::numeric_limits<double>::infinity();
  line.grad_norm = std::numeric_limits<double>::quiet_NaN();
  line.tokens_per_second = 0.0;
  const auto file = dir_.run(group().runs[0].id) / "metrics.jsonl";
  MetricsLog(file, group().runs[0].steps).Append(line);
  const ScalarEvent last = Curves()[0].events.back();
  EXPECT_TRUE(std::isnan(ValueOf(last, "loss/train")));
  EXPECT_TRUE(std::isnan(ValueOf(last, "gradient_norm")));
  EXPECT_EQ(ValueOf(last, "learning_rate"), 1e-3);
  EXPECT_DOUBLE_EQ(last.wall_time, 1769903999.0);
}

TEST_F(RunEventsTest, OfARunWithoutAFileAreThoseOfTheTrunk) {
  const PlannedRun& run = group().runs[0];
  std::filesystem::remove(dir_.run(run.id) / "metrics.jsonl");
  const auto curves = Curves();
  EXPECT_EQ(curves[0].events.size(),
            static_cast<std::size_t>(run.branch_step / 8));
  EXPECT_EQ(curves[0].damage, "");
}

TEST_F(RunEventsTest, OfADamagedFileAreNoneAndItIsNamed) {
  const auto file = dir_.run(group().runs[0].id) / "metrics.jsonl";
  WriteFileAtomically(file, "{\"step\": \n" + ReadFile(file));
  const auto curves = Curves();
  ASSERT_EQ(curves.size(), 2U);
  EXPECT_TRUE(curves[0].events.empty());
  EXPECT_THAT(curves[0].damage, HasSubstr(file.string() + ":1"));
  EXPECT_FALSE(curves[1].events.empty());
}

TEST_F(RunEventsTest, OfADamagedTrunkAreNone) {
  const auto file = dir_.group(group().id) / "metrics.jsonl";
  WriteFileAtomically(file, "{}\n" + ReadFile(file));
  for (const RunEvents& curve : Curves()) {
    EXPECT_TRUE(curve.events.empty());
    EXPECT_THAT(curve.damage, HasSubstr(file.string() + ":1"));
  }
}

}  // namespace
}  // namespace isoflop
