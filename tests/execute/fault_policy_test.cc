#include "lib/execute/fault_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/execute/group_of.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using Kind = Decision::Kind;

constexpr std::int64_t kSteps = 1000;

class FaultPolicyTest : public testing::Test {
 protected:
  FaultPolicyTest() {
    for (RunGroup* group : {&a_, &b_, &c_}) {
      PlannedRun& run = group->runs.emplace_back();
      run.steps = kSteps;
      run.branch_step = kSteps;
    }
    a_.id = "a";
    b_.id = "b";
    c_.id = "c";
  }

  /// A group whose training broke off after so many steps.
  static BrokenOff After(const RunGroup& group, std::int64_t steps) {
    BrokenOff broken;
    broken.task.group = &group;
    broken.task.tokens_left = (kSteps - steps) * group.training.batch_tokens;
    broken.has_trained = steps > 0;
    return broken;
  }
  static BrokenOff AtOnce(const RunGroup& group) { return After(group, 0); }

  /// The same task again, after so many steps.
  static BrokenOff Again(const GroupTask& task, std::int64_t steps) {
    BrokenOff broken = After(*task.group, steps);
    const std::int64_t tokens_left = broken.task.tokens_left;
    broken.task = task;
    broken.task.tokens_left = tokens_left;
    return broken;
  }

  static BrokenOff Suspected(BrokenOff broken) {
    broken.task.suspect = true;
    return broken;
  }

  BreakdownDecision Break(std::vector<BrokenOff> groups,
                          std::optional<std::size_t> silent = {}) {
    return policy_.AfterBreakdown({.device = "cuda:0",
                                   .cause = "its worker died",
                                   .from_outside = from_outside_,
                                   .groups = std::move(groups),
                                   .silent = silent,
                                   .others_at_work = others_at_work_});
  }

  /// Of a group that was by itself.
  Decision BreakAlone(const BrokenOff& group) {
    return Break({group}).groups.at(0);
  }

  /// The ids of those that are charged with the breakdown.
  static std::vector<std::string> Charged(const BreakdownDecision& decision) {
    std::vector<std::string> ids;
    for (const Decision& group : decision.groups) {
      const bool charged =
          group.kind == Kind::kGiveUp || group.task.breakdowns > 0;
      if (charged) ids.push_back(group.task.group->id);
    }
    return ids;
  }

  RunGroup a_ = GroupOf(16);
  RunGroup b_ = GroupOf(16);
  RunGroup c_ = GroupOf(16);
  FaultPolicy policy_;
  bool from_outside_ = false;
  bool others_at_work_ = false;
};

TEST_F(FaultPolicyTest, TriesAGroupAgainThatWasByItselfElsewhereIfPossible) {
  const Decision decision = BreakAlone(After(a_, 500));
  EXPECT_EQ(decision.kind, Kind::kTryAgain);
  EXPECT_EQ(decision.message, "a: its worker died; trying again");
  EXPECT_EQ(decision.task.breakdowns, 1);
  EXPECT_EQ(decision.task.broke_on, "cuda:0");
  EXPECT_TRUE(decision.task.suspect);
  EXPECT_FALSE(decision.task.alone);
}

TEST_F(FaultPolicyTest, GivesUpAGroupThatBreaksTwiceInTheSamePlace) {
  const Decision first = BreakAlone(After(a_, 500));
  const Decision second = BreakAlone(Again(first.task, 500));
  EXPECT_EQ(second.kind, Kind::kGiveUp);
  EXPECT_EQ(second.task.group, &a_);
  EXPECT_EQ(second.message, "its worker died");
}

TEST_F(FaultPolicyTest, LeavesAGroupThatIsKilledTwiceFromOutside) {
  from_outside_ = true;
  const Decision first = BreakAlone(After(a_, 500));
  EXPECT_EQ(first.kind, Kind::kTryAgain);
  const Decision second = BreakAlone(Again(first.task, 500));
  EXPECT_EQ(second.kind, Kind::kLeave);
  EXPECT_EQ(second.task.group, &a_);
  EXPECT_EQ(second.message, "its worker died");
}

