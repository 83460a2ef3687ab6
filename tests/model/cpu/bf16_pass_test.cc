// The bf16 pass written by hand against the fp32 model and against the
// composition of tensor operations in bf16.

#include "lib/model/cpu/bf16_pass.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/sweep/group_memory.h"
#include "tests/model/shapes.h"

namespace isoflop {
namespace {

const ComputeOptions kBf16{.precision = Precision::kBf16};
const ComputeOptions kPlainBf16{.precision = Precision::kBf16,
                                .by_hand = false};

class Bf16Pass : public testing::Test {
 protected:
  void SetUp() override {
    if (!bf16::Available()) {
      GTEST_SKIP() << "this processor does not multiply bf16 numbers";
    }
  }
};

/// |a - b| / |b|, by the Euclidean norm.
double RelativeError(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

/// Rounding to 8 bits of mantissa, several times in a row, changes a gradient
/// by a percent or two; a term that is missing or wrong, by tens of percents.
/// At the kink of relu a rounding turns an element of a small batch on or off.
double ToleranceOf(const ModelShape& shape) {
  return shape.ffn == FfnKind::kRelu ? 0.25 : 0.05;
}

void ExpectCloseToFp32(const ModelShape& shape, std::int64_t windows = 5) {
  const at::Tensor tokens = RandomTokens(shape, 1, windows);
  const at::Tensor targets = RandomTokens(shape, 2, windows);
  Model half = BuildModel(shape, kBf16);
  Model full = BuildModel(shape);
  EXPECT_NEAR(half.AddGradient({tokens, targets, {}}, 1.0).item<double>(),
              full.AddGradient({tokens, targets, {}}, 1.0).item<double>(), 5e-3)
      << NameOfOptions(shape);
  for (std::size_t i = 0; i < full.parameters().specs().size(); ++i) {
    EXPECT_LT(RelativeError(half.parameters().tensors()[i].grad(),
                            full.parameters().tensors()[i].grad()),
              ToleranceOf(shape))
        << NameOfOptions(shape) << ", " << full.parameters().specs()[i].name;
  }
}

TEST_F(Bf16Pass, HasTheLossAndGradientOfFp32ToWithinItsRounding) {
  for (const ModelShape& shape : EveryKindOfShape()) ExpectCloseToFp32(shape);
}

TEST_F(Bf16Pass, IsNoLessExactThanTensorOperationsInBf16) {
  ModelShape shape = TinyShape();
  shape.d_model = 64;
  shape.d_ff = 256;
  shape.context = 64;
  const at::Tensor tokens = RandomTokens(shape, 1, 8);
  const at::Tensor targets = RandomTokens(shape, 2, 8);
  Model by_hand = BuildModel(shape, kBf16);
  Model plain = BuildModel(shape, kPlainBf16);
  Model exact = BuildModel(shape);
  for (Model* model : {&by_hand, &plain, &exact}) {
    model->AddGradient({tokens, targets, {}}, 1.0);
  }
  const at::Tensor& expected = exact.parameters().gradients();
  EXPECT_LT(RelativeError(by_hand.parameters().gradients(), expected),
            1.1 * RelativeError(plain.parameters().gradients(), expected));
}

TEST_F(Bf16Pass, FitsSizesThatAreNoMultiplesOfVectors) {
  for (const std::int64_t heads : {1, 3, 5}) {
    for (const std::int64_t context : {1, 2, 7, 33, 130}) {
      ModelShape shape = TinyShape();
      shape.heads = heads;
      shape.d_model = heads * 6;
      shape.d_ff = 37;
      shape.context = context;
      shape.vocab_size = 23;
      ExpectCloseToFp32(shape);
    }
  }
}

TEST_F(Bf16Pass, LeavesHeadsOfOddSizeToTensorOperations) {
  ModelShape shape = TinyShape();
  shape.position = Position::kLearned;
  shape.d_model = 15;
  shape.heads = 3;
  EXPECT_FALSE(HasBf16Pass(shape));
  ExpectCloseToFp32(shape);
}

TEST_F(Bf16Pass, GivesABatchOfManyPartsTheGradientOfTheWhole) {
  ModelShape shape = TinyShape();
  shape.context = 100;
  ExpectCloseToFp32(shape, /*windows=*/33);
}

TEST_F(Bf16Pass, ScalesTheGradientByTheWeight) {
  const ModelShape shape = TinyShape();
  const at::Tensor tokens = RandomTokens(shape, 1);
  const at::Tensor targets = RandomTokens(shape, 2);
  Model whole = BuildModel(shape, kBf16);
  Model quarter = BuildModel(shape, kBf16);
  whole.AddGradient({tokens, targets, {}}, 1.0);
  quarter.AddGradient({tokens, targets, {}}, 0.25);
  EXPECT_LT(RelativeError(4.0 * quarter.parameters().gradients(),
                          whole.parameters().gradients()),
            1e-6);
}

TEST_F(Bf16Pass, AddsToTheGradientThatIsThere) {
  const ModelShape shape = TinyShape();
  const at::Tensor tokens = RandomTokens(shape, 1);
  const at::Tensor targets = RandomTokens(shape, 2);
  Model model = BuildModel(shape, kBf16);
  model.AddGradient({tokens, targets, {}}, 1.0);
  const at::Tensor once = model.parameters().gradients().clone();
  model.AddGradient({tokens, targets, {}}, 1.0);
  EXPECT_LT(RelativeError(model.parameters().gradients(), 2.0 * once), 1e-6);
}

TEST_F(Bf16Pass, HasTokenLossesWhoseMeanIsTheLoss) {
  ModelShape shape = TinyShape();
  shape.context = 100;
  const at::Tensor tokens = RandomTokens(shape, 1, 33);
  const at::Tensor targets = RandomTokens(shape, 2, 33);
  Model model = BuildModel(shape, kBf16);
  const double loss =
      model.AddGradient({tokens, targets, {}}, 1.0).item<double>();
  EXPECT_NEAR(model.Losses({tokens, targets, {}}).mean().item<double>(), loss,
              1e-5);
}

TEST_F(Bf16Pass, GivesAWindowTheSameLossesWhateverIsBesideIt) {
  ModelShape shape = TinyShape();
  shape.context = 90;
  const at::Tensor tokens = RandomTokens(shape, 1, 17);
  const at::Tensor targets = RandomTokens(shape, 2, 17);
  const Model model = BuildModel(shape, kBf16);
  const at::Tensor all = model.Losses({tokens, targets, {}});
  EXPECT_TRUE(at::equal(model.Losses({tokens.narrow(0, 9, 3).contiguous(),
                                      targets.narrow(0, 9, 3).contiguous(),
                                      {}}),
                        all.narrow(0, 9, 3)));
}

TEST_F(Bf16Pass, EvaluatesBetweenTwoGradientsWithoutDisturbingThem) {
  const ModelShape shape = TinyShape();
  const at::Tensor tokens = RandomTokens(shape, 1, 4);
  const at::Tensor targets = RandomTokens(shape, 2, 4);
  Model undisturbed = BuildModel(shape, kBf16);
  Model model = BuildModel(shape, kBf16);
  undisturbed.AddGradient({tokens, targets, {}}, 1.0);
  model.Losses({tokens, targets, {}});
  model.AddGradient({tokens, targets, {}}, 1.0);
  EXPECT_TRUE(at::equal(model.parameters().gradients(),
                        undisturbed.parameters().gradients()));
}

TEST_F(Bf16Pass, GivesALossThatIsNotFiniteForWeightsThatAreNot) {
  const ModelShape shape = TinyShape();
  Model model = BuildModel(shape, kBf16);
  model.parameters().values().fill_(NAN);
  model.WeightsChanged();
  const double loss =
      model
          .AddGradient({RandomTokens(shape, 1), RandomTokens(shape, 2), {}},
                       1.0)
          .item<double>();
  EXPECT_FALSE(std::isfinite(loss));
}

}  // namespace
}  // namespace isoflop
