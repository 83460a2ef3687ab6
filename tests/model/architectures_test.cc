// What holds of every architecture, and what of one.

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/rnn.h>

#include <algorithm>
#include <vector>

#include "lib/model/model.h"
#include "lib/sweep/architecture.h"
#include "tests/model/shapes.h"

namespace isoflop {
namespace {

std::vector<ModelShape> AllShapes() {
  std::vector<ModelShape> shapes = EveryKindOfShape();
  for (const auto& more : {ShapesOfVectors(), OtherShapes()}) {
    shapes.insert(shapes.end(), more.begin(), more.end());
  }
  shapes.push_back(LinearShape());
  return shapes;
}

TEST(Architectures, HaveAsManyParametersAsTheyAreSaidToHave) {
  for (const ModelShape& shape : AllShapes()) {
    EXPECT_EQ(BuildModel(shape).parameters().count(),
              CountParameters(shape).total)
        << NameOfOptions(shape);
  }
}

TEST(Architectures, CountAllButTablesOfTokensAndPositionsAsNonEmbedding) {
  for (const ModelShape& shape : AllShapes()) {
    std::int64_t tables = 0;
    for (const ParameterSpec& spec : ParameterSpecs(shape)) {
      const bool of_tokens = spec.name == "head" && shape.d_out == 0;
      if (of_tokens || spec.name == "embedding" || spec.name == "positions") {
        tables += spec.sizes[0] * spec.sizes[1];
      }
    }
    const ParameterCounts counts = CountParameters(shape);
    EXPECT_EQ(counts.total - counts.non_embedding, tables)
        << NameOfOptions(shape);
  }
}

/// 6 for every factor of a product, and 12 d T of attention.
TEST(Architectures, CostSixFlopsForEveryFactorOfAProduct) {
  for (const ModelShape& shape : AllShapes()) {
    std::int64_t factors =
        HasTiedHead(shape) ? shape.vocab_size * shape.d_model : 0;
    for (const ParameterSpec& spec : ParameterSpecs(shape)) {
      const bool looked_up =
          spec.name == "embedding" || spec.name == "positions";
      if (spec.sizes.size() == 2 && !looked_up) {
        factors += spec.sizes[0] * spec.sizes[1];
      }
    }
    const bool attends = shape.architecture == Architecture::kTransformer;
    const double attention =
        attends ? 12.0 * static_cast<double>(shape.layers * shape.d_model *
                                             shape.context)
                : 0.0;
    EXPECT_DOUBLE_EQ(TrainingFlopsPerToken(shape),
                     6.0 * static_cast<double>(factors) + attention)
        << NameOfOptions(shape);
  }
}

TEST(Architectures, HaveHiddenMatricesFirst) {
  for (const ModelShape& shape : AllShapes()) {
    const auto specs = ParameterSpecs(shape);
    EXPECT_TRUE(
        std::ranges::is_partitioned(specs, &ParameterSpec::hidden_matrix))
        << NameOfOptions(shape);
  }
}

/// Inputs that differ from position `first` on.
at::Tensor ChangedFrom(const ModelShape& shape, at::Tensor inputs,
                       std::int64_t first) {
  inputs = inputs.clone();
  const at::Tensor later = inputs.narrow(1, first, shape.context - first);
  if (shape.d_in > 0) {
    later.mul_(-1.0).add_(0.5);
  } else {
    later.copy_((later + 1).remainder(shape.vocab_size));
  }
  return inputs;
}

TEST(Architectures, LookAtNoLaterPosition) {
  const at::NoGradGuard no_grad;
  for (const ModelShape& shape : AllShapes()) {
    const Model model = BuildModel(shape);
    const at::Tensor inputs = RandomBatch(shape).inputs;
    const std::int64_t half = shape.context / 2;
    const at::Tensor before = model.Outputs(inputs);
    const at::Tensor after = model.Outputs(ChangedFrom(shape, inputs, half));
    EXPECT_TRUE(at::equal(before.narrow(1, 0, half), after.narrow(1, 0, half)))
        << NameOfOptions(shape);
  }
}

TEST(Architectures, GiveTheSameLossesWithAndWithoutGradients) {
  for (const ModelShape& shape : AllShapes()) {
    for (const std::int64_t batch : {1, 3}) {
      Model model = BuildModel(shape);
      const Batch random = RandomBatch(shape, batch);
      const double mean = model.Losses(random).mean().item<double>();
      EXPECT_NEAR(model.AddGradient(random, 1.0).item<double>(), mean,
                  1e-5 * std::max(1.0, mean))
          << NameOfOptions(shape) << ", " << batch;
    }
  }
}

TEST(Architectures, GiveAnExampleTheSameLossesWhateverIsBesideIt) {
  for (const ModelShape& shape : AllShapes()) {
    const Model model = BuildModel(shape);
    const Batch all = RandomBatch(shape, 4);
    const Batch one = ForEachTensor(all, [](const at::Tensor& tensor) {
      return tensor.narrow(0, 2, 1).contiguous();
    });
    EXPECT_LT(
        MaxDifference(model.Losses(one), model.Losses(all).narrow(0, 2, 1)),
        1e-5)
        << NameOfOptions(shape);
  }
}

TEST(Mlp, SeesNoOtherPosition) {
  ModelShape shape = OtherShapes().back();
  ASSERT_EQ(shape.architecture, Architecture::kMlp);
  const at::NoGradGuard no_grad;
  const Model model = BuildModel(shape);
  const at::Tensor inputs = RandomBatch(shape).inputs;
  EXPECT_LT(MaxDifference(model.Outputs(inputs).flip(1),
                          model.Outputs(inputs.flip(1))),
            1e-6);
}

/// One layer of a cell against LibTorch's own, in double, where that is right.
/// With the head the identity and gains of 1, outputs are norm(x +
/// cell(norm(x))).
class RecurrentReference : public testing::Test {
 protected:
  static ModelShape Shape(Architecture architecture) {
    return {.architecture = architecture,
            .d_model = 13,
            .layers = 1,
            .context = 9,
            .d_in = 4,
            .d_out = 13};
  }

