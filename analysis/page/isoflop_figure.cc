// IsoFLOP profiles: the loss over N at one budget, Approach 2's parabolas with
// their vertices, and what the law of Approach 3 says there.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/observe/observation.h"
#include "analysis/page/figure_parts.h"
#include "lib/core/text.h"

namespace isoflop {
namespace {

constexpr std::size_t kMostProfiles = 8;
constexpr std::size_t kSizesOfProfile = 4;
constexpr std::size_t kFewestSizes = 3;
constexpr int kPlacesOfProfile = 60;

/// Budgets of enough sizes, or where there are none of three, evenly chosen.
std::vector<std::size_t> ChosenBudgets(const FitDocument& fit) {
  std::vector<std::size_t> all;
  for (const std::size_t sizes : {kSizesOfProfile, kFewestSizes}) {
    for (std::size_t i = 0; i < fit.budgets.size(); ++i) {
      if (fit.budgets[i].sizes >= sizes) all.push_back(i);
    }
    if (!all.empty()) break;
  }
  if (all.size() <= kMostProfiles) return all;
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < kMostProfiles; ++k) {
    chosen.push_back(all[k * (all.size() - 1) / (kMostProfiles - 1)]);
  }
  return chosen;
}

struct ProfileRuns {
  const DocumentBudget* budget = nullptr;
  std::vector<DataPoint> runs;
  Extent sizes;
};

ProfileRuns ProfileOf(const FitDocument& fit, std::size_t index) {
  ProfileRuns profile{.budget = &fit.budgets[index], .runs = {}, .sizes = {}};
  profile.sizes = {std::numeric_limits<double>::infinity(), 0.0};
  for (const DocumentRun& run : fit.runs) {
    if (run.budget != index) continue;
    profile.runs.push_back({.x = run.N,
                            .y = run.L,
                            .error = run.loss_std,
                            .remark = "D " + FormatCount(run.D)});
    profile.sizes.low = std::min(profile.sizes.low, run.N);
    profile.sizes.high = std::max(profile.sizes.high, run.N);
  }
  return profile;
}

void AddProfile(const FitDocument& fit, const ProfileRuns& profile,
                const Hue& hue, int number, Panel* panel) {
  const double C = profile.budget->flops;
  panel->points.push_back({.name = "C " + FlopsText(C),
                           .hue = hue,
                           .marker = MarkerOf(number),
                           .points = Thinned(profile.runs)});
  if (!(profile.sizes.low < profile.sizes.high)) return;
  const auto x =
      LogSpaced(profile.sizes.low, profile.sizes.high, kPlacesOfProfile);
  if (const auto& parabola = profile.budget->parabola) {
    const auto at = [&](double N) { return parabola->At(std::log(N)); };
    panel->lines.push_back({.name = "parabola (Approach 2)",
                            .hue = hue,
                            .pieces = {Traced(x, at)}});
  }
  if (fit.law) {
    const auto at = [&](double N) { return Loss(*fit.law, N, TokensOf(C, N)); };
    panel->lines.push_back({.name = "law (Approach 3)",
                            .hue = hue,
                            .dash = Dash::kDashed,
                            .width = 1.1,
                            .pieces = {Traced(x, at)}});
  }
}

/// The minima, each with the interval of N*.
PointSeries Vertices(const std::vector<ProfileRuns>& profiles) {
  PointSeries vertices{.name = "minimum, N* with its 95 % interval",
                       .hue = Hue::Ink(),
                       .marker = Marker::kDiamond,
                       .filled = false,
                       .size = 4.0};
  for (const ProfileRuns& profile : profiles) {
    const DocumentBudget& budget = *profile.budget;
    if (!budget.N || !budget.L) continue;
    vertices.points.push_back(
        {.x = budget.N->value,
         .y = budget.L->value,
         .x_extent = budget.N->interval95,
         .remark = "minimum at C " + FlopsText(budget.flops)});
  }
  return vertices;
}

std::string WhyNone(const FitDocument& fit) {
  if (fit.has_curve_only) return {};
  if (!fit.asked_for_budgets) {
    return "the fit was made without Approach 2; fit again with --laws "
           "isoflop,chinchilla";
  }
  if (fit.runs.empty()) {
    return "this fit.json lists no runs, as earlier versions wrote it; fit "
           "again";
  }
  return "no budget has runs of three sizes or more; a sweep of "
         "grid.budgets_flops has them";
}

}  // namespace

FigureOrReason IsoflopFigure(const ReportSource& source) {
  if (!source.fit) return {};
  const FitDocument& fit = *source.fit;
  std::vector<ProfileRuns> profiles;
  for (const std::size_t index : ChosenBudgets(fit)) {
    ProfileRuns profile = ProfileOf(fit, index);
    if (!profile.runs.empty()) profiles.push_back(std::move(profile));
  }
  if (profiles.empty()) return {.reason = WhyNone(fit)};
  Panel panel{.title = "", .x = ParamsAxis(), .y = LossAxis(source)};
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    AddProfile(
        fit, profiles[i],
        Hue::Step(static_cast<int>(i), static_cast<int>(profiles.size())),
        static_cast<int>(i), &panel);
  }
  panel.points.push_back(Vertices(profiles));
  Figure figure{
      .id = "isoflop",
      .title = "IsoFLOP profiles",
      .description = fmt::format(
          "Loss over the number of parameters at {} budgets of compute, with "
          "the parabola of each, its minimum, and the fitted law.",
          profiles.size()),
      .caption = {"Runs that cost the same, small to large: too small a model "
                  "cannot hold what it sees, too large a one sees too little. "
                  "The minimum of each valley is the best size for its budget. "
                  "A minimum counts only between the sizes that were tried. "
                  "Bars are 1 standard error of the loss."},
      .panels = {std::move(panel)}};
  const auto all = std::ranges::count_if(
      fit.budgets,
      [](const DocumentBudget& b) { return b.sizes >= kFewestSizes; });
  if (static_cast<std::size_t>(all) > profiles.size()) {
    figure.caption.push_back(
        fmt::format("{} of {} budgets are drawn.", profiles.size(), all));
  }
  return {.figure = std::move(figure)};
}

}  // namespace isoflop
