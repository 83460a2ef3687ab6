#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "lib/core/json.h"
#include "lib/data/task.h"
#include "tests/data/open_kind.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kPi = 3.14159265358979323846;

std::unique_ptr<Task> OpenPowerFeatures(const Json& keys,
                                        std::int64_t context = 1) {
  return OpenKind("power_features", keys, context);
}

/// An example of the first `inputs` features.
struct PowerSample {
  std::vector<float> x;
  float y = 0.0F;
};

PowerSample ReadPower(const Task& task, std::size_t inputs, std::int64_t index,
                      std::int64_t seed = 0) {
  PowerSample sample;
  sample.x.resize(inputs);
  task.ReadTrain(seed, index,
                 {.vectors = sample.x, .target_vectors = {&sample.y, 1}});
  return sample;
}

double PowerRisk(const Task& task, const std::vector<float>& weights) {
  return task.RiskOfLinear(weights).value();
}

TEST(PowerFeatures, HaveTheVarianceThatTheTargetSays) {
  // b = 2: the sum of i^-2 is pi^2 / 6.
  const auto task =
      OpenPowerFeatures({{"target_exponent", 2}, {"noise_variance", 0.5}});
  EXPECT_NEAR(PowerRisk(*task, {0.0F}), kPi * kPi / 6.0 + 0.5, 1e-12);
  EXPECT_NEAR(PowerRisk(*task, std::vector<float>(1000)), kPi * kPi / 6.0 + 0.5,
              1e-12);
}

TEST(PowerFeatures, LeaveTheOptimalModelWhatItDoesNotSee) {
  const auto task = OpenPowerFeatures({{"feature_exponent", 1.0},
                                       {"target_exponent", 2},
                                       {"noise_variance", 0}});
  // w_i = i^(-1/2)
  const std::vector<float> optimal = {1.0F, std::sqrt(0.5F),
                                      std::sqrt(1.0F / 3)};
  EXPECT_NEAR(PowerRisk(*task, optimal),
              kPi * kPi / 6.0 - 1.0 - 0.25 - 1.0 / 9.0, 1e-6);
}

TEST(PowerFeatures, HaveTheRiskThatSamplesHave) {
  const auto task = OpenPowerFeatures({{"noise_variance", 0.25}});
  const std::vector<float> weights = {0.5F, -0.25F, 0.0F, 1.0F};
  constexpr int kSamples = 100000;
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < kSamples; ++i) {
    const PowerSample sample = ReadPower(*task, weights.size(), i);
    double error = static_cast<double>(sample.y);
    for (std::size_t j = 0; j < weights.size(); ++j) {
      error -= static_cast<double>(weights[j] * sample.x[j]);
    }
    sum += error * error;
    squares += std::pow(error, 4.0);
  }
  const double mean = sum / kSamples;
  const double std_error =
      std::sqrt((squares / kSamples - mean * mean) / kSamples);
  EXPECT_NEAR(mean, PowerRisk(*task, weights), 3.0 * std_error);
}

TEST(PowerFeatures, AreTheSameHoweverManyAreRead) {
  const auto task = OpenPowerFeatures(Json::object());
  const PowerSample few = ReadPower(*task, 5, 3, 1);
  const PowerSample many = ReadPower(*task, 500, 3, 1);
  EXPECT_TRUE(std::equal(few.x.begin(), few.x.end(), many.x.begin()));
  EXPECT_EQ(ReadPower(*task, 5, 3, 1).y, few.y);
}

TEST(PowerFeatures, DifferByIndexBySeedAndInTheEvaluationSet) {
  const auto task = OpenPowerFeatures(Json::object());
  PowerSample eval{.x = std::vector<float>(3)};
  task->ReadEval(3, {.vectors = eval.x, .target_vectors = {&eval.y, 1}});
  const PowerSample one = ReadPower(*task, 3, 3, 0);
  EXPECT_NE(one.x, ReadPower(*task, 3, 4, 0).x);
  EXPECT_NE(one.x, ReadPower(*task, 3, 3, 1).x);
  EXPECT_NE(one.x, eval.x);
  EXPECT_NE(one.y, eval.y);
}

TEST(PowerFeatures, SayWhatIsKnownOfThem) {
  const auto task = OpenPowerFeatures({{"noise_variance", 0.25}});
  EXPECT_EQ(task->info().loss_unit, LossUnit::kSquaredError);
  EXPECT_EQ(task->info().optimum.expected, 0.25);
  EXPECT_THAT(task->info().notes,
              ElementsAre(HasSubstr("E = 0.25, alpha = 0.5, beta = 0.4167, N* "
                                    "grows as C^0.4545")));
}

TEST(PowerFeatures, RefuseWhatTheyAreNot) {
  EXPECT_ERROR(OpenPowerFeatures(Json::object(), 64),
               "a.json: data.kind: power_features has examples of one "
               "position: model.context must be 1, got 64");
  EXPECT_ERROR(OpenPowerFeatures({{"target_exponent", 1}}),
               "target_exponent: must be from 1.01 to 10, got 1");
  EXPECT_ERROR(OpenPowerFeatures({{"feature_exponent", 0}}),
               "feature_exponent: must be above 0");
  EXPECT_ERROR(OpenPowerFeatures({{"noise_variance", -1}}),
               "noise_variance: must be");
  EXPECT_ERROR(OpenPowerFeatures({{"features", 0}}), "features: must be");
  EXPECT_ERROR(OpenPowerFeatures({{"vocab_size", 8}}),
               "vocab_size: is a key of kind \"lexicon\", \"tokens\", but the "
               "kind is \"power_features\"");
}

}  // namespace
}  // namespace isoflop
