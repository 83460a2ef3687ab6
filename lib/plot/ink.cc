#include "lib/plot/ink.h"

#include <fmt/format.h>

#include <algorithm>

#include "lib/plot/xml.h"

namespace isoflop {
namespace {

constexpr double kExponentSize = 0.72 * kFontSize;
constexpr double kRaised = 0.36 * kFontSize;

const char* WordOf(Anchor anchor) {
  switch (anchor) {
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
    case Anchor::kStart:
      break;
  }
  return "start";
}

double WidthOf(const TextItem& item) {
  const double width = TextWidth(item.text.text, kFontSize) +
                       TextWidth(item.text.exponent, kExponentSize);
  return item.strong ? 1.06 * width : width;
}

}  // namespace

Box BoxOf(const TextItem& item) {
  const double width = WidthOf(item);
  double left = item.x;
  if (item.anchor == Anchor::kMiddle) left -= 0.5 * width;
  if (item.anchor == Anchor::kEnd) left -= width;
  const double raised = item.text.exponent.empty() ? 0.0 : 0.3 * kFontSize;
  return {left, item.y - 0.85 * kFontSize - raised, left + width,
          item.y + 0.27 * kFontSize};
}

std::string Ink::Paint(const std::optional<Hue>& fill,
                       const std::optional<Hue>& stroke) const {
  const auto colour = [this](const std::optional<Hue>& hue) {
    return hue ? ColourOf(*hue, style_) : std::string("none");
  };
  if (style_ == ColourStyle::kAlone) {
    return fmt::format(" fill=\"{}\" stroke=\"{}\"", colour(fill),
                       colour(stroke));
  }
  return fmt::format(" style=\"fill:{};stroke:{}\"", colour(fill),
                     colour(stroke));
}

void Ink::Text(const TextItem& item) {
  std::string content = XmlText(item.text.text);
  if (!item.text.exponent.empty()) {
    content += fmt::format("<tspan dy=\"-{}\" font-size=\"{}\">{}</tspan>",
                           PixelText(kRaised), PixelText(kExponentSize),
                           XmlText(item.text.exponent));
  }
  if (item.on_paper) {
    const Box box = BoxOf(item);
    Add(
        fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
                    "fill-opacity=\"0.85\"{}/>",
                    PixelText(box.left - 1.0), PixelText(box.top + 1.0),
                    PixelText(box.width() + 2.0), PixelText(box.height() - 1.0),
                    Paint(Hue::Paper(), std::nullopt)));
  }
  std::string attributes = Paint(item.hue, std::nullopt);
  if (item.strong) attributes += " font-weight=\"600\"";
  if (item.anchor != Anchor::kStart) {
    attributes += fmt::format(" text-anchor=\"{}\"", WordOf(item.anchor));
  }
  Add(fmt::format("<text x=\"{}\" y=\"{}\"{}>{}</text>", PixelText(item.x),
                  PixelText(item.y), attributes, content));
  texts_.push_back(BoxOf(item));
}

bool Ink::TextIfFree(const TextItem& item) {
  const Box box = BoxOf(item);
  const bool taken = std::ranges::any_of(
      texts_, [&box](const Box& other) { return Overlapping(box, other); });
  if (!taken) Text(item);
  return !taken;
}

}  // namespace isoflop
