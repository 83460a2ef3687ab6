// Experiments: sweeps that make a claim, trained by a worker whose losses
// follow a known law.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

const std::string kWorker =
    " --devices cpu --jobs 2 --worker " ISOFLOP_FAKE_WORKER;

/// A folder "claims" of two sweeps: the loss of one can be what it says.
void WriteClaims(const TempDir& dir) {
  std::filesystem::create_directory(dir / "claims");
  const auto write = [&](const std::string& name, const std::string& most) {
    dir.Write("claims/" + name + ".json",
              R"({"schema": "isoflop.sweep/1", "name": ")" + name + R"(",
       "data": {"kind": "lexicon", "words": 64, "eval_tokens": 256},
       "model": {"context": 16, "head_size": 8, "layers": 1},
       "grid": {"sizes": [{"d_model": 8}, {"d_model": 16}],
                "tokens": [8192, 16384]},
       "training": {"batch_tokens": 64, "schedule": {"warmup_steps": 4}},
       "claim": "Losses of )" +
                  name + R"( are low.",
       "expect": [{"that": "loss", "value": "loss", "at_most": )" +
                  most + "}]}");
  };
  write("true-one", "1000");
  write("false-one", "0.001");
  dir.Write("claims/plain.json",
            R"({"schema": "isoflop.sweep/1", "name": "plain",
       "data": {"kind": "lexicon"},
       "grid": {"sizes": [{"d_model": 16}], "tokens": [65536]}})");
}

TEST(Experiments, AreListedWithTheirClaims) {
  const TempDir dir;
  WriteClaims(dir);
  const Outcome list = Isoflop(dir, "experiments --folder claims");
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("true-one"));
  EXPECT_THAT(list.out, HasSubstr("Losses of false-one are low."));
  EXPECT_THAT(list.out, testing::Not(HasSubstr("plain")));
  const Json json = ParseJson(
      Isoflop(dir, "experiments --folder claims --json").out, "stdout");
  EXPECT_EQ(SchemaProblem(json, "experiments"), "");
  EXPECT_EQ(json["experiments"].size(), 2U);
  EXPECT_EQ(json["experiments"][1]["name"], "true-one");
}

TEST(Experiments, AreTrainedAndJudged) {
  const TempDir dir;
  WriteClaims(dir);
  const Outcome run =
      Isoflop(dir, "experiments --folder claims run all -o out" + kWorker);
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("The claim held: 1 of 1 expectations"));
  EXPECT_THAT(run.out,
              HasSubstr("The claim did not hold: 0 of 1 expectations"));
  for (const bool held : {true, false}) {
    const Json claim = ReadJsonFile(
        dir / "out" / (held ? "true-one" : "false-one") / "claim.json");
    EXPECT_EQ(SchemaProblem(claim, "claim"), "");
    EXPECT_EQ(claim["held"], held);
    EXPECT_EQ(claim["expected"][0]["values"], 4);
  }
  // Again: nothing is left to train, and the answer is the same.
  const Outcome again =
      Isoflop(dir, "experiments --folder claims run all -o out" + kWorker);
  EXPECT_EQ(again.out, run.out);
}

TEST(Experiments, AreChosenByNameAndScaled) {
  const TempDir dir;
  WriteClaims(dir);
  const Outcome run = Isoflop(
      dir, "experiments run true-one --folder claims --scale 2" + kWorker);
  EXPECT_EQ(run.status, 0) << run.err;
  const auto out = dir / "runs/experiments/true-one";
  const Json sweep = ReadJsonFile(out / "sweep.json");
  EXPECT_EQ(sweep["grid"]["tokens"], Json({16384, 32768}));
  EXPECT_FALSE(std::filesystem::exists(dir / "runs/experiments/false-one"));
}

/// A sweep of four sizes with a curve, and what is expected of that.
void WriteAnalysed(const TempDir& dir, const std::string& of = "{}") {
  dir.Write("curve.json",
            R"({"schema": "isoflop.sweep/1", "name": "curve",
       "data": {"kind": "lexicon", "words": 64, "eval_tokens": 256},
       "model": {"context": 16, "head_size": 8, "layers": 1},
       "grid": {"sizes": [{"d_model": 8}, {"d_model": 16}, {"d_model": 24},
                          {"d_model": 32}], "tokens": [8192]},
       "training": {"batch_tokens": 64, "schedule": {"warmup_steps": 4}},
       "analyses": [{"name": "slope", "law": "power", "value": "loss",
                     "over": "params_total"}],
       "claim": "The loss falls.",
       "expect": [{"that": "slope", "of": )" +
                of + R"(, "value": "analyses.slope.law.estimate.e",
                   "at_most": 0}]})");
}

