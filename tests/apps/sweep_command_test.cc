// The whole pipeline, from sweep file to law, with a worker whose losses follow
// a known law.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

#include "lib/core/cpu_features.h"
#include "lib/core/json.h"
#include "tests/apps/command.h"
#include "tests/support/schema_check.h"
#include "tests/support/scoped_env.h"

namespace isoflop {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::string kSweep =
    "sweep " ISOFLOP_SOURCE_DIR
    "/sweeps/demo.json -o out"
    " --devices cpu --jobs 2 --worker " ISOFLOP_FAKE_WORKER;

TEST(SweepCommand, LeavesADirectoryThatMayBeMoved) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kSweep + " --fit").status, 0);
  std::filesystem::rename(dir / "out", dir / "moved");
  EXPECT_EQ(Isoflop(dir, "allocate moved --flops 1e13").status, 0);
  const Outcome next =
      Isoflop(dir, "next moved --flops-budget 1e12 -o next.json");
  EXPECT_EQ(next.status, 0) << next.err;
  EXPECT_TRUE(std::filesystem::exists(dir / "next.json"));
}

TEST(SweepCommand, HasTheFitOfItsOwnSettingsExported) {
  const TempDir dir;
  dir.Write("vary.json", R"({
    "schema": "isoflop.sweep/1", "name": "vary",
    "data": {"kind": "lexicon", "words": 64, "eval_tokens": 256},
    "model": {"context": 16, "head_size": 8, "layers": 1},
    "grid": {"sizes": [{"d_model": 8}, {"d_model": 16}, {"d_model": 24}],
             "tokens": [8192, 16384, 32768]},
    "vary": {"model.position": ["rotary", "none"]},
    "training": {"batch_tokens": 64, "schedule": {"warmup_steps": 4}}})");
  ASSERT_EQ(
      Isoflop(
          dir,
          "sweep vary.json -o out --devices cpu --worker " ISOFLOP_FAKE_WORKER)
          .status,
      0);
  Isoflop(dir, "fit out --params non_embedding");
  const Json results = ParseJson(Isoflop(dir, "export out").out, "stdout");
  EXPECT_EQ(results["fits"]["observations"]["params"], "non_embedding");
  EXPECT_EQ(results["fits"]["observations"]["read"], 9);
  EXPECT_EQ(results["runs"].size(), 18U);
}

TEST(SweepCommand, GoesFromSweepFileToAllocation) {
  const TempDir dir;
  const Outcome sweep = Isoflop(dir, kSweep + " --fit");
  ASSERT_EQ(sweep.status, 0) << sweep.err;
  EXPECT_THAT(
      sweep.out,
      AllOf(HasSubstr("33 of 33 runs ok"), HasSubstr("IsoFLOP optima"),
            HasSubstr("Fitted law"), HasSubstr("exact, of the evaluation set"),
            HasSubstr("allocation")));
  EXPECT_EQ(SchemaProblem(ReadJsonFile(dir / "out/fit.json"), "fit"), "");
}

TEST(SweepCommand, TheSameCommandAgainTrainsNothing) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kSweep + " --fit").status, 0);
  const std::string ended = ReadFile(dir / "out/logs/ended.log");
  const std::string fit = ReadFile(dir / "out/fit.json");
  const Outcome again = Isoflop(dir, kSweep + " --fit");
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(ReadFile(dir / "out/logs/ended.log"), ended);
  EXPECT_EQ(ReadFile(dir / "out/fit.json"), fit);
}

TEST(SweepCommand, GoesOnInThePrecisionThatItBeganWith) {
  const TempDir dir;
  {
    const ScopedEnv speedup("ISOFLOP_FAKE_SPEEDUP", "1.5");
    const Outcome sweep = Isoflop(dir, kSweep);
    ASSERT_EQ(sweep.status, 0) << sweep.err;
    EXPECT_THAT(sweep.err, HasSubstr("precision: bf16 (auto)"));
  }
  const Outcome again = Isoflop(dir, kSweep);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("precision: bf16 (auto)"));
  const Json plan = ReadJsonFile(dir / "out/plan.json");
  EXPECT_EQ(plan["auto_precision"], "bf16");
  EXPECT_EQ(plan["groups"][0]["training"]["precision"],
            HasAvx512Bf16() ? "bf16" : "fp32");
}

