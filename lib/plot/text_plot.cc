#include "lib/plot/text_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>
#include <string_view>

#include "lib/core/utf8.h"
#include "lib/plot/ticks.h"

namespace isoflop {
namespace {

constexpr std::string_view kPointMarks = "ox#+";
constexpr char kLineMark = '.';

/// Cells between the axes.
class Canvas {
 public:
  Canvas(const Panel& panel, std::size_t columns, std::size_t rows)
      : rows_(rows, std::string(columns, ' ')),
        x_(panel.x.scale, XRangeOf(panel), 0.0,
           static_cast<double>(columns - 1)),
        y_(panel.y.scale, YRangeOf(panel), static_cast<double>(rows - 1), 0.0) {
  }

  const AxisScale& x() const { return x_; }
  const AxisScale& y() const { return y_; }
  const std::string& Row(std::size_t i) const { return rows_[i]; }

  /// Puts a mark where the frame has a place for it.
  void Put(double x, double y, char mark) {
    if (!CanShow(x_.kind(), x) || !CanShow(y_.kind(), y)) return;
    if (!x_.range().Contains(x) || !y_.range().Contains(y)) return;
    rows_[CellOf(y_, y)][CellOf(x_, x)] = mark;
  }

  /// Puts one mark in each column between two places, which are straight on
  /// these scales.
  void PutPiece(const std::vector<Place>& piece) {
    for (std::size_t i = 1; i < piece.size(); ++i) {
      const Place& from = piece[i - 1];
      const Place& to = piece[i];
      if (!CanShow(x_.kind(), from.x) || !CanShow(x_.kind(), to.x) ||
          !CanShow(y_.kind(), from.y) || !CanShow(y_.kind(), to.y)) {
        continue;
      }
      PutSegment({x_.At(from.x), y_.At(from.y)}, {x_.At(to.x), y_.At(to.y)});
    }
  }

  void PutRule(const Rule& rule) {
    if (rule.vertical) {
      if (!CanShow(x_.kind(), rule.at) || !x_.range().Contains(rule.at)) return;
      const std::size_t column = CellOf(x_, rule.at);
      for (std::string& row : rows_) row[column] = '|';
    } else {
      if (!CanShow(y_.kind(), rule.at) || !y_.range().Contains(rule.at)) return;
      std::ranges::fill(rows_[CellOf(y_, rule.at)], '-');
    }
  }

  /// Puts a bar where the frame has a place for it.
  void PutBar(double x, const Extent& extent) {
    if (!CanShow(x_.kind(), x) || !x_.range().Contains(x)) return;
    const AxisRange& range = y_.range();
    const double low = std::max(extent.low, range.low);
    const double high = std::min(extent.high, range.high);
    if (!(low <= high)) return;
    const std::size_t column = CellOf(x_, x);
    for (std::size_t row = CellOf(y_, high); row <= CellOf(y_, low); ++row) {
      rows_[row][column] = '|';
    }
  }

  static std::size_t CellOf(const AxisScale& scale, double value) {
    return static_cast<std::size_t>(std::lround(scale.At(value)));
  }

 private:
  void PutSegment(Place from, Place to) {
    if (from.x > to.x) std::swap(from, to);
    const double extent = to.x - from.x;
    const auto last = static_cast<double>(rows_.front().size() - 1);
    const double end = std::min(to.x, last);
    for (double x = std::max(0.0, std::ceil(from.x)); x <= end; x += 1.0) {
      const double part = extent > 0.0 ? (x - from.x) / extent : 0.0;
      const double y = std::round(from.y + part * (to.y - from.y));
      if (y < 0.0 || y > static_cast<double>(rows_.size() - 1)) continue;
      rows_[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] =
          kLineMark;
    }
  }