  static at::Tensor Normalised(const at::Tensor& y) {
    return y * at::rsqrt((y * y).mean(-1, true) + 1e-6);
  }

  static at::Tensor Find(const Model& model, const char* name) {
    return model.parameters().Find(name).detach();
  }

  static Model Build(const ModelShape& shape) {
    Model model = BuildModel(shape, {.dtype = at::kDouble});
    const at::NoGradGuard no_grad;
    Find(model, "layer0.bias").uniform_(-1.0, 1.0);
    const at::Tensor head = Find(model, "head");
    head.zero_();
    head.fill_diagonal_(1.0);
    model.WeightsChanged();
    return model;
  }
};

TEST_F(RecurrentReference, LstmEqualsThatOfLibTorch) {
  const at::NoGradGuard no_grad;
  const ModelShape shape = Shape(Architecture::kLstm);
  const Model model = Build(shape);
  torch::nn::LSTM lstm(torch::nn::LSTMOptions(13, 13).batch_first(true));
  lstm->to(at::kDouble);
  auto weights = lstm->named_parameters();
  weights["weight_ih_l0"].copy_(Find(model, "layer0.ih"));
  weights["weight_hh_l0"].copy_(Find(model, "layer0.hh"));
  at::Tensor bias = Find(model, "layer0.bias").clone();
  bias.narrow(0, 13, 13).add_(1.0);  // of the forget gate
  weights["bias_ih_l0"].copy_(bias);
  weights["bias_hh_l0"].zero_();
  const at::Tensor inputs = RandomBatch(shape).inputs.to(at::kDouble);
  const at::Tensor x = at::linear(inputs, Find(model, "input"));
  const at::Tensor cell = std::get<0>(lstm->forward(Normalised(x)));
  EXPECT_LT(MaxDifference(model.Outputs(inputs), Normalised(x + cell)), 1e-10);
}

TEST_F(RecurrentReference, GruEqualsThatOfLibTorch) {
  const at::NoGradGuard no_grad;
  const ModelShape shape = Shape(Architecture::kGru);
  const Model model = Build(shape);
  Find(model, "layer0.hidden_bias").uniform_(-1.0, 1.0);
  torch::nn::GRU gru(torch::nn::GRUOptions(13, 13).batch_first(true));
  gru->to(at::kDouble);
  auto weights = gru->named_parameters();
  weights["weight_ih_l0"].copy_(Find(model, "layer0.ih"));
  weights["weight_hh_l0"].copy_(Find(model, "layer0.hh"));
  weights["bias_ih_l0"].copy_(Find(model, "layer0.bias"));
  weights["bias_hh_l0"].zero_();
  weights["bias_hh_l0"].narrow(0, 26, 13).copy_(
      Find(model, "layer0.hidden_bias"));
  const at::Tensor inputs = RandomBatch(shape).inputs.to(at::kDouble);
  const at::Tensor x = at::linear(inputs, Find(model, "input"));
  const at::Tensor cell = std::get<0>(gru->forward(Normalised(x)));
  EXPECT_LT(MaxDifference(model.Outputs(inputs), Normalised(x + cell)), 1e-10);
}

}  // namespace
}  // namespace isoflop
