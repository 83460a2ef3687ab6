#include "analysis/observe/result_values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Json kResult = {{"loss", 2.0},
                      {"curve", {1.0, 2.0, 3.0, 4.0}},
                      {"layers", {{{"x", 1.0}}, {{"x", 5.0}}}},
                      {"word", "no number"}};

TEST(ResultValues, AreFoundByTheirPath) {
  EXPECT_THAT(NumbersAt(kResult, "loss"), ElementsAre(2.0));
  EXPECT_THAT(NumbersAt(kResult, "curve"), ElementsAre(1.0, 2.0, 3.0, 4.0));
  EXPECT_THAT(NumbersAt(kResult, "curve[-1]"), ElementsAre(4.0));
  EXPECT_THAT(NumbersAt(kResult, "layers[1].x"), ElementsAre(5.0));
}

TEST(ResultValues, AreNoneWhereThereIsNothing) {
  for (const char* path : {"los", "curve[4]", "curve[-5]", "layers.x", "word",
                           "loss.x", "layers[0]", "", "curve[]"}) {
    EXPECT_THAT(NumbersAt(kResult, path), IsEmpty()) << path;
  }
}

TEST(ResultValues, AreCutOutOfACurve) {
  EXPECT_THAT(NumbersAt(kResult, "curve[1:3]"), ElementsAre(2.0, 3.0));
  EXPECT_THAT(NumbersAt(kResult, "curve[-2:9]"), ElementsAre(3.0, 4.0));
  EXPECT_THAT(NumbersAt(kResult, "curve[3:1]"), IsEmpty());
  EXPECT_THAT(NumbersAt(kResult, "curve[:]"), IsEmpty());
}

RunGroup GroupOf(const std::string& id, std::int64_t params,
                 const std::string& position, std::int64_t seed = 0) {
  RunGroup group;
  group.seed = seed;
  group.shape.d_model = params;
  group.params.total = params;
  group.training.batch_tokens = 100;
  group.variant = {{"model.position", position}};
  for (const std::int64_t tokens : {1000, 2000}) {
    PlannedRun run;
    run.id = id + (tokens == 1000 ? "-short" : "-long");
    run.tokens = tokens;
    group.runs.push_back(run);
  }
  return group;
}

Plan TwoPositions() {
  Plan plan;
  plan.groups = {GroupOf("a", 100, "none"), GroupOf("b", 110, "rotary"),
                 GroupOf("c", 300, "rotary"), GroupOf("d", 105, "rotary", 1)};
  return plan;
}

TEST(Partner, IsTheRunOfTheNearestSizeAndTheSameLengthAndSeed) {
  const Plan plan = TwoPositions();
  const Json rotary = {{"model.position", "rotary"}};
  EXPECT_EQ(PartnerOf(plan, "a-short", rotary), "b-short");
  EXPECT_EQ(PartnerOf(plan, "a-long", rotary), "b-long");
  EXPECT_EQ(PartnerOf(plan, "c-long", {{"model.position", "none"}}), "a-long");
}

TEST(Partner, MayDifferInWhatIsNamed) {
  const Plan plan = TwoPositions();
  EXPECT_EQ(PartnerOf(plan, "b-short", {{"tokens", 2000}}), "b-long");
  EXPECT_EQ(PartnerOf(plan, "b-short", {{"d_model", 300}}), "c-short");
  EXPECT_EQ(PartnerOf(plan, "b-short", {{"seed", 1}}), "d-short");
}

TEST(Partner, IsNoneWhereNoRunIsLikeThat) {
  const Plan plan = TwoPositions();
  EXPECT_EQ(PartnerOf(plan, "a-short", {{"model.position", "alibi"}}), "");
  EXPECT_EQ(PartnerOf(plan, "nobody", {{"seed", 0}}), "");
  EXPECT_EQ(PartnerOf(plan, "a-short", {{"d_model", 300}}), "");
}

}  // namespace
}  // namespace isoflop
