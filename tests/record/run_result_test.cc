#include "lib/record/run_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <thread>

#include "lib/core/files.h"
#include "tests/support/closed_folder.h"
#include "tests/support/expect_error.h"
#include "tests/support/repeated_tokens.h"
#include "tests/support/temp_dir.h"
#include "tests/support/tiny_sweep.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

RunResult OkResult(const RunGroup& group, const PlannedRun& run) {
  RunResult result = ResultFor(group, run);
  result.loss = 2.125;
  result.loss_std_error = 0.0625;
  result.train_loss = 2.0;
  result.wall_seconds = 1.5;
  result.tokens_per_second = 1e5;
  result.device = Json{{"kind", "cpu"}, {"threads", 1}};
  return result;
}

class RunResultTest : public testing::Test {
 protected:
  RunResultTest() { MakeDirectories(dir_.root() / "runs"); }

  const RunGroup& group() const { return sweep_.plan.groups[0]; }
  const PlannedRun& run() const { return group().runs[0]; }
  std::filesystem::path file() const {
    return dir_.run(run().id) / "result.json";
  }

  TempDir temp_;
  SweepDir dir_{temp_.path()};
  TinySweep sweep_;
};

TEST_F(RunResultTest, KnowsWhatThePlanKnows) {
  const RunResult result = ResultFor(group(), run());
  EXPECT_EQ(result.id, run().id);
  EXPECT_EQ(result.group, group().id);
  EXPECT_EQ(result.params_total, group().params.total);
  EXPECT_EQ(result.params_non_embedding, group().params.non_embedding);
  EXPECT_EQ(result.tokens, run().tokens);
  EXPECT_EQ(result.steps, run().steps);
  EXPECT_EQ(result.flops, run().flops);
  EXPECT_EQ(result.config["model"]["d_model"], group().shape.d_model);
  EXPECT_TRUE(result.config->contains("training"));
  EXPECT_TRUE(result.config->contains("data"));
}

TEST_F(RunResultTest, ComesBackAsItWasStored) {
  const RunResult stored = OkResult(group(), run());
  StoreResult(dir_, stored);
  const auto found = FindResult(dir_, run().id);
  ASSERT_TRUE(found.has_value());
  RunResult expected = stored;
  expected.finished_at = found->finished_at;
  EXPECT_EQ(ToJson(*found), ToJson(expected));
}

TEST_F(RunResultTest, DoesNotCountEpochsOfATaskWithoutEnd) {
  const RunResult result = ResultFor(group(), run());
  EXPECT_FALSE(result.epochs.has_value());
  EXPECT_FALSE(result.unique_tokens.has_value());
  EXPECT_FALSE(ToJson(result).contains("epochs"));
  EXPECT_FALSE(ToJson(result).contains("unique_tokens"));
}

TEST_F(RunResultTest, KnowsHowManyOfItsTokensWereDifferent) {
  const TinySweep repeated(RepeatedTokensFile(temp_));
  const RunGroup& of_tokens = repeated.plan.groups[0];
  const PlannedRun& longest = of_tokens.runs.back();
  const RunResult result = OkResult(of_tokens, longest);
  // Of 5,000 tokens 257 are set aside; the others hold 296 windows of 16.
  EXPECT_EQ(result.unique_tokens, 296 * 16);
  EXPECT_DOUBLE_EQ(*result.epochs,
                   static_cast<double>(longest.tokens) / (296 * 16));
  StoreResult(dir_, result);
  const auto found = FindResult(dir_, longest.id);
  EXPECT_EQ(found->unique_tokens, result.unique_tokens);
  EXPECT_EQ(found->epochs, result.epochs);
}

TEST_F(RunResultTest, GetsItsEpochsFromThePlanWhereItIsOlderThanThem) {
  const TinySweep repeated(RepeatedTokensFile(temp_));
  const RunGroup& of_tokens = repeated.plan.groups[0];
  RunResult old = OkResult(of_tokens, of_tokens.runs.back());
  old.epochs.reset();
  old.unique_tokens.reset();
  StoreResult(dir_, old);
  const auto results = LoadResults(dir_, repeated.plan);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].epochs, of_tokens.runs.back().epochs);
  EXPECT_EQ(results[0].unique_tokens, 296 * 16);
}

