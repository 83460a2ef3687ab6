#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kDemo = ISOFLOP_SOURCE_DIR "/sweeps/demo.json";
const std::string kFake = " --worker " ISOFLOP_FAKE_WORKER;

TEST(PlanCommand, ShowsEveryRunAndWhatSharedTrunksSave) {
  const TempDir dir;
  const Outcome plan = Isoflop(dir, "plan " + kDemo + kFake);
  ASSERT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, AllOf(HasSubstr("N total"), HasSubstr("left out"),
                              HasSubstr("exact entropy rate 1.1287"),
                              HasSubstr("shared trunks save 1.4")));
}

TEST(PlanCommand, PrintsAPlanThatItsSchemaAccepts) {
  const TempDir dir;
  const Outcome plan = Isoflop(dir, "plan --json " + kDemo + kFake);
  ASSERT_EQ(plan.status, 0) << plan.err;
  EXPECT_EQ(SchemaProblem(ParseJson(plan.out, "stdout"), "plan"), "");
}

TEST(PlanCommand, TrainsAndWritesNothing) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, "plan " + kDemo + kFake).status, 0);
  std::size_t entries = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    entries += entry.path().filename() == ".stderr" ? 0 : 1;
  }
  EXPECT_EQ(entries, 0U);
}

}  // namespace
}  // namespace isoflop
