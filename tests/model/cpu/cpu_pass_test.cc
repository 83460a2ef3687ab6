// The pass written by hand against the composition of tensor operations.

#include "lib/model/cpu/cpu_pass.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/model/shapes.h"

namespace isoflop {
namespace {

const ComputeOptions kPlain{.by_hand = false};

/// A sum that rounds to the other side of ReLU's kink has another gradient, of
/// a few weights.
void ExpectSameGradient(const ModelShape& shape, const at::Tensor& found,
                        const at::Tensor& expected, const std::string& name) {
  if (shape.ffn == FfnKind::kRelu) {
    EXPECT_LT((found - expected).norm().item<double>(),
              2e-6 + 0.01 * expected.norm().item<double>())
        << name;
  } else {
    EXPECT_LT(MaxDifference(found, expected),
              2e-6 + 2e-6 * expected.abs().max().item<double>())
        << name;
  }
}

void ExpectSameLossAndGradient(const ModelShape& shape, double weight = 1.0,
                               bool masked = false) {
  const Batch batch = RandomBatch(shape, 5, masked);
  Model by_hand = BuildModel(shape);
  Model plain = BuildModel(shape, kPlain);
  const double loss = plain.AddGradient(batch, weight).item<double>();
  EXPECT_NEAR(by_hand.AddGradient(batch, weight).item<double>(), loss,
              5e-6 * std::max(1.0, loss))
      << NameOfOptions(shape);
  EXPECT_LT(MaxDifference(by_hand.Losses(batch), plain.Losses(batch)),
            2e-5 * std::max(1.0, loss))
      << NameOfOptions(shape);
  for (std::size_t i = 0; i < plain.parameters().specs().size(); ++i) {
    ExpectSameGradient(
        shape, by_hand.parameters().tensors()[i].grad(),
        plain.parameters().tensors()[i].grad(),
        NameOfOptions(shape) + ", " + plain.parameters().specs()[i].name);
  }
}

TEST(CpuPass, HasTheLossAndGradientOfThePlainModel) {
  for (const ModelShape& shape : EveryKindOfShape()) {
    ExpectSameLossAndGradient(shape);
  }
}

TEST(CpuPass, TakesVectorsForTokens) {
  for (const ModelShape& shape : ShapesOfVectors()) {
    ExpectSameLossAndGradient(shape);
  }
  ExpectSameLossAndGradient(LinearShape(), 0.5);
}

TEST(CpuPass, IsTensorOperationsWhereAttentionIsNotAsUsual) {
  for (const ModelShape& shape : UnusualShapes()) {
    ExpectSameLossAndGradient(shape);
  }
}

TEST(CpuPass, LeavesOutWhatDoesNotCount) {
  ExpectSameLossAndGradient(TinyShape(), 0.5, /*masked=*/true);
  ExpectSameLossAndGradient(LinearShape(), 1.0, /*masked=*/true);
  for (const ModelShape& shape : ShapesOfVectors()) {
    ExpectSameLossAndGradient(shape, 1.0, /*masked=*/true);
  }
}

TEST(CpuPass, ScalesTheGradientByTheWeight) {
  ExpectSameLossAndGradient(TinyShape(), 0.25);
}

TEST(CpuPass, FitsSizesThatAreNoMultiplesOfVectors) {
  for (const std::int64_t heads : {1, 3, 5}) {
    for (const std::int64_t context : {1, 2, 7, 33}) {
      ModelShape shape = TinyShape();
      shape.heads = heads;
      shape.d_model = heads * 6;
      shape.d_ff = 37;
      shape.context = context;
      shape.vocab_size = 23;
      ExpectSameLossAndGradient(shape);
    }
  }
}

TEST(CpuPass, FitsSizesThatGoToTheBlas) {
  ModelShape shape = TinyShape();
  shape.d_model = 192;
  shape.d_ff = 768;
  shape.context = 48;
  shape.vocab_size = 300;
  ExpectSameLossAndGradient(shape);
}

TEST(CpuPass, AddsToTheGradientThatIsThere) {
  const ModelShape shape = TinyShape();
  const at::Tensor tokens = RandomTokens(shape, 1);
  const at::Tensor targets = RandomTokens(shape, 2);
  Model model = BuildModel(shape);
  model.AddGradient({tokens, targets, {}}, 1.0);
  const at::Tensor once = model.parameters().gradients().clone();
  model.AddGradient({tokens, targets, {}}, 1.0);
  EXPECT_LT(MaxDifference(model.parameters().gradients(), 2.0 * once), 1e-6);
}

TEST(CpuPass, HasTheTokenLossesOfThePlainModel) {
  for (const ModelShape& shape : EveryKindOfShape()) {
    const at::Tensor tokens = RandomTokens(shape, 1);
    const at::Tensor targets = RandomTokens(shape, 2);
    const Model by_hand = BuildModel(shape);
    const Model plain = BuildModel(shape, kPlain);
    EXPECT_LT(MaxDifference(by_hand.Losses({tokens, targets, {}}),
                            plain.Losses({tokens, targets, {}})),
              5e-6)
        << NameOfOptions(shape);
  }
}

TEST(CpuPass, GivesAWindowTheSameLossesWhateverIsBesideIt) {
  const ModelShape shape = TinyShape();
  const at::Tensor tokens = RandomTokens(shape, 1, 7);
  const at::Tensor targets = RandomTokens(shape, 2, 7);
  const Model model = BuildModel(shape);
  const at::Tensor all = model.Losses({tokens, targets, {}});
  EXPECT_TRUE(at::equal(model.Losses({tokens.narrow(0, 2, 3).contiguous(),
                                      targets.narrow(0, 2, 3).contiguous(),
                                      {}}),
                        all.narrow(0, 2, 3)));
}

TEST(CpuPass, EvaluatesBetweenTwoGradientsWithoutDisturbingThem) {
  ModelShape shape = TinyShape();
  shape.layers = 3;
  const at::Tensor tokens = RandomTokens(shape, 1, 4);
  const at::Tensor targets = RandomTokens(shape, 2, 4);
  Model undisturbed = BuildModel(shape);
  Model model = BuildModel(shape);
  undisturbed.AddGradient({tokens, targets, {}}, 1.0);
  model.Losses({tokens, targets, {}});
  model.AddGradient({tokens, targets, {}}, 1.0);
  model.Losses({tokens, targets, {}});
  EXPECT_TRUE(at::equal(model.parameters().gradients(),
                        undisturbed.parameters().gradients()));
}

TEST(CpuPass, TakesTargetsThatAreNotContiguous) {
  const ModelShape shape = TinyShape();
  const at::Tensor tokens = RandomTokens(shape, 1);
  const at::Tensor targets = RandomTokens(shape, 2);
  const at::Tensor strided = at::stack({targets, tokens}, -1).select(-1, 0);
  ASSERT_FALSE(strided.is_contiguous());
  Model model = BuildModel(shape);
  EXPECT_NEAR(model.AddGradient({tokens, strided, {}}, 1.0).item<double>(),
              model.AddGradient({tokens, targets, {}}, 1.0).item<double>(),
              1e-5);
}

TEST(CpuPass, GivesALossThatIsNotFiniteForWeightsThatAreNot) {
  const ModelShape shape = TinyShape();
  Model model = BuildModel(shape);
  model.parameters().values().fill_(NAN);
  const double loss =
      model
          .AddGradient({RandomTokens(shape, 1), RandomTokens(shape, 2), {}},
                       1.0)
          .item<double>();
  EXPECT_FALSE(std::isfinite(loss));
}

}  // namespace
}  // namespace isoflop
