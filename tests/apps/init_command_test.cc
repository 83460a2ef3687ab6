#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/core/json.h"
#include "lib/data/tokens_record.h"
#include "tests/apps/command.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

constexpr const char* kFakeWorker = " --worker " ISOFLOP_FAKE_WORKER;

TEST(Init, WritesASweepThatPlanHasNothingAgainst) {
  const TempDir dir;
  const Outcome init =
      Isoflop(dir, std::string("init --flops 1e13 -o mine.json") + kFakeWorker);
  ASSERT_EQ(init.status, 0) << init.err;
  EXPECT_THAT(init.out, HasSubstr("isoflop sweep mine.json -o runs/mine"));
  for (const char* file : {"mine.json", "mine-lr.json"}) {
    EXPECT_EQ(Isoflop(dir, std::string("plan ") + file + kFakeWorker).status,
              0);
  }
}

TEST(Init, KeepsWhatSomebodyMayHaveChanged) {
  const TempDir dir;
  dir.Write("mine-lr.json", "{}");
  const std::string command =
      std::string("init --flops 1e13 -o mine.json") + kFakeWorker;
  const Outcome refused = Isoflop(dir, command);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("may have been changed by hand"));
  EXPECT_FALSE(std::filesystem::exists(dir / "mine.json"));
  EXPECT_EQ(Isoflop(dir, command + " --force").status, 0);
}

TEST(Init, NamesDataRelativeToTheFile) {
  const TempDir dir;
  std::filesystem::create_directories(dir / "books");
  std::string text;
  for (long i = 0; i < 900'000; ++i) text += std::to_string(i * 7919) + " ";
  WriteFileAtomically(dir / "books/a.txt", text);
  const Outcome init =
      Isoflop(dir, std::string("init --flops 5e12 --data books -o mine.json") +
                       kFakeWorker);
  ASSERT_EQ(init.status, 0) << init.err;
  EXPECT_EQ(ReadJsonFile(dir / "mine.json")["data"]["paths"], Json({"books"}));
}

TEST(Init, TakesTheVocabularyThatLiesBesideTokenFiles) {
  const TempDir dir;
  std::string tokens(16'000'000, '\0');
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < tokens.size(); i += 2) {
    state = state * 1664525 + 1013904223;
    tokens[i] = static_cast<char>(state >> 24);
    tokens[i + 1] = static_cast<char>((state >> 16) & 1);
  }
  std::filesystem::create_directories(dir / "tokens");
  WriteFileAtomically(dir / "tokens/train_000.bin", tokens);
  const std::string command =
      std::string(
          "init --flops 1e13 --data tokens --format uint16 "
          "-o mine.json") +
      kFakeWorker;
  const Outcome refused = Isoflop(dir, command);
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--vocab-size: needed"));
  TokensRecord record;
  record.tokenizer = {.sha256 = std::string(64, 'a'),
                      .release = "0.1.97",
                      .kind = "bpe",
                      .vocab_size = 512,
                      .end_of_text = 0,
                      .training_threads = 1};
  record.fingerprint = std::string(64, 'b');
  record.documents = 1;
  record.bytes = record.tokens = 8'000'000;
  record.files = {{"train_000.bin", 8'000'000, std::string(64, 'c')}};
  WriteJsonFile(dir / "tokens/tokens.json", ToJson(record));
  ASSERT_EQ(Isoflop(dir, command).status, 0) << Isoflop(dir, command).err;
  const Json data = ReadJsonFile(dir / "mine.json")["data"];
  EXPECT_EQ(data["vocab_size"], 512);
  EXPECT_EQ(data["train_paths"], Json({"tokens/train_000.bin"}));
}

TEST(Init, RefusesWhatItCannotMakeASweepOf) {
  const TempDir dir;
  dir.Write("short.txt", "a few words");
  for (const char* arguments :
       {"init", "init --flops 0", "init --flops -1", "init --flops nan",
        "init --flops inf", "init --flops 1e9", "init --flops 1e13 --data none",
        "init --flops 1e13 --data short.txt", "init --flops 1e13 more"}) {
    const Outcome outcome = Isoflop(dir, std::string(arguments));
    EXPECT_EQ(outcome.status, 2) << arguments;
    EXPECT_NE(outcome.err, "") << arguments;
    EXPECT_FALSE(std::filesystem::exists(dir / "first.json")) << arguments;
  }
}

}  // namespace
}  // namespace isoflop
