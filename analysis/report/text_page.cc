#include "analysis/report/text_page.h"

#include "lib/core/text.h"

namespace isoflop {
namespace {
constexpr std::string_view kMargin = "  ";
}  // namespace

void TextPage::Heading(std::string_view text) {
  if (!text_.empty()) Space();
  text_ += WrapText("", text, width_);
}

void TextPage::Line(std::string_view text) {
  text_ += WrapText(kMargin, text, width_);
}

void TextPage::Table(const TextTable& table) {
  const std::string lines = table.ToString(width_ - kMargin.size());
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = lines.find('\n', begin) + 1;
    text_ += std::string(kMargin) + lines.substr(begin, end - begin);
    begin = end;
  }
}

void TextPage::List(std::string_view heading,
                    const std::vector<std::string>& items) {
  if (items.empty()) return;
  Heading(heading);
  for (const std::string& item : items) text_ += WrapText("  - ", item, width_);
}

}  // namespace isoflop
