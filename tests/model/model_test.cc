#include "lib/model/model.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/model/layers.h"
#include "lib/sweep/group_memory.h"
#include "lib/sweep/plan.h"
#include "tests/model/shapes.h"

namespace isoflop {
namespace {

at::Tensor Logits(const Model& model, const at::Tensor& tokens) {
  const at::NoGradGuard no_grad;
  return model.Outputs(tokens);
}

TEST(Model, LooksAtNoLaterToken) {
  for (const ModelShape& shape : EveryKindOfShape()) {
    const Model model = BuildModel(shape);
    const at::Tensor tokens = RandomTokens(shape, 1);
    const at::Tensor before = Logits(model, tokens);
    constexpr std::int64_t kChanged = 7;
    at::Tensor column = tokens.select(1, kChanged);
    column.copy_((column + 1).remainder(shape.vocab_size));
    const at::Tensor after = Logits(model, tokens);
    EXPECT_TRUE(
        at::equal(before.narrow(1, 0, kChanged), after.narrow(1, 0, kChanged)))
        << NameOfOptions(shape);
    for (std::int64_t t = kChanged; t < shape.context; ++t) {
      EXPECT_GT(MaxDifference(before.select(1, t), after.select(1, t)), 1e-6)
          << NameOfOptions(shape) << ", position " << t;
    }
  }
}

TEST(Model, StartsNearTheLossOfAGuess) {
  for (ModelShape shape : EveryKindOfShape()) {
    shape.vocab_size = 101;
    Model model = BuildModel(shape);
    const at::Tensor losses = model.Losses(
        {RandomTokens(shape, 1, 64), RandomTokens(shape, 2, 64), {}});
    // Logits of variance 1 add half a nat.
    EXPECT_NEAR(losses.mean().item<double>(), std::log(101.0) + 0.5, 0.35)
        << NameOfOptions(shape);
  }
}

TEST(Model, GivesTheMeanOfTokenLosses) {
  Model model = BuildModel(TinyShape());
  const at::Tensor tokens = RandomTokens(TinyShape(), 1);
  const at::Tensor targets = RandomTokens(TinyShape(), 2);
  EXPECT_NEAR(model.AddGradient({tokens, targets, {}}, 1.0).item<double>(),
              model.Losses({tokens, targets, {}}).mean().item<double>(), 1e-6);
}

TEST(Model, GivesTheSameGradientInHoweverManyPieces) {
  ModelShape shape = TinyShape();
  shape.d_model = 4;
  shape.vocab_size = 1 << 20;
  shape.context = 24;
  ASSERT_EQ(LossRows(shape, 2 * shape.context), 32);
  const at::Tensor tokens = RandomTokens(shape, 1, 2);  // in two pieces
  const at::Tensor targets = RandomTokens(shape, 2, 2);
  Model whole = BuildModel(shape, {.by_hand = false});
  Model parts = BuildModel(shape, {.by_hand = false});
  const double loss =
      whole.AddGradient({tokens, targets, {}}, 1.0).item<double>();
  double sum = 0.0;
  for (std::int64_t i = 0; i < 2; ++i) {
    sum += parts
               .AddGradient(
                   {tokens.narrow(0, i, 1), targets.narrow(0, i, 1), {}}, 0.5)
               .item<double>();
  }
  EXPECT_NEAR(loss, sum / 2.0, 1e-5);
  const at::Tensor& gradient = whole.parameters().gradients();
  EXPECT_LT(MaxDifference(gradient, parts.parameters().gradients()),
            1e-5 * gradient.abs().max().item<double>());
}

/// Compares the gradient with central differences along a few parameters of
/// every tensor, in double.
void ExpectRightGradient(const ModelShape& shape, bool masked = false) {
  Model model = BuildModel(shape, {.dtype = at::kDouble});
  // A weight that is 0 is no place to look at a gradient.
  model.parameters().values().add_(0.01);
  model.WeightsChanged();
  const Batch batch = RandomBatch(shape, 3, masked);
  model.AddGradient(batch, 1.0);
  const at::NoGradGuard no_grad;
  const auto loss = [&] {
    const at::Tensor losses = model.Losses(batch);
    const double sum = losses.sum().item<double>();
    const double counted = masked ? batch.counts.sum().item<double>()
                                  : static_cast<double>(losses.numel());
    // Of squared errors half is descended.
    return (shape.d_out > 0 ? 0.5 : 1.0) * sum / counted;
  };
  const Parameters& parameters = model.parameters();
  for (std::size_t i = 0; i < parameters.specs().size(); ++i) {
    const at::Tensor values = parameters.tensors()[i].view({-1});
    const at::Tensor gradient = parameters.tensors()[i].grad().view({-1});
    for (std::int64_t j = 3; j < values.numel(); j += values.numel() / 3) {
      constexpr double kStep = 1e-5;
      const double value = values[j].item<double>();
      values[j].fill_(value + kStep);
      const double above = loss();
      values[j].fill_(value - kStep);
      const double below = loss();
      values[j].fill_(value);
      EXPECT_NEAR(gradient[j].item<double>(), (above - below) / (2.0 * kStep),
                  1e-8)
          << NameOfOptions(shape) << ", " << parameters.specs()[i].name;
    }
  }
}

TEST(Model, GivesTheMeanOverThePositionsThatCount) {
  for (const bool vectors : {false, true}) {
    const ModelShape shape = vectors ? ShapesOfVectors().front() : TinyShape();
    Model model = BuildModel(shape);
    const Batch batch = RandomBatch(shape, 3, /*masked=*/true);
    const at::Tensor losses = model.Losses(batch);
    EXPECT_EQ((losses * (1.0 - batch.counts)).abs().max().item<float>(), 0.0F);
    EXPECT_NEAR(model.AddGradient(batch, 1.0).item<double>(),
                (losses.sum() / batch.counts.sum()).item<double>(), 1e-5);
  }
}

TEST(Model, LearnsNothingFromATargetThatDoesNotCount) {
  const ModelShape shape = TinyShape();
  Model model = BuildModel(shape);
  Model other = BuildModel(shape);
  Batch batch = RandomBatch(shape, 3, /*masked=*/true);
  model.AddGradient(batch, 1.0);
  batch.targets = at::where(batch.counts.gt(0.5), batch.targets,
                            at::zeros_like(batch.targets));
  other.AddGradient(batch, 1.0);
  EXPECT_TRUE(at::equal(model.parameters().gradients(),
                        other.parameters().gradients()));
}

TEST(Model, HasTheGradientOfItsLoss) {
  for (const ModelShape& shape : EveryKindOfShape()) {
    // ReLU has a kink, where differences mean nothing; its square has none.
    if (shape.ffn != FfnKind::kRelu) ExpectRightGradient(shape);
  }
  for (const ModelShape& shape : ShapesOfVectors()) {
    ExpectRightGradient(shape);
    ExpectRightGradient(shape, /*masked=*/true);
  }
  for (const auto& shapes : {OtherShapes(), UnusualShapes()}) {
    for (const ModelShape& shape : shapes) {
      ExpectRightGradient(shape);
      ExpectRightGradient(shape, /*masked=*/true);
    }
  }
  ExpectRightGradient(LinearShape());
  ExpectRightGradient(TinyShape(), /*masked=*/true);
}

TEST(Model, AddsUpGradientsOfMicroBatches) {
  const ModelShape shape = TinyShape();
  const at::Tensor tokens = RandomTokens(shape, 1, 4);
  const at::Tensor targets = RandomTokens(shape, 2, 4);
  Model whole = BuildModel(shape);
  whole.AddGradient({tokens, targets, {}}, 1.0);
  Model parts = BuildModel(shape);
  parts.AddGradient({tokens.narrow(0, 0, 3), targets.narrow(0, 0, 3), {}},
                    0.75);
  parts.AddGradient({tokens.narrow(0, 3, 1), targets.narrow(0, 3, 1), {}},
                    0.25);
  EXPECT_LT(MaxDifference(whole.parameters().gradients(),
                          parts.parameters().gradients()),
            1e-6);
}

TEST(Model, TiesItsHeadToTheEmbedding) {
  ModelShape shape = TinyShape();
  shape.tied_embeddings = false;
  const Model untied = BuildModel(shape);
  shape.tied_embeddings = true;
  Model tied = BuildModel(shape);
  for (const ParameterSpec& spec : tied.parameters().specs()) {
    const at::NoGradGuard no_grad;
    tied.parameters().Find(spec.name).copy_(
        untied.parameters().Find(spec.name));
  }
  const at::Tensor tokens = RandomTokens(shape, 1);
  EXPECT_GT(MaxDifference(Logits(tied, tokens), Logits(untied, tokens)), 0.1);
  const at::NoGradGuard no_grad;
  untied.parameters().Find("head").copy_(untied.parameters().Find("embedding"));
  EXPECT_TRUE(at::equal(Logits(tied, tokens), Logits(untied, tokens)));
}

TEST(Model, NeedsPositionsToTellOrder) {
  ModelShape shape = TinyShape();
  shape.position = Position::kNone;
  shape.layers = 1;
  const Model model = BuildModel(shape);
  at::Tensor tokens = RandomTokens(shape, 1, 1);
  const at::Tensor before = Logits(model, tokens).select(1, -1);
  // Without positions, one layer sees the earlier tokens as a set.
  const at::Tensor reordered = tokens.narrow(1, 0, shape.context - 1).flip(1);
  tokens = at::cat({reordered, tokens.narrow(1, shape.context - 1, 1)}, 1);
  EXPECT_LT(MaxDifference(before, Logits(model, tokens).select(1, -1)), 1e-5);
  shape.position = Position::kRotary;
  const Model rotary = BuildModel(shape);
  EXPECT_GT(MaxDifference(Logits(rotary, tokens).select(1, -1),
                          Logits(rotary, tokens.flip(1)).select(1, -1)),
            1e-3);
}

TEST(Rotary, ProductsDependOnTheDistanceOnly) {
  constexpr std::int64_t kHeadSize = 6;
  constexpr std::int64_t kContext = 20;
  const auto tables = MakeRotaryTables(kContext, kHeadSize, 100.0, at::kDouble);
  const at::Tensor q = at::arange(1.0, 7.0, at::kDouble).cos();
  const at::Tensor k = at::arange(1.0, 7.0, at::kDouble).sin();
  const auto everywhere = [&](const at::Tensor& x) {
    return Rotate(x.expand({1, kContext, kHeadSize}), tables)[0];
  };
  const at::Tensor products = everywhere(q).matmul(everywhere(k).t());
  for (std::int64_t distance = 0; distance < kContext; ++distance) {
    const at::Tensor same = products.diagonal(-distance);
    EXPECT_LT(MaxDifference(same, same[0].expand_as(same)), 1e-12);
  }
  EXPECT_GT(MaxDifference(products[5][5], products[5][0]), 1e-3);
}

TEST(Rotary, KeepsLengthsAndTheFirstPosition) {
  const auto tables = MakeRotaryTables(8, 4, 100.0, at::kDouble);
  const at::Tensor x = at::arange(32.0, at::kDouble).view({1, 8, 4});
  const at::Tensor rotated = Rotate(x, tables);
  EXPECT_LT(MaxDifference(x.norm(2, -1), rotated.norm(2, -1)), 1e-12);
  EXPECT_TRUE(at::equal(x.select(1, 0), rotated.select(1, 0)));
}

TEST(Model, Bf16StaysCloseToFp32) {
  for (const ModelShape& shape : EveryKindOfShape()) {
    const at::Tensor tokens = RandomTokens(shape, 1, 16);
    const at::Tensor targets = RandomTokens(shape, 2, 16);
    Model exact = BuildModel(shape);
    Model half = BuildModel(shape, {.precision = Precision::kBf16});
    const double loss =
        exact.AddGradient({tokens, targets, {}}, 1.0).item<double>();
    EXPECT_NEAR(half.AddGradient({tokens, targets, {}}, 1.0).item<double>(),
                loss, 0.01)
        << NameOfOptions(shape);
    const at::Tensor g = exact.parameters().gradients();
    const at::Tensor error = half.parameters().gradients() - g;
    EXPECT_LT(error.norm().item<double>(), 0.1 * g.norm().item<double>())
        << NameOfOptions(shape);
  }
}

TEST(Model, Bf16UsesTheMasterWeightsAsTheyAreNow) {
  const ModelShape shape = TinyShape();
  Model model = BuildModel(shape, {.precision = Precision::kBf16});
  const at::Tensor tokens = RandomTokens(shape, 1);
  model.parameters().Initialize(6);
  model.WeightsChanged();
  const Model expected = [&] {
    Model other(shape, {.precision = Precision::kBf16});
    other.parameters().Initialize(6);
    other.WeightsChanged();
    return other;
  }();
  EXPECT_TRUE(at::equal(Logits(model, tokens), Logits(expected, tokens)));
}

}  // namespace
}  // namespace isoflop
