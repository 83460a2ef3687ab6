// Every command in the documentation works.
//
// The blocks of a page that are marked as sh are run one after another in a
// folder that has what the pages speak of: the sweeps that ship, tables and
// text (tests/docs/folder). The worker is the one of the tests, which computes
// losses from a law instead of training. A block that cannot be run has a
// comment in the line before it that says why: <!-- not run: WHY -->. A block
// after <!-- file: NAME --> is written to that file.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <regex>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "lib/core/random.h"
#include "tests/docs/markdown.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const fs::path kRoot = ISOFLOP_SOURCE_DIR;

/// Text of 5.6 MB, of a thousand words, in which no stretch comes twice.
void WriteBooks(const fs::path& folder) {
  constexpr std::uint64_t kWords = 1000;
  fs::create_directory(folder);
  RandomStream random(1);
  std::vector<std::string> words;
  for (std::uint64_t i = 0; i < kWords; ++i) {
    std::string word;
    for (std::uint64_t n = 2 + random.Below(9); n > 0; --n) {
      word += static_cast<char>('a' + random.Below(26));
    }
    words.push_back(word);
  }
  for (int book = 0; book < 4; ++book) {
    std::string text;
    while (text.size() < 1'400'000) {
      text += words[random.Below(kWords)];
      text += random.Below(11) == 0 ? ".\n" : " ";
    }
    WriteFileAtomically(folder / fmt::format("book{}.txt", book), text);
  }
}

/// Tokens of two bytes below 4,096: `count` of them.
void WriteTokens(const fs::path& path, std::uint64_t key, std::uint64_t count) {
  RandomStream random(key);
  std::string bytes;
  bytes.reserve(2 * count);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t token = random.Below(4096);
    bytes += static_cast<char>(token & 0xff);
    bytes += static_cast<char>(token >> 8);
  }
  WriteFileAtomically(path, bytes);
}

