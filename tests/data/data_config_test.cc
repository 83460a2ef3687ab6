#include "lib/data/data_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/data/lexicon.h"
#include "lib/data/text_task.h"
#include "lib/data/tokens_task.h"

namespace isoflop {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Config>
const Config& Of(const DataConfig& config) {
  return dynamic_cast<const Config&>(*config.task);
}

struct Parsed {
  DataConfig config;
  std::vector<std::string> messages;
};

Parsed Parse(const std::string& text, std::int64_t context = 64) {
  Problems problems;
  const DataConfig config = ParseDataConfig(ParseJson(text, "a.json"),
                                            "a.json: data", context, &problems);
  return {config, problems.messages()};
}

TEST(DataConfig, IsTheLexiconOfTheRecipeByDefault) {
  const auto [config, messages] = Parse("{}");
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_EQ(config.task->kind(), "lexicon");
  EXPECT_EQ(config.eval_tokens, 65536);
  EXPECT_EQ(Of<LexiconConfig>(config).words, 65536);
  EXPECT_EQ(Of<LexiconConfig>(config).word_length, 4);
  EXPECT_EQ(Of<LexiconConfig>(config).zipf_exponent, 1.3);
}

TEST(DataConfig, ReadsEveryKeyOfALexicon) {
  const auto [config, messages] = Parse(
      R"({"kind": "lexicon", "vocab_size": 32, "words": 1e4, "word_length": 8,
          "zipf_exponent": 1.5, "language_seed": 7, "eval_tokens": 4096})");
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_EQ(Of<LexiconConfig>(config).vocab_size, 32);
  EXPECT_EQ(Of<LexiconConfig>(config).words, 10000);
  EXPECT_EQ(Of<LexiconConfig>(config).word_length, 8);
  EXPECT_EQ(Of<LexiconConfig>(config).zipf_exponent, 1.5);
  EXPECT_EQ(Of<LexiconConfig>(config).language_seed, 7);
  EXPECT_EQ(config.eval_tokens, 4096);
}

TEST(DataConfig, ReadsEveryKeyOfAText) {
  const auto [config, messages] = Parse(
      R"({"kind": "text", "paths": ["/usr/include"],
          "extensions": ["h", ".hpp"], "validation_fraction": 0.1,
          "max_epochs": 4})");
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_EQ(config.task->kind(), "text");
  EXPECT_THAT(Of<TextConfig>(config).paths, ElementsAre("/usr/include"));
  EXPECT_THAT(Of<TextConfig>(config).extensions, ElementsAre(".h", ".hpp"));
  EXPECT_EQ(Of<TextConfig>(config).validation_fraction, 0.1);
  EXPECT_EQ(config.max_epochs, 4);
}

TEST(DataConfig, ReadsEveryKeyOfTokens) {
  const auto [config, messages] = Parse(
      R"({"kind": "tokens", "train_paths": ["a*.bin"],
          "validation_paths": ["b.bin"], "format": "uint32",
          "vocab_size": 128256})");
  EXPECT_THAT(messages, IsEmpty());
  EXPECT_EQ(config.task->kind(), "tokens");
  EXPECT_THAT(Of<TokensConfig>(config).train_paths, ElementsAre("a*.bin"));
  EXPECT_THAT(Of<TokensConfig>(config).validation_paths, ElementsAre("b.bin"));
  EXPECT_EQ(Of<TokensConfig>(config).format, TokenFormat::kUint32);
  EXPECT_EQ(Of<TokensConfig>(config).vocab_size, 128256);
}

TEST(DataConfig, SurvivesBeingWrittenAndReadAgain) {
  for (const char* text :
       {"{}", R"({"words": 100, "zipf_exponent": 0, "language_seed": 5})",
        R"({"kind": "text", "paths": ["a", "b"]})",
        R"({"kind": "text", "paths": ["a"], "extensions": ["py"],
            "validation_fraction": 0.123456789})",
        R"({"kind": "tokens", "train_paths": ["a"], "vocab_size": 50257})",
        R"({"kind": "tokens", "train_paths": ["a"], "vocab_size": 50304,
            "validation_paths": ["b"], "format": "uint16",
            "eval_tokens": 1e6, "max_epochs": 3})"}) {
    const Json written = ToJson(Parse(text).config);
    const auto [again, messages] = Parse(written.dump());
    EXPECT_THAT(messages, IsEmpty()) << written;
    EXPECT_EQ(ToJson(again), written);
  }
}

struct BadConfig {
  const char* text;
  const char* where;
  const char* what;
};

