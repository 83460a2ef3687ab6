#include "analysis/report/next_sweep.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "lib/core/files.h"
#include "lib/sweep/plan.h"
#include "tests/support/expect_error.h"
#include "tests/support/schema_check.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

Json SmallSweepFile() {
  return ParseJson(R"({
    "schema": "isoflop.sweep/1", "name": "base",
    "data": { "kind": "lexicon", "vocab_size": 64 },
    "model": { "context": 64, "layers": 2, "heads": 2 },
    "grid": { "sizes": [ { "d_model": 12 }, { "d_model": 24 },
                         { "d_model": 48, "layers": 3 } ],
              "budgets_flops": [1e11, 4e11],
              "tokens_range": [1e5, 1e8] },
    "training": { "batch_tokens": 256, "peak_lr": 0.004,
                  "schedule": { "warmup_steps": 60 } },
    "seeds": [0, 4] })",
                   "base");
}

constexpr ObservedReach kReach{.params = {4.4e3, 1e5},
                               .tokens = {2e5, 4e6},
                               .tokens_per_param = {4.0, 300.0}};

class NextSweepTest : public testing::Test {
 protected:
  BaseSweep Base(const Json& json) {
    WriteJsonFile(dir_ / "sweep.json", json);
    return BaseSweep(dir_ / "sweep.json");
  }

  const TempDir dir_;
};

TEST_F(NextSweepTest, CandidatesAreShapesAndWholeSteps) {
  const auto runs = Base(SmallSweepFile())
                        .Candidates(kReach, ParamsKind::kTotal, nullptr)
                        .runs;
  ASSERT_GT(runs.size(), 20U);
  for (const ShapedRun& run : runs) {
    EXPECT_EQ(run.params,
              static_cast<double>(CountParameters(run.shape).total));
    EXPECT_EQ(run.tokens % 256, 0);
    EXPECT_GE(run.tokens, 500 * 256);
    EXPECT_LT(run.trunk_tokens, run.tokens);
    EXPECT_GE(run.trunk_tokens, 0.7 * static_cast<double>(run.tokens));
    EXPECT_EQ(run.shape.heads, 2);
    EXPECT_TRUE(run.shape.layers == 2 || run.shape.layers == 3);
  }
}

TEST_F(NextSweepTest, LargeCandidatesAreAsDeepAsTheLargestSize) {
  const auto runs = Base(SmallSweepFile())
                        .Candidates(kReach, ParamsKind::kTotal, nullptr)
                        .runs;
  for (const ShapedRun& run : runs) {
    if (run.params > 1.5e5) {
      EXPECT_EQ(run.shape.layers, 3);
    } else if (run.params < 1e4) {
      EXPECT_EQ(run.shape.layers, 2);
    }
  }
}

TEST_F(NextSweepTest, CountsNAsTheFitDoes) {
  const auto runs = Base(SmallSweepFile())
                        .Candidates(kReach, ParamsKind::kNonEmbedding, nullptr)
                        .runs;
  ASSERT_FALSE(runs.empty());
  for (const ShapedRun& run : runs) {
    EXPECT_EQ(run.params,
              static_cast<double>(CountParameters(run.shape).non_embedding));
  }
}

TEST_F(NextSweepTest, TheSweepPlansExactlyTheRuns) {
  const BaseSweep base = Base(SmallSweepFile());
  const auto runs = base.Candidates(kReach, ParamsKind::kTotal, nullptr).runs;
  std::vector<ShapedRun> chosen;
  for (std::size_t i = 0; i < runs.size(); i += 3) chosen.push_back(runs[i]);
  const Json json = base.SweepOf(chosen);
  EXPECT_EQ(SchemaProblem(json, "sweep"), "");
  const Plan plan = MakePlan(ParseSweep(json, "next"));
  std::set<std::pair<std::int64_t, std::int64_t>> planned;
  for (const RunGroup& group : plan.groups) {
    EXPECT_EQ(group.seed, 5);  // none that the base has
    EXPECT_EQ(group.training.peak_lr, 0.004);
    for (const PlannedRun& run : group.runs) {
      EXPECT_TRUE(planned.insert({group.params.total, run.tokens}).second);
    }
  }
  std::set<std::pair<std::int64_t, std::int64_t>> wanted;
  for (const ShapedRun& run : chosen) {
    wanted.insert({CountParameters(run.shape).total, run.tokens});
  }
  EXPECT_EQ(planned, wanted);
  EXPECT_EQ(plan.name, "base_next");
}

