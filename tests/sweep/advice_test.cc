#include "lib/sweep/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sweep/tiny_sweep.h"

namespace isoflop {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> AdviceOn(const Json& json) {
  const SweepSpec spec = Parse(json);
  return Advice(spec, MakePlan(spec));
}

/// A sweep that leaves nothing to be desired.
Json CarefulSweep() {
  Json json = TinySweepWith("/model/layers", 2);
  json["grid"] = ParseJson(R"({
    "sizes": [{"d_model": 8}, {"d_model": 16}, {"d_model": 24},
              {"d_model": 32}],
    "budgets_flops": [1e10, 2e10, 4e10, 8e10, 16e10] })",
                           "grid");
  json["vary"]["training.peak_lr"] = {0.002, 0.005, 0.01};
  json["training"]["batch_tokens"] = 128;
  return json;
}

TEST(Advice, HasNothingToSayAboutACarefulSweep) {
  EXPECT_THAT(AdviceOn(CarefulSweep()), IsEmpty());
}

TEST(Advice, WarnsOfRunsOfFewSteps) {
  Json json = CarefulSweep();
  json["training"]["batch_tokens"] = 1024;
  EXPECT_THAT(AdviceOn(json), Contains(HasSubstr("fewer than 500 steps")));
}

TEST(Advice, WarnsOfOneSeed) {
  Json json = CarefulSweep();
  json["seeds"] = {0};
  EXPECT_THAT(AdviceOn(json), Contains(HasSubstr("one seed")));
}

TEST(Advice, AsksForThreeLearningRates) {
  Json json = CarefulSweep();
  json["vary"]["training.peak_lr"] = {0.002, 0.005};
  EXPECT_THAT(AdviceOn(json),
              Contains(HasSubstr("the learning rate is not checked")));
}

TEST(Advice, AsksForFiveBudgets) {
  Json json = CarefulSweep();
  json["grid"]["budgets_flops"] = {1e10, 4e10, 16e10};
  EXPECT_THAT(AdviceOn(json), Contains(HasSubstr("3 budgets")));
}

TEST(Advice, NamesABudgetWithTooFewSizesForAParabola) {
  Json json = CarefulSweep();
  json["grid"]["tokens_per_param_range"] = {2, 400};
  EXPECT_THAT(AdviceOn(json),
              Contains(HasSubstr("budget 1.6e+11: only 2 sizes left")));
}

TEST(Advice, WarnsOfANarrowRangeOfNOrD) {
  const auto notes = AdviceOn(TinySweep());
  EXPECT_THAT(notes, Contains(HasSubstr("D ranges over a factor of only 4")));
  EXPECT_THAT(notes, Not(Contains(HasSubstr("N spans"))));
}

TEST(Advice, WarnsOfDataThatAreSeenTooOften) {
  Plan plan = MakePlan(Parse(CarefulSweep()));
  plan.groups[0].runs[0].epochs = 4.0;
  EXPECT_THAT(Advice(Parse(CarefulSweep()), plan), IsEmpty());
  plan.groups[0].runs[0].epochs = 14.9;
  EXPECT_THAT(Advice(Parse(CarefulSweep()), plan),
              Contains(HasSubstr("1 run sees the data more than 4 times, up to "
                                 "14.9")));
}

TEST(Advice, IsPartOfThePlan) {
  EXPECT_THAT(PlanOf(TinySweep()).notes,
              Contains(HasSubstr("the learning rate is not checked")));
}

}  // namespace
}  // namespace isoflop
