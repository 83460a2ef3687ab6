#include "analysis/fit/conventions.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

/// A grid whose losses follow kSmallLaw in the total count; embeddings are
/// `share` of the smallest size and grow as its root.
ObservationSet WithEmbeddings(double share) {
  ObservationSet set =
      MakeSet(FullGrid(kSmallLaw, Doubling(1e4, 7), Doubling(1e6, 7)));
  set.params = ParamsKind::kTotal;
  for (Observation& o : set.rows) {
    o.params_total = o.N;
    o.params_non_embedding = o.N - share * std::sqrt(o.N * 1e4);
  }
  return set;
}

TEST(Conventions, GiveTheExponentsUnderEitherCount) {
  const auto fits = CompareConventions(WithEmbeddings(0.5), {}, {});
  ASSERT_EQ(fits.size(), 2U);
  EXPECT_EQ(fits[0].params, ParamsKind::kTotal);
  EXPECT_NEAR(fits[0].chinchilla.law.alpha, kSmallLaw.alpha, 1e-6);
  EXPECT_TRUE(fits[0].chinchilla.certificate.certified());
  EXPECT_EQ(fits[1].params, ParamsKind::kNonEmbedding);
  EXPECT_LT(fits[1].chinchilla.law.alpha, 0.95 * kSmallLaw.alpha);
  EXPECT_EQ(fits[0].isoflop.status, FitStatus::kOk) << fits[0].isoflop.reason;
  // Sizes are in no budget together when the embeddings are not counted.
  EXPECT_EQ(fits[1].isoflop.status, FitStatus::kUnsupported);
}

TEST(Conventions, DoNotDependOnTheCountThatTheObservationsHave) {
  const ObservationSet total = WithEmbeddings(0.5);
  const auto fits =
      CompareConventions(WithParams(total, ParamsKind::kNonEmbedding), {},
                         {.curve = IsoflopCurve::kAkima});
  EXPECT_NEAR(fits.at(0).chinchilla.law.alpha, kSmallLaw.alpha, 1e-6);
}

TEST(Conventions, AreNotComparedWithoutBothCounts) {
  ObservationSet set = WithEmbeddings(0.5);
  set.rows[3].params_non_embedding.reset();
  EXPECT_TRUE(CompareConventions(set, {}, {}).empty());
  EXPECT_TRUE(CompareConventions(WithEmbeddings(0.0), {}, {}).empty());
}

}  // namespace
}  // namespace isoflop
