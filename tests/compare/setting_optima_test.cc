#include "analysis/compare/setting_optima.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/regress/synthetic.h"

namespace isoflop {
namespace {

/// Losses that rise with the square of ln(rate / best), best = k N^p D^q.
struct Valleys {
  double p = 0.0;
  double q = 0.0;
  double noise = 0.0;
  std::vector<double> rates = {0.0005, 0.001, 0.002, 0.004, 0.008, 0.016};
  std::vector<double> sizes = Doubling(1e6, 4);
  std::vector<double> tokens = Doubling(1e8, 3);

  LabelledObservations Make() const {
    LabelledObservations made;
    RandomStream stream(3);
    for (const double N : sizes) {
      for (const double D : tokens) {
        const double best = 0.003 * std::pow(N / 3e6, p) * std::pow(D / 2e8, q);
        for (const double rate : rates) {
          const double x = std::log(rate / best);
          made.set.rows.push_back(MakeObservation(
              N, D, 3.0 + 0.02 * x * x + noise * stream.Normal()));
          made.labels.push_back(std::to_string(rate));
        }
      }
    }
    return made;
  }
};

std::optional<SettingOptima> OptimaOf(const LabelledObservations& made) {
  return OptimaOf(made.set.rows, made.labels);
}

TEST(SettingOptima, FindTheLawOfTheBestLearningRate) {
  const auto optima = OptimaOf(Valleys{.p = -0.3, .q = 0.1}.Make());
  ASSERT_TRUE(optima && optima->law);
  EXPECT_EQ(optima->places.size(), 12U);
  EXPECT_EQ(optima->law->places, 12);
  EXPECT_NEAR(optima->law->params->value, -0.3, 1e-6);
  EXPECT_NEAR(optima->law->tokens->value, 0.1, 1e-6);
  EXPECT_NEAR(*optima->places.front().vertex,
              0.003 * std::pow(1.0 / 3.0, -0.3) * std::pow(0.5, 0.1), 1e-8);
}

TEST(SettingOptima, HoldTheTruthInTheirIntervals) {
  const auto optima =
      OptimaOf(Valleys{.p = -0.3, .q = 0.1, .noise = 0.002}.Make());
  ASSERT_TRUE(optima && optima->law);
  const SettingExponent& params = *optima->law->params;
  EXPECT_LT(params.interval95.low, -0.3);
  EXPECT_GT(params.interval95.high, -0.3);
  EXPECT_LT(params.interval95.high, 0.0) << "that it falls is seen";
}

TEST(SettingOptima, SayWhereTheBestIsTheLastThatWasTried) {
  Valleys valleys;
  valleys.rates = {0.0005, 0.001, 0.002};
  const auto optima = OptimaOf(valleys.Make());
  ASSERT_TRUE(optima.has_value());
  for (const PlaceOptimum& place : optima->places) {
    EXPECT_EQ(place.best, 0.002);
    EXPECT_FALSE(place.vertex.has_value());
  }
  EXPECT_FALSE(optima->law.has_value());
}

TEST(SettingOptima, LeaveOutTheExponentOfWhatDoesNotVary) {
  Valleys valleys{.p = -0.3};
  valleys.tokens = {1e8};
  const auto one_length = OptimaOf(valleys.Make());
  ASSERT_TRUE(one_length && one_length->law);
  EXPECT_TRUE(one_length->law->params.has_value());
  EXPECT_FALSE(one_length->law->tokens.has_value());
}

TEST(SettingOptima, DoNotTellNFromDWhereTheyGrowTogether) {
  LabelledObservations made = Valleys{.p = -0.3}.Make();
  for (Observation& o : made.set.rows) o.D = 20.0 * o.N;
  const auto optima = OptimaOf(made);
  ASSERT_TRUE(optima && optima->law);
  EXPECT_TRUE(optima->law->params.has_value());
  EXPECT_FALSE(optima->law->tokens.has_value());
}

TEST(SettingOptima, TakeTheMeanOfSeeds) {
  LabelledObservations made;
  const auto add = [&](const char* rate, double loss) {
    made.set.rows.push_back(MakeObservation(1e6, 1e8, loss));
    made.labels.emplace_back(rate);
  };
  add("0.1", 3.0);
  add("0.2", 2.5);
  add("0.2", 3.1);  // mean 2.8
  add("0.4", 2.9);
  const auto optima = OptimaOf(made);
  ASSERT_TRUE(optima.has_value());
  EXPECT_EQ(optima->places.front().best, 0.2);
  EXPECT_DOUBLE_EQ(optima->places.front().loss, 2.8);
}

TEST(SettingOptima, AreOfNumbersOnlyAndOfThreeOrMore) {
  LabelledObservations words = Valleys{}.Make();
  words.labels.front() = "adam";
  EXPECT_FALSE(OptimaOf(words).has_value());
  Valleys two;
  two.rates = {0.001, 0.002};
  EXPECT_FALSE(OptimaOf(two.Make()).has_value());
}

}  // namespace
}  // namespace isoflop
