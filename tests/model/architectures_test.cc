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
  for (const auto& more : {ShapesOfVectors(), OtherShapes(), UnusualShapes()}) {
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
    if (!shape.causal) continue;
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

/// What adds up in bf16 stops growing at 256 times a term.
TEST(Architectures, AddUpThousandsOfTermsInFp32WhereTheyTrainInBf16) {
  std::vector<ModelShape> shapes = OtherShapes();
  for (const auto& more : {ShapesOfVectors(), UnusualShapes()}) {
    shapes.insert(shapes.end(), more.begin(), more.end());
  }
  shapes.push_back(TinyShape());
  shapes.push_back(LinearShape());
  for (const ModelShape& shape : shapes) {
    const Batch batch = RandomBatch(shape, 8192 / shape.context + 1);
    Model full = BuildModel(shape);
    Model half = BuildModel(shape, {.precision = Precision::kBf16});
    full.AddGradient(batch, 1.0);
    half.AddGradient(batch, 1.0);
    for (std::size_t i = 0; i < full.parameters().specs().size(); ++i) {
      const at::Tensor expected = full.parameters().tensors()[i].grad();
      const at::Tensor error = half.parameters().tensors()[i].grad() - expected;
      EXPECT_LT(error.norm().item<double>(),
                0.05 * expected.norm().item<double>())
          << NameOfOptions(shape) << ", " << full.parameters().specs()[i].name;
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

at::Tensor OutputsOf(const Model& model, const at::Tensor& inputs) {
  const at::NoGradGuard no_grad;
  return model.Outputs(inputs);
}

TEST(Transformer, IsEquivariantWithoutPositionsAndMask) {
  for (const AttentionKind attention :
       {AttentionKind::kSoftmax, AttentionKind::kLinear}) {
    ModelShape shape = TinyShape();
    shape.position = Position::kNone;
    shape.causal = false;
    shape.attention = attention;
    const Model model = BuildModel(shape);
    const at::Tensor tokens = RandomTokens(shape, 1);
    EXPECT_LT(MaxDifference(OutputsOf(model, tokens).flip(1),
                            OutputsOf(model, tokens.flip(1))),
              1e-5);
  }
}

TEST(Transformer, TellsPositionsApartByEveryEncoding) {
  for (const Position position : {Position::kRotary, Position::kLearned,
                                  Position::kSinusoidal, Position::kAlibi}) {
    ModelShape shape = TinyShape();
    shape.causal = false;
    shape.position = position;
    const Model model = BuildModel(shape);
    const at::Tensor tokens = RandomTokens(shape, 1);
    // Alibi knows distances, not which way: ends are told from the middle.
    const at::Tensor moved = tokens.roll(1, 1);
    EXPECT_GT(MaxDifference(OutputsOf(model, tokens).roll(1, 1),
                            OutputsOf(model, moved)),
              1e-3)
        << NameOf(position);
  }
}

TEST(Transformer, WithOneLayerAndNoPositionsTakesThePrefixForASet) {
  ModelShape shape = TinyShape();
  shape.position = Position::kNone;
  shape.layers = 1;
  const at::Tensor tokens = RandomTokens(shape, 1);
  at::Tensor swapped = tokens.clone();
  swapped.select(1, 0).copy_(tokens.select(1, 3));
  swapped.select(1, 3).copy_(tokens.select(1, 0));
  const auto last = [&](const Model& model, const at::Tensor& inputs) {
    return OutputsOf(model, inputs).select(1, -1);
  };
  const Model one = BuildModel(shape);
  EXPECT_LT(MaxDifference(last(one, tokens), last(one, swapped)), 1e-5);
  // Two layers see of what the first had seen how much there was before.
  shape.layers = 2;
  const Model two = BuildModel(shape);
  EXPECT_GT(MaxDifference(last(two, tokens), last(two, swapped)), 1e-3);
}

TEST(Transformer, SharesKeysAndValuesAmongTheHeadsOfAGroup) {
  // With the weights of one group repeated, full attention does the same.
  ModelShape grouped = TinyShape();
  grouped.heads = 4;
  grouped.kv_heads = 2;
  ModelShape full = grouped;
  full.kv_heads = 0;
  const Model few = BuildModel(grouped);
  Model many = BuildModel(full);
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < many.parameters().specs().size(); ++i) {
    const std::string& name = many.parameters().specs()[i].name;
    const at::Tensor from = few.parameters().Find(name);
    if (name.find("qkv") == std::string::npos) {
      many.parameters().tensors()[i].copy_(from);
      continue;
    }
    const std::int64_t d = full.d_model;
    const std::int64_t size = d / full.heads;
    const auto repeated = [&](std::int64_t begin) {
      return from.narrow(0, begin, 2 * size)
          .view({2, 1, size, d})
          .expand({2, 2, size, d})
          .reshape({d, d});
    };
    many.parameters().tensors()[i].copy_(
        at::cat({from.narrow(0, 0, d), repeated(d), repeated(d + 2 * size)}));
  }
  many.WeightsChanged();
  const at::Tensor tokens = RandomTokens(full, 1);
  EXPECT_LT(MaxDifference(few.Outputs(tokens), many.Outputs(tokens)), 1e-5);
}

/// Linear attention with the weights of von Oswald et al. 2023, proposition 1:
/// on tokens (x_i, y_i) and (x_query, 0) one layer adds to the last number of
/// the query eta / k sum of y_i x_i . x_query: the prediction of one step of
/// gradient descent from 0 on the squared errors.
TEST(Transformer, DoesOneStepOfGradientDescentByLinearAttention) {
  constexpr std::int64_t kDimension = 5;
  constexpr std::int64_t kExamples = 12;
  constexpr double kRate = 0.7;
  const ModelShape shape{.d_model = kDimension + 1,
                         .layers = 1,
                         .heads = 1,
                         .context = kExamples + 1,
                         .d_in = kDimension + 1,
                         .d_out = 1,
                         .ffn = FfnKind::kNone,
                         .norm = NormKind::kNone,
                         .position = Position::kNone,
                         .attention = AttentionKind::kLinear,
                         .causal = false};
  Model model = BuildModel(shape, {.dtype = at::kDouble});
  const at::NoGradGuard no_grad;
  const auto find = [&](const char* name) {
    const at::Tensor tensor = model.parameters().Find(name).detach();
    tensor.zero_();
    return tensor;
  };
  const std::int64_t d = shape.d_model;
  find("input").fill_diagonal_(1.0);
  const at::Tensor qkv = find("layer0.qkv");  // queries, keys, values
  qkv.narrow(0, 0, kDimension).fill_diagonal_(1.0);
  qkv.narrow(0, d, kDimension).fill_diagonal_(1.0);
  qkv[3 * d - 1][d - 1] = 1.0;  // y
  // Scores are divided by the context, of which k are examples.
  find("layer0.out")[d - 1][d - 1] =
      kRate * static_cast<double>(kExamples + 1) / kExamples;
  find("head")[0][d - 1] = 1.0;
  model.WeightsChanged();

  at::Tensor tokens = RandomVectors(shape, d, 9, 4).to(at::kDouble);
  tokens.select(1, kExamples).select(1, kDimension).zero_();
  const at::Tensor x = tokens.narrow(2, 0, kDimension);
  const at::Tensor y = tokens.select(2, kDimension);
  // w = eta / k sum of y_i x_i
  const at::Tensor w =
      (x * y.unsqueeze(2)).sum(1) * (kRate / static_cast<double>(kExamples));
  const at::Tensor expected = (w * x.select(1, kExamples)).sum(-1);
  EXPECT_LT(
      MaxDifference(model.Outputs(tokens).select(1, kExamples).squeeze(-1),
                    expected),
      1e-12);
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
