#include "lib/sweep/model_shape.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ModelShape Shape(std::int64_t d_model, std::int64_t layers,
                 std::int64_t heads) {
  ModelShape shape;
  shape.d_model = d_model;
  shape.layers = layers;
  shape.heads = heads;
  shape.context = 64;
  shape.vocab_size = 64;
  shape.d_ff = 4 * d_model;
  return shape;
}

ModelShape Gpt2() {
  ModelShape shape = Shape(768, 12, 12);
  shape.context = 1024;
  shape.vocab_size = 50257;
  shape.ffn = FfnKind::kGelu;
  shape.norm = NormKind::kLayer;
  shape.position = Position::kLearned;
  return shape;
}

std::vector<std::string> ProblemsOf(const ModelShape& shape) {
  Problems problems;
  Validate(shape, "m", &problems);
  return problems.messages();
}

TEST(CountParameters, GivesTheWidthLadderOfTheDemo) {
  struct Rung {
    std::int64_t d_model;
    std::int64_t without_gains;  // 12 L d^2 + V d
  };
  const std::vector<Rung> ladder = {
      {12, 4224},  {16, 7168},  {20, 10880},  {24, 15360},  {32, 26624},
      {40, 40960}, {48, 58368}, {64, 102400}, {80, 158720}, {96, 227328}};
  for (const Rung& rung : ladder) {
    const auto counts = CountParameters(Shape(rung.d_model, 2, 2));
    const std::int64_t gains = 5 * rung.d_model;
    EXPECT_EQ(counts.total, rung.without_gains + gains);
    EXPECT_EQ(counts.non_embedding, counts.total - 64 * rung.d_model);
  }
}

// Hugging Face's GPT-2 has 124,439,808, of which 82,944 are biases.
TEST(CountParameters, GivesGpt2WithoutItsBiases) {
  EXPECT_EQ(CountParameters(Gpt2()).total, 124'439'808 - 82'944);
  EXPECT_EQ(CountParameters(Gpt2()).non_embedding,
            12 * (12 * 768 * 768 + 4 * 768) + 2 * 768);
}

TEST(CountParameters, CountsTheHeadTwiceOnlyWhenItIsNotTied) {
  ModelShape shape = Shape(32, 2, 2);
  const auto tied = CountParameters(shape);
  shape.tied_embeddings = false;
  const auto untied = CountParameters(shape);
  EXPECT_EQ(untied.total - tied.total, 64 * 32);
  EXPECT_EQ(untied.non_embedding, tied.non_embedding);
}

TEST(CountParameters, CountsThreeMatricesForSwiglu) {
  ModelShape shape = Shape(32, 2, 2);
  shape.d_ff = 100;
  const auto two = CountParameters(shape).total;
  shape.ffn = FfnKind::kSwiglu;
  EXPECT_EQ(CountParameters(shape).total - two, 2 * 32 * 100);
}

TEST(CountParameters, GivesLearnedPositionsATableAndRotaryNone) {
  ModelShape shape = Shape(32, 2, 2);
  const auto rotary = CountParameters(shape);
  shape.position = Position::kLearned;
  const auto learned = CountParameters(shape);
  EXPECT_EQ(learned.total - rotary.total, 64 * 32);
  EXPECT_EQ(learned.non_embedding, rotary.non_embedding);
}

TEST(CountParameters, GrowsWithWidthDepthAndVocabulary) {
  const auto base = CountParameters(Shape(32, 2, 2)).total;
  EXPECT_GT(CountParameters(Shape(34, 2, 2)).total, base);
  EXPECT_GT(CountParameters(Shape(32, 3, 2)).total, base);
  ModelShape more_words = Shape(32, 2, 2);
  ++more_words.vocab_size;
  EXPECT_EQ(CountParameters(more_words).total, base + 32);
}

TEST(TrainingFlopsPerToken, CountsEveryMatrixProduct) {
  // 6 (2 * 12 * 32^2 + 64 * 32) + 12 * 2 * 32 * 64
  EXPECT_DOUBLE_EQ(TrainingFlopsPerToken(Shape(32, 2, 2)), 159'744 + 49'152);
}

TEST(TrainingFlopsPerToken, IsTheSameTiedOrNotAndWhateverThePositions) {
  const double flops = TrainingFlopsPerToken(Gpt2());
  ModelShape other = Gpt2();
  other.tied_embeddings = false;
  other.position = Position::kNone;
  EXPECT_DOUBLE_EQ(TrainingFlopsPerToken(other), flops);
}

TEST(ValidateShape, AcceptsTheShapesOfTheDemo) {
  EXPECT_THAT(ProblemsOf(Shape(12, 2, 2)), ElementsAre());
}

TEST(ValidateShape, RefusesHeadsThatDoNotDivideTheWidth) {
  EXPECT_THAT(ProblemsOf(Shape(32, 2, 3)),
              ElementsAre("m.heads: 3 does not divide d_model 32"));
}

TEST(ValidateShape, RefusesAnOddHeadSizeWithRotaryPositionsOnly) {
  ModelShape shape = Shape(12, 2, 4);
  EXPECT_THAT(ProblemsOf(shape), ElementsAre(HasSubstr("odd size 3")));
  shape.position = Position::kNone;
  EXPECT_THAT(ProblemsOf(shape), ElementsAre());
}

TEST(ValidateShape, NamesEveryLengthThatIsOutOfRange) {
  ModelShape shape;
  shape.d_model = -1;
  shape.vocab_size = 1;
  EXPECT_THAT(ProblemsOf(shape),
              ElementsAre(HasSubstr("m.d_model: must be from 1"),
                          HasSubstr("m.heads: must be from 1"),
                          HasSubstr("m.layers: must be from 1"),
                          HasSubstr("m.context: must be from 1"),
                          HasSubstr("m.vocab_size: must be from 2"),
                          HasSubstr("m.d_ff: must be from 1")));
}

TEST(ModelShapeJson, ReadsBackWhatItWrites) {
  ModelShape shape = Gpt2();
  shape.tied_embeddings = false;
  shape.rotary_base = 1e4 / 3.0;
  const Json json = ParseJson(ToJson(shape).dump(), "shape");
  EXPECT_EQ(ModelShapeFromJson(json, "shape"), shape);
}

TEST(ModelShapeJson, RefusesARecordWithAFieldMissing) {
  const Json complete = ToJson(Gpt2());
  for (const auto& field : complete.items()) {
    Json json = complete;
    json.erase(field.key());
    EXPECT_ERROR(ModelShapeFromJson(json, "g.json: model"),
                 "g.json: model." + field.key() + ": is missing");
  }
}

TEST(ModelShapeJson, RefusesAShapeThatCannotBeBuilt) {
  Json json = ToJson(Gpt2());
  json["heads"] = 7;
  EXPECT_ERROR(ModelShapeFromJson(json, "g.json: model"),
               "g.json: model.heads: 7 does not divide d_model 768");
}

}  // namespace
}  // namespace isoflop
