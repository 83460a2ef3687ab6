// What the README and the help promise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <vector>

#include "tests/apps/command.h"

namespace isoflop {
namespace {

using testing::HasSubstr;

class HelpTest : public testing::TestWithParam<const char*> {};

TEST_P(HelpTest, HasAnExample) {
  const TempDir dir;
  const Outcome help = Isoflop(dir, std::string(GetParam()) + " --help");
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, HasSubstr("Example"));
  EXPECT_THAT(help.out, HasSubstr(std::string("isoflop ") + GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Commands, HelpTest,
                         testing::Values("plan", "sweep", "status", "fit",
                                         "allocate", "compare", "next",
                                         "report", "export", "bench",
                                         "experiments", "data", "data tokenize",
                                         "data inspect", "data split"));

/// The options of every `isoflop COMMAND ...` line in the README.
std::vector<std::pair<std::string, std::string>> ReadmeOptions() {
  const std::string text = ReadFile(ISOFLOP_SOURCE_DIR "/README.md");
  const std::regex line_pattern("(?:^|\n)isoflop ([a-z]+)([^\n#]*)");
  const std::regex option_pattern("(--[a-z-]+)");
  std::vector<std::pair<std::string, std::string>> options;
  for (std::sregex_iterator line(text.begin(), text.end(), line_pattern), end;
       line != end; ++line) {
    const std::string rest = (*line)[2];
    options.emplace_back((*line)[1], "--help");
    for (std::sregex_iterator option(rest.begin(), rest.end(), option_pattern);
         option != end; ++option) {
      options.emplace_back((*line)[1], (*option)[1]);
    }
  }
  return options;
}

TEST(Readme, NamesCommandsAndOptionsThatExist) {
  const TempDir dir;
  const auto options = ReadmeOptions();
  ASSERT_GE(options.size(), 10U);
  for (const auto& [command, option] : options) {
    EXPECT_THAT(Isoflop(dir, command + " --help").out, HasSubstr(option))
        << command;
  }
}

/// What isoflop says of its version where the worker beside it is `worker`.
std::string VersionBeside(const TempDir& dir, const std::string& worker) {
  std::filesystem::copy_file(ISOFLOP_PROGRAM, dir / "isoflop");
  if (!worker.empty()) {
    std::filesystem::permissions(dir.Write("isoflop-worker", worker),
                                 std::filesystem::perms::owner_all);
  }
  const Outcome version = Isoflop(dir, "--version; ./isoflop --version");
  EXPECT_EQ(version.status, 0) << version.err;
  const std::size_t second = version.out.rfind("isoflop 0");
  return version.out.substr(second);
}

TEST(Readme, PrintsItsVersionAndThoseOfTheLibrariesThatTrain) {
  const TempDir dir;
  EXPECT_TRUE(std::regex_match(
      VersionBeside(dir,
                    "#!/bin/sh\ncat <<'END'\n"
                    "{\"libtorch\": \"1.13.0\", \"libtorch_package\": "
                    "\"libtorch1.13 1.13.1\", \"blas\": \"OpenBLAS 3\"}\n"
                    "END\n"),
      std::regex("isoflop \\d+\\.\\d+\\.\\d+\n"
                 "LibTorch 1\\.13\\.0 \\(libtorch1\\.13 1\\.13\\.1\\)\n"
                 "BLAS: OpenBLAS 3\n")));
}

TEST(Readme, PrintsItsVersionWhereNothingTrains) {
  const TempDir none;
  EXPECT_THAT(VersionBeside(none, ""),
              HasSubstr("LibTorch: none, for there is no isoflop-worker"));
  const TempDir broken;
  EXPECT_THAT(VersionBeside(broken, "#!/bin/sh\nexit 127\n"),
              HasSubstr("LibTorch: not known: "));
}

}  // namespace
}  // namespace isoflop
