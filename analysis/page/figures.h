// The figures of a report, one claim each. Numbers are those of fit.json and of
// the results; a figure whose data are not there is not made, and says why.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/page/fit_document.h"
#include "analysis/page/sweep_facts.h"
#include "lib/plot/draw.h"
#include "lib/plot/figure.h"

namespace isoflop {

/// What a report is made of. With neither, it is of an empty directory.
struct ReportSource {
  std::string path;  // as it was given
  std::optional<FitDocument> fit = {};
  std::optional<SweepFacts> sweep = {};
};

/// A figure, or the reason why there is none.
struct FigureOrReason {
  std::optional<Figure> figure = {};
  std::string reason = {};  // empty where it is not called for at all
};

/// How one figure is made. `id` is that of the figure and of its place in the
/// page.
struct FigureKind {
  const char* id;
  const char* title;
  FigureOrReason (*make)(const ReportSource& source);
};

/// Every kind, in the order of the page.
const std::vector<FigureKind>& FigureKinds();

/// Points of one series that a figure has at most.
inline constexpr std::size_t kMostPoints = 1000;

/// Returns the size that each panel of a figure is drawn in.
PanelSize SizeOf(const Figure& figure);

FigureOrReason TrainingFigure(const ReportSource& source);
FigureOrReason IsoflopFigure(const ReportSource& source);
FigureOrReason OptimaFigure(const ReportSource& source);
FigureOrReason SurfaceFigure(const ReportSource& source);
FigureOrReason ResidualFigure(const ReportSource& source);
FigureOrReason HoldoutFigure(const ReportSource& source);
FigureOrReason ProjectionFigure(const ReportSource& source);
FigureOrReason ProfileFigure(const ReportSource& source);
FigureOrReason DrawsFigure(const ReportSource& source);
FigureOrReason LearningRateFigure(const ReportSource& source);
FigureOrReason ExperimentFigure(const ReportSource& source);

}  // namespace isoflop