TEST_F(FaultPolicyTest, GivesUpAGroupThatCrashesWhereItWasKilledBefore) {
  from_outside_ = true;
  const Decision first = BreakAlone(After(a_, 500));
  from_outside_ = false;
  EXPECT_EQ(BreakAlone(Again(first.task, 500)).kind, Kind::kGiveUp);
}

TEST_F(FaultPolicyTest, LeavesAGroupAtOnceThatMeetsAnObstacle) {
  const Decision decision =
      FaultPolicy::AfterObstacle(After(a_, 500).task, "x: No space left");
  EXPECT_EQ(decision.kind, Kind::kLeave);
  EXPECT_EQ(decision.message, "x: No space left");
  EXPECT_EQ(decision.task.breakdowns, 0);
}

TEST_F(FaultPolicyTest, GivesUpAGroupThatGotHardlyFurther) {
  const Decision first = BreakAlone(After(a_, 500));
  EXPECT_EQ(BreakAlone(Again(first.task, 510)).kind, Kind::kGiveUp);
}

TEST_F(FaultPolicyTest, GivesUpAGroupThatDidNotGetAsFarAgain) {
  const Decision first = BreakAlone(After(a_, 500));
  EXPECT_EQ(BreakAlone(Again(first.task, 0)).kind, Kind::kGiveUp);
}

TEST_F(FaultPolicyTest, NeverGivesUpAGroupThatGetsFurtherEachTime) {
  BrokenOff broken = After(a_, 0);
  for (std::int64_t steps = 100; steps < kSteps; steps += 100) {
    const Decision decision = BreakAlone(broken);
    ASSERT_EQ(decision.kind, Kind::kTryAgain) << steps;
    broken = Again(decision.task, steps);
  }
}

TEST_F(FaultPolicyTest, LeavesAGroupThatHasAllItsResults) {
  BrokenOff complete = After(a_, kSteps);
  complete.complete = true;
  EXPECT_EQ(BreakAlone(complete).kind, Kind::kNothing);
  const auto decision = Break({complete, After(b_, 500)}, 1);
  ASSERT_THAT(decision.groups, SizeIs(2));
  EXPECT_EQ(decision.groups[0].kind, Kind::kNothing);
  EXPECT_EQ(decision.groups[1].kind, Kind::kTryAgain);
}

TEST_F(FaultPolicyTest, ChargesNobodyWhereAnyOfSeveralMayHaveDoneIt) {
  const auto decision = Break({After(a_, 500), AtOnce(b_), After(c_, 1)});
  EXPECT_THAT(Charged(decision), IsEmpty());
  EXPECT_THAT(decision.messages,
              ElementsAre("cuda:0: its worker died, with 3 groups in work; "
                          "trying again one by one"));
  ASSERT_THAT(decision.groups, SizeIs(3));
  for (const Decision& group : decision.groups) {
    EXPECT_EQ(group.kind, Kind::kTryAgain);
    EXPECT_EQ(group.message, "");
    EXPECT_EQ(group.task.broke_on, "");
    EXPECT_TRUE(group.task.suspect);
  }
}

TEST_F(FaultPolicyTest, ChargesTheSuspectAmongSeveral) {
  const auto decision =
      Break({After(a_, 500), Suspected(After(b_, 500)), After(c_, 500)});
  EXPECT_THAT(Charged(decision), ElementsAre("b"));
  EXPECT_THAT(decision.messages, IsEmpty());
}

TEST_F(FaultPolicyTest, ChargesTheSilentOneEvenBesideASuspect) {
  const auto decision =
      Break({Suspected(After(a_, 500)), After(b_, 500), After(c_, 500)}, 2);
  EXPECT_THAT(Charged(decision), ElementsAre("c"));
}