TEST(SweepCommand, TrainsInFp32WhereBf16IsWrongAndGoesOnSo) {
  const TempDir dir;
  Json sweep = ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/smoke.json");
  sweep["training"]["precision"] = "bf16";
  dir.Write("bf16.json", sweep.dump());
  const std::string command =
      "sweep bf16.json -o out --worker " ISOFLOP_FAKE_WORKER;
  {
    const ScopedEnv wrong("ISOFLOP_FAKE_BF16", "wrong");
    const Outcome first = Isoflop(dir, command);
    ASSERT_EQ(first.status, 0) << first.err;
    EXPECT_THAT(first.err, HasSubstr("trains in fp32: nothing here adds up"));
  }
  const Json plan = ReadJsonFile(dir / "out/plan.json");
  EXPECT_EQ(plan["bf16_products"], "nowhere");
  EXPECT_EQ(plan["groups"][0]["training"]["precision"], "fp32");
  const Outcome again = Isoflop(dir, command);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(ReadJsonFile(dir / "out/plan.json"), plan);
}

TEST(SweepCommand, WarnsWhereItGoesOnInAnotherArithmetic) {
  const TempDir dir;
  {
    const ScopedEnv old("ISOFLOP_FAKE_LIBTORCH", "1.13.0");
    ASSERT_EQ(Isoflop(dir, kSweep).status, 0);
  }
  const Json plan = ReadJsonFile(dir / "out/plan.json");
  EXPECT_EQ(plan["arithmetic"]["libtorch"], "1.13.0");
  const ScopedEnv other("ISOFLOP_FAKE_LIBTORCH", "2.6.0");
  EXPECT_THAT(Isoflop(dir, kSweep).err, Not(HasSubstr("warning")))
      << "nothing is left to train";
  const auto run = plan["groups"][0]["runs"][0]["id"].get<std::string>();
  std::filesystem::remove(dir / ("out/runs/" + run + "/result.json"));
  const Outcome again = Isoflop(dir, kSweep);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("the last digits of losses may differ: "
                                   "libtorch 1.13.0, now 2.6.0"));
  EXPECT_EQ(ReadJsonFile(dir / "out/plan.json")["arithmetic"]["libtorch"],
            "1.13.0");
}

TEST(SweepCommand, GoesOnWithTheProductsThatItBeganWith) {
  if (!HasAvx2()) GTEST_SKIP() << "OpenBLAS can be told nothing here";
  const ScopedEnv nothing("OPENBLAS_CORETYPE", std::nullopt);
  const TempDir dir;
  {
    const ScopedEnv old("ISOFLOP_FAKE_BLAS_CORE", "Prescott");
    const Outcome sweep = Isoflop(dir, kSweep);
    ASSERT_EQ(sweep.status, 0) << sweep.err;
    EXPECT_THAT(sweep.err, HasSubstr("matrix products are computed by "
                                     "OpenBLAS's code for Haswell processors"));
  }
  const Json plan = ReadJsonFile(dir / "out/plan.json");
  EXPECT_EQ(plan["blas_core"], "Haswell");
  const auto run = plan["groups"][0]["runs"][0]["id"].get<std::string>();
  std::filesystem::remove(dir / ("out/runs/" + run + "/result.json"));
  const ScopedEnv known("ISOFLOP_FAKE_BLAS_CORE", "Cooperlake");
  const Outcome again = Isoflop(dir, kSweep);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("matrix products are computed by OpenBLAS's "
                                   "code for Haswell processors"));
}

TEST(SweepCommand, NeedsNoWorkerWhenEveryRunHasEnded) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kSweep).status, 0);
  const Outcome again =
      Isoflop(dir, "sweep " ISOFLOP_SOURCE_DIR
                   "/sweeps/demo.json -o out --worker none --fit");
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("33 of 33 runs ok"));
  EXPECT_TRUE(std::filesystem::exists(dir / "out/fit.json"));
}

