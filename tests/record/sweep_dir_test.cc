#include "lib/record/sweep_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/core/seal.h"
#include "lib/record/run_result.h"
#include "lib/sweep/plan_from_json.h"
#include "lib/sweep/run_identity.h"
#include "tests/support/child_process.h"
#include "tests/support/closed_folder.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"
#include "tests/support/wait_for.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class SweepDirTest : public testing::Test {
 protected:
  void Prepare(const TinySweep& sweep) {
    PrepareSweepDir(dir_, sweep.spec, sweep.plan);
  }

  TempDir temp_;
  SweepDir dir_{temp_ / "out"};
  TinySweep sweep_;
};

void ExpectEveryFile(const SweepDir& dir, const Plan& plan) {
  for (const RunGroup& group : plan.groups) {
    const fs::path file = dir.group(group.id) / "group.json";
    EXPECT_EQ(ToJson(RunGroupFromJson(ReadSealedFile(file), "group.json")),
              ToJson(group));
    for (const PlannedRun& run : group.runs) {
      const Json json = ReadJsonFile(dir.run(run.id) / "run.json");
      EXPECT_EQ(json["id"], run.id);
      EXPECT_EQ(json["identity"], RunIdentity(group, run.steps));
    }
  }
}

TEST_F(SweepDirTest, HoldsEverythingAfterPreparation) {
  Prepare(sweep_);
  EXPECT_EQ(ReadJsonFile(dir_.sweep_json()), sweep_.spec.given);
  EXPECT_EQ(ToJson(LoadPlan(dir_)), ToJson(sweep_.plan));
  EXPECT_EQ(ReadSweepFile(dir_, LoadPlan(dir_)), sweep_.spec.given);
  ExpectEveryFile(dir_, sweep_.plan);
}

TEST_F(SweepDirTest, IsLeftAloneByTheSameSweep) {
  Prepare(sweep_);
  const auto before = fs::last_write_time(dir_.plan_json());
  const auto group = dir_.group(sweep_.plan.groups[0].id) / "group.json";
  const auto group_before = fs::last_write_time(group);
  Prepare(sweep_);
  EXPECT_EQ(fs::last_write_time(dir_.plan_json()), before);
  EXPECT_EQ(fs::last_write_time(group), group_before);
}

TEST_F(SweepDirTest, TakesInAddedRunsAndKeepsResults) {
  Prepare(sweep_);
  RunResult result =
      ResultFor(sweep_.plan.groups[0], sweep_.plan.groups[0].runs[0]);
  result.loss = 2.0;
  StoreResult(dir_, result);
  Json file = TinySweepFile();
  file["seeds"] = {0, 1};
  file["grid"]["tokens"] = {8192, 16384, 32768};
  const TinySweep extended(file);
  Prepare(extended);
  ExpectEveryFile(dir_, extended.plan);
  EXPECT_EQ(ReadJsonFile(dir_.sweep_json()), extended.spec.given);
  EXPECT_TRUE(FindResult(dir_, result.id).has_value());
}

TEST_F(SweepDirTest, RefusesAnotherSweepWithWhatChanged) {
  Prepare(sweep_);
  Json file = TinySweepFile();
  file["training"]["peak_lr"] = 0.01;
  file["grid"]["tokens"] = {8192};
  const TinySweep other(file);
  EXPECT_ERROR(Prepare(other), "4 of its 4 runs are not in this one");
  EXPECT_ERROR(Prepare(other), "grid.tokens[1]: 16384 ->");
  EXPECT_ERROR(Prepare(other), "training.peak_lr: (absent) -> 0.01");
}

TEST_F(SweepDirTest, RefusesASweepWithARunTakenAway) {
  Prepare(sweep_);
  Json file = TinySweepFile();
  file["grid"]["tokens"] = {16384};
  EXPECT_ERROR(Prepare(TinySweep(file)), "2 of its 4 runs");
}

TEST_F(SweepDirTest, IsUnchangedAfterARefusal) {
  Prepare(sweep_);
  Json file = TinySweepFile();
  file["training"]["peak_lr"] = 0.01;
  EXPECT_THROW(Prepare(TinySweep(file)), Error);
  EXPECT_EQ(ReadJsonFile(dir_.sweep_json()), sweep_.spec.given);
  EXPECT_EQ(ToJson(LoadPlan(dir_)), ToJson(sweep_.plan));
}

TEST_F(SweepDirTest, CanBeSetUpInAnEmptyDirectory) {
  fs::create_directories(dir_.root());
  EXPECT_NO_THROW(Prepare(sweep_));
}

TEST_F(SweepDirTest, RefusesAFile) {
  temp_.Write("out", "text");
  EXPECT_ERROR(Prepare(sweep_), "is not a directory");
}

TEST_F(SweepDirTest, RefusesAForeignDirectory) {
  fs::create_directories(dir_.root());
  temp_.Write("out/thesis.tex", "text");
  EXPECT_ERROR(Prepare(sweep_), "neither empty nor a sweep directory");
}

