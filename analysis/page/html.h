// Pieces of HTML that are well-formed XML too; every text is escaped here.

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace isoflop {

/// Returns <tag>text</tag>.
std::string Element(std::string_view tag, std::string_view text);

/// Returns a <ul> of texts; nothing of none.
std::string BulletList(const std::vector<std::string>& texts);

/// Returns a <pre> with the text's line ends and nothing else of its layout
/// characters.
std::string Preformatted(std::string_view text);

/// A table with numbers at the right of their columns.
struct HtmlTable {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows = {};
  std::vector<bool> is_text = {};  // by column; others are numbers
};

/// Returns the table in a box that scrolls by itself.
std::string ToHtml(const HtmlTable& table);

}  // namespace isoflop
