#include "apps/isoflop/fit_pictures.h"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <utility>
#include <vector>

#include "analysis/page/figures.h"
#include "lib/core/utf8.h"
#include "lib/plot/text_plot.h"

namespace isoflop {
namespace {

/// The panel of what was found itself: published lines are for a page.
Panel OwnPanel(Panel panel) {
  std::erase_if(panel.lines,
                [](const LineSeries& line) { return !line.sets_range; });
  return panel;
}

/// The first panels of these figures in which something measured is seen.
std::vector<Panel> Panels(const ReportSource& source) {
  std::vector<Panel> panels;
  for (const auto make : {OptimaFigure, ResidualFigure}) {
    const FigureOrReason made = make(source);
    if (!made.figure || made.figure->panels.empty()) continue;
    Panel panel = OwnPanel(made.figure->panels.front());
    if (!panel.points.empty()) panels.push_back(std::move(panel));
  }
  return panels;
}

}  // namespace

std::vector<std::string> FitPictures(const Json& fit, std::size_t columns,
                                     std::size_t lines) {
  ReportSource source;
  source.fit = ReadFitDocument(fit, "fit.json");
  const std::vector<Panel> panels = Panels(source);
  std::vector<std::string> pictures;
  for (const Panel& panel : panels) {
    const std::size_t blank = panels.size() - 1;
    if (!pictures.empty()) pictures.emplace_back();
    std::ranges::move(
        TextPlot(panel, {columns, (lines - blank) / panels.size()}),
        std::back_inserter(pictures));
  }
  return pictures;
}

std::string Beside(std::string_view text, std::size_t columns,
                   const std::vector<std::string>& pictures) {
  constexpr std::size_t kGap = 3;
  std::istringstream lines{std::string(text)};
  std::string both;
  std::size_t row = 0;
  for (std::string line; std::getline(lines, line) || row < pictures.size();
       ++row) {
    both += line;
    if (row < pictures.size() && !pictures[row].empty()) {
      const std::size_t width = std::min(DisplayWidth(line), columns);
      both += std::string(columns - width + kGap, ' ') + pictures[row];
    }
    both += "\n";
    line.clear();
  }
  return both;
}

}  // namespace isoflop
