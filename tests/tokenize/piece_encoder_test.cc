#include "lib/tokenize/piece_encoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lib/tokenize/train_tokenizer.h"
#include "tests/support/expect_error.h"
#include "tests/tokenize/sample_text.h"

namespace isoflop {
namespace {

std::vector<std::string> UnitsOf(const std::string& text) {
  std::vector<std::string> units;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = UnitLength(std::string_view(text).substr(at));
    units.push_back(text.substr(at, size));
    at += size;
  }
  return units;
}

class PieceEncoderTest : public testing::TestWithParam<TokenizerKind> {
 protected:
  std::vector<int> Ids(std::string_view text) {
    std::vector<std::uint32_t> ids;
    encoder_.Encode(text, &ids);
    return {ids.begin(), ids.end()};
  }

  TokenizerModel model_{TrainTokenizer(UnitsOf(SampleText(400)),
                                       {.kind = GetParam(), .vocab_size = 420}),
                        "m"};
  PieceEncoder encoder_{model_};
};

TEST_P(PieceEncoderTest, HasTheIdsOfSentencePiece) {
  std::vector<int> expected;
  for (const std::string& unit : UnitsOf(SampleText(3000, /*seed=*/7))) {
    model_.Encode(unit, &expected);
    ASSERT_EQ(Ids(unit), expected) << unit;
  }
}

TEST_P(PieceEncoderTest, GivesBackWhatSentencePieceKeeps) {
  for (const std::string& text :
       {std::string("a\0b", 3), std::string(" \n  \t a\r\n"),
        std::string("</s><unk><0x41>"), std::string(200, ' '),
        std::string(300, 'z'),
        std::string("\xef\xbb\xbf"
                    "a"),
        std::string("\xe2\x96\x85 \xef\xbf\xbd")}) {
    EXPECT_EQ(model_.Decode(Ids(text)), text);
  }
}

TEST_P(PieceEncoderTest, GivesBackTheCharacterThatStandsForASpace) {
  for (const char* text : {"\xe2\x96\x81", "a\xe2\x96\x81 b",
                           "\xe2\x96\x81\xe2\x96\x81x\xe2\x96\x81"}) {
    EXPECT_EQ(model_.Decode(Ids(text)), text);
    std::vector<int> ids;
    model_.Encode(text, &ids);
    EXPECT_NE(model_.Decode(ids), text) << "SentencePiece now keeps it";
  }
}

TEST_P(PieceEncoderTest, NamesBytesThatAreNoText) {
  for (const char* text : {"a \xff b", "a \xc0\x80", "a \xed\xa0\x80",
                           "a \xf4\x90\x80\x80", "a \xe2\x96"}) {
    EXPECT_ERROR(Ids(text), "at byte 3 of the line is no UTF-8");
  }
}

TEST_P(PieceEncoderTest, NamesFileAndLine) {
  TextPiece piece;
  piece.text = "fine\nbad\xff\n";
  piece.units = {{0, 5, 0, 11, false}, {5, 5, 0, 12, true}};
  EXPECT_ERROR(encoder_.Encode(piece, {"dir/a.txt"}),
               "dir/a.txt:12: byte 0xff at byte 4");
}

TEST_P(PieceEncoderTest, EndsEachDocument) {
  TextPiece piece;
  piece.text = "a\nbc";
  piece.units = {{0, 2, 0, 1, true}, {2, 1, 0, 2, false}, {3, 1, 0, 2, true}};
  const auto ids = encoder_.Encode(piece, {"a.txt"});
  EXPECT_EQ(std::ranges::count(ids, 1U), 2);
  EXPECT_EQ(ids.back(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Kinds, PieceEncoderTest,
                         testing::Values(TokenizerKind::kBpe,
                                         TokenizerKind::kUnigram),
                         [](const auto& test) {
                           return std::string(NameOf(test.param));
                         });

}  // namespace
}  // namespace isoflop
