// The law as a landscape over N and D, with the runs on it and the efficient
// frontier through it.

#include <fmt/format.h>

#include <cmath>

#include "analysis/observe/observation.h"
#include "analysis/page/figure_parts.h"
#include "lib/core/transformed.h"
#include "lib/plot/contours.h"

namespace isoflop {
namespace {

constexpr int kNodes = 70;
constexpr int kLevels = 9;

/// From the lowest to the highest loss of the frame, evenly in ln(L - E),
/// rounded to what can be read.
std::vector<double> LevelsOf(const Chinchilla& law, const AxisRange& N,
                             const AxisRange& D) {
  const double lowest = Loss(law, N.high, D.high) - law.E;
  const double highest = Loss(law, N.low, D.low) - law.E;
  std::vector<double> levels;
  for (int k = 1; k <= kLevels; ++k) {
    const double part = static_cast<double>(k) / (kLevels + 1);
    const double level = law.E + lowest * std::pow(highest / lowest, part);
    const double digits = std::pow(10.0, 2.0 - std::floor(std::log10(level)));
    const double rounded = std::round(level * digits) / digits;
    if (levels.empty() || rounded > levels.back()) levels.push_back(rounded);
  }
  return levels;
}

void AddContours(const Chinchilla& law, Panel* panel) {
  const AxisRange N = XRangeOf(*panel);
  const AxisRange D = YRangeOf(*panel);
  // In logarithms, in which the law is smooth.
  std::vector<double> x;
  std::vector<double> y;
  x.reserve(kNodes);
  y.reserve(kNodes);
  for (const double value : LogSpaced(N.low, N.high, kNodes)) {
    x.push_back(std::log(value));
  }
  for (const double value : LogSpaced(D.low, D.high, kNodes)) {
    y.push_back(std::log(value));
  }
  const Field field = Sampled(x, y, [&law](double log_N, double log_D) {
    return LossAtLog(law, log_N, log_D);
  });
  for (const double level : LevelsOf(law, N, D)) {
    LineSeries line{.name = "equal loss by the law (Approach 3)",
                    .hue = Hue::Kind(0),
                    .width = 1.0,
                    .inline_label = fmt::format("{:.3g}", level)};
    for (const auto& piece : ContourLines(field, level)) {
      line.pieces.push_back(Transformed(piece, [](const Place& at) {
        return Place{std::exp(at.x), std::exp(at.y)};
      }));
    }
    panel->lines.push_back(std::move(line));
  }
}

void AddFrontier(const Chinchilla& law, Panel* panel) {
  const AxisRange N = XRangeOf(*panel);
  const AxisRange D = YRangeOf(*panel);
  std::vector<Place> frontier;
  for (const double C :
       LogSpaced(SixND(N.low, D.low), SixND(N.high, D.high), 80)) {
    const Optimum best = OptimumAt(law, C);
    frontier.push_back({best.N, best.D});
  }
  panel->lines.push_back({.name = "efficient frontier N*, D*",
                          .hue = Hue::Kind(1),
                          .width = 2.2,
                          .pieces = {std::move(frontier)}});
}

}  // namespace

FigureOrReason SurfaceFigure(const ReportSource& source) {
  if (!source.fit || source.fit->has_curve_only) return {};
  const FitDocument& fit = *source.fit;
  if (!fit.law) {
    return {.reason = fit.asked_for_law
                          ? "there is no law (Approach 3): " + fit.law_reason
                          : "the fit was made without Approach 3; fit again "
                            "with --laws chinchilla"};
  }
  if (fit.runs.empty()) {
    return {.reason =
                "this fit.json lists no runs, as earlier versions wrote "
                "it; fit again"};
  }
  std::vector<DataPoint> runs;
  for (const DocumentRun& run : fit.runs) {
    runs.push_back(
        {.x = run.N, .y = run.D, .remark = fmt::format("loss {:.4g}", run.L)});
  }
  Panel panel{.title = "", .x = ParamsAxis(), .y = TokensAxis()};
  panel.points.push_back({.name = "runs",
                          .hue = Hue::Ink(),
                          .size = 2.6,
                          .points = Thinned(runs)});
  AddContours(*fit.law, &panel);
  AddFrontier(*fit.law, &panel);
  return {.figure = Figure{
              .id = "surface",
              .title = "The fitted law over N and D",
              .description =
                  "Contours of equal loss over parameters and training tokens, "
                  "the runs as points, and the line of the best N and D for "
                  "each compute.",
              .caption = {fmt::format(
                  "Along a contour the law says the same loss, in "
                  "{}. The frontier runs where a contour touches "
                  "the line of least compute. Far from the runs "
                  "nothing has tested the contours.",
                  LossUnitOf(source))},
              .panels = {std::move(panel)}}};
}

}  // namespace isoflop
