#include "lib/data/task.h"

#include <gtest/gtest.h>

#include "lib/core/error.h"
#include "lib/data/text_task.h"
#include "lib/data/tokens_task.h"
#include "tests/data/token_bytes.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

template <typename Settings>
DataConfig ConfigOf(const Settings& settings, std::int64_t eval_tokens) {
  DataConfig config;
  config.task = std::make_shared<Settings>(settings);
  config.eval_tokens = eval_tokens;
  return config;
}

/// 1,012 tokens: 100 training windows of 10, and 11 tokens for validation.
DataConfig SmallTokens(const TempDir& dir) {
  TokensConfig tokens;
  tokens.train_paths = {
      dir.Write("a", TokenBytes<std::uint16_t>(Counting(1012))).string()};
  tokens.format = TokenFormat::kUint16;
  tokens.vocab_size = 2000;
  return ConfigOf(tokens, 10);
}

TEST(OpenTask, OpensEveryKind) {
  const TempDir dir;
  EXPECT_EQ(OpenTask(DataConfig{}, 64)->info().vocab_size, 64);
  EXPECT_EQ(OpenTask(SmallTokens(dir), 10)->info().vocab_size, 2000);
  TextConfig text;
  text.paths = {dir.Write("b", std::string(10000, 'x')).string()};
  EXPECT_EQ(OpenTask(ConfigOf(text, 64), 64)->info().vocab_size, 256);
}

TEST(OpenTask, RefusesAContextThatIsNone) {
  EXPECT_ERROR(OpenTask(DataConfig{}, 0), "context: must be at least 1");
}

TEST(OpenTask, RefusesAnEvaluationSetSmallerThanAWindow) {
  DataConfig config;
  config.eval_tokens = 63;
  EXPECT_ERROR(OpenTask(config, 64),
               "data.eval_tokens: must be at least the context of 64, got 63");
}

TEST(OpenTask, RefusesALexiconThatDoesNotFitTheContext) {
  EXPECT_ERROR(OpenTask(DataConfig{}, 62),
               "data.word_length: must divide the context");
}

TEST(OpenTask, GivesTheLayoutThatItsConfigurationSays) {
  const TempDir dir;
  const DataConfig config = SmallTokens(dir);
  EXPECT_EQ(OpenTask(config, 10)->shape(), config.task->Shape(10));
}

TEST(RequireTokens, TakesWhatAnEpochHolds) {
  const TempDir dir;
  const DataConfig config = SmallTokens(dir);
  const auto task = OpenTask(config, 10);
  EXPECT_NO_THROW(RequireTokens(*task, config, 1000, "it"));
}

TEST(RequireTokens, RefusesMoreWithTheNumbers) {
  const TempDir dir;
  const DataConfig config = SmallTokens(dir);
  const auto task = OpenTask(config, 10);
  EXPECT_ERROR(RequireTokens(*task, config, 2001, "it"),
               "data.max_epochs: is 1, but it needs 2001 training tokens "
               "(2.00k), and the data hold 1000 (1.00k) in an epoch: give more "
               "data, train on fewer tokens, or allow 3 epochs");
}

TEST(RequireTokens, CountsTheEpochsThatAreAllowed) {
  const TempDir dir;
  DataConfig config = SmallTokens(dir);
  config.max_epochs = 4;
  const auto task = OpenTask(config, 10);
  EXPECT_NO_THROW(RequireTokens(*task, config, 4000, "it"));
  EXPECT_ERROR(RequireTokens(*task, config, 4001, "it"),
               "data.max_epochs: is 4");
}

TEST(RequireTokens, TakesAnyNumberFromAnEndlessTask) {
  const DataConfig config;
  const auto task = OpenTask(config, 64);
  EXPECT_NO_THROW(RequireTokens(*task, config, INT64_MAX, "it"));
}

TEST(Epochs, CountHowOftenTheTokensAreUsed) {
  const TempDir dir;
  const auto task = OpenTask(SmallTokens(dir), 10);
  EXPECT_DOUBLE_EQ(Epochs(*task, 500), 0.5);
  EXPECT_DOUBLE_EQ(Epochs(*task, 2500), 2.5);
  EXPECT_DOUBLE_EQ(Epochs(*OpenTask(DataConfig{}, 64), 1 << 30), 0.0);
}

TEST(TaskInfo, LeavesOutOfItsJsonWhatIsNotKnown) {
  const TempDir dir;
  const Json tokens = ToJson(OpenTask(SmallTokens(dir), 10)->info());
  EXPECT_EQ(tokens["train_tokens"], 1001);
  EXPECT_FALSE(tokens.contains("bayes_risk"));
  EXPECT_FALSE(tokens.contains("bayes_loss"));
  const Json lexicon = ToJson(OpenTask(DataConfig{}, 64)->info());
  EXPECT_FALSE(lexicon.contains("train_tokens"));
  EXPECT_NEAR(lexicon["bayes_risk"].get<double>(), 1.1287, 1e-4);
}

}  // namespace
}  // namespace isoflop
