#include "analysis/report/results.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <sstream>

#include "analysis/fit/fit.h"
#include "analysis/observe/observation_reader.h"
#include "analysis/observe/sweep_observations.h"
#include "analysis/report/fit_json.h"
#include "tests/report/sample_report.h"
#include "tests/report/sample_sweep.h"

namespace isoflop {
namespace {

SweepResults ResultsOf(const SampleSweep& sweep) {
  return {.sweep = sweep.file,
          .plan = sweep.plan,
          .runs = sweep.results,
          .fit = ToJson(SampleReport(), kSampleExact)};
}

TEST(ResultsJson, TotalsAreThoseOfThePlanWhenEveryRunEnded) {
  const SampleSweep sweep;
  const Json totals = ResultsJson(ResultsOf(sweep))["totals"];
  const PlanTotals planned = Totals(sweep.plan);
  EXPECT_EQ(totals["flops"], planned.flops);
  EXPECT_EQ(totals["flops_without_shared_trunks"],
            planned.flops_without_shared_trunks);
  EXPECT_EQ(totals["tokens"], planned.tokens);
  EXPECT_EQ(totals["wall_seconds"],
            1.5 * static_cast<double>(sweep.results.size()));
}

TEST(ResultsJson, TotalsCountOnlyRunsThatEndedOk) {
  SampleSweep sweep;
  sweep.results.resize(2);
  sweep.results[1].status = RunStatus::kFailed;
  const Json totals = ResultsJson(ResultsOf(sweep))["totals"];
  EXPECT_EQ(totals["flops"], sweep.results[0].flops);
  EXPECT_EQ(totals["tokens"], sweep.results[0].tokens);
  EXPECT_EQ(totals["runs"]["ok"], 1);
  EXPECT_EQ(totals["runs"]["failed"], 1);
}

TEST(ResultsJson, TotalsAreZeroBeforeAnythingEnded) {
  SampleSweep sweep;
  sweep.results.clear();
  const Json json = ResultsJson(ResultsOf(sweep));
  EXPECT_EQ(json["totals"]["flops"], 0.0);
  EXPECT_EQ(json["totals"]["runs"]["pending"],
            json["totals"]["runs"]["planned"]);
}

TEST(ResultsText, IsReadableTextWithRunsOrWithout) {
  SampleSweep sweep;
  for (const std::size_t runs : {2U, 1U, 0U}) {
    sweep.results.resize(runs);
    const SweepResults results = ResultsOf(sweep);
    EXPECT_EQ(fmt::to_string(fmt::join(ResultsText(results), "")),
              ReadableText(ResultsJson(results)));
  }
}

TEST(ResultsJson, HoldsSweepRunsFitAndAllocations) {
  const SampleSweep sweep;
  const SweepResults results = ResultsOf(sweep);
  const Json json = ResultsJson(results);
  EXPECT_EQ(json["sweep"], sweep.file);
  EXPECT_EQ(json["runs"].size(), sweep.results.size());
  EXPECT_EQ(json["fits"], *results.fit);
  EXPECT_EQ(json["allocations"], (*results.fit)["allocations"]);
}

TEST(ResultsJson, HasNoFitsBeforeThereIsAFit) {
  SweepResults results = ResultsOf(SampleSweep());
  results.fit.reset();
  const Json json = ResultsJson(results);
  EXPECT_FALSE(json.contains("fits"));
  EXPECT_EQ(json["allocations"], Json::array());
}

TEST(ResultsJson, NamesEachDeviceOnce) {
  SampleSweep sweep;
  Json device = *sweep.results[1].device;
  device["name"] = "another";
  sweep.results[1].device = device;
  const Json environment = ResultsJson(ResultsOf(sweep))["environment"];
  EXPECT_EQ(environment["devices"].size(), 2U);
  EXPECT_EQ(environment["software"].size(), 1U);
}

TEST(RunsJsonLines, HasARecordOfEveryRunThatEnded) {
  SampleSweep sweep;
  sweep.results[0].status = RunStatus::kFailed;
  std::istringstream lines(RunsJsonLines(sweep.plan, sweep.results));
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    Json record = ParseJson(line, "line");
    EXPECT_EQ(record["params"], record["params_total"]);
    record.erase("params");
    const RunResult run = RunResultFromJson(record, "line");
    EXPECT_EQ(run.id, sweep.results[count].id);
  }
  EXPECT_EQ(count, sweep.results.size());
}

void ExpectSame(const ObservationSet& x, const ObservationSet& y) {
  EXPECT_EQ(x.params, y.params);
  EXPECT_EQ(x.flops, y.flops);
  ASSERT_EQ(x.rows.size(), y.rows.size());
  for (std::size_t i = 0; i < x.rows.size(); ++i) {
    EXPECT_EQ(x.rows[i].N, y.rows[i].N);
    EXPECT_EQ(x.rows[i].D, y.rows[i].D);
    EXPECT_EQ(x.rows[i].L, y.rows[i].L);
    EXPECT_EQ(x.rows[i].C, y.rows[i].C);
    EXPECT_EQ(x.rows[i].budget_flops, y.rows[i].budget_flops);
    EXPECT_EQ(x.rows[i].seed, y.rows[i].seed);
    EXPECT_EQ(x.rows[i].group, y.rows[i].group);
    EXPECT_EQ(x.rows[i].loss_std, y.rows[i].loss_std);
    EXPECT_EQ(x.rows[i].params_total, y.rows[i].params_total);
    EXPECT_EQ(x.rows[i].params_non_embedding, y.rows[i].params_non_embedding);
  }
}

TEST(RunsCsv, ReadsBackToTheSameObservations) {
  SampleSweep sweep;
  sweep.results[3].status = RunStatus::kDiverged;
  sweep.results[4].status = RunStatus::kFailed;
  sweep.results[4].loss.reset();
  sweep.results[5].loss_std_error.reset();
  const ObservationSet direct = SweepObservations(sweep.plan, sweep.results);
  const std::string csv = RunsCsv(sweep.plan, sweep.results);
  const ObservationSet read = ParseObservations(csv, "runs.csv").set;
  ExpectSame(read, direct);
  EXPECT_TRUE(read.notes.empty());
}

TEST(RunsJsonLines, ReadsBackToTheSameObservations) {
  SampleSweep sweep;
  sweep.results[3].status = RunStatus::kDiverged;
  sweep.results[4].status = RunStatus::kFailed;
  sweep.results[4].loss.reset();
  sweep.results[5].loss_std_error.reset();
  const std::string lines = RunsJsonLines(sweep.plan, sweep.results);
  ExpectSame(ParseObservations(lines, "runs.jsonl").set,
             SweepObservations(sweep.plan, sweep.results));
}

TEST(Runs, TellVariantsApart) {
  SampleSweep sweep;
  for (RunGroup& group : sweep.plan.groups) {
    group.variant = {{"model.position", "rotary"}, {"training.peak_lr", 0.01}};
  }
  sweep.plan.groups.front().variant["model.position"] = "none";
  const std::string csv = RunsCsv(sweep.plan, sweep.results);
  const std::string header = csv.substr(0, csv.find('\n'));
  EXPECT_TRUE(header.ends_with(",model.position,training.peak_lr")) << header;
  EXPECT_NE(csv.find(",none,0.01\n"), std::string::npos);
  const std::string lines = RunsJsonLines(sweep.plan, sweep.results);
  const Json first = ParseJson(lines.substr(0, lines.find('\n')), "runs.jsonl");
  EXPECT_EQ(first["model.position"], "none");
  EXPECT_EQ(first["training.peak_lr"], 0.01);
}

TEST(Runs, ReadBackWithTheConventionOfThePlan) {
  Json file = SampleSweepFile();
  file["grid"]["params"] = "non_embedding";
  const SampleSweep sweep(file);
  ASSERT_EQ(sweep.plan.convention, ParamsConvention::kNonEmbedding);
  const ObservationSet direct = SweepObservations(sweep.plan, sweep.results);
  ASSERT_EQ(direct.params, ParamsKind::kNonEmbedding);
  const auto& [plan, results] = std::tie(sweep.plan, sweep.results);
  ExpectSame(ParseObservations(RunsCsv(plan, results), "runs.csv").set, direct);
  ExpectSame(ParseObservations(RunsJsonLines(plan, results), "runs.jsonl").set,
             direct);
}

TEST(RunsCsv, SaysHowOftenARunSawItsData) {
  SampleSweep sweep;
  RunResult& first = sweep.results[0];
  first.epochs = 4.0;
  first.unique_tokens = first.tokens / 4;
  const std::string csv = RunsCsv(sweep.plan, sweep.results);
  EXPECT_NE(csv.find(",loss_unit,unique_tokens,epochs"), std::string::npos);
  const auto rows = ParseObservations(csv, "runs.csv").set.rows;
  EXPECT_EQ(rows[0].unique_tokens, static_cast<double>(first.tokens / 4));
  EXPECT_FALSE(rows[1].unique_tokens.has_value());
  const std::string lines = RunsJsonLines(sweep.plan, sweep.results);
  EXPECT_EQ(ParseObservations(lines, "runs.jsonl").set.rows[0].unique_tokens,
            rows[0].unique_tokens);
}

TEST(RunsCsv, CountsNByTheConventionAskedFor) {
  SampleSweep sweep;
  sweep.plan.convention = ParamsConvention::kNonEmbedding;
  const std::string csv = RunsCsv(sweep.plan, sweep.results);
  const ObservationSet read = ParseObservations(csv, "runs.csv").set;
  EXPECT_EQ(read.rows[0].N, read.rows[0].params_non_embedding);
}

TEST(RunsCsv, GivesTheSameFitAsTheSweep) {
  const SampleSweep sweep;
  FitOptions options;
  options.bootstrap.resamples = 0;
  const FitReport direct =
      FitScalingLaws(SweepObservations(sweep.plan, sweep.results), options);
  const FitReport from_csv = FitScalingLaws(
      ParseObservations(RunsCsv(sweep.plan, sweep.results), "runs.csv").set,
      options);
  ASSERT_EQ(direct.chinchilla->status, FitStatus::kOk);
  EXPECT_EQ(from_csv.chinchilla->law.alpha, direct.chinchilla->law.alpha);
  EXPECT_EQ(from_csv.chinchilla->objective, direct.chinchilla->objective);
  EXPECT_EQ(from_csv.isoflop->a.value, direct.isoflop->a.value);
}

}  // namespace
}  // namespace isoflop