TEST_F(RunResultTest, SaysItsBitsPerByteWhereTheTextIsKnown) {
  EXPECT_FALSE(ToJson(OkResult(group(), run())).contains("bits_per_byte"));
  RunGroup of_text = group();
  of_text.bytes_per_token = 4.0;
  RunResult result = OkResult(of_text, run());
  result.loss = 4.0 * std::log(2.0);
  StoreResult(dir_, result);
  const auto found = FindResult(dir_, run().id);
  EXPECT_EQ(found->bytes_per_token, 4.0);
  EXPECT_DOUBLE_EQ(*BitsPerByteOf(*found), 1.0);
  EXPECT_DOUBLE_EQ(ToJson(*found).at("bits_per_byte").get<double>(), 1.0);
  result.loss_unit = LossUnit::kSquaredError;
  EXPECT_FALSE(BitsPerByteOf(result).has_value());
}

TEST_F(RunResultTest, IsNotTakenInAUnitThatNoTaskHas) {
  Json json = ToJson(OkResult(group(), run()));
  json["loss_unit"] = "bits_per_byte";
  EXPECT_ERROR(RunResultFromJson(json, "a"), "loss_unit: must be one of nats");
  json["loss_unit"] = "nats";
  json["bytes_per_token"] = 0.0;
  EXPECT_ERROR(RunResultFromJson(json, "a"), "bytes_per_token");
}

TEST_F(RunResultTest, IsAbsentUntilTheRunHasEnded) {
  std::vector<std::string> notes;
  EXPECT_FALSE(FindResult(dir_, run().id, &notes).has_value());
  EXPECT_TRUE(notes.empty());
}

TEST_F(RunResultTest, NeverHoldsNullForALossThatIsNotFinite) {
  RunResult result = ResultFor(group(), run());
  result.status = RunStatus::kDiverged;
  result.loss = std::numeric_limits<double>::quiet_NaN();
  StoreResult(dir_, result);
  EXPECT_EQ(ReadFile(file()).find("null"), std::string::npos);
  EXPECT_FALSE(FindResult(dir_, run().id)->loss.has_value());
}

TEST_F(RunResultTest, IsNotUsedWhenTorn) {
  StoreResult(dir_, OkResult(group(), run()));
  const std::string text = ReadFile(file());
  WriteFileAtomically(file(), text.substr(0, text.size() / 2));
  std::vector<std::string> notes;
  EXPECT_FALSE(FindResult(dir_, run().id, &notes).has_value());
  EXPECT_THAT(notes, ElementsAre(HasSubstr(file().string())));
}

TEST_F(RunResultTest, IsNotUsedWhenADigitHasChanged) {
  StoreResult(dir_, OkResult(group(), run()));
  std::string text = ReadFile(file());
  text[text.find("2.125")] = '1';
  WriteFileAtomically(file(), text);
  std::vector<std::string> notes;
  EXPECT_FALSE(FindResult(dir_, run().id, &notes).has_value());
  EXPECT_THAT(notes, ElementsAre(HasSubstr("checksum is wrong")));
}

TEST_F(RunResultTest, IsNotUsedWhenItIsOfAnotherRun) {
  const PlannedRun& other = group().runs[1];
  StoreResult(dir_, OkResult(group(), other));
  MakeDirectories(dir_.run(run().id));
  WriteFileAtomically(file(), ReadFile(dir_.run(other.id) / "result.json"));
  std::vector<std::string> notes;
  EXPECT_FALSE(FindResult(dir_, run().id, &notes).has_value());
  EXPECT_THAT(notes, ElementsAre(HasSubstr("another run, " + other.id)));
}

TEST_F(RunResultTest, IsNotTakenForAbsentWhenItCannotBeRead) {
  std::filesystem::create_directories(file());  // reading it fails
  EXPECT_ERROR(FindResult(dir_, run().id), file().string() + ": cannot read");
  std::filesystem::remove(file());
  std::filesystem::create_symlink(file(), file());
  EXPECT_ERROR(FindResult(dir_, run().id), file().string() + ": cannot read");
  EXPECT_ERROR(LoadStatuses(dir_, sweep_.plan), file().string());
}

TEST_F(RunResultTest, IsNotTakenForAbsentWhenItsFolderIsClosed) {
  StoreResult(dir_, OkResult(group(), run()));
  const ClosedFolder closed(temp_.path(), dir_.run(run().id));
  EXPECT_ERROR(FindResult(dir_, run().id), file().string() + ": cannot read");
}

TEST_F(RunResultTest, IsNotTakenForAbsentWhenALaterVersionWroteIt) {
  Json json = ToJson(OkResult(group(), run()));
  json["schema"] = "isoflop.run/2";
  MakeDirectories(dir_.run(run().id));
  WriteJsonFile(file(), json);
  EXPECT_ERROR(FindResult(dir_, run().id),
               file().string() + ": schema: is \"isoflop.run/2\"");
  EXPECT_ERROR(LoadResults(dir_, sweep_.plan), file().string());
}

