#include "lib/train/sgd.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/train/two_parameters.h"

namespace isoflop {
namespace {

TrainingConfig Config() {
  TrainingConfig config;
  config.optimizer = OptimizerKind::kSgd;
  config.lr_scaling = LrScaling::kNone;
  config.weight_decay = 0.0;
  config.clip_norm = 0.0;
  return config;
}

float First(const Parameters& parameters, const char* name) {
  return parameters.Find(name).view({-1})[0].item<float>();
}

TEST(Sgd, MovesAgainstTheGradient) {
  Parameters parameters = TwoParameters();
  Sgd optimizer(&parameters, Config(), 32);
  SetGradients(parameters, -0.5);
  const at::Tensor norm = optimizer.Update(0, 0.1);
  EXPECT_FLOAT_EQ(First(parameters, "w"), 2.05F);
  EXPECT_FLOAT_EQ(First(parameters, "g"), 1.05F);
  EXPECT_NEAR(norm.item<double>(), 0.5 * 3.0, 1e-6);  // of nine numbers
  EXPECT_EQ(parameters.gradients().abs().max().item<float>(), 0.0F);
}

TEST(Sgd, KeepsNothingBesideTheWeights) {
  Parameters parameters = TwoParameters();
  EXPECT_TRUE(Sgd(&parameters, Config(), 32).moments().empty());
}

TEST(Sgd, ClipsTheNormOfTheWholeGradient) {
  Parameters parameters = TwoParameters();
  TrainingConfig config = Config();
  config.clip_norm = 0.3;
  Sgd optimizer(&parameters, config, 32);
  SetGradients(parameters, 1.0);  // of norm 3
  optimizer.Update(0, 1.0);
  EXPECT_NEAR(First(parameters, "g"), 0.9F, 1e-6F);
}

TEST(Sgd, ScalesAndDecaysHiddenMatricesOnly) {
  Parameters parameters = TwoParameters();
  TrainingConfig config = Config();
  config.lr_scaling = LrScaling::kWidth;
  config.reference_d_model = 32;
  config.weight_decay = 0.5;
  Sgd optimizer(&parameters, config, /*d_model=*/64);
  SetGradients(parameters, 1.0);
  optimizer.Update(0, 0.1);
  EXPECT_FLOAT_EQ(First(parameters, "w"), 2.0F * (1.0F - 0.05F * 0.5F) - 0.05F);
  EXPECT_FLOAT_EQ(First(parameters, "g"), 0.9F);
}

TEST(Sgd, DoesTheSameByTensorOperations) {
  Parameters by_hand = TwoParameters();
  Parameters by_operations = TwoParameters();
  TrainingConfig config = Config();
  config.weight_decay = 0.1;
  config.clip_norm = 1.0;
  Sgd first(&by_hand, config, 48);
  Sgd second(&by_operations, config, 48);
  for (int step = 0; step < 5; ++step) {
    SetGradients(by_hand, 0.7 - step);
    SetGradients(by_operations, 0.7 - step);
    first.Update(step, 0.05);
    second.UpdateOnDevice(at::full({}, step + 1.0), at::full({}, 0.05));
  }
  EXPECT_TRUE(at::allclose(by_hand.values(), by_operations.values(), 1e-5));
}

}  // namespace
}  // namespace isoflop
