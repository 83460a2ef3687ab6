#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/data/first_positions_task.h"
#include "tests/data/open_kind.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using testing::ElementsAre;

const Json kSmall = {{"vocab_size", 16}, {"words", 32}, {"eval_tokens", 80}};

Json With(std::int64_t positions) {
  Json json = kSmall;
  json["train_positions"] = positions;
  return json;
}

TEST(FirstPositions, CountAloneInTraining) {
  const auto task = OpenKind("lexicon", With(3), 8);
  const auto whole = OpenKind("lexicon", kSmall, 8);
  EXPECT_EQ(task->shape().counted, 3);
  ExampleBuffer buffer(task->shape());
  ExampleBuffer other(whole->shape());
  task->ReadTrain(0, 5, buffer[0]);
  whole->ReadTrain(0, 5, other[0]);
  EXPECT_THAT(buffer[0].counts, ElementsAre(1, 1, 1, 0, 0, 0, 0, 0));
  EXPECT_TRUE(std::ranges::equal(buffer[0].tokens, other[0].tokens));
  EXPECT_TRUE(
      std::ranges::equal(buffer[0].target_tokens, other[0].target_tokens));
}

TEST(FirstPositions, AreNotAloneInTheEvaluationSet) {
  const auto task = OpenKind("lexicon", With(3), 8);
  ExampleBuffer buffer(task->shape());
  task->ReadEval(2, buffer[0]);
  EXPECT_THAT(buffer[0].counts, ElementsAre(1, 1, 1, 1, 1, 1, 1, 1));
  EXPECT_EQ(task->eval_examples(), 10);
}

TEST(FirstPositions, MakeAnotherTask) {
  const auto three = OpenKind("lexicon", With(3), 8);
  const auto four = OpenKind("lexicon", With(4), 8);
  const auto whole = OpenKind("lexicon", kSmall, 8);
  EXPECT_NE(three->info().fingerprint, four->info().fingerprint);
  EXPECT_NE(three->info().fingerprint, whole->info().fingerprint);
  EXPECT_EQ(OpenKind("lexicon", With(0), 8)->info().fingerprint,
            whole->info().fingerprint);
}

TEST(FirstPositions, AreRefusedWhereTheyAreAllOrNotAllCountAnyway) {
  EXPECT_ERROR(OpenKind("lexicon", With(8), 8),
               "a.json: data.train_positions: must be below model.context of "
               "8, got 8");
  EXPECT_ERROR(
      OpenKind("recall", {{"train_positions", 4}}, 16),
      "a.json: data.train_positions: has no meaning for recall, of which only "
      "some positions count");
  EXPECT_ERROR(OpenKind("lexicon", With(-1), 8),
               "a.json: data.train_positions: must be from 0");
}

TEST(Lexicon, KnowsHowMuchOfItTrainingHasNotShown) {
  const auto share = [](const Json& keys, std::int64_t tokens) {
    Problems problems;
    Json json = {{"kind", "lexicon"}};
    json.update(keys);
    const auto config = ParseDataConfig(json, "data", 8, &problems);
    return config.task->UnseenShare(tokens).value();
  };
  // Two words as frequent: either is missing from n draws with 2^-n.
  const Json two = {{"vocab_size", 16}, {"words", 2}, {"zipf_exponent", 0}};
  EXPECT_NEAR(share(two, 4), 0.5, 1e-12);
  EXPECT_NEAR(share(two, 20), 1.0 / 32.0, 1e-12);
  EXPECT_GT(share(kSmall, 40), share(kSmall, 80));
}

}  // namespace
}  // namespace isoflop
