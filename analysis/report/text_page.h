// A report for a terminal as it is written, from top to bottom.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lib/core/text_table.h"

namespace isoflop {

/// Sections under headings, indented by two; nothing but tables is ever wider
/// than `width` columns.
class TextPage {
 public:
  explicit TextPage(std::size_t width) : width_(width) {}

  std::size_t width() const { return width_; }

  /// A line at the left margin, after a blank line unless it is the first.
  void Heading(std::string_view text);

  /// Text below a heading, wrapped.
  void Line(std::string_view text);

  /// A blank line.
  void Space() { text_ += "\n"; }

  /// A table, indented.
  void Table(const TextTable& table);

  /// A heading and its items, each with a dash; nothing when there are none.
  void List(std::string_view heading, const std::vector<std::string>& items);

  /// Text that is laid out already.
  void Append(std::string_view text) { text_ += text; }

  const std::string& text() const { return text_; }

 private:
  std::size_t width_;
  std::string text_;
};

}  // namespace isoflop