TEST_F(SweepDirTest, DoesNotOverwriteASweepFileThatLiesThere) {
  fs::create_directories(dir_.root());
  const std::string own = "// my notes\n" + TinySweepFile().dump();
  temp_.Write("out/sweep.json", own);
  EXPECT_ERROR(Prepare(sweep_), "out/sweep.json: is there already");
  EXPECT_EQ(ReadFile(dir_.sweep_json()), own);
}

TEST_F(SweepDirTest, RefusesAFolderThatCannotBeListed) {
  fs::create_directories(dir_.root());
  const ClosedFolder closed(temp_.path(), dir_.root());
  EXPECT_ERROR(Prepare(sweep_), dir_.root().string());
}

TEST_F(SweepDirTest, RefusesALinkToItself) {
  fs::create_symlink(dir_.root(), dir_.root());
  EXPECT_ERROR(Prepare(sweep_), dir_.root().string() + ": cannot be used");
  EXPECT_ERROR(LoadPlan(dir_), "plan.json: cannot read");
}

TEST_F(SweepDirTest, MakesADamagedPlanAnewFromTheSameSweep) {
  Prepare(sweep_);
  const std::string whole = ReadFile(dir_.plan_json());
  std::string other = whole;
  other.replace(other.find("\"groups\""), 8, "\"graups\"");
  for (const std::string& damaged :
       {std::string(), whole.substr(0, whole.size() / 2), other,
        std::string("[]")}) {
    temp_.Write("out/plan.json", damaged);
    EXPECT_ERROR(LoadPlan(dir_), "makes plan.json anew");
    std::string said;
    PrepareSweepDir(dir_, sweep_.spec, sweep_.plan,
                    [&](const std::string& note) { said += note; });
    EXPECT_THAT(said, HasSubstr("plan.json: "));
    EXPECT_THAT(said, HasSubstr("made anew"));
    EXPECT_EQ(ReadFile(dir_.plan_json()), whole);
  }
}

TEST_F(SweepDirTest, MakesNoPlanAnewThatLacksRunsWhichAreThere) {
  Prepare(sweep_);
  temp_.Write("out/plan.json", "{");
  Json file = TinySweepFile();
  file["grid"]["tokens"] = {8192};
  const TinySweep other(file);
  EXPECT_ERROR(Prepare(other), "plan.json: not valid JSON");
  EXPECT_ERROR(Prepare(other), sweep_.plan.groups[0].runs[1].id);
  EXPECT_ERROR(Prepare(other), "has no such runs as 2 of those in");
  EXPECT_EQ(ReadFile(dir_.plan_json()), "{");
}

TEST_F(SweepDirTest, KeepsAPlanOfALaterVersion) {
  Prepare(sweep_);
  const std::string later = "{\"schema\": \"isoflop.plan/2\"}";
  temp_.Write("out/plan.json", later);
  EXPECT_ERROR(Prepare(sweep_), "isoflop.plan/2");
  EXPECT_EQ(ReadFile(dir_.plan_json()), later);
}

TEST_F(SweepDirTest, MakesADeletedPlanAnewWhereASweepHasRun) {
  Prepare(sweep_);
  const std::string whole = ReadFile(dir_.plan_json());
  MakeDirectories(dir_.logs());
  temp_.Write("out/fit.json", "{}");
  fs::remove(dir_.plan_json());
  Prepare(sweep_);
  EXPECT_EQ(ReadFile(dir_.plan_json()), whole);
}

TEST_F(SweepDirTest, MakesGroupFilesAnewThatAreDamagedOrGone) {
  Prepare(sweep_);
  const auto file = dir_.group(sweep_.plan.groups[0].id) / "group.json";
  const std::string whole = ReadFile(file);
  std::string flipped = whole;
  flipped[flipped.find("8192")] = '9';
  for (const std::string& damaged :
       {std::string(), whole.substr(0, whole.size() / 2), flipped}) {
    WriteFileAtomically(file, damaged);
    Prepare(sweep_);
    EXPECT_EQ(ReadFile(file), whole);
  }
  fs::remove(file);
  Prepare(sweep_);
  EXPECT_EQ(ReadFile(file), whole);
}

TEST_F(SweepDirTest, SaysWhatHasBecomeOfADirectory) {
  Prepare(sweep_);
  EXPECT_EQ(LossOf(dir_), "");
  fs::rename(dir_.root() / "runs", dir_.root() / "elsewhere");
  EXPECT_THAT(LossOf(dir_), HasSubstr("runs: was deleted while the sweep was"));
  fs::rename(dir_.root(), temp_ / "away");
  EXPECT_THAT(LossOf(dir_), HasSubstr("out: was moved or deleted while"));
  fs::create_directory(dir_.root());
  EXPECT_THAT(LossOf(dir_), HasSubstr("out: was moved or deleted while"));
}

