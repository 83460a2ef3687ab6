#include "lib/data/tokens_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "tests/data/token_bytes.h"
#include "tests/data/windows.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

TokensConfig Config(std::vector<std::string> train,
                    std::vector<std::string> validation = {}) {
  TokensConfig config;
  config.train_paths = std::move(train);
  config.validation_paths = std::move(validation);
  config.format = TokenFormat::kUint16;
  config.vocab_size = 65536;
  return config;
}

std::string PutTokens(const TempDir& dir, const std::string& name,
                      std::size_t count, std::uint32_t first = 0) {
  return dir.Write(name, TokenBytes<std::uint16_t>(Counting(count, first)))
      .string();
}

TEST(TokensSource, CutsTheValidationTokensOffTheEnd) {
  const TempDir dir;
  const auto source = OpenTokens(Config({PutTokens(dir, "a", 1000)}), 105, 10);
  EXPECT_EQ(source->info().train_tokens, 1000 - 101);
  EXPECT_EQ(source->info().validation_tokens, 101);
  EXPECT_EQ(source->eval_examples(), 10);
  EXPECT_EQ(EvalWindow(*source, 0).front(), 899);
  EXPECT_EQ(EvalWindow(*source, 9).back(), 999);
}

TEST(TokensSource, CutsAcrossFiles) {
  const TempDir dir;
  const auto source =
      OpenTokens(Config({PutTokens(dir, "a", 500), PutTokens(dir, "b", 50, 500),
                         PutTokens(dir, "c", 20, 550)}),
                 100, 10);
  EXPECT_EQ(source->info().train_tokens, 570 - 101);
  EXPECT_EQ(EvalWindow(*source, 0).front(), 469);
  EXPECT_THAT(EvalWindow(*source, 3), ElementsAre(499, 500, 501, 502, 503, 504,
                                                  505, 506, 507, 508, 509));
}

TEST(TokensSource, JoinsFilesInTheOrderOfTheirNames) {
  const TempDir dir;
  PutTokens(dir, "train_2.bin", 10, 10);
  PutTokens(dir, "train_1.bin", 10);
  PutTokens(dir, "val.bin", 20, 100);
  const auto source = OpenTokens(
      Config({(dir / "train_*.bin").string()}, {(dir / "val.bin").string()}),
      19, 19);
  const auto expected = Counting(20);
  EXPECT_THAT(TrainWindow(*source, 0, 0), ElementsAreArray(expected));
}

TEST(TokensSource, TakesValidationTokensFromFilesOfTheirOwn) {
  const TempDir dir;
  const auto source = OpenTokens(
      Config({PutTokens(dir, "a", 1000)}, {PutTokens(dir, "b", 50, 5000)}), 40,
      10);
  EXPECT_EQ(source->info().train_tokens, 1000);
  EXPECT_EQ(source->info().validation_tokens, 50);
  EXPECT_EQ(EvalWindow(*source, 0).front(), 5000);
}

TEST(TokensSource, ReadsFormatsThatDifferFromFileToFile) {
  const TempDir dir;
  const auto a = dir.Write(
      "a", Gpt2Header(300) + TokenBytes<std::uint16_t>(Counting(300)));
  const auto b = dir.Write(
      "b", Llama3Header(300) + TokenBytes<std::uint32_t>(Counting(300, 300)));
  TokensConfig config = Config({a.string(), b.string()});
  config.format = TokenFormat::kAuto;
  config.vocab_size = 600;
  const auto source = OpenTokens(config, 10, 10);
  EXPECT_EQ(source->info().train_tokens, 600 - 11);
  EXPECT_EQ(EvalWindow(*source, 0).back(), 599);
}

TEST(TokensSource, FingerprintDependsOnContentsNotNames) {
  const TempDir dir;
  const auto fingerprint = [](const TokensConfig& config) {
    return OpenTokens(config, 10, 10)->info().fingerprint;
  };
  const auto a = PutTokens(dir, "a", 100);
  const auto copy = PutTokens(dir, "copy", 100);
  const auto other = PutTokens(dir, "other", 100, 1);
  EXPECT_EQ(fingerprint(Config({a})), fingerprint(Config({copy})));
  EXPECT_NE(fingerprint(Config({a})), fingerprint(Config({other})));
  EXPECT_NE(fingerprint(Config({a, other})), fingerprint(Config({a}, {other})));
  EXPECT_NE(fingerprint(Config({a, other})), fingerprint(Config({other, a})));
}

