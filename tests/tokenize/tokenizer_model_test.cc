#include "lib/tokenize/tokenizer_model.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/tokenize/train_tokenizer.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"
#include "tests/tokenize/sample_text.h"

namespace isoflop {
namespace {

std::vector<std::string> Lines(int lines) {
  std::vector<std::string> sample;
  std::string text = SampleText(lines);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = UnitLength(std::string_view(text).substr(at));
    sample.push_back(text.substr(at, size));
    at += size;
  }
  return sample;
}

TEST(TokenizerModel, KeepsWordsApartIfItIsOfBytePairs) {
  const auto model = [](TokenizerKind kind) {
    return TokenizerModel(
        TrainTokenizer(Lines(300), {.kind = kind, .vocab_size = 400}), "m");
  };
  EXPECT_TRUE(model(TokenizerKind::kBpe).words_apart());
  EXPECT_FALSE(model(TokenizerKind::kUnigram).words_apart());
}

TEST(TokenizerModel, HasAPieceForEveryByte) {
  const TokenizerModel model(
      TrainTokenizer(Lines(300),
                     {.kind = TokenizerKind::kBpe, .vocab_size = 400}),
      "m");
  EXPECT_EQ(model.vocab_size(), 400);
  EXPECT_EQ(model.end_of_text(), 1);
  EXPECT_EQ(model.Surface(1), "");
  for (int byte = 0; byte < 256; ++byte) {
    const int id = model.PieceOfByte(static_cast<unsigned char>(byte));
    ASSERT_GE(id, 0);
    EXPECT_EQ(model.Surface(id), std::string(1, static_cast<char>(byte)));
  }
}

TEST(TokenizerModel, IsTheSameForTheSameSample) {
  for (const auto kind : {TokenizerKind::kBpe, TokenizerKind::kUnigram}) {
    const TokenizerTraining training{.kind = kind, .vocab_size = 400};
    EXPECT_EQ(TrainTokenizer(Lines(300), training),
              TrainTokenizer(Lines(300), training));
  }
}

TEST(TokenizerModel, RefusesWhatIsNoModel) {
  const TempDir dir;
  EXPECT_ERROR(TokenizerModel::Load(dir / "none.model"), "none.model");
  EXPECT_ERROR(TokenizerModel::Load(dir.Write("a.model", "{}")),
               "a.model: is no model of SentencePiece");
  EXPECT_ERROR(TokenizerModel::Load(dir.Write("a.model", "")), "is no model");
}

TEST(TrainTokenizer, SaysWhichVocabularyTheDataHave) {
  const auto train = [](TokenizerKind kind, int size) {
    return TrainTokenizer(Lines(20), {.kind = kind, .vocab_size = size});
  };
  for (const auto kind : {TokenizerKind::kBpe, TokenizerKind::kUnigram}) {
    EXPECT_ERROR(train(kind, 60000),
                 "--vocab-size: 60000 is too large for the data");
    EXPECT_ERROR(train(kind, 260), "--vocab-size: 260 has no room");
  }
  EXPECT_ERROR(TrainTokenizer({}, {}), "there is no text");
}

TEST(TextSample, IsEvenAndBounded) {
  TextSample sample;
  TextPiece piece;
  piece.text = std::string(1 << 20, 'x');
  piece.units.assign(100, {0, 1 << 20, 0, 1, true});
  sample.Add(piece);
  EXPECT_LE(sample.units().size(), 16U);
  EXPECT_GE(sample.units().size(), 8U);
}

}  // namespace
}  // namespace isoflop