TEST_F(NextSweepTest, CandidatesFitIntoWhatThereIsOfMemory) {
  const BaseSweep base = Base(SmallSweepFile());
  const TrainingSite site{.precision = {},
                          .has_room = [](const RunGroup& group) {
                            return group.shape.d_model <= 24;
                          }};
  const SoundRuns all = base.Candidates(kReach, ParamsKind::kTotal, nullptr);
  const SoundRuns few = base.Candidates(kReach, ParamsKind::kTotal, &site);
  EXPECT_EQ(all.unchecked, std::vector<std::string>{"memory"});
  EXPECT_TRUE(few.unchecked.empty());
  ASSERT_FALSE(few.runs.empty());
  for (const ShapedRun& run : few.runs) EXPECT_LE(run.shape.d_model, 24);
  EXPECT_EQ(static_cast<std::size_t>(few.left_out.at(Objection::kMemory)),
            all.runs.size() - few.runs.size());
}

TEST_F(NextSweepTest, CandidatesAreNoLongerThanTheData) {
  Json json = SmallSweepFile();
  WriteFileAtomically(dir_ / "text.txt", std::string(700000, 'a'));
  json["data"] = {{"kind", "text"},
                  {"paths", {(dir_ / "text.txt").string()}},
                  {"eval_tokens", 4096}};
  const SoundRuns sound =
      Base(json).Candidates(kReach, ParamsKind::kTotal, nullptr);
  EXPECT_GT(sound.left_out.at(Objection::kData), 0);
  for (const ShapedRun& run : sound.runs) EXPECT_LT(run.tokens, 700000);
}

TEST_F(NextSweepTest, SaysThatDataWhichAreNotHereWereNotChecked) {
  Json json = SmallSweepFile();
  json["data"] = {{"kind", "text"}, {"paths", {"no-such-folder"}}};
  const SoundRuns sound =
      Base(json).Candidates(kReach, ParamsKind::kTotal, nullptr);
  ASSERT_EQ(sound.unchecked.size(), 2U);
  EXPECT_NE(sound.unchecked[0].find("no-such-folder"), std::string::npos);
  EXPECT_EQ(sound.unchecked[1], "memory");
}

TEST_F(NextSweepTest, TakesSeedsThatTheBaseHasNot) {
  const BaseSweep base = Base(SmallSweepFile());
  const auto runs = base.Candidates(kReach, ParamsKind::kTotal, nullptr).runs;
  EXPECT_EQ(base.SweepOf({runs.front()}, 3)["seeds"], Json({5, 6, 7}));
}

TEST_F(NextSweepTest, RefusesASweepThatVaries) {
  Json json = SmallSweepFile();
  json["vary"] = {{"training.peak_lr", {0.002, 0.004}}};
  EXPECT_ERROR(Base(json), "vary: has 2 combinations, and new runs need one");
}

TEST_F(NextSweepTest, IsThatOfTheDirectoryThatWasFitted) {
  EXPECT_FALSE(BaseSweep::OfDirectory("").has_value());
  EXPECT_FALSE(BaseSweep::OfDirectory("runs.csv").has_value());
  Base(SmallSweepFile());
  const auto base = BaseSweep::OfDirectory(dir_.path().string());
  ASSERT_TRUE(base.has_value());
  EXPECT_EQ(base->file(), (dir_ / "sweep.json").string());
}

}  // namespace
}  // namespace isoflop