TEST(TokensSource, SaysThatAFileNamedTwiceIsReadOnce) {
  const TempDir dir;
  const auto a = PutTokens(dir, "a", 100);
  const auto source = OpenTokens(Config({a, a}), 10, 10);
  EXPECT_EQ(source->info().train_tokens, 100 - 11);
  EXPECT_THAT(source->info().notes,
              Contains(HasSubstr("named more than once")));
}

TEST(TokensSource, SamplesFilesOfMoreThanAGibibyteAndSaysSo) {
  const TempDir dir;
  const auto path = PutTokens(dir, "mostly_zeros", 1000);
  std::filesystem::resize_file(path, (1ULL << 30) + 2);  // takes no room
  const auto source = OpenTokens(Config({path}), 1024, 1024);
  EXPECT_EQ(source->info().train_tokens, (1LL << 29) + 1 - 1025);
  EXPECT_THAT(source->info().notes, Contains(HasSubstr("of samples")));
}

TEST(TokensSource, LeavesOutCopiesOfAFile) {
  const TempDir dir;
  const auto a = PutTokens(dir, "a", 1000);
  const auto b = PutTokens(dir, "b", 500, 1000);
  const auto alone = OpenTokens(Config({a, b}), 100, 10);
  const auto copied = OpenTokens(Config({a, PutTokens(dir, "copy", 1000), b,
                                         PutTokens(dir, "b2", 500, 1000)}),
                                 100, 10);
  EXPECT_EQ(copied->info().train_tokens, 1500 - 101);
  EXPECT_EQ(copied->info().fingerprint, alone->info().fingerprint);
  EXPECT_THAT(copied->info().notes,
              Contains("2 of 4 files are exact copies of another and were left "
                       "out"));
  EXPECT_EQ(EvalWindow(*copied, 9).back(), 1499);
}

TEST(TokensSource, IsAsItWasWhereThereAreNoCopies) {
  // The fingerprint is part of the ids of runs that people have.
  const TempDir dir;
  const auto source = OpenTokens(
      Config({PutTokens(dir, "a", 100)}, {PutTokens(dir, "b", 50, 500)}), 10,
      10);
  EXPECT_EQ(source->info().fingerprint,
            "4ed32c624f2be3d09317170253547e0e82e97f312bc789c4770396f40345332c");
}

TEST(TokensSource, SeesItsEvaluationSetInTheTrainingFiles) {
  const TempDir dir;
  const auto source = OpenTokens(
      Config({PutTokens(dir, "a", 9000)}, {PutTokens(dir, "cut", 1000, 5000)}),
      900, 10);
  EXPECT_GT(source->FindEvalOverlap()->share, 0.9);
  const auto apart = OpenTokens(
      Config({PutTokens(dir, "a", 5000)}, {PutTokens(dir, "cut", 1000, 5000)}),
      900, 10);
  EXPECT_EQ(apart->FindEvalOverlap()->share, 0.0);
}

TEST(TokensSource, ReadsPairsOfMegatronByEitherName) {
  const TempDir dir;
  const auto bin = PutTokens(dir, "x.bin", 1000);
  std::string index = "MMIDIDX";
  index += std::string("\0\0\1\0\0\0\0\0\0\0\x8", 11);   // uint16
  index += std::string("\1\0\0\0\0\0\0\0", 8);           // a sequence
  index += std::string("\2\0\0\0\0\0\0\0", 8);           // bounds
  index += std::string("\xe8\x03\0\0", 4);               // its length
  index += std::string(8, '\0') + std::string(8, '\0');  // offset
  const auto idx = dir.Write("x.idx", index).string();
  for (const auto& paths : std::vector<std::vector<std::string>>{
           {bin}, {idx}, {idx, bin}, {(dir / "x.*").string()}}) {
    TokensConfig config = Config(paths);
    config.format = TokenFormat::kAuto;
    const auto source = OpenTokens(config, 105, 10);
    EXPECT_EQ(source->info().train_tokens, 1000 - 101);
    EXPECT_EQ(EvalWindow(*source, 9).back(), 999);
  }
}

