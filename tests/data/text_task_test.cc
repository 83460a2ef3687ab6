#include "lib/data/text_task.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "tests/data/windows.h"
#include "tests/support/expect_error.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

/// `count` lines of 16 bytes that all differ, from `first` on.
std::string Lines(int first, int count) {
  std::string text;
  for (int i = first; i < first + count; ++i) {
    text += fmt::format("line {:010}\n", i);
  }
  return text;
}

std::unique_ptr<Task> Open(const std::vector<std::string>& paths,
                           double validation_fraction = 0.1,
                           std::int64_t eval_tokens = 1024,
                           std::int64_t context = 64) {
  TextConfig config;
  config.paths = paths;
  config.validation_fraction = validation_fraction;
  return OpenText(config, eval_tokens, context);
}

/// The inputs of all training or evaluation windows, '|' after each.
std::string Joined(const Task& source, bool train) {
  const std::int64_t windows =
      train ? *source.train_examples() : source.eval_examples();
  std::string text;
  for (std::int64_t i = 0; i < windows; ++i) {
    const Window window =
        train ? TrainWindow(source, 0, i) : EvalWindow(source, i);
    for (std::size_t t = 0; t + 1 < window.size(); ++t) {
      text += static_cast<char>(window[t]);
    }
    text += '|';
  }
  return text;
}

/// The lines that occur whole in `text`.
std::set<std::string> LinesIn(const std::string& text) {
  std::set<std::string> lines;
  for (auto at = text.find("line "); at != std::string::npos;
       at = text.find("line ", at + 1)) {
    const std::string line = text.substr(at, 15);
    if (line.find_first_not_of("line 0123456789") == std::string::npos) {
      lines.insert(line);
    }
  }
  return lines;
}

TEST(TextSource, TokensAreTheBytesOfTheFile) {
  const TempDir dir;
  std::string text = "caf\xc3\xa9 ";
  for (int i = 0; i < 13; ++i) text += text;
  const auto source = Open({dir.Write("a.txt", text).string()});
  EXPECT_EQ(source->info().vocab_size, 256);
  EXPECT_THAT(TrainWindow(*source, 0, 0),
              IsSupersetOf<std::int32_t>({'c', 'a', 'f', 0xc3, 0xa9, ' '}));
}

TEST(TextSource, TrainingAndValidationShareNoLine) {
  const TempDir dir;
  const auto path = dir.Write("a.txt", Lines(0, 20000));
  const auto source = Open({path.string()}, 0.1, 30000);
  const auto train = LinesIn(Joined(*source, true));
  const auto validation = LinesIn(Joined(*source, false));
  std::vector<std::string> common;
  std::ranges::set_intersection(train, validation, std::back_inserter(common));
  EXPECT_GT(train.size(), 10000U);
  EXPECT_GT(validation.size(), 1000U);
  EXPECT_TRUE(common.empty()) << common.front();
}

TEST(TextSource, SplitsAsItIsToldTo) {
  const TempDir dir;
  const auto path = dir.Write("a.txt", Lines(0, 65536));  // 1 MiB
  for (const double fraction : {0.05, 0.1, 0.25, 0.5}) {
    const auto source = Open({path.string()}, fraction);
    const auto train = static_cast<double>(*source->info().train_tokens);
    const auto rest = static_cast<double>(*source->info().validation_tokens);
    EXPECT_NEAR(rest / (train + rest), fraction, 0.005);
  }
}

TEST(TextSource, LosesNoByteToTheSplit) {
  const TempDir dir;
  const std::string text = Lines(0, 5000) + "end";
  const auto source = Open({dir.Write("a.txt", text).string()});
  const std::int64_t total =
      *source->info().train_tokens + *source->info().validation_tokens;
  EXPECT_GT(total, std::ssize(text));        // separators
  EXPECT_LT(total, std::ssize(text) + 100);  // one for each run of blocks
}

