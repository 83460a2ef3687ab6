#include "lib/sweep/first_sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/sweep/plan.h"
#include "lib/sweep/sweep_spec.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::HasSubstr;
using testing::Not;

const Json kLexicon = {{"kind", "lexicon"}, {"words", 65536}};

FirstSweepRequest RequestFor(double flops) {
  FirstSweepRequest request;
  request.source = "--flops";
  request.data = kLexicon;
  request.flops = flops;
  return request;
}

Plan PlanOfText(const std::string& text) {
  return MakePlan(ParseSweep(ParseJson(text, "made"), "made"));
}

class FirstSweepBudgetTest : public testing::TestWithParam<double> {};

TEST_P(FirstSweepBudgetTest, IsSpentAndNotExceeded) {
  const FirstSweep made = DesignFirstSweep(RequestFor(GetParam()));
  const double planned = Totals(PlanOfText(made.sweep)).flops +
                         Totals(PlanOfText(made.lr_check)).flops;
  EXPECT_NEAR(planned, made.flops, 1e-9 * planned);
  EXPECT_LE(planned, GetParam());
  EXPECT_GE(planned, 0.75 * GetParam());
  EXPECT_LE(made.lr_check_flops, 0.2 * planned);
  EXPECT_FALSE(made.data_end_first);
}

TEST_P(FirstSweepBudgetTest, LeavesNothingToAdviseButSeeds) {
  const Plan plan = PlanOfText(DesignFirstSweep(RequestFor(GetParam())).sweep);
  for (const std::string& note : plan.notes) {
    EXPECT_THAT(note, testing::AnyOf(HasSubstr("one seed"),
                                     HasSubstr("the learning rate is not")));
  }
}

INSTANTIATE_TEST_SUITE_P(FromALaptopToACluster, FirstSweepBudgetTest,
                         testing::Values(4e12, 1e13, 1e14, 1e16, 1e19));

TEST(FirstSweep, TakesMoreSeedsWhereThereIsRoom) {
  EXPECT_EQ(DesignFirstSweep(RequestFor(5e12)).seeds, 1);
  EXPECT_EQ(DesignFirstSweep(RequestFor(6e13)).seeds, 2);
  EXPECT_EQ(DesignFirstSweep(RequestFor(1e16)).seeds, 3);
}

TEST(FirstSweep, RepeatsNoDataAndSaysThatTheyEndFirst) {
  FirstSweepRequest request = RequestFor(1e15);
  request.train_tokens = 20'000'000;
  const FirstSweep made = DesignFirstSweep(request);
  EXPECT_TRUE(made.data_end_first);
  EXPECT_LT(made.flops, 1e15);
  for (const RunGroup& group : PlanOfText(made.sweep).groups) {
    EXPECT_LE(group.runs.back().tokens, 20'000'000);
  }
}

TEST(FirstSweep, GrowsInDepthWhereModelsAreLarge) {
  EXPECT_THAT(DesignFirstSweep(RequestFor(1e13)).sweep,
              HasSubstr("Only the width grows"));
  EXPECT_THAT(DesignFirstSweep(RequestFor(1e17)).sweep,
              HasSubstr("Depth grows with the width"));
}

TEST(FirstSweep, RefusesABudgetThatIsTooSmallAndNamesTheLeast) {
  EXPECT_ERROR(DesignFirstSweep(RequestFor(1e9)), "--flops: must be at least");
  // What it names is enough.
  try {
    DesignFirstSweep(RequestFor(1.0));
    FAIL();
  } catch (const Error& error) {
    const std::string said = error.what();
    const double least = std::stod(said.substr(said.find("least ") + 6));
    EXPECT_NO_THROW(DesignFirstSweep(RequestFor(least)));
    EXPECT_GT(least, 1e11);
    EXPECT_LT(least, 1e13);
  }
}

TEST(FirstSweep, RefusesDataThatAreTooFew) {
  FirstSweepRequest request = RequestFor(1e13);
  request.train_tokens = 100'000;
  EXPECT_ERROR(DesignFirstSweep(request), "too few for a sweep");
}

TEST(FirstSweep, RefusesADataSectionThatIsNone) {
  FirstSweepRequest request = RequestFor(1e13);
  request.data = {{"kind", "books"}};
  EXPECT_THROW(DesignFirstSweep(request), Error);
}

TEST(FirstSweep, WritesANameAsJson) {
  FirstSweepRequest request = RequestFor(1e13);
  request.name = "mine";
  const FirstSweep made = DesignFirstSweep(request);
  EXPECT_EQ(ParseJson(made.sweep, "made")["name"], "mine");
  EXPECT_EQ(ParseJson(made.lr_check, "made")["name"], "mine-lr");
}

}  // namespace
}  // namespace isoflop