TEST(SweepCommand, SaysThatFailFastHasStoppedIt) {
  const TempDir dir;
  const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "fail");
  const Outcome sweep = Isoflop(dir, kSweep + " --fail-fast");
  EXPECT_EQ(sweep.status, 3);
  EXPECT_THAT(sweep.err, HasSubstr("stopped by --fail-fast"));
}

TEST(SweepCommand, ADivergedRunIsKeptOutOfTheFitAndEndsWithThree) {
  const TempDir dir;
  const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "diverge");
  const ScopedEnv where("ISOFLOP_FAKE_RUN", "d96-");
  const Outcome sweep = Isoflop(dir, kSweep + " --fit");
  EXPECT_EQ(sweep.status, 3) << sweep.err;
  EXPECT_THAT(sweep.out, AllOf(HasSubstr("diverged"), HasSubstr("32 of 33")));
  const Json fit = ReadJsonFile(dir / "out/fit.json");
  EXPECT_EQ(fit["observations"]["used"], 32);
}

TEST(SweepCommand, NothingToFitIsNoCrash) {
  const TempDir dir;
  const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "fail");
  const Outcome sweep = Isoflop(dir, kSweep + " --fit");
  EXPECT_EQ(sweep.status, 3) << sweep.err;
  EXPECT_FALSE(std::filesystem::exists(dir / "out/fit.json"));
}

const std::string kSmoke =
    "sweep " ISOFLOP_SOURCE_DIR
    "/sweeps/smoke.json -o out"
    " --devices cpu --jobs 1 --worker " ISOFLOP_FAKE_WORKER;

/// Runs a command that the program has named, with the worker of the test.
Outcome ObeyAdvice(const TempDir& dir, const std::string& command) {
  const std::string program = "isoflop ";
  EXPECT_TRUE(command.starts_with(program)) << command;
  return Isoflop(dir, command.substr(program.size()) +
                          " --devices cpu --worker " ISOFLOP_FAKE_WORKER);
}

TEST(SweepCommand, WhatMayPassIsNamedByStatusAndTrainedByTheCommandNamedThere) {
  const TempDir dir;
  {
    const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "fail");
    const Outcome sweep = Isoflop(dir, kSmoke);
    EXPECT_EQ(sweep.status, 3) << sweep.err;
    EXPECT_THAT(sweep.err, HasSubstr("the data have moved away"));
    EXPECT_THAT(sweep.err, HasSubstr("once that is mended, the same command"));
  }
  const Outcome text = Isoflop(dir, "status out");
  EXPECT_EQ(text.status, 3);
  EXPECT_THAT(text.out, HasSubstr(": the data have moved away"));
  const Json status =
      ParseJson(Isoflop(dir, "status out --json").out, "stdout");
  EXPECT_EQ(status["failed"], 0);
  EXPECT_EQ(status["groups"][0]["cause"], "the data have moved away");
  const Outcome again = ObeyAdvice(dir, status["go_on"].get<std::string>());
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(Isoflop(dir, "status out").status, 0);
}

TEST(SweepCommand, AFailedRunIsNamedByStatusAndTrainedByTheCommandNamedThere) {
  const TempDir dir;
  {
    const ScopedEnv fault("ISOFLOP_FAKE_FAULT", "segv");
    const ScopedEnv where("ISOFLOP_FAKE_RUN", "d8-l1-s0");
    const ScopedEnv times("ISOFLOP_FAKE_TIMES", "2");
    EXPECT_EQ(Isoflop(dir, kSmoke).status, 3);
  }
  const Outcome text = Isoflop(dir, "status out");
  EXPECT_THAT(text.out, HasSubstr("killed by SIGSEGV"));
  EXPECT_THAT(text.out, HasSubstr("its log ends (logs/worker-0.log:4): first "
                                  "line | something is out of bounds"));
  EXPECT_THAT(text.out, HasSubstr("--retry-failed"));
  const Json status =
      ParseJson(Isoflop(dir, "status out --json").out, "stdout");
  ASSERT_GT(status["ended_badly"].size(), 0U);
  const Outcome again =
      ObeyAdvice(dir, status["ended_badly"][0]["retry"].get<std::string>());
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_EQ(Isoflop(dir, "status out").status, 0);
}

