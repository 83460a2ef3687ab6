// The pages of the documentation, as far as tests ask: blocks of code, headings
// and links.

#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace isoflop {

/// What stands between two lines of three backquotes.
struct CodeBlock {
  std::size_t line = 0;  // of the opening backquotes, from 1
  std::string language = {};
  std::string text = {};
  // What a comment in the line before says, which no reader of the page sees:
  std::string not_run = {};  // <!-- not run: WHY -->
  std::string file = {};     // <!-- file: NAME -->
};

struct Link {
  std::size_t line = 0;
  std::string target = {};
};

struct MarkdownPage {
  std::vector<CodeBlock> blocks = {};
  std::set<std::string> anchors = {};  // of headings, as GitHub makes them
  std::vector<Link> links = {};        // of text, not of code
};

/// Reads the text of a page. A block of code that has no end goes to the end.
MarkdownPage ParseMarkdown(const std::string& text);

/// Returns the anchor that GitHub gives a heading: in lower case, spaces as
/// hyphens, without marks.
std::string AnchorOf(const std::string& heading);

/// Returns every page below `root` that git keeps, relative to it, sorted.
std::vector<std::string> PagesBelow(const std::filesystem::path& root);

}  // namespace isoflop
