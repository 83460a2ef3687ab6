// Training held against a law that is known exactly at every finite size.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "lib/sweep/lr_schedule.h"
#include "lib/train/trainer.h"
#include "tests/apps/command.h"
#include "tests/train/tiny_sweep.h"

namespace isoflop {
namespace {

/// What of a sweep the exact loss depends on.
struct Setting {
  double a = 1.5;
  double b = 1.5;
  double noise_variance = 0.0;
  std::int64_t features = 64;  // M
  std::int64_t steps = 1000;
  double lr = 0.3;
  const char* schedule = "constant";
};

constexpr std::int64_t kBatch = 16;

Json SweepJson(const Setting& s) {
  return {{"schema", kSweepSchema},
          {"name", "exact"},
          {"data",
           {{"kind", "power_features"},
            {"feature_exponent", s.a},
            {"target_exponent", s.b},
            {"noise_variance", s.noise_variance}}},
          {"model", {{"architecture", "linear"}, {"context", 1}}},
          {"grid",
           {{"sizes", {{{"d_model", s.features}}}},
            {"tokens", {kBatch * s.steps}}}},
          {"training",
           {{"batch_tokens", kBatch},
            {"optimizer", "sgd"},
            {"peak_lr", s.lr},
            {"lr_scaling", "none"},
            {"clip_norm", 0},
            {"schedule", {{"kind", s.schedule}, {"warmup_steps", 0}}}}}};
}

/// The sum of i^-b over i > n, without end: a long sum and the integral beyond,
/// with half of its first term.
double SumBeyond(std::int64_t n, double b) {
  constexpr std::int64_t kFar = 2'000'000;
  double sum = 0.0;
  for (std::int64_t i = kFar; i > n; --i) {
    sum += std::pow(static_cast<double>(i), -b);
  }
  const auto far = static_cast<double>(kFar);
  return sum + std::pow(far, 1.0 - b) / (b - 1.0) - 0.5 * std::pow(far, -b);
}

/// The expected loss by the recursion of the errors of the weights,
///
///   S_i <- (1 - eta l_i)^2 S_i + eta^2 / B (l_i R + l_i^2 S_i),
///   R = sum of l_i S_i + tau^2,
///
/// of Lin et al. 2024 (arXiv:2406.08466).
double ExactLoss(const Setting& s,
                 const std::function<double(std::int64_t)>& rate) {
  std::vector<double> variance;
  std::vector<double> S;
  for (std::int64_t i = 1; i <= s.features; ++i) {
    const auto x = static_cast<double>(i);
    variance.push_back(std::pow(x, -s.a));
    S.push_back(std::pow(x, s.a - s.b));
  }
  const double tau2 = SumBeyond(s.features, s.b) + s.noise_variance;
  const auto risk = [&] {
    double R = tau2;
    for (std::size_t i = 0; i < S.size(); ++i) R += variance[i] * S[i];
    return R;
  };
  for (std::int64_t step = 0; step < s.steps; ++step) {
    const double R = risk();
    const double eta = rate(step);
    for (std::size_t i = 0; i < S.size(); ++i) {
      const double l = variance[i];
      S[i] = std::pow(1.0 - eta * l, 2.0) * S[i] +
             eta * eta / static_cast<double>(kBatch) * (l * R + l * l * S[i]);
    }
  }
  return risk();
}

/// With the rates that training has.
double ExactLoss(const Setting& s) {
  TinySweep sweep(SweepJson(s));
  const LrSchedule schedule = MakeSchedule(sweep.group().training, s.steps);
  return ExactLoss(
      s, [&](std::int64_t step) { return LearningRate(schedule, step); });
}

/// The exact expected loss of weights that were trained on `seed`.
double TrainedLoss(TinySweep& sweep, std::int64_t seed) {
  sweep.group().seed = seed;
  Trainer trainer(sweep.group(), sweep.task(), at::kCPU);
  trainer.Initialize();
  const std::int64_t steps = sweep.group().runs.front().steps;
  const LrSchedule schedule = MakeSchedule(sweep.group().training, steps);
  for (std::int64_t step = 0; step < steps; ++step) {
    trainer.Update(step, schedule);
    if ((step + 1) % 32 == 0) trainer.TakeResults();
  }
  const auto evaluation = trainer.Evaluate([] { return false; });
  EXPECT_FALSE(evaluation->std_error) << "it is exact";
  return evaluation->loss;
}

TEST(PowerFeaturesLaw, HasItsGoldenValues) {
  const auto constant = [](std::int64_t) { return 0.3; };
  EXPECT_NEAR(ExactLoss({.features = 64, .steps = 1000}, constant), 0.271829111,
              1e-8);
  EXPECT_NEAR(ExactLoss({.features = 32, .steps = 6400}, constant), 0.359179737,
              1e-8);
  // Computed with a cooldown that begins one step later than ours.
  const auto cooled = [](std::int64_t step) {
    const double x = static_cast<double>(std::max<std::int64_t>(step - 800, 0));
    return 0.3 * (1.0 - std::sqrt(x / 200.0));
  };
  EXPECT_NEAR(ExactLoss({.b = 1.4, .noise_variance = 0.25}, cooled),
              0.757770377, 1e-8);
}

/// Student's t with `freedom` degrees of freedom as a normal number that is as
/// unlikely. Source: Wallace 1959, Annals of Mathematical Statistics 30.
double AsNormal(double t, double freedom) {
  return std::sqrt(freedom * std::log1p(t * t / freedom)) *
         (8.0 * freedom + 1.0) / (8.0 * freedom + 3.0);
}

/// How far the mean loss of many seeds is from the exact one: a normal number,
/// if training does what the recursion says.
double Deviation(const Setting& setting, std::int64_t first_seed) {
  constexpr int kSeeds = 24;
  TinySweep sweep(SweepJson(setting));
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < kSeeds; ++i) {
    const double loss = TrainedLoss(sweep, first_seed + i);
    sum += loss;
    squares += loss * loss;
  }
  const double mean = sum / kSeeds;
  const double variance = (squares - kSeeds * mean * mean) / (kSeeds - 1);
  const double t = (mean - ExactLoss(setting)) / std::sqrt(variance / kSeeds);
  return AsNormal(t, kSeeds - 1);
}

TEST(PowerFeaturesLaw, IsWhatTrainingGivesAtEverySizeAndLength) {
  double chi2 = 0.0;
  std::int64_t seed =
      1;  // of its own for every cell, or they would go together
  for (const std::int64_t features : {32, 64, 128, 256, 512}) {
    for (const std::int64_t steps : {250, 1000, 4000}) {
      const double z = Deviation({.a = 1.5,
                                  .b = 1.4,
                                  .noise_variance = 0.25,
                                  .features = features,
                                  .steps = steps,
                                  .schedule = "wsd"},
                                 seed);
      chi2 += z * z;
      seed += 100;
    }
  }
  // Above 37.7 one time in a thousand, with 15 degrees of freedom.
  EXPECT_LT(chi2, 37.7);
}

/// The whole way with the programs: a sweep that ships, its fit, an allocation.
TEST(PowerFeaturesLaw, IsFoundByTheSweepThatShips) {
  const TempDir dir;
  const Outcome sweep =
      Isoflop(dir, "sweep " ISOFLOP_SOURCE_DIR
                   "/sweeps/theory/power-features.json -o runs --devices cpu");
  ASSERT_EQ(sweep.status, 0) << sweep.err;
  const Outcome fit = Isoflop(
      dir, "fit runs --laws chinchilla,coupled --bootstrap 0 -o fit.json");
  ASSERT_EQ(fit.status, 0) << fit.err;

  const Json coupled = ReadJsonFile(dir / "fit.json").at("laws").at("coupled");
  const auto estimate = [&](const char* name) {
    return coupled.at("estimate").at(name).get<double>();
  };
  EXPECT_NEAR(estimate("E"), 0.25, 0.02);
  EXPECT_NEAR(estimate("alpha"), 0.5, 0.02);
  EXPECT_NEAR(estimate("beta"), 0.5 / 1.2, 0.02);
  EXPECT_NEAR(coupled.at("allocation").at("a").get<double>(), 1.0 / 2.2, 0.02);
  EXPECT_TRUE(coupled.at("certificate").at("certified").get<bool>());

  // Said before all else, although Approach 3 is certified.
  EXPECT_THAT(fit.out,
              testing::HasSubstr(
                  "the form of the Chinchilla law does not suit these data"));
  EXPECT_THAT(fit.out, testing::HasSubstr("believe coupled"));
  EXPECT_THAT(fit.out, testing::HasSubstr("Fitted law, by Approach 3 (squared "
                                          "error)"));
  const Outcome allocate = Isoflop(dir, "allocate fit.json --flops 1e9");
  EXPECT_EQ(allocate.status, 0) << allocate.err;
}

}  // namespace
}  // namespace isoflop
