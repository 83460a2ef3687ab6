#include "lib/train/curve_recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "lib/core/files.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

ModelShape ShapeOf16Tokens() {
  ModelShape shape;
  shape.vocab_size = 16;
  return shape;
}

class CurveRecorderTest : public testing::Test {
 protected:
  CurveRecorderTest() {
    config_.batch_tokens = 64;
    config_.log_every_steps = 10;
    config_.schedule = ScheduleKind::kConstant;
    config_.warmup_steps = 5;
    progress_.guard = DivergenceGuard(ShapeOf16Tokens());
  }

  /// Records steps with these losses in a file of its own; returns why it
  /// stopped, if it did.
  std::optional<std::string> Record(const CurveKind& kind, int steps,
                                    int bad_step = -1) {
    MetricsLog log(path_, 0);
    std::vector<UpdateResult> made;
    CurveRecorder recorder(
        config_, MakeSchedule(config_, 60), kind,
        [&] { return std::exchange(made, {}); }, &log, &progress_);
    for (int step = 0; step < steps; ++step) {
      const double loss = step == bad_step ? NAN : 3.0 - 0.01 * step;
      made.push_back({.loss = loss, .grad_norm = 1.0});
      const auto diverged = recorder.RecordUpdate();
      steps_recorded_ = step + 1;
      if (diverged) return diverged;
    }
    return recorder.Read();
  }

  std::vector<std::int64_t> StepsOfLines() const {
    std::vector<std::int64_t> steps;
    for (const MetricsLine& line : ReadMetrics(path_)) {
      steps.push_back(line.step);
    }
    return steps;
  }

  TempDir temp_;
  std::filesystem::path path_ = temp_ / "metrics.jsonl";
  TrainingConfig config_;
  TrainingProgress progress_;
  int steps_recorded_ = 0;
};

TEST_F(CurveRecorderTest, FindsADivergenceInTheMiddleOfABacklog) {
  const auto diverged =
      Record({.read_at_once = false}, /*steps=*/60, /*bad_step=*/15);
  ASSERT_TRUE(diverged.has_value());
  EXPECT_THAT(*diverged, HasSubstr("the loss of step 16 is nan"));
  EXPECT_EQ(steps_recorded_, 20) << "when the backlog is read";
  EXPECT_EQ(progress_.step, 16) << "nothing counts that came after it";
  EXPECT_EQ(StepsOfLines(), (std::vector<std::int64_t>{10}));
}

TEST_F(CurveRecorderTest, FindsADivergenceAtOnceWhereReadingIsFree) {
  EXPECT_TRUE(Record({}, /*steps=*/60, /*bad_step=*/15).has_value());
  EXPECT_EQ(steps_recorded_, 16);
}

TEST_F(CurveRecorderTest, FindsADivergenceInABacklogThatEndsEarly) {
  EXPECT_TRUE(Record({.read_at_once = false}, /*steps=*/18, /*bad_step=*/15)
                  .has_value());
  EXPECT_EQ(progress_.step, 16);
}

TEST_F(CurveRecorderTest, WritesTheSameLinesFromABacklog) {
  const auto text = [this] {
    std::string all;
    for (MetricsLine line : ReadMetrics(path_)) {
      line.tokens_per_second = 0.0;
      all += ToJson(line).dump() + "\n";
    }
    return all;
  };
  Record({.read_at_once = true}, 57);
  const std::string at_once = text();
  const Json after = ToJson(progress_)["interval_loss_sum"];
  progress_ = {};
  progress_.guard = DivergenceGuard(ShapeOf16Tokens());
  Record({.read_at_once = false}, 57);
  EXPECT_EQ(text(), at_once);
  EXPECT_EQ(ToJson(progress_)["interval_loss_sum"], after);
}

TEST_F(CurveRecorderTest, LeavesOnlyALastLineOutThatAnEvaluationWrites) {
  Record({.ends_in_evaluation = true}, 60);
  EXPECT_EQ(StepsOfLines(), (std::vector<std::int64_t>{10, 20, 30, 40, 50}));
  progress_ = {};
  progress_.guard = DivergenceGuard(ShapeOf16Tokens());
  Record({.ends_in_evaluation = false}, 60);
  EXPECT_EQ(StepsOfLines(),
            (std::vector<std::int64_t>{10, 20, 30, 40, 50, 60}));
}

}  // namespace
}  // namespace isoflop