TEST_F(SweepDirTest, WhatIsDeletedDoesNotComeBackInPieces) {
  Prepare(sweep_);
  const RunGroup& group = sweep_.plan.groups[0];
  fs::remove_all(dir_.root());
  RunResult result = ResultFor(group, group.runs[0]);
  result.loss = 2.0;
  EXPECT_ERROR(StoreResult(dir_, result), "No such file or directory");
  EXPECT_FALSE(fs::exists(dir_.root()));
}

TEST_F(SweepDirTest, IsPreparedAgainAfterAPreparationThatWasCutShort) {
  Prepare(sweep_);
  fs::remove(dir_.plan_json());
  const RunGroup& group = sweep_.plan.groups[0];
  temp_.Write("out/groups/" + group.id + "/group.json", "");
  Prepare(sweep_);
  ExpectEveryFile(dir_, sweep_.plan);
}

TEST_F(SweepDirTest, RefusesASecondFrontEnd) {
  Prepare(sweep_);
  ChildProcess other([this] {
    const Lease lock = LockSweepDir(dir_);
    while (true) ::pause();
    return 0;
  });
  ASSERT_TRUE(
      WaitFor([this] { return CurrentHolder(dir_.lock_json()).has_value(); }));
  const std::string pid = "pid " + std::to_string(other.pid());
  EXPECT_ERROR(LockSweepDir(dir_), pid);
  EXPECT_ERROR(Prepare(sweep_), pid);
}

TEST_F(SweepDirTest, IsNoneWithoutAPlan) {
  EXPECT_ERROR(LoadPlan(dir_), "is not a sweep directory");
}

TEST_F(SweepDirTest, KnowsWhichRunsArePending) {
  Prepare(sweep_);
  const RunGroup& group = sweep_.plan.groups[0];
  EXPECT_EQ(PendingRuns(dir_, group).size(), 2U);
  RunResult result = ResultFor(group, group.runs[0]);
  result.status = RunStatus::kFailed;
  StoreResult(dir_, result);
  const auto pending = PendingRuns(dir_, group);
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].id, group.runs[1].id);
}

TEST_F(SweepDirTest, SaysOnWhichClaimItWaitsAndForHowLong) {
  Prepare(sweep_);
  const auto claim = dir_.lock_json().string() + ".2";
  WriteFileAtomically(claim,
                      R"({"host": "elsewhere", "pid": 7, "since": "then"})");
  std::string said;
  LockSweepDir(dir_, [&said, &claim](const std::string& note) {
    said += note;
    WriteFileAtomically(claim, "");  // which releases it
  });
  EXPECT_NE(said.find("for up to 60 s whether host elsewhere, pid 7"),
            std::string::npos)
      << said;
}

/// Puts a 7 in place of the character that follows `before` in a file.
void ChangeAfter(const fs::path& file, const std::string& before) {
  std::string text = ReadFile(file);
  text[text.find(before) + before.size()] = '7';
  WriteFileAtomically(file, text);
}

TEST_F(SweepDirTest, NamesAPlanOfWhichADigitHasChanged) {
  Prepare(sweep_);
  ChangeAfter(dir_.plan_json(), "\"peak_lr\": 0.");
  EXPECT_ERROR(LoadPlan(dir_), dir_.plan_json().string() + ": is damaged");
}

TEST_F(SweepDirTest, NamesASweepFileOfWhichADigitHasChanged) {
  Prepare(sweep_);
  ChangeAfter(dir_.sweep_json(), "\"words\": ");
  EXPECT_ERROR(ReadSweepFile(dir_, LoadPlan(dir_)),
               dir_.sweep_json().string() + ": is damaged, or was changed");
  Prepare(sweep_);
  EXPECT_EQ(ReadSweepFile(dir_, LoadPlan(dir_)), sweep_.spec.given);
}

TEST_F(SweepDirTest, OfAnOlderVersionHasNoChecksums) {
  Prepare(sweep_);
  WriteJsonFile(dir_.plan_json(), ToJson(sweep_.plan));
  const Plan plan = LoadPlan(dir_);
  EXPECT_EQ(ToJson(plan), ToJson(sweep_.plan));
  EXPECT_EQ(ReadSweepFile(dir_, plan), sweep_.spec.given);
}

TEST_F(SweepDirTest, RemovesCheckpointsThatAKilledWorkerLeftBehind) {
  Prepare(sweep_);
  const RunGroup& group = sweep_.plan.groups[0];
  const auto ended = dir_.run_checkpoints(group.runs[0].id);
  const auto pending = dir_.run_checkpoints(group.runs[1].id);
  const auto trunk = dir_.group_checkpoints(group.id);
  for (const auto& path : {ended, pending, trunk}) MakeDirectories(path);
  RemoveLeftoverCheckpoints(dir_, group, {group.runs[1]});
  EXPECT_FALSE(fs::exists(ended));
  EXPECT_TRUE(fs::exists(pending));
  EXPECT_TRUE(fs::exists(trunk));
  RemoveLeftoverCheckpoints(dir_, group, {});
  EXPECT_FALSE(fs::exists(pending));
  EXPECT_FALSE(fs::exists(trunk));
}

}  // namespace
}  // namespace isoflop
