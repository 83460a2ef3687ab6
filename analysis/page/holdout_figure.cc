// The extrapolation test: what a law fitted to cheap runs said of dear ones,
// and what was measured.

#include <fmt/format.h>

#include <algorithm>

#include "analysis/page/figure_parts.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

Panel PanelOf(const FitDocument& fit, const DocumentHoldout& test,
              const ReportSource& source) {
  const std::string unit = LossUnitOf(source);
  Panel panel{.title = "Fitted up to C " + FlopsText(test.above_flops),
              .x = {fmt::format("measured loss ({})", unit)},
              .y = {fmt::format("predicted loss ({})", unit)}};
  PointSeries fitted{
      .name = "fitted", .hue = Hue::Muted(), .filled = false, .size = 2.2};
  PointSeries held_out{.name = "held out ± 1 s.e.",
                       .hue = Hue::Kind(1),
                       .marker = Marker::kTriangle,
                       .size = 3.4};
  RangeFinder range(ScaleKind::kLinear);
  for (const DocumentRun& run : fit.runs) {
    const bool out = run.C > test.above_flops;
    DataPoint point{.x = run.L,
                    .y = Loss(*test.law, run.N, run.D),
                    .remark = fmt::format("N {}, D {}", FormatCount(run.N),
                                          FormatCount(run.D))};
    if (out && run.loss_std) {
      point.x_extent = Extent{run.L - *run.loss_std, run.L + *run.loss_std};
    }
    range.Add(point.x);
    range.Add(point.y);
    (out ? held_out : fitted).points.push_back(std::move(point));
  }
  const AxisRange both = range.RangeFor({});
  for (Axis* axis : {&panel.x, &panel.y}) {
    axis->low = both.low;
    axis->high = both.high;
  }
  panel.lines.push_back(
      {.name = "as predicted",
       .hue = Hue::Ink(),
       .dash = Dash::kDashed,
       .width = 1.0,
       .pieces = {{{both.low, both.low}, {both.high, both.high}}}});
  fitted.points = Thinned(fitted.points);
  held_out.points = Thinned(held_out.points);
  panel.points = {std::move(fitted), std::move(held_out)};
  return panel;
}

/// REQUIRES: the fit has a law, runs and their reach in C.
Panel ProjectionPanel(const FitDocument& fit, const ReportSource& source) {
  double last = fit.flops->high;
  for (const DocumentAllocation& allocation : fit.allocations) {
    last = std::max(last, allocation.C);
  }
  std::vector<DataPoint> runs;
  for (const DocumentRun& run : fit.runs) {
    runs.push_back({.x = run.C,
                    .y = run.L,
                    .error = run.loss_std,
                    .remark = fmt::format("N {}, D {}", FormatCount(run.N),
                                          FormatCount(run.D))});
  }
  Panel panel{.title = "", .x = FlopsAxis(), .y = LossAxis(source)};
  panel.points.push_back({.name = "runs ± 1 s.e.",
                          .hue = Hue::Ink(),
                          .filled = false,
                          .size = 2.4,
                          .points = Thinned(runs)});
  const auto best = [](const Chinchilla& law, double C) {
    return OptimumAt(law, C).loss;
  };
  const auto of_fit = [&](double C) { return best(*fit.law, C); };
  const auto all =
      LogSpaced(fit.flops->low, std::max(last, 1.01 * fit.flops->low), 60);
  const auto rows = BandOf(fit.draws, all, best);
  if (!rows.empty()) {
    panel.bands.push_back(
        {.name = "95 % of resampled laws", .hue = Hue::Kind(0), .rows = rows});
  }
  panel.lines.push_back(
      {.name = "loss of the best allocation (law, Approach 3)",
       .hue = Hue::Kind(0),
       .width = 2.0,
       .pieces = {Traced(
           LogSpaced(fit.flops->low,
                     std::max(fit.flops->high, 1.01 * fit.flops->low), 60),
           of_fit)},
       .sets_range = true});
  if (last > 1.05 * fit.flops->high) {
    panel.lines.push_back(
        {.name = "projected, not measured",
         .hue = Hue::Kind(0),
         .dash = Dash::kDotted,
         .width = 2.0,
         .pieces = {Traced(LogSpaced(fit.flops->high, last, 40), of_fit)},
         .sets_range = true});
    panel.rules.push_back({true, fit.flops->high, "end of the data"});
  }
  return panel;
}

}  // namespace

FigureOrReason HoldoutFigure(const ReportSource& source) {
  if (!source.fit || source.fit->has_curve_only) return {};
  const FitDocument& fit = *source.fit;
  std::vector<Panel> panels;
  std::vector<std::string> caption = {
      "Here a law was fitted without the dearest runs, and asked for their "
      "losses: a test of extrapolation against measurement, for which it knew "
      "nothing of the orange runs. Points above the line were expected to be "
      "worse than they are."};
  std::string reason;
  for (const DocumentHoldout& test : fit.holdouts) {
    if (!test.law) {
      if (reason.empty()) reason = test.reason;
      continue;
    }
    if (fit.runs.empty() || panels.size() == 3) continue;
    panels.push_back(PanelOf(fit, test, source));
    caption.push_back(fmt::format(
        "Up to C {}: {} fitted, {} held out, {} beyond; the mean "
        "absolute error is {:.3g}.",
        FlopsText(test.above_flops), Counted(test.fitted, "run"), test.held_out,
        test.extrapolation_decades, test.mean_absolute_error));
  }
  if (panels.empty()) {
    if (reason.empty()) {
      reason =
          "no extrapolation test was made, which needs a law and runs at "
          "more than one compute";
    }
    return {.reason = reason};
  }
  return {.figure =
              Figure{.id = "holdout",
                     .title = "Extrapolation, tested",
                     .description =
                         "Losses predicted by laws that were fitted without "
                         "the dearest runs, over the measured ones.",
                     .caption = std::move(caption),
                     .panels = std::move(panels)}};
}

FigureOrReason ProjectionFigure(const ReportSource& source) {
  if (!source.fit || source.fit->has_curve_only) return {};
  const FitDocument& fit = *source.fit;
  if (!fit.law || !fit.flops || fit.runs.empty()) {
    return {.reason = "there is no law (Approach 3) to project"};
  }
  return {.figure = Figure{
              .id = "projection",
              .title = "Loss against compute, and its projection",
              .description =
                  "Losses of the runs over compute, the loss of the best "
                  "allocation by the fitted law, and its continuation beyond "
                  "the data.",
              .caption =
                  {"Right of the end of the data nothing was measured. The "
                   "band is what resampled laws say: it knows the noise of the "
                   "runs, but not whether the form of the law holds there."},
              .panels = {ProjectionPanel(fit, source)}}};
}

}  // namespace isoflop
