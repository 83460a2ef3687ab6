// Figures as SVG: valid XML, every text escaped, the exact numbers of every
// point beside its pixels.

#pragma once

#include <string>
#include <vector>

#include "lib/plot/figure.h"
#include "lib/plot/palette.h"
#include "lib/plot/text_box.h"

namespace isoflop {

/// In pixels of CSS, 96 to the inch.
struct PanelSize {
  double width = 680.0;
  double height = 420.0;
};

/// A panel as SVG elements, to be put into an <svg> or a <g>.
struct Drawing {
  std::string elements;
  std::vector<Box> texts;  // where text is, by estimate: no two overlap
};

/// Draws a panel. A point is an element with data-x and data-y (and data-error,
/// data-low, data-high, data-left, data-right where it has them), exact, and a
/// <title> in words. What a label has no room for is left out, as are points
/// without a place (PointsWithoutPlace) or outside of the frame. `id` makes ids
/// unique within a document.
Drawing DrawPanel(const Panel& panel, const PanelSize& size,
                  const std::string& id, ColourStyle style);

/// Returns a panel of a figure as an <svg> for a page with ColourSheet(), with
/// role "img", <title> and <desc>. REQUIRES: index is one of its panels.
std::string PanelSvg(const Figure& figure, std::size_t index,
                     const PanelSize& size);

/// Returns the figure as an SVG file for a paper: panels side by side, at most
/// two, sizes in mm, text as text, no style sheet; its id
/// is "isoflop-" and that of the figure. REQUIRES: there is a panel.
std::string FigureSvg(const Figure& figure, const PanelSize& size);

}  // namespace isoflop