TEST(SweepCommand, MakesADamagedPlanAnewInThePrecisionThatItHad) {
  const TempDir dir;
  {
    const ScopedEnv speedup("ISOFLOP_FAKE_SPEEDUP", "1.5");
    ASSERT_EQ(Isoflop(dir, kSweep).status, 0);
  }
  const Json plan = ReadJsonFile(dir / "out/plan.json");
  dir.Write("out/plan.json", ReadFile(dir / "out/plan.json").substr(0, 999));
  const Outcome status = Isoflop(dir, "status out");
  EXPECT_EQ(status.status, 2);
  EXPECT_THAT(status.err, HasSubstr("makes plan.json anew"));
  const Outcome again = Isoflop(dir, kSweep);
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.err, HasSubstr("made anew from the sweep file"));
  EXPECT_EQ(ReadJsonFile(dir / "out/plan.json")["groups"], plan["groups"]);
}

TEST(SweepCommand, DamagedResultsAreNamedByFitAndExport) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kSweep).status, 0);
  const Json plan = ReadJsonFile(dir / "out/plan.json");
  const std::string file =
      "out/runs/" + plan["groups"][0]["runs"][0]["id"].get<std::string>() +
      "/result.json";
  dir.Write(file, ReadFile(dir / file).substr(0, 99));
  for (const char* command : {"fit out", "export out --format csv"}) {
    const Outcome outcome = Isoflop(dir, command);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("warning: 1 result is damaged and left out"),
                      HasSubstr(file)));
  }
}

TEST(SweepCommand, StatusAndExportAgreeWithTheSweep) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kSweep).status, 0);
  const Outcome status = Isoflop(dir, "status out --json");
  ASSERT_EQ(status.status, 0) << status.err;
  EXPECT_EQ(ParseJson(status.out, "stdout")["ok"], 33);
  const Outcome exported = Isoflop(dir, "export out");
  ASSERT_EQ(exported.status, 0) << exported.err;
  const Json results = ParseJson(exported.out, "stdout");
  EXPECT_EQ(results["runs"].size(), 33U);
  EXPECT_EQ(SchemaProblem(results, "results"), "");
}

TEST(SweepCommand, AnExportedCsvGivesTheSameLaw) {
  const TempDir dir;
  ASSERT_EQ(Isoflop(dir, kSweep + " --fit").status, 0);
  ASSERT_EQ(Isoflop(dir, "export out --format csv -o runs.csv").status, 0);
  ASSERT_EQ(Isoflop(dir, "fit runs.csv -o csv.json").status, 0);
  const Json of_sweep = ReadJsonFile(dir / "out/fit.json");
  const Json of_csv = ReadJsonFile(dir / "csv.json");
  for (const char* key :
       {"estimate", "objective", "certificate", "bootstrap"}) {
    EXPECT_EQ(of_sweep["chinchilla"][key], of_csv["chinchilla"][key]) << key;
  }
  EXPECT_EQ(of_sweep["isoflop"], of_csv["isoflop"]);
}

TEST(SweepCommand, AChangedSweepFileIsRefusedWithWhatChanged) {
  const TempDir dir;
  const std::string options =
      " -o out --devices cpu --worker " ISOFLOP_FAKE_WORKER;
  Json file = ReadJsonFile(ISOFLOP_SOURCE_DIR "/sweeps/smoke.json");
  dir.Write("a.json", file.dump());
  ASSERT_EQ(Isoflop(dir, "sweep a.json" + options).status, 0);
  file["training"]["peak_lr"] = 0.001;
  dir.Write("a.json", file.dump());
  const Outcome sweep = Isoflop(dir, "sweep a.json" + options);
  EXPECT_EQ(sweep.status, 2);
  EXPECT_THAT(sweep.err, HasSubstr("training.peak_lr"));
}

}  // namespace
}  // namespace isoflop