constexpr BadConfig kBad[] = {
    {R"([])", "data", "must be an object, got []"},
    {R"("lexicon")", "data", "must be an object"},
    {R"({"kind": "lexicn"})", "data.kind", "(did you mean 'lexicon'?)"},
    {R"({"kind": "Text"})", "data.kind", "(did you mean 'text'?)"},
    {R"({"kind": "wiki"})", "data.kind",
     "one of lexicon, text, tokens, power_features, markov, regression, "
     "recall, "
     "manifold, teacher"},
    {R"({"kind": 1})", "data.kind", "must be a non-empty string, got 1"},
    {R"({"kind": ""})", "data.kind", "must be a non-empty string"},
    {R"({"kind": null})", "data.kind", "got null"},
    {R"({"word": 100})", "data.word", "unknown key (did you mean 'words'?)"},
    {R"({"seed": 100})", "data.seed", "unknown key"},
    {R"({"words": 1})", "data.words", "must be from 2 to 16777216, got 1"},
    {R"({"words": 1e9})", "data.words", "must be from 2 to 16777216"},
    {R"({"words": 100.5})", "data.words", "must be a whole number, got 100.5"},
    {R"({"words": "100"})", "data.words", "must be a whole number"},
    {R"({"words": 2000000})", "data.words",
     "2000000 words cannot all differ: 4 tokens from alphabets of 32 spell "
     "only 1048576"},
    {R"({"vocab_size": 2})", "data.words", "alphabets of 1 spell only 1"},
    {R"({"vocab_size": 63})", "data.vocab_size", "must be even"},
    {R"({"vocab_size": 0})", "data.vocab_size", "must be from 2 to 65536"},
    {R"({"vocab_size": 70000})", "data.vocab_size", "from 2 to 65536"},
    {R"({"word_length": 0})", "data.word_length", "must be from 1 to 64"},
    {R"({"word_length": 5})", "data.word_length", "5 does not divide 64"},
    {R"({"zipf_exponent": -1})", "data.zipf_exponent", "from 0 to 10, got -1"},
    {R"({"zipf_exponent": 11})", "data.zipf_exponent", "from 0 to 10, got 11"},
    {R"({"zipf_exponent": "1.3"})", "data.zipf_exponent", "must be a number"},
    {R"({"language_seed": -1})", "data.language_seed", "must be"},
    {R"({"eval_tokens": 63})", "data.eval_tokens",
     "must be at least the context of 64, got 63"},
    {R"({"eval_tokens": 0})", "data.eval_tokens", "must be from 1 to"},
    {R"({"eval_tokens": 1e12})", "data.eval_tokens", "must be from 1 to"},
    {R"({"max_epochs": 0})", "data.max_epochs", "must be from 1 to"},
    {R"({"max_epochs": 1.5})", "data.max_epochs", "must be a whole number"},
    {R"({"paths": ["a"]})", "data.paths",
     R"(is a key of kind "text", but the kind is "lexicon")"},
    {R"({"kind": "text"})", "data.paths", "is missing"},
    {R"({"kind": "text", "paths": []})", "data.paths", "non-empty array"},
    {R"({"kind": "text", "paths": "a.txt"})", "data.paths", "non-empty array"},
    {R"({"kind": "text", "paths": ["a", 1]})", "data.paths[1]",
     "must be a non-empty string, got 1"},
    {R"({"kind": "text", "paths": [""]})", "data.paths[0]", "non-empty string"},
    {R"({"kind": "text", "path": ["a"], "paths": ["a"]})", "data.path",
     "(did you mean 'paths'?)"},
    {R"({"kind": "text", "paths": ["a"], "extensions": ".h"})",
     "data.extensions", "non-empty array"},
    {R"({"kind": "text", "paths": ["a"], "validation_fraction": 0})",
     "data.validation_fraction", "must be above 0 and at most 0.5, got 0"},
    {R"({"kind": "text", "paths": ["a"], "validation_fraction": 0.6})",
     "data.validation_fraction", "must be above 0 and at most 0.5, got 0.6"},
    {R"({"kind": "text", "paths": ["a"], "words": 100})", "data.words",
     R"(is a key of kind "lexicon", but the kind is "text")"},
    {R"({"kind": "text", "paths": ["a"], "vocab_size": 256})",
     "data.vocab_size",
     R"(is a key of kind "lexicon", "tokens", but the kind is "text")"},
    {R"({"kind": "tokens", "vocab_size": 100})", "data.train_paths",
     "is missing"},
    {R"({"kind": "tokens", "train_paths": ["a"]})", "data.vocab_size",
     "is missing"},
    {R"({"kind": "tokens", "train_paths": ["a"], "vocab_size": 1})",
     "data.vocab_size", "must be from 2 to 2147483647, got 1"},
    {R"({"kind": "tokens", "train_paths": ["a"], "vocab_size": 3e9})",
     "data.vocab_size", "must be from 2 to 2147483647"},
    {R"({"kind": "tokens", "train_paths": ["a"], "vocab_size": 9,
         "format": "int16"})",
     "data.format", "(did you mean 'uint16'?)"},
    {R"({"kind": "tokens", "train_paths": ["a"], "vocab_size": 128256,
         "format": "uint16"})",
     "data.vocab_size",
     "must be at most 65536 with the format uint16, got 128256"},
    {R"({"kind": "tokens", "train_paths": ["a"], "vocab_size": 9,
         "validation_fraction": 0.1})",
     "data.validation_fraction", R"(is a key of kind "text")"},
};

TEST(DataConfig, RefusesWhatItIsNotMeantToBe) {
  for (const BadConfig& bad : kBad) {
    EXPECT_THAT(
        Parse(bad.text).messages,
        ElementsAre(AllOf(HasSubstr(std::string("a.json: ") + bad.where + ": "),
                          HasSubstr(bad.what))))
        << bad.text;
  }
}

TEST(DataConfig, SaysEverythingThatIsWrongAtOnce) {
  EXPECT_EQ(Parse(R"({"words": 1, "vocab_size": 0, "max_epochs": 0, "x": 1})")
                .messages.size(),
            4U);
}

}  // namespace
}  // namespace isoflop
