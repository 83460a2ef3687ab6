#include "tests/docs/markdown.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <regex>
#include <sstream>

namespace isoflop {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFence = "```";

/// What `<!-- KEY: TEXT -->` says, or nothing.
std::string CommentIn(const std::string& line, const std::string& key) {
  const std::string begin = "<!-- " + key + ": ";
  const std::string end = " -->";
  if (!line.starts_with(begin) || !line.ends_with(end)) return {};
  return line.substr(begin.size(), line.size() - begin.size() - end.size());
}

std::string WithoutCode(const std::string& line) {
  static const std::regex code("`[^`]*`");
  return std::regex_replace(line, code, "``");
}

/// "[text](target)" becomes "text".
std::string WithoutLinks(const std::string& line) {
  static const std::regex link(R"(\[([^\]]*)\]\([^)]*\))");
  return std::regex_replace(line, link, "$1");
}

void AddLinks(const std::string& line, std::size_t number, MarkdownPage* page) {
  static const std::regex link(R"(\]\(([^)\s]+)\))");
  const std::string text = WithoutCode(line);
  for (std::sregex_iterator match(text.begin(), text.end(), link), end;
       match != end; ++match) {
    page->links.push_back({number, (*match)[1]});
  }
}

/// The text of a heading ("## text"), or nothing.
std::string HeadingIn(const std::string& line) {
  const std::size_t level = line.find_first_not_of('#');
  if (level == 0 || level == std::string::npos || level > 6) return {};
  return line[level] == ' ' ? line.substr(level + 1) : "";
}

}  // namespace

std::string AnchorOf(const std::string& heading) {
  std::string anchor;
  for (const char c : WithoutLinks(heading)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ') {
      anchor += '-';
    } else if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '-' ||
               c == '_') {
      anchor += static_cast<char>(std::tolower(byte));
    }
  }
  return anchor;
}

MarkdownPage ParseMarkdown(const std::string& text) {
  MarkdownPage page;
  std::istringstream lines(text);
  std::string line;
  std::string before;
  std::map<std::string, int> seen;
  bool in_code = false;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (line.starts_with(kFence)) {
      in_code = !in_code;
      if (in_code) {
        page.blocks.push_back({.line = number,
                               .language = line.substr(3),
                               .not_run = CommentIn(before, "not run"),
                               .file = CommentIn(before, "file")});
      }
    } else if (in_code) {
      page.blocks.back().text += line + '\n';
    } else if (const std::string heading = HeadingIn(line); !heading.empty()) {
      const std::string anchor = AnchorOf(heading);
      const int same = seen[anchor]++;
      page.anchors.insert(same == 0 ? anchor
                                    : anchor + '-' + std::to_string(same));
      AddLinks(line, number, &page);
    } else {
      AddLinks(line, number, &page);
    }
    before = line;
  }
  return page;
}

std::vector<std::string> PagesBelow(const fs::path& root) {
  // Builds and trained sweeps are below the root too.
  const std::set<std::string> folders = {"analysis", "apps",   "docs",
                                         "lib",      "sweeps", "tests"};
  std::vector<std::string> pages;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.path().extension() == ".md") {
      pages.push_back(entry.path().filename().string());
    }
  }
  for (const std::string& folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".md") continue;
      pages.push_back(entry.path().lexically_relative(root).string());
    }
  }
  std::ranges::sort(pages);
  return pages;
}

}  // namespace isoflop
