#include "lib/tokenize/split_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/core/random.h"
#include "lib/data/token_file.h"
#include "lib/tokenize/token_documents.h"
#include "lib/tokenize/token_writer.h"
#include "lib/tokenize/tokenize.h"
#include "tests/support/expect_error.h"
#include "tests/support/schema_check.h"
#include "tests/support/temp_dir.h"
#include "tests/tokenize/sample_text.h"

namespace isoflop {
namespace {

using Document = std::vector<std::int32_t>;

void WriteSplitInput(const std::filesystem::path& path,
                     const std::vector<Document>& documents) {
  std::vector<std::uint32_t> ids;
  for (const Document& document : documents) {
    ids.insert(ids.end(), document.begin(), document.end());
    ids.push_back(0);
  }
  const auto bytes = PackTokens(ids, TokenWidth::kUint16);
  WriteTokenFile(path, TokenWidth::kUint16, {bytes});
}

std::multiset<Document> ReadDocuments(const std::vector<std::string>& files) {
  std::multiset<Document> documents;
  for (const std::string& name : files) {
    const TokenFile file(name, MappedFile(name), TokenFormat::kAuto);
    ForEachDocument(file, 0, [&](std::span<const std::int32_t> document) {
      documents.emplace(document.begin(), document.end());
    });
  }
  return documents;
}

std::vector<Document> RandomDocuments(std::size_t count) {
  RandomStream random(3);
  std::vector<Document> documents(count);
  for (Document& document : documents) {
    document.resize(1 + random.Below(300));
    for (auto& token : document) {
      token = static_cast<std::int32_t>(1 + random.Below(500));
    }
  }
  return documents;
}

SplitOptions Options(const TempDir& dir, const char* output) {
  SplitOptions options;
  options.inputs = {(dir / "in.bin").string()};
  options.output = dir / output;
  options.validation_tokens = 2000;
  options.end_of_text = 0;
  return options;
}

TEST(SplitData, PutsEveryDocumentOnOneSideAndCopiesTogether) {
  const TempDir dir;
  auto documents = RandomDocuments(200);
  const auto copies = RandomDocuments(60);  // the first 60 again
  documents.insert(documents.end(), copies.begin(), copies.end());
  WriteSplitInput(dir / "in.bin", documents);
  const auto outcome = SplitData(Options(dir, "out"));
  const auto train = ReadDocuments(outcome.train.files);
  const auto validation = ReadDocuments(outcome.validation.files);
  for (const Document& document : validation) {
    EXPECT_FALSE(train.contains(document));
  }
  auto all = train;
  all.insert(validation.begin(), validation.end());
  EXPECT_EQ(all, std::multiset<Document>(documents.begin(), documents.end()));
  EXPECT_EQ(outcome.repeated, 60);
  EXPECT_GE(outcome.validation.tokens, 2000);
  EXPECT_LT(outcome.validation.tokens, 2000 + 5 * 301);
}

TEST(SplitData, DependsOnSeedAndContentOnly) {
  const TempDir dir;
  auto documents = RandomDocuments(100);
  WriteSplitInput(dir / "in.bin", documents);
  const auto one = ReadDocuments(SplitData(Options(dir, "a")).validation.files);
  EXPECT_EQ(ReadDocuments(SplitData(Options(dir, "b")).validation.files), one);
  auto seeded = Options(dir, "c");
  seeded.seed = 1;
  EXPECT_NE(ReadDocuments(SplitData(seeded).validation.files), one);
  std::ranges::reverse(documents);
  WriteSplitInput(dir / "in.bin", documents);
  EXPECT_EQ(ReadDocuments(SplitData(Options(dir, "d")).validation.files), one);
}

TEST(SplitData, CutsOneLongDocumentIntoParts) {
  const TempDir dir;
  Document book;
  for (unsigned i = 0; i < 60000; ++i) {
    book.push_back(
        static_cast<Document::value_type>(1 + (i * i) % 499 + i % 7));
  }
  WriteSplitInput(dir / "in.bin", {book});
  auto options = Options(dir, "out");
  options.validation_tokens.reset();
  options.validation_fraction = 0.1;
  const auto outcome = SplitData(options);
  EXPECT_GE(outcome.validation.tokens, 6000);
  EXPECT_LT(outcome.validation.tokens, 6000 + 1501);
}

TEST(SplitData, CountsBytesOfEachSide) {
  const TempDir dir;
  const auto text = SampleText(2000);
  Tokenize(SmallOptions(dir.Write("a.txt", text), dir / "in"), nullptr);
  SplitOptions options;
  options.inputs = {(dir / "in").string()};
  options.output = dir / "out";
  options.validation_fraction = 0.2;
  SplitData(options);
  const auto train = ReadTokensRecord(dir / "out/train/tokens.json");
  const auto val = ReadTokensRecord(dir / "out/val/tokens.json");
  EXPECT_EQ(train.bytes + val.bytes, std::ssize(text));
  EXPECT_EQ(SchemaProblem(ToJson(val), "tokens"), "");
}

TEST(SplitData, RefusesWhatCannotBe) {
  const TempDir dir;
  WriteSplitInput(dir / "in.bin", RandomDocuments(20));
  auto options = Options(dir, "out");
  options.validation_fraction = 0.5;
  EXPECT_ERROR(SplitData(options), "exactly one of the two");
  options.validation_tokens.reset();
  options.validation_fraction = 1.0;
  EXPECT_ERROR(SplitData(options), "must be between 0 and 1");
  options.validation_fraction = 0.5;
  options.end_of_text.reset();
  EXPECT_ERROR(SplitData(options), "--end-of-text");
  options = Options(dir, "out");
  options.validation_tokens = 1000000;
  EXPECT_ERROR(SplitData(options), "both sides need some");
  options.inputs = {(dir / "none.bin").string()};
  EXPECT_ERROR(SplitData(options), "no such file");
}

TEST(SplitData, RefusesOneDocumentManyTimes) {
  const TempDir dir;
  WriteSplitInput(dir / "in.bin", std::vector<Document>(50, Document(100, 7)));
  EXPECT_ERROR(SplitData(Options(dir, "out")), "nothing would be left");
  EXPECT_FALSE(exists(dir / "out"));
}

TEST(SplitData, WritesOverNothing) {
  const TempDir dir;
  WriteSplitInput(dir / "in.bin", RandomDocuments(50));
  auto options = Options(dir, "out");
  SplitData(options);
  EXPECT_ERROR(SplitData(options), "is not empty");
  options.force = true;
  SplitData(options);
}

TEST(SplitData, RefusesFilesOfTwoTokenizers) {
  const TempDir dir;
  auto options = SmallOptions(dir.Write("a.txt", SampleText(300)), dir / "a");
  Tokenize(options, nullptr);
  options.output = dir / "b";
  options.training.vocab_size = 401;
  Tokenize(options, nullptr);
  SplitOptions split;
  split.inputs = {(dir / "a").string(), (dir / "b").string()};
  split.output = dir / "out";
  split.validation_fraction = 0.2;
  EXPECT_ERROR(SplitData(split), "is of another tokenizer");
}

}  // namespace
}  // namespace isoflop
