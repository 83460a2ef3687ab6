#include <gtest/gtest.h>

#include "lib/sweep/group_cost.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan_from_json.h"
#include "lib/sweep/plan_report.h"
#include "lib/sweep/run_identity.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

/// A plan in which everything optional is there.
Plan FullPlan() {
  Json json = TinySweepWith("/grid/tokens_per_param_range", {5, 1000});
  json["grid"]["sizes"].push_back({{"params_total", 20e3}, {"heads", 2}});
  json["grid"].erase("tokens");
  json["grid"]["budgets_flops"] = {1e9, 2e9, 4e9};
  json["training"]["micro_batch_tokens"] = 64;
  json["vary"]["model.position"] = {"rotary", "none"};
  json["training"]["precision"] = "auto";
  return PlanOf(json);
}

TEST(PlanJson, ReadsBackWhatItWrites) {
  const Json json = ToJson(FullPlan());
  EXPECT_EQ(ToJson(PlanFromJson(ParseJson(json.dump(), "p"), "p")), json);
}

TEST(PlanJson, ReadsBackWhatWasChosenHere) {
  Plan plan = FullPlan();
  plan.auto_precision = Precision::kBf16;
  plan.blas_core = BlasCore::kHaswell;
  plan.bf16_products = Bf16Products::kByHand;
  plan.arithmetic = {{"libtorch", "2.6.0"}};
  EXPECT_EQ(ToJson(PlanFromJson(ToJson(plan), "plan.json")), ToJson(plan));
  EXPECT_EQ(ToJson(plan)["blas_core"], "Haswell");
}

TEST(PlanJson, ReadsBackAPlanOfFiles) {
  const TempDir dir;
  const auto path = dir.Write("a.txt", std::string(200'000, 'x'));
  const Plan plan = PlanOf(TinySweepWith(
      "/data",
      {{"kind", "text"}, {"paths", {path.string()}}, {"eval_tokens", 1024}}));
  const Json json = ToJson(plan);
  EXPECT_EQ(ToJson(PlanFromJson(ParseJson(json.dump(), "p"), "p")), json);
}

TEST(PlanJson, ReadsBackEveryGroupByItself) {
  for (const RunGroup& group : FullPlan().groups) {
    const Json json = ToJson(group);
    EXPECT_EQ(ToJson(RunGroupFromJson(ParseJson(json.dump(), "g"), "g")), json);
  }
}

TEST(PlanJson, RefusesAPrecisionThatIsStillToBeMeasured) {
  Json json = ToJson(TinyGroup());
  json["training"]["precision"] = "auto";
  EXPECT_ERROR(RunGroupFromJson(json, "g"),
               "g: training.precision: must be one of fp32, bf16 in a plan");
}

TEST(PlanJson, KeepsTheIdsOfWhatItReadsBack) {
  const RunGroup group = TinyGroup();
  const RunGroup back = RunGroupFromJson(ToJson(group), "g");
  EXPECT_EQ(RunIdentity(back, 100), RunIdentity(group, 100));
  EXPECT_EQ(TokensTrained(back), TokensTrained(group));
}

TEST(PlanJson, ReportsWhatFollowsFromThePlan) {
  const Plan plan = FullPlan();
  const Json json = ReportJson(plan);
  const RunGroup& group = plan.groups[1];
  EXPECT_EQ(json["groups"][1]["memory_bytes"], EstimateMemoryBytes(group));
  // peak_lr * reference_d_model / d_model
  EXPECT_DOUBLE_EQ(
      json["groups"][1]["lr_hidden"].get<double>(),
      group.training.peak_lr * 32.0 / static_cast<double>(group.shape.d_model));
  EXPECT_DOUBLE_EQ(
      json["groups"][1]["runs"][0]["tokens_per_param"].get<double>(),
      static_cast<double>(group.runs[0].tokens) /
          static_cast<double>(group.params.total));
}

TEST(PlanJson, RefusesAnotherSchema) {
  Json json = ToJson(FullPlan());
  json["schema"] = "isoflop.plan/9";
  EXPECT_ERROR(PlanFromJson(json, "plan.json"),
               "plan.json: schema: must be \"isoflop.plan/1\"");
  EXPECT_ERROR(PlanFromJson(Json(), "plan.json"), "plan.json: schema");
}

TEST(PlanJson, NamesWhatIsMissingOrWrongInAGroup) {
  const Json complete = ToJson(TinyGroup());
  for (const auto& field : complete.items()) {
    Json json = complete;
    json.erase(field.key());
    EXPECT_ERROR(RunGroupFromJson(json, "group.json"),
                 "group.json: " + field.key() + ": is missing");
  }
  Json json = complete;
  json["runs"][1]["steps"] = "many";
  EXPECT_ERROR(RunGroupFromJson(json, "group.json"),
               "group.json: runs[1].steps: must be a whole number");
}

TEST(PlanJson, NamesWhatIsMissingInAPlan) {
  Json json = ToJson(FullPlan());
  json["groups"][2]["model"].erase("heads");
  EXPECT_ERROR(PlanFromJson(json, "plan.json"),
               "plan.json: groups[2].model.heads: is missing");
}

}  // namespace
}  // namespace isoflop
