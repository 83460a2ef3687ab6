#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/observe/sweep_observations.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

RunGroup Group(const std::string& id, const Json& variant) {
  RunGroup group;
  group.id = id;
  group.variant = variant;
  return group;
}

RunResult Result(const std::string& group) {
  RunResult result;
  result.group = group;
  result.status = RunStatus::kOk;
  result.loss = 3.0;
  result.params_total = 10;
  result.params_non_embedding = 8;
  result.tokens = 100;
  result.flops = 6000.0;
  return result;
}

Plan TwoAxes() {
  Plan plan;
  plan.name = "two";
  plan.groups = {
      Group("g0", {{"model.position", "rotary"}, {"training.peak_lr", 0.01}}),
      Group("g1", {{"model.position", "none"}, {"training.peak_lr", 0.01}})};
  return plan;
}

TEST(SweepRecipes, AreLabelledWithTheValuesOfTheAxis) {
  const Plan plan = TwoAxes();
  const std::vector<RunResult> results = {Result("g1"), Result("g0")};
  const auto by_position = SweepRecipes(plan, results, "model.position");
  EXPECT_THAT(by_position.labels, ElementsAre("none", "rotary"));
  EXPECT_EQ(by_position.set.rows.size(), 2U);
}

TEST(SweepRecipes, AreOfOneVariantOfEverythingElse) {
  const auto by_rate =
      SweepRecipes(TwoAxes(), {Result("g1"), Result("g0")}, "training.peak_lr");
  EXPECT_THAT(by_rate.labels, ElementsAre("0.01"));
  EXPECT_EQ(by_rate.set.warnings.size(), 1U);
}

TEST(RequireAxis, IsTheOnlyOneOrTheOneThatWasNamed) {
  Plan one = TwoAxes();
  for (RunGroup& group : one.groups) group.variant.erase("training.peak_lr");
  EXPECT_EQ(RequireAxis(one, ""), "model.position");
  EXPECT_EQ(RequireAxis(TwoAxes(), "training.peak_lr"), "training.peak_lr");
}

TEST(RequireAxis, RefusesWhatDoesNotVary) {
  EXPECT_ERROR(RequireAxis(TwoAxes(), ""),
               "--by: the sweep varies model.position, training.peak_lr: which "
               "of them?");
  EXPECT_ERROR(
      RequireAxis(TwoAxes(), "model.positon"),
      "does not vary 'model.positon' (did you mean 'model.position'?)");
  Plan none = TwoAxes();
  for (RunGroup& group : none.groups) group.variant = Json::object();
  EXPECT_ERROR(RequireAxis(none, ""), "two: the sweep varies nothing");
}

}  // namespace
}  // namespace isoflop
