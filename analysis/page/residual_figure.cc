// What the law leaves unexplained, against everything that it could go with.

#include <functional>

#include "analysis/page/figure_parts.h"

namespace isoflop {

FigureOrReason ResidualFigure(const ReportSource& source) {
  if (!source.fit || source.fit->has_curve_only) return {};
  const FitDocument& fit = *source.fit;
  if (fit.residuals.empty()) {
    return {.reason = fit.law ? "this fit.json lists no residuals; fit again"
                              : "there is no law to differ from"};
  }
  struct Quantity {
    const char* title;
    Axis axis;
    std::function<double(const DocumentResidual&)> of;
  };
  const std::vector<Quantity> quantities = {
      {"Against N", ParamsAxis(), [](const auto& r) { return r.N; }},
      {"Against D", TokensAxis(), [](const auto& r) { return r.D; }},
      {"Against C", FlopsAxis(), [](const auto& r) { return r.C; }},
      {"Against D/N",
       {"D/N (tokens per parameter)", ScaleKind::kLog, TickStyle::kCounts},
       [](const auto& r) { return r.D / r.N; }}};
  std::vector<Panel> panels;
  for (const Quantity& quantity : quantities) {
    std::vector<DataPoint> points;
    for (const DocumentResidual& residual : fit.residuals) {
      points.push_back({quantity.of(residual), residual.log_residual});
    }
    Panel panel{.title = quantity.title,
                .x = quantity.axis,
                .y = {"ln predicted \u2212 ln measured"}};
    panel.rules.push_back({.at = 0.0, .label = "", .dash = Dash::kSolid});
    panel.points.push_back({.name = "",
                            .hue = Hue::Kind(0),
                            .size = 2.4,
                            .points = Thinned(points)});
    panels.push_back(std::move(panel));
  }
  return {.figure = Figure{
              .id = "residuals",
              .title = "What the law leaves unexplained",
              .description =
                  "Residuals of the fitted law against parameters, tokens, "
                  "compute and tokens per parameter.",
              .caption =
                  {"Noise scatters evenly about the line at 0. A slope or a "
                   "bend means that the law has the wrong form somewhere; 0.01 "
                   "is one per cent of the loss."},
              .panels = std::move(panels)}};
}

}  // namespace isoflop
