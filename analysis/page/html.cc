#include "analysis/page/html.h"

#include <fmt/format.h>

#include "lib/plot/xml.h"

namespace isoflop {

std::string Element(std::string_view tag, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>\n", tag, XmlText(text));
}

std::string BulletList(const std::vector<std::string>& texts) {
  if (texts.empty()) return {};
  std::string list = "<ul>\n";
  for (const std::string& text : texts) list += Element("li", text);
  return list + "</ul>\n";
}

std::string Preformatted(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines += XmlText(text.substr(0, end)) + "\n";
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return "<pre>" + lines + "</pre>\n";
}

std::string ToHtml(const HtmlTable& table) {
  const auto is_text = [&table](std::size_t column) {
    return column < table.is_text.size() && table.is_text[column];
  };
  const auto cell = [&](const char* tag, std::size_t column,
                        const std::string& text) {
    return fmt::format("<{0}{1}>{2}</{0}>", tag,
                       is_text(column) ? " class=\"t\"" : "", XmlText(text));
  };
  std::string html = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (std::size_t i = 0; i < table.head.size(); ++i) {
    html += cell("th", i, table.head[i]);
  }
  html += "</tr></thead>\n<tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) html += cell("td", i, row[i]);
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

}  // namespace isoflop
