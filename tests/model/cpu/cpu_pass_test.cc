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
              2e-6 + 5e-6 * expected.abs().max().item<double>())
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

TEST(CpuPass, TakesRecurrentNetworksAndPerceptrons) {
  for (const ModelShape& shape : OtherShapes()) {
    ExpectSameLossAndGradient(shape);
    ExpectSameLossAndGradient(shape, 0.5, /*masked=*/true);
  }
}

TEST(CpuPass, TakesRecurrentNetworksAndPerceptronsOfEverySize) {
  for (ModelShape shape : OtherShapes()) {
    for (const std::int64_t context : {1, 2, 40}) {
      for (const auto& [d_model, layers] :
           {std::pair{1, 1}, std::pair{72, 3}}) {
        shape.context = context;
        shape.d_model = d_model;
        shape.layers = layers;
        // A norm of one number gives nothing but its sign.
        if (d_model == 1 && shape.architecture != Architecture::kMlp) continue;
        ExpectSameLossAndGradient(shape);
      }
    }
  }
}

TEST(CpuPass, TakesTransformersWithoutNormsOrFeedForwardLayers) {
  for (ModelShape shape : ShapesOfVectors()) {
    shape.norm = NormKind::kNone;
    ExpectSameLossAndGradient(shape);
    shape.ffn = FfnKind::kNone;
    shape.d_ff = 0;
    ExpectSameLossAndGradient(shape);
    shape.norm = NormKind::kRms;
    ExpectSameLossAndGradient(shape);
  }
}

TEST(CpuPass, TakesAttentionThatIsNotAsUsual) {
  for (ModelShape shape : UnusualShapes()) {
    ExpectSameLossAndGradient(shape);
    for (const std::int64_t context : {1, 7, 33}) {
      shape.context = context;
      ExpectSameLossAndGradient(shape);
    }
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

/// A Transformer, and everything else that passes by hand train.
std::vector<ModelShape> OneOfEach() {
  std::vector<ModelShape> shapes = OtherShapes();
  shapes.push_back(TinyShape());
  shapes.push_back(LinearShape());
  return shapes;
}

TEST(CpuPass, GivesAWindowTheSameLossesWhateverIsBesideIt) {
  for (const ModelShape& shape : OneOfEach()) {
    const Batch batch = RandomBatch(shape, 7);
    const Batch some = ForEachTensor(batch, [](const at::Tensor& tensor) {
      return tensor.narrow(0, 2, 3).contiguous();
    });
    const Model model = BuildModel(shape);
    EXPECT_TRUE(
        at::equal(model.Losses(some), model.Losses(batch).narrow(0, 2, 3)))
        << NameOfOptions(shape);
  }
}

TEST(CpuPass, EvaluatesBetweenTwoGradientsWithoutDisturbingThem) {
  for (ModelShape shape : OneOfEach()) {
    if (shape.layers > 0) shape.layers = 3;
    const Batch batch = RandomBatch(shape, 4);
    Model undisturbed = BuildModel(shape);
    Model model = BuildModel(shape);
    undisturbed.AddGradient(batch, 1.0);
    model.Losses(batch);
    model.AddGradient(batch, 1.0);
    model.Losses(batch);
    EXPECT_TRUE(at::equal(model.parameters().gradients(),
                          undisturbed.parameters().gradients()))
        << NameOfOptions(shape);
  }
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
  for (const ModelShape& shape : OneOfEach()) {
    Model model = BuildModel(shape);
    model.parameters().values().fill_(NAN);
    const double loss =
        model.AddGradient(RandomBatch(shape), 1.0).item<double>();
    EXPECT_FALSE(std::isfinite(loss)) << NameOfOptions(shape);
  }
}

}  // namespace
}  // namespace isoflop
