// Laws fitted with something held: tied exponents, fixed coefficients.

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "analysis/regress/chinchilla_fit.h"
#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

using Fixed = std::map<std::string, double>;

void ExpectSmallLaw(const ChinchillaFit& fit, const std::string& what) {
  ASSERT_EQ(fit.status, FitStatus::kOk) << what << ": " << fit.reason;
  EXPECT_NEAR(fit.law.E, kSmallLaw.E, 1e-6) << what;
  EXPECT_NEAR(fit.law.A / kSmallLaw.A, 1.0, 1e-6) << what;
  EXPECT_NEAR(fit.law.B / kSmallLaw.B, 1.0, 1e-6) << what;
  EXPECT_NEAR(fit.law.alpha, kSmallLaw.alpha, 1e-6) << what;
  EXPECT_NEAR(fit.law.beta, kSmallLaw.beta, 1e-6) << what;
  EXPECT_TRUE(fit.certificate.certified()) << what;
}

TEST(HeldCoefficients, AreNoHindranceWhenTheyAreTheTruth) {
  const std::vector<Fixed> cases = {
      {{"E", kSmallLaw.E}},
      {{"A", kSmallLaw.A}},
      {{"B", kSmallLaw.B}},
      {{"alpha", kSmallLaw.alpha}},
      {{"beta", kSmallLaw.beta}},
      {{"alpha", kSmallLaw.alpha}, {"beta", kSmallLaw.beta}},
      {{"E", kSmallLaw.E}, {"A", kSmallLaw.A}, {"B", kSmallLaw.B}},
      {{"E", kSmallLaw.E}, {"alpha", kSmallLaw.alpha}, {"B", kSmallLaw.B}}};
  for (const Fixed& fixed : cases) {
    const auto fit = FitChinchilla(SmallSweep(), {.fixed = fixed});
    ExpectSmallLaw(fit, fixed.begin()->first);
  }
}

TEST(HeldCoefficients, AreExactlyWhatWasGiven) {
  const auto data = WithNoise(SmallSweep(), 0.005, 3);
  const auto fit = FitChinchilla(data, {.fixed = {{"E", 1.0}, {"beta", 0.5}}});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_DOUBLE_EQ(fit.law.E, 1.0);
  EXPECT_EQ(fit.law.beta, 0.5);
  const auto scale = FitChinchilla(data, {.fixed = {{"A", 200.0}}});
  ASSERT_EQ(scale.status, FitStatus::kOk) << scale.reason;
  EXPECT_NEAR(scale.law.A, 200.0, 1e-9);
}

TEST(HeldCoefficients, RaiseTheObjectiveAtLeastAsMuchAsTheyHold) {
  const auto data = WithNoise(SmallSweep(), 0.005, 3);
  const auto free = FitChinchilla(data, {});
  const auto tied = FitChinchilla(data, {.tied_exponents = true});
  const auto both =
      FitChinchilla(data, {.tied_exponents = true, .fixed = {{"E", 1.0}}});
  EXPECT_GT(tied.objective, free.objective);
  EXPECT_GT(both.objective, tied.objective);
}

TEST(HeldCoefficients, TiedExponentsAreOne) {
  const auto fit = FitChinchilla(WithNoise(SmallSweep(), 0.005, 3),
                                 {.tied_exponents = true});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_EQ(fit.law.alpha, fit.law.beta);
  EXPECT_TRUE(fit.certificate.certified());
  EXPECT_NEAR(fit.law.alpha, 0.57, 0.1);
  EXPECT_GT(fit.certificate.condition_number.value_or(0.0), 1.0);
}

TEST(HeldCoefficients, TiedExponentsAreFoundWhereTheyAreTied) {
  Chinchilla law = kSmallLaw;
  law.beta = law.alpha;
  const auto data = FullGrid(law, Doubling(1e4, 5), Doubling(1e6, 5));
  const auto fit = FitChinchilla(data, {.tied_exponents = true});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.law.alpha, law.alpha, 1e-6);
  EXPECT_NEAR(fit.law.B / law.B, 1.0, 1e-6);
}

TEST(HeldCoefficients, NoneLeftIsNoFit) {
  const auto fit = FitChinchilla(
      SmallSweep(),
      {.tied_exponents = true,
       .fixed = {{"E", 1.0}, {"A", 1.0}, {"B", 1.0}, {"alpha", 0.5}}});
  EXPECT_EQ(fit.status, FitStatus::kUnsupported);
  EXPECT_NE(fit.reason.find("nothing is left"), std::string::npos);
}

TEST(HeldCoefficients, NeedFewerRuns) {
  auto data = FullGrid(kSmallLaw, Doubling(1e4, 2), Doubling(1e6, 2));
  const auto fit = FitChinchilla(
      data, {.fixed = {{"E", kSmallLaw.E}, {"beta", kSmallLaw.beta}}});
  ASSERT_EQ(fit.status, FitStatus::kOk) << fit.reason;
  EXPECT_NEAR(fit.law.alpha, kSmallLaw.alpha, 1e-6);
}

}  // namespace
}  // namespace isoflop
