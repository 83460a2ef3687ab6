#include "lib/record/group_status.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "lib/core/files.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

TEST(GroupStatus, ComesBackAsItWasStored) {
  const TempDir temp;
  const SweepDir dir(temp.path());
  std::filesystem::create_directories(dir.group("g"));
  GroupStatus status;
  status.run = "r";
  status.step = 7;
  status.tokens_done = 448;
  status.tokens_total = 1024;
  status.train_loss = 2.5;
  status.tokens_per_second = 1e5;
  StoreGroupStatus(dir, "g", status);
  const auto found = FindGroupStatus(dir, "g");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->run, "r");
  EXPECT_EQ(found->step, 7);
  EXPECT_EQ(found->tokens_done, 448);
  EXPECT_EQ(found->tokens_total, 1024);
  EXPECT_EQ(found->train_loss, 2.5);
  EXPECT_EQ(found->tokens_per_second, 1e5);
  EXPECT_FALSE(found->updated_at.empty());
}

TEST(GroupStatus, KeepsWhatIsKnownBesideACause) {
  const TempDir temp;
  const SweepDir dir(temp.path());
  std::filesystem::create_directories(dir.group("g"));
  StoreCause(dir, "g", "a full disk");
  EXPECT_EQ(FindGroupStatus(dir, "g")->cause, "a full disk");
  GroupStatus status;
  status.step = 7;
  StoreGroupStatus(dir, "g", status);
  EXPECT_EQ(FindGroupStatus(dir, "g")->cause, "");
  StoreCause(dir, "g", "an empty disk");
  EXPECT_EQ(FindGroupStatus(dir, "g")->cause, "an empty disk");
  EXPECT_EQ(FindGroupStatus(dir, "g")->step, 7);
}

TEST(GroupStatus, IsAbsentWhereThereIsNone) {
  const TempDir temp;
  EXPECT_FALSE(FindGroupStatus(SweepDir(temp.path()), "g").has_value());
}

TEST(GroupStatus, IsAbsentWhereTheFileIsTorn) {
  const TempDir temp;
  const SweepDir dir(temp.path());
  std::filesystem::create_directories(dir.group("g"));
  temp.Write("groups/g/status.json", "{\"step\": 7, \"tok");
  EXPECT_FALSE(FindGroupStatus(dir, "g").has_value());
}

TEST(GroupStatus, IsAbsentWhereADigitHasChanged) {
  const TempDir temp;
  const SweepDir dir(temp.path());
  std::filesystem::create_directories(dir.group("g"));
  GroupStatus status;
  status.step = 7;
  StoreGroupStatus(dir, "g", status);
  std::string text = ReadFile(temp / "groups/g/status.json");
  text[text.find("\"step\": 7") + 8] = '9';
  temp.Write("groups/g/status.json", text);
  EXPECT_FALSE(FindGroupStatus(dir, "g").has_value());
}

TEST(GroupStatus, RefusesANegativeStep) {
  const Json json{{"step", -1}, {"tokens_done", 0}, {"tokens_total", 0}};
  EXPECT_ERROR(GroupStatusFromJson(json, "status.json"),
               "status.json: step: must be at least 0, got -1");
}

}  // namespace
}  // namespace isoflop
