#include "lib/model/step_profile.h"

#include <gtest/gtest.h>

#include "lib/sweep/group_memory.h"
#include "lib/train/trainer.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

/// Lets the clock move on.
void Spend() {
  const double start = MonotonicSeconds();
  while (MonotonicSeconds() <= start) {
  }
}

TEST(StepProfile, GivesEveryMomentToOneSection) {
  StepProfile profile;
  profile.Resume();
  Spend();
  {
    ProfiledSections sections(&profile);
    sections.Enter(StepSection::kData);
    Spend();
    sections.Enter(StepSection::kPass);
    Spend();
  }
  profile.Pause();
  EXPECT_GT(profile.seconds(StepSection::kData), 0.0);
  EXPECT_GT(profile.seconds(StepSection::kPass), 0.0);
  EXPECT_GT(profile.seconds(StepSection::kOther), 0.0);
  EXPECT_EQ(profile.seconds(StepSection::kUpdate), 0.0);
  EXPECT_DOUBLE_EQ(profile.total(), profile.seconds(StepSection::kData) +
                                        profile.seconds(StepSection::kPass) +
                                        profile.seconds(StepSection::kOther));
}

TEST(StepProfile, GoesBackToTheSectionAround) {
  StepProfile profile;
  profile.Resume();
  profile.Enter(StepSection::kPass);
  {
    ProfiledSections inner(&profile);
    inner.Enter(StepSection::kData);
  }
  EXPECT_EQ(profile.Enter(StepSection::kOther), StepSection::kPass);
}

TEST(StepProfile, DoesNotCountWhileItPauses) {
  StepProfile profile;
  profile.Resume();
  profile.Pause();
  const double before = profile.total();
  Spend();
  profile.Resume();
  EXPECT_EQ(profile.total(), before);
}

TEST(ProfiledSections, DoNothingWithoutAProfile) {
  ProfiledSections sections(nullptr);
  sections.Enter(StepSection::kPass);
}

void ExpectEverySection(Precision precision) {
  TinySweep sweep;
  sweep.group().training.precision = precision;
  Trainer trainer(sweep.group(), sweep.task(), at::kCPU);
  trainer.Initialize();
  StepProfile profile;
  trainer.set_profile(&profile);
  profile.Resume();
  trainer.Update(0, MakeSchedule(sweep.group().training, 100));
  profile.Pause();
  for (const StepSection section :
       {StepSection::kData, StepSection::kProducts, StepSection::kAttention,
        StepSection::kPass, StepSection::kUpdate}) {
    EXPECT_GT(profile.seconds(section), 0.0) << NameOf(section);
  }
}

TEST(Trainer, CountsItsTimeWhereItIsTold) {
  ExpectEverySection(Precision::kFp32);
}

TEST(Trainer, CountsItsTimeInBf16) {
  TinySweep sweep;
  if (!HasBf16Pass(sweep.group().shape)) GTEST_SKIP() << "no bf16 here";
  ExpectEverySection(Precision::kBf16);
}

}  // namespace
}  // namespace isoflop