TEST(TokensSource, SeesThatAFileChangedInPlace) {
  const TempDir dir;
  const auto a = PutTokens(dir, "a", 1000);
  const auto source = OpenTokens(Config({a}), 100, 10);
  EXPECT_NO_THROW(source->RequireUnchanged());
  std::filesystem::resize_file(a, 1000);
  EXPECT_ERROR(source->RequireUnchanged(), "a has changed while training");
}

struct BadTokens {
  std::function<TokensConfig(const TempDir&)> config;
  const char* message;
};

TEST(TokensSource, RefusesFilesThatCannotBeTrainedOn) {
  const std::vector<BadTokens> bad = {
      {[](const TempDir& dir) {
         return Config({(dir / "missing.bin").string()});
       },
       "data.train_paths: "},
      {[](const TempDir& dir) {
         return Config({(dir / "missing_*.bin").string()});
       },
       "missing_*.bin: no such file, and no file matches"},
      {[](const TempDir& dir) { return Config({dir.path().string()}); },
       "is a directory, not a file"},
      {[](const TempDir& dir) { return Config({dir.Write("a", "").string()}); },
       "a: is empty"},
      {[](const TempDir& dir) {
         return Config({PutTokens(dir, "a", 100)},
                       {(dir / "missing.bin").string()});
       },
       "data.validation_paths: "},
      {[](const TempDir& dir) {
         return Config({PutTokens(dir, "a", 100)}, {(dir / "a").string()});
       },
       "has the same tokens as the training file"},
      {[](const TempDir& dir) {
         return Config({PutTokens(dir, "a", 100)},
                       {PutTokens(dir, "copy", 100)});
       },
       "copy has the same tokens as the training file"},
      {[](const TempDir& dir) {
         TokensConfig config = Config({PutTokens(dir, "a", 100)});
         config.vocab_size = 99;
         return config;
       },
       "a: token 99 is 99, not below data.vocab_size 99"},
      {[](const TempDir& dir) {
         TokensConfig config =
             Config({PutTokens(dir, "a", 50)}, {PutTokens(dir, "b", 100)});
         config.vocab_size = 60;
         return config;
       },
       "b: token 60 is 60, not below data.vocab_size 60"},
      {[](const TempDir& dir) { return Config({PutTokens(dir, "a", 10)}); },
       "takes 11 tokens, 1 windows of 10 and one, but only 10 tokens"},
      {[](const TempDir& dir) { return Config({PutTokens(dir, "a", 15)}); },
       "4 training tokens do not fill one window of 10 and one"},
      {[](const TempDir& dir) {
         return Config({PutTokens(dir, "a", 100)}, {PutTokens(dir, "b", 5)});
       },
       "add files to data.validation_paths"},
      {[](const TempDir& dir) {
         return Config({dir.Write("a", TokenBytes<std::uint32_t>(Counting(100)))
                            .string()});
       },
       "a: every second token is 0: these are uint32 ids"},
      {[](const TempDir& dir) {
         TokensConfig config = Config({PutTokens(dir, "a", 100)});
         config.format = TokenFormat::kUint32;
         return config;
       },
       "; read as uint16 all are: the file may be that"},
  };
  for (const BadTokens& tokens : bad) {
    const TempDir dir;
    EXPECT_ERROR(OpenTokens(tokens.config(dir), 10, 10), tokens.message);
  }
}

TEST(TokensSource, SaysWhatIsWrongWithEveryFile) {
  const TempDir dir;
  TokensConfig config = Config(
      {dir.Write("a", "12345").string(), dir.Write("b", "123").string()});
  EXPECT_ERROR(OpenTokens(config, 10, 10), "a: 5 bytes");
  EXPECT_ERROR(OpenTokens(config, 10, 10), "b: 3 bytes");
}

}  // namespace
}  // namespace isoflop
