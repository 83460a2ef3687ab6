#include "lib/execute/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace isoflop {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

SweepProgress HalfDone() {
  SweepProgress progress;
  progress.runs = 32;
  progress.ok = 12;
  progress.fraction = 0.37;
  progress.elapsed_seconds = 80.0;
  progress.seconds_left = 125.0;
  for (int i = 0; i < 2; ++i) {
    SlotProgress slot;
    slot.device = "cpu";
    slot.group = "d64-l2-s0-0123456789ab";
    slot.fraction = 0.42;
    slot.loss = 1.4023;
    slot.tokens_per_second = 91000.0;
    progress.slots.push_back(slot);
  }
  progress.slots[1].run = "d64-l2-D524k-s0-ba9876543210";
  return progress;
}

TEST(Progress, ShowsASummaryAndALinePerBusySlot) {
  EXPECT_THAT(
      RenderProgress(HalfDone(), 100, 24),
      ElementsAre(
          "12/32 runs  37 %  2 min 05 s left  182k tok/s  1 min 20 s elapsed  "
          "[#######-------------]",
          "  d64-l2-s0   42 %  loss 1.402  91.0k tok/s  trunk  on cpu",
          "  d64-l2-D524k-s0   42 %  loss 1.402  91.0k tok/s  cooldown  on "
          "cpu"));
}

TEST(Progress, LeavesOutIdleSlots) {
  SweepProgress progress = HalfDone();
  progress.slots[0] = {};
  EXPECT_THAT(RenderProgress(progress, 100, 24), SizeIs(2));
}

TEST(Progress, ShowsFailuresAndDivergences) {
  SweepProgress progress = HalfDone();
  progress.failed = 2;
  progress.diverged = 1;
  const auto lines = RenderProgress(progress, 100, 24);
  EXPECT_THAT(lines[0], HasSubstr("15/32 runs"));
  EXPECT_THAT(lines[0], HasSubstr("2 failed  1 diverged"));
}

TEST(Progress, SaysThatItStopsInsteadOfWhenItEnds) {
  SweepProgress progress = HalfDone();
  progress.stopping = true;
  const auto lines = RenderProgress(progress, 100, 24);
  EXPECT_THAT(lines[0], HasSubstr("stopping at a checkpoint"));
  EXPECT_THAT(lines[0], Not(HasSubstr("left")));
}

TEST(Progress, NeverExceedsTheWidth) {
  SweepProgress progress = HalfDone();
  progress.failed = 3;
  for (std::size_t width = 1; width < 120; ++width) {
    for (const std::string& line : RenderProgress(progress, width, 24)) {
      EXPECT_LE(line.size(), width);
    }
  }
}

TEST(Progress, KeepsWhatMattersMostOnANarrowTerminal) {
  EXPECT_THAT(RenderProgress(HalfDone(), 30, 24)[0],
              HasSubstr("12/32 runs  37 %"));
}

TEST(Progress, NeverExceedsTheHeight) {
  SweepProgress progress = HalfDone();
  progress.slots.resize(64, progress.slots[0]);
  for (std::size_t height = 1; height < 70; ++height) {
    EXPECT_LE(RenderProgress(progress, 100, height).size(), height);
  }
}

TEST(Progress, SaysHowManySlotsAreNotShown) {
  SweepProgress progress = HalfDone();
  progress.slots.resize(64, progress.slots[0]);
  EXPECT_EQ(RenderProgress(progress, 100, 10).back(), "  and 56 more");
}

TEST(Progress, OfASweepThatHasJustBegunHasNoRates) {
  SweepProgress progress;
  progress.runs = 4;
  EXPECT_EQ(SummaryLine(progress), "0/4 runs  0 %  0 s elapsed");
}

TEST(Progress, IsAtAHundredPercentWhereEveryRunHasEndedAndNowhereElse) {
  SweepProgress progress;
  progress.runs = 4;
  progress.ok = 3;
  progress.fraction = 0.9999;
  EXPECT_THAT(SummaryLine(progress), HasSubstr("3/4 runs  99 %"));
  progress.fraction = 1.0;  // by an estimate
  EXPECT_THAT(SummaryLine(progress), HasSubstr("3/4 runs  99 %"));
  progress.failed = 1;
  progress.fraction = 0.84;
  EXPECT_THAT(SummaryLine(progress), HasSubstr("4/4 runs  100 %"));
}

TEST(Progress, NamesTheVariantOfEveryRow) {
  SweepProgress progress;
  progress.runs = 4;
  for (const char* rate : {"0.01", "0.02"}) {
    progress.slots.push_back(
        {.device = "cpu",
         .group = "d64-l2-s0-0123456789ab",
         .run = {},
         .variant = std::string("training.peak_lr = ") + rate,
         .loss = {}});
  }
  const auto lines = RenderProgress(progress, 100, 10);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[1], HasSubstr("d64-l2-s0    0 %  training.peak_lr = 0.01"));
  EXPECT_THAT(lines[2], HasSubstr("training.peak_lr = 0.02"));
}

RunResult Ended(RunStatus status) {
  RunResult result;
  result.id = "d64-l2-D524k-s0-ba9876543210";
  result.status = status;
  return result;
}

TEST(RunLine, TellsTheLossOfARun) {
  RunResult result = Ended(RunStatus::kOk);
  result.loss = 1.40234;
  result.wall_seconds = 41.7;
  result.tokens_per_second = 91000.0;
  EXPECT_EQ(RunLine(result, HalfDone()),
            "[12/32]  d64-l2-D524k-s0-ba9876543210  ok  loss 1.4023  42 s  "
            "91.0k tok/s");
}

TEST(RunLine, TellsWhyARunFailed) {
  RunResult result = Ended(RunStatus::kFailed);
  result.reason = "disk full";
  EXPECT_EQ(RunLine(result, HalfDone()),
            "[12/32]  d64-l2-D524k-s0-ba9876543210  failed: disk full");
}

}  // namespace
}  // namespace isoflop
