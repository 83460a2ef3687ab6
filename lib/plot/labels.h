// Labels that stand beside what they name, placed so that none covers another.

#pragma once

#include "lib/plot/figure.h"
#include "lib/plot/frame.h"
#include "lib/plot/ink.h"

namespace isoflop {

/// Labels at the ends of lines, in the margin right of the frame, each as near
/// to the height of its end as the others let it; a thin line leads to it where
/// it is not beside the end.
void DrawEndLabels(const Panel& panel, const Frame& frame, Ink* ink);

/// Labels on lines, as of contours, where they cover the fewest points; left
/// out where there is no room.
void DrawInlineLabels(const Panel& panel, const Frame& frame, Ink* ink);

/// Labels of the straight lines across the frame.
void DrawRuleLabels(const Panel& panel, const Frame& frame, Ink* ink);

}  // namespace isoflop