TEST_F(FaultPolicyTest, PutsThoseBesideTheChargedOneBackBeforeIt) {
  const auto decision = Break({After(a_, 500), After(b_, 500)}, 0);
  ASSERT_THAT(decision.groups, SizeIs(2));
  EXPECT_EQ(decision.groups[0].task.group, &b_);
  EXPECT_TRUE(decision.groups[0].task.suspect);
  EXPECT_EQ(decision.groups[1].task.group, &a_);
}

TEST_F(FaultPolicyTest, DoesNotHoldTheBreakdownsOfOthersAgainstAGroup) {
  BrokenOff broken = After(a_, 500);
  for (int i = 0; i < 5; ++i) {
    const auto decision = Break({broken, After(b_, 500)}, 1);
    ASSERT_EQ(decision.groups[0].kind, Kind::kTryAgain) << i;
    broken = Again(decision.groups[0].task, 500);
  }
  EXPECT_EQ(broken.task.breakdowns, 0);
}

TEST_F(FaultPolicyTest, RetiresADeviceThatBreaksThreeGroupsAtOnce) {
  EXPECT_THAT(Break({AtOnce(a_)}).messages, IsEmpty());
  EXPECT_THAT(Break({AtOnce(b_)}).messages, IsEmpty());
  EXPECT_FALSE(policy_.health().Retired("cuda:0"));
  EXPECT_THAT(Break({AtOnce(c_)}).messages,
              ElementsAre("cuda:0: retired after breakdowns of 3 groups in a "
                          "row: its worker died"));
  EXPECT_TRUE(policy_.health().Retired("cuda:0"));
}

TEST_F(FaultPolicyTest, DoesNotRetireADeviceForOneGroupThatBreaksOften) {
  for (int i = 0; i < 5; ++i) Break({AtOnce(a_)});
  EXPECT_FALSE(policy_.health().Retired("cuda:0"));
}

TEST_F(FaultPolicyTest, DoesNotChargeADeviceOnWhichTheGroupHasTrained) {
  for (const RunGroup* group : {&a_, &b_, &c_}) Break({After(*group, 1)});
  EXPECT_FALSE(policy_.health().Doubtful("cuda:0"));
}

TEST_F(FaultPolicyTest, DoesNotChargeADeviceForThoseBesideTheChargedOne) {
  Break({AtOnce(a_), AtOnce(b_), After(c_, 500)}, 2);
  EXPECT_FALSE(policy_.health().Doubtful("cuda:0"));
}

TEST_F(FaultPolicyTest, DoesNotChargeADeviceWhereNoGroupIsCharged) {
  for (int i = 0; i < 5; ++i) Break({AtOnce(a_), AtOnce(b_), AtOnce(c_)});
  EXPECT_FALSE(policy_.health().Doubtful("cuda:0"));
}

TEST_F(FaultPolicyTest, DoesNotRetireADeviceOnWhichOtherWorkersAreAtWork) {
  others_at_work_ = true;
  for (const RunGroup* group : {&a_, &b_, &c_}) Break({AtOnce(*group)});
  EXPECT_TRUE(policy_.health().Unfit("cuda:0"));
  EXPECT_FALSE(policy_.health().Retired("cuda:0"));
}

TEST_F(FaultPolicyTest, ForgetsWhatWasAgainstADeviceThatHasTrained) {
  Break({AtOnce(a_)});
  Break({AtOnce(b_)});
  policy_.Worked("cuda:0");
  Break({AtOnce(c_)});
  EXPECT_FALSE(policy_.health().Retired("cuda:0"));
}

TEST_F(FaultPolicyTest, RetiresADeviceOnWhichNoWorkerStartsThreeTimes) {
  EXPECT_FALSE(policy_.StartFailed("cuda:0", false));
  EXPECT_FALSE(policy_.StartFailed("cuda:0", false));
  EXPECT_TRUE(policy_.StartFailed("cuda:0", false));
  EXPECT_FALSE(policy_.StartFailed("cuda:0", false));
}

