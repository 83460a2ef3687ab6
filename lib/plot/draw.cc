#include "lib/plot/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>

#include "lib/core/text.h"
#include "lib/plot/frame.h"
#include "lib/plot/ink.h"
#include "lib/plot/labels.h"
#include "lib/plot/marks.h"
#include "lib/plot/xml.h"

namespace isoflop {
namespace {

constexpr double kMillimetres = 25.4 / 96.0;  // a pixel

void DrawGrid(const Frame& frame, Ink* ink) {
  const Box& box = frame.box;
  std::string major;
  std::string minor;
  for (const Tick& tick : frame.x_ticks) {
    const std::string at = PixelText(frame.x.At(tick.value));
    if (tick.label.text.empty()) {
      minor += fmt::format("M{} {}v3", at, PixelText(box.bottom));
    } else {
      major += fmt::format("M{} {}V{}", at, PixelText(box.top),
                           PixelText(box.bottom));
    }
  }
  for (const Tick& tick : frame.y_ticks) {
    const std::string at = PixelText(frame.y.At(tick.value));
    if (tick.label.text.empty()) {
      minor += fmt::format("M{} {}h-3", PixelText(box.left), at);
    } else {
      major += fmt::format("M{} {}H{}", PixelText(box.left), at,
                           PixelText(box.right));
    }
  }
  ink->Add(fmt::format("<path d=\"{}\"{}/>", major,
                       ink->Paint(std::nullopt, Hue::Grid())));
  const std::string axes =
      fmt::format("M{} {}V{}H{}", PixelText(box.left), PixelText(box.top),
                  PixelText(box.bottom), PixelText(box.right));
  ink->Add(fmt::format("<path d=\"{}{}\"{}/>", axes, minor,
                       ink->Paint(std::nullopt, Hue::Muted())));
}

void DrawAxisTexts(const Panel& panel, const Frame& frame, Ink* ink) {
  const Box& box = frame.box;
  for (const Tick& tick : frame.x_ticks) {
    if (tick.label.text.empty()) continue;
    ink->Text({.x = frame.x.At(tick.value),
               .y = box.bottom + 18.0,
               .text = tick.label,
               .anchor = Anchor::kMiddle,
               .hue = Hue::Muted()});
  }
  for (const Tick& tick : frame.y_ticks) {
    if (tick.label.text.empty()) continue;
    ink->Text({.x = box.left - 7.0,
               .y = frame.y.At(tick.value) + 0.34 * kFontSize,
               .text = tick.label,
               .anchor = Anchor::kEnd,
               .hue = Hue::Muted()});
  }
  ink->Text({.x = box.right,
             .y = box.bottom + 37.0,
             .text = {panel.x.title},
             .anchor = Anchor::kEnd});
  ink->Text({.x = 4.0, .y = frame.y_title_y, .text = {panel.y.title}});
  if (panel.title.empty()) return;
  ink->Text(
      {.x = 4.0, .y = frame.title_y, .text = {panel.title}, .strong = true});
}

void DrawLegend(const Frame& frame, Ink* ink) {
  for (const LegendEntry& entry : frame.legend) {
    const double y = entry.y - 4.0;
    if (entry.band != nullptr) {
      ink->Add(
          fmt::format("<rect x=\"{}\" y=\"{}\" width=\"18\" height=\"9\" "
                      "fill-opacity=\"0.2\"{}/>",
                      PixelText(entry.x), PixelText(y - 4.5),
                      ink->Paint(entry.band->hue, std::nullopt)));
    }
    if (entry.line != nullptr) {
      ink->Add(fmt::format("<path d=\"M{} {}h18\"{}{}/>", PixelText(entry.x),
                           PixelText(y), LineStyle(*entry.line),
                           ink->Paint(std::nullopt, entry.line->hue)));
    }
    if (entry.points != nullptr) {
      ink->Add(fmt::format("<path d=\"{}\"{}{}/>",
                           MarkerPath(entry.points->marker, entry.x + 9.0, y,
                                      std::max(3.0, entry.points->size)),
                           MarkerStyle(*entry.points),
                           MarkerPaint(*entry.points, *ink)));
    }
    ink->Text({.x = entry.x + kLegendKey, .y = entry.y, .text = {entry.name}});
  }
}

std::string Described(const Figure& figure, const std::string& id,
                      const std::string& panel_title) {
  const std::string title =
      panel_title.empty() ? figure.title : figure.title + ": " + panel_title;
  return fmt::format(
      "<title id=\"{0}-t\">{1}</title>\n<desc id=\"{0}-d\">{2}</desc>\n", id,
      XmlText(title), XmlText(figure.description));
}

}  // namespace

Drawing DrawPanel(const Panel& panel, const PanelSize& size,
                  const std::string& id, ColourStyle style) {
  const Frame frame = FrameOf(panel, size);
  Ink ink(style);
  const Box& box = frame.box;
  ink.Add(fmt::format(
      "<clipPath id=\"{}-clip\"><rect x=\"{}\" y=\"{}\" width=\"{}\" "
      "height=\"{}\"/></clipPath>",
      id, PixelText(box.left), PixelText(box.top), PixelText(box.width()),
      PixelText(box.height())));
  DrawGrid(frame, &ink);
  ink.Add(fmt::format("<g clip-path=\"url(#{}-clip)\">", id));
  for (const BandSeries& band : panel.bands) DrawBand(panel, frame, band, &ink);
  for (const Rule& rule : panel.rules) DrawRule(panel, frame, rule, &ink);
  for (const LineSeries& line : panel.lines) {
    DrawLine(panel, frame, line, &ink);
  }
  ink.Add("</g>");
  for (const PointSeries& series : panel.points) {
    DrawPoints(panel, frame, series, &ink);
  }
  DrawAxisTexts(panel, frame, &ink);
  DrawLegend(frame, &ink);
  DrawEndLabels(panel, frame, &ink);
  DrawInlineLabels(panel, frame, &ink);
  DrawRuleLabels(panel, frame, &ink);
  return {ink.elements(), ink.texts()};
}

std::string PanelSvg(const Figure& figure, std::size_t index,
                     const PanelSize& size) {
  assert(index < figure.panels.size());
  const Panel& panel = figure.panels[index];
  const std::string id = fmt::format("{}-{}", figure.id, index + 1);
  const Drawing drawing = DrawPanel(panel, size, id, ColourStyle::kPage);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
      "aria-labelledby=\"{0}-t {0}-d\" class=\"plot\" viewBox=\"0 0 {1} {2}\" "
      "width=\"{1}\" height=\"{2}\" font-size=\"{3}\">\n{4}{5}</svg>\n",
      id, PixelText(size.width), PixelText(size.height), PixelText(kFontSize),
      Described(figure, id, panel.title), drawing.elements);
}

