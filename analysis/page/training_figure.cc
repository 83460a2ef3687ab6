// How the losses fell while models were trained, and the lower envelope.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/observe/observation.h"
#include "analysis/page/figure_parts.h"
#include "lib/core/text.h"
#include "lib/numeric/moments.h"
#include "lib/numeric/thinned.h"

namespace isoflop {
namespace {

constexpr std::size_t kPlacesOfCurve = 120;
constexpr int kNamedSizes = 7;
constexpr double kSameBudget = 1.03;  // of their FLOPs, at most

double FinalN(const SweepFacts& sweep, const RunResult& run) {
  return static_cast<double>(Count(
      {.total = run.params_total, .non_embedding = run.params_non_embedding},
      sweep.plan.convention));
}

std::vector<double> SizesOf(const SweepFacts& sweep) {
  std::set<double> sizes;
  for (const TrainingCurve& curve : sweep.curves) sizes.insert(curve.N);
  return {sizes.begin(), sizes.end()};
}

/// Whether the size is one of the few that the legend names.
bool IsNamed(std::size_t index, std::size_t count) {
  if (count <= kNamedSizes) return true;
  for (int k = 0; k < kNamedSizes; ++k) {
    const double place = static_cast<double>(k) / (kNamedSizes - 1);
    const auto chosen = static_cast<std::size_t>(
        std::lround(place * static_cast<double>(count - 1)));
    if (chosen == index) return true;
  }
  return false;
}

std::vector<Place> PlacesOf(const TrainingCurve& curve) {
  const std::vector<CurvePoint> smooth = Smooth(curve.points);
  std::vector<double> losses;
  losses.reserve(smooth.size());
  for (const CurvePoint& point : smooth) losses.push_back(point.loss);
  std::vector<Place> places;
  for (const std::size_t i : ThinCurve(losses, kPlacesOfCurve)) {
    const CurvePoint& point = smooth[i];
    places.push_back({SixND(curve.N, point.tokens), point.loss});
  }
  return places;
}

void AddCurves(const SweepFacts& sweep, Panel* panel) {
  const std::vector<double> sizes = SizesOf(sweep);
  std::map<double, LineSeries> lines;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    LineSeries& line = lines[sizes[i]];
    if (IsNamed(i, sizes.size())) line.name = "N " + FormatCount(sizes[i]);
    line.hue = Hue::Step(static_cast<int>(i), static_cast<int>(sizes.size()));
    line.width = 1.0;
  }
  for (const TrainingCurve& curve : sweep.curves) {
    lines[curve.N].pieces.push_back(PlacesOf(curve));
  }
  for (auto& [N, line] : lines) panel->lines.push_back(std::move(line));
}

std::vector<DataPoint> FinalLosses(const SweepFacts& sweep) {
  std::vector<DataPoint> points;
  for (const RunResult& run : sweep.results) {
    if (run.status != RunStatus::kOk || !run.loss) continue;
    const double N = FinalN(sweep, run);
    points.push_back(
        {.x = SixND(N, static_cast<double>(run.tokens)),
         .y = *run.loss,
         .error = run.loss_std_error,
         .remark = fmt::format("{}: N {}, D {}", run.id, FormatCount(N),
                               FormatCount(static_cast<double>(run.tokens)))});
  }
  return points;
}

/// The lowest loss so far, with growing compute.
std::vector<Place> EnvelopeOf(std::vector<DataPoint> points) {
  std::ranges::sort(points, {}, [](const DataPoint& point) {
    return std::pair(point.x, point.y);
  });
  std::vector<Place> envelope;
  double budget = 0.0;  // runs of one budget differ by whole steps
  for (const DataPoint& point : points) {
    if (!envelope.empty() && point.y >= envelope.back().y) continue;
    if (point.x > kSameBudget * budget) {
      budget = point.x;
      envelope.push_back({point.x, point.y});
    } else {
      envelope.back() = {point.x, point.y};
    }
  }
  return envelope;
}

/// Curves begin far above where they end: the frame holds what comes after a
/// twentieth of the tokens.
double TopOf(const SweepFacts& sweep, const std::vector<DataPoint>& finals) {
  double top = 0.0;
  for (const DataPoint& point : finals) top = std::max(top, point.y);
  double low = top;
  for (const DataPoint& point : finals) low = std::min(low, point.y);
  std::vector<double> early;
  for (const TrainingCurve& curve : sweep.curves) {
    if (curve.points.empty()) continue;
    const double from = curve.points.back().tokens / 20.0;
    const auto at = std::ranges::find_if(
        curve.points,
        [from](const CurvePoint& point) { return point.tokens >= from; });
    if (at != curve.points.end()) early.push_back(at->loss);
  }
  if (early.empty()) return top + 0.1 * (top - low) + 0.01 * top;
  std::ranges::sort(early);
  return std::max(Percentile(early, 0.9), top + 0.1 * (top - low));
}

/// Some of the way to the cheapest run.
double LeftEnd(const std::vector<DataPoint>& finals) {
  double cheapest = finals.front().x;
  for (const DataPoint& point : finals) cheapest = std::min(cheapest, point.x);
  return cheapest / 5.0;
}

}  // namespace

FigureOrReason TrainingFigure(const ReportSource& source) {
  if (!source.sweep) {
    return {.reason =
                "a table has no training curves; a sweep directory has them"};
  }
  const SweepFacts& sweep = *source.sweep;
  const std::vector<DataPoint> finals = FinalLosses(sweep);
  if (finals.empty()) {
    return {.reason = "no run has ended well yet; go on with: " + sweep.go_on};
  }
  Panel panel;
  panel.x = {"C = 6 N D so far (FLOPs)", ScaleKind::kLog, TickStyle::kPowers};
  panel.y = LossAxis(source);
  AddCurves(sweep, &panel);
  panel.lines.push_back({.name = "lower envelope of the final losses",
                         .hue = Hue::Ink(),
                         .dash = Dash::kDashed,
                         .width = 1.8,
                         .pieces = {EnvelopeOf(finals)}});
  panel.points.push_back({.name = "final loss on the evaluation set ± 1 s.e.",
                          .hue = Hue::Ink(),
                          .filled = false,
                          .size = 2.8,
                          .points = Thinned(finals)});
  double low = finals.front().y;
  for (const DataPoint& point : finals) low = std::min(low, point.y);
  const double top = TopOf(sweep, finals);
  panel.x.low = LeftEnd(finals);
  panel.y.high = top + 0.04 * (top - low);
  Figure figure{
      .id = "training",
      .title = "Training curves and the lower envelope",
      .description = fmt::format(
          "Training loss over compute of {} groups of runs, one line for each "
          "trunk and each branch, the final losses of {} runs as points, and "
          "the lowest loss reached with each compute.",
          std::min(sweep.curve_groups, kMostCurveGroups), finals.size()),
      .caption =
          {"Lines are losses on training data, smoothed over a tenth of ln D; "
           "circles are what counts: "
           "losses on the evaluation set where a run ended. Where the curves "
           "of small and large models cross, the larger one begins to pay. "
           "While the learning rate is constant a curve lies above the loss "
           "that a cooldown from there ends at."},
      .panels = {std::move(panel)}};
  if (sweep.curve_groups > kMostCurveGroups) {
    figure.caption.push_back(fmt::format(
        "The curves of {} of {} groups are drawn, from the smallest to the "
        "largest size.",
        kMostCurveGroups, sweep.curve_groups));
  }
  return {.figure = std::move(figure)};
}

}  // namespace isoflop
