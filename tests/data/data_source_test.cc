#include "lib/data/data_source.h"

#include <gtest/gtest.h>

#include "lib/core/error.h"
#include "tests/data/token_bytes.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

/// 1,012 tokens: 100 training windows of 10, and 11 tokens for validation.
DataConfig SmallTokens(const TempDir& dir) {
  DataConfig config;
  config.kind = DataKind::kTokens;
  config.eval_tokens = 10;
  config.tokens.train_paths = {
      dir.Write("a", TokenBytes<std::uint16_t>(Counting(1012))).string()};
  config.tokens.format = TokenFormat::kUint16;
  config.tokens.vocab_size = 2000;
  return config;
}

TEST(OpenDataSource, OpensEveryKind) {
  const TempDir dir;
  EXPECT_EQ(OpenDataSource(DataConfig{}, 64)->info().vocab_size, 64);
  EXPECT_EQ(OpenDataSource(SmallTokens(dir), 10)->info().vocab_size, 2000);
  DataConfig text;
  text.kind = DataKind::kText;
  text.eval_tokens = 64;
  text.text.paths = {dir.Write("b", std::string(10000, 'x')).string()};
  EXPECT_EQ(OpenDataSource(text, 64)->info().vocab_size, 256);
}

TEST(OpenDataSource, RefusesAContextThatIsNone) {
  EXPECT_ERROR(OpenDataSource(DataConfig{}, 0), "context: must be at least 1");
}

TEST(OpenDataSource, RefusesAnEvaluationSetSmallerThanAWindow) {
  DataConfig config;
  config.eval_tokens = 63;
  EXPECT_ERROR(OpenDataSource(config, 64),
               "data.eval_tokens: must be at least the context of 64, got 63");
}

TEST(OpenDataSource, RefusesALexiconThatDoesNotFitTheContext) {
  EXPECT_ERROR(OpenDataSource(DataConfig{}, 62),
               "data.word_length: must divide the context");
}

TEST(RequireTokens, TakesWhatAnEpochHolds) {
  const TempDir dir;
  const DataConfig config = SmallTokens(dir);
  const auto source = OpenDataSource(config, 10);
  EXPECT_NO_THROW(RequireTokens(*source, config, 1000, "it"));
}

TEST(RequireTokens, RefusesMoreWithTheNumbers) {
  const TempDir dir;
  const DataConfig config = SmallTokens(dir);
  const auto source = OpenDataSource(config, 10);
  EXPECT_ERROR(RequireTokens(*source, config, 2001, "it"),
               "data.max_epochs: is 1, but it needs 2001 training tokens "
               "(2.00k), and the data hold 1000 (1.00k) in an epoch: give more "
               "data, train on fewer tokens, or allow 3 epochs");
}

TEST(RequireTokens, CountsTheEpochsThatAreAllowed) {
  const TempDir dir;
  DataConfig config = SmallTokens(dir);
  config.max_epochs = 4;
  const auto source = OpenDataSource(config, 10);
  EXPECT_NO_THROW(RequireTokens(*source, config, 4000, "it"));
  EXPECT_ERROR(RequireTokens(*source, config, 4001, "it"),
               "data.max_epochs: is 4");
}

TEST(RequireTokens, TakesAnyNumberFromAnEndlessSource) {
  const DataConfig config;
  const auto source = OpenDataSource(config, 64);
  EXPECT_NO_THROW(RequireTokens(*source, config, INT64_MAX, "it"));
}

TEST(Epochs, CountHowOftenTheTokensAreUsed) {
  const TempDir dir;
  const auto source = OpenDataSource(SmallTokens(dir), 10);
  EXPECT_DOUBLE_EQ(Epochs(*source, 500), 0.5);
  EXPECT_DOUBLE_EQ(Epochs(*source, 2500), 2.5);
  EXPECT_DOUBLE_EQ(Epochs(*OpenDataSource(DataConfig{}, 64), 1 << 30), 0.0);
}

TEST(DataInfo, LeavesOutOfItsJsonWhatIsNotKnown) {
  const TempDir dir;
  const Json tokens = ToJson(OpenDataSource(SmallTokens(dir), 10)->info());
  EXPECT_EQ(tokens["train_tokens"], 1001);
  EXPECT_FALSE(tokens.contains("entropy_rate"));
  EXPECT_FALSE(tokens.contains("bayes_loss"));
  const Json lexicon = ToJson(OpenDataSource(DataConfig{}, 64)->info());
  EXPECT_FALSE(lexicon.contains("train_tokens"));
  EXPECT_NEAR(lexicon["entropy_rate"].get<double>(), 1.1287, 1e-4);
}

}  // namespace
}  // namespace isoflop
