#include "lib/model/parameters.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/model/tensor.h"
#include "tests/model/shapes.h"

namespace isoflop {
namespace {

Parameters Build(const ModelShape& shape) {
  return Parameters(ParameterSpecs(shape), at::kFloat);
}

std::int64_t NonEmbedding(const Parameters& parameters) {
  std::int64_t count = parameters.count();
  for (const char* name : {"embedding", "positions", "head"}) {
    const at::Tensor found = parameters.Find(name);
    if (found.defined()) count -= found.numel();
  }
  return count;
}

/// 6 FLOPs per weight of every matrix that a token is multiplied with, and the
/// two products of attention, forward and backward, over the whole context.
double FlopsPerToken(const ModelShape& shape, const Parameters& parameters) {
  std::int64_t weights =
      parameters.Find(shape.tied_embeddings ? "embedding" : "head").numel();
  for (const ParameterSpec& spec : parameters.specs()) {
    if (spec.hidden_matrix) weights += spec.sizes[0] * spec.sizes[1];
  }
  return 6.0 * static_cast<double>(weights) +
         12.0 *
             static_cast<double>(shape.layers * shape.d_model * shape.context);
}

TEST(Parameters, AreAsManyAsTheClosedFormSays) {
  for (const ModelShape& shape : EveryKindOfShape()) {
    const Parameters parameters = Build(shape);
    const ParameterCounts expected = CountParameters(shape);
    EXPECT_EQ(parameters.count(), expected.total) << NameOfOptions(shape);
    EXPECT_EQ(NonEmbedding(parameters), expected.non_embedding)
        << NameOfOptions(shape);
  }
}

TEST(Parameters, CostAsManyFlopsAsTheClosedFormSays) {
  for (const ModelShape& shape : EveryKindOfShape()) {
    EXPECT_DOUBLE_EQ(FlopsPerToken(shape, Build(shape)),
                     TrainingFlopsPerToken(shape))
        << NameOfOptions(shape);
  }
}

TEST(Parameters, AreViewsOfTheFlatBuffers) {
  const Parameters parameters = Build(TinyShape());
  parameters.values().fill_(3.0);
  parameters.gradients().fill_(5.0);
  for (const at::Tensor& tensor : parameters.tensors()) {
    EXPECT_TRUE(tensor.is_leaf() && tensor.requires_grad());
    EXPECT_EQ(tensor.min().item<float>(), 3.0F);
    EXPECT_EQ(tensor.grad().min().item<float>(), 5.0F);
    EXPECT_TRUE(tensor.is_alias_of(parameters.values()));
    EXPECT_TRUE(tensor.grad().is_alias_of(parameters.gradients()));
  }
}

TEST(Parameters, StayViewsWhenGradientsAreAccumulated) {
  const Parameters parameters = Build(TinyShape());
  for (int pass = 0; pass < 2; ++pass) {
    for (const at::Tensor& tensor : parameters.tensors()) {
      at::sum(tensor * 2.0).backward();
    }
  }
  for (const at::Tensor& tensor : parameters.tensors()) {
    EXPECT_TRUE(tensor.grad().is_alias_of(parameters.gradients()));
    EXPECT_EQ(tensor.grad().min().item<float>(), 4.0F);
  }
  EXPECT_FLOAT_EQ(parameters.gradients().sum().item<float>(),
                  4.0F * static_cast<float>(parameters.count()));
}

TEST(Parameters, KeepHiddenMatricesInOneLeadingSegment) {
  const Parameters parameters = Build(TinyShape());
  const at::Tensor hidden =
      parameters.values().narrow(0, 0, parameters.hidden_size());
  hidden.fill_(1.0);
  for (std::size_t i = 0; i < parameters.specs().size(); ++i) {
    EXPECT_EQ(parameters.tensors()[i].max().item<float>() == 1.0F,
              parameters.specs()[i].hidden_matrix)
        << parameters.specs()[i].name;
  }
}

TEST(Parameters, StartAtAlignedPlaces) {
  ModelShape shape = TinyShape();
  shape.d_model = 10;
  const Parameters parameters = Build(shape);
  for (const at::Tensor& tensor : parameters.tensors()) {
    EXPECT_EQ(tensor.storage_offset() % Parameters::kAlignment, 0);
  }
}

TEST(Parameters, StartAsDocumented) {
  ModelShape shape = TinyShape();
  shape.d_model = 128;
  shape.d_ff = 512;
  shape.vocab_size = 512;
  shape.position = Position::kLearned;
  shape.norm = NormKind::kLayer;
  shape.tied_embeddings = false;
  Parameters parameters = Build(shape);
  parameters.Initialize(7);
  const struct {
    const char* name;
    double mean, std;
  } expected[] = {
      {"layer0.qkv", 0.0, 1.0 / std::sqrt(128.0)},
      {"layer1.out", 0.0, 1.0 / std::sqrt(128.0 * 4.0)},
      {"layer0.fc", 0.0, 1.0 / std::sqrt(128.0)},
      {"layer1.proj", 0.0, 1.0 / std::sqrt(512.0 * 4.0)},
      {"embedding", 0.0, 1.0 / std::sqrt(128.0)},
      {"head", 0.0, 1.0 / std::sqrt(128.0)},
      {"final_norm.gain", 1.0, 0.0},
      {"layer0.ffn_norm.bias", 0.0, 0.0},
  };
  for (const auto& parameter : expected) {
    const at::Tensor values = parameters.Find(parameter.name);
    EXPECT_NEAR(values.mean().item<double>(), parameter.mean, 2e-3)
        << parameter.name;
    EXPECT_NEAR(values.std().item<double>(), parameter.std,
                0.02 * parameter.std)
        << parameter.name;
  }
}

TEST(Parameters, AreAFunctionOfTheSeed) {
  Parameters a = Build(TinyShape());
  Parameters b = Build(TinyShape());
  a.Initialize(1);
  b.Initialize(1);
  EXPECT_TRUE(at::equal(a.values(), b.values()));
  b.Initialize(2);
  EXPECT_FALSE(at::equal(a.values(), b.values()));
}

TEST(Parameters, DifferFromOneAnother) {
  Parameters parameters = Build(TinyShape());
  parameters.Initialize(1);
  EXPECT_FALSE(
      at::equal(parameters.Find("layer0.qkv"), parameters.Find("layer1.qkv")));
}

}  // namespace
}  // namespace isoflop