TEST(TextSource, CountsTheBytesBehindATokenOfItsValidationText) {
  const TempDir dir;
  const auto path = dir.Write("a.txt", Lines(0, 4000)).string();
  const auto bytes = Open({path})->info().bytes_per_token;
  ASSERT_TRUE(bytes.has_value());
  // A separator ends each of a few pieces.
  EXPECT_LT(*bytes, 1.0);
  EXPECT_GT(*bytes, 0.99);
}

TEST(TextSource, EndsEveryDocumentWithASeparator) {
  const TempDir dir;
  std::vector<std::string> paths;
  for (int i = 0; i < 100; ++i) {
    const std::string text = Lines(i * 10, 10);
    paths.push_back(dir.Write(fmt::format("{:03}", i), text).string());
  }
  const auto source = Open(paths, 0.1, 640, 16);
  EXPECT_EQ(*source->info().train_tokens, 90 * 161);
  EXPECT_EQ(*source->info().validation_tokens, 10 * 161);
}

TEST(TextSource, DoesNotDependOnWhereTheFilesLie) {
  const TempDir dir;
  for (const char* place : {"here", "deep/down/there"}) {
    fs::create_directories(dir / place / "sub");
    dir.Write(std::string(place) + "/sub/a", Lines(0, 3000));
    dir.Write(std::string(place) + "/b", Lines(9000, 3000));
  }
  const auto here = Open({(dir / "here").string()});
  const auto there = Open({(dir / "deep/down/there").string()});
  EXPECT_EQ(here->info().fingerprint, there->info().fingerprint);
  EXPECT_EQ(Joined(*here, true), Joined(*there, true));
  EXPECT_EQ(Joined(*here, false), Joined(*there, false));
}

TEST(TextSource, FingerprintDependsOnContentsAndSplit) {
  const TempDir dir;
  const auto a = dir.Write("a", Lines(0, 3000)).string();
  const auto b = dir.Write("b", Lines(1, 3000)).string();
  const std::string base = Open({a})->info().fingerprint;
  EXPECT_EQ(Open({a})->info().fingerprint, base);
  EXPECT_NE(Open({b})->info().fingerprint, base);
  EXPECT_NE(Open({a}, 0.2)->info().fingerprint, base);
}

TEST(TextSource, LeavesOutExactCopiesAndSaysSo) {
  const TempDir dir;
  const auto a = dir.Write("a", Lines(0, 3000)).string();
  const auto b = dir.Write("b", Lines(0, 3000)).string();
  const auto source = Open({a, b});
  EXPECT_EQ(source->info().fingerprint, Open({a})->info().fingerprint);
  EXPECT_THAT(source->info().notes,
              Contains(HasSubstr("1 of 2 files are exact copies")));
}

TEST(TextSource, PutsADocumentSmallerThanABlockOnOneSide) {
  const TempDir dir;
  std::vector<std::string> paths;
  for (int i = 0; i < 200; ++i) {
    const std::string text(500, static_cast<char>(i + 1));
    paths.push_back(dir.Write(fmt::format("{:03}", i), text).string());
  }
  const auto source = Open(paths, 0.1, 64, 1);
  std::vector<int> counts(256, 0);
  for (std::int64_t i = 0; i < *source->train_examples(); ++i) {
    ++counts[static_cast<std::size_t>(TrainWindow(*source, 0, i).front())];
  }
  EXPECT_EQ(counts[0], 179);  // separators; the last one is only a target
  counts[0] = 0;
  EXPECT_THAT(counts, Each(AnyOf(0, 500)));
  EXPECT_EQ(std::ranges::count(counts, 500), 180);
}

TEST(TextSource, ReadsOnlyTheExtensionsThatAreAskedFor) {
  const TempDir dir;
  dir.Write("a.h", Lines(0, 3000));
  dir.Write("b.bin", Lines(3000, 3000));
  TextConfig config;
  config.paths = {dir.path().string()};
  config.extensions = {".h"};
  const auto source = OpenText(config, 1024, 64);
  EXPECT_LT(*source->info().train_tokens, 3000 * 16);
}

