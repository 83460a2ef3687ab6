// A paper that a header of analysis/ names stands in docs/methods.md, and those
// of lib/ in one of the pages.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "lib/core/files.h"
#include "tests/docs/markdown.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;

/// The arXiv numbers in a text.
std::set<std::string> PapersIn(const std::string& text) {
  static const std::regex number(R"(arXiv:(\d{4}\.\d{5}))");
  std::set<std::string> papers;
  for (std::sregex_iterator match(text.begin(), text.end(), number), end;
       match != end; ++match) {
    papers.insert((*match)[1]);
  }
  return papers;
}

/// Those of the headers below a folder of the sources that `page` lacks.
std::set<std::string> Missing(const std::string& folder,
                              const std::string& page) {
  const std::set<std::string> told = PapersIn(page);
  std::set<std::string> missing;
  for (const auto& entry : fs::recursive_directory_iterator(
           fs::path(ISOFLOP_SOURCE_DIR) / folder)) {
    if (entry.path().extension() != ".h") continue;
    for (const std::string& paper : PapersIn(ReadFile(entry.path()))) {
      if (!told.contains(paper)) missing.insert(paper);
    }
  }
  return missing;
}

TEST(Literature, OfTheFitsIsInTheMethods) {
  const std::string methods = ReadFile(ISOFLOP_SOURCE_DIR "/docs/methods.md");
  EXPECT_GE(PapersIn(methods).size(), 15U);
  EXPECT_THAT(Missing("analysis", methods), testing::IsEmpty());
}

TEST(Literature, OfModelsAndTasksIsInAPage) {
  std::string pages;
  for (const std::string& name : PagesBelow(ISOFLOP_SOURCE_DIR)) {
    pages += ReadFile(fs::path(ISOFLOP_SOURCE_DIR) / name);
  }
  EXPECT_THAT(Missing("lib", pages), testing::IsEmpty());
}

}  // namespace
}  // namespace isoflop
