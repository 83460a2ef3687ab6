#include "lib/tokenize/model_facts.h"

#include <gtest/gtest.h>

#include <string>

#include "lib/tokenize/train_tokenizer.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

std::string Model(TokenizerKind kind) {
  return TrainTokenizer({"a b c a b\n", "ab abc abcd\n", "d ef ab\n"},
                        {.kind = kind, .vocab_size = 268});
}

TEST(ModelFacts, AreThoseTheModelWasTrainedWith) {
  for (const auto kind : {TokenizerKind::kBpe, TokenizerKind::kUnigram}) {
    const ModelFacts facts = ReadModelFacts(Model(kind), "m");
    EXPECT_EQ(facts.kind, kind);
    EXPECT_EQ(facts.normalization, "identity");
  }
}

TEST(ModelFacts, RefuseWhatIsNoMessage) {
  EXPECT_ERROR(ReadModelFacts("\xff\xff\xff", "m.model"),
               "m.model: is no model of SentencePiece");
  EXPECT_ERROR(ReadModelFacts("hello, world", "m.model"), "is no model");
  EXPECT_ERROR(ReadModelFacts(std::string(20, '\xff'), "m"), "is no model");
}

TEST(ModelFacts, RefuseEveryCutThatIsNotBetweenFields) {
  const std::string model = Model(TokenizerKind::kBpe);
  int refused = 0;
  for (std::size_t size = 1; size < model.size(); ++size) {
    try {
      ReadModelFacts(std::string_view(model).substr(0, size), "m");
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, static_cast<int>(model.size()) / 2);
}

}  // namespace
}  // namespace isoflop
