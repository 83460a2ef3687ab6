#include "lib/data/overlap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lib/core/random.h"
#include "tests/data/token_bytes.h"
#include "tests/support/expect_error.h"

namespace isoflop {
namespace {

using ::testing::HasSubstr;

/// Tokens that own their memory.
class OwnedTokens {
 public:
  explicit OwnedTokens(const std::vector<std::uint32_t>& tokens)
      : bytes_(TokenBytes<std::uint16_t>(tokens)) {
    sequence_.Append(std::as_bytes(std::span(bytes_)), TokenWidth::kUint16,
                     "part.bin");
  }
  OwnedTokens(const OwnedTokens&) = delete;
  OwnedTokens& operator=(const OwnedTokens&) = delete;

  const TokenSequence& sequence() const { return sequence_; }

 private:
  std::string bytes_;
  TokenSequence sequence_;
};

std::vector<std::uint32_t> DrawTokens(std::size_t count, std::uint64_t key,
                                      std::uint64_t vocab_size = 500) {
  RandomStream random(key);
  std::vector<std::uint32_t> tokens(count);
  for (std::uint32_t& token : tokens) {
    token = static_cast<std::uint32_t>(random.Below(vocab_size));
  }
  return tokens;
}

std::vector<std::uint32_t> Concatenated(
    std::initializer_list<std::vector<std::uint32_t>> parts) {
  std::vector<std::uint32_t> all;
  for (const auto& part : parts)
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::vector<std::uint32_t> PartOf(const std::vector<std::uint32_t>& all,
                                  std::size_t begin, std::size_t count) {
  const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}

/// The overlap of an evaluation set that is all of the validation tokens.
Overlap OverlapOf(const std::vector<std::uint32_t>& train,
                  const std::vector<std::uint32_t>& validation,
                  std::int64_t context = 128,
                  const OverlapLimits& limits = {}) {
  const OwnedTokens a(train);
  const OwnedTokens b(validation);
  return FindOverlap(
      a.sequence(), b.sequence(),
      {.count = (b.sequence().size() - 1) / context,
       .context = context,
       .begin = [context](std::int64_t i) { return i * context; }},
      false, limits);
}

TEST(Overlap, IsNoneOfDifferentData) {
  const Overlap overlap =
      OverlapOf(DrawTokens(100000, 1), DrawTokens(20000, 2));
  EXPECT_EQ(overlap.share, 0.0);
  EXPECT_EQ(overlap.searched, 1.0);
  EXPECT_EQ(NoteOverlap(overlap), "");
}

TEST(Overlap, IsAllOfWhatWasCutOutOfTheTrainingData) {
  const auto train = DrawTokens(100000, 1);
  for (const std::size_t begin : {0, 1, 777, 80000}) {
    for (const std::int64_t context : {8, 100, 128, 5000}) {
      EXPECT_GT(OverlapOf(train, PartOf(train, begin, 20000), context).share,
                0.97)
          << begin << " " << context;
    }
  }
}

TEST(Overlap, IsTheShareThatWasCopied) {
  const auto train = DrawTokens(100000, 1);
  const auto validation = Concatenated(
      {DrawTokens(12000, 2), PartOf(train, 50001, 4000), DrawTokens(4000, 3)});
  EXPECT_NEAR(OverlapOf(train, validation).share, 0.2, 0.01);
}

TEST(Overlap, IsFoundWhereOneTokenInAThousandDiffers) {
  const auto train = DrawTokens(100000, 1);
  auto validation = PartOf(train, 50001, 20000);
  for (std::size_t i = 500; i < validation.size(); i += 1000) {
    validation[i] ^= 1;
  }
  EXPECT_GT(OverlapOf(train, validation).share, 0.9);
}

TEST(Overlap, DoesNotCountPhrases) {
  // Of 200 tokens, like a licence, in front of every "file".
  const auto licence = DrawTokens(200, 9);
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> validation;
  for (std::uint64_t i = 0; i < 100; ++i) {
    train = Concatenated({train, licence, DrawTokens(800, 100 + i)});
    validation = Concatenated({validation, licence, DrawTokens(800, 1000 + i)});
  }
  EXPECT_EQ(OverlapOf(train, validation).share, 0.0);
}

TEST(Overlap, DoesNotCountWhatRepeatsItself) {
  EXPECT_EQ(OverlapOf(std::vector<std::uint32_t>(100000, 7),
                      std::vector<std::uint32_t>(20000, 7))
                .share,
            0.0);
  std::vector<std::uint32_t> lines;
  while (lines.size() < 100000)
    lines = Concatenated({lines, DrawTokens(50, 1)});
  EXPECT_EQ(OverlapOf(lines, PartOf(lines, 10, 20000)).share, 0.0);
}

TEST(Overlap, OfManyTokensIsEstimatedFromSome) {
  const auto train = DrawTokens(4 << 20, 1, 60000);
  const auto validation =
      Concatenated({PartOf(train, 0, 1 << 20), DrawTokens(1 << 20, 2, 60000)});
  const Overlap overlap =
      OverlapOf(train, validation, 1024, {.train_tokens = 1 << 20});
  EXPECT_EQ(overlap.searched, 0.25);
  EXPECT_NEAR(overlap.share, 0.5, 0.02);
}

TEST(Overlap, NeedsNoMoreDataThanThereAre) {
  EXPECT_EQ(OverlapOf(DrawTokens(5, 1), DrawTokens(40, 1), 8).share, 0.0);
  EXPECT_GT(OverlapOf(DrawTokens(400, 1), DrawTokens(41, 1), 8).share, 0.2);
}

TEST(Overlap, IsNotedAndRefusedByItsShare) {
  Overlap overlap{.share = 0.009,
                  .searched = 1.0,
                  .stretch = 256,
                  .first = "b: token 3 and on as a: token 7"};
  EXPECT_EQ(NoteOverlap(overlap), "");
  overlap.share = 0.2;
  EXPECT_THAT(
      NoteOverlap(overlap),
      HasSubstr("20 % of the evaluation set also stands in the training "
                "data, in stretches of 256 tokens and more; for one, "
                "b: token 3"));
  overlap.share = 0.31;
  EXPECT_ERROR(NoteOverlap(overlap), "data: 31 % of the evaluation set");
  EXPECT_ERROR(NoteOverlap(overlap), "leave the copies out");
  overlap.searched = 0.25;
  EXPECT_ERROR(NoteOverlap(overlap), "as 25 % of the training data suggests");
}

}  // namespace
}  // namespace isoflop