TEST_F(FaultPolicyTest, DoesNotRetireADeviceForStartsThatFailOnAnother) {
  for (int i = 0; i < 3; ++i) policy_.StartFailed("cuda:0", false);
  EXPECT_FALSE(policy_.StartFailed("cuda:1", false));
  EXPECT_FALSE(policy_.health().Retired("cuda:1"));
}

TEST_F(FaultPolicyTest, TriesAGroupAgainThatEndedWithoutResults) {
  const Decision first =
      FaultPolicy::AfterEndWithoutResults(After(a_, 0).task, "cuda:0");
  EXPECT_EQ(first.kind, Kind::kTryAgain);
  EXPECT_EQ(first.task.broke_on, "cuda:0");
  EXPECT_FALSE(first.task.suspect);
  const Decision second =
      FaultPolicy::AfterEndWithoutResults(first.task, "cuda:0");
  EXPECT_EQ(second.kind, Kind::kGiveUp);
  EXPECT_EQ(second.message,
            "its worker says that it has ended, but there are no results");
}

TEST_F(FaultPolicyTest, TriesAGroupAloneThatRanOutOfMemoryBesideOthers) {
  const Decision decision =
      FaultPolicy::AfterOutOfMemory(After(a_, 0).task, true, "CUDA");
  EXPECT_EQ(decision.kind, Kind::kTryAgain);
  EXPECT_EQ(decision.message,
            "a: out of memory beside others; trying it alone");
  EXPECT_TRUE(decision.task.alone);
  EXPECT_FALSE(decision.task.micro_batch_tokens);
}

TEST_F(FaultPolicyTest, HalvesTheMicroBatchOfAGroupThatHadTheDeviceToItself) {
  const Decision decision =
      FaultPolicy::AfterOutOfMemory(After(a_, 0).task, false, "CUDA");
  EXPECT_EQ(decision.kind, Kind::kTryAgain);
  EXPECT_EQ(decision.message,
            "a: out of memory; trying micro-batches of 96 tokens");
  EXPECT_EQ(decision.task.micro_batch_tokens, 96);
  EXPECT_FALSE(decision.task.alone);
}

TEST_F(FaultPolicyTest, GivesUpAGroupThatOneSequenceIsTooMuchOf) {
  Decision decision{.kind = Kind::kTryAgain, .task = After(a_, 0).task};
  std::vector<std::int64_t> tried;
  while (decision.kind == Kind::kTryAgain) {
    tried.push_back(MicroBatchOf(decision.task) / a_.shape.context);
    decision = FaultPolicy::AfterOutOfMemory(decision.task, false, "CUDA");
  }
  EXPECT_THAT(tried, ElementsAre(12, 6, 3, 1));
  EXPECT_EQ(decision.kind, Kind::kGiveUp);
  EXPECT_EQ(decision.message,
            "out of memory with one sequence at a time: CUDA");
}

TEST_F(FaultPolicyTest, DoesNotCountRunningOutOfMemoryAsABreakdown) {
  for (const bool beside_others : {true, false}) {
    const Decision decision =
        FaultPolicy::AfterOutOfMemory(After(a_, 0).task, beside_others, "CUDA");
    EXPECT_EQ(decision.task.breakdowns, 0);
    EXPECT_EQ(decision.task.broke_on, "");
    EXPECT_FALSE(decision.task.suspect);
  }
}

TEST(AllowedSilence, IsAHundredStepsOfThoseInWorkWhereThatIsLonger) {
  EXPECT_EQ(FaultPolicy::AllowedSilence(1800.0, 1.0, 1), 1800.0);
  EXPECT_EQ(FaultPolicy::AllowedSilence(1800.0, 30.0, 1), 3000.0);
  EXPECT_EQ(FaultPolicy::AllowedSilence(1800.0, 30.0, 4), 12000.0);
}

}  // namespace
}  // namespace isoflop