TEST(TextSource, RefusesAFractionThatLeavesTooLittleForValidation) {
  const TempDir dir;
  const auto path = dir.Write("a", Lines(0, 1000)).string();  // 16000 bytes
  EXPECT_ERROR(Open({path}, 0.05, 4096),
               "takes 4097 tokens, 64 windows of 64 and one, but only");
  EXPECT_ERROR(Open({path}, 0.05, 4096), "raise data.validation_fraction");
}

TEST(TextSource, RefusesATextThatDoesNotFillAWindow) {
  const TempDir dir;
  EXPECT_ERROR(Open({dir.Write("a", "tiny").string()}, 0.5, 64, 64),
               "tokens are there for validation");
}

TEST(TextSource, RefusesWhatIsNotThereAndSaysAllOfIt) {
  const TempDir dir;
  const std::string missing = (dir / "missing").string();
  const std::string empty = dir.Write("empty", "").string();
  EXPECT_ERROR(Open({missing, empty}), "missing: no such file");
  EXPECT_ERROR(Open({missing, empty}), "empty: is empty");
}

TEST(TextSource, ReadsTheSystemHeaders) {
  if (!fs::is_directory("/usr/include/c++")) {
    GTEST_SKIP() << "no C++ headers in /usr/include/c++";
  }
  const auto source = Open({"/usr/include/c++"}, 0.05, 65536, 128);
  EXPECT_GT(*source->info().train_tokens, 1000000);
  EXPECT_THAT(TrainWindow(*source, 0, 0), Contains(' '));
}

TEST(TextSource, RefusesFilesThatAreNoTextByWhatTheyAre) {
  const TempDir dir;
  dir.Write("a.txt", Lines(0, 1000));
  dir.Write("b.gz", std::string("\x1f\x8b\x08\0\0\0\0", 7) + "more");
  EXPECT_ERROR(Open({dir.path().string()}),
               "b.gz is compressed with gzip: decompress it with gunzip first");
  dir.Write("c.gz", std::string("\x1f\x8b\x08\0\0\0\0", 7) + "other");
  dir.Write("d.txt", std::string("\xff\xfet\0e\0x\0t\0", 10));
  EXPECT_ERROR(Open({dir.path().string()}),
               "data.paths: each of 2 files is compressed with gzip");
  EXPECT_ERROR(Open({dir.path().string()}), "data.extensions can leave them");
  EXPECT_ERROR(Open({dir.path().string()}), "d.txt is UTF-16");
}

TEST(TextSource, SeesCopiesThatDifferInAByte) {
  const TempDir dir;
  const std::string text = Lines(0, 20000);
  dir.Write("a", text);
  const auto once = Open({dir.path().string()});
  EXPECT_EQ(once->FindEvalOverlap()->share, 0.0);
  dir.Write("b", "x" + text.substr(1));
  const auto twice = Open({dir.path().string()});
  EXPECT_GT(twice->FindEvalOverlap()->share, 0.6);
}

TEST(TextSource, IsNotDisturbedByChangesOfFilesThatItHolds) {
  const TempDir dir;
  const auto path = dir.Write("a", Lines(0, 2000));
  const auto source = Open({path.string()});
  dir.Write("a", Lines(5000, 2000));
  EXPECT_NO_THROW(source->RequireUnchanged());
}

TEST(TextSource, SeesThatALargeFileChangedInPlace) {
  const TempDir dir;
  const auto path = dir.Write("a", Lines(0, 100000));  // 1.6 MB: mapped
  const auto source = Open({path.string()});
  EXPECT_NO_THROW(source->RequireUnchanged());
  fs::resize_file(path, 1600002);
  EXPECT_ERROR(source->RequireUnchanged(), "a has changed while training");
}

}  // namespace
}  // namespace isoflop
