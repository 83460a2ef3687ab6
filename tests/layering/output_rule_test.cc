#include "tests/layering/output_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// What is found in a tree of one file with the line `code`, its second.
std::vector<std::string> With(const std::string& file,
                              const std::string& code) {
  const TempDir root;
  std::filesystem::create_directories(
      root.path() / std::filesystem::path(file).parent_path());
  root.Write(file, "#pragma once\n" + code + "\n");
  return FindPrinting(root.path());
}

TEST(OutputRule, HoldsInThisTree) {
  EXPECT_THAT(FindPrinting(ISOFLOP_SOURCE_DIR), IsEmpty());
}

TEST(OutputRule, FindsEveryWayToPrint) {
  for (const char* code :
       {"fmt::print(\"{}\", x);", "fmt::print(stderr, x);", "std::cout << x;",
        "std::cerr << x;", "std::clog << x;", "printf(x);",
        "std::fprintf(stderr, x);", "std::puts(x);", "std::fputs(x, stdout);",
        "std::fwrite(x, 1, n, stdout);", "std::putchar(x);", "std::perror(x);",
        "::write(STDERR_FILENO, x, n);", "::write(1, x, n);"}) {
    EXPECT_THAT(With("apps/isoflop/a.cc", code), SizeIs(1)) << code;
    EXPECT_THAT(With("lib/execute/a.h", code), SizeIs(1)) << code;
  }
}

TEST(OutputRule, SaysWhere) {
  EXPECT_THAT(
      With("apps/isoflop/a.cc", "fmt::print(x);"),
      ElementsAre(
          "apps/isoflop/a.cc:2: prints beside lib/core/standard_streams.cc"));
}

TEST(OutputRule, PassesOverWhatPrintsNothing) {
  for (const char* code :
       {"// std::cout is not used", "Say(\"std::cout << x\");",
        "std::snprintf(x, n, y);", "::write(descriptor, x, n);",
        "Fingerprint(x);", "fmt::format(x);", "blueprint(x);"}) {
    EXPECT_THAT(With("apps/isoflop/a.cc", code), IsEmpty()) << code;
  }
}

TEST(OutputRule, LetsProgramsAndTheProgressDisplayPrintAndNobodyElse) {
  const char* include = "#include \"lib/core/standard_streams.h\"";
  EXPECT_THAT(With("apps/isoflop/a.cc", include), IsEmpty());
  EXPECT_THAT(With("apps/isoflop-worker/a.cc", include), IsEmpty());
  EXPECT_THAT(With("lib/execute/progress_display.cc", include), IsEmpty());
  EXPECT_THAT(With("lib/execute/a.cc", include), SizeIs(1));
  EXPECT_THAT(With("analysis/report/a.cc", include), SizeIs(1));
}

}  // namespace
}  // namespace isoflop
