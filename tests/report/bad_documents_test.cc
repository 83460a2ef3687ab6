// Documents with one thing wrong: the schemas must refuse every one.

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "analysis/decide/allocation_question.h"
#include "analysis/report/decision_report.h"
#include "analysis/report/fit_json.h"
#include "analysis/report/results.h"
#include "tests/report/sample_report.h"
#include "tests/report/sample_sweep.h"
#include "tests/support/schema_check.h"

namespace isoflop {
namespace {

/// A good document of a schema.
Json Good(const std::string& schema) {
  static const SampleSweep sweep;
  const FitReport report = SampleReport();
  const Json fit = ToJson(report, kSampleExact);
  if (schema == "sweep") return sweep.file;
  if (schema == "plan") return ToJson(sweep.plan);
  if (schema == "run") return ToJson(sweep.results[0]);
  if (schema == "fit") return fit;
  if (schema == "allocation") {
    const StoredFit stored = ParseFit(fit, "fit.json");
    return AnswerJson(
        stored,
        Answer(stored.basis(), {.flops = {1e13}, .overtrain = {2.0, 1e6}}));
  }
  return ResultsJson({sweep.file, sweep.plan, sweep.results, fit});
}

struct BadDocument {
  std::string schema;
  std::string pointer;  // of the value that is wrong
  Json value;           // null: the key is missing
  std::string problem;  // begins the answer of the validator
};

void PrintTo(const BadDocument& bad, std::ostream* out) {
  *out << bad.schema << " " << bad.pointer << " = " << bad.value;
}

class BadDocuments : public testing::TestWithParam<BadDocument> {};

TEST_P(BadDocuments, AreRefused) {
  const BadDocument& bad = GetParam();
  Json json = Good(bad.schema);
  const Json::json_pointer pointer(bad.pointer);
  if (bad.value.is_null()) {
    json[pointer.parent_pointer()].erase(pointer.back());
  } else {
    json[pointer] = bad.value;
  }
  EXPECT_EQ(SchemaProblem(json, bad.schema).rfind(bad.problem, 0), 0U)
      << SchemaProblem(json, bad.schema);
}

const Json kMissing;

INSTANTIATE_TEST_SUITE_P(
    Sweep, BadDocuments,
    testing::Values(
        BadDocument{"sweep", "/schema", "isoflop.sweep/2", "#/schema: enum"},
        BadDocument{"sweep", "/schema", kMissing, "#: required"},
        BadDocument{"sweep", "/name", kMissing, "#: required"},
        BadDocument{"sweep", "/name", "a b", "#/name: pattern"},
        BadDocument{"sweep", "/name", ".hidden", "#/name: pattern"},
        BadDocument{"sweep", "/nmae", "x", "#/nmae: additionalProperties"},
        BadDocument{"sweep", "/data", kMissing, "#: required"},
        BadDocument{"sweep", "/data/kind", "lexikon", "#/data: anyOf"},
        BadDocument{"sweep", "/data/paths", {"a.txt"}, "#/data: anyOf"},
        BadDocument{"sweep", "/data/vocab_size", 33, "#/data: anyOf"},
        BadDocument{"sweep", "/model/heads", 2.5, "#/model/heads: multipleOf"},
        BadDocument{"sweep", "/model/head_size", 8, "#/model: not"},
        BadDocument{"sweep", "/model/position", "nowhere",
                    "#/model/position: enum"},
        BadDocument{"sweep", "/grid/sizes", Json::array(),
                    "#/grid/sizes: minItems"},
        BadDocument{"sweep", "/grid/sizes/0/params_total", 1e6,
                    "#/grid/sizes/0: oneOf"},
        BadDocument{"sweep", "/grid/tokens", {1000}, "#/grid: oneOf"},
        BadDocument{"sweep", "/grid/budgets_flops", kMissing, "#/grid: oneOf"},
        BadDocument{"sweep", "/grid/budgets_flops/1", -4e10,
                    "#/grid/budgets_flops/1: minimum"},
        BadDocument{"sweep",
                    "/grid/tokens_range",
                    {1, 2, 3},
                    "#/grid/tokens_range: maxItems"},
        BadDocument{"sweep", "/training/schedule/warmup_steps", -1,
                    "#/training/schedule/warmup_steps: minimum"},
        BadDocument{"sweep", "/training/peak_lr", 0.0,
                    "#/training/peak_lr: minimum"},
        BadDocument{"sweep", "/training/learning_rate", 0.1,
                    "#/training/learning_rate: additionalProperties"},
        BadDocument{"sweep", "/seeds", Json::array({0, 0}),
                    "#/seeds/1: uniqueItems"},
        BadDocument{"sweep", "/seeds", 0, "#/seeds: type"},
        BadDocument{"sweep", "/vary", {{"seeds", {1, 2}}}, "#/vary/seeds: not"},
        BadDocument{"sweep",
                    "/vary",
                    {{"model.heads", Json::array()}},
                    "#/vary/model.heads: patternProperties"}));

INSTANTIATE_TEST_SUITE_P(
    Records, BadDocuments,
    testing::Values(
        BadDocument{"plan", "/groups", Json::array(), "#/groups: minItems"},
        BadDocument{"plan", "/groups/0/model/heads", 0,
                    "#/groups/0/model/heads: minimum"},
        BadDocument{"plan", "/groups/0/runs/0/tokens", 0.5,
                    "#/groups/0/runs/0/tokens: type"},
        BadDocument{"plan", "/groups/0/training/peak_lr", "fast",
                    "#/groups/0/training/peak_lr: type"},
        BadDocument{"plan", "/data/fingerprint", "xyz",
                    "#/data/fingerprint: pattern"},
        BadDocument{"run", "/loss", kMissing, "#: oneOf"},
        BadDocument{"run", "/status", "done", "#"},
        BadDocument{"run", "/loss_std_error", -0.1,
                    "#/loss_std_error: minimum"},
        BadDocument{"run", "/flops", 0.0, "#/flops: minimum"},
        BadDocument{"run", "/id", "no-hash-", "#/id: pattern"},
        BadDocument{"run", "/finished_at", "yesterday",
                    "#/finished_at: pattern"},
        BadDocument{"run", "/config/data", kMissing, "#/config: required"},
        BadDocument{"run", "/colour", "red",
                    "#/colour: additionalProperties"}));

INSTANTIATE_TEST_SUITE_P(
    Analysis, BadDocuments,
    testing::Values(
        BadDocument{"fit", "/schema", "isoflop.fit/2", "#/schema: enum"},
        BadDocument{"fit", "/observations/used", kMissing,
                    "#/observations: required"},
        BadDocument{"fit", "/chinchilla/estimate/alpha", -0.3,
                    "#/chinchilla: oneOf"},
        BadDocument{"fit", "/chinchilla/estimate", kMissing,
                    "#/chinchilla: oneOf"},
        BadDocument{"fit", "/chinchilla/status", "unsupported",
                    "#/chinchilla: oneOf"},
        BadDocument{"fit", "/chinchilla/objective/reduction", "mean",
                    "#/chinchilla: oneOf"},
        BadDocument{"fit",
                    "/chinchilla/bootstrap/interval95/E",
                    {1.1},
                    "#/chinchilla: oneOf"},
        BadDocument{"fit", "/isoflop/budgets/3/params_opt", 1e5,
                    "#/isoflop: oneOf"},
        BadDocument{"fit", "/isoflop/budgets/0/params_opt", kMissing,
                    "#/isoflop: oneOf"},
        BadDocument{"fit", "/envelope/a", 0.5, "#/envelope: oneOf"},
        BadDocument{"fit", "/kaplan/L_N/alpha_N", kMissing,
                    "#/kaplan/L_N: oneOf"},
        BadDocument{"fit", "/kaplan/L_D/reason", kMissing,
                    "#/kaplan/L_D: oneOf"},
        BadDocument{"fit", "/holdout/0/rms_error", "small",
                    "#/holdout/0: oneOf"},
        BadDocument{"fit", "/allocations/0/params_opt", 0,
                    "#/allocations/0/params_opt: minimum"},
        BadDocument{"fit", "/draws/1", {1.0, 2.0}, "#/draws/1: minItems"},
        BadDocument{"allocation", "/fit", kMissing, "#: required"},
        BadDocument{"allocation", "/allocations/0/flops", -1.0,
                    "#/allocations/0/flops: minimum"},
        BadDocument{"allocation", "/params", "all", "#/params: enum"},
        BadDocument{"allocation", "/smaller_models/0/factor", 0.5,
                    "#/smaller_models/0/factor: minimum"},
        BadDocument{"allocation", "/smaller_models/0/flops", kMissing,
                    "#/smaller_models/0: oneOf"},
        BadDocument{"allocation", "/smaller_models/1/flops", 1e20,
                    "#/smaller_models/1: oneOf"},
        BadDocument{"results", "/sweep/name", "a b", "#/sweep/name: pattern"},
        BadDocument{"results", "/runs/0/flops", "many", "#/runs/0/flops: type"},
        BadDocument{"results", "/fits/schema", "x", "#/fits/schema: enum"},
        BadDocument{"results", "/totals/wall_seconds", -1.0,
                    "#/totals/wall_seconds: minimum"},
        BadDocument{"results", "/environment/os", kMissing,
                    "#/environment: required"}));

}  // namespace
}  // namespace isoflop