TEST(Analyses, AreShownJudgedFittedAndExported) {
  const TempDir dir;
  WriteAnalysed(dir);
  const Outcome sweep = Isoflop(dir, "sweep curve.json -o out" + kWorker);
  EXPECT_EQ(sweep.status, 0) << sweep.err;
  EXPECT_THAT(sweep.out, HasSubstr("Analysis slope\n  loss over params_total"));
  EXPECT_THAT(sweep.out, HasSubstr("The claim held: 1 of 1 expectations"));
  const Json claim = ReadJsonFile(dir / "out" / "claim.json");
  EXPECT_EQ(SchemaProblem(claim, "claim"), "");
  EXPECT_EQ(claim["experiments"][0]["series"][0]["runs"].size(), 4U);
  const Outcome fit = Isoflop(dir, "fit out --bootstrap 0");
  EXPECT_EQ(fit.status, 0) << fit.err;
  EXPECT_THAT(fit.out, HasSubstr("Analysis slope"));
  const Json stored = ReadJsonFile(dir / "out" / "fit.json");
  EXPECT_EQ(SchemaProblem(stored, "fit"), "");
  EXPECT_EQ(stored["experiments"], claim["experiments"]);
  const Json exported =
      ParseJson(Isoflop(dir, "export out").out, "standard output");
  EXPECT_EQ(SchemaProblem(exported, "results"), "");
  EXPECT_EQ(exported["fits"]["experiments"], claim["experiments"]);
}

TEST(Analyses, AreRefusedByPlanWhereTheyComeToNothing) {
  const TempDir dir;
  WriteAnalysed(dir, R"({"tokens": 9999999})");
  const Outcome plan = Isoflop(dir, "plan curve.json");
  EXPECT_EQ(plan.status, 2);
  EXPECT_THAT(plan.err,
              HasSubstr("curve.json: expect[0].of: no curve of slope is like"));
}

TEST(Plan, ShowsASweepScaled) {
  const TempDir dir;
  WriteAnalysed(dir);
  const Outcome plan = Isoflop(dir, "plan curve.json --scale 2 --json");
  EXPECT_EQ(plan.status, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("16384"));
  EXPECT_EQ(Isoflop(dir, "plan curve.json --scale 0").status, 2);
  EXPECT_EQ(Isoflop(dir, "plan curve.json --scale nan").status, 2);
}

TEST(Experiments, AreAllPlannedBeforeAnyIsTrained) {
  const TempDir dir;
  WriteClaims(dir);
  // Eight steps are too few for both.
  const Outcome run = Isoflop(
      dir, "experiments run all --folder claims --scale 0.03 -o out" + kWorker);
  EXPECT_EQ(run.status, 2);
  EXPECT_THAT(run.err, HasSubstr("false-one.json: training.schedule"));
  EXPECT_THAT(run.err, HasSubstr("true-one.json: training.schedule"));
  EXPECT_FALSE(std::filesystem::exists(dir / "out"));
}

TEST(Experiments, AreRefusedWhenThereIsNone) {
  const TempDir dir;
  WriteClaims(dir);
  const Outcome unknown =
      Isoflop(dir, "experiments --folder claims run tru-one" + kWorker);
  EXPECT_EQ(unknown.status, 2);
  EXPECT_THAT(unknown.err, HasSubstr("there is no experiment \"tru-one\" (did "
                                     "you mean 'true-one'?)"));
  const Outcome nowhere = Isoflop(dir, "experiments --folder nowhere");
  EXPECT_EQ(nowhere.status, 2);
  EXPECT_THAT(nowhere.err, HasSubstr("there is no directory"));
  std::filesystem::create_directory(dir / "empty");
  const Outcome empty = Isoflop(dir, "experiments --folder empty");
  EXPECT_EQ(empty.status, 2);
  EXPECT_THAT(empty.err, HasSubstr("no sweep file in here makes a claim"));
  EXPECT_EQ(Isoflop(dir, "experiments run --folder claims").status, 2);
  const Outcome long_name =
      Isoflop(dir, "experiments --folder " + std::string(300, 'a'));
  EXPECT_EQ(long_name.status, 2);
  EXPECT_THAT(long_name.err, HasSubstr("there is no directory"));
  const Outcome json =
      Isoflop(dir, "experiments --folder claims --json run all" + kWorker);
  EXPECT_EQ(json.status, 2);
  EXPECT_THAT(json.err, HasSubstr("--json is for the list"));
  const Outcome scale =
      Isoflop(dir, "experiments --folder claims run all --scale nan" + kWorker);
  EXPECT_EQ(scale.status, 2);
  dir.Write("empty/bad.json", "{");
  EXPECT_THAT(Isoflop(dir, "experiments --folder empty").err,
              HasSubstr("bad.json"));
}

TEST(Experiments, AreRefusedWhereTwoHaveOneName) {
  const TempDir dir;
  WriteClaims(dir);
  std::filesystem::copy(dir / "claims/true-one.json",
                        dir / "claims/true-two.json");
  const Outcome list = Isoflop(dir, "experiments --folder claims");
  EXPECT_EQ(list.status, 2);
  EXPECT_THAT(list.err, HasSubstr("is that of another experiment"));
}

TEST(Experiments, AreFoundWhereTheProgramWasBuilt) {
  const TempDir dir;
  const Outcome list = Isoflop(dir, "experiments");
  EXPECT_EQ(list.status, 0) << list.err;
  EXPECT_THAT(list.out, HasSubstr("linear-attention"));
}

}  // namespace
}  // namespace isoflop
