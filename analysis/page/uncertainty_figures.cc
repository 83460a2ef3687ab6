// How well the coefficients are known: profile likelihoods, and the laws of
// resamples.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/page/figure_parts.h"
#include "analysis/report/number_text.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostDraws = 500;
constexpr double kHighestRise = 4.0;  // of those of a 95 % interval

std::string NameOf(const std::string& coefficient) {
  if (coefficient == "alpha") return "\u03b1";
  if (coefficient == "beta") return "\u03b2";
  return coefficient;
}

/// A rise grows like the square of the distance: its root, with the sign of the
/// side, is nearly a straight line between the points.
std::vector<Place> CurveThrough(std::vector<Place> points, double estimate) {
  constexpr int kBetween = 10;
  std::ranges::sort(points, {}, &Place::x);
  const auto root = [estimate](const Place& at) {
    return std::copysign(std::sqrt(std::max(0.0, at.y)), at.x - estimate);
  };
  std::vector<Place> curve;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const double from = root(points[i]);
    const double to = root(points[i + 1]);
    for (int k = 0; k < kBetween; ++k) {
      const double part = static_cast<double>(k) / kBetween;
      const double y = from + part * (to - from);
      curve.push_back(
          {points[i].x + part * (points[i + 1].x - points[i].x), y * y});
    }
  }
  if (!points.empty()) curve.push_back(points.back());
  return curve;
}

Panel PanelOf(const DocumentProfile& profile) {
  std::vector<DataPoint> points;
  std::vector<Place> line;
  bool positive = true;
  for (const Place& at : profile.points) {
    const double rise = at.y / profile.rise;
    line.push_back({at.x, rise});
    positive = positive && at.x > 0.0;
    if (rise <= kHighestRise) points.push_back({.x = at.x, .y = rise});
  }
  line = CurveThrough(std::move(line), profile.estimate);
  const bool wide =
      positive && profile.points.back().x > 3.0 * profile.points.front().x;
  Panel panel{.title = NameOf(profile.name),
              .x = {.title = NameOf(profile.name),
                    .scale = wide ? ScaleKind::kLog : ScaleKind::kLinear},
              .y = {.title = "rise of the objective (1: 95 %)",
                    .low = -0.2,
                    .high = kHighestRise}};
  panel.rules.push_back({.at = 1.0, .label = "95 %"});
  panel.rules.push_back({true, profile.estimate, "estimate"});
  panel.lines.push_back({.name = "",
                         .hue = Hue::Kind(0),
                         .width = 1.2,
                         .pieces = {std::move(line)}});
  panel.points.push_back(
      {.name = "", .hue = Hue::Kind(0), .points = std::move(points)});
  return panel;
}

std::string IntervalText(const DocumentProfile& profile) {
  const auto end = [](const std::optional<double>& value) {
    return value ? FormatNumber(*value) : std::string("unbounded");
  };
  return fmt::format("{} {} [{}, {}]", NameOf(profile.name),
                     FormatNumber(profile.estimate), end(profile.low),
                     end(profile.high));
}

}  // namespace

FigureOrReason ProfileFigure(const ReportSource& source) {
  if (!source.fit || !source.fit->law) return {};
  const FitDocument& fit = *source.fit;
  std::vector<Panel> panels;
  std::string intervals;
  for (const DocumentProfile& profile : fit.profiles) {
    if (profile.points.size() < 3 || profile.rise <= 0.0) continue;
    panels.push_back(PanelOf(profile));
    intervals += (intervals.empty() ? "" : ", ") + IntervalText(profile);
  }
  if (panels.empty()) {
    return {.reason =
                "fit.json has no profiles: they are made of runs that are "
                "independent of each other, by this version or a later one"};
  }
  return {.figure = Figure{
              .id = "profiles",
              .title = "How far each coefficient can be moved",
              .description =
                  "Profile likelihoods: how much worse the fit gets when one "
                  "coefficient is held elsewhere and the others follow.",
              .caption = {"Points are fits with the coefficient held there. "
                          "Where the curve passes 1 the 95 % interval ends; a "
                          "side that never does is not bounded by these data.",
                          "Estimates and 95 % intervals: " + intervals + "."},
              .panels = std::move(panels)}};
}

FigureOrReason DrawsFigure(const ReportSource& source) {
  if (!source.fit || !source.fit->law) return {};
  const FitDocument& fit = *source.fit;
  if (fit.draws.empty()) {
    return {.reason =
                "there was no bootstrap, which takes five runs or groups "
                "of runs or more"};
  }
  const std::size_t every = (fit.draws.size() + kMostDraws - 1) / kMostDraws;
  std::vector<DataPoint> points;
  for (std::size_t i = 0; i < fit.draws.size(); i += every) {
    points.push_back({.x = fit.draws[i].alpha, .y = fit.draws[i].beta});
  }
  const std::string shown =
      fmt::format("{} of {} resamples", points.size(), fit.draws.size());
  Panel panel{.title = "", .x = {"\u03b1 (of N)"}, .y = {"\u03b2 (of D)"}};
  panel.points.push_back({.name = "law of a resample",
                          .hue = Hue::Kind(0),
                          .filled = false,
                          .size = 1.8,
                          .points = std::move(points)});
  panel.points.push_back(
      {.name = "law of all runs",
       .hue = Hue::Kind(1),
       .marker = Marker::kDiamond,
       .size = 5.0,
       .points = {
           {.x = fit.law->alpha, .y = fit.law->beta, .remark = "estimate"}}});
  panel.lines.push_back({.name = "\u03b1 = \u03b2, a = 1/2",
                         .hue = Hue::Muted(),
                         .dash = Dash::kDashed,
                         .width = 1.0,
                         .pieces = {{{0.0, 0.0}, {10.0, 10.0}}}});
  return {.figure = Figure{
              .id = "draws",
              .title = "How far chance moves the exponents",
              .description = "The exponents alpha and beta of the laws of "
                             "resampled runs, and those of all runs.",
              .caption = {fmt::format(
                  "Each small circle is the law of as many {}s as there are "
                  "({}), drawn with replacement; {} are drawn here. The "
                  "exponent of N* in C is a = \u03b2/(\u03b1 + \u03b2), so it "
                  "is above 1/2 above the dashed line.",
                  fit.unit.empty() ? "run" : fit.unit, fit.units, shown)},
              .panels = {std::move(panel)}}};
}

}  // namespace isoflop
