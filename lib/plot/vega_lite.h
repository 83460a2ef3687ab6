// Figures as Vega-Lite specifications: their data and how they are seen, for
// who wants to draw them anew.

#pragma once

#include "lib/core/json.h"
#include "lib/plot/draw.h"
#include "lib/plot/figure.h"

namespace isoflop {

inline constexpr const char* kVegaLiteSchema =
    "https://vega.github.io/schema/vega-lite/v5.json";

/// Returns a specification of Vega-Lite 5 with the data in it, panels at most
/// two in a row. A layer each: bands, rules, lines, bars of standard errors and
/// intervals, points, labels. Points have fields x, y, and error, low, high,
/// left, right, remark where they have them; lines x, y and `piece`; `series`
/// is the name in the legend.
///
/// What an axis has no place for never reaches it (PointsWithoutPlace; one zero
/// on a log axis moves every mark): points are left out, lines interrupted, and
/// the description says how many; what bars and bands have of it ends at the
/// frame. REQUIRES: there is a panel.
Json VegaLiteOf(const Figure& figure, const PanelSize& size);

}  // namespace isoflop
