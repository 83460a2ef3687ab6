// N* and D* against compute, by every approach, and as others have published
// them.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/page/figure_parts.h"
#include "analysis/page/published_laws.h"

namespace isoflop {
namespace {

constexpr int kPlacesOfOptima = 50;

/// One of the two panels: what differs between N* and D*.
struct Side {
  const char* title;
  Axis axis;
  double Optimum::*of_law;
  std::optional<DocumentNumber> DocumentBudget::*of_budget;
  double DocumentOptimum::*of_envelope;
  double PublishedOptima::*coefficient;
  double PublishedOptima::*exponent;
  bool params;
};

/// From the cheapest run to the dearest allocation.
std::optional<Extent> ReachOf(const FitDocument& fit) {
  RangeFinder range(ScaleKind::kLog);
  if (fit.flops) {
    range.Add(fit.flops->low);
    range.Add(fit.flops->high);
  }
  for (const DocumentAllocation& allocation : fit.allocations) {
    range.Add(allocation.C);
  }
  for (const DocumentBudget& budget : fit.budgets) {
    if (budget.N) range.Add(budget.flops);
  }
  const AxisRange reach = range.RangeFor({.scale = ScaleKind::kLog});
  if (!fit.flops) return std::nullopt;
  return Extent{reach.low, reach.high};
}

void AddLaw(const FitDocument& fit, const Side& side,
            const std::vector<double>& x, Panel* panel) {
  if (!fit.law) return;
  const auto value = [&side](const Chinchilla& law, double C) {
    return OptimumAt(law, C).*side.of_law;
  };
  const auto rows = BandOf(fit.draws, x, value);
  if (!rows.empty()) {
    panel->bands.push_back(
        {.name = "95 % of resampled laws", .hue = Hue::Kind(0), .rows = rows});
  }
  panel->lines.push_back(
      {.name = "law (Approach 3)",
       .hue = Hue::Kind(0),
       .width = 2.0,
       .pieces = {Traced(x, [&](double C) { return value(*fit.law, C); })},
       .sets_range = true});
}

void AddPower(const DocumentApproach& approach, const Side& side,
              const std::string& name, const Hue& hue, Dash dash,
              const std::vector<double>& x, Panel* panel) {
  if (!approach.exponents) return;
  const DocumentExponents& found = *approach.exponents;
  const double exponent = side.params ? found.a.value : found.b.value;
  const double coefficient =
      side.params ? found.params_coefficient : found.tokens_coefficient;
  if (coefficient <= 0.0) return;
  const auto at = [=](double C) { return coefficient * std::pow(C, exponent); };
  panel->lines.push_back({.name = name,
                          .hue = hue,
                          .dash = dash,
                          .width = 1.3,
                          .pieces = {Traced(x, at)}});
}

void AddPoints(const FitDocument& fit, const Side& side, Panel* panel) {
  PointSeries minima{
      .name = "IsoFLOP minimum, 95 %", .hue = Hue::Kind(1), .size = 3.4};
  for (const DocumentBudget& budget : fit.budgets) {
    const auto& number = budget.*side.of_budget;
    if (!number) continue;
    minima.points.push_back({.x = budget.flops,
                             .y = number->value,
                             .y_extent = number->interval95});
  }
  PointSeries envelope{.name = "best run of a budget",
                       .hue = Hue::Kind(2),
                       .marker = Marker::kSquare,
                       .filled = false,
                       .size = 2.8};
  for (const DocumentOptimum& optimum : fit.envelope_optima) {
    envelope.points.push_back({.x = optimum.C, .y = optimum.*side.of_envelope});
  }
  envelope.points = Thinned(envelope.points);
  if (!envelope.points.empty()) panel->points.push_back(envelope);
  if (!minima.points.empty()) panel->points.push_back(minima);
}

/// Those that cross the frame: others would only be names.
void AddPublished(const Side& side, const std::vector<double>& x,
                  Panel* panel) {
  const AxisRange frame = YRangeOf(*panel);
  constexpr Dash kDashes[] = {Dash::kSolid, Dash::kDashed, Dash::kDotted};
  int number = 0;
  for (const PublishedOptima& law : PublishedOptimaList()) {
    const auto at = [&](double C) {
      return law.*side.coefficient * std::pow(C, law.*side.exponent);
    };
    std::vector<Place> line = Traced(x, at);
    const Dash dash = kDashes[number++ % 3];
    const bool seen = std::ranges::any_of(
        line, [&](const Place& place) { return frame.Contains(place.y); });
    if (!seen) continue;
    panel->lines.push_back({.name = law.name,
                            .hue = Hue::Muted(),
                            .dash = dash,
                            .width = 1.1,
                            .pieces = {std::move(line)}});
  }
}

Panel PanelOf(const FitDocument& fit, const Side& side,
              const std::vector<double>& x) {
  Panel panel{.title = side.title, .x = FlopsAxis(), .y = side.axis};
  AddPoints(fit, side, &panel);
  AddLaw(fit, side, x, &panel);
  AddPower(fit.isoflop, side, "power law of the minima (2)", Hue::Kind(1),
           Dash::kDashed, x, &panel);
  AddPower(fit.envelope, side, "power law of the envelope (1)", Hue::Kind(2),
           Dash::kDotted, x, &panel);
  if (fit.flops && x.back() > 1.5 * fit.flops->high) {
    panel.rules.push_back({true, fit.flops->high, "end of the data"});
  }
  if (!panel.points.empty() || !panel.lines.empty()) {
    AddPublished(side, x, &panel);
  }
  return panel;
}

}  // namespace

FigureOrReason OptimaFigure(const ReportSource& source) {
  if (!source.fit || source.fit->has_curve_only) return {};
  const FitDocument& fit = *source.fit;
  const auto reach = ReachOf(fit);
  const bool any = fit.law || fit.isoflop.exponents || fit.envelope.exponents;
  if (!any || !reach) {
    return {.reason =
                "no approach has found how N* and D* go with compute; "
                "each says why below"};
  }
  const auto x = LogSpaced(reach->low, reach->high, kPlacesOfOptima);
  const Side params{"Parameters N*",
                    {"N* (parameters)", ScaleKind::kLog, TickStyle::kCounts},
                    &Optimum::N,
                    &DocumentBudget::N,
                    &DocumentOptimum::N,
                    &PublishedOptima::params_coefficient,
                    &PublishedOptima::params_exponent,
                    true};
  const Side tokens{"Training tokens D*",
                    {"D* (tokens)", ScaleKind::kLog, TickStyle::kCounts},
                    &Optimum::D,
                    &DocumentBudget::D,
                    &DocumentOptimum::D,
                    &PublishedOptima::tokens_coefficient,
                    &PublishedOptima::tokens_exponent,
                    false};
  return {.figure = Figure{
              .id = "optima",
              .title = "How a budget is best spent",
              .description =
                  "The best number of parameters and of training tokens over "
                  "compute: minima of the IsoFLOP profiles and best runs as "
                  "points, the fitted laws as lines, and published laws in "
                  "grey.",
              .caption =
                  {"Points are measured, lines are fitted; right of the end of "
                   "the data every line is a guess. Grey lines are published: "
                   "Hoffmann et al. 2022 (Approach 3), the same data fitted "
                   "again by Besiroglu et al. 2024, and Kaplan et al. 2020 "
                   "(without embeddings). They are of English text and of "
                   "millions to billions of parameters; elsewhere they are "
                   "continued, and need not agree with yours."},
              .panels = {PanelOf(fit, params, x), PanelOf(fit, tokens, x)},
              .legend_rows = 6.0}};
}

}  // namespace isoflop
