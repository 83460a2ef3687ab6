// The short form of the fault program: every kind of fault, few times. Its long
// form and what that showed: docs/faults.md.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/faults/damage.h"
#include "tests/faults/kills.h"
#include "tests/faults/troubles.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using testing::IsEmpty;

void Quiet(const std::string&) {}

TEST(Kills, LoseNothingAndTrainNothingTwice) {
  const TempDir dir;
  const KillStudy study = KillManyTimes(dir.path(), 30, 14, Quiet);
  EXPECT_THAT(study.findings, IsEmpty());
  EXPECT_EQ(study.kills, 30);
  EXPECT_EQ(study.identical, study.runs);
}

TEST(Damage, IsNamedOrChangesNoNumber) {
  const TempDir dir;
  const DamageStudy study = FlipBits(
      dir.path(), {.every_percent = 50.0, .half_finished = false}, Quiet);
  EXPECT_THAT(study.findings, IsEmpty());
  EXPECT_GE(study.counts.size(), 8U);
}

TEST(Troubles, PassWithTheirCause) {
  const TempDir dir;
  const TroubleCourse course(dir.path());
  for (const char* name :
       {"disk full", "directory removed", "data changed in place",
        "stderr closed", "address space of 400 MiB"}) {
    SCOPED_TRACE(name);
    EXPECT_THAT(course.Try(name).findings, IsEmpty());
  }
}

}  // namespace
}  // namespace isoflop
