// Every link in a page to a file or a heading of the project leads somewhere.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "lib/core/files.h"
#include "tests/docs/markdown.h"
#include "tests/support/temp_dir.h"

namespace isoflop {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

bool IsElsewhere(const std::string& target) {
  return target.starts_with("https://") || target.starts_with("http://") ||
         target.starts_with("mailto:");
}

using Pages = std::map<fs::path, MarkdownPage>;

/// Reads each page once.
const MarkdownPage& PageAt(const fs::path& path, Pages* pages) {
  const auto found = pages->find(path.lexically_normal());
  if (found != pages->end()) return found->second;
  return (*pages)[path.lexically_normal()] = ParseMarkdown(ReadFile(path));
}

/// Why the link leads nowhere, or nothing.
std::string Problem(const fs::path& page, const std::string& target,
                    Pages* pages) {
  const std::size_t hash = target.find('#');
  const std::string file = target.substr(0, hash);
  const fs::path path = file.empty() ? page : page.parent_path() / file;
  if (!fs::exists(path)) return "there is no such file";
  if (hash == std::string::npos) return {};
  const std::string anchor = target.substr(hash + 1);
  if (path.extension() != ".md") return "only pages have headings";
  if (PageAt(path, pages).anchors.contains(anchor)) return {};
  return "there is no such heading";
}

/// "page:line: target: problem", for every link that leads nowhere.
std::vector<std::string> BrokenLinks(const fs::path& root) {
  std::vector<std::string> broken;
  Pages pages;
  for (const std::string& name : PagesBelow(root)) {
    for (const Link& link : PageAt(root / name, &pages).links) {
      if (IsElsewhere(link.target)) continue;
      const std::string problem = Problem(root / name, link.target, &pages);
      if (problem.empty()) continue;
      broken.push_back(
          fmt::format("{}:{}: {}: {}", name, link.line, link.target, problem));
    }
  }
  return broken;
}

TEST(Links, LeadToFilesAndHeadingsThatExist) {
  EXPECT_GE(PagesBelow(ISOFLOP_SOURCE_DIR).size(), 13U);
  EXPECT_THAT(BrokenLinks(ISOFLOP_SOURCE_DIR), IsEmpty());
}

/// The broken links of a project of one page.
std::vector<std::string> BrokenIn(const std::string& text) {
  const TempDir dir;
  for (const char* folder :
       {"analysis", "apps", "docs", "lib", "sweeps", "tests"}) {
    fs::create_directory(dir / folder);
  }
  dir.Write("a.md", "# One\n" + text);
  return BrokenLinks(dir.path());
}

TEST(Links, AreBrokenWhereFileOrHeadingIsMissing) {
  EXPECT_THAT(BrokenIn("[x](b.md)"),
              ElementsAre(HasSubstr("a.md:2: b.md: there is no such file")));
  EXPECT_THAT(BrokenIn("[x](#two)"),
              ElementsAre(HasSubstr("there is no such heading")));
  EXPECT_THAT(BrokenIn("[x](docs#two)"),
              ElementsAre(HasSubstr("only pages have headings")));
  EXPECT_THAT(BrokenIn("![x](a.svg)"), ElementsAre(HasSubstr("a.svg")));
}

TEST(Links, AreWholeToHeadingsFoldersAndOtherSites) {
  EXPECT_THAT(
      BrokenIn("[x](#one) [y](a.md#one) [z](docs) [w](https://a.b/c#d)"),
      IsEmpty());
}

}  // namespace
}  // namespace isoflop
