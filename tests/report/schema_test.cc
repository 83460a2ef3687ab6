// Everything that isoflop writes or ships keeps to the schemas it ships.

#include <gtest/gtest.h>

#include <filesystem>

#include "analysis/decide/allocation_question.h"
#include "analysis/fit/fit.h"
#include "analysis/observe/sweep_observations.h"
#include "analysis/report/decision_report.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/fit_words.h"
#include "analysis/report/results.h"
#include "lib/core/files.h"
#include "tests/report/sample_report.h"
#include "tests/report/sample_sweep.h"
#include "tests/support/schema_check.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

TEST(Schemas, AcceptEverySweepThatShips) {
  const std::filesystem::path folder = ISOFLOP_SOURCE_DIR "/sweeps";
  int sweeps = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(folder)) {
    const bool schema = entry.path().parent_path().filename() == "schema";
    if (schema || entry.path().extension() != ".json") continue;
    ++sweeps;
    EXPECT_EQ(SchemaProblem(ReadJsonFile(entry.path()), "sweep"), "")
        << entry.path();
  }
  EXPECT_GE(sweeps, 9);
}

TEST(Schemas, AcceptASweepThatVaries) {
  Json file = SampleSweepFile();
  file["vary"] = {{"training.peak_lr", {0.001, 0.01}},
                  {"training.schedule.kind", {"wsd", "cosine"}}};
  EXPECT_EQ(SchemaProblem(file, "sweep"), "");
}

TEST(Schemas, AcceptPlans) {
  EXPECT_EQ(SchemaProblem(ToJson(SampleSweep().plan), "plan"), "");
}

TEST(Schemas, AcceptAPlanWithCellsLeftOutAndSizesFromCounts) {
  Json file = SampleSweepFile();
  file["grid"]["sizes"] = {{{"params_total", 20000}},
                           {{"params_non_embedding", 90000}}};
  file["grid"]["tokens_per_param_range"] = {2, 30};
  file["vary"] = {{"model.position", {"rotary", "none"}}};
  const SampleSweep sweep(file);
  ASSERT_FALSE(sweep.plan.left_out.empty());
  EXPECT_EQ(SchemaProblem(ToJson(sweep.plan), "plan"), "");
}

TEST(Schemas, AcceptRunRecords) {
  for (const RunResult& result : SampleSweep().results) {
    EXPECT_EQ(SchemaProblem(ToJson(result), "run"), "") << result.id;
  }
}

TEST(Schemas, AcceptARunThatFailedBeforeItBegan) {
  const SampleSweep sweep;
  RunResult failed =
      ResultFor(sweep.plan.groups[0], sweep.plan.groups[0].runs[0]);
  failed.status = RunStatus::kFailed;
  failed.reason = "out of memory";
  EXPECT_EQ(SchemaProblem(ToJson(failed), "run"), "");
}

TEST(Schemas, AcceptARunRecordAsItLiesOnDisk) {
  const TempDir directory;
  const SampleSweep sweep;
  const SweepDir dir(directory.path());
  MakeDirectories(dir.root() / "runs");
  StoreResult(dir, sweep.results[0]);
  const Json stored =
      ReadJsonFile(dir.run(sweep.results[0].id) / "result.json");
  EXPECT_EQ(SchemaProblem(stored, "run"), "");
}

TEST(Schemas, AcceptFits) {
  EXPECT_EQ(SchemaProblem(ToJson(SampleReport(), kSampleExact), "fit"), "");
  EXPECT_EQ(SchemaProblem(ToJson(SampleReportWithoutBootstrap()), "fit"), "");
  EXPECT_EQ(SchemaProblem(ToJson(UnsupportedReport()), "fit"), "");
}

TEST(Schemas, AcceptFlatMinimaThatAreKeptAndThatAreNot) {
  FitReport report = SampleReport();
  report.isoflop->budgets[0].minimum = MinimumKind::kFlat;
  report.isoflop->budgets[3].minimum = MinimumKind::kFlat;
  EXPECT_EQ(SchemaProblem(ToJson(report), "fit"), "");
  report.isoflop->budgets[0].minimum = MinimumKind::kEdge;
  EXPECT_NE(SchemaProblem(ToJson(report), "fit"), "");
}

TEST(Schemas, AcceptTheFitOfASweep) {
  const SampleSweep sweep;
  FitOptions options;
  options.bootstrap = {.resamples = 20, .unit = {}, .seed = 1, .threads = 1};
  options.holdout_above = 1e11;
  options.budgets_flops = {1e11, 1e13};
  const FitReport report = InWords(
      FitScalingLaws(SweepObservations(sweep.plan, sweep.results), options));
  ASSERT_EQ(report.chinchilla->status, FitStatus::kOk);
  EXPECT_EQ(SchemaProblem(ToJson(report), "fit"), "");
}

TEST(Schemas, AcceptAFitThatTheDataDoNotSupport) {
  SampleSweep sweep;
  sweep.results.resize(2);
  FitOptions options;
  options.holdout_above = 1e11;
  options.budgets_flops = {1e13};
  const FitReport report = InWords(
      FitScalingLaws(SweepObservations(sweep.plan, sweep.results), options));
  ASSERT_FALSE(report.usable());
  EXPECT_EQ(SchemaProblem(ToJson(report), "fit"), "");
}

TEST(Schemas, AcceptAFitOfOneLaw) {
  FitReport report = SampleReport();
  report.chinchilla.reset();
  report.chinchilla_bootstrap.reset();
  report.envelope.reset();
  report.kaplan.reset();
  report.holdouts.clear();
  EXPECT_EQ(SchemaProblem(ToJson(report), "fit"), "");
}

TEST(Schemas, AcceptAllocations) {
  Json json = ToJson(SampleReport());
  json["seed_noise"] = {{"loss_std", 0.003}, {"source", "given"}};
  const StoredFit fit = ParseFit(json, "fit.json");
  for (const AllocationQuestion& question : std::vector<AllocationQuestion>{
           {.flops = {1e12, 1e14}},
           {.loss = {1.17, 1.2}},
           {.flops = {1e13}, .inference_tokens = 1e9},
           {.loss = {1.2}, .inference_tokens = 1e9},
           {.flops = {1e13}, .max_params = 1e4},
           {.flops = {1e13}, .unique_tokens = 1e5},
           {.flops = {1e13}, .overtrain = {1.0, 2.0, 100.0}},
           {.loss = {1.2}, .overtrain = {2.0}}}) {
    const AllocationAnswer answer = Answer(fit.basis(), question);
    EXPECT_EQ(SchemaProblem(AnswerJson(fit, answer), "allocation"), "");
  }
}

TEST(Schemas, AcceptResults) {
  const SampleSweep sweep;
  SweepResults results{.sweep = sweep.file,
                       .plan = sweep.plan,
                       .runs = sweep.results,
                       .fit = ToJson(SampleReport(), kSampleExact)};
  EXPECT_EQ(SchemaProblem(ResultsJson(results), "results"), "");
  results.fit.reset();
  results.runs.clear();
  EXPECT_EQ(SchemaProblem(ResultsJson(results), "results"), "");
}

}  // namespace
}  // namespace isoflop
