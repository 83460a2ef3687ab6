#include "analysis/observe/observation.h"

#include <gtest/gtest.h>

#include "tests/regress/synthetic.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

ObservationSet TwoCounts() {
  ObservationSet set = MakeSet({MakeObservation(10.0, 100.0, 3.0)});
  set.params = ParamsKind::kTotal;
  set.rows[0].params_total = 10.0;
  set.rows[0].params_non_embedding = 7.0;
  return set;
}

TEST(WithParams, CountsAsAskedAndKeepsCAt6ND) {
  const auto set = WithParams(TwoCounts(), ParamsKind::kNonEmbedding);
  EXPECT_EQ(set.params, ParamsKind::kNonEmbedding);
  EXPECT_EQ(set.rows[0].N, 7.0);
  EXPECT_EQ(set.rows[0].C, 4200.0);
}

TEST(WithParams, LeavesFlopsThatWereGiven) {
  ObservationSet given = TwoCounts();
  given.flops = FlopsKind::kAsGiven;
  given.rows[0].C = 1234.0;
  EXPECT_EQ(WithParams(given, ParamsKind::kNonEmbedding).rows[0].C, 1234.0);
}

TEST(WithParams, ChangesNothingWhenTheKindIsTheSame) {
  EXPECT_EQ(WithParams(TwoCounts(), ParamsKind::kTotal).rows[0].N, 10.0);
  EXPECT_EQ(WithParams(TwoCounts(), ParamsKind::kAsGiven).params,
            ParamsKind::kTotal);
}

TEST(WithParams, ForgetsBudgetsThatHoldForTheOtherCount) {
  ObservationSet set = TwoCounts();
  set.rows[0].budget_flops = 6000.0;
  const auto recounted = WithParams(set, ParamsKind::kNonEmbedding);
  EXPECT_FALSE(recounted.rows[0].budget_flops.has_value());
  ASSERT_EQ(recounted.notes.size(), 1U);
  EXPECT_NE(recounted.notes[0].find("non_embedding"), std::string::npos);
  EXPECT_NE(recounted.notes[0].find("grouped by C"), std::string::npos);
}

TEST(WithParams, KeepsBudgetsThatStillHold) {
  ObservationSet set = TwoCounts();
  set.rows[0].budget_flops = 6000.0;
  EXPECT_TRUE(WithParams(set, ParamsKind::kTotal).rows[0].budget_flops);
  ObservationSet given = set;
  given.flops = FlopsKind::kAsGiven;
  const auto recounted = WithParams(given, ParamsKind::kNonEmbedding);
  EXPECT_EQ(recounted.rows[0].budget_flops, 6000.0);
  EXPECT_TRUE(recounted.notes.empty());
  ObservationSet unnamed = set;
  unnamed.params = ParamsKind::kAsGiven;
  EXPECT_TRUE(WithParams(unnamed, ParamsKind::kTotal).rows[0].budget_flops);
}

TEST(WithParams, RefusesACountThatIsNotThere) {
  ObservationSet set = TwoCounts();
  set.rows[0].params_non_embedding.reset();
  EXPECT_ERROR(WithParams(set, ParamsKind::kNonEmbedding),
               "synthetic: observation 1 has no params_non_embedding");
}

TEST(CountDistinct, IgnoresRoundingAndOrder) {
  const std::vector<Observation> runs = {
      MakeObservation(2e6, 1e8, 3.0), MakeObservation(1e6, 1e8, 3.0),
      MakeObservation(2e6 * (1.0 + 1e-13), 1e8, 3.0)};
  EXPECT_EQ(CountDistinct(runs, &Observation::N), 2U);
  EXPECT_EQ(CountDistinct(runs, &Observation::D), 1U);
  EXPECT_EQ(CountDistinct({}, &Observation::D), 0U);
}

}  // namespace
}  // namespace isoflop