std::string FigureSvg(const Figure& figure, const PanelSize& size) {
  assert(!figure.panels.empty());
  const std::size_t columns = figure.panels.size() == 1 ? 1 : 2;
  const std::size_t rows = (figure.panels.size() + columns - 1) / columns;
  const double width = static_cast<double>(columns) * size.width;
  const double height = static_cast<double>(rows) * size.height;
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"isoflop-{0}\" "
      "role=\"img\" "
      "aria-labelledby=\"{0}-t {0}-d\" width=\"{1}mm\" height=\"{2}mm\" "
      "viewBox=\"0 0 {3} {4}\" font-size=\"{5}\" "
      "font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\">\n{6}",
      figure.id, PixelText(width * kMillimetres),
      PixelText(height * kMillimetres), PixelText(width), PixelText(height),
      PixelText(kFontSize), Described(figure, figure.id, ""));
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const std::size_t row = i / columns;
    const Drawing drawing =
        DrawPanel(figure.panels[i], size,
                  fmt::format("{}-{}", figure.id, i + 1), ColourStyle::kAlone);
    text += fmt::format(
        "<g transform=\"translate({} {})\">\n{}</g>\n",
        PixelText(static_cast<double>(i % columns) * size.width),
        PixelText(static_cast<double>(row) * size.height), drawing.elements);
  }
  return text + "</svg>\n";
}

}  // namespace isoflop
