#include "lib/plot/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "lib/plot/xml.h"

namespace isoflop {
namespace {

constexpr double kLabelHeight = 15.0;

bool Inside(const Box& box, double x, double y) {
  return box.left - 0.5 <= x && x <= box.right + 0.5 && box.top - 0.5 <= y &&
         y <= box.bottom + 0.5;
}

std::optional<Place> PixelOf(const Panel& panel, const Frame& frame,
                             const Place& place) {
  if (!CanShow(panel.x.scale, place.x)) return std::nullopt;
  if (!CanShow(panel.y.scale, place.y)) return std::nullopt;
  return Place{frame.x.At(place.x), frame.y.At(place.y)};
}

/// The last place of a line that is in the frame, in pixels.
std::optional<Place> EndOf(const Panel& panel, const Frame& frame,
                           const LineSeries& line) {
  std::optional<Place> end;
  for (const auto& piece : line.pieces) {
    for (const Place& place : piece) {
      const auto pixel = PixelOf(panel, frame, place);
      if (!pixel || !Inside(frame.box, pixel->x, pixel->y)) continue;
      if (!end || pixel->x >= end->x) end = pixel;
    }
  }
  return end;
}

struct EndLabel {
  const LineSeries* line = nullptr;
  Place end;
};

std::vector<Place> PixelsOfPoints(const Panel& panel, const Frame& frame) {
  std::vector<Place> pixels;
  for (const PointSeries& series : panel.points) {
    for (const DataPoint& point : series.points) {
      if (const auto at = PixelOf(panel, frame, {point.x, point.y})) {
        pixels.push_back(*at);
      }
    }
  }
  return pixels;
}

/// The same, with the places that lines go through.
std::vector<Place> PixelsOfAll(const Panel& panel, const Frame& frame) {
  std::vector<Place> pixels = PixelsOfPoints(panel, frame);
  for (const LineSeries& line : panel.lines) {
    for (const auto& piece : line.pieces) {
      for (const Place& place : piece) {
        if (const auto at = PixelOf(panel, frame, place)) pixels.push_back(*at);
      }
    }
  }
  return pixels;
}

/// Whether a box is within the frame and free of text.
bool IsFree(const Box& box, const Frame& frame, const Ink& ink) {
  const Box& room = frame.box;
  if (box.left < room.left + 2.0 || box.right > room.right - 2.0) return false;
  if (box.top < room.top + 2.0 || box.bottom > room.bottom - 2.0) return false;
  return std::ranges::none_of(ink.texts(), [&box](const Box& other) {
    return Overlapping(box, other);
  });
}

std::ptrdiff_t Covered(const Box& box, const std::vector<Place>& points) {
  return std::ranges::count_if(
      points, [&box](const Place& at) { return Inside(box, at.x, at.y); });
}

/// Of places for one label that are in the frame and free, that which covers
/// the fewest of `points`; the first of equal ones.
std::optional<TextItem> BestOf(const std::vector<TextItem>& candidates,
                               const std::vector<Place>& points,
                               const Frame& frame, const Ink& ink) {
  std::optional<TextItem> best;
  std::ptrdiff_t fewest = 0;
  for (const TextItem& item : candidates) {
    const Box box = BoxOf(item);
    if (!IsFree(box, frame, ink)) continue;
    const std::ptrdiff_t covered = Covered(box, points);
    if (best && covered >= fewest) continue;
    best = item;
    fewest = covered;
  }
  return best;
}

/// Places on a line, from its middle outwards.
std::vector<TextItem> PlacesOn(const Panel& panel, const Frame& frame,
                               const LineSeries& line) {
  constexpr std::array<double, 9> kParts = {0.5, 0.4, 0.6, 0.3, 0.7,
                                            0.2, 0.8, 0.1, 0.9};
  std::vector<TextItem> places;
  for (const auto& piece : line.pieces) {
    if (piece.empty()) continue;
    for (const double part : kParts) {
      const auto i = static_cast<std::size_t>(
          part * static_cast<double>(piece.size() - 1));
      const auto at = PixelOf(panel, frame, piece[i]);
      if (!at) continue;
      places.push_back({.x = at->x,
                        .y = at->y + 0.33 * kFontSize,
                        .text = {line.inline_label},
                        .anchor = Anchor::kMiddle,
                        .hue = line.hue,
                        .on_paper = true});
    }
  }
  return places;
}

/// Places beside a rule: at both of its sides, from its ends inwards.
std::vector<TextItem> PlacesBeside(const Rule& rule, const Frame& frame) {
  std::vector<TextItem> places;
  const auto add = [&](double x, double y, Anchor anchor) {
    places.push_back({.x = x,
                      .y = y,
                      .text = {rule.label},
                      .anchor = anchor,
                      .hue = Hue::Muted(),
                      .on_paper = true});
  };
  const Box& box = frame.box;
  if (!rule.vertical) {
    const double at = frame.y.At(rule.at);
    for (const double y : {at - 5.0, at + 13.0}) {
      add(box.right - 5.0, y, Anchor::kEnd);
      add(box.left + 5.0, y, Anchor::kStart);
    }
    return places;
  }
  const double x = frame.x.At(rule.at);
  for (const double inwards : {14.0, 30.0, 46.0}) {
    for (const double y : {box.top + inwards, box.bottom - inwards + 6.0}) {
      add(x + 5.0, y, Anchor::kStart);
      add(x - 5.0, y, Anchor::kEnd);
    }
  }
  return places;
}

}  // namespace

void DrawEndLabels(const Panel& panel, const Frame& frame, Ink* ink) {
  std::vector<EndLabel> labels;
  std::vector<double> wanted;
  for (const LineSeries& line : panel.lines) {
    if (line.end_label.empty()) continue;
    const auto end = EndOf(panel, frame, line);
    if (!end) continue;
    labels.push_back({&line, *end});
    wanted.push_back(end->y);
  }
  const double half = 0.5 * kLabelHeight;
  const std::vector<double> places =
      SpreadApart(wanted, kLabelHeight, frame.box.top + half - 4.0,
                  frame.box.bottom - half + 4.0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto& [line, end] = labels[i];
    const double x = frame.box.right + 8.0;
    const bool beside =
        std::abs(places[i] - end.y) < 3.0 && frame.box.right - end.x < 4.0;
    const bool placed = ink->TextIfFree({.x = x,
                                         .y = places[i] + 0.33 * kFontSize,
                                         .text = {line->end_label},
                                         .hue = line->hue});
    if (!placed || beside) continue;
    ink->Add(fmt::format("<path d=\"M{} {}L{} {}\" stroke-width=\"0.7\"{}/>",
                         PixelText(end.x + 2.0), PixelText(end.y),
                         PixelText(x - 2.0), PixelText(places[i]),
                         ink->Paint(std::nullopt, Hue::Muted())));
  }
}

void DrawInlineLabels(const Panel& panel, const Frame& frame, Ink* ink) {
  const std::vector<Place> points = PixelsOfPoints(panel, frame);
  for (const LineSeries& line : panel.lines) {
    if (line.inline_label.empty()) continue;
    const auto best = BestOf(PlacesOn(panel, frame, line), points, frame, *ink);
    if (best) ink->Text(*best);
  }
}

void DrawRuleLabels(const Panel& panel, const Frame& frame, Ink* ink) {
  const std::vector<Place> points = PixelsOfAll(panel, frame);
  for (const Rule& rule : panel.rules) {
    const Axis& axis = rule.vertical ? panel.x : panel.y;
    if (rule.label.empty() || !CanShow(axis.scale, rule.at)) continue;
    const auto best = BestOf(PlacesBeside(rule, frame), points, frame, *ink);
    if (best) ink->Text(*best);
  }
}

}  // namespace isoflop
