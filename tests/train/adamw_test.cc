#include "lib/train/adamw.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/sweep/model_shape.h"
#include "tests/train/two_parameters.h"

namespace isoflop {
namespace {

TrainingConfig Config() {
  TrainingConfig config;
  config.lr_scaling = LrScaling::kNone;
  config.clip_norm = 1e9;
  return config;
}

double FirstElement(const Parameters& parameters, const char* name) {
  return parameters.Find(name).view({-1})[0].item<double>();
}

TEST(AdamW, MovesByTheRateAtFirst) {
  // m / (1 - beta1) = g and v / (1 - beta2) = g^2: the step is lr sign(g).
  Parameters parameters = TwoParameters();
  AdamW optimizer(&parameters, Config(), 32);
  SetGradients(parameters, -0.3);
  optimizer.Update(0, 0.01);
  EXPECT_NEAR(FirstElement(parameters, "g"), 1.01, 1e-6);
}

TEST(AdamW, DecaysHiddenMatricesOnly) {
  Parameters parameters = TwoParameters();
  TrainingConfig config = Config();
  config.weight_decay = 0.5;
  AdamW optimizer(&parameters, config, 32);
  optimizer.Update(0, 0.01);
  EXPECT_NEAR(FirstElement(parameters, "w"), 2.0 * (1.0 - 0.01 * 0.5), 1e-6);
  EXPECT_EQ(FirstElement(parameters, "g"), 1.0);
}

TEST(AdamW, ScalesTheRateOfHiddenMatricesByWidth) {
  Parameters parameters = TwoParameters();
  TrainingConfig config = Config();
  config.lr_scaling = LrScaling::kWidth;
  config.reference_d_model = 32;
  config.weight_decay = 0.0;
  AdamW optimizer(&parameters, config, /*d_model=*/128);
  SetGradients(parameters, 1.0);
  optimizer.Update(0, 0.01);
  EXPECT_NEAR(FirstElement(parameters, "w"), 2.0 - 0.01 * 32.0 / 128.0, 1e-6);
  EXPECT_NEAR(FirstElement(parameters, "g"), 1.0 - 0.01, 1e-6);
}

TEST(AdamW, ReturnsTheNormBeforeClipping) {
  Parameters parameters = TwoParameters();
  TrainingConfig config = Config();
  config.clip_norm = 0.1;
  AdamW optimizer(&parameters, config, 32);
  SetGradients(parameters, 2.0);
  EXPECT_NEAR(optimizer.Update(0, 0.01).item<double>(), std::sqrt(9.0) * 2.0,
              1e-6);
}

TEST(AdamW, ClipsTheWholeGradient) {
  Parameters parameters = TwoParameters();
  TrainingConfig config = Config();
  config.clip_norm = 0.6;
  AdamW optimizer(&parameters, config, 32);
  SetGradients(parameters, 2.0);  // norm 6
  optimizer.Update(0, 0.01);
  const double clipped = 2.0 * 0.6 / 6.0;
  EXPECT_NEAR(optimizer.moments()[0][0].item<double>(), 0.1 * clipped, 1e-7);
  EXPECT_NEAR(optimizer.moments()[1][0].item<double>(),
              0.05 * clipped * clipped, 1e-7);
}

TEST(AdamW, LeavesSmallGradientsUnclipped) {
  Parameters parameters = TwoParameters();
  TrainingConfig config = Config();
  config.clip_norm = 10.0;
  AdamW optimizer(&parameters, config, 32);
  SetGradients(parameters, 2.0);
  optimizer.Update(0, 0.01);
  EXPECT_FLOAT_EQ(optimizer.moments()[0][0].item<float>(), 0.2F);
}

TEST(AdamW, LeavesGradientsZero) {
  Parameters parameters = TwoParameters();
  AdamW optimizer(&parameters, Config(), 32);
  SetGradients(parameters, 2.0);
  optimizer.Update(0, 0.01);
  EXPECT_EQ(parameters.gradients().abs().max().item<float>(), 0.0F);
}

/// Draws gradients that differ from step to step.
void DrawGradients(Parameters& parameters, std::int64_t step) {
  const at::Tensor& g = parameters.gradients();
  const auto size = static_cast<double>(g.numel());
  g.copy_(at::sin(at::arange(size) * (0.7 + static_cast<double>(step))) * 3.0);
}

TEST(AdamW, MakesTheSameUpdatesByHandAndByTensorOperations) {
  TrainingConfig config = Config();
  config.clip_norm = 1.0;
  config.weight_decay = 0.1;
  config.lr_scaling = LrScaling::kWidth;
  config.reference_d_model = 32;
  Parameters one = TwoParameters();
  Parameters other = TwoParameters();
  AdamW by_hand(&one, config, 64);
  AdamW by_operations(&other, config, 64, /*by_hand=*/false);
  for (std::int64_t step = 0; step < 50; ++step) {
    DrawGradients(one, step);
    DrawGradients(other, step);
    const double norm = by_hand.Update(step, 0.01).item<double>();
    EXPECT_NEAR(by_operations.Update(step, 0.01).item<double>(), norm,
                1e-5 * norm);
    EXPECT_TRUE(at::allclose(other.values(), one.values(), 1e-5, 1e-6));
    EXPECT_EQ(other.gradients().abs().max().item<float>(), 0.0F);
  }
  EXPECT_TRUE(at::allclose(by_operations.moments()[0], by_hand.moments()[0],
                           1e-5, 1e-7));
  EXPECT_TRUE(at::allclose(by_operations.moments()[1], by_hand.moments()[1],
                           1e-5, 1e-7));
}

TEST(AdamW, LeavesGapsZero) {
  Parameters parameters = TwoParameters();
  AdamW optimizer(&parameters, Config(), 32);
  SetGradients(parameters, 2.0);
  optimizer.Update(0, 0.01);
  EXPECT_EQ(parameters.values().narrow(0, 6, 10).abs().max().item<float>(),
            0.0F);
}

}  // namespace
}  // namespace isoflop