TEST_F(RunResultTest, CanBeSetAsideMoreThanOnce) {
  for (int attempt = 1; attempt <= 2; ++attempt) {
    StoreResult(dir_, OkResult(group(), run()));
    SetResultAside(dir_, run().id);
    EXPECT_FALSE(FindResult(dir_, run().id).has_value());
  }
  EXPECT_TRUE(
      std::filesystem::exists(dir_.run(run().id) / "result.attempt-1.json"));
  EXPECT_TRUE(
      std::filesystem::exists(dir_.run(run().id) / "result.attempt-2.json"));
}

TEST_F(RunResultTest, MayBeSetAsideWhileItIsLookedFor) {
  StoreResult(dir_, OkResult(group(), run()));
  const std::jthread mover([this](const std::stop_token& stop) {
    const auto aside = dir_.run(run().id) / "aside";
    while (!stop.stop_requested()) {
      std::filesystem::rename(file(), aside);
      std::filesystem::rename(aside, file());
    }
  });
  for (int i = 0; i < 5000; ++i) EXPECT_NO_THROW(FindResult(dir_, run().id));
}

TEST_F(RunResultTest, AreLoadedInTheOrderOfThePlan) {
  const RunGroup& last = sweep_.plan.groups[1];
  StoreResult(dir_, OkResult(last, last.runs[0]));
  StoreResult(dir_, OkResult(group(), group().runs[1]));
  const auto results = LoadResults(dir_, sweep_.plan);
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].id, group().runs[1].id);
  EXPECT_EQ(results[1].id, last.runs[0].id);
}

struct BadResult {
  const char* what;
  void (*spoil)(Json*);
  const char* message;
};

TEST_F(RunResultTest, RefusesABadRecord) {
  const std::vector<BadResult> cases = {
      {"no object", [](Json* j) { *j = Json::array(); }, "must be an object"},
      {"no schema", [](Json* j) { j->erase("schema"); }, "schema: is missing"},
      {"schema", [](Json* j) { (*j)["schema"] = "x/1"; }, "isoflop.run/1"},
      {"no id", [](Json* j) { j->erase("id"); }, "id: is missing"},
      {"no group", [](Json* j) { j->erase("group"); }, "group: is missing"},
      {"status", [](Json* j) { (*j)["status"] = "fine"; }, "must be one of"},
      {"no status", [](Json* j) { j->erase("status"); }, "status: is missing"},
      {"null loss", [](Json* j) { (*j)["loss"] = nullptr; }, "a number"},
      {"ok, no loss", [](Json* j) { j->erase("loss"); }, "loss: is missing"},
      {"no D", [](Json* j) { j->erase("tokens"); }, "tokens: is missing"},
      {"D of 0", [](Json* j) { (*j)["tokens"] = 0; }, "at least 1"},
      {"half a token", [](Json* j) { (*j)["tokens"] = 1.5; }, "whole number"},
      {"C of 0", [](Json* j) { (*j)["flops"] = 0.0; }, "above 0"},
      {"N of 0", [](Json* j) { (*j)["params_total"] = 0; }, "at least 1"},
      {"no seed", [](Json* j) { j->erase("seed"); }, "seed: is missing"},
      {"device", [](Json* j) { (*j)["device"] = "cpu"; }, "must be an object"},
      {"unknown", [](Json* j) { (*j)["los"] = 1.0; }, "did you mean 'loss'"}};
  for (const BadResult& bad : cases) {
    SCOPED_TRACE(bad.what);
    Json json = ToJson(OkResult(group(), run()));
    bad.spoil(&json);
    EXPECT_ERROR(RunResultFromJson(json, "result.json"), bad.message);
  }
}

TEST(WarningOfDamage, NamesEveryResultAndTheWayOut) {
  EXPECT_EQ(WarningOfDamage({}), "");
  const std::string one = WarningOfDamage({"a/result.json: torn; not used"});
  EXPECT_NE(one.find("1 result is damaged and left out"), std::string::npos);
  EXPECT_NE(one.find("a/result.json: torn"), std::string::npos);
  const std::string two = WarningOfDamage({"a", "b"});
  EXPECT_NE(two.find("2 results are damaged"), std::string::npos);
  EXPECT_NE(two.find("trains those runs again:\n  a\n  b"), std::string::npos);
}

}  // namespace
}  // namespace isoflop
