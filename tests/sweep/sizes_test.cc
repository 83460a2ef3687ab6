#include "lib/sweep/sizes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/data/text_task.h"
#include "lib/data/tokens_task.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Variant WithVocabulary(std::int64_t vocab_size) {
  Variant variant;
  variant.model.vocab_size = vocab_size;
  variant.model.head_size = 64;
  variant.model.context = 1024;
  return variant;
}

SizeSpec Total(double params) {
  SizeSpec size;
  size.params_total = params;
  return size;
}

ResolvedSize Resolve(const SizeSpec& size, const Variant& variant,
                     double aspect_ratio = 64.0) {
  Problems problems;
  auto resolved = ResolveSize(size, variant, aspect_ratio, "s", &problems);
  EXPECT_THAT(problems.messages(), ElementsAre());
  return resolved;
}

TEST(ResolveSize, TakesAWidthAsItIs) {
  Variant variant;
  variant.model.layers = 3;
  SizeSpec size;
  size.d_model = 48;
  const ResolvedSize resolved = Resolve(size, variant);
  EXPECT_EQ(resolved.shape.d_model, 48);
  EXPECT_EQ(resolved.shape.layers, 3);
  EXPECT_EQ(resolved.shape.heads, 3);  // of 16
  EXPECT_EQ(resolved.shape.d_ff, 192);
  EXPECT_EQ(resolved.shape.vocab_size, 64);
  EXPECT_EQ(resolved.note, "");
}

TEST(ResolveSize, LetsASizeSayMoreThanTheModelSection) {
  Variant variant;
  variant.model.heads = 2;
  SizeSpec size;
  size.d_model = 48;
  size.layers = 5;
  size.heads = 4;
  EXPECT_EQ(Resolve(size, variant).shape.layers, 5);
  EXPECT_EQ(Resolve(size, variant).shape.heads, 4);
}

TEST(ResolveSize, RoundsTheFeedForwardWidth) {
  Variant variant;
  variant.model.ffn_ratio = 8.0 / 3.0;
  SizeSpec size;
  size.d_model = 16;
  EXPECT_EQ(Resolve(size, variant).shape.d_ff, 43);
}

// 12 * 12 * 768^2 + 50304 * 768 and the gains: the GPT-2 small shape.
TEST(ResolveSize, FindsTheShapeThatHasExactlyTheCount) {
  const auto resolved = Resolve(Total(123'587'328), WithVocabulary(50304));
  EXPECT_EQ(resolved.shape.d_model, 768);
  EXPECT_EQ(resolved.shape.layers, 12);
  EXPECT_EQ(resolved.shape.heads, 12);
  EXPECT_EQ(resolved.note,
            "params_total 124M asked: d_model 768, 12 layers, 12 heads have "
            "124M (+0.0 %), aspect ratio 64");
}

TEST(ResolveSize, ComesWithinTenPercentOverThreeDecades) {
  for (double params = 10e6; params < 10e9; params *= 1.37) {
    const auto shape = Resolve(Total(params), WithVocabulary(50304)).shape;
    const auto found = static_cast<double>(CountParameters(shape).total);
    EXPECT_NEAR(found / params, 1.0, 0.10) << SizeLabel(shape);
    EXPECT_EQ(shape.d_model % 64, 0);
    EXPECT_EQ(shape.heads, shape.d_model / 64);
  }
}

TEST(ResolveSize, KeepsTheAspectRatioWithinAFactorOfTwo) {
  for (const double aspect_ratio : {16.0, 64.0, 128.0}) {
    for (double params = 20e6; params < 2e9; params *= 1.9) {
      const auto shape =
          Resolve(Total(params), WithVocabulary(1000), aspect_ratio).shape;
      const double found = static_cast<double>(shape.d_model) /
                           static_cast<double>(shape.layers);
      EXPECT_LE(std::abs(std::log2(found / aspect_ratio)), 1.0);
    }
  }
}

TEST(ResolveSize, CountsAsTheSizeAsks) {
  SizeSpec size;
  size.params_non_embedding = 85e6;
  const auto shape = Resolve(size, WithVocabulary(50304)).shape;
  EXPECT_NEAR(static_cast<double>(CountParameters(shape).non_embedding), 85e6,
              5e6);
}

TEST(ResolveSize, KeepsTheLayersAndHeadsThatAreGiven) {
  SizeSpec size = Total(1e6);
  size.layers = 2;
  size.heads = 5;
  const auto shape = Resolve(size, WithVocabulary(256)).shape;
  EXPECT_EQ(shape.layers, 2);
  EXPECT_EQ(shape.heads, 5);
  EXPECT_EQ(shape.d_model % 10, 0);  // even heads, for rotary positions
}

TEST(ResolveSize, RefusesACountThatNoShapeComesNearTo) {
  Problems problems;
  ResolveSize(Total(1e6), WithVocabulary(50304), 64.0, "s", &problems);
  EXPECT_THAT(problems.messages(),
              ElementsAre(HasSubstr("s.params_total: no shape has about 1.00M "
                                    "parameters; the nearest, d64 L1, has")));
}

TEST(VocabSize, IsTheDatasUnlessTheModelSaysMore) {
  Variant variant;
  variant.data.task = std::make_shared<TextConfig>();
  EXPECT_EQ(ModelVocabSize(variant), 256);
  TokensConfig tokens;
  tokens.vocab_size = 50257;
  variant.data.task = std::make_shared<TokensConfig>(tokens);
  EXPECT_EQ(ModelVocabSize(variant), 50257);
  variant.model.vocab_size = 50304;
  EXPECT_EQ(ModelVocabSize(variant), 50304);
  EXPECT_EQ(ExamplesOf(variant).vocab_size, 50257);
}

}  // namespace
}  // namespace isoflop
