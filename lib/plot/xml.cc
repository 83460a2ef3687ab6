#include "lib/plot/xml.h"

#include <fmt/format.h>

#include <cassert>
#include <cmath>

#include "lib/core/printable.h"

namespace isoflop {

std::string XmlText(std::string_view text) {
  const std::string printable = PrintableLine(text);
  std::string escaped;
  escaped.reserve(printable.size());
  for (const char c : printable) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string PixelText(double pixels) {
  assert(std::isfinite(pixels));
  std::string text = fmt::format("{:.2f}", pixels);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string ExactText(double value) { return fmt::format("{}", value); }

}  // namespace isoflop