  std::vector<std::string> rows_;
  AxisScale x_;
  AxisScale y_;
};

/// "10^18"
std::string InCharacters(const TickLabel& label) {
  return label.exponent.empty() ? label.text
                                : label.text + "^" + label.exponent;
}

std::string WithoutSpaceAtEnd(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

/// Returns as much of the text as has a place.
std::string Cut(std::string_view text, std::size_t columns) {
  std::string cut(text);
  while (DisplayWidth(cut) > columns) {
    // A character whole, not one byte of it.
    while (!cut.empty() && (cut.back() & 0xC0) == 0x80) cut.pop_back();
    cut.pop_back();
  }
  return WithoutSpaceAtEnd(std::move(cut));
}

std::vector<Tick> LabelledTicks(const Axis& axis, const AxisRange& range,
                                std::size_t most) {
  std::vector<Tick> ticks =
      TicksOf(axis.scale, axis.ticks, range,
              static_cast<int>(std::max<std::size_t>(most, 2)));
  std::erase_if(ticks,
                [](const Tick& tick) { return tick.label.text.empty(); });
  return ticks;
}

/// One label for every row; most are empty.
std::vector<std::string> RowLabels(const Panel& panel, std::size_t rows) {
  const AxisRange range = YRangeOf(panel);
  const AxisScale scale(panel.y.scale, range, static_cast<double>(rows - 1),
                        0.0);
  std::vector<std::string> labels(rows);
  for (const Tick& tick : LabelledTicks(panel.y, range, rows / 2)) {
    labels[Canvas::CellOf(scale, tick.value)] = InCharacters(tick.label);
  }
  return labels;
}

/// The labels below the frame, each centred under its tick where there is room.
std::string ColumnLabels(const Panel& panel, const AxisScale& x,
                         std::size_t left, std::size_t columns) {
  constexpr std::size_t kColumnsOfLabel = 12;
  std::string line;
  for (const Tick& tick :
       LabelledTicks(panel.x, x.range(), columns / kColumnsOfLabel)) {
    const std::string label = InCharacters(tick.label);
    const std::size_t centre = left + Canvas::CellOf(x, tick.value);
    const std::size_t half = label.size() / 2;
    const std::size_t begin =
        std::min(centre > half ? centre - half : 0,
                 left + columns - std::min(left + columns, label.size()));
    const bool has_room = line.empty() || begin > line.size();
    if (!has_room) continue;
    line.resize(begin, ' ');
    line += label;
  }
  return line;
}

/// "o IsoFLOP minimum  . law", on as many lines as it takes.
std::vector<std::string> SeriesNames(const Panel& panel, std::size_t columns) {
  std::vector<std::string> lines;
  const auto add = [&](char mark, const std::string& name) {
    if (name.empty()) return;
    const std::string entry = fmt::format("{} {}", mark, name);
    const bool has_room =
        !lines.empty() &&
        DisplayWidth(lines.back()) + 2 + DisplayWidth(entry) <= columns;
    if (has_room) {
      lines.back() += "  " + entry;
    } else {
      lines.push_back(Cut(entry, columns));
    }
  };
  for (std::size_t i = 0; i < panel.points.size(); ++i) {
    add(kPointMarks[i % kPointMarks.size()], panel.points[i].name);
  }
  for (const LineSeries& line : panel.lines) {
    if (line.dash == Dash::kSolid) add(kLineMark, line.name);
  }
  return lines;
}

/// The interval of a point, or its standard error on both sides.
std::optional<Extent> BarOf(const DataPoint& point) {
  if (point.y_extent) return point.y_extent;
  if (!point.error) return std::nullopt;
  return Extent{point.y - *point.error, point.y + *point.error};
}

void Draw(const Panel& panel, Canvas* canvas) {
  for (const Rule& rule : panel.rules) canvas->PutRule(rule);
  for (const LineSeries& line : panel.lines) {
    if (line.dash != Dash::kSolid) continue;
    for (const auto& piece : line.pieces) canvas->PutPiece(piece);
  }
  for (const PointSeries& series : panel.points) {
    for (const DataPoint& point : series.points) {
      if (const auto bar = BarOf(point)) canvas->PutBar(point.x, *bar);
    }
  }
  for (std::size_t i = 0; i < panel.points.size(); ++i) {
    for (const DataPoint& point : panel.points[i].points) {
      canvas->Put(point.x, point.y, kPointMarks[i % kPointMarks.size()]);
    }
  }
}

/// "N* (parameters) over C (FLOPs)"; where that is too wide, "N* (parameters)
/// over C".
std::string TitleOfAxes(const Panel& panel, std::size_t columns) {
  const std::string& x = panel.x.title;
  if (x.empty()) return Cut(panel.y.title, columns);
  std::string whole = fmt::format("{} over {}", panel.y.title, x);
  if (DisplayWidth(whole) <= columns) return whole;
  return Cut(
      fmt::format("{} over {}", panel.y.title, x.substr(0, x.find(" ("))),
      columns);
}

}  // namespace

std::vector<std::string> TextPlot(const Panel& panel,
                                  const TextPlotSize& size) {
  assert(size.columns >= 24 && size.lines >= 6);
  constexpr std::size_t kAround = 3;  // title, frame, labels
  constexpr std::size_t kFewestRows = 2;
  std::vector<std::string> names = SeriesNames(panel, size.columns);
  names.resize(std::min(names.size(), size.lines - kAround - kFewestRows));
  const std::size_t rows = size.lines - kAround - names.size();
  const std::vector<std::string> labels = RowLabels(panel, rows);
  std::size_t margin = 0;
  for (const std::string& label : labels) {
    margin = std::max(margin, DisplayWidth(label));
  }
  const std::size_t left = margin + 2;  // a space and the frame
  const std::size_t columns = size.columns - std::min(left, size.columns - 8);
  Canvas canvas(panel, columns, rows);
  Draw(panel, &canvas);

  std::vector<std::string> lines = {TitleOfAxes(panel, size.columns)};
  for (std::size_t i = 0; i < rows; ++i) {
    lines.push_back(
        WithoutSpaceAtEnd(std::string(margin - DisplayWidth(labels[i]), ' ') +
                          labels[i] + " |" + canvas.Row(i)));
  }
  lines.push_back(std::string(margin + 1, ' ') + "+" +
                  std::string(columns, '-'));
  lines.push_back(ColumnLabels(panel, canvas.x(), left, columns));
  lines.insert(lines.end(), names.begin(), names.end());
  return lines;
}

}  // namespace isoflop