/// The folder in which the commands of a page are run, and the programs.
class Desk {
 public:
  /// What is long to write is there only if `page` speaks of it.
  explicit Desk(const std::string& page) {
    fs::create_directory(dir_ / "bin");
    fs::copy_file(ISOFLOP_PROGRAM, dir_ / "bin" / "isoflop");
    fs::copy_file(ISOFLOP_FAKE_WORKER, dir_ / "bin" / "isoflop-worker");
    fs::copy(kRoot / "tests" / "docs" / "folder", folder(),
             fs::copy_options::recursive);
    fs::copy(kRoot / "sweeps", folder() / "sweeps",
             fs::copy_options::recursive);
    if (page.find("books/") != std::string::npos) {
      WriteBooks(folder() / "books");
    }
    if (page.find("tokens/") == std::string::npos) return;
    fs::create_directory(folder() / "tokens");
    WriteTokens(folder() / "tokens" / "train.bin", 2, 4'000'000);
    WriteTokens(folder() / "tokens" / "val.bin", 3, 100'000);
  }

  fs::path folder() const { return dir_ / "desk"; }

  /// Runs what a block says. Returns "" or the status and what was printed.
  std::string Run(const std::string& commands) const {
    dir_.Write("block.sh", commands);
    const std::string command = fmt::format(
        "cd '{0}/desk' && PATH='{0}/bin':$PATH NO_COLOR=1 timeout 900 "
        "sh -ex '{0}/block.sh' 2>&1 </dev/null",
        dir_.path().string());
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string printed;
    std::array<char, 4096> buffer{};
    std::size_t n = 0;
    while ((n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0) {
      printed.append(buffer.data(), n);
    }
    const int status = ::pclose(pipe);
    if (status == 0) return {};
    if (printed.size() > 3000) printed.erase(0, printed.size() - 3000);
    return fmt::format("exit status {}\n{}",
                       WIFEXITED(status) ? WEXITSTATUS(status) : 128, printed);
  }

 private:
  TempDir dir_;
};

struct Tally {
  int ran = 0;
  std::vector<std::string> left_out = {};  // "page:line: why"
  std::vector<std::string> problems = {};  // likewise
};

/// Whether a block of another language holds commands: as it would not be run,
/// it has to be called sh.
bool HasCommands(const CodeBlock& block) {
  if (block.language == "bash" || block.language == "shell" ||
      block.language == "console") {
    return true;
  }
  // "isoflop fit: ..." is a message.
  static const std::regex command(
      "(^|\n)(\\$ |\\./bootstrap|isoflop [a-z]+[ \n])");
  return block.language.empty() && std::regex_search(block.text, command);
}

Tally RunPage(const std::string& name, const std::string& text,
              const Desk& desk) {
  Tally tally;
  for (const CodeBlock& block : ParseMarkdown(text).blocks) {
    const std::string place = fmt::format("{}:{}: ", name, block.line);
    if (!block.file.empty()) {
      WriteFileAtomically(desk.folder() / block.file, block.text);
    } else if (!block.not_run.empty()) {
      tally.left_out.push_back(place + block.not_run);
    } else if (block.language == "sh") {
      ++tally.ran;
      const std::string problem = desk.Run(block.text);
      if (!problem.empty()) tally.problems.push_back(place + problem);
    } else if (HasCommands(block)) {
      tally.problems.push_back(place + "commands, but not called sh");
    }
  }
  return tally;
}

class Commands : public testing::TestWithParam<std::string> {};

TEST_P(Commands, Work) {
  const std::string text = ReadFile(kRoot / GetParam());
  const Desk desk(text);
  const Tally tally = RunPage(GetParam(), text, desk);
  std::cout << fmt::format("{}: {} blocks ran, {} left out\n", GetParam(),
                           tally.ran, tally.left_out.size());
  for (const std::string& why : tally.left_out) std::cout << why << '\n';
  for (const std::string& problem : tally.problems) ADD_FAILURE() << problem;
}

/// The pages that have blocks of code.
std::vector<std::string> PagesWithCode() {
  std::vector<std::string> pages;
  for (const std::string& name : PagesBelow(kRoot)) {
    if (!ParseMarkdown(ReadFile(kRoot / name)).blocks.empty()) {
      pages.push_back(name);
    }
  }
  return pages;
}

INSTANTIATE_TEST_SUITE_P(Of, Commands, testing::ValuesIn(PagesWithCode()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase_if(name, [](char c) {
                             return std::isalnum(
                                        static_cast<unsigned char>(c)) == 0;
                           });
                           return name;
                         });

TEST(CommandsOfAPage, AreProblemsWhereTheyFail) {
  const Desk desk("");
  const Tally tally = RunPage("a.md",
                              "```sh\nisoflop fit runs.csv --bogus\n```\n"
                              "```sh\nisoflop plan no.json | cat\nfalse\n```\n",
                              desk);
  EXPECT_EQ(tally.ran, 2);
  ASSERT_EQ(tally.problems.size(), 2U);
  EXPECT_THAT(tally.problems[0], HasSubstr("a.md:1: exit status 2"));
  EXPECT_THAT(tally.problems[0], HasSubstr("--bogus"));
}

TEST(CommandsOfAPage, AreProblemsInABlockOfAnotherName) {
  const Desk desk("");
  for (const char* block :
       {"```bash\nls\n```\n", "```\n$ isoflop plan a\n```\n",
        "```\nisoflop fit a.csv\n```\n", "```console\n./bootstrap.sh\n```\n"}) {
    EXPECT_EQ(RunPage("a.md", block, desk).problems.size(), 1U) << block;
  }
}

TEST(CommandsOfAPage, AreLeftOutWithTheirReason) {
  const Desk desk("");
  const Tally tally = RunPage(
      "a.md", "<!-- not run: needs a GPU -->\n```sh\nfalse\n```\n", desk);
  EXPECT_EQ(tally.ran, 0);
  EXPECT_THAT(tally.left_out, testing::ElementsAre("a.md:2: needs a GPU"));
}

TEST(CommandsOfAPage, FindTheFilesThatThePageShows) {
  const Desk desk("");
  const Tally tally = RunPage(
      "a.md",
      "<!-- file: x.txt -->\n```\nhello\n```\n```sh\ngrep hello x.txt\n```\n",
      desk);
  EXPECT_THAT(tally.problems, testing::IsEmpty());
}

}  // namespace
}  // namespace isoflop
